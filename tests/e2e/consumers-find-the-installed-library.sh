#!/bin/sh
# make install with DESTDIR and prefix, then a project each for pkg-config and
# CMake, built against the installed tree with the shared library and with the
# archive, shakes hands with itself. A CMake project finds the tree also where
# it was moved to.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
consumers=$PWD/tests/consumers

fail() {
	echo "$1"
	exit 1
}

MAKEFLAGS='' make -s B="$BUILD" DESTDIR="$root/tree" prefix=/opt/s2n install >/dev/null
lib=$root/tree/opt/s2n/lib
[ -e "$lib/libs2n.so.1" ] || fail "make install does not heed prefix"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$root/key.pem" -out "$root/cert.pem" 2>/dev/null

# shakes WHAT PROGRAM: it has a handshake with itself.
shakes() {
	said=$(LD_LIBRARY_PATH="$lib" "$2" "$root/cert.pem" "$root/key.pem") || fail "$1: failed"
	[ "$said" = 'version 34' ] || fail "$1: said $said"
}

# links WHAT PROGRAM YES|NO: to the shared library.
links() {
	linked=no
	! LD_LIBRARY_PATH="$lib" ldd "$2" | grep -q "libs2n\.so\.1 => $lib" || linked=yes
	[ "$linked" = "$3" ] || fail "$1: linked to libs2n.so.1: $linked"
}

export PKG_CONFIG_PATH="$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root/tree"
mkdir "$root/shared" "$root/static"
MAKEFLAGS='' make -s -C "$consumers/pkg-config" OUT="$root/shared"
shakes "pkg-config, shared" "$root/shared/consumer"
links "pkg-config, shared" "$root/shared/consumer" yes
# Without the shared library -ls2n is the archive.
mkdir "$root/hidden"
mv "$lib"/libs2n.so* "$root/hidden"
MAKEFLAGS='' make -s -C "$consumers/pkg-config" OUT="$root/static" STATIC=--static
links "pkg-config, static" "$root/static/consumer" no
shakes "pkg-config, static" "$root/static/consumer"
mv "$root/hidden"/* "$lib"

# with_cmake NAME TREE YES|NO SETTING...
with_cmake() {
	name=cmake-$1 tree=$2 shared=$3
	shift 3
	lib=$tree/opt/s2n/lib
	MAKEFLAGS='' cmake -S "$consumers/cmake" -B "$root/$name" "-DCMAKE_PREFIX_PATH=$tree/opt/s2n" "$@" \
	    >"$root/log" 2>&1 || { cat "$root/log"; fail "$name: cmake"; }
	MAKEFLAGS='' cmake --build "$root/$name" >"$root/log" 2>&1 || { cat "$root/log"; fail "$name: build"; }
	shakes "$name" "$root/$name/consumer"
	links "$name" "$root/$name/consumer" "$shared"
}
with_cmake static "$root/tree" no
with_cmake shared "$root/tree" yes -DBUILD_SHARED_LIBS=ON
mv "$root/tree" "$root/moved"
with_cmake moved "$root/moved" no
