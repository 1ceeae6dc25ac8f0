#!/bin/sh
# Each function of the public headers has a comment of its own directly above
# it, that Doxygen reads; and each part of s2n.h, like each other header, says
# which chapter of the guide, or RFC, it is from, or that none is.
set -eu
bad=0

say() {
	echo "$1"
	bad=1
}

set -- libtls/s2n.h libtls/bindings.h libtls/unstable/*.h
for header in "$@"; do
	bare=$(awk '
		/^S2N_API/ {
			found++
			if (above !~ /\*\/$/ || !doc) print FILENAME ":" FNR ": no comment above " $0
		}
		/\/\*/ { doc = /\/\*\*/ }
		{ above = $0 }
		END { if (!found && FILENAME !~ /ed25519/) print FILENAME ": found no function" }' "$header")
	[ -z "$bare" ] || say "$bare"
done
for header in libtls/unstable/*.h; do
	grep -qE 'Guide:|RFC|[Gg]uide|own addition' "$header" || say "$header: names no chapter and no RFC"
done
parts=$(grep -c '^/\* ---- ' libtls/s2n.h)
[ "$parts" -gt 8 ] || say "hardly any parts in s2n.h"
grep '^/\* ---- ' libtls/s2n.h | grep -vE 'Guide:|newer than the guide' | sed 's/$/: names no chapter and no RFC/' | grep . && bad=1

exit $bad
