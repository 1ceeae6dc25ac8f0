#!/bin/sh
# The shared library exports s2n_* and S2N_* names only, each declared in a public header
# or, for bindings, in libtls/bindings.h; all that s2n.h declares; and exactly those of tests/golden/exports.txt, which
# --update writes. libkeyclient exports what keyclient.h declares.
set -eu
export LC_ALL=C
library=${BUILD:-build}/lib/libs2n.so.1
golden=tests/golden/exports.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$library" | awk '{ print $3 }' | sort >"$work/exported"
[ -s "$work/exported" ] || { echo "$library exports nothing"; exit 1; }

if grep -vi '^s2n_' "$work/exported"; then
	echo "exported by $library without the prefix s2n_"
	exit 1
fi
cat libtls/s2n.h libtls/unstable/*.h libtls/bindings.h | grep -oiE '\bs2n_[a-z0-9_]+' | sort -u >"$work/declared"
undeclared=$(comm -23 "$work/exported" "$work/declared")
[ -z "$undeclared" ] || { echo "exported but in no public header:"; echo "$undeclared"; exit 1; }
sed -n 's/^S2N_API .*[ *]\(s2n_[a-z0-9_]*\)(.*/\1/p' libtls/s2n.h >"$work/promised"
missing=$(sort "$work/promised" | comm -23 - "$work/exported")
[ -s "$work/promised" ] || { echo "found no function in s2n.h"; exit 1; }
[ -z "$missing" ] || { echo "in s2n.h but not exported:"; echo "$missing"; exit 1; }

# libkeyclient: what its header declares and nothing else.
nm -D --defined-only "${library%/*}/libkeyclient.so.1" | awk '{ print $3 }' | sort >"$work/keyclient"
tr '\n' ' ' <ipc/keyclient.h | grep -oE 'KEYCLIENT_API [a-z_ *]*keyclient_[a-z_]+\(' |
    grep -oE 'keyclient_[a-z_]+\(' | tr -d '(' | sort >"$work/promised"
[ -s "$work/promised" ] || { echo "found no function in keyclient.h"; exit 1; }
diff -u "$work/promised" "$work/keyclient" || { echo "libkeyclient exports not what keyclient.h has"; exit 1; }

if [ "${1:-}" = --update ]; then
	cp "$work/exported" "$golden"
	exit 0
fi
diff -u "$golden" "$work/exported" || {
	echo "if that is meant: sh tests/static/exports.sh --update"
	exit 1
}
