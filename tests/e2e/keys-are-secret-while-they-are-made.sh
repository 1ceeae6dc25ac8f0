#!/bin/sh
# A key that keyd-maker makes lies nowhere but in secret memory while it is made,
# and nowhere when it is written: what root can read of the process is copied
# again and again, and looked through when the key is known. Where the kernel has
# no secret memory, what is made last of an RSA key finds what came first there.
set -eu
. tests/e2e/lib/keyd.sh
[ "$(id -u)" -eq 0 ] || { echo "only root reads other processes' memory"; exit 77; }
keyd_before=

# copy: of the maker, once more.
copy() {
	copies=$((copies + 1))
	"$BUILD/tests/memscan" --copy "$dir/copy.$copies" "$maker" >"$dir/found" || fail "a copy of keyd-maker: $(cat "$dir/found")"
	[ -n "$keyd_before" ] || grep -q 'layer=secrets' "$dir/log" || grep -q 'bytes are secret' "$dir/found" ||
	    fail "no memory of keyd-maker's is secret"
}

# make KIND [WATCH]: until it is written; keyd hears of it later, and its maker
# waits for that. With WATCH it is copied meanwhile.
make() {
	rm -f "$dir"/made.pem "$dir"/copy.*
	copies=0 maker=
	cat >"$dir/keyd.conf" <<-END
		socket = "$dir/keyd.sock"
		signer-group "g" { key "made" { file = "made.pem" generate = $1 } }
		client "we" { uid = "0" keys = { "made" } tickets = false }
	END
	${keyd_before:-} "$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>>"$dir/log" &
	keyd=$!
	for _ in $(seq 1000); do
		maker=$(children keyd-maker 2>/dev/null) || :
		[ -z "$maker" ] || break
		sleep 0.01
	done
	[ -n "$maker" ] || fail "there is no keyd-maker"
	# When it sleeps, it has said what is wanted.
	until grep -q '^State:.*S' "/proc/$keyd/status"; do sleep 0.01; done
	kill -STOP "$keyd"
	for _ in $(seq 3000); do
		! grep -q 'END PRIVATE KEY' "$dir/.made.pem.new" || break
		[ -z "${2:-}" ] || copy
		sleep 0.05
	done
	grep -q 'END PRIVATE KEY' "$dir/.made.pem.new" || fail "$1 is not made"
	copy
}

end() {
	kill -CONT "$keyd"
	stop_keyd
}

# In which of the copies some of it is.
found() {
	for number in $(seq "$copies"); do
		"$BUILD/tests/memscan" "$dir/.made.pem.new" "$dir/copy.$number" >"$dir/found" || return 0
	done
	return 1
}

for kind in ed25519 ecdsa-p256 ecdsa-p521 rsa-2048; do
	if [ -e "$dir/log" ] && grep -q 'layer=secrets' "$dir/log"; then
		echo "note: no memfd_secret here, so only what is left behind was looked for"
		break
	fi
	make $kind watch
	! grep -q 'layer=secrets' "$dir/log" || { end; continue; }
	! found || fail "$kind: $(cat "$dir/found")"
	"$BUILD/tests/memscan" "$dir/.made.pem.new" "$keyd" >"$dir/found" || fail "$kind: $(cat "$dir/found")"
	end
done

keyd_before=$BUILD/tests/without
for kind in ed25519 ecdsa-p256; do
	make $kind
	! found || fail "left behind: $kind: $(cat "$dir/found")"
	end
done
for _ in $(seq 8); do
	make rsa-3072 watch
	! found || break
	end
done
found || fail "the scan finds nothing"
end
