#!/bin/sh
# What the documents point to is there: links, paths in backquotes, and the
# functions that DESIGN.md section 4 walks through, each in the file it names.
# shellcheck disable=SC2013,SC2016
set -eu
bad=0

say() {
	echo "$1"
	bad=1
}

# Described, and still to be built; a line goes when its thing comes.
later='
tests/unit/test_record.c
'

for page in *.md; do
	for target in $(grep -oE '\]\([^)#]+\)' "$page" | sed 's/^](//; s/)$//' | grep -v '^https\?:'); do
		[ -e "$target" ] || say "$page links to $target, which is not there"
	done
	for path in $(grep -oE '`(base|libtls|ipc|admin|keyd|frontd|policy|systemd|tests|man|\.ci)/[^` ]*' "$page" | tr -d '`'); do
		case $path in
		*NAME* | *'<'* | *'*'* | *'['*) continue ;; # a pattern, not a path
		esac
		path=${path%:}
		[ -e "$path" ] || [ -e "$path.c" ] || [ -e "$path.h" ] || echo "$later" | grep -qx "$path" ||
		    say "$page names $path, which is not there"
	done
done

# Every function on the way of one handshake.
for function in $(sed -n '/^## 4/,/^## 5/p' DESIGN.md | grep -oE '`[a-z]+[0-9]?[a-z]*_[a-z0-9_]+`' | tr -d '`'); do
	grep -rqE --include='*.c' "^$function\(" base libtls ipc admin keyd frontd policy ||
	    say "DESIGN.md, section 4: there is no function $function"
done

# `dir/file.c: function`
named=$(mktemp)
trap 'rm -f "$named"' EXIT
grep -oE '`(ipc|keyd|frontd|libtls)/[a-z0-9_/]+\.c: [a-z0-9_]+`' DESIGN.md | tr -d '`:' >"$named"
while read -r file function; do
	[ ! -e "$file" ] || grep -q "^$function(" "$file" || say "DESIGN.md: $file has no function $function"
done <"$named"

exit $bad
