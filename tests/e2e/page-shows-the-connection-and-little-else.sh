#!/bin/sh
# The demo's page over TLS: what it shows, which requests it takes, and that
# nobody is served who does not come with a PROXY header.
set -eu
work=$(mktemp -d)
demo='' run=$work
trap '[ -z "$demo" ] || { kill "$demo" 2>/dev/null || :; wait "$demo" || :; }; rm -rf "$work"' EXIT
fail() {
	echo "$1"
	cat "$run/frontd.log" "$work/said" 2>/dev/null
	exit 1
}

# A build directory of its own, so that a running demo keeps its files.
ln -s "$(cd "$BUILD" && pwd)/bin" "$(cd "$BUILD" && pwd)/libexec" "$work"
chmod 755 "$work"
tries=0
until [ -n "$demo" ]; do
	tries=$((tries + 1))
	[ $tries -lt 6 ] || fail "no port was free"
	port=$((20000 + ($$ * 7 + tries * 1013) % 12000))
	: >"$work/said"
	tests/demo.sh "$work" $port >"$work/said" 2>&1 &
	demo=$!
	until grep -q 'is served' "$work/said"; do
		kill -0 $demo 2>/dev/null || { demo=''; break; }
		sleep 0.1
	done
done
run=$(sed -n 's/.*logs are in \([^;]*\);.*/\1/p' "$work/said")

ask() {
	path=$1
	shift
	curl -sS --max-time 5 --cacert "$work/demo/ca.pem" "$@" "https://localhost:$port$path"
}
status() {
	ask "$@" -o "$work/body" -w '%{http_code}'
}

# ---- what it shows; keyd's word arrives a moment after the start ----
tries=0
until ask /status.json | grep -q '"name":"keyd-signer"'; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || fail "keyd's processes are not shown"
	sleep 0.1
done
[ "$(status / -D "$work/head")" = 200 ] || fail "no page"
for shown in TLSv1.3 TLS_AES x25519 ecdsa_secp256r1_sha256 localhost keyd-signer '1 key'; do
	grep -qi "$shown" "$work/body" || fail "the page does not show $shown"
done
grep -q 'the process facing you, holds <strong>none' "$work/body" || fail "the page does not say who holds none"
grep -qi "^content-security-policy: default-src 'none'" "$work/head" || fail "no policy"
ask /status.json -o "$work/json"
grep -q '"version":"TLSv1.3".*"name":"localhost"' "$work/json" || fail "no facts in the JSON"
grep -q '"policy":"default"}' "$work/json" || fail "no policy in the JSON"
ask /status.json --tls-max 1.2 -o "$work/json"
grep -q '"version":"TLSv1.2","cipher":"ECDHE-ECDSA-AES[^"]*","group":"[^"]*","scheme":"legacy_ecdsa_sha256".*"policy":"default"}' \
    "$work/json" || fail "not the facts of TLS 1.2: $(cat "$work/json")"
[ "$(grep -c '"keys":1}' "$work/json")" = 1 ] || fail "not one process holds the one key"
pid=$(sed -n 's/.*"frontd-page","pid":\([0-9]*\),.*/\1/p' "$work/json")
grep -q '^Seccomp:[[:space:]]*2$' "/proc/$pid/status" || fail "frontd-page has no filter"

# ---- what it takes ----
size=$(ask / | wc -c)
ask / -I -o "$work/head"
tr -d '\r' <"$work/head" | grep -qix "content-length: $size" || fail "HEAD and GET differ"
[ "$(status /../etc/passwd --path-as-is)" = 404 ] || fail "not 404"
[ "$(status /frontd.conf)" = 404 ] || fail "not 404"
[ "$(status / -X POST -d a=b -D "$work/head")" = 405 ] || fail "not 405"
tr -d '\r' <"$work/head" | grep -qix 'allow: GET, HEAD' || fail "405 without Allow"
head -c 100000 /dev/zero | tr '\0' a >"$work/much"
[ "$(status / --data-binary "@$work/much" -H Expect:)" = 413 ] || fail "not 413"

# ---- who is not served ----
socket=$(sed -n 's/^page { socket = "\(.*\)" }$/\1/p' "$run/frontd.conf")
refusals() {
	grep -c 'process=frontd-page .*event=proxy reason=' "$run/frontd.log" || :
}
before=$(refusals)
for header in '' --haproxy-protocol; do
	# shellcheck disable=SC2086
	! curl -s --max-time 5 $header --unix-socket "$socket" http://localhost/ >"$work/body" ||
	    fail "served without a header of version 2 ($header)"
	[ ! -s "$work/body" ] || fail "words for one without a header ($header)"
done
[ "$(refusals)" = $((before + 2)) ] || fail "a refusal is not one line"
[ "$(status /)" = 200 ] || fail "the page is gone"
kill -0 "$pid" || fail "frontd-page is another one now"
