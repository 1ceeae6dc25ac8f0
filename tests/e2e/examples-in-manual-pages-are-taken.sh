#!/bin/sh
# The configurations that the manual pages show are what keyd -t and frontd -t
# take, given the files and accounts that they name.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
seen=0

key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
	chmod 600 "$1"
}

rsa_key() {
	openssl genrsa -out "$1" 2048 2>/dev/null
	chmod 600 "$1"
}

# Of the certificate that stands for all.
p12() {
	openssl pkcs12 -export -inkey "$root/all.key" -in "$root/all.pem" -passout pass:secret -out "$1"
	chmod 600 "$1"
}

# take PROGRAM FILE: makes what the file names, and has the program check it.
take() {
	sed -n '/^audit/d; s/.* file = "\([^"]*\)".*/\1/p' "$2" | while read -r file; do
		mkdir -p "$root/$(dirname "$file")"
		# only an RSA key can do what this operation is
		case $file in
		*.p12) p12 "$root/$file" ;;
		*) if grep -q premaster "$2"; then rsa_key "$root/$file"; else key "$root/$file"; fi ;;
		esac
	done
	sed -n 's/.* root = "\([^"]*\)".*/\1/p' "$2" | while read -r file; do
		openssl rand -out "$root/$file" 48
		chmod 600 "$root/$file"
	done
	sed -n 's/^audit .* key = "\([^"]*\)".*/\1/p' "$2" | while read -r file; do
		openssl genpkey -algorithm ED25519 -out "$root/$file"
		chmod 600 "$root/$file"
	done
	sed -n 's/.* passphrase-file = "\([^"]*\)".*/\1/p' "$2" | while read -r file; do
		echo secret >"$root/$file"
		chmod 600 "$root/$file"
	done
	sed -n 's/.*\(chain\|client-ca\|backend-ca\|certificate\) = "\([^"]*\)".*/\2/p' "$2" | while read -r file; do
		mkdir -p "$root/$(dirname "$file")"
		cp "$root/all.pem" "$root/$file"
	done
	sed -n 's/.*chains = "\([^"]*\)".*/\1/p' "$2" | while read -r directory; do
		mkdir -p "$root/$directory"
		cp "$root/all.pem" "$root/$directory/example.org.pem"
	done
	sed -n 's/.*dh-params = "\([^"]*\)".*/\1/p' "$2" | while read -r file; do
		cp "$root/all-dh.pem" "$root/$file"
	done
	"$BUILD/bin/$1" -t -f "$2" || { echo "$1 does not take this:"; cat "$2"; exit 1; }
	seen=$((seen + 1))
}

key "$root/all.key"
openssl req -x509 -new -key "$root/all.key" -days 2 -subj /CN=example -out "$root/all.pem" \
    -addext 'subjectAltName=DNS:example.org,DNS:*.example.org,DNS:localhost'
openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out "$root/all-dh.pem" 2>/dev/null

for page in man/keyd.conf.5 man/frontd.conf.5 man/sallyport.7; do
	awk -v out="$root/$(basename "$page")" '
	/^\.Bd/ { file = out "-" ++n ".conf"; next }
	/^\.Ed/ { file = "" }
	file != "" { print > file }' "$page"
done
# An account that is there stands for one that the reader is to make.
sed -i 's/uid = "\(probe\|_frontd\)"/uid = "nobody"/' "$root"/*.conf
for example in "$root"/*.conf; do
	if grep -q '^module' "$example"; then
		continue # needs a token: keys-stay-in-tokens.sh has one
	elif grep -q '^signer-group' "$example"; then
		take keyd "$example"
	elif grep -q '^site' "$example"; then
		take frontd "$example"
	fi
done
[ "$seen" -eq 13 ] || { echo "$seen examples were found"; exit 1; }
