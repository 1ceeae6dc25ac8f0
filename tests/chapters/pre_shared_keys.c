/* Guide: TLS1.3 Pre-Shared Key Related Calls, and Configuring external
 * pre-shared keys for early data. No certificate on either side. */
#include "pair.h"

static const char identity[] = "device 7";
static const uint8_t secret[32] = { 7, 7, 7 };

/* Both sides make the same; suite_hash says what it goes with. */
static struct s2n_psk *
make_key(s2n_psk_hmac hash, bool early)
{
	struct s2n_psk *psk = s2n_external_psk_new();

	CHECK(psk != NULL);
	CHECK(s2n_psk_set_identity(
		  psk, (const uint8_t *)identity, sizeof identity - 1) == 0);
	CHECK(s2n_psk_set_secret(psk, secret, sizeof secret) == 0);
	CHECK(s2n_psk_set_hmac(psk, hash) == 0);
	if (early) {
		/* TLS_AES_128_GCM_SHA256, and no more than 100 bytes. */
		CHECK(s2n_psk_configure_early_data(psk, 100, 0x13, 0x01) == 0);
		CHECK(s2n_psk_set_application_protocol(
			  psk, (const uint8_t *)"device", 6) == 0);
		CHECK(s2n_psk_set_early_data_context(
			  psk, (const uint8_t *)"seven", 5) == 0);
	}
	return psk;
}

static void
add_keys(struct pair *pair, s2n_psk_hmac hash, bool early)
{
	struct s2n_connection *sides[] = { pair->client, pair->server };
	struct s2n_psk *psk;

	for (int i = 0; i < 2; i++) {
		psk = make_key(hash, early);
		CHECK(s2n_connection_set_psk_mode(
			  sides[i], S2N_PSK_MODE_EXTERNAL) == 0);
		CHECK(s2n_connection_append_psk(sides[i], psk) == 0);
		CHECK(s2n_psk_free(&psk) == 0 && psk == NULL);
	}
}

/* The server's application looks through what is offered. */
static int
choose(struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *all)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new();
	uint8_t *name;
	uint16_t len;

	(void)conn;
	CHECK(psk != NULL);
	++*(unsigned *)ctx;
	for (int round = 0; round < 2; round++) {
		while (s2n_offered_psk_list_has_next(all)) {
			CHECK(s2n_offered_psk_list_next(all, psk) == 0);
			CHECK(s2n_offered_psk_get_identity(psk, &name, &len) ==
			      0);
			if (round == 1 && len == sizeof identity - 1 &&
			    memcmp(name, identity, len) == 0)
				CHECK(s2n_offered_psk_list_choose_psk(
					  all, psk) == 0);
		}
		CHECK(s2n_offered_psk_list_reread(all) == 0);
	}
	return s2n_offered_psk_free(&psk);
}

static int
accept_early(
    struct s2n_connection *conn, struct s2n_offered_early_data *early_data)
{
	uint8_t context[5];

	(void)conn;
	CHECK(s2n_offered_early_data_get_context(
		  early_data, context, sizeof context) == 0);
	CHECK(memcmp(context, "seven", 5) == 0);
	return s2n_offered_early_data_accept(early_data);
}

static void
agreed(struct pair *pair)
{
	uint8_t name[32];
	uint16_t len;

	CHECK(s2n_connection_get_negotiated_psk_identity_length(
		  pair->server, &len) == 0);
	CHECK(len == sizeof identity - 1);
	CHECK(s2n_connection_get_negotiated_psk_identity(
		  pair->server, name, sizeof name) == 0);
	CHECK(memcmp(name, identity, len) == 0);
	pair_say(pair->client, pair->server, "hello");
}

static void
early(struct s2n_config *client, struct s2n_config *server)
{
	static const char *const protocols[] = { "device" };
	s2n_blocked_status blocked;
	struct pair pair;
	uint8_t there[16];
	ssize_t n;

	CHECK(s2n_config_set_protocol_preferences(client, protocols, 1) == 0);
	CHECK(s2n_config_set_protocol_preferences(server, protocols, 1) == 0);
	CHECK(s2n_config_set_early_data_cb(server, accept_early) == 0);
	pair_open(&pair, client, server);
	add_keys(&pair, S2N_PSK_HMAC_SHA256, true);
	(void)s2n_send_early_data(
	    pair.client, (const uint8_t *)"at once", 7, &n, &blocked);
	CHECK(n == 7);
	(void)s2n_recv_early_data(
	    pair.server, there, sizeof there, &n, &blocked);
	CHECK(n == 7 && memcmp(there, "at once", 7) == 0);
	while (pair_step(pair.client) == 0 &&
	       s2n_recv_early_data(
		   pair.server, there, sizeof there, &n, &blocked) != 0)
		CHECK(n == 0);
	CHECK(pair_negotiate(&pair));
	agreed(&pair);
	pair_close(&pair);
}

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	unsigned asked = 0;
	struct pair pair;

	(void)argv;
	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_set_cipher_preferences(client, "default_tls13") == 0);
	CHECK(s2n_config_set_cipher_preferences(server, "default_tls13") == 0);
	CHECK(s2n_config_set_psk_mode(server, S2N_PSK_MODE_EXTERNAL) == 0);

	/* Either hash, and the server's own choice. */
	for (int i = 0; i < 2; i++) {
		pair_open(&pair, client, server);
		add_keys(&pair,
		    i == 0 ? S2N_PSK_HMAC_SHA256 : S2N_PSK_HMAC_SHA384, false);
		CHECK(pair_negotiate(&pair));
		agreed(&pair);
		pair_close(&pair);
	}

	CHECK(
	    s2n_config_set_psk_selection_callback(server, choose, &asked) == 0);
	pair_open(&pair, client, server);
	add_keys(&pair, S2N_PSK_HMAC_SHA256, false);
	CHECK(pair_negotiate(&pair) && asked == 1);
	agreed(&pair);
	pair_close(&pair);

	early(client, server);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
