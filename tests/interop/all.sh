#!/bin/sh
# The whole matrix against every peer; one summary line. tests/interop/all.sh BUILD
set -u
BUILD=$1
export BUILD
passed=0 failed=0
for peer in openssl gnutls curl; do
	log=$BUILD/tests/interop-$peer.log
	sh "tests/interop/$peer.sh" >"$log" 2>&1
	line=$(grep '^interop: ' "$log")
	if [ -z "$line" ]; then
		echo "$peer: did not come to its end:"
		tail -n 20 "$log"
		failed=$((failed + 1))
		continue
	fi
	grep -A 20 '^FAILED' "$log" | grep -v '^ok'
	echo "$peer: ${line#interop: }"
	passed=$((passed + $(echo "$line" | sed 's/interop: \([0-9]*\) .*/\1/')))
	failed=$((failed + $(echo "$line" | sed 's/.* \([0-9]*\) failed/\1/')))
done
echo "interop: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
