# What the scripts about keyd share; sourced from the repository's root with
# $BUILD set. Makes $dir, and removes it with what was started at exit.
# shellcheck shell=sh disable=SC2034
dir=$(mktemp -d)
keyd=
trap '[ -z "$keyd" ] || kill -9 "$keyd" 2>/dev/null || :; rm -rf "$dir"' EXIT

fail() {
	echo "$1"
	[ ! -e "$dir/log" ] || cat "$dir/log"
	exit 1
}

# make_key NAME p256|p384|p521|rsa|rsa-pss|ed25519: $dir/NAME.pem and $dir/NAME.pub
make_key() {
	case $2 in
	p256) openssl ecparam -name prime256v1 -genkey -noout -out "$dir/$1.pem" ;;
	p384) openssl ecparam -name secp384r1 -genkey -noout -out "$dir/$1.pem" ;;
	p521) openssl ecparam -name secp521r1 -genkey -noout -out "$dir/$1.pem" ;;
	rsa) openssl genrsa -out "$dir/$1.pem" 2048 2>/dev/null ;;
	*) openssl genpkey -algorithm "$2" -out "$dir/$1.pem" 2>/dev/null ;;
	esac
	chmod 600 "$dir/$1.pem"
	openssl pkey -in "$dir/$1.pem" -pubout -out "$dir/$1.pub"
}

# A configuration of one key, "demo", that we may use, and nothing else.
configure_demo() {
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "demo" { key "demo" { file = "demo.pem" operations = { sign13 } } }
		client "frontd" { uid = "$(id -u)" keys = { "demo" } role = server tickets = false }
	END
}

ask() {
	"$BUILD/tests/keyask" "$dir/keyd.sock" "$@"
}

# Waits until keyd's signer has told of itself; $signer is its pid.
await_signer() {
	for _ in $(seq 100); do
		! signer=$(ask pid keyd-signer 2>/dev/null) || return 0
		sleep 0.1
	done
	fail "there is no signer"
}

# With $keyd_before: words before its own.
start_keyd() {
	${keyd_before:-} "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>>"$dir/log" &
	keyd=$!
	await_signer
}

stop_keyd() {
	kill "$keyd"
	wait "$keyd" || fail "keyd ended with $?"
	keyd=
}

# children NAME: the pids of keyd's processes of this name.
children() {
	read -r all <"/proc/$keyd/task/$keyd/children" || :
	for child in $all; do
		! tr '\0' '\n' <"/proc/$child/cmdline" 2>/dev/null | grep -qx "$1" || echo "$child"
	done
}

# core PID: $dir/core.PID, what a debugger of root's writes of the process;
# false, with a note: there is no such debugger.
core() {
	command -v gcore >/dev/null || { echo "note: no gcore here, so no core was taken"; return 1; }
	name=$(tr '\0' '\n' <"/proc/$1/cmdline" | head -n 1)
	gcore -o "$dir/core" "$1" >"$dir/said" 2>&1 || :
	grep -qF "$name" "$dir/core.$1" || fail "gcore: $(cat "$dir/said")"
}

# gone PID: it ends within a few seconds. A zombie has ended, too.
gone() {
	for _ in $(seq 50); do
		state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null || :)
		[ -n "$state" ] && [ "$state" != Z ] || return 0
		sleep 0.1
	done
	return 1
}
