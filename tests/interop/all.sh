#!/bin/sh
# The whole matrix against every peer; one summary line. tests/interop/all.sh BUILD
set -u
BUILD=$1
export BUILD
passed=0 failed=0

# run NAME COMMAND...: its last line has "N passed, N failed" or "N cells passed".
run() {
	name=$1
	log=$BUILD/tests/interop-$name.log
	shift
	"$@" >"$log" 2>&1
	line=$(grep '^interop' "$log" | tail -n 1)
	if [ -z "$line" ]; then
		echo "$name: did not come to its end:"
		tail -n 20 "$log"
		failed=$((failed + 1))
		return
	fi
	grep -A 20 '^FAILED' "$log" | grep -v '^ok'
	grep '^not spoken' "$log"
	echo "$name: ${line#interop*: }"
	passed=$((passed + $(echo "$line" | sed 's/^interop[^:]*: \([0-9]*\) .*/\1/')))
	failed=$((failed + $(echo "$line" | sed 's/.* \([0-9]*\) failed.*/\1/')))
}

for peer in openssl gnutls curl; do
	run "$peer" sh "tests/interop/$peer.sh"
done
for peer in openssl gnutls nss; do
	run "$peer-versions" python3 tests/interop/interop.py "$peer"
done
echo "interop: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
