#!/bin/sh
# SIGHUP has keyd read its configuration and key files anew: keys are added,
# replaced and removed, clients as well, and nothing happens at all when one word
# or one key is wrong. The root of ticket keys that was made at random stays.
set -eu
. tests/e2e/lib/keyd.sh

# configure KEYS CLIENT [WORDS]
configure() {
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "demo" { $1 }
		$2
		tickets { rotate = 24h lifetime = 24h ${3:-} }
	END
}

key() {
	echo "key \"$1\" { file = \"$1.pem\" operations = { sign13 } $2 }"
}

client() {
	echo "client \"frontd\" { uid = \"$(id -u)\" keys = { $1 } tickets = ${2:-false} }"
}

# reload RESULT: and it is that.
reload() {
	count=$(grep -c "event=reload result=$1 " "$dir/log" || :)
	kill -HUP "$keyd"
	for _ in $(seq 300); do
		[ "$(grep -c "event=reload result=$1 " "$dir/log" || :)" -eq "$count" ] || return 0
		sleep 0.1
	done
	fail "no reload was $1"
}

signs() {
	ask sign "$dir/$1.pub" 3 2>"$dir/said" || fail "$2: $(cat "$dir/said")"
}

# The signature is not one of this key's, or there is no key.
signs_not() {
	! ask sign "$dir/$1.pub" 1 2>"$dir/said" || fail "$2"
}

child_count() {
	grep -lx "PPid:[[:space:]]*$keyd" /proc/[0-9]*/status 2>/dev/null | wc -l
}

# settled COUNT: what was before is gone.
settled() {
	for _ in $(seq 100); do
		[ "$(child_count)" -ne "$1" ] || return 0
		sleep 0.1
	done
	fail "keyd has $(child_count) children, not $1"
}

for name in demo next other; do
	make_key $name p256
done
configure "$(key demo '')" "$(client '"demo"')"
start_keyd
signs demo "at the start"
old=$signer

# Replaced: the same file holds another key.
cp "$dir/next.pem" "$dir/demo.pem"
signs demo "before the reload"
reload "done"
signs next "a key that was replaced"
signs_not demo "the key that was there before signs"
settled 1
await_signer
[ "$signer" != "$old" ] || fail "the signer is the one of before"

# Added, and another removed.
configure "$(key other '') $(key next '')" "$(client '"other"')"
reload "done"
signs other "a key that was added"
signs_not next "a key that is not the client's"

# Nothing happens when something is wrong.
echo garbage >"$dir/next.pem"
reload refused
grep -q "^$dir/next.pem: not a private key" "$dir/log" || fail "the file is not named"
signs other "after a reload with a bad key"
settled 1
configure "$(key other '') $(key next '')" "$(client '"other", "elsewhere"')"
reload refused
grep -q "^$dir/keyd.conf:3: there is no key \"elsewhere\"" "$dir/log" || fail "the line is not named"
configure "$(key other '')" "$(client '"other"')"
chmod 644 "$dir/other.pem"
reload refused
grep -q "^$dir/other.pem: open to group or others" "$dir/log" || fail "the mode is not named"
chmod 600 "$dir/other.pem"
sed -i 's/keyd.sock/elsewhere.sock/' "$dir/keyd.conf"
reload refused
signs other "after reloads that were refused"
[ ! -e "$dir/elsewhere.sock" ] || fail "another socket was made"

# What comes in the midst of a reload is done after it, too.
configure "$(key other '')" "$(client '"other"')"
count=$(grep -c "event=reload result=done" "$dir/log")
kill -HUP "$keyd"
sleep 0.1
kill -HUP "$keyd"
for _ in $(seq 200); do
	[ "$(grep -c "event=reload result=done" "$dir/log")" -lt $((count + 2)) ] || break
	sleep 0.1
done
[ "$(grep -c "event=reload result=done" "$dir/log")" -eq $((count + 2)) ] || fail "the second was not done"

# A rate is new with each fleet.
configure "$(key other 'rate = 1 burst = 5')" "$(client '"other"')"
reload "done"
! ask sign "$dir/other.pub" 100 2>"$dir/said" || fail "the rate is that of before"
grep -q rate "$dir/said" || fail "$(cat "$dir/said")"

# Ticket keys: those of a random root stay, until something of them changes.
configure "$(key other '')" "$(client '"other"' true)"
reload "done"
ask tickets 0 >"$dir/first" || fail "no ticket keys"
pid=$(ask pid keyd-tickets)
reload "done"
ask tickets 0 >"$dir/again" || fail "no ticket keys after a reload"
cmp "$dir/first" "$dir/again" || fail "a reload changed the root"
[ "$(ask pid keyd-tickets)" = "$pid" ] || fail "keyd-tickets was started again"
kill -9 "$pid"
gone "$pid" || fail "keyd-tickets lives"
for _ in $(seq 100); do
	! ask tickets 0 >"$dir/again" 2>/dev/null || break
	sleep 0.1
done
! cmp -s "$dir/first" "$dir/again" || fail "the root survived its process"
openssl rand -out "$dir/root" 48
chmod 600 "$dir/root"
configure "$(key other '')" "$(client '"other"' true)" "root = \"root\""
reload "done"
ask tickets 0 >"$dir/first"
! cmp -s "$dir/first" "$dir/again" || fail "the root's file is not used"
openssl rand -out "$dir/root" 48
reload "done"
ask tickets 0 >"$dir/again"
! cmp -s "$dir/first" "$dir/again" || fail "another root is not used"
settled 2

# Flat: what one reload takes, it gives back. A child may be gone before keyd
# closes the channel to it.
descriptors() {
	find "/proc/$keyd/fd" -type l | wc -l
}
reload "done"
settled 2
sleep 1
before=$(descriptors)
for _ in 1 2 3; do
	reload "done"
done
settled 2
for _ in $(seq 100); do
	[ "$(descriptors)" -ne "$before" ] || break
	sleep 0.1
done
[ "$(descriptors)" -eq "$before" ] || fail "$(descriptors) descriptors are open, before $before"

# A client that is no more is let go, and comes not in again.
configure "$(key other '')" "client \"another\" { uid = \"4000000\" keys = { \"other\" } }"
reload "done"
! ask pid keyd 2>/dev/null || fail "a client that was removed is let in"
! grep -q 'event=signer-died.*signal=\(6\|11\|31\)' "$dir/log" || fail "a signer crashed"
keyd_ended=0
kill "$keyd"
wait "$keyd" || keyd_ended=$?
keyd=
[ "$keyd_ended" -eq 0 ] || fail "keyd ended with $keyd_ended"
