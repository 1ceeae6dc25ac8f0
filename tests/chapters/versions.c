/* Guide: Supported TLS Versions: what policies come to, and the hello of SSL
 * 2.0, which is understood, unlike the protocol. */
#include "pair.h"

/* RFC 5246 E.2, by hand: TLS 1.2, one suite (ECDHE-ECDSA-AES128-GCM-SHA256). */
static const uint8_t old_hello[] = { 0x80, 28, 1, 3, 3, 0, 3, 0, 0, 0, 16, 0,
	0xc0, 0x2b, 'a', ' ', 'c', 'h', 'a', 'l', 'l', 'e', 'n', 'g', 'e', ' ',
	'o', 'f', '1', '6' };

static const struct {
	const char *server, *client;
	int version; /* 0: none in common */
} cases[] = {
	{ "default_tls13", "default_tls13", S2N_TLS13 },
	{ "default_tls13", "20190214", S2N_TLS12 },
	{ "20190214", "default_tls13", S2N_TLS12 },
	{ "20190214", "AWS-CRT-SDK-TLSv1.3", 0 },
};

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	s2n_blocked_status blocked;
	struct pair pair;
	uint8_t answer[6];

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(s2n_config_set_cipher_preferences(
			  server, cases[i].server) == 0);
		CHECK(s2n_config_set_cipher_preferences(
			  client, cases[i].client) == 0);
		pair_open(&pair, client, server);
		CHECK(pair_negotiate(&pair) == (cases[i].version != 0));
		if (cases[i].version != 0) {
			CHECK(s2n_connection_get_actual_protocol_version(
				  pair.client) == cases[i].version);
			CHECK(s2n_connection_get_actual_protocol_version(
				  pair.server) == cases[i].version);
		}
		pair_close(&pair);
	}

	CHECK(s2n_config_set_cipher_preferences(server, "20190214") == 0);
	pair_open(&pair, client, server);
	CHECK(write(pair.fds[0], old_hello, sizeof old_hello) ==
	      (ssize_t)sizeof old_hello);
	CHECK(s2n_negotiate(pair.server, &blocked) < 0);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
	CHECK(blocked == S2N_BLOCKED_ON_READ);
	CHECK(
	    s2n_connection_get_client_hello_version(pair.server) == S2N_SSLv2);
	CHECK(s2n_connection_get_client_protocol_version(pair.server) ==
	      S2N_TLS12);
	/* A handshake record of TLS 1.2 with a ServerHello. */
	CHECK(read(pair.fds[0], answer, sizeof answer) == sizeof answer);
	CHECK(answer[0] == 22 && answer[1] == 3 && answer[2] == 3);
	CHECK(answer[5] == 2);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
