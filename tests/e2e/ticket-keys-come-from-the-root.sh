#!/bin/sh
# Ticket keys are the same for all who may have them and over any restart, while
# the root file is; a root that keyd makes is another after each restart. No
# process but keyd-tickets has a byte of a root, and a file that is none ends
# the start.
set -eu
. tests/e2e/lib/keyd.sh

# configure CLIENT [WORDS]: of a tickets block
configure() {
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "demo" { key "demo" { file = "demo.pem" } }
		client "$1" { uid = "$(id -u)" keys = { "demo" } }
		tickets { ${2:-} }
	END
}

# tickets NAME [EPOCH]: what keyd-tickets tells, to $dir/NAME
tickets() {
	for _ in $(seq 100); do
		! ask tickets "${2:-0}" >"$dir/$1" 2>"$dir/said" || return 0
		sleep 0.1
	done
	fail "no ticket keys: $(cat "$dir/said")"
}

same() {
	cmp -s "$dir/$1" "$dir/$2" || fail "$3: $(cat "$dir/$1" "$dir/$2")"
}

other() {
	for field in 5 6; do
		cut -d ' ' -f $field "$dir/$1" >"$dir/one"
		! cut -d ' ' -f $field "$dir/$2" | grep -qxF -f "$dir/one" || fail "$3: $(cat "$dir/$1" "$dir/$2")"
	done
}

# An epoch that is not about to end: the keys of now stay those of now.
long='rotate = 24h lifetime = 24h'
make_key demo p256
openssl rand -out "$dir/root" 48
chmod 600 "$dir/root"

configure frontd "$long root = \"root\""
start_keyd
tickets first
tickets again
same first again "another channel has other keys"
tickets third "$(cut -d ' ' -f 1 "$dir/first" | head -n 1)"
same first third "the current epoch by its number has other keys"
for epoch in 1 "$(sed -n '2s/ .*//p' "$dir/first")" 18446744073709551615; do
	! ask tickets "$epoch" >"$dir/said" 2>&1 || fail "epoch $epoch has a key: $(cat "$dir/said")"
	grep -q stale "$dir/said" || fail "of epoch $epoch: $(cat "$dir/said")"
done

pid=$(ask pid keyd-tickets)
kill -9 "$pid"
gone "$pid" || fail "keyd-tickets lives"
tickets after-death
same first after-death "who took a dead one's place has other keys"
grep -q "event=signer-died group=tickets child=$pid signal=9" "$dir/log" || fail "its death is not logged"
# The file stays open: what is written into it is what the next one reads.
openssl rand -out "$dir/root" 48
kill -9 "$(ask pid keyd-tickets)"
tickets replaced
other first replaced "a file that was written anew gives the old keys"
stop_keyd

configure frontd "$long root = \"root\""
start_keyd
tickets restarted
same replaced restarted "keyd has other keys after a restart"
stop_keyd
# Where nobody can look, if the kernel has such a place; else in one place.
if [ "$(id -u)" -eq 0 ]; then
	# What HKDF extracts from the root is as good as it.
	openssl dgst -sha256 -mac HMAC -macopt "key:sallyport ticket root" -binary -out "$dir/prk" "$dir/root"
	for keyd_before in '' "$BUILD/tests/without"; do
		start_keyd
		tickets again
		pid=$(ask pid keyd-tickets)
		"$BUILD/tests/memscan" --raw "$dir/root" "$keyd" "$signer" "$pid" || fail "the root is in memory"
		"$BUILD/tests/memscan" --raw "$dir/prk" "$keyd" "$signer" || fail "what the root comes to is in memory"
		stop_keyd
	done
	start_keyd
	tickets again
	"$BUILD/tests/memscan" --raw --expect "$dir/prk" "$(ask pid keyd-tickets)" || fail "the scan finds nothing"
	stop_keyd
	keyd_before=
fi
configure backd "$long root = \"root\""
start_keyd
tickets another
other restarted another "another client has keys of the first"
stop_keyd

configure frontd "$long"
start_keyd
tickets random
other restarted random "a root that was made is that of the file"
stop_keyd
start_keyd
tickets random-again
other random random-again "a root that was made is the same after a restart"
stop_keyd

# The next key becomes the current one.
configure frontd "rotate = 1s lifetime = 5s root = \"root\""
start_keyd
tickets early
next=$(sed -n 2p "$dir/early")
for _ in $(seq 100); do
	tickets late
	[ "$(sed -n 1p "$dir/late")" != "$next" ] || break
	sleep 0.05
done
[ "$(sed -n 1p "$dir/late")" = "$next" ] || fail "the next key is never the current one"
stop_keyd

# who REASON: nobody has ticket keys unless they are a server's.
none() {
	start_keyd
	! ask pid keyd-tickets 2>/dev/null || fail "there is a keyd-tickets: $1"
	! ask tickets 0 >"$dir/said" 2>&1 || fail "ticket keys: $1"
	grep -q nokey "$dir/said" || fail "$1: $(cat "$dir/said")"
	stop_keyd
}
configure frontd
sed -i 's/keys = { "demo" }/& tickets = false/' "$dir/keyd.conf"
none "nobody is to have them"

# What is no root ends the start, and so does keyd -t.
refused() {
	configure frontd "$long root = \"root\""
	for option in -t ''; do
		status=0
		# shellcheck disable=SC2086
		timeout 10 "$BUILD/bin/keyd" $option -f "$dir/keyd.conf" 2>"$dir/said" || status=$?
		[ "$status" -eq 1 ] || fail "keyd $option ended with $status: $1"
		grep -q "^$dir/root: $1" "$dir/said" || fail "keyd $option says not $1: $(cat "$dir/said")"
	done
}
chmod 640 "$dir/root"
refused "open to group or others"
chmod 600 "$dir/root"
mv "$dir/root" "$dir/real"
ln -s real "$dir/root"
refused "Too many levels of symbolic links"
rm "$dir/root"
refused "No such file"
for len in 0 31 1025; do
	head -c $len /dev/urandom >"$dir/root"
	chmod 600 "$dir/root"
	refused "not a root of ticket keys"
done
truncate -s 0 "$dir/root"
truncate -s 48 "$dir/root"
refused "not a root of ticket keys"
head -c 32 /dev/urandom >"$dir/root"
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || fail "32 bytes are refused: $(cat "$dir/said")"
