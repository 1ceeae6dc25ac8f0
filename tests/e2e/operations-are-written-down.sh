#!/bin/sh
# With an audit log each signature is a line in it before it leaves. The log
# verifies, over restarts, a killed writer and rotation, and not once a line of
# it was touched. When nothing can be written, nothing is signed, or (by setting)
# what is lost is counted; and that is over when there is room again.
set -eu
. tests/e2e/lib/keyd.sh

# configure [WORDS]
configure() {
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "demo" { key "www" { file = "demo.pem" operations = { sign13 } } }
		client "frontd" { uid = "$(id -u)" keys = { "www" } tickets = false }
		audit { file = "audit.log" key = "audit.key" ${1:-} }
	END
}

# count WORD FILE: what keydctl says of it.
count() {
	sed -n "s/.*\<$1=\([0-9]*\).*/\1/p" "$dir/verdict"
}

verify() {
	"$BUILD/bin/keydctl" audit verify "$1" "$dir/audit.pub" >"$dir/verdict" 2>&1 || fail "$1: $(cat "$dir/verdict")"
}

broken() {
	! "$BUILD/bin/keydctl" audit verify "$1" "$dir/audit.pub" >"$dir/verdict" 2>&1 || fail "$2 is not found"
}

# refused REASON
refused() {
	! timeout 20 "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/said" || fail "started: $1"
	grep -q "$1" "$dir/said" || { cat "$dir/said"; fail "not said: $1"; }
}

# eventually COMMAND...
eventually() {
	for _ in $(seq 200); do
		! "$@" 2>/dev/null || return 0
		sleep 0.1
	done
	fail "never: $*"
}

reload() {
	before=$(grep -c "event=reload result=done" "$dir/log" || :)
	kill -HUP "$keyd"
	eventually reloaded
}
reloaded() {
	[ "$(grep -c "event=reload result=done" "$dir/log")" -gt "$before" ]
}

umask 077
make_key demo p256
openssl genpkey -algorithm ED25519 -out "$dir/audit.key"
openssl pkey -in "$dir/audit.key" -pubout -out "$dir/audit.pub"
configure
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" || fail "keyd -t finds something wrong"
[ ! -e "$dir/audit.log" ] || fail "a test made the log"
start_keyd
ask sign "$dir/demo.pub" 5
! ask attack "$dir/demo.pub" >/dev/null 2>&1 || :
ask sign "$dir/demo.pub" 5
[ "$(stat -c %a "$dir/audit.log")" = 600 ] || fail "others can read the log"
pid=$(ask pid keyd-audit)
[ "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$pid/status")" = 2 ] || fail "keyd-audit is not sealed"
stop_keyd
verify "$dir/audit.log"
[ "$(grep -c 'event=operation client=frontd .* key=www operation=sign13 scheme=0403 content=[0-9a-f]\{64\} status=ok' \
    "$dir/audit.log")" -ge 10 ] || fail "signatures are missing"
grep -q ' status=denied ' "$dir/audit.log" || fail "what was refused is missing"
[ "$(count lost)" -eq 0 ] || fail "operations were lost"
[ "$(count signed)" -eq "$(count last)" ] || fail "the end is not signed"

# Nobody can touch it unseen.
cp "$dir/audit.log" "$dir/edited"
sed -i '3s/status=ok/status=no/' "$dir/edited"
broken "$dir/edited" "a changed line"
sed '4d' "$dir/audit.log" >"$dir/edited"
broken "$dir/edited" "a line taken out"
sed '4{h;d};5{G}' "$dir/audit.log" >"$dir/edited"
broken "$dir/edited" "two lines changed about"
head -c -9 "$dir/audit.log" >"$dir/edited"
broken "$dir/edited" "an end cut off"
# Whole lines less leave a log, which tells that nobody vouches for its end.
sed '$d' "$dir/audit.log" >"$dir/edited"
verify "$dir/edited"
[ "$(count signed)" -lt "$(count last)" ] || fail "an end without its signature is taken for signed"

# The next process goes on, and so does the writer that takes a killed one's place.
start_keyd
ask sign "$dir/demo.pub" 2
pid=$(ask pid keyd-audit)
kill -9 "$pid"
gone "$pid" || fail "keyd-audit lives"
eventually ask sign "$dir/demo.pub" 1
ask sign "$dir/demo.pub" 3

# Rotated by name; the new file says where the old one ended.
mv "$dir/audit.log" "$dir/audit.1"
reload
ask sign "$dir/demo.pub" 3
stop_keyd
verify "$dir/audit.1"
verify "$dir/audit.log"
[ "$(count operations)" -eq 3 ] || fail "$(count operations) operations in the second file"
last=$(sed -n '$s/.*sha256=//p' "$dir/audit.1")
head -n 1 "$dir/audit.log" | grep -q "event=start .*previous=$last " || fail "the files do not follow one another"

# A writer that stands still holds up nobody for long: nothing is signed.
start_keyd
pid=$(ask pid keyd-audit)
kill -STOP "$pid"
! ask sign "$dir/demo.pub" 3000 2>"$dir/said" || fail "3000 signatures that nobody wrote down"
grep -q backend "$dir/said" || fail "$(cat "$dir/said")"
kill -CONT "$pid"
eventually ask sign "$dir/demo.pub" 1
stop_keyd
verify "$dir/audit.log"
[ "$(count lost)" -eq 0 ] || fail "operations were lost"

# A file that may not grow further is a full disk. A signer's memory is a file
# of 6 MiB, so the log begins with a hole. What goes to the log of events goes
# through a pipe.
start_limited() {
	: >"$dir/log"
	truncate -s $((8388608 - 40000 - $(stat -c %s "$dir/audit.1"))) "$dir/audit.log"
	cat "$dir/audit.1" >>"$dir/audit.log"
	mkfifo "$dir/pipe"
	cat "$dir/pipe" >>"$dir/log" &
	# shellcheck disable=SC3045
	(ulimit -f 16384; exec "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/pipe") &
	keyd=$!
	await_signer
	rm "$dir/pipe"
}
rm "$dir/audit.log"
start_limited
! ask sign "$dir/demo.pub" 3000 2>"$dir/said" || fail "the file never was full"
grep -q backend "$dir/said" || fail "$(cat "$dir/said")"
grep -q 'event=audit-stopped reason=".*" operations=refused' "$dir/log" || fail "that it is full is not said"
! ask sign "$dir/demo.pub" 1 2>/dev/null || fail "a signature that nobody writes down"
rm "$dir/audit.log"
reload
eventually ask sign "$dir/demo.pub" 1
grep -q 'event=audit-resumed' "$dir/log" || fail "that it goes on is not said"
stop_keyd
verify "$dir/audit.log"
[ "$(count lost)" -eq 0 ] || fail "operations were lost"
[ "$(count untold)" -eq 0 ] || fail "operations were lost between the files"

configure 'on-full = count checkpoint = 10'
rm "$dir/audit.log"
start_limited
ask sign "$dir/demo.pub" 1000 || fail "a full disk stops what it should not"
grep -q 'event=audit-stopped reason=".*" operations=not-written-down' "$dir/log" || fail "that it is full is not said"
rm "$dir/audit.log"
reload
ask sign "$dir/demo.pub" 1
stop_keyd
verify "$dir/audit.log"
[ "$(count lost)" -gt 0 ] || fail "what was lost is not counted"
! grep -q 'event=forbidden-call' "$dir/log" || fail "a forbidden call"

# A disk that is full to the last byte, of some KiB; it goes on by itself when
# there is room, with nothing lost or with what was lost counted.
on_small_disk() {
	configure "checkpoint = 10 $1"
	sed -i 's,"audit.log",disk/audit.log,' "$dir/keyd.conf"
	rm -f "$dir"/disk/*
	: >"$dir/log"
	dd if=/dev/zero of="$dir/disk/other" bs=1024 count=80 2>/dev/null
	start_keyd
}
mkdir "$dir/disk"
if ! mount -t tmpfs -o size=128k,mode=700 none "$dir/disk" 2>/dev/null; then
	echo "note: nothing can be mounted here, so no disk was full"
else
	trap '[ -z "$keyd" ] || kill -9 "$keyd" 2>/dev/null || :; umount -l "$dir/disk" 2>/dev/null || :; rm -rf "$dir"' EXIT
	on_small_disk 'on-full = stop'
	! ask sign "$dir/demo.pub" 1000 2>"$dir/said" || fail "the disk never was full"
	grep -q backend "$dir/said" || fail "$(cat "$dir/said")"
	grep -q 'event=audit-stopped reason="No space left on device" operations=refused' "$dir/log" || fail "that it is full is not said"
	rm "$dir/disk/other"
	eventually ask sign "$dir/demo.pub" 1
	ask sign "$dir/demo.pub" 20
	stop_keyd
	verify "$dir/disk/audit.log"
	[ "$(($(count lost) + $(count untold)))" -eq 0 ] || fail "operations were lost"

	on_small_disk 'on-full = count'
	ask sign "$dir/demo.pub" 1000 || fail "a full disk stops what it should not"
	grep -q 'event=audit-stopped reason="No space left on device" operations=not-written-down' "$dir/log" ||
	    fail "that it is full is not said"
	rm "$dir/disk/other"
	eventually grep -q 'event=audit-resumed' "$dir/log"
	ask sign "$dir/demo.pub" 1
	stop_keyd
	verify "$dir/disk/audit.log"
	[ "$(count lost)" -gt 0 ] || fail "what was lost is not counted"
	umount "$dir/disk"
fi
rmdir "$dir/disk"

# A digest that somebody else made is told apart from all that TLS signs.
configure
sed -i 's/operations = { sign13 }/& allow-digest = true/; s/tickets = false/role = digest &/' "$dir/keyd.conf"
rm "$dir/audit.log"
start_keyd
openssl dgst -sha256 -binary "$dir/keyd.conf" >"$dir/digest"
ask digest "$dir/demo.pub" "$(od -An -v -tx1 "$dir/digest" | tr -d ' \n')"
! ask sign "$dir/demo.pub" 1 2>/dev/null || fail "TLS is signed for who has digests"
stop_keyd
verify "$dir/audit.log"
content=$(openssl dgst -sha256 -r "$dir/digest" | cut -d ' ' -f 1)
grep -q " event=operation client=frontd .* key=www operation=signdigest scheme=0403 content=$content status=ok " \
    "$dir/audit.log" || fail "a digest that is not written down as one"
grep -q ' operation=sign13 .* status=denied ' "$dir/audit.log" || fail "what was refused is missing"
[ "$(grep -c ' status=ok ' "$dir/audit.log")" -eq 1 ] || fail "more was signed than the digest"
rm "$dir/audit.log"

# What is no audit log, or no key for one.
configure
echo hello >"$dir/audit.log"
refused "audit.log: not an audit log"
rm "$dir/audit.log"
: >"$dir/audit.log"
chmod 622 "$dir/audit.log"
refused "audit.log: open to others"
rm "$dir/audit.log"
ln -s audit.1 "$dir/audit.log"
refused "audit.log: Too many levels of symbolic links"
rm "$dir/audit.log"
cp "$dir/demo.pem" "$dir/audit.key"
refused "audit.key: not a private key of Ed25519"
configure 'on-full = wait'
refused "keyd.conf:4: on-full is stop or count"
