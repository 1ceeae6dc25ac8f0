/* Guide: Session Resumption: ticket keys, stateless and stateful, in TLS 1.2
 * and TLS 1.3. */
#include "pair.h"

static uint8_t session[1024], cached_key[32], cached[512];
static size_t session_len;
static uint64_t cached_len;
static unsigned tickets;

static int
keep_ticket(
    struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	uint32_t lifetime;

	(void)conn;
	CHECK(ctx == &tickets);
	CHECK(s2n_session_ticket_get_data_len(ticket, &session_len) == 0);
	CHECK(session_len <= sizeof session);
	CHECK(s2n_session_ticket_get_data(ticket, session_len, session) == 0);
	CHECK(s2n_session_ticket_get_lifetime(ticket, &lifetime) == 0);
	CHECK(lifetime > 0);
	tickets++;
	return 0;
}

static int
store(struct s2n_connection *conn, void *ctx, uint64_t ttl, const void *key,
    uint64_t key_len, const void *value, uint64_t value_len)
{
	(void)conn;
	(void)ctx;
	CHECK(ttl > 0 && key_len == 32 && value_len <= sizeof cached);
	memcpy(cached_key, key, key_len);
	memcpy(cached, value, value_len);
	cached_len = value_len;
	return 0;
}

static int
retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_len, void *value, uint64_t *value_len)
{
	(void)conn;
	(void)ctx;
	if (cached_len == 0 || key_len != 32 ||
	    memcmp(key, cached_key, 32) != 0 || *value_len < cached_len)
		return -1;
	memcpy(value, cached, cached_len);
	*value_len = cached_len;
	return 0;
}

static int
forget(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_len)
{
	(void)conn;
	(void)ctx;
	(void)key;
	(void)key_len;
	cached_len = 0;
	return 0;
}

/* A ticket more than the config says. */
static void
ask_for_another(struct s2n_config *client, struct s2n_config *server)
{
	s2n_blocked_status blocked;
	struct pair pair;
	uint16_t sent;
	char byte;

	pair_open(&pair, client, server);
	CHECK(pair_negotiate(&pair));
	CHECK(s2n_connection_add_new_tickets_to_send(pair.server, 1) == 0);
	CHECK(s2n_send(pair.server, "!", 1, &blocked) == 1);
	CHECK(s2n_recv(pair.client, &byte, 1, &blocked) == 1);
	CHECK(s2n_connection_get_tickets_sent(pair.server, &sent) == 0);
	CHECK(sent == 3 && tickets == 3);
	pair_close(&pair);
}

/* One connection; whether it was resumed. */
static bool
connect_once(struct s2n_config *client, struct s2n_config *server, bool by_id)
{
	s2n_blocked_status blocked;
	struct pair pair;
	bool resumed;
	uint8_t ids[2][32];
	char byte;
	int len;

	pair_open(&pair, client, server);
	if (session_len > 0)
		CHECK(s2n_connection_set_session(
			  pair.client, session, session_len) == 0);
	CHECK(pair_negotiate(&pair));
	/* TLS 1.3's tickets come with what is received after the handshake. */
	CHECK(s2n_recv(pair.client, &byte, 1, &blocked) < 0);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
	resumed = s2n_connection_is_session_resumed(pair.client) == 1;
	CHECK(s2n_connection_is_session_resumed(pair.server) == resumed);
	if (by_id) {
		len = s2n_connection_get_session_length(pair.client);
		CHECK(len > 0 && len <= (int)sizeof session);
		CHECK(s2n_connection_get_session(
			  pair.client, session, sizeof session) == len);
		session_len = (size_t)len;
		CHECK(s2n_connection_get_session_id_length(pair.client) == 32);
		CHECK(s2n_connection_get_session_id(
			  pair.client, ids[0], sizeof ids[0]) == 32);
		CHECK(s2n_connection_get_session_id(
			  pair.server, ids[1], sizeof ids[1]) == 32);
		CHECK(memcmp(ids[0], ids[1], 32) == 0);
	}
	pair_close(&pair);
	return resumed;
}

static struct s2n_config *
server_config(char **argv, const char *policy)
{
	struct s2n_config *server = s2n_config_new_minimal();

	CHECK(server != NULL);
	CHECK(s2n_config_set_cipher_preferences(server, policy) == 0);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);
	return server;
}

static void
add_key(struct s2n_config *server)
{
	uint8_t key[32] = { 1, 2, 3 };

	CHECK(s2n_config_set_ticket_encrypt_decrypt_key_lifetime(
		  server, 3600) == 0);
	CHECK(s2n_config_set_ticket_decrypt_key_lifetime(server, 7200) == 0);
	CHECK(s2n_config_add_ticket_crypto_key(
		  server, (const uint8_t *)"2026", 4, key, sizeof key, 0) == 0);
}

int
main(int argc, char **argv)
{
	static const char *const policies[] = { "20190214", "default_tls13" };
	struct s2n_config *client, *server;

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_set_cipher_preferences(client, "default_tls13") == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);

	/* Stateful, by the server's cache. */
	server = server_config(argv, "20190214");
	CHECK(s2n_config_set_cache_store_callback(server, store, NULL) == 0);
	CHECK(s2n_config_set_cache_retrieve_callback(server, retrieve, NULL) ==
	      0);
	CHECK(s2n_config_set_cache_delete_callback(server, forget, NULL) == 0);
	CHECK(s2n_config_set_session_cache_onoff(server, 1) == 0);
	add_key(server);
	CHECK(!connect_once(client, server, true));
	CHECK(connect_once(client, server, true));
	CHECK(s2n_config_free(server) == 0);

	/* Stateless, by tickets. */
	CHECK(s2n_config_set_session_tickets_onoff(client, 1) == 0);
	CHECK(s2n_config_set_session_ticket_cb(client, keep_ticket, &tickets) ==
	      0);
	for (int i = 0; i < 2; i++) {
		session_len = tickets = 0;
		server = server_config(argv, policies[i]);
		CHECK(s2n_config_set_session_tickets_onoff(server, 1) == 0);
		CHECK(s2n_config_set_initial_ticket_count(server, 2) == 0);
		add_key(server);
		CHECK(!connect_once(client, server, false));
		CHECK(tickets == (i == 0 ? 1u : 2u));
		CHECK(connect_once(client, server, false));
		tickets = 0;
		if (i == 1)
			ask_for_another(client, server);
		CHECK(s2n_config_free(server) == 0);
	}
	s2n_config_free(client);
	puts("ok");
	return 0;
}
