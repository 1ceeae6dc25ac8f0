#!/bin/sh
# The trusted part is small: the code that runs where private keys are, or that
# parses what a client sends there, has no more than 2,600 lines (2,500 are the
# aim; PKCS#12 files and tokens went beyond it). Blank lines,
# comments and lines of braces alone are not counted; all else is, and that of
# base/, policy/ and libcrypto is not. Which files, the Makefile says: what
# keyd-signer is linked of, but for
#   keyd/warm     works on throw-away keys, and is done before the seal
#   keyd/tickets  works in keyd-tickets alone, which has no private key
# and of ipc/ what a signer calls; the rest is the masters' and the clients'.
# shellcheck disable=SC2013
set -eu
most=2600
elsewhere=' keyd/warm keyd/tickets '

files='ipc/channel ipc/keyproto'
for name in $(sed -n 's/^\(SIGNING\|KEYSTORE\|KEYD_SIGNER\) := //p' Makefile | grep -o 'keyd/[a-z0-9_]*'); do
	case $elsewhere in
	*" $name "*) ;;
	*) files="$files $name" ;;
	esac
done
# shellcheck disable=SC2086
set -- $files
[ $# -ge 14 ] || { echo "the Makefile does not say what keyd-signer is linked of: $files"; exit 1; }

# What a signer calls of ipc/ is what is counted.
for name in keymaster keyclient keydoor endpoint; do
	for file in $files; do
		! grep -n "^#include \"ipc/$name" "$file.c" || { echo "$file.c needs ipc/$name, which is not counted"; exit 1; }
	done
done

total=0 whole=0
for file in $files; do
	code=$(cc -fpreprocessed -dD -E -P "$file.c" 2>/dev/null | grep -c '[^[:space:]]')
	lines=$(cc -fpreprocessed -dD -E -P "$file.c" 2>/dev/null | grep -c '[^][:space:]{};\\[]')
	[ "$lines" -gt 0 ] || { echo "$file.c cannot be counted"; exit 1; }
	total=$((total + lines)) whole=$((whole + code))
done
echo "note: the trusted part has $total lines of code ($whole with those of braces alone)"
[ "$total" -le "$most" ] || { echo "that is more than $most"; exit 1; }
