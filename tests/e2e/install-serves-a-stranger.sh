#!/bin/sh
# After make install a program that knows only pkg-config's s2n compiles, links
# and runs, against the shared library and against the archive; in the archive
# no internal name is visible.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

MAKEFLAGS='' make -s B="$BUILD" DESTDIR="$root" install >/dev/null
pc=$(find "$root" -name s2n.pc)
lib=${pc%/pkgconfig/s2n.pc}
include=$(dirname "$(find "$root" -name s2n.h)")
man=$(dirname "$(find "$root" -type d -name man7)")
export PKG_CONFIG_PATH="$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
# shellcheck disable=SC2046
set -- $(pkg-config --cflags --libs s2n)

cat >"$root/stranger.c" <<END
#include <s2n.h>
#include <stdio.h>
#include <unstable/pkey_binding.h>

int record_read(void) { return 0; } /* also the name of an internal function */

int
main(void)
{
	struct s2n_connection *conn;

	if (s2n_init() != S2N_SUCCESS || (conn = s2n_connection_new(S2N_SERVER)) == NULL)
		return 1;
	puts(s2n_connection_get_cipher(conn));
	return s2n_connection_free(conn) + record_read();
}
END
cc -o "$root/shared" "$root/stranger.c" "$@"
[ "$(LD_LIBRARY_PATH=$lib "$root/shared")" = TLS_NULL_WITH_NULL_NULL ]
LD_LIBRARY_PATH="$lib" ldd "$root/shared" | grep -q 'libs2n\.so\.1 => /'

# shellcheck disable=SC2046
cc -o "$root/static" "$root/stranger.c" -I"$include" "$lib/libs2n.a" $(pkg-config --libs libcrypto)
[ "$("$root/static")" = TLS_NULL_WITH_NULL_NULL ]

visible=$(nm -g --defined-only "$lib/libs2n.a" | awk 'NF == 3 && $3 !~ /^(s2n|S2N)_/ { print $3 }')
[ -z "$visible" ] || { echo "visible in libs2n.a: $visible"; exit 1; }

for page in man/*.[1-8]; do
	[ -e "$man/man${page##*.}/${page#man/}" ] || { echo "$page was not installed"; exit 1; }
done
