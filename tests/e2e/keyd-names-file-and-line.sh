#!/bin/sh
# Whatever is wrong with keyd.conf, keyd ends with 1 and one line: file, line,
# reason. The same with -t, which starts nothing when all is well.
set -eu
. tests/e2e/lib/keyd.sh

# wrong LINE REASON, and the configuration on standard input
wrong() {
	cat >"$dir/keyd.conf"
	for option in -t ''; do
		status=0
		# shellcheck disable=SC2086
		timeout 10 "$BUILD/bin/keyd" $option -f "$dir/keyd.conf" 2>"$dir/said" || status=$?
		[ "$status" -eq 1 ] || fail "keyd $option ended with $status: $2"
		[ "$(wc -l <"$dir/said")" -eq 1 ] || fail "not one line: $(cat "$dir/said")"
		grep -q "^$dir/keyd.conf:$1: .*$2" "$dir/said" || fail "not line $1, $2: $(cat "$dir/said")"
	done
}

make_key demo p256
wrong 3 "no such option 'colour'" <<END
socket = "$dir/keyd.sock"
signer-group "demo" { key "demo" { file = "demo.pem" } }
colour = "red"
END
wrong 4 "duplicate title 'demo'" <<END
socket = "$dir/keyd.sock"
signer-group "demo" {
	key "demo" { file = "demo.pem" }
	key "demo" { file = "other.pem" }
}
END
wrong 3 'unknown operation "decrypt"' <<END
signer-group "demo" {
	key "demo" { file = "demo.pem"
		operations = { decrypt }
	}
}
END
wrong 3 'no key "elsewhere"' <<END
signer-group "demo" { key "demo" { file = "demo.pem" } }
client "frontd" {
	keys = { "elsewhere" }
	role = server
}
END
wrong 2 "the file ends before client does" <<END
signer-group "demo" { key "demo" { file = "demo.pem" } }
client "frontd" { keys = { "demo" }
END
wrong 1 "no key is configured" <<END
socket = "$dir/keyd.sock"
END

# A file that is not there, or a directory, has no lines.
for file in "$dir/none.conf" "$dir"; do
	! "$BUILD/bin/keyd" -t -f "$file" 2>"$dir/said" || fail "keyd read $file"
	grep -q "^$file: " "$dir/said" || fail "keyd does not name $file"
done
configure_demo
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || fail "a good configuration is refused"
# What confinement a machine cannot give is logged; nothing else is said.
! grep -v '^time=.* event=confinement ' "$dir/said" || fail "keyd -t is not silent"
[ ! -e "$dir/keyd.sock" ] || fail "keyd -t made a socket"

# Each key file that holds no key is named, before anything is served.
echo garbage >"$dir/demo.pem"
openssl genpkey -algorithm ED448 -out "$dir/other.pem"
chmod 600 "$dir/other.pem"
sed -i 's/key "demo" .*/key "demo" { file = "demo.pem" } key "other" { file = "other.pem" } }/' "$dir/keyd.conf"
for option in -t ''; do
	status=0
	# shellcheck disable=SC2086
	timeout 10 "$BUILD/bin/keyd" $option -f "$dir/keyd.conf" 2>"$dir/said" || status=$?
	[ "$status" -eq 1 ] || fail "keyd $option ended with $status without keys"
	for name in demo other; do
		grep -q "^$dir/$name.pem: not a private key" "$dir/said" || fail "$name.pem is not named"
	done
	[ ! -e "$dir/keyd.sock" ] || fail "keyd $option left its socket"
done

# So is a key that cannot do what it is for.
make_key demo p256
cat >"$dir/keyd.conf" <<END
socket = "$dir/keyd.sock"
signer-group "demo" { key "demo" { file = "demo.pem" operations = { sign13, premaster } } }
END
status=0
timeout 10 "$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || status=$?
[ "$status" -eq 1 ] || fail "keyd ended with $status with an EC key for premaster secrets"
grep -qx "$dir/demo.pem: premaster is for RSA keys alone" "$dir/said" || fail "said: $(cat "$dir/said")"
make_key demo rsa
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" 2>"$dir/said" || fail "an RSA key for premaster secrets is refused"
