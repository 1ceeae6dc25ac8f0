#!/bin/sh
# keyd's signer signs what TLS signs. Killed, it is replaced and its channels
# with it; when keyd is killed, no signer is left behind with its keys.
set -eu
. tests/e2e/lib/keyd.sh

configure_demo
for kind in p256 rsa; do
	make_key demo $kind
	start_keyd
	first=$signer
	ask sign "$dir/demo.pub" 50
	ask recover "$dir/demo.pub"
	await_signer
	[ "$signer" != "$first" ] || fail "the signer is the one that was killed"
	kill -9 "$keyd"
	wait "$keyd" 2>/dev/null || :
	gone "$signer" || fail "signer $signer outlived keyd"
done

# Its dead socket is in nobody's way, and a stop in good order leaves nothing.
start_keyd
ask sign "$dir/demo.pub" 1
stop_keyd
gone "$signer" || fail "signer $signer outlived keyd's stop"
[ ! -e "$dir/keyd.sock" ] || fail "the socket is still there"
