#!/bin/sh
# Asks three keyds COUNT times for what they should and what they should not do,
# and judges every answer; no signer may end, and each
# digest that was signed is written down. tests/oracle/oracle.sh [COUNT
# [SEED]], with $BUILD set. The seed of a run is in what a finding says.
set -eu
. tests/e2e/lib/keyd.sh
count=${1:-1000000}
seed=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
keyds=
# shellcheck disable=SC2086
trap '[ -z "$keyds" ] || kill $keyds 2>/dev/null || :; rm -rf "$dir"' EXIT

for kind in p256 p384 p521 rsa ed25519; do
	make_key $kind $kind
done
make_key old p256

openssl genpkey -algorithm ED25519 -out "$dir/audit.key"
chmod 600 "$dir/audit.key"
openssl pkey -in "$dir/audit.key" -pubout -out "$dir/audit.pem"

# configure ROLE KEYS [WORDS]: a keyd of that name. Which keys may be used for
# digests is the same for all: it is for the role to decide who has them.
configure() {
	cat >"$dir/$1.conf" <<-END
		socket = "$dir/$1.sock"
		signer-group "all" {
			key "p256" { file = "p256.pem" operations = { sign13, sign12 } allow-digest = true }
			key "old" { file = "old.pem" operations = { sign13, sign12, sign10 } }
			key "ed25519" { file = "ed25519.pem" operations = { sign13, sign12 } allow-digest = true }
			key "p384" { file = "p384.pem" operations = { sign13 } allow-digest = true }
			key "p521" { file = "p521.pem" operations = { sign13, sign10 } allow-digest = true }
			key "rsa" { file = "rsa.pem" operations = { sign13, sign12, sign10, premaster } allow-digest = true }
		}
		client "we" { uid = "$(id -u)" keys = { $2 } role = $1 tickets = false }
		${3:-}
	END
	"$BUILD/bin/keyd" -f "$dir/$1.conf" 2>>"$dir/log" &
	keyds="$keyds $!"
}

allowed='"p256", "ed25519", "p384", "p521", "rsa"'
configure server "$allowed, \"old\""
configure client "$allowed, \"old\""
configure digest "$allowed" 'audit { file = "audit.log" key = "audit.key" }'
for _ in $(seq 600); do
	[ "$(grep -c 'event=signer ' "$dir/log")" -lt 6 ] || break
	sleep 0.1
done

"$BUILD/tests/keyoracle" "$count" "$seed" "$dir/server.sock" "$dir/client.sock" "$dir/digest.sock" "$dir"/*.pub \
    >"$dir/said" || fail "the oracle gave way"
cat "$dir/said"
! grep -E 'event=(signer-died|child-died)' "$dir/log" || fail "a signer died"
# shellcheck disable=SC2086
kill $keyds
for pid in $keyds; do
	wait "$pid" || fail "keyd ended with $?"
done
keyds=

# What was signed there is in the log, each once; and nothing else was signed.
"$BUILD/bin/keydctl" audit verify "$dir/audit.log" "$dir/audit.pem" >"$dir/verdict" || fail "$(cat "$dir/verdict")"
digests=$(sed -n 's/.* \([0-9]*\) digests,.*/\1/p' "$dir/said")
[ "$digests" -gt 0 ] || fail "no digest was signed"
[ "$(grep -c ' operation=signdigest .* status=ok' "$dir/audit.log")" -eq "$digests" ] || fail "not as many digests are written down"
[ "$(grep -c ' status=ok' "$dir/audit.log")" -eq "$digests" ] || fail "others than digests were signed"
