#!/bin/sh
# Keys that openssl encrypted, in PEM and in PKCS#12 files, are served by a
# sealed signer when a passphrase is in a file or is a credential of systemd's,
# and stay so when the signer is killed. What is wrong with one is said by name
# and changes nothing for a keyd that is running.
set -eu
. tests/e2e/lib/keyd.sh

# configure FILE WORDS [FILE WORDS...]: a key for each; the first is "demo".
configure() {
	name=demo number=0
	{
		echo "socket = \"$dir/keyd.sock\""
		echo "signer-group \"demo\" {"
		while [ $# -gt 0 ]; do
			echo "key \"$name\" { file = \"$1\" operations = { sign13 } $2 }"
			number=$((number + 1)) name=k$number
			shift 2
		done
		echo "}"
		echo "client \"frontd\" { uid = \"$(id -u)\" keys = { \"demo\" } tickets = false }"
	} >"$dir/keyd.conf"
}

# refused FILE REASON [FILE REASON...]
refused() {
	! timeout 30 "$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || fail "taken: $2"
	while [ $# -gt 0 ]; do
		grep -q "^$dir/$1: .*$2" "$dir/said" || {
			cat "$dir/said"
			fail "keyd -t does not say of $1: $2"
		}
		shift 2
	done
}

taken() {
	timeout 30 "$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || {
		cat "$dir/said"
		fail "refused: $1"
	}
}

umask 077
make_key demo p256
make_key other p384
make_key rsa rsa
printf 'correct horse\n' >"$dir/pass"
printf 'battery staple\n' >"$dir/wrong"
for name in demo other; do
	openssl req -new -x509 -key "$dir/$name.pem" -subj "/CN=$name" -days 2 -out "$dir/$name.crt"
done

as() {
	openssl "$@" -passout "file:$dir/pass" 2>/dev/null
}
for cipher in aes128 aes256 des3 camellia256; do
	as pkcs8 -topk8 -in "$dir/demo.pem" -v2 $cipher -out "$dir/$cipher.enc"
done
as pkcs8 -topk8 -in "$dir/demo.pem" -v2 aes256 -v2prf hmacWithSHA1 -iter 100000 -out "$dir/sha1.enc"
as pkcs8 -topk8 -in "$dir/demo.pem" -v1 PBE-SHA1-3DES -out "$dir/pbe.enc"
as pkcs8 -topk8 -in "$dir/rsa.pem" -v2 aes256 -out "$dir/rsa.enc"
as ec -in "$dir/demo.pem" -aes256 -out "$dir/sec1.enc"
as rsa -traditional -in "$dir/rsa.pem" -des3 -out "$dir/pkcs1.enc"
as pkcs12 -export -inkey "$dir/demo.pem" -in "$dir/demo.crt" -out "$dir/demo.p12"
as pkcs12 -export -inkey "$dir/demo.pem" -nocerts -out "$dir/bare.p12"
as pkcs12 -export -inkey "$dir/demo.pem" -in "$dir/demo.crt" -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES \
    -macalg sha1 -out "$dir/old.p12"
as pkcs12 -export -legacy -inkey "$dir/demo.pem" -in "$dir/demo.crt" -out "$dir/legacy.p12"

# Every form, in a signer that is sealed; all faults are named at once.
right='' wrong='' said='' none='' unsaid=''
for file in aes128.enc aes256.enc des3.enc camellia256.enc sha1.enc pbe.enc rsa.enc sec1.enc pkcs1.enc \
    demo.p12 bare.p12 old.p12 legacy.p12; do
	[ -s "$dir/$file" ] || fail "openssl made no $file"
	right="$right|$file|passphrase-file = \"pass\""
	wrong="$wrong|$file|passphrase-file = \"wrong\""
	said="$said|$file|wrong passphrase"
	none="$none|$file|"
	unsaid="$unsaid|$file|no passphrase is configured"
done
# with COMMAND LIST: its words stand between bars.
with() {
	command=$1
	IFS='|'
	# shellcheck disable=SC2086
	set -- ${2#|}
	unset IFS
	"$command" "$@"
}
with configure "$right"
taken "encrypted keys"
with configure "$wrong"
with refused "$said"
with configure "$none|"
with refused "$unsaid"

# What is not taken.
as pkcs8 -topk8 -in "$dir/demo.pem" -scrypt -out "$dir/scrypt.enc"
openssl pkey -in "$dir/demo.pem" -outform DER -out "$dir/demo.der"
openssl rand -out "$dir/noise" 3000
{ printf '\060\202\013\270'; cat "$dir/noise"; } >"$dir/noise.p12"
openssl genpkey -algorithm ED448 -out "$dir/ed448.pem" 2>/dev/null
openssl ecparam -name secp256k1 -genkey -noout -out "$dir/k1.pem"
openssl genrsa -out "$dir/small.pem" 1024 2>/dev/null
: >"$dir/empty"
pass='passphrase-file = "pass"'
configure demo.pem "$pass" scrypt.enc "$pass" demo.der '' noise "$pass" noise.p12 "$pass" ed448.pem '' k1.pem '' \
    small.pem '' aes256.enc 'passphrase-file = "empty"'
nothing="not a private key, in PEM or PKCS#12"
unserved="not a private key that is served"
refused demo.pem "not encrypted, and a passphrase is configured" scrypt.enc "encrypted in a way that is not known" \
    demo.der "$nothing" noise "$nothing" noise.p12 "$nothing" ed448.pem "$unserved" k1.pem "$unserved" \
    small.pem "$unserved" empty "not a passphrase"
chmod 644 "$dir/pass"
configure aes256.enc "$pass"
refused pass "open to group or others"
chmod 600 "$dir/pass"

# Certificates.
configure demo.pem 'certificate = "demo.crt"'
taken "its certificate"
configure demo.p12 "$pass certificate = \"other.crt\"" other.pem 'certificate = "demo.pem"' \
    rsa.pem 'certificate = "demo.crt"'
refused other.crt "the certificate is not the key's" demo.pem "not a certificate" \
    demo.crt "the certificate is not the key's"

# A credential, whose group bits are the mask of an access list.
mkdir -m 700 "$dir/credentials"
cp "$dir/pass" "$dir/credentials/www"
chmod 440 "$dir/credentials/www"
configure aes256.enc 'passphrase-credential = "www"'
! "$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || fail "a credential without a directory"
grep -q "keyd.conf:3: .*CREDENTIALS_DIRECTORY is not set" "$dir/said" || fail "$(cat "$dir/said")"
export CREDENTIALS_DIRECTORY="$dir/credentials"
taken "a credential"
configure aes256.enc 'passphrase-credential = "none"'
refused credentials/none "No such file"
chmod 444 "$dir/credentials/www"
configure aes256.enc 'passphrase-credential = "www"'
refused credentials/www "open to group or others"
chmod 440 "$dir/credentials/www"

# It signs, a killed signer's successor does, too, and no passphrase is seen.
start_keyd
ask recover "$dir/demo.pub" || fail "after its signer was killed nobody signs"
for pid in "$keyd" "$(ask pid keyd-signer)"; do
	! tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q horse || fail "a passphrase on a command line"
done

# A reload with a wrong passphrase, or a certificate of another key, is none.
reload() {
	count=$(grep -c "event=reload result=$1 " "$dir/log" || :)
	kill -HUP "$keyd"
	for _ in $(seq 300); do
		[ "$(grep -c "event=reload result=$1 " "$dir/log" || :)" -eq "$count" ] || return 0
		sleep 0.1
	done
	fail "no reload was $1"
}
configure demo.p12 'passphrase-file = "wrong"'
reload refused
configure demo.p12 'passphrase-file = "pass" certificate = "other.crt"'
reload refused
ask sign "$dir/demo.pub" 3 || fail "after reloads that were refused nobody signs"
configure demo.p12 'passphrase-file = "pass" certificate = "demo.crt"'
reload "done"
ask sign "$dir/demo.pub" 3 || fail "after a reload nobody signs"
! grep -q 'event=forbidden-call' "$dir/log" || fail "a signer made a forbidden call"
stop_keyd
