# What the interop scripts share; sourced with $BUILD set. Every case says ok or
# FAILED on a line of its own, and interop_end prints the totals.
#
# A row is "CERTIFICATE SUITE GROUP KIND": the CERTIFICATE is a name that
# certs.sh made, SUITE and GROUP have their TLS names, and KIND is direct or retry
# (the other side is made to cause a HelloRetryRequest on the way to GROUP).
# shellcheck shell=sh disable=SC2034,SC2154

set -u
export LC_ALL=C
passed=0 failed=0 started=''
work=$(mktemp -d)
trap interop_stop EXIT
trap 'exit 1' INT TERM
sh tests/interop/certs.sh "$work/certs" || exit 1
certs=$work/certs

# The matrix; with SHORT=1 a row for each certificate, suite and group.
interop_rows() {
	if [ "${SHORT:-}" = 1 ]; then
		short_rows
	else
		long_rows
	fi
}

short_rows() {
	cat <<-END
	p256 TLS_AES_128_GCM_SHA256 x25519 direct
	p384 TLS_AES_256_GCM_SHA384 secp384r1 direct
	p521 TLS_CHACHA20_POLY1305_SHA256 secp521r1 direct
	rsa TLS_AES_128_GCM_SHA256 secp256r1 direct
	pss TLS_CHACHA20_POLY1305_SHA256 x25519 retry
	rsa TLS_AES_256_GCM_SHA384 secp256r1 retry
	END
}

long_rows() {
	for cert in p256 p384 p521 rsa pss; do
		for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
			for group in x25519 secp256r1 secp384r1 secp521r1; do
				echo "$cert $suite $group direct"
				echo "$cert $suite $group retry"
			done
		done
	done
}

# The same for our client, which sends one share, for the first group of its
# policy: no policy begins with secp384r1 or secp521r1.
client_rows() {
	interop_rows | sed -E 's/(secp384r1|secp521r1) direct/\1 retry/' | sort -u
}

# The policy under which our client gets to GROUP in this way.
client_policy() {
	case $1-$2 in
	x25519-direct | secp256r1-retry) echo 20190801 ;;
	*) echo default_tls13 ;;
	esac
}

scheme_of() {
	case $1 in
	p256) echo ecdsa_secp256r1_sha256 ;;
	p384) echo ecdsa_secp384r1_sha384 ;;
	p521) echo ecdsa_secp521r1_sha512 ;;
	rsa) echo rsa_pss_rsae_sha256 ;;
	pss) echo rsa_pss_pss_sha256 ;;
	esac
}

# OpenSSL's and curl's name of a group.
openssl_group() {
	case $1 in
	x25519) echo X25519 ;;
	secp256r1) echo P-256 ;;
	secp384r1) echo P-384 ;;
	secp521r1) echo P-521 ;;
	esac
}

# A GnuTLS priority string for one suite and the groups that follow.
gnutls_priority() {
	case $1 in
	TLS_AES_128_GCM_SHA256) cipher=AES-128-GCM ;;
	TLS_AES_256_GCM_SHA384) cipher=AES-256-GCM ;;
	TLS_CHACHA20_POLY1305_SHA256) cipher=CHACHA20-POLY1305 ;;
	esac
	shift
	printf 'NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+%s:-GROUP-ALL' "$cipher"
	for name in "$@"; do
		printf ':+GROUP-%s' "$(echo "$name" | tr '[:lower:]' '[:upper:]')"
	done
	echo
}

# await PATTERN FILE: until a line of the file matches, ten seconds at most.
await() {
	tries=100
	while ! grep -q "$1" "$2"; do
		tries=$((tries - 1))
		if [ "$tries" -eq 0 ]; then
			echo "no line \"$1\" in $2:"
			cat "$2"
			return 1
		fi
		sleep 0.1
	done
}

# start LOG COMMAND...: in the background; its pid is in $pid and ended at exit.
start() {
	log=$1
	shift
	: >"$log"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	started="$started $pid"
}

# stop PID
stop() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	started=$(echo " $started " | sed "s/ $1 / /")
}

interop_stop() {
	for pid in $started; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$work"
}

# our_server CERTIFICATE OPTION...: starts it and sets $port, $pid and $server_log.
our_server() {
	server_log=$work/server-$1.log
	name=$1
	shift
	start "$server_log" "$BUILD/tests/tlsserver" --cert "$certs/$name.pem" --key "$certs/$name.key" "$@"
	await '^port ' "$server_log" || exit 1
	port=$(sed -n 's/^port //p' "$server_log")
}

# result WHAT STATUS LOG...: counts a case and shows the logs of a failed one.
result() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok      $1"
	else
		failed=$((failed + 1))
		echo "FAILED  $1"
		shift 2
		for log in "$@"; do
			tail -n 15 "$log" | sed 's/^/        /'
		done
	fi
}

# agreed FILE CERTIFICATE SUITE GROUP KIND: does this description say so?
agreed() {
	grep -qx 'version TLSv1.3' "$1" && grep -qx "suite $3" "$1" && grep -qx "group $4" "$1" &&
	    grep -qx "scheme $(scheme_of "$2")" "$1" && grep -qx 'sni localhost' "$1" || return 1
	if grep -q '^handshake .*HELLO_RETRY' "$1"; then
		[ "$5" = retry ]
	else
		[ "$5" = direct ]
	fi
}

# case_server NAME ROW COMMAND...: the command is a client of our server: it must
# exit 0 and print the page, and the server must describe what the row says. It may
# be a function, so it sees to its own time limit.
case_server() {
	what="$1: $2"
	row=$2
	shift 2
	before=$(wc -l <"$server_log")
	"$@" >"$work/client.log" 2>&1
	status=$?
	tail -n "+$((before + 1))" "$server_log" >"$work/described"
	# shellcheck disable=SC2086
	[ "$status" -eq 0 ] && grep -q 'hello from tlsserver' "$work/client.log" && agreed "$work/described" $row
	result "$what" $? "$work/client.log" "$work/described"
}

# case_client NAME ROW POLICY OPTION...: our client against the peer on $port.
case_client() {
	what="$1: $2"
	row=$2
	policy=$3
	shift 3
	timeout 10 "$BUILD/tests/tlsclient" --port "$port" --ca "$certs/ca.pem" --policy "$policy" "$@" \
	    >"$work/client.log" 2>&1
	status=$?
	# shellcheck disable=SC2086
	[ "$status" -eq 0 ] && agreed "$work/client.log" $row && grep -qx answered "$work/client.log"
	result "$what" $? "$work/client.log" "$peer_log"
}

# case_refused WHAT PATTERN LOG STATUS: the handshake must have failed, and a line
# of the log must say why.
case_refused() {
	[ "$4" -ne 0 ] && grep -q "$2" "$3"
	result "$1" $? "$3"
}

interop_end() {
	echo "interop: $passed passed, $failed failed"
	[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
}
