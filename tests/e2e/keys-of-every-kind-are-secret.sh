#!/bin/sh
# A key of each kind, one in a PKCS#12 file and one that is encrypted: after they
# were loaded and have signed, keyd's memory has no byte of any, and that of
# signers only where nobody can look; nobody has a passphrase any more. Where the
# kernel has no secret memory, the same scan finds each key in its signer.
set -eu
. tests/e2e/lib/keyd.sh
[ "$(id -u)" -eq 0 ] || { echo "only root reads other processes' memory"; exit 77; }
kinds='p256 p384 p521 ed25519 rsa rsa-pss' names=

for kind in $kinds; do
	make_key "$kind" "$kind"
	names="$names \"$kind\","
done
# "secret" and "sealed" are files of another kind, of keys like these.
printf 'a passphrase of some length' >"$dir/pass"
chmod 600 "$dir/pass"
for name in secret sealed; do
	make_key $name p256
	openssl pkcs8 -topk8 -in "$dir/$name.pem" -out "$dir/$name.enc" -passout "file:$dir/pass"
done
openssl req -new -x509 -key "$dir/sealed.pem" -subj /CN=sealed -days 2 -out "$dir/sealed.crt"
openssl pkcs12 -export -inkey "$dir/sealed.pem" -in "$dir/sealed.crt" -passout "file:$dir/pass" -out "$dir/sealed.p12"
chmod 600 "$dir"/*.enc "$dir"/*.p12
{
	echo "socket = \"$dir/keyd.sock\""
	echo 'signer-group "all" {'
	for kind in $kinds; do
		echo "key \"$kind\" { file = \"$kind.pem\" operations = { sign13 } }"
	done
	echo 'key "secret" { file = "secret.enc" passphrase-file = "pass" operations = { sign13 } }'
	echo 'key "sealed" { file = "sealed.p12" passphrase-file = "pass" operations = { sign13 } }'
	echo '}'
	echo "client \"we\" { uid = \"$(id -u)\" keys = {$names \"secret\", \"sealed\" } tickets = false }"
} >"$dir/keyd.conf"

# The pids of keyd's signers.
signers() {
	read -r children <"/proc/$keyd/task/$keyd/children" || :
	for pid in $children; do
		! tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qx 'keyd-signer' || echo "$pid"
	done
}

use() {
	${keyd_before:-} "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>>"$dir/log" &
	keyd=$!
	for _ in $(seq 300); do
		! ask sign "$dir/rsa.pub" 1 2>/dev/null || ! ask sign "$dir/p256.pub" 1 2>/dev/null || break
		sleep 0.1
	done
	for name in $kinds secret sealed; do
		ask sign "$dir/$name.pub" 20 || fail "$name does not sign"
	done
	signers >"$dir/signers"
	[ "$(wc -l <"$dir/signers")" -eq 2 ] || fail "not two signers"
}

# scan ARGUMENT...: of all of them.
scan() {
	# shellcheck disable=SC2046
	"$BUILD/tests/memscan" "$@" "$keyd" $(cat "$dir/signers") >"$dir/found"
}

use
if grep -q 'layer=secrets' "$dir/log"; then
	echo "note: no memfd_secret here, so only locked memory was looked at"
else
	for name in $kinds secret sealed; do
		scan "$dir/$name.pem" || fail "$name: $(cat "$dir/found")"
		[ "$(grep -c 'bytes are secret' "$dir/found")" -eq 2 ] || fail "$name: not all was looked at"
	done
	scan --raw "$dir/pass" || fail "the passphrase: $(cat "$dir/found")"
fi
stop_keyd

keyd_before=$BUILD/tests/without
use
for name in $kinds secret sealed; do
	! scan "$dir/$name.pem" || fail "$name is not where it should be found"
	grep -q '^pid [0-9]*: found' "$dir/found" || fail "$name: $(cat "$dir/found")"
	! grep "^pid $keyd: found" "$dir/found" || fail "$name is in keyd"
done
scan --raw "$dir/pass" || fail "the passphrase: $(cat "$dir/found")"
stop_keyd
