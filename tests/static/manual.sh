#!/bin/sh
# mandoc has nothing to say against any page in man/, and each page names itself.
set -eu
cd man
set -- *.[1-8]
[ -e "$1" ] || { echo "no manual pages"; exit 1; }

# Whether another page is installed says nothing about ours.
said=$(mandoc -T lint "$@" 2>&1 |
    grep -v -e 'referenced manual not found' -e 'outdated mandoc.db' || :)
[ -z "$said" ] || { echo "$said"; exit 1; }

for page in "$@"; do
	name=${page%.*} section=${page##*.}
	grep -qix "\.Dt $name $section" "$page" || { echo "$page: its .Dt line is not of $name $section"; exit 1; }
done
