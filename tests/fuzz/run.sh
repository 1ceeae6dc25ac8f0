#!/bin/sh
# Runs fuzz targets one after the other, each for some seconds, and ends with
# the totals; fails when there are findings or a target could not run.
# tests/fuzz/run.sh PROGRAM DIRECTORY SECONDS [TARGET...]
#
# DIRECTORY gets each target's log and what it found: an input that breaks it is
# TARGET-crash-*, TARGET-timeout-* or TARGET-leak-*, and runs again with
# PROGRAM TARGET FILE. Inputs that reached something new are kept there too.
set -u
program=$1 work=$2 seconds=$3
shift 3
corpora=tests/fuzz/corpus

case $seconds in
'' | *[!0-9]*) echo "fuzz: $seconds is no number of seconds" >&2; exit 2 ;;
esac
# Without a target it lists them, each with its corpus.
list=$("$program" 2>&1 | sed 1d)
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(echo "$list" | cut -d ' ' -f 1)
[ $# -gt 0 ] || { echo "fuzz: $program names no target" >&2; exit 2; }
mkdir -p "$work"

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1}"
# Pieces of a region are nothing to a sanitizer: malloc instead.
export S2N_DONT_MLOCK=1
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
targets=0 runs=0 findings=0
for target in "$@"; do
	log=$work/$target.log
	mkdir -p "$work/corpus/$target"
	seeds=$corpora/$(echo "$list" | sed -n "s/^$target //p")
	[ -d "$seeds" ] || seeds=
	# The first directory is also written to.
	# shellcheck disable=SC2086
	"$program" "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=20000 \
	    -artifact_prefix="$work/$target-" -print_final_stats=1 "$work/corpus/$target" $seeds >"$log" 2>&1
	status=$?
	# Every line that counts runs begins with #; the last tells them all.
	done=$(sed -n 's/^#\([0-9][0-9]*\)[^0-9].*/\1/p; s/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
	targets=$((targets + 1))
	runs=$((runs + ${done:-0}))
	if [ $status -ne 0 ] || [ "${done:-0}" -eq 0 ]; then
		findings=$((findings + 1))
		echo "fuzz $target: FOUND after ${done:-0} runs, see $log:"
		grep -E 'does not hold|ERROR: |runtime error|SUMMARY|Test unit written' "$log" || tail -n 5 "$log"
	else
		echo "fuzz $target: $done runs, $(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1) edges"
	fi
done
echo "fuzz: $targets targets, $runs runs, $findings findings"
[ $findings -eq 0 ]
