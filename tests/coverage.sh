#!/bin/sh
# Runs these unit tests of a build with --coverage, then says which lines of
# libtls they ran: files below 90 of 100 with the lines that were not, and the
# sum, which must be 90 at least. tests/coverage.sh BUILD TEST...
set -eu
build=$1
least=90
report=$build/coverage.csv

find "$build" -name '*.gcda' -exec rm {} +
ONLY=units tests/check.sh "$@"
# What it cannot make sense of are counts of calls that a fork took the rest of.
gcovr --gcov-ignore-parse-errors --root . --object-directory "$build/obj" --filter 'libtls/' --filter 'base/(reader|writer)' \
    --csv "$report" --html-details "$build/coverage.html" "$build/obj/libtls" "$build/obj/base"

# filename, lines, lines run, ...; behind each file why, as coverage.why says.
awk -F, -v least=$least '
	NR == FNR { file = $0; sub(/ .*/, "", file); why[file] = substr($0, length(file) + 2); next }
	FNR == 1 { next }
	{ lines += $2; run += $3 }
	$2 > 0 && 100 * $3 < least * $2 { below = below sprintf("%5.1f%% %4d of %d  %s: %s\n", 100 * $3 / $2, $3, $2, $1,
		    $1 in why ? why[$1] : "no reason is known"); n++ }
	END {
		if (lines < 1000) { print "hardly any lines"; exit 1 }
		printf "%s", below
		printf "coverage of libtls: %.1f%% of %d lines; %d files below %d%%\n", 100 * run / lines, lines, n, least
		exit 100 * run < least * lines
	}' tests/coverage.why "$report"
