#!/bin/sh
# keyd's signer signs what TLS signs. Killed, it is replaced and its channels
# with it; when keyd is killed, no signer is left behind with its keys.
set -eu
dir=$(mktemp -d)
keyd=
trap '[ -z "$keyd" ] || kill -9 "$keyd" 2>/dev/null || :; rm -rf "$dir"' EXIT

start() {
	"$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>>"$dir/log" &
	keyd=$!
	for _ in $(seq 100); do
		"$BUILD/tests/keyask" "$dir/keyd.sock" pid keyd-signer >"$dir/pid" 2>/dev/null && return
		sleep 0.1
	done
	cat "$dir/log"
	echo "keyd did not start"
	exit 1
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

for kind in "EC -pkeyopt ec_paramgen_curve:P-256" "RSA -pkeyopt rsa_keygen_bits:2048"; do
	rm -f "$dir"/*.pem
	# shellcheck disable=SC2086
	openssl genpkey -quiet -algorithm $kind -out "$dir/key.pem" 2>/dev/null ||
	    openssl genpkey -algorithm $kind -out "$dir/key.pem" 2>/dev/null
	chmod 600 "$dir/key.pem"
	openssl pkey -in "$dir/key.pem" -pubout -out "$dir/public.pem"
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "demo" { key "demo" { file = "key.pem" operations = { sign13 } } }
		client "frontd" { uid = "$(id -u)" keys = { "demo" } role = server }
	END
	start
	"$BUILD/tests/keyask" "$dir/keyd.sock" sign "$dir/public.pem" 50
	"$BUILD/tests/keyask" "$dir/keyd.sock" recover "$dir/public.pem"

	signer=$("$BUILD/tests/keyask" "$dir/keyd.sock" pid keyd-signer)
	[ "$signer" != "$(cat "$dir/pid")" ] || { echo "the signer is the one that was killed"; exit 1; }
	kill -9 "$keyd"
	wait "$keyd" 2>/dev/null || :
	gone "$signer" || { echo "signer $signer outlived keyd"; exit 1; }
done

# Its dead socket is in nobody's way, and a stop in good order leaves nothing.
start
signer=$(cat "$dir/pid")
"$BUILD/tests/keyask" "$dir/keyd.sock" sign "$dir/public.pem" 1
kill -TERM "$keyd"
wait "$keyd" || { echo "keyd ended with $?"; exit 1; }
gone "$signer" || { echo "signer $signer outlived keyd's stop"; exit 1; }
[ ! -e "$dir/keyd.sock" ] || { echo "the socket is still there"; exit 1; }
keyd=
