#!/bin/sh
# openssl s_client and s_server as peers of our server and our client.
. tests/interop/lib.sh

printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$work/request"

# s_client OPTION...: one request; the certificate has to verify.
s_client() {
	timeout 10 openssl s_client -connect "127.0.0.1:$port" -servername localhost -CAfile "$certs/ca.pem" \
	    -verify_hostname localhost -verify_return_error -quiet "$@" <"$work/request"
}

# s_server CERTIFICATE OPTION...: sets $pid, $port and $peer_log.
s_server() {
	peer_log=$work/s_server.log
	name=$1
	shift
	start "$peer_log" openssl s_server -accept 127.0.0.1:0 -cert "$certs/$name.pem" -key "$certs/$name.key" "$@"
	await '^ACCEPT ' "$peer_log" || exit 1
	port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$peer_log")
}

for cert in p256 p384 p521 rsa pss; do
	our_server "$cert" --http
	interop_rows | grep "^$cert " >"$work/rows"
	while read -r cert suite group kind; do
		groups=$(openssl_group "$group")
		[ "$kind" = direct ] || groups=X448:$groups
		case_server s_client "$cert $suite $group $kind" s_client -ciphersuites "$suite" -groups "$groups"
	done <"$work/rows"
	stop "$pid"
done

client_rows >"$work/rows"
while read -r cert suite group kind; do
	policy=$(client_policy "$group" "$kind")
	s_server "$cert" -tls1_3 -ciphersuites "$suite" -groups "$(openssl_group "$group")" -rev
	case_client s_server "$cert $suite $group $kind" "$policy" --send hello --expect olleh
	stop "$pid"
done <"$work/rows"

# Key updates, ours and the peer's, with and without an answer.
our_server p256 --key-update
(
	echo one
	for command in K two k three; do
		sleep 0.3
		echo "$command"
	done
	sleep 0.5
	echo Q
) | timeout 10 openssl s_client -connect "127.0.0.1:$port" -CAfile "$certs/ca.pem" >"$work/client.log" 2>&1
grep -qx one "$work/client.log" && grep -qx two "$work/client.log" && grep -qx three "$work/client.log" &&
    [ "$(grep -c KEYUPDATE "$work/client.log")" -eq 2 ] && grep -qx closed "$server_log"
result 's_client: key updates both ways' $? "$work/client.log" "$server_log"
stop "$pid"

s_server p256 -tls1_3 -rev
case_client 's_server, key update by our client' 'p256 TLS_AES_128_GCM_SHA256 secp256r1 direct' default_tls13 \
    --send hello --expect olleh --key-update
stop "$pid"

# Four megabytes each way through many records. s_server -HTTP gives a file as it
# is, from the directory it runs in.
head -c 4000000 /dev/urandom >"$work/big"
our_server p256 --http --body "$work/big" --key-update
s_client >"$work/answer" 2>"$work/client.log"
tail -c 4000000 "$work/answer" | cmp - "$work/big" >>"$work/client.log" 2>&1
result 's_client: four megabytes from our server' $? "$work/client.log" "$server_log"
stop "$pid"

peer_log=$work/s_server.log
start "$peer_log" sh -c "cd '$work' && exec openssl s_server -accept 127.0.0.1:0 -cert certs/p256.pem \
    -key certs/p256.key -tls1_3 -HTTP"
await '^ACCEPT ' "$peer_log" || exit 1
port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$peer_log")
case_client 's_server: four megabytes to our client' 'p256 TLS_AES_128_GCM_SHA256 secp256r1 direct' default_tls13 \
    --send "$(printf 'GET /big HTTP/1.0\r\n\r')" --save "$work/saved"
cmp "$work/saved" "$work/big" >"$work/cmp.log" 2>&1
result 's_server: all of them the same' $? "$work/cmp.log"
stop "$pid"

# ALPN, chosen by the server's order.
our_server p256 --http --alpn h2,http/1.1
s_client -alpn http/1.1,h2 >"$work/client.log" 2>&1
grep -qx 'alpn h2' "$server_log"
result 's_client: the server chooses the protocol' $? "$work/client.log" "$server_log"
s_client -alpn smtp >"$work/client.log" 2>&1
tail -n 3 "$server_log" | grep -qx 'alpn -'
result 's_client: no common protocol, and none is used' $? "$work/client.log" "$server_log"

# What must be refused, and the alert that RFC 8446 names.
s_client -tls1_3 -groups X448 >"$work/client.log" 2>&1
case_refused 's_client: no common group' 'alert number 40' "$work/client.log" $?
s_client -tls1_3 -sigalgs RSA-PSS+SHA256 >"$work/client.log" 2>&1
case_refused 's_client: no scheme for the certificate' 'alert number 40' "$work/client.log" $?
stop "$pid"

s_server p256 -tls1_3 -www
"$BUILD/tests/tlsclient" --port "$port" --ca "$certs/rsa.pem" >"$work/client.log" 2>&1
status=$?
await 'alert number' "$peer_log"
case_refused 'our client: a chain from nobody it trusts' '^failed S2N_ERR_CERT_UNTRUSTED' "$work/client.log" $status
case_refused 'our client: says unknown_ca' 'alert number 48' "$peer_log" $status
stop "$pid"

s_server p256 -tls1_3 -rev
"$BUILD/tests/tlsclient" --port "$port" --ca "$certs/ca.pem" --name elsewhere.example >"$work/client.log" 2>&1
case_refused 'our client: a certificate of another name' '^failed S2N_ERR_CERT' "$work/client.log" $?
stop "$pid"

interop_end
