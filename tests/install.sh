#!/bin/sh
# make install: puts what BUILD holds under DESTDIR. Directories come from the
# environment, as config.mk has them.
# shellcheck disable=SC2154
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

put 755 "$sbindir" "$build"/bin/*
put 755 "$libexecdir/sallyport" "$build"/libexec/*
put 644 "$libdir" "$build/lib/libs2n.a" "$build/lib/libs2n.so.1"
ln -sf libs2n.so.1 "$root$libdir/libs2n.so"
put 644 "$includedir" libtls/s2n.h
put 644 "$includedir/unstable" libtls/unstable/*.h
for page in man/*.[1-8]; do
	put 644 "$mandir/man${page##*.}" "$page"
done
mkdir -p "$root$libdir/pkgconfig"
sed -e "s|@prefix@|$prefix|" -e "s|@exec_prefix@|$exec_prefix|" -e "s|@libdir@|$libdir|" \
    -e "s|@includedir@|$includedir|" -e "s|@VERSION@|$version|" s2n.pc.in >"$root$libdir/pkgconfig/s2n.pc"
