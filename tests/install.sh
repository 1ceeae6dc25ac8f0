#!/bin/sh
# make install: puts what BUILD holds under DESTDIR. Directories come from the
# environment, as config.mk has them.
# shellcheck disable=SC2154,SC2013
set -eu
build=$1
root=${DESTDIR:-}

# put MODE DIRECTORY FILE...
put() {
	mode=$1 directory=$root$2
	shift 2
	mkdir -p "$directory"
	for file in "$@"; do
		[ ! -e "$file" ] || install -m "$mode" "$file" "$directory/"
	done
}

put 755 "$sbindir" "$build/bin/keyd" "$build/bin/keydctl" "$build/bin/frontd" "$build/bin/frontctl"
put 755 "$bindir" "$build/bin/s2nc" "$build/bin/s2nd"
put 755 "$libexecdir/sallyport" "$build"/libexec/*
for library in s2n keyclient; do
	put 644 "$libdir" "$build/lib/lib$library.a" "$build/lib/lib$library.so.1"
	ln -sf "lib$library.so.1" "$root$libdir/lib$library.so"
done
put 644 "$includedir" libtls/s2n.h ipc/keyclient.h
put 644 "$includedir/unstable" libtls/unstable/*.h
for page in man/*.[1-8]; do
	put 644 "$mandir/man${page##*.}" "$page"
done
# A page of several functions can be asked for by the name of each.
for page in man/*.3; do
	sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z0-9_]*\).*/\1/p' "$page" | while read -r name; do
		[ -e "$root$mandir/man3/$name.3" ] || echo ".so man3/${page#man/}" >"$root$mandir/man3/$name.3"
	done
done

put 644 "$prefix/lib/sysusers.d" systemd/sallyport.conf

# fill TEMPLATE DIRECTORY: the file without .in, with what @NAME@ stands for.
fill() {
	name=${1##*/}
	mkdir -p "$root$2"
	sed -e "s|@prefix@|$prefix|" -e "s|@exec_prefix@|$exec_prefix|" -e "s|@libdir@|$libdir|" \
	    -e "s|@includedir@|$includedir|" -e "s|@VERSION@|$version|" \
	    -e "s|@CRYPTO_REQUIRES@|$crypto_requires|" -e "s|@CRYPTO_PRIVATE@|$crypto_private|" \
	    -e "s|@LIBCRYPTO_ROOT@|$crypto_root|" \
	    -e "s|@sbindir@|$sbindir|" -e "s|@sysconfdir@|$sysconfdir|" \
	    -e "s|@INCLUDE_FROM_LIB@|$(realpath -ms --relative-to="$libdir" "$includedir")|" \
	    "$1" >"$root$2/${name%.in}"
}

fill s2n.pc.in "$libdir/pkgconfig"
fill keyclient.pc.in "$libdir/pkgconfig"
fill s2n-config.cmake.in "$libdir/cmake/s2n"
fill s2n-config-version.cmake.in "$libdir/cmake/s2n"
for unit in systemd/*.in; do
	fill "$unit" "$prefix/lib/systemd/system"
done
