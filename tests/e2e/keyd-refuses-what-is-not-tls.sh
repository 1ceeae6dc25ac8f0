#!/bin/sh
# A worker that was taken over asks for digests, other clients' keys, types and
# frames that are not its own: all is refused, the signer lives, others sign.
set -eu
dir=$(mktemp -d)
keyd=
trap '[ -z "$keyd" ] || kill "$keyd" 2>/dev/null || :; rm -rf "$dir"' EXIT

for name in demo other; do
	openssl ecparam -name prime256v1 -genkey -noout -out "$dir/$name.pem"
	chmod 600 "$dir/$name.pem"
done
openssl pkey -in "$dir/demo.pem" -pubout -out "$dir/public.pem"
cat >"$dir/keyd.conf" <<END
socket = "$dir/keyd.sock"
signer-group "all" { key "demo" { file = "demo.pem" } key "other" { file = "other.pem" } }
client "frontd" { uid = "$(id -u)" keys = { "demo" } role = server }
client "another" { uid = "4000000" keys = { "other" } role = server }
END
"$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/log" &
keyd=$!
for _ in $(seq 100); do
	! "$BUILD/tests/keyask" "$dir/keyd.sock" pid keyd-signer >"$dir/pid" 2>/dev/null || break
	sleep 0.1
done
"$BUILD/tests/keyask" "$dir/keyd.sock" attack "$dir/public.pem" || { cat "$dir/log"; exit 1; }
"$BUILD/tests/keyask" "$dir/keyd.sock" sign "$dir/public.pem" 10
[ "$("$BUILD/tests/keyask" "$dir/keyd.sock" pid keyd-signer)" = "$(cat "$dir/pid")" ]
! grep -q 'event=signer-died' "$dir/log" || { cat "$dir/log"; exit 1; }
kill "$keyd"
wait "$keyd"
keyd=
