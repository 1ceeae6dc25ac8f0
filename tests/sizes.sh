#!/bin/sh
# The longest functions and files: a mirror, not a gate (STYLE.md section 0).
# Relies on our layout: a function's braces stand alone in the first column.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for file in $(git ls-files 'base/*.c' 'libtls/*.c' 'ipc/*.c' 'admin/*.c' 'keyd/*.c' 'frontd/*.c' 'policy/*.c' 'examples/*.c'); do
	awk -v file="$file" '
	/^[a-z_0-9]+\(/ { name = $0; sub(/\(.*/, "", name) }
	/^\{/ { start = NR }
	/^\}/ && start { print NR - start - 1, name, file; start = 0 }
	' "$file" >>"$work/functions"
	echo "$(wc -l <"$file") $file" >>"$work/files"
done

echo "longest functions (lines between the braces)"
sort -rn "$work/functions" | head -n 15
echo
echo "longest files"
sort -rn "$work/files" | head -n 10
echo
sort -n "$work/functions" | awk '
	{ length_of[NR] = $1; if ($1 > 60) over++ }
	END { printf "%d functions, median %d lines, p90 %d, p99 %d; %d over 60 lines\n", NR,
	    length_of[int((NR + 1) / 2)], length_of[int(NR * 0.9 + 1)], length_of[int(NR * 0.99 + 1)], over }'
awk '{ lines += $1; if ($1 > 600) over++ }
	END { printf "%d files, %d lines; %d over 600 lines\n", NR, lines, over }' "$work/files"
