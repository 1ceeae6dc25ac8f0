#!/bin/sh
# The whole matrix with every peer; one summary line. tests/interop/all.sh BUILD
set -u
BUILD=$1
export BUILD
passed=0 failed=0 unspoken=0

# count LINE WORD: the number before the word.
count() {
	echo "$1" | sed "s/.* \([0-9]*\) $2.*/\1/"
}

for peer in openssl gnutls nss curl; do
	log=$BUILD/tests/interop-$peer.log
	python3 tests/interop/interop.py "$peer" >"$log" 2>&1
	line=$(grep "^interop $peer: " "$log")
	if [ -z "$line" ]; then
		echo "$peer: did not come to its end:"
		tail -n 20 "$log"
		failed=$((failed + 1))
		continue
	fi
	grep -v '^ok ' "$log"
	passed=$((passed + $(count "$line" cells)))
	failed=$((failed + $(count "$line" failed)))
	unspoken=$((unspoken + $(count "$line" 'not spoken')))
done
# Sessions, where one is installed that make check can do without.
log=$BUILD/tests/interop-nginx.log
python3 tests/e2e/sessions-resume-with-nginx.py >"$log" 2>&1
case $? in
0) passed=$((passed + $(grep -c '^row: ' "$log"))) ;;
77) cat "$log" ;;
*)
	cat "$log"
	failed=$((failed + 1))
	;;
esac
echo "interop: $passed cells passed, $failed failed, $unspoken not spoken by the peer"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
