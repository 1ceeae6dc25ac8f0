#!/bin/sh
# gnutls-cli and gnutls-serv as peers of our server and our client.
. tests/interop/lib.sh

printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$work/request"

# gnutls_cli PRIORITY: one request; the certificate has to verify.
gnutls_cli() {
	timeout 10 gnutls-cli --single-key-share --logfile "$work/cli.log" --x509cafile "$certs/ca.pem" --sni-hostname localhost \
	    --verify-hostname localhost --priority "$1" -p "$port" 127.0.0.1 <"$work/request"
}

for cert in p256 p384 p521 rsa pss; do
	our_server "$cert" --http
	interop_rows | grep "^$cert " >"$work/rows"
	while read -r cert suite group kind; do
		groups=$group
		[ "$kind" = direct ] || groups="x448 $group"
		# shellcheck disable=SC2086
		priority=$(gnutls_priority "$suite" $groups)
		case_server gnutls-cli "$cert $suite $group $kind" gnutls_cli "$priority"
	done <"$work/rows"
	stop "$pid"
done

# gnutls-serv takes no port 0: one is chosen that nobody has.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

peer_log=$work/gnutls-serv.log
client_rows >"$work/rows"
while read -r cert suite group kind; do
	policy=$(client_policy "$group" "$kind")
	port=$(free_port)
	start "$peer_log" gnutls-serv --echo -p "$port" --x509certfile "$certs/$cert.pem" \
	    --x509keyfile "$certs/$cert.key" --priority "$(gnutls_priority "$suite" "$group")"
	await 'IPv4.*done' "$peer_log" || exit 1
	case_client gnutls-serv "$cert $suite $group $kind" "$policy" --send hello --expect hello --key-update
	stop "$pid"
done <"$work/rows"

interop_end
