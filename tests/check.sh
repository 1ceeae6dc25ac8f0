#!/bin/sh
# Runs every unit test, static check and end-to-end script, and ends with the
# totals in Check's own words. tests/check.sh BUILD TEST...
set -u
build=$1
shift
checks=0 failures=0 errors=0
# Where nginx and haproxy are, also for who is not root.
PATH=$PATH:/usr/sbin:/sbin

# Little may be locked here, or a sanitizer watches, to which pieces of a locked
# region are nothing: libtls's memory is malloc's then.
# shellcheck disable=SC3045
limit=$(ulimit -l 2>/dev/null) || limit=unlimited
if [ "${ONLY:-}" = library ]; then
	export S2N_DONT_MLOCK=1
elif [ "$limit" != unlimited ] && [ "$limit" -lt 4096 ]; then
	echo "note: ulimit -l is $limit KiB: libtls locks no memory in these tests"
	export S2N_DONT_MLOCK=1
fi

# Adds up a line like "100%: Checks: 12, Failures: 0, Errors: 0".
add() {
	checks=$((checks + $1)) failures=$((failures + $2)) errors=$((errors + $3))
}

for test in "$@"; do
	log=$build/tests/$(basename "$test").log
	"$test" >"$log" 2>&1
	status=$?
	line=$(grep -E '^[0-9]+%: Checks: ' "$log" | tail -n 1)
	if [ -z "$line" ]; then
		echo "$(basename "$test"): gave no totals (exit $status)"
		tail -n 20 "$log"
		add 1 0 1
		continue
	fi
	echo "$(basename "$test"): $line"
	counts=$(echo "$line" | sed 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/')
	# shellcheck disable=SC2086
	add $counts
	# What this user or kernel could not try; said once.
	grep '^note: ' "$log" | sort -u
	[ "$status" -eq 0 ] || grep -E ':[FE]:' "$log"
done

# script KIND FILE: one check, passed when the script exits 0. With 77 it says on
# its last line why it could show nothing here, which counts for nothing.
script() {
	name=$(basename "${2%.*}")
	log=$build/tests/$1-$name.log
	case $2 in
	*.py) run='python3' ;;
	*) run='sh' ;;
	esac
	BUILD=$build timeout 120 "$run" "$2" >"$log" 2>&1
	case $? in
	0)
		echo "$1 $name: ok"
		grep '^note: ' "$log" | sort -u
		add 1 0 0
		;;
	77)
		echo "$1 $name: NOT SHOWN: $(tail -n 1 "$log")"
		;;
	*)
		echo "$1 $name: FAILED"
		tail -n 30 "$log"
		add 1 1 0
		;;
	esac
}

if [ "${ONLY:-}" = library ]; then
	echo "the library only: static checks and the daemons' end-to-end scripts were not run"
	set -- tests/e2e/interop-*.sh
elif [ "${ONLY:-}" = units ]; then
	set --
else
	set -- tests/static/*.sh tests/e2e/*.sh tests/e2e/*.py
fi
for file in "$@"; do
	[ ! -e "$file" ] || script "$(basename "$(dirname "$file")")" "$file"
done

passed=$((checks - failures - errors))
[ "$checks" -gt 0 ] || { echo "no test was run"; exit 1; }
echo "$((passed * 100 / checks))%: Checks: $checks, Failures: $failures, Errors: $errors"
[ "$failures" -eq 0 ] && [ "$errors" -eq 0 ]
