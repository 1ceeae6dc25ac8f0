#!/bin/sh
# The rows of tests/api/ are what is exported: each function has a row, stands in
# the header that the row is of and has a test that calls it, and each error
# that is raised has a test that names it. With --update errors that are raised
# become RAISED.
# shellcheck disable=SC2013
set -eu
export LC_ALL=C
rows=tests/api/rows.h
golden=tests/golden/exports.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

say() {
	echo "$1"
	bad=1
}

# names KIND...: the first word of these rows.
names() {
	for kind in "$@"; do
		sed -n "s/^	$kind(\\([A-Za-z0-9_]*\\)[,)].*/\\1/p" "$rows"
	done | sort
}

names API OWN >"$work/rows"
echo s2n_errno >>"$work/rows"
sort -o "$work/rows" "$work/rows"
[ "$(names API | wc -l)" -eq 301 ] || say "not the 301 functions of the interface"
diff -u "$work/rows" "$golden" >"$work/diff" || {
	cat "$work/diff"
	say "the rows of $rows are not $golden"
}

# A program includes the header where the guide has a name, and that alone.
awk '/^#define/ { header = "" }
	/\/\* [a-z0-9_\/]*\.h \*\// { header = $2 }
	/^\t[A-Z]*\((struct )?[A-Za-z0-9_]*[,)]/ && header != "" && !/^\tEND/ {
		sub(/^\t[A-Z]*\((struct )?/, ""); sub(/[,)].*/, ""); print header, $0
	}' "$rows" >"$work/places"
[ "$(wc -l <"$work/places")" -gt 450 ] || say "hardly any names have a header"
while read -r header name; do
	grep -qw "$name" "libtls/$header" || say "$name is not in $header"
done <"$work/places"

# Called somewhere, not merely named: the data here and the type checks are none.
git ls-files 'tests/*.c' ':!tests/api' ':!tests/bogo' | xargs cat >"$work/tests"
for name in $(names API OWN); do
	grep -qE "\\b$name\\b" "$work/tests" || say "no test calls $name"
done

# Each that takes an object is called without one.
sed -n 's/^	\(API\|OWN\)(\([a-z0-9_]*\), [^(]*(\(const \)\{0,1\}struct [a-z0-9_]* \*.*/\2/p' "$rows" >"$work/takers"
[ "$(wc -l <"$work/takers")" -gt 200 ] || say "hardly any functions that take an object"
while read -r name; do
	grep -qE "^	(FAILS|ANSWERS)\($name," tests/unit/test_nulls.c || say "tests/unit/test_nulls.c has no row for $name"
done <"$work/takers"

# The codes of a public error, and whether a test knows one of them or the name.
sed -n 's/^	ERR(\([A-Z0-9_]*\), *[A-Z]*, *[0-9]*, *\([A-Z0-9_]*\),.*/\2 \1/p' libtls/core/errors.h >"$work/codes"
sed -n 's/^	RAISED(\([A-Z0-9_]*\),.*/\1/p' tests/api/errors.h | grep -vx OK >"$work/raised"
[ "$(wc -l <"$work/raised")" -gt 100 ] || say "hardly any errors"
git ls-files 'libtls/*.c' ':!libtls/core/errors.c' | xargs cat | grep -owE 'ERR_[A-Z0-9_]+' | sort -u >"$work/used"
{
	cat "$work/tests"
	git ls-files 'tests/e2e' | xargs cat
} | grep -owE '(S2N_)?ERR_[A-Z0-9_]+' | sort -u >"$work/shown"
# used NAME FILE: whether one of its codes, or the name itself, stands in FILE.
used() {
	! grep -qx "S2N_ERR_$1" "$2" || return 0
	for code in $(sed -n "s/^$1 //p" "$work/codes"); do
		! grep -qx "ERR_$code" "$2" || return 0
	done
	return 1
}

for name in $(sed -n 's/^	UNRAISED(\([A-Z0-9_]*\),.*/\1/p' tests/api/errors.h); do
	used "$name" "$work/used" || continue
	if [ "${1:-}" = --update ]; then
		sed -i "s/^	UNRAISED(\($name,.*\), [A-Z]*)/	RAISED(\1)/" tests/api/errors.h
		echo "$name" >>"$work/raised"
	else
		say "S2N_ERR_$name is raised: sh tests/static/api.sh --update"
	fi
done
while read -r name; do
	used "$name" "$work/used" || say "nothing raises S2N_ERR_$name"
	used "$name" "$work/shown" || say "no test shows S2N_ERR_$name"
done <"$work/raised"

exit $bad
