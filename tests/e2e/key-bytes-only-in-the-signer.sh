#!/bin/sh
# keyd's memory has no byte of a key, and the signer's only where nobody can look.
# Where the kernel has no such place, the signer has one copy of an EC scalar,
# also after a thousand signatures, in memory that is in no core dump. That it is
# found there shows that the scan finds what there is.
set -eu
. tests/e2e/lib/keyd.sh
[ "$(id -u)" -eq 0 ] || { echo "only root reads other processes' memory"; exit 77; }

scan() {
	"$BUILD/tests/memscan" "$@"
}

# copies WHAT COUNT: so many wholes, and no part.
copies() {
	found=$(grep -c "found $1, " "$dir/found" || :)
	whole=$(grep -c "found $1, .*, whole (" "$dir/found" || :)
	if [ "$found" -ne "$2" ] || [ "$whole" -ne "$2" ]; then
		cat "$dir/found"
		fail "$found of $1 in the signer, $whole of them whole, not $2"
	fi
}

# Not even root: what is not found is in the secret memory, or nowhere.
check_secret() {
	scan "$dir/demo.pem" "$keyd" "$signer" >"$dir/found" || fail "$1: $(cat "$dir/found")"
	grep -q "^pid $signer: [0-9]* bytes are secret" "$dir/found" || fail "$1: no memory of the signer's is secret"
	! grep -q 'layer=secrets' "$dir/log" || fail "$1: the layer is said to be missing"
}

# in_no_dump: the mapping in which all was found has this flag.
in_no_dump() {
	address=$(sed -n 's/.* at \([0-9a-f]*\) in .*/\1/p' "$dir/found" | head -n 1)
	awk -v at="$address" '
	/^[0-9a-f]+-[0-9a-f]+ / { split($1, ends, "-"); inside = ends[1] <= at && at < ends[2] }
	inside && /^VmFlags:/ && / dd( |$)/ { found = 1 }
	END { exit !found }' "/proc/$signer/smaps" || fail "the keys would be in a core dump"
}

# no_core: what a debugger of root's writes of the signer has none of the key.
no_core() {
	core "$signer" || return 0
	scan "$dir/demo.pem" "$dir/core.$signer" >"$dir/found" || fail "the core: $(cat "$dir/found")"
	rm "$dir/core.$signer"
}

check() {
	scan "$dir/demo.pem" "$keyd" || fail "keyd: $1"
	scan --expect "$dir/demo.pem" "$signer" >"$dir/found" || fail "signer: $1"
	! grep -q base64 "$dir/found" || fail "signer: the file's text, $1"
	! grep -q big-endian "$dir/found" || fail "signer: the file's bytes, $1"
	case $kind in
	rsa)
		for part in "RSA d" "RSA dp" "RSA dq" "RSA qinv"; do
			copies "$part" 1
		done
		# Each prime is a modulus of libcrypto's arithmetic, too.
		copies "RSA p" 2
		copies "RSA q" 2
		;;
	*) copies "EC scalar" 1 ;;
	esac
	in_no_dump
}

configure_demo
for kind in p256 rsa; do
	make_key demo $kind
	start_keyd
	if grep -q 'layer=secrets' "$dir/log"; then
		echo "note: no memfd_secret here, so only locked memory was looked at"
	else
		check_secret "after loading"
		ask sign "$dir/demo.pub" 1000
		check_secret "after a thousand signatures"
		no_core
	fi
	stop_keyd
done

keyd_before=$BUILD/tests/without
for kind in p256 rsa; do
	make_key demo $kind
	make_key stranger $kind
	start_keyd
	grep -q 'profile=keyd-signer layer=secrets level=partial reason="Function not implemented"' "$dir/log" ||
	    fail "that there is no secret memory is not said"
	check "after loading"
	ask sign "$dir/demo.pub" 1000
	check "after a thousand signatures"
	no_core
	# Another key is nowhere, so what is found is this one.
	scan "$dir/stranger.pem" "$keyd" "$signer" || fail "a key that nobody has was found"
	stop_keyd
done

# What cannot be looked at is said, and is not "nothing".
status=0
scan "$dir/demo.pem" 2000000000 2>"$dir/said" || status=$?
[ "$status" -eq 2 ] || fail "memscan ended with $status for a process that is not there"
grep -q 2000000000 "$dir/said" || fail "memscan does not say of which"
