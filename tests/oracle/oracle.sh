#!/bin/sh
# Asks two keyds COUNT times for what they should and what they should not do,
# and judges every answer; no signer may end. tests/oracle/oracle.sh [COUNT
# [SEED]], with $BUILD set. The seed of a run is in what a finding says.
set -eu
. tests/e2e/lib/keyd.sh
count=${1:-1000000}
seed=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
other=
trap '[ -z "$keyd" ] || kill "$keyd" 2>/dev/null || :; [ -z "$other" ] || kill "$other" 2>/dev/null || :; rm -rf "$dir"' EXIT

for kind in p256 p384 p521 rsa ed25519; do
	make_key $kind $kind
done
make_key old p256

# configure ROLE: a keyd of that name.
configure() {
	cat >"$dir/$1.conf" <<-END
		socket = "$dir/$1.sock"
		signer-group "all" {
			key "p256" { file = "p256.pem" operations = { sign13, sign12 } }
			key "old" { file = "old.pem" operations = { sign13, sign12, sign10 } }
			key "ed25519" { file = "ed25519.pem" operations = { sign13, sign12 } }
			key "p384" { file = "p384.pem" operations = { sign13 } }
			key "p521" { file = "p521.pem" operations = { sign13, sign10 } }
			key "rsa" { file = "rsa.pem" operations = { sign13, sign12, sign10, premaster } }
		}
		client "we" { uid = "$(id -u)" keys = { "p256", "old", "ed25519", "p384", "p521", "rsa" } role = $1 tickets = false }
	END
}

configure server
configure client
"$BUILD/bin/keyd" -f "$dir/server.conf" 2>>"$dir/log" &
keyd=$!
"$BUILD/bin/keyd" -f "$dir/client.conf" 2>>"$dir/log" &
other=$!
for _ in $(seq 600); do
	[ "$(grep -c 'event=signer ' "$dir/log")" -lt 4 ] || break
	sleep 0.1
done

"$BUILD/tests/keyoracle" "$count" "$seed" "$dir/server.sock" "$dir/client.sock" "$dir"/*.pub || fail "the oracle gave way"
! grep -E 'event=(signer-died|child-died)' "$dir/log" || fail "a signer died"
kill "$keyd" "$other"
wait "$keyd" || fail "keyd ended with $?"
wait "$other" || fail "keyd ended with $?"
keyd='' other=''
