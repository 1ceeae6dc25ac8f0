#!/bin/sh
# One channel of keyd's misbehaves, and another notices nothing of it.
# tests/oracle/abuse.sh malformed|quota COUNT, with $BUILD set; see keyabuse.c.
set -eu
. tests/e2e/lib/keyd.sh

configure_demo
[ "$1" != quota ] || sed -i 's/tickets = false/& rate = 500 burst = 50/' "$dir/keyd.conf"
make_key demo p256
start_keyd
"$BUILD/tests/keyabuse" "$1" "$2" "$dir/keyd.sock" "$dir/demo.pub" || fail "another channel suffers"
! grep 'event=signer-died' "$dir/log" || fail "a signer died"
stop_keyd
