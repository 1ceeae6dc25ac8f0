#!/bin/sh
# configure takes the libcrypto below LIBCRYPTO_ROOT, and of one that cannot
# serve it says what it is and which functions it lacks.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
source=$PWD

fail() {
	echo "$1"
	cat "$dir/said"
	exit 1
}

# foreign NAME HEADER FUNCTION...: a folder with such a libcrypto.
foreign() {
	root=$dir/$1
	mkdir -p "$root/include/openssl" "$root/lib"
	echo "$2" >"$root/include/openssl/crypto.h"
	shift 2
	for function in "$@"; do
		echo "int $function(void); int $function(void) { return 0; }"
	done >"$dir/some.c"
	echo 'extern int nothing; int nothing;' >>"$dir/some.c"
	cc -c "$dir/some.c" -o "$dir/some.o"
	ar rcs "$root/lib/libcrypto.a" "$dir/some.o"
}

# configured ROOT: what configure says there.
configured() {
	mkdir -p "$dir/build"
	(cd "$dir/build" && LIBCRYPTO_ROOT="$1" "$source/configure") >"$dir/said" 2>&1
}

# refused NAME WORD...: configure fails, and each word is in the error.
refused() {
	! configured "$dir/$1" || fail "$1: taken"
	error=$(grep '^configure: error:' "$dir/said") || fail "$1: no error is told"
	shift
	for word in "$@"; do
		echo "$error" | grep -qF "$word" || fail "the error does not say: $word"
	done
}

foreign libressl '#define LIBRESSL_VERSION_NUMBER 0x3080200fL
#define LIBRESSL_VERSION_TEXT "LibreSSL 3.8.2"' EVP_DigestSignInit
refused libressl 'LibreSSL 3.8.2' 'OpenSSL 3.0 or newer is needed' EVP_MAC_fetch OSSL_LIB_CTX_new "$dir/libressl"
! grep '^configure: error:' "$dir/said" | grep -q EVP_DigestSignInit || fail "what it has is said to lack"
foreign aws '#define OPENSSL_IS_BORINGSSL
#define OPENSSL_IS_AWSLC'
refused aws AWS-LC EVP_PKEY_fromdata
mkdir "$dir/empty"
refused empty 'there is no libcrypto'

# The machine's own, by the folder that it is in, is taken from there.
root=$dir/own
mkdir -p "$root/lib" "$root/include"
library=$(ldd "$BUILD/lib/libs2n.so.1" | sed -n 's/.*libcrypto\.so[^ ]* => \([^ ]*\).*/\1/p')
[ -n "$library" ] || fail "libs2n.so.1 links no libcrypto"
ln -s "$library" "$root/lib/libcrypto.so"
headers=$(pkg-config --variable=includedir libcrypto)
ln -s "$headers/openssl" "$root/include/openssl"
configured "$root" || fail "a good LIBCRYPTO_ROOT is refused"
grep -qF "CRYPTO_CFLAGS = -I$root/include" "$dir/build/config.mk" || fail "its headers are not used"
grep -qF "CRYPTO_LIBS = -L$root/lib -Wl,-rpath,$root/lib -lcrypto" "$dir/build/config.mk" || fail "its library is not used"
