#!/bin/sh
# A server that asks a client to shake hands again is ignored, told no or
# obeyed, as the application says.
set -eu
build=${BUILD:-build}
dir=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$dir"' EXIT

fail() {
	echo "$1"
	cat "$dir"/log "$dir"/said
	exit 1
}

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$dir/key" -out "$dir/cert" 2>/dev/null
mkfifo "$dir/keys"

# serve OPTION...: openssl's server, which takes its commands from fd 3.
serve() {
	: >"$dir/log"
	openssl s_server -accept 127.0.0.1:0 -cert "$dir/cert" -key "$dir/key" -naccept 1 "$@" <"$dir/keys" >"$dir/log" 2>&1 &
	server=$!
	exec 3>"$dir/keys"
	for _ in $(seq 100); do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$dir/log")
		[ -z "$port" ] || return 0
		sleep 0.1
	done
	fail "openssl does not listen"
}

# await WORD FILE
await() {
	for _ in $(seq 100); do
		grep -q "$1" "$2" && return 0
		sleep 0.1
	done
	fail "no \"$1\" in ${2##*/}"
}

# ask ANSWER: connects the client and has the server ask.
ask() {
	: >"$dir/said"
	timeout 20 "$build/tests/tlsrenegotiate" "$port" "$dir/cert" test_all "$1" later >"$dir/said" 2>&1 &
	client=$!
	await '^negotiated' "$dir/said"
	echo R >&3
	await '^asked' "$dir/said"
}

end() {
	exec 3>&-
	wait "$server" || :
	server=''
}

for version in -tls1_2 -tls1_1; do
	serve "$version" -cipher ALL:@SECLEVEL=0
	ask accept
	await '^renegotiated' "$dir/said"
	echo later >&3
	wait "$client" || fail "accept: the text sent later did not come"
	end

	serve "$version" -cipher ALL:@SECLEVEL=0
	ask ignore
	echo later >&3
	wait "$client" || fail "ignore: the text sent later did not come"
	! grep -q 'no renegotiation' "$dir/log" || fail "ignore: the server heard an alert"
	end

	# This server gives up when it is told no.
	serve "$version" -cipher ALL:@SECLEVEL=0
	ask reject
	await 'no renegotiation' "$dir/log"
	! wait "$client" || fail "reject: something came"
	end
done
