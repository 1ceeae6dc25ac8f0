#!/bin/sh
# A key signs no more often than its rate and burst say, over all channels and
# whoever asks, and a channel no more often than its client's; a refusal costs
# nobody else anything, and time gives back what was used.
set -eu
. tests/e2e/lib/keyd.sh

# configure KEY CLIENT: with these words for each.
configure() {
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "demo" { key "demo" { file = "demo.pem" operations = { sign13 } $1 } }
		client "frontd" { uid = "$(id -u)" keys = { "demo" } tickets = false $2 }
	END
}

# refused_after COUNT: so many in a row on one channel, then RATE. A machine that
# takes seconds for them has earned one more with each.
refused_after() {
	! ask sign "$dir/demo.pub" 1000 2>"$dir/said" || fail "a thousand signatures"
	number=$(sed -n 's/^keyask: signature \([0-9]*\): rate$/\1/p' "$dir/said")
	if [ -z "$number" ] || [ "$number" -lt "$1" ] || [ "$number" -gt $(($1 + 10)) ]; then
		fail "not $1: $(cat "$dir/said")"
	fi
}

make_key demo p256
configure "rate = 1 burst = 20" ""
start_keyd
refused_after 20
# Another channel finds nothing left, but for what time gives.
! ask sign "$dir/demo.pub" 20 2>"$dir/said" || fail "another channel has its own"
for _ in $(seq 100); do
	! ask sign "$dir/demo.pub" 1 2>"$dir/said" || break
	grep -q ": rate" "$dir/said" || fail "$(cat "$dir/said")"
	sleep 0.1
done
! grep -q ": rate" "$dir/said" || fail "time gives nothing back"
! grep -q 'event=signer-died' "$dir/log" || fail "the signer died"
stop_keyd

configure "" "rate = 1 burst = 7"
start_keyd
for _ in 1 2 3; do
	refused_after 7 # each channel is a new one
done
stop_keyd

configure "rate = 1000000" "rate = 1000000 burst = 1000000"
start_keyd
ask sign "$dir/demo.pub" 1000 || fail "a limit that nobody reaches"
stop_keyd
