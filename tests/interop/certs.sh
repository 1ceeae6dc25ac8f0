#!/bin/sh
# Makes a CA and one leaf for localhost of each key type in FOLDER:
# ca.pem and NAME.pem, NAME.key for p256 p384 p521 ed25519 rsa pss; long, which is rsa behind
# five intermediates of 5 kB each; dh.pem, parameters of a server with DHE; and OCSP
# responses for p256 and rsa: NAME-STATUS.der. Once: kept when there.
set -eu
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
[ ! -e "$folder/complete" ] || exit 0
mkdir -p "$folder"
cd "$folder"

cat >leaf.cnf <<END
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=Sallyport test CA' \
    -addext 'basicConstraints = critical, CA:TRUE' -addext 'keyUsage = critical, keyCertSign, cRLSign' \
    -keyout ca.key -out ca.pem 2>/dev/null

{
	cat leaf.cnf
	echo 'keyUsage = critical, digitalSignature, keyEncipherment'
} >both.cnf
echo 'keyUsage = critical, digitalSignature' >>leaf.cnf

# leaf NAME GENPKEY-OPTION...
leaf() {
	name=$1 extensions=leaf.cnf
	# Below TLS 1.3 the secret may be encrypted to it.
	[ "$name" != rsa ] || extensions=both.cnf
	shift
	openssl genpkey "$@" -out "$name.key" 2>/dev/null
	openssl req -new -key "$name.key" -subj "/CN=$name" -out "$name.csr"
	openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile "$extensions" \
	    -out "$name.pem" 2>/dev/null
}

leaf p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
leaf p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
leaf p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
leaf rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
leaf ed25519 -algorithm ED25519
leaf pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
# The chain is longer than a record, and its messages than two.
cp ca.pem step0.pem
cp ca.key step0.key
for step in 1 2 3 4 5; do
	{
		echo 'basicConstraints = critical, CA:TRUE'
		echo 'keyUsage = critical, keyCertSign, cRLSign'
		printf '1.2.3.4 = ASN1:UTF8:%05000d\n' "$step"
	} >step.cnf
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Step $step" \
	    -keyout "step$step.key" -out step.csr 2>/dev/null
	openssl x509 -req -in step.csr -CA "step$((step - 1)).pem" -CAkey "step$((step - 1)).key" -CAcreateserial \
	    -days 20 -extfile step.cnf -out "step$step.pem" 2>/dev/null
done
cp rsa.key long.key
openssl req -new -key rsa.key -subj /CN=long -out long.csr
openssl x509 -req -in long.csr -CA step5.pem -CAkey step5.key -CAcreateserial -days 20 -extfile both.cnf \
    -out long-leaf.pem 2>/dev/null
cat long-leaf.pem step5.pem step4.pem step3.pem step2.pem step1.pem >long.pem

# The responder is the CA itself, or an RSA key that it has delegated that to.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out responder.key 2>/dev/null
openssl req -new -key responder.key -subj /CN=responder -out responder.csr
{
	echo 'keyUsage = critical, digitalSignature'
	echo 'extendedKeyUsage = OCSPSigning'
} >responder.cnf
openssl x509 -req -in responder.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile responder.cnf \
    -out responder.pem 2>/dev/null

# respond NAME STATUS INDEX-LINE SIGNER OPTION...
respond() {
	name=$1 status=$2 line=$3 signer=$4
	shift 4
	serial=$(openssl x509 -in "$name.pem" -noout -serial | cut -d= -f2)
	printf '%s\t%s\tunknown\t/CN=%s\n' "$line" "$serial" "$name" >index.txt
	openssl ocsp -index index.txt -CA ca.pem -rsigner "$signer.pem" -rkey "$signer.key" -issuer ca.pem \
	    -cert "$name.pem" -no_nonce -ndays 1 -respout "$name-$status.der" "$@" >/dev/null 2>&1
}

for name in p256 rsa; do
	valid="V	301231235959Z	"
	respond "$name" good "$valid" ca -resp_no_certs
	respond "$name" delegated "$valid" responder
	respond "$name" revoked "R	301231235959Z	250101000000Z" ca -resp_no_certs
	python3 "$here/aged.py" "$name-delegated.der" responder.key "$name-expired.der" 10000000
done

openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh.pem 2>/dev/null
touch complete
