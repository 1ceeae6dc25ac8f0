#!/bin/sh
# mandoc has nothing to say against any page in man/, each page names itself, and
# what keyd.8 and frontd.8 say of the processes is what their profiles say.
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

# One line a process: name, account, number, flags, calls.
awk '/^[^ ]/ { if (name) print name, account, number, calls, flags; name = $1; account = number = "-" }
$1 == "account" { account = $2; sub(/,$/, "", account); number = $4 }
$1 == "flags" { $1 = ""; flags = $0 }
$1 == "calls" { calls = $2 }
END { print name, account, number, calls, flags }' ../tests/golden/profiles.txt |
    while read -r name account number calls flags; do
	page=${name%%-*}.8 namespaces='ipc uts' root='as is' landlock='no' filter=narrow
	for flag in $flags; do
		case $flag in
		empty-root) namespaces="mnt $namespaces" root=empty ;;
		empty-network) namespaces="net $namespaces" ;;
		no-files) landlock='no file' ;;
		master) namespaces=none number='as started' filter=wide ;;
		esac
	done
	case $name in
	frontd*) said=".It $name Ta $namespaces Ta $root Ta $number Ta $landlock Ta $filter" ;;
	keyd-signer) said="allows no file, and a seccomp filter that leaves it $calls system calls: to read," ;;
	*) continue ;;
	esac
	grep -qxF "$said" "$page" || { echo "$page: does not say of $name what its profile says: $said"; exit 1; }
	[ "$account" = - ] || { grep -q "$account\b" "$page" && grep -q "$number\b" "$page"; } ||
	    { echo "$page: does not name the account $account or $number"; exit 1; }
done
