/* Guide: Using Early Data / 0RTT, by tickets: sent with the first message of a
 * resumed session, taken or refused by the application's word. */
#include "pair.h"

static uint8_t session[1024];
static size_t session_len;
static const char greeting[] = "GET / HTTP/1.1\r\n\r\n";
static bool seen; /* this ticket's early data, once */

static int
keep_ticket(
    struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	(void)conn;
	(void)ctx;
	if (session_len > 0)
		return 0; /* the first one will do, twice */
	CHECK(s2n_session_ticket_get_data_len(ticket, &session_len) == 0);
	CHECK(session_len <= sizeof session);
	return s2n_session_ticket_get_data(ticket, session_len, session);
}

/* Against replays: each ticket once. Its context came with the ticket. */
static int
decide(struct s2n_connection *conn, struct s2n_offered_early_data *early_data)
{
	uint8_t context[16];
	uint16_t len;

	(void)conn;
	CHECK(s2n_offered_early_data_get_context_length(early_data, &len) == 0);
	CHECK(len == 4);
	CHECK(s2n_offered_early_data_get_context(
		  early_data, context, sizeof context) == 0);
	CHECK(memcmp(context, "here", 4) == 0);
	if (seen)
		return s2n_offered_early_data_reject(early_data);
	seen = true;
	return s2n_offered_early_data_accept(early_data);
}

/* The server's half, little by little; gives the bytes that came. */
static ssize_t
receive(struct s2n_connection *conn, struct s2n_connection *client)
{
	s2n_blocked_status blocked;
	char there[64];
	ssize_t got = 0, n;
	int r;

	do {
		r = s2n_recv_early_data(
		    conn, (uint8_t *)there + got, 5, &n, &blocked);
		got += n;
		CHECK(r == 0 ||
		      s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
		/* There is more than fits, or the client has to go on. */
		if (r != 0 && blocked == S2N_BLOCKED_ON_EARLY_DATA)
			CHECK(strcmp(s2n_strerror_name(s2n_errno),
				  "S2N_ERR_EARLY_DATA_BLOCKED") == 0);
		else if (r != 0)
			(void)pair_step(client);
	} while (r != 0);
	CHECK(memcmp(there, greeting, (size_t)got) == 0);
	return got;
}

static void
again(struct s2n_config *client, struct s2n_config *server, bool taken)
{
	const ssize_t len = sizeof greeting - 1;
	s2n_early_data_status_t status;
	s2n_blocked_status blocked;
	uint32_t allowed;
	struct pair pair;
	ssize_t sent;

	pair_open(&pair, client, server);
	CHECK(
	    s2n_connection_set_session(pair.client, session, session_len) == 0);
	CHECK(
	    s2n_connection_get_max_early_data_size(pair.client, &allowed) == 0);
	CHECK(allowed == 1000);
	(void)s2n_send_early_data(
	    pair.client, (const uint8_t *)greeting, len, &sent, &blocked);
	CHECK(sent == len);
	CHECK(s2n_connection_get_remaining_early_data_size(
		  pair.client, &allowed) == 0);
	CHECK(allowed == 1000 - (uint32_t)len);
	CHECK(receive(pair.server, pair.client) == (taken ? len : 0));
	CHECK(pair_negotiate(&pair));
	CHECK(s2n_connection_is_session_resumed(pair.client) == 1);
	CHECK(s2n_connection_get_early_data_status(pair.client, &status) == 0);
	CHECK(status == (taken ? S2N_EARLY_DATA_STATUS_END
			       : S2N_EARLY_DATA_STATUS_REJECTED));
	/* What was refused is sent again, as usual. */
	if (!taken)
		pair_say(pair.client, pair.server, greeting);
	pair_say(pair.server, pair.client, "HTTP/1.1 204\r\n\r\n");
	pair_close(&pair);
}

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	s2n_blocked_status blocked;
	uint8_t key[32] = { 1 };
	struct pair pair;
	char byte;

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_set_cipher_preferences(client, "default_tls13") == 0);
	CHECK(s2n_config_set_cipher_preferences(server, "default_tls13") == 0);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);
	CHECK(s2n_config_set_session_tickets_onoff(client, 1) == 0);
	CHECK(s2n_config_set_session_ticket_cb(client, keep_ticket, NULL) == 0);
	CHECK(s2n_config_set_session_tickets_onoff(server, 1) == 0);
	CHECK(s2n_config_add_ticket_crypto_key(
		  server, (const uint8_t *)"key", 3, key, sizeof key, 0) == 0);
	CHECK(s2n_config_set_server_max_early_data_size(server, 1000) == 0);
	CHECK(s2n_config_set_early_data_cb(server, decide) == 0);

	pair_open(&pair, client, server);
	CHECK(s2n_connection_set_server_early_data_context(
		  pair.server, (const uint8_t *)"here", 4) == 0);
	CHECK(pair_negotiate(&pair));
	CHECK(s2n_recv(pair.client, &byte, 1, &blocked) < 0);
	CHECK(session_len > 0);
	pair_close(&pair);

	again(client, server, true);
	again(client, server, false);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
