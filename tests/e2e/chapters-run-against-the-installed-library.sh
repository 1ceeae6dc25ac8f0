#!/bin/sh
# A small program for each chapter of the guide, as a stranger would write it:
# compiled against the installed tree by what pkg-config says, and run. No
# chapter of the API is without one.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
	echo "$1"
	exit 1
}

MAKEFLAGS='' make -s B="$BUILD" DESTDIR="$root/tree" install >/dev/null
lib=$(dirname "$(find "$root/tree" -name libs2n.so.1)")
export PKG_CONFIG_PATH="$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root/tree" LD_LIBRARY_PATH="$lib"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$root/key.pem" -out "$root/cert.pem" 2>/dev/null

for program in tests/chapters/*.c; do
	name=$(basename "${program%.c}")
	# shellcheck disable=SC2046
	cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror "$program" -o "$root/$name" \
	    $(pkg-config --cflags --libs s2n) -lcrypto -pthread || fail "$name: does not compile"
	said=$(timeout 30 "$root/$name" "$root/cert.pem" "$root/key.pem") || fail "$name: failed: $said"
	[ "$(echo "$said" | tail -n 1)" = ok ] || fail "$name: said $said"
	echo "$name: ok"
done

# Each chapter of the API stands in the first comment of a program.
while read -r chapter; do
	grep -qF "$chapter" tests/chapters/*.c || fail "no program for the chapter $chapter"
done <<END
mlock() and system limits
Supported TLS Versions
Error handling
Initialization and Teardown
Connection (memory
Config (overriding
Security
Certificates and Authentication
s2n_config_set_client_hello_cb
Record sizes
Connection-oriented functions
Private Key Operation
I/O functions
Session Resumption
TLS1.3 Pre-Shared Key
Using Early Data
END
