#!/bin/sh
# curl (libcurl on OpenSSL) as the client of our server.
. tests/interop/lib.sh

for cert in p256 p384 p521 rsa pss; do
	our_server "$cert" --http --alpn http/1.1
	interop_rows | grep "^$cert " >"$work/rows"
	while read -r cert suite group kind; do
		curves=$(openssl_group "$group")
		[ "$kind" = direct ] || curves=X448:$curves
		case_server curl "$cert $suite $group $kind" \
		    curl -sS -m 10 --cacert "$certs/ca.pem" --tlsv1.3 --tls13-ciphers "$suite" --curves "$curves" \
		    --resolve "localhost:$port:127.0.0.1" "https://localhost:$port/"
	done <"$work/rows"
	stop "$pid"
done

interop_end
