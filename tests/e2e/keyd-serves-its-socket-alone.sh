#!/bin/sh
# A second keyd does not take the socket of the first, nor a file for a socket;
# accounts that are not configured get no channel.
set -eu
. tests/e2e/lib/keyd.sh

make_key demo p256
configure_demo
start_keyd
! "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/second" || fail "a second keyd started"
grep -qx "keyd: $dir/keyd.sock: another process is serving it" "$dir/second" || {
	cat "$dir/second"
	fail "the second keyd gave another reason"
}
ask sign "$dir/demo.pub" 5
stop_keyd

echo precious >"$dir/keyd.sock"
! "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/second" || fail "keyd took a file for its socket"
grep -q "$dir/keyd.sock: " "$dir/second"
[ "$(cat "$dir/keyd.sock")" = precious ] || fail "keyd removed a file"
rm "$dir/keyd.sock"

sed -i "s/uid = \"[0-9]*\"/uid = \"4000000\"/" "$dir/keyd.conf"
"$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>>"$dir/log" &
keyd=$!
for _ in $(seq 50); do
	! grep -q 'keys=1' "$dir/log" || [ ! -S "$dir/keyd.sock" ] || break
	sleep 0.1
done
! ask sign "$dir/demo.pub" 1 2>/dev/null || fail "a stranger got a signature"
grep -q "event=refused uid=$(id -u)" "$dir/log" || fail "the refusal is not logged"
stop_keyd
