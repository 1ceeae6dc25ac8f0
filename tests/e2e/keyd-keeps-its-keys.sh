#!/bin/sh
# A key file that becomes unreadable, is replaced or goes away while keyd runs
# is logged with file and reason, and changes nothing for a signer that is
# killed and replaced meanwhile.
set -eu
. tests/e2e/lib/keyd.sh

# after WHAT REASON: the signer is killed and the old key signs again.
after() {
	: >"$dir/log"
	ask recover "$dir/demo.pub" || fail "after the file was $1 nobody signs"
	grep -q "event=key name=demo file=\"$dir/demo.pem\" reason=$2 action=kept" "$dir/log" ||
	    fail "that the file was $1 is not logged"
	[ -z "$3" ] || grep -q "^$dir/demo.pem: $3" "$dir/log" || fail "no reason: $3"
}

make_key demo p256
make_key other p256
configure_demo
start_keyd
chmod 644 "$dir/demo.pem"
after "opened to others" unreadable "open to group or others"
rm "$dir/demo.pem"
after "removed" unreadable "No such file or directory"
cp "$dir/other.pem" "$dir/demo.pem"
chmod 600 "$dir/demo.pem"
after "replaced" replaced ""
stop_keyd
