#!/bin/sh
# keyd's memory has no byte of a key; the signer's has one copy of an EC scalar,
# also after a thousand signatures. That it is found there shows that the scan
# finds what there is.
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
}

configure_demo
for kind in p256 rsa; do
	make_key demo $kind
	make_key stranger $kind
	start_keyd
	check "after loading"
	ask sign "$dir/demo.pub" 1000
	check "after a thousand signatures"
	# Another key is nowhere, so what is found is this one.
	scan "$dir/stranger.pem" "$keyd" "$signer" || fail "a key that nobody has was found"
	stop_keyd
done

# What cannot be looked at is said, and is not "nothing".
status=0
scan "$dir/demo.pem" 2000000000 2>"$dir/said" || status=$?
[ "$status" -eq 2 ] || fail "memscan ended with $status for a process that is not there"
grep -q 2000000000 "$dir/said" || fail "memscan does not say of which"
