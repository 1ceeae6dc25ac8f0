#!/bin/sh
# A key of each kind, one in a PKCS#12 file and one that is encrypted: after they
# were loaded and have signed, keyd's memory has no byte of any, and that of
# signers only where nobody can look, nor has a core of theirs; nobody has a
# passphrase any more. The key of the audit log is nowhere but with its writer
# either. Where the kernel has no secret memory, the same scan finds each key in
# its process, but not in a core.
set -eu
. tests/e2e/lib/keyd.sh
[ "$(id -u)" -eq 0 ] || { echo "only root reads other processes' memory"; exit 77; }
kinds='p256 p384 p521 ed25519 rsa rsa-pss' names=

for kind in $kinds; do
	make_key "$kind" "$kind"
	names="$names \"$kind\","
done
make_key audit ed25519
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
	echo 'audit { file = "audit.log" key = "audit.pem" }'
	echo "client \"we\" { uid = \"$(id -u)\" keys = {$names \"secret\", \"sealed\" } tickets = false }"
} >"$dir/keyd.conf"

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
	children keyd-signer >"$dir/pids"
	[ "$(wc -l <"$dir/pids")" -eq 2 ] || fail "not two signers"
	children keyd-audit >>"$dir/pids"
	[ "$(wc -l <"$dir/pids")" -eq 3 ] || fail "no writer of the audit log"
}

# scan ARGUMENT...: of all of them.
scan() {
	# shellcheck disable=SC2046
	"$BUILD/tests/memscan" "$@" "$keyd" $(cat "$dir/pids") >"$dir/found"
}

no_core() {
	cores=
	while read -r pid; do
		core "$pid" || return 0
		cores="$cores $dir/core.$pid"
	done <"$dir/pids"
	for name in $kinds secret sealed audit; do
		# shellcheck disable=SC2086
		"$BUILD/tests/memscan" "$dir/$name.pem" $cores >"$dir/found" || fail "$name: $(cat "$dir/found")"
	done
	rm "$dir"/core.*
}

use
if grep -q 'layer=secrets' "$dir/log"; then
	echo "note: no memfd_secret here, so only locked memory was looked at"
else
	for name in $kinds secret sealed audit; do
		scan "$dir/$name.pem" || fail "$name: $(cat "$dir/found")"
		[ "$(grep -c 'bytes are secret' "$dir/found")" -eq 3 ] || fail "$name: not all was looked at"
	done
	scan --raw "$dir/pass" || fail "the passphrase: $(cat "$dir/found")"
fi
no_core
stop_keyd

keyd_before=$BUILD/tests/without
use
no_core
for name in $kinds secret sealed audit; do
	! scan "$dir/$name.pem" || fail "$name is not where it should be found"
	grep -q '^pid [0-9]*: found' "$dir/found" || fail "$name: $(cat "$dir/found")"
	! grep "^pid $keyd: found" "$dir/found" || fail "$name is in keyd"
done
scan --raw "$dir/pass" || fail "the passphrase: $(cat "$dir/found")"
stop_keyd
