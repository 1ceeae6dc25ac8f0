#!/bin/sh
# The units are sound, let the daemons make every system call that their
# profiles have, and leave them little else: systemd says how much.
set -eu
: "${BUILD:=build}"
command -v systemd-analyze >/dev/null || { echo "there is no systemd-analyze"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

bin=$(cd "$BUILD/bin" && pwd)
for unit in systemd/*.in; do
	name=${unit#systemd/}
	sed -e "s|@sbindir@|$bin|g" -e "s|@sysconfdir@|/etc|g" "$unit" >"$dir/${name%.in}"
	! grep -n '@[a-z]*dir@' "$dir/${name%.in}" || { echo "$unit: not filled in"; exit 1; }
done

# Whether the pages are installed here says nothing about the units.
said=$(SYSTEMD_UNIT_PATH="$dir:" systemd-analyze verify --man=no "$dir"/*.service "$dir"/*.socket 2>&1 |
    grep -F "$dir" || :)
[ -z "$said" ] || { echo "$said"; exit 1; }

# exposure UNIT MOST, in tenths
exposure() {
	said=$(systemd-analyze security --offline=true --no-pager "$dir/$1" | sed -n 's/.*exposure level for [^ ]*: \([0-9.]*\).*/\1/p')
	tenths=$(echo "$said" | tr -d .)
	[ "${tenths:-99}" -le "$2" ] || { echo "$1: its exposure is $said"; exit 1; }
	echo "note: the exposure of $1 is $said"
}
exposure keyd.service 15
exposure frontd.service 26

# expand SET...: the calls of sets and names.
expand() {
	for word in "$@"; do
		case $word in
		@*)
			# shellcheck disable=SC2046
			expand $(systemd-analyze --no-pager syscall-filter "$word" | sed -n '2,$s/^ *\([-@a-z0-9_]*\)$/\1/p')
			;;
		*) echo "$word" ;;
		esac
	done
}

# The words of a unit's filter: those allowed, or those taken away with ~.
allowed() {
	sed -n 's/^SystemCallFilter=\([^~].*\)/\1/p' "$dir/$1"
}
taken() {
	sed -n 's/^SystemCallFilter=~\(.*\)/\1/p' "$dir/$1"
}

# Calls of old that libc no longer makes stand in profiles for another libc.
old='fork vfork setrlimit getrlimit epoll_create'
for daemon in keyd frontd; do
	# shellcheck disable=SC2046
	expand $(allowed "$daemon.service") | sort -u >"$dir/allowed"
	# shellcheck disable=SC2046
	expand $(taken "$daemon.service") | sort -u >"$dir/taken"
	comm -23 "$dir/allowed" "$dir/taken" >"$dir/left"
	[ "$(wc -l <"$dir/left")" -gt 100 ] || { echo "$daemon: no list of calls"; exit 1; }
	awk -v daemon="$daemon" '/^[^ ]/ { mine = $1 ~ "^" daemon }
	    mine && /^    [a-z]/ { print $1 }' tests/golden/profiles.txt | sort -u >"$dir/needed"
	lacking=$(comm -23 "$dir/needed" "$dir/left" | grep -vxF "$(echo "$old" | tr ' ' '\n')" || :)
	[ -z "$lacking" ] || { echo "$daemon.service takes away: $lacking"; exit 1; }
done
