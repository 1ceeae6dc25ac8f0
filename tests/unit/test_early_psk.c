/*
 * libtls/early_data.c: early data by a pre-shared key of the application's, as
 * both sides have configured it.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/keyed.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define SENT 60

/* ---- what a key is told ---- */

static const struct {
	const char *what;
	s2n_psk_hmac hmac;
	uint16_t suite;
	const char *error; /* NULL: it is taken */
} suites[] = {
	{ "SHA-256", SHA256, TLS_AES_128_GCM_SHA256, NULL },
	{ "SHA-384", SHA384, TLS_AES_256_GCM_SHA384, NULL },
	{ "another hash", SHA256, TLS_AES_256_GCM_SHA384,
	    "S2N_ERR_INVALID_ARGUMENT" },
	{ "no suite of ours", SHA256, 0x1399, "S2N_ERR_CIPHER_NOT_SUPPORTED" },
	{ "one of TLS 1.2", SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	    NULL },
};

START_TEST(a_keys_suite_has_its_hash)
{
	const struct key key = { "name", "secret", suites[_i].hmac };
	struct s2n_psk *psk = keyed_make(&key);
	int r = s2n_psk_configure_early_data(psk, 100,
	    (uint8_t)(suites[_i].suite >> 8), (uint8_t)suites[_i].suite);

	if (suites[_i].error != NULL)
		keyed_error(r, suites[_i].error);
	else
		ck_assert_msg(r == 0, "%s", suites[_i].what);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
}
END_TEST

/* ---- what comes of it ---- */

/* Of one side's key; zero: no early data. */
struct permit {
	uint32_t max;
	uint16_t suite;
	const char *protocol, *context;
};

static struct {
	struct permit client, server;
	const char *first; /* NULL, or a key before that one, of this name */
	bool refuses;
	int asked;
	char context[100]; /* as the server's callback saw it */
} world;

static void
give(struct s2n_connection *conn, const struct permit *permit)
{
	static const struct key key = { "name", "secret", SHA256 };
	struct s2n_psk *psk = keyed_make(&key);

	if (permit->max > 0)
		ck_assert_int_eq(
		    s2n_psk_configure_early_data(psk, permit->max,
			(uint8_t)(permit->suite >> 8), (uint8_t)permit->suite),
		    0);
	if (permit->protocol != NULL)
		ck_assert_int_eq(s2n_psk_set_application_protocol(psk,
				     (const uint8_t *)permit->protocol,
				     (uint8_t)strlen(permit->protocol)),
		    0);
	if (permit->context != NULL)
		ck_assert_int_eq(s2n_psk_set_early_data_context(psk,
				     (const uint8_t *)permit->context,
				     (uint16_t)strlen(permit->context)),
		    0);
	ck_assert_int_eq(s2n_connection_append_psk(conn, psk), 0);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
}

static void
give_both(struct peers *peers)
{
	const struct key before = { world.first, "of the client's", SHA256 };

	if (world.first != NULL)
		keyed_give(peers->client, &before);
	give(peers->client, &world.client);
	give(peers->server, &world.server);
}

static int
decide(struct s2n_connection *conn, struct s2n_offered_early_data *offered)
{
	uint16_t len;

	(void)conn;
	world.asked++;
	ck_assert_int_eq(
	    s2n_offered_early_data_get_context_length(offered, &len), 0);
	ck_assert_uint_lt(len, sizeof world.context);
	memset(world.context, 0, sizeof world.context);
	ck_assert_int_eq(s2n_offered_early_data_get_context(offered,
			     (uint8_t *)world.context, sizeof world.context),
	    0);
	return world.refuses ? s2n_offered_early_data_reject(offered)
			     : s2n_offered_early_data_accept(offered);
}

#define AES128 TLS_AES_128_GCM_SHA256
#define CHACHA TLS_CHACHA20_POLY1305_SHA256

/* clang-format off */
static const struct {
	const char *what;
	struct permit client, server;
	const char *alpn, *first;
	bool refuses;
	s2n_early_data_status_t status; /* the client's, after the handshake */
} cases[] = {
	{ "both know of it", { 100, AES128, NULL, NULL }, { 100, AES128, NULL, "the server's" },
	    NULL, NULL, false, S2N_EARLY_DATA_STATUS_END },
	{ "with a protocol", { 100, AES128, "h2", NULL }, { 100, AES128, "h2", NULL },
	    "h2", NULL, false, S2N_EARLY_DATA_STATUS_END },
	{ "of a suite that is not chosen", { 100, CHACHA, NULL, NULL }, { 100, CHACHA, NULL, NULL },
	    NULL, NULL, false, S2N_EARLY_DATA_STATUS_REJECTED },
	{ "the server allows none", { 100, AES128, NULL, NULL }, { 0, 0, NULL, NULL },
	    NULL, NULL, false, S2N_EARLY_DATA_STATUS_REJECTED },
	{ "the server's is for another protocol", { 100, AES128, "h2", NULL }, { 100, AES128, "http/1.1", NULL },
	    "h2", NULL, false, S2N_EARLY_DATA_STATUS_REJECTED },
	{ "the application refuses", { 100, AES128, NULL, NULL }, { 100, AES128, NULL, "why not" },
	    NULL, NULL, true, S2N_EARLY_DATA_STATUS_REJECTED },
	{ "the client's has none", { 0, 0, NULL, NULL }, { 100, AES128, NULL, NULL },
	    NULL, NULL, false, S2N_EARLY_DATA_STATUS_NOT_REQUESTED },
	{ "the first offered has none", { 100, AES128, NULL, NULL }, { 100, AES128, NULL, NULL },
	    NULL, "stranger", false, S2N_EARLY_DATA_STATUS_NOT_REQUESTED },
};
/* clang-format on */

START_TEST(a_key_allows_early_data)
{
	bool taken = cases[_i].status == S2N_EARLY_DATA_STATUS_END;
	bool sent = cases[_i].status != S2N_EARLY_DATA_STATUS_NOT_REQUESTED;
	const struct peers_spec spec = { .prepare = give_both,
		.alpn_client = cases[_i].alpn,
		.alpn_server = cases[_i].alpn };
	s2n_early_data_status_t status;
	uint32_t size;
	struct peers peers;

	world.client = cases[_i].client;
	world.server = cases[_i].server;
	world.first = cases[_i].first;
	world.refuses = cases[_i].refuses;
	world.asked = 0;
	peers_open(&peers, &spec);
	ck_assert_int_eq(
	    s2n_config_set_early_data_cb(peers.server_config, decide), 0);
	if (sent) {
		ck_assert_int_eq(
		    s2n_connection_get_max_early_data_size(peers.client, &size),
		    0);
		ck_assert_uint_eq(size, cases[_i].client.max);
		peers.early_left = SENT;
		peers.early_taken = true;
	}
	ck_assert_msg(peers_negotiate(&peers), "%s: %s, %s", cases[_i].what,
	    s2n_strerror_name(peers.client_error),
	    s2n_strerror_name(peers.server_error));
	keyed_agreed(&peers, "name", cases[_i].what);
	ck_assert_int_eq(
	    s2n_connection_get_early_data_status(peers.client, &status), 0);
	ck_assert_msg(status == cases[_i].status, "%s: status %d",
	    cases[_i].what, (int)status);
	ck_assert_uint_eq(peers.early_got, taken ? SENT : 0);
	ck_assert_int_eq(world.asked, taken || cases[_i].refuses);
	if (cases[_i].server.context != NULL)
		ck_assert_str_eq(world.context, cases[_i].server.context);
	peers_transfer(peers.client, peers.server, 100);
	peers_transfer(peers.server, peers.client, 100);
	peers_close(&peers);
}
END_TEST

/* More than the key allows is not sent at all. */
START_TEST(a_keys_limit_is_kept)
{
	static const uint8_t data[SENT + 1];
	s2n_blocked_status blocked;
	struct peers peers;
	ssize_t done;
	uint32_t left;

	memset(&world, 0, sizeof world);
	world.client = world.server =
	    (struct permit){ SENT, AES128, NULL, NULL };
	peers_open(&peers, &(struct peers_spec){ .prepare = give_both });
	ck_assert_int_eq(
	    s2n_connection_get_remaining_early_data_size(peers.client, &left),
	    0);
	ck_assert_uint_eq(left, SENT);
	keyed_error(
	    s2n_send_early_data(peers.client, data, SENT + 1, &done, &blocked),
	    "S2N_ERR_MAX_EARLY_DATA_SIZE");
	peers_close(&peers);
}
END_TEST

static Suite *
early_psk_suite(void)
{
	Suite *suite = suite_create("early_psk");
	TCase *tcase = tcase_create("keys");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, a_keys_suite_has_its_hash, 0, (int)COUNT(suites));
	tcase_add_loop_test(
	    tcase, a_key_allows_early_data, 0, (int)COUNT(cases));
	tcase_add_test(tcase, a_keys_limit_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(early_psk_suite)
