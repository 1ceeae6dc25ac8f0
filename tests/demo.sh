#!/bin/sh
# make run: a demo key and chain, keyd and frontd in the foreground, one line
# with the URL; everything ends with Ctrl-C or SIGTERM.
#
# usage: tests/demo.sh BUILD PORT
set -eu
build=$(cd "$1" && pwd)
port=$2
demo=$build/demo
# What belongs to this run alone; every account that a part runs under must
# reach the sockets.
if [ "$(id -u)" = 0 ]; then
	run=/run/sallyport/demo-$$
else
	run=${XDG_RUNTIME_DIR:-$demo}/sallyport-$$
fi
keyd_keeper='' frontd_keeper='' status=1

# ---- what is made once: a CA, a key, a chain ----

make_certificate() {
	echo "basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1" >"$demo/extensions"
	(
		umask 077
		openssl ecparam -name prime256v1 -genkey -noout -out "$demo/ca-key.pem"
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		    -out "$demo/key.pem"
	)
	openssl req -x509 -new -key "$demo/ca-key.pem" -days 825 \
	    -subj "/CN=Sallyport demo CA" -out "$demo/ca.pem"
	openssl req -new -key "$demo/key.pem" -subj "/CN=localhost" \
	    -out "$demo/request.pem"
	openssl x509 -req -in "$demo/request.pem" -CA "$demo/ca.pem" \
	    -CAkey "$demo/ca-key.pem" -CAcreateserial -days 397 \
	    -extfile "$demo/extensions" -out "$demo/chain.pem"
	# The CA signed all that it ever will.
	rm -f "$demo/ca-key.pem" "$demo/request.pem" "$demo/extensions" "$demo"/*.srl
}

make_configuration() {
	cat >"$run/keyd.conf" <<-END
		socket = "$run/keyd.sock"
		signer-group "demo" {
		  key "demo" { file = "$demo/key.pem" operations = { sign13, sign12 } }
		}
		client "frontd" { uid = "$(id -u)" keys = { "demo" } role = server }
	END
	{
		cat <<-END
			worker { processes = auto sandbox = best-effort }
			keyd-socket = "$run/keyd.sock"
			admin-socket = "$run/frontd-admin.sock"
			page { socket = "$run/page.sock" }
			site "demo" {
			  names = { "localhost" }
			  chain = "$demo/chain.pem"
			  alpn = { "http/1.1" }
			  backend = "unix:$run/page.sock"
			  proxy-protocol = v2
			}
			listen "127.0.0.1:$port" { default = "demo" }
		END
		[ ! -e /proc/net/if_inet6 ] ||
		    echo "listen \"[::1]:$port\" { default = \"demo\" }"
	} >"$run/frontd.conf"
}

# ---- what runs ----

# As a service manager would: starts again what a signal killed. Its own end
# ends the program.
keep() {
	trap 'ending=1; kill "$program" 2>/dev/null || :' TERM
	trap '' INT
	ending=''
	while :; do
		"$@" &
		program=$!
		code=0
		while :; do
			wait "$program" && code=0 || code=$?
			kill -0 "$program" 2>/dev/null || break
		done
		[ -z "$ending" ] && [ "$code" -gt 128 ] || exit "$code"
		sleep 0.2
	done
}

finish() {
	trap '' INT TERM
	for keeper in $frontd_keeper $keyd_keeper; do
		kill "$keeper" 2>/dev/null || :
	done
	for keeper in $frontd_keeper $keyd_keeper; do
		wait "$keeper" 2>/dev/null || :
	done
	mv "$run"/*.log "$demo"
	rm -rf "$run"
	exit "$status"
}

# Lines that are no log lines say why a program would not start; or else its
# errors do.
give_up() {
	grep -hv '^time=' "$run/keyd.log" "$run/frontd.log" >&2 ||
	    grep -h ' level=error ' "$run/keyd.log" "$run/frontd.log" >&2 ||
	    echo "demo: no answer on port $port; see $run/keyd.log and $run/frontd.log" >&2
	exit 1
}

# Another program may be what answers on the port.
runs() {
	for keeper in $frontd_keeper $keyd_keeper; do
		kill -0 "$keeper" 2>/dev/null || give_up
	done
	grep -q ' event=start ' "$run/frontd.log"
}

serves() {
	openssl s_client -connect "127.0.0.1:$port" -servername localhost \
	    -CAfile "$demo/ca.pem" -verify_return_error </dev/null >/dev/null 2>&1
}

# Best effort, never silent.
say_what_is_missing() {
	sed -n 's/.*event=confinement profile=\([^ ]*\) layer=\([^ ]*\) level=\([^ ]*\) reason=\(.*\)/\1: \2 \3 (\4)/p' \
	    "$run/keyd.log" "$run/frontd.log" | tr -d '"' | sort -u |
	    sed 's/^/confinement of /'
}

umask 022
mkdir -p "$demo" "$run"
openssl x509 -in "$demo/chain.pem" -noout -checkend 86400 >/dev/null 2>&1 ||
    make_certificate 2>"$demo/openssl.log" || { cat "$demo/openssl.log" >&2; exit 1; }
make_configuration
: >"$run/keyd.log"
: >"$run/frontd.log"
trap finish EXIT
trap 'status=0; exit' INT TERM

keep "$build/bin/keyd" -f "$run/keyd.conf" 2>>"$run/keyd.log" &
keyd_keeper=$!
keep "$build/bin/frontd" -f "$run/frontd.conf" 2>>"$run/frontd.log" &
frontd_keeper=$!

tries=0
until runs && serves; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || give_up
	sleep 0.1
done
say_what_is_missing
echo "https://localhost:$port/ is served; trust $demo/ca.pem; logs are in $run; Ctrl-C ends it"
echo "seen from inside: $build/bin/frontctl -s $run/frontd-admin.sock status, and $build/bin/keydctl -s $run/keyd-admin.sock status"
wait "$frontd_keeper" || give_up
