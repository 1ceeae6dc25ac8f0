/* Guide: s2n_config_set_client_hello_cb, and the ClientHello functions. */
#include "pair.h"

static struct s2n_config *special;

/* Decides by the server name, and looks at the rest. */
static int
look(struct s2n_connection *conn, void *ctx)
{
	struct s2n_client_hello *hello = s2n_connection_get_client_hello(conn);
	uint8_t bytes[4096], id[32];
	uint32_t len;
	ssize_t all;

	CHECK(hello != NULL && *(unsigned *)ctx == 0);
	++*(unsigned *)ctx;
	all = s2n_client_hello_get_raw_message_length(hello);
	CHECK(all > 0 && all <= (ssize_t)sizeof bytes);
	CHECK(s2n_client_hello_get_raw_message(hello, bytes, sizeof bytes) ==
	      all);
	CHECK(s2n_client_hello_get_cipher_suites_length(hello) % 2 == 0);
	CHECK(s2n_client_hello_get_cipher_suites(hello, bytes, 2) == 2);
	all = s2n_client_hello_get_extensions_length(hello);
	CHECK(
	    s2n_client_hello_get_extensions(hello, bytes, sizeof bytes) == all);
	CHECK(s2n_client_hello_get_session_id_length(hello, &len) == 0);
	CHECK(s2n_client_hello_get_session_id(hello, id, &len, sizeof id) == 0);
	all = s2n_client_hello_get_extension_length(
	    hello, S2N_EXTENSION_SERVER_NAME);
	CHECK(s2n_client_hello_get_extension_by_id(hello,
		  S2N_EXTENSION_SERVER_NAME, bytes, sizeof bytes) == all);
	/* List, type and length stand before the name (RFC 6066 3). */
	CHECK(all == 5 + 9 && memcmp(bytes + 5, "localhost", 9) == 0);
	CHECK(s2n_connection_set_config(conn, special) == 0);
	return s2n_connection_server_name_extension_used(conn);
}

static int
refuse(struct s2n_connection *conn, void *ctx)
{
	(void)conn;
	(void)ctx;
	return -1;
}

int
main(int argc, char **argv)
{
	static const char *const protocols[] = { "special" };
	struct s2n_config *client, *server;
	s2n_blocked_status blocked;
	unsigned calls = 0;
	struct pair pair;

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK((special = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_add_cert_chain_and_key(
		  special, read_file(argv[1]), read_file(argv[2])) == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);
	CHECK(s2n_config_set_protocol_preferences(client, protocols, 1) == 0);
	CHECK(s2n_config_set_protocol_preferences(special, protocols, 1) == 0);

	/* Non-blocking: the handshake waits until the callback is done. */
	CHECK(s2n_config_set_client_hello_cb(server, look, &calls) == 0);
	CHECK(s2n_config_set_client_hello_cb_mode(
		  server, S2N_CLIENT_HELLO_CB_NONBLOCKING) == 0);
	pair_open(&pair, client, server);
	CHECK(pair_step(pair.client) == 0);
	for (int i = 0; i < 3; i++) {
		CHECK(s2n_negotiate(pair.server, &blocked) < 0);
		CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
		CHECK(blocked == S2N_BLOCKED_ON_APPLICATION_INPUT);
	}
	CHECK(s2n_client_hello_cb_done(pair.server) == 0);
	CHECK(pair_negotiate(&pair));
	CHECK(calls == 1);
	CHECK(
	    strcmp(s2n_get_application_protocol(pair.client), "special") == 0);
	pair_close(&pair);

	/* A negative answer is the alert handshake_failure. */
	CHECK(s2n_config_set_client_hello_cb(server, refuse, NULL) == 0);
	pair_open(&pair, client, server);
	CHECK(!pair_negotiate(&pair));
	CHECK(pair_step(pair.client) == -1);
	CHECK(s2n_connection_get_alert(pair.client) == 40);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	s2n_config_free(special);
	puts("ok");
	return 0;
}
