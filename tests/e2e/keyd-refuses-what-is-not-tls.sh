#!/bin/sh
# A worker that was taken over asks for digests, other clients' keys, types and
# frames that are not its own: all is refused, the signer lives, others sign.
set -eu
. tests/e2e/lib/keyd.sh

make_key demo p256
make_key other p256
cat >"$dir/keyd.conf" <<END
socket = "$dir/keyd.sock"
signer-group "all" { key "demo" { file = "demo.pem" } key "other" { file = "other.pem" } }
client "frontd" { uid = "$(id -u)" keys = { "demo" } role = server }
client "another" { uid = "4000000" keys = { "other" } role = server }
END
start_keyd
before=$signer
ask attack "$dir/demo.pub" || fail "an attack was not refused"
ask sign "$dir/demo.pub" 10
await_signer
[ "$signer" = "$before" ] || fail "the signer was replaced"
! grep -q 'event=signer-died' "$dir/log" || fail "a signer died"
stop_keyd
