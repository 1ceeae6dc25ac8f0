#!/bin/sh
# Keys in a token of SoftHSM sign through keyd-p11 as others do through a signer;
# also when the token was away, and when keyd-p11 was killed. A wrong PIN is
# tried once, and a right one is in no other process's memory.
set -eu
. tests/e2e/lib/keyd.sh
pin=10293847565647382910
library=
for path in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
	[ ! -e "$path" ] || library=$path
done
[ -n "$library" ] || { echo "there is no SoftHSM (Debian: softhsm2)"; exit 77; }
export SOFTHSM2_CONF="$dir/softhsm.conf"

# configure WORDS-OF-EC [WORDS-OF-RSA]
configure() {
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		module "soft" { path = "$library" environment = "SOFTHSM2_CONF=$SOFTHSM2_CONF" }
		signer-group "hsm" { module = "soft"
		  key "ec" { pkcs11 = "pkcs11:token=demo%20token;object=ec" $1 }
		  key "rsa" { pkcs11 = "pkcs11:token=demo%20token;id=%02%03" ${2:-$1} } }
		signer-group "files" { key "file" { file = "file.pem" } }
		client "frontd" { uid = "$(id -u)" keys = { "ec", "rsa", "file" } tickets = false }
	END
}

# The process of the token runs as another account when we are root.
give() {
	[ "$(id -u)" -ne 0 ] || chown -R 61008:61008 "$dir/tokens" "$SOFTHSM2_CONF"
}

import() {
	openssl pkcs8 -topk8 -nocrypt -in "$dir/$1.pem" -out "$dir/$1.p8"
	softhsm2-util --import "$dir/$1.p8" --token "demo token" --label "$1" --id "$2" --pin "$pin" >/dev/null
}

refused() {
	! timeout 30 "$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || fail "taken: $1"
	grep -q "$1" "$dir/said" || { cat "$dir/said"; fail "not said: $1"; }
}

eventually() {
	for _ in $(seq 200); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	fail "never: $*"
}

chmod 711 "$dir"
mkdir "$dir/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$dir/tokens" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label "demo token" --pin "$pin" --so-pin 4321 >/dev/null
make_key ec p256
make_key rsa rsa
make_key file p256
import ec 01
import rsa 0203
give
umask 077
echo "$pin" >"$dir/pin"
echo 9999 >"$dir/bad"
openssl req -new -x509 -key "$dir/ec.pem" -subj /CN=ec -days 2 -out "$dir/ec.crt"
configure 'pin-file = "pin" request { subject = "CN=hsm" names = { "hsm.example" } }'
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" || fail "keyd -t finds something wrong"
"$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/log" &
keyd=$!
eventually ask pid keyd-p11
for name in ec rsa file; do
	eventually ask sign "$dir/$name.pub" 1
	ask sign "$dir/$name.pub" 20 || fail "$name does not sign"
done
pid=$(ask pid keyd-p11)
[ "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$pid/status")" = 2 ] || fail "keyd-p11 is not sealed"

# Their requests, signed by the token, of the keys that it has.
for name in ec rsa; do
	"$BUILD/bin/keydctl" -s "$dir/keyd-admin.sock" csr "$name" >"$dir/$name.csr" || fail "no request of $name"
	openssl req -verify -noout -in "$dir/$name.csr" 2>/dev/null || fail "the request of $name does not verify"
	openssl req -noout -pubkey -in "$dir/$name.csr" | cmp - "$dir/$name.pub" || fail "the request of $name is of another key"
	openssl req -noout -text -in "$dir/$name.csr" | grep -q 'DNS:hsm.example' || fail "the request of $name lacks its name"
done

# Whoever logs in again has the PIN; nobody else.
if [ "$(id -u)" -eq 0 ]; then
	printf %s "$pin" >"$dir/pin.raw"
	"$BUILD/tests/memscan" --raw "$dir/pin.raw" "$keyd" "$(ask pid keyd-signer)" || fail "the PIN is elsewhere"
	"$BUILD/tests/memscan" --raw --expect "$dir/pin.raw" "$pid" || fail "the scan finds no PIN"
	"$BUILD/tests/memscan" "$dir/ec.pem" "$keyd" "$(ask pid keyd-signer)" || fail "the token's key is elsewhere"
fi

# Away, and back.
mv "$dir/tokens" "$dir/away"
mkdir "$dir/tokens"
give
ask sign "$dir/ec.pub" 1 2>/dev/null || :
rmdir "$dir/tokens"
mv "$dir/away" "$dir/tokens"
for name in ec rsa file; do
	eventually ask sign "$dir/$name.pub" 3
done
kill -9 "$pid"
gone "$pid" || fail "keyd-p11 lives"
for name in ec rsa file; do
	eventually ask sign "$dir/$name.pub" 3
done
! grep -q 'event=forbidden-call' "$dir/log" || fail "a forbidden call"
stop_keyd

# What is wrong with one, and that a certificate is checked.
configure 'pin-file = "pin" certificate = "ec.crt"' 'pin-file = "pin"'
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" || fail "its certificate is refused"
configure 'pin-file = "pin"' 'pin-file = "pin" certificate = "ec.crt"'
refused "ec.crt: the certificate is not the key's"
configure 'pin-file = "pin"' 'pin-file = "pin" operations = { premaster }'
refused "id=%02%03: premaster is not for keys in tokens"
sed -i 's/object=ec/object=none/' "$dir/keyd.conf"
refused "object=none: no such key"
configure 'pin-file = "bad"'
refused "object=ec: a wrong PIN, which is not tried again"
grep -c 'call=C_Login' "$dir/said" | grep -qx 1 || fail "a wrong PIN was tried $(grep -c C_Login "$dir/said") times"
sed -i 's/token=demo%20token;object/object/' "$dir/keyd.conf"
refused "keyd.conf:4: not a URI of a key: a token is needed"
configure 'pin-file = "pin"'
sed -i 's/module = "soft"/module = "hard"/' "$dir/keyd.conf"
refused "keyd.conf:3: there is no module \"hard\""
