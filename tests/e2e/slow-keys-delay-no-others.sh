#!/bin/sh
# Keys of one group that take long have a process of their own: while that one
# stands still, the others sign. Each is replaced when it dies, with its keys,
# and a reload places keys anew.
set -eu
. tests/e2e/lib/keyd.sh

# configure KEY...: all in one group, in this order.
configure() {
	list=
	{
		echo "socket = \"$dir/keyd.sock\""
		echo "signer-group \"all\" {"
		for name in "$@"; do
			echo "key \"$name\" { file = \"$name.pem\" operations = { sign13 } }"
			list="$list${list:+, }\"$name\""
		done
		echo "}"
		echo "client \"frontd\" { uid = \"$(id -u)\" keys = { $list } }"
	} >"$dir/keyd.conf"
}

# signer SPEED: the pid of the last one that told it, once it has.
signer() {
	for _ in $(seq 200); do
		pid=$(sed -n "s/.*event=signer group=all speed=$1 child=\([0-9]*\) .*keys=$2\$/\1/p" "$dir/log" | tail -n 1)
		[ -z "$pid" ] || break
		sleep 0.1
	done
	[ -n "$pid" ] || fail "no signer is $1 and has $2 keys"
}

signs() {
	for name in "$@"; do
		ask sign "$dir/$name.pub" 2 || fail "$name does not sign"
	done
}

make_key ec p256
make_key other p256
make_key rsa rsa
openssl genrsa -out "$dir/big.pem" 4096 2>/dev/null
chmod 600 "$dir/big.pem"
openssl pkey -in "$dir/big.pem" -pubout -out "$dir/big.pub"
configure big ec rsa other
"$BUILD/bin/keyd" -t -f "$dir/keyd.conf" || fail "keyd -t finds something wrong"
"$BUILD/bin/keyd" -f "$dir/keyd.conf" 2>"$dir/log" &
keyd=$!
signer slow 1
slow=$pid
signer fast 2
fast=$pid
signer medium 1
medium=$pid
[ "$slow" -ne "$fast" ] || fail "slow and fast share a process"
[ "$fast" -ne "$medium" ] || fail "fast and medium share a process"
signs big ec rsa other

# A process that does not run at all is the slowest there is.
kill -STOP "$slow" "$medium"
signs ec other
kill -CONT "$medium"
signs rsa
kill -CONT "$slow"
signs big

for pid in "$slow" "$fast" "$medium"; do
	: >"$dir/log"
	kill -9 "$pid"
	gone "$pid" || fail "a signer lives"
	for _ in $(seq 100); do
		! grep -q 'event=signer group=all' "$dir/log" || break
		sleep 0.1
	done
	signs big ec rsa other
done

: >"$dir/log"
configure other ec
kill -HUP "$keyd"
for _ in $(seq 200); do
	! grep -q 'event=reload result=done' "$dir/log" || break
	sleep 0.1
done
grep -q 'event=reload result=done' "$dir/log" || fail "no reload"
signs ec other
! grep -q 'speed=slow\|speed=medium' "$dir/log" || fail "a process for nothing"
stop_keyd
