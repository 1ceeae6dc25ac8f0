#!/bin/sh
# Whether the time of an answer tells good premaster secrets from bad ones.
# tests/oracle/premaster.sh [COUNT], with $BUILD set: so many of each kind. Not
# in `make check`, which looks at status and size alone.
set -eu
. tests/e2e/lib/keyd.sh

make_key demo rsa
cat >"$dir/keyd.conf" <<-END
	socket = "$dir/keyd.sock"
	signer-group "demo" { key "demo" { file = "demo.pem" operations = { sign13, premaster } } }
	client "we" { uid = "$(id -u)" keys = { "demo" } role = server tickets = false }
END
start_keyd
"$BUILD/tests/keytiming" "${1:-20000}" "$dir/keyd.sock" "$dir/demo.pub"
stop_keyd
