#!/bin/sh
# The trusted part is small: the code that runs where private keys are, or that
# parses what a client sends there, has no more than 2,500 lines. Blank lines,
# comments and lines of braces alone are not counted; all else is, and that of
# base/, policy/ and libcrypto is not. Which files, the Makefile says: what
# keyd-signer is linked of, but for
#   keyd/warm     works on throw-away keys, and is done before the seal
#   keyd/tickets  works in keyd-tickets alone, which has no private key
# and of ipc/ what a signer calls; the rest is the masters' and the clients'.
# shellcheck disable=SC2013
set -eu
most=2500
elsewhere=' keyd/warm keyd/tickets '

files='ipc/channel ipc/keyproto ipc/keyproto_layout'
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
source_of() { [ -e "$1.c" ] && echo "$1.c" || echo "$1.h"; }
beyond=$(grep -oE '^(CODEC\([a-z0-9]+|[a-z_ ]*keyproto_[a-z_]+\()' ipc/keyproto_beyond.c | sed 's/^CODEC(\(.*\)/keyproto_\1_(build|parse)/; s/.*\(keyproto_[a-z_]*\)($/\1/' | paste -sd'|')
[ -n "$beyond" ] || { echo "ipc/keyproto_beyond.c has no payload"; exit 1; }
for file in $files; do
	for name in keymaster keyclient keydoor endpoint; do
		! grep -n "^#include \"ipc/$name" "$(source_of "$file")" || { echo "$file needs ipc/$name, which is not counted"; exit 1; }
	done
	! grep -nE "\\b($beyond)\\b" "$(source_of "$file")" || { echo "$file needs ipc/keyproto_beyond, which is not counted"; exit 1; }
done

total=0 whole=0
for file in $files; do
	source=$(source_of "$file")
	code=$(cc -fpreprocessed -dD -E -P "$source" 2>/dev/null | grep -c '[^[:space:]]')
	lines=$(cc -fpreprocessed -dD -E -P "$source" 2>/dev/null | grep -c '[^][:space:]{};\\[]')
	[ "$lines" -gt 0 ] || { echo "$source cannot be counted"; exit 1; }
	total=$((total + lines)) whole=$((whole + code))
done
echo "note: the trusted part has $total lines of code ($whole with those of braces alone)"
[ "$total" -le "$most" ] || { echo "that is more than $most"; exit 1; }
