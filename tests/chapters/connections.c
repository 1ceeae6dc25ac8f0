/* Guide: Connection-oriented functions: a descriptor for each direction, the
 * ClientHello, and what one connection does otherwise than its config. */
#include "pair.h"

static uint8_t
refused(const char *name, size_t len, void *ctx)
{
	(void)name;
	*(size_t *)ctx = len;
	return 0;
}

/* Two pipes instead of a socket. */
static void
over_pipes(struct pair *pair, struct s2n_config *client,
    struct s2n_config *server, int pipes[2][2])
{
	int fd;

	for (int i = 0; i < 2; i++) {
		CHECK(pipe(pipes[i]) == 0);
		CHECK(fcntl(pipes[i][0], F_SETFL, O_NONBLOCK) == 0);
	}
	pair_open(pair, client, server);
	CHECK(s2n_connection_set_read_fd(pair->client, pipes[0][0]) == 0);
	CHECK(s2n_connection_set_write_fd(pair->client, pipes[1][1]) == 0);
	CHECK(s2n_connection_set_read_fd(pair->server, pipes[1][0]) == 0);
	CHECK(s2n_connection_set_write_fd(pair->server, pipes[0][1]) == 0);
	CHECK(s2n_connection_get_read_fd(pair->server, &fd) == 0);
	CHECK(fd == pipes[1][0]);
	CHECK(s2n_connection_get_write_fd(pair->server, &fd) == 0);
	CHECK(fd == pipes[0][1]);
}

int
main(int argc, char **argv)
{
	static const uint8_t response[] = "response", scts[] = "timestamps";
	struct s2n_config *client, *server;
	struct s2n_client_hello *hello;
	uint8_t raw[4096], id[64];
	struct pair pair;
	int pipes[2][2];
	ssize_t size;
	uint32_t len;
	size_t asked = 0;

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_set_cipher_preferences(client, "20190214") == 0);
	CHECK(s2n_config_set_cipher_preferences(server, "20190214") == 0);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);
	/* The older way to set what a certificate is stapled. */
	CHECK(s2n_config_set_extension_data(server, S2N_EXTENSION_OCSP_STAPLING,
		  response, sizeof response) == 0);
	CHECK(s2n_config_set_extension_data(server,
		  S2N_EXTENSION_CERTIFICATE_TRANSPARENCY, scts,
		  sizeof scts) == 0);
	CHECK(s2n_config_set_status_request_type(
		  client, S2N_STATUS_REQUEST_OCSP) == 0);
	CHECK(s2n_config_set_check_stapled_ocsp_response(client, 0) == 0);

	over_pipes(&pair, client, server, pipes);
	CHECK(s2n_connection_get_client_hello(pair.server) == NULL);
	CHECK(pair_negotiate(&pair));
	pair_say(pair.client, pair.server, "one way");
	pair_say(pair.server, pair.client, "and the other");
	CHECK(memcmp(s2n_connection_get_ocsp_response(pair.client, &len),
		  response, sizeof response) == 0);

	/* The message without its random bytes. */
	CHECK((hello = s2n_connection_get_client_hello(pair.server)) != NULL);
	size = s2n_client_hello_get_raw_message_length(hello);
	CHECK(size > 34 && size <= (ssize_t)sizeof raw);
	CHECK(s2n_client_hello_get_raw_message(hello, raw, (uint32_t)size) ==
	      size);
	CHECK(raw[0] == 3 && raw[1] == 3);
	for (int i = 2; i < 34; i++)
		CHECK(raw[i] == 0);

	/* No session was asked for, and none made. */
	CHECK(s2n_client_hello_get_session_id_length(hello, &len) == 0);
	CHECK(s2n_client_hello_get_session_id(hello, id, &len, sizeof id) == 0);
	CHECK(s2n_connection_get_session_id_length(pair.client) ==
	      s2n_connection_get_session_id_length(pair.server));
	pair_close(&pair);
	for (int i = 0; i < 4; i++)
		close(pipes[i / 2][i % 2]);

	/* One connection asks somebody else about the name. */
	pair_open(&pair, client, server);
	CHECK(s2n_connection_set_verify_host_callback(
		  pair.client, refused, &asked) == 0);
	CHECK(!pair_negotiate(&pair));
	CHECK(asked == strlen("localhost"));
	pair_close(&pair);

	/* And another wants a certificate, which the client does not have. */
	pair_open(&pair, client, server);
	CHECK(s2n_connection_set_client_auth_type(
		  pair.server, S2N_CERT_AUTH_REQUIRED) == 0);
	CHECK(!pair_negotiate(&pair));
	CHECK(strcmp(s2n_strerror_name(s2n_errno),
		  "S2N_ERR_MISSING_CLIENT_CERT") == 0);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
