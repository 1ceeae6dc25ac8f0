/* Guide: Connection (memory, reuse, info), Config (overriding it), Security
 * Policies. */
#include "pair.h"

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	const char *group, *scheme;
	uint8_t first, second;
	struct pair pair;
	void *ctx;

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_set_cipher_preferences(server, "default_tls13") == 0);
	CHECK(s2n_config_set_cipher_preferences(client, "20190801") == 0);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);
	CHECK(s2n_config_append_protocol_preference(
		  server, (const uint8_t *)"h2", 2) == 0);
	CHECK(s2n_config_append_protocol_preference(
		  client, (const uint8_t *)"http/1.1", 8) == 0);
	CHECK(s2n_config_set_ctx(server, &pair) == 0);
	CHECK(s2n_config_get_ctx(server, &ctx) == 0 && ctx == &pair);

	/* The client's list of protocols is replaced for one connection. */
	pair_open(&pair, client, server);
	CHECK(s2n_connection_append_protocol_preference(
		  pair.client, (const uint8_t *)"h2", 2) == 0);
	CHECK(pair_negotiate(&pair));
	CHECK(strcmp(s2n_get_application_protocol(pair.client), "h2") == 0);
	CHECK(s2n_connection_get_actual_protocol_version(pair.server) ==
	      S2N_TLS13);
	CHECK(s2n_connection_get_client_protocol_version(pair.server) ==
	      S2N_TLS13);
	CHECK(s2n_connection_get_server_protocol_version(pair.server) ==
	      S2N_TLS13);
	CHECK(strcmp(s2n_get_server_name(pair.server), "localhost") == 0);
	CHECK(s2n_connection_get_cipher_iana_value(
		  pair.client, &first, &second) == 0);
	CHECK(first == 0x13);
	CHECK(strncmp(s2n_connection_get_cipher(pair.client), "TLS_", 4) == 0);
	CHECK(s2n_connection_get_key_exchange_group(pair.client, &group) == 0);
	CHECK(s2n_connection_get_signature_scheme(pair.client, &scheme) == 0);
	CHECK(s2n_connection_is_valid_for_cipher_preferences(
		  pair.client, "20190801") == 1);
	CHECK(s2n_connection_is_valid_for_cipher_preferences(
		  pair.client, "20170210") == 0);

	/* An idle connection keeps little. */
	CHECK(s2n_connection_free_handshake(pair.client) == 0);
	CHECK(s2n_connection_free_handshake(pair.server) == 0);
	CHECK(s2n_connection_release_buffers(pair.client) == 0);
	pair_say(pair.client, pair.server, "still here");
	pair_say(pair.server, pair.client, "so am I");

	/* The same object for another connection. */
	CHECK(s2n_connection_wipe(pair.client) == 0);
	CHECK(s2n_connection_wipe(pair.server) == 0);
	CHECK(s2n_get_application_protocol(pair.client) == NULL);
	CHECK(s2n_connection_set_fd(pair.client, pair.fds[0]) == 0);
	CHECK(s2n_connection_set_fd(pair.server, pair.fds[1]) == 0);
	CHECK(s2n_set_server_name(pair.client, "localhost") == 0);
	CHECK(s2n_connection_set_cipher_preferences(pair.server, "20190214") ==
	      0);
	CHECK(s2n_connection_set_cipher_preferences(pair.client, "20190214") ==
	      0);
	CHECK(pair_negotiate(&pair));
	CHECK(s2n_get_application_protocol(pair.client) == NULL);
	CHECK(s2n_connection_get_actual_protocol_version(pair.client) ==
	      S2N_TLS12);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
