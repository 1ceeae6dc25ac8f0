#!/bin/sh
# A worker that was taken over asks for digests, other clients' keys, types and
# frames that are not its own, key exchanges that are none or something else,
# and whether ciphertexts are good: all is refused, the signer lives, others
# sign.
set -eu
. tests/e2e/lib/keyd.sh

# attack KIND OPERATIONS SAID: a key of that kind for these, and what must be
# said of it.
attack() {
	make_key demo "$1"
	make_key other "$1"
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "all" {
			key "demo" { file = "demo.pem" operations = { $2 } }
			key "other" { file = "other.pem" operations = { $2 } }
		}
		client "frontd" { uid = "$(id -u)" keys = { "demo" } role = server tickets = false }
		client "another" { uid = "4000000" keys = { "other" } role = server }
	END
	start_keyd
	before=$signer
	ask attack "$dir/demo.pub" >"$dir/said" || fail "an attack was not refused"
	cat "$dir/said"
	grep -qx "$3" "$dir/said" || fail "another key was attacked"
	ask sign "$dir/demo.pub" 10
	await_signer
	[ "$signer" = "$before" ] || fail "the signer was replaced"
	! grep -q 'event=signer-died' "$dir/log" || fail "a signer died"
	stop_keyd
}

attack p256 "sign13, sign12" "signs key exchanges: yes, gives premaster secrets: no"
attack rsa "sign13, sign12" "signs key exchanges: yes, gives premaster secrets: no"
attack rsa "sign13, premaster" "signs key exchanges: no, gives premaster secrets: yes"
