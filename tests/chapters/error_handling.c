/* Guide: Error handling, Error Types, Blinding, Stacktraces. */
#include "pair.h"

enum outcome { SUCCESS, FAILURE, RETRY };

/* The guide's way to act on a failure by its type. */
static enum outcome
handshake(struct s2n_connection *conn)
{
	s2n_blocked_status blocked;

	s2n_errno = S2N_ERR_T_OK;
	if (s2n_negotiate(conn, &blocked) == S2N_SUCCESS)
		return SUCCESS;
	switch (s2n_error_get_type(s2n_errno)) {
	case S2N_ERR_T_BLOCKED:
		return RETRY;
	case S2N_ERR_T_CLOSED:
		return SUCCESS;
	case S2N_ERR_T_ALERT:
		printf("alert %d\n", s2n_connection_get_alert(conn));
		return FAILURE;
	default:
		printf("%s\n", s2n_strerror_name(s2n_errno));
		return FAILURE;
	}
}

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	struct pair pair;
	FILE *trace = tmpfile();
	s2n_blocked_status blocked;
	enum outcome outcome;

	CHECK(argc == 3 && trace != NULL && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);

	/* A wrong call, and all that can be said of it. */
	CHECK(s2n_stack_traces_enabled_set(true) == 0);
	CHECK(s2n_config_set_cipher_preferences(client, "no such policy") < 0);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_USAGE);
	CHECK(*s2n_errno_location() == s2n_errno);
	CHECK(strcmp(s2n_strerror_name(s2n_errno),
		  "S2N_ERR_INVALID_SECURITY_POLICY") == 0);
	CHECK(strlen(s2n_strerror(s2n_errno, "EN")) > 0);
	CHECK(strstr(s2n_strerror_debug(s2n_errno, "EN"), ".c:") != NULL);
	CHECK(s2n_print_stacktrace(trace) == 0 && ftell(trace) > 0);
	CHECK(s2n_stack_traces_enabled_set(false) == 0);
	CHECK(s2n_free_stacktrace() == 0);

	/* A client that trusts nobody: it fails, and its peer hears why. */
	pair_open(&pair, client, server);
	while ((outcome = handshake(pair.client)) == RETRY)
		CHECK(handshake(pair.server) == RETRY);
	CHECK(outcome == FAILURE);
	CHECK(handshake(pair.server) == FAILURE);
	CHECK(s2n_connection_get_alert(pair.server) == 48);

	/* Self-service blinding: we would have to wait so long. */
	CHECK(s2n_connection_get_delay(pair.client) > 9ull * 1000000000);
	CHECK(s2n_connection_get_delay(pair.client) <= 30ull * 1000000000);
	CHECK(s2n_shutdown(pair.client, &blocked) < 0);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
