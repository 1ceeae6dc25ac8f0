/*
 * libtls/sessions.c: what can be asked of a session, and how long things live.
 */
#include "libtls/registry/iana.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define SUITE TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA

/* Below TLS 1.3, with tickets on both sides and a key of now. */
static void
open_peers(struct peers *peers, uint8_t version)
{
	uint8_t key[] = "a key";
	struct peers_spec spec = { 0 };

	if (version < S2N_TLS13) {
		spec.version = version;
		spec.suite = SUITE;
	}
	peers_open(peers, &spec);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers->client_config, 1), 0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers->server_config, 1), 0);
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(peers->server_config,
			     (const uint8_t *)"name", 4, key, sizeof key, 0),
	    0);
}

static void
assert_named(int result, const char *error)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), error);
}

/* The hint is the least of what the key and the session have left. */
static const struct {
	const char *what;
	uint64_t seals, opens, session;
	int hint;
} lives[] = {
	{ "as they come", 7200, 46800, 54000, 54000 },
	{ "a key that opens for less", 7200, 100, 54000, 7300 },
	{ "a key that seals for less", 60, 46800, 54000, 46860 },
	{ "a session that lives for less", 7200, 46800, 500, 500 },
};

START_TEST(the_hint_tells_how_long_a_ticket_lives)
{
	struct peers peers;
	int hint;

	open_peers(&peers, S2N_TLS12);
	assert_named(
	    s2n_connection_get_session_ticket_lifetime_hint(peers.client),
	    "S2N_ERR_SESSION_TICKET_NOT_SUPPORTED");
	ck_assert_int_eq(s2n_config_set_ticket_encrypt_decrypt_key_lifetime(
			     peers.server_config, lives[_i].seals),
	    0);
	ck_assert_int_eq(s2n_config_set_ticket_decrypt_key_lifetime(
			     peers.server_config, lives[_i].opens),
	    0);
	ck_assert_int_eq(s2n_config_set_session_state_lifetime(
			     peers.server_config, lives[_i].session),
	    0);
	ck_assert(peers_negotiate(&peers));
	hint = s2n_connection_get_session_ticket_lifetime_hint(peers.client);
	/* The test may take a while. */
	ck_assert_msg(hint <= lives[_i].hint && hint >= lives[_i].hint - 60,
	    "%s: %d", lives[_i].what, hint);
	peers_close(&peers);
}
END_TEST

START_TEST(a_session_needs_room)
{
	struct peers peers;
	uint8_t blob[512];
	int len;

	open_peers(&peers, S2N_TLS12);
	ck_assert_int_eq(s2n_connection_get_session_length(peers.client), 0);
	ck_assert(peers_negotiate(&peers));
	len = s2n_connection_get_session_length(peers.client);
	ck_assert_int_gt(len, 0);
	assert_named(
	    s2n_connection_get_session(peers.client, blob, (size_t)len - 1),
	    "S2N_ERR_SERIALIZED_SESSION_STATE_TOO_LONG");
	ck_assert_int_eq(
	    s2n_connection_get_session(peers.client, blob, (size_t)len), len);
	peers_close(&peers);
}
END_TEST

static uint8_t stored[512];
static uint64_t stored_len;
static int spoil; /* bytes that are missing of what is retrieved */

static int
store(struct s2n_connection *conn, void *ctx, uint64_t ttl, const void *key,
    uint64_t key_size, const void *value, uint64_t value_size)
{
	(void)conn;
	(void)ctx;
	(void)ttl;
	(void)key;
	(void)key_size;
	ck_assert_uint_le(value_size, sizeof stored);
	memcpy(stored, value, value_size);
	stored_len = value_size;
	return 0;
}

static int
retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_size, void *value, uint64_t *value_size)
{
	(void)conn;
	(void)ctx;
	(void)key;
	(void)key_size;
	ck_assert_uint_ge(*value_size, stored_len);
	*value_size = stored_len - (uint64_t)spoil;
	memcpy(value, stored, *value_size);
	return 0;
}

static int
forget(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size)
{
	(void)conn;
	(void)ctx;
	(void)key;
	(void)key_size;
	return 0;
}

/* Both sides have the id; with the whole entry it resumes, with less it fails.
 */
START_TEST(a_session_has_an_id_below_tls13)
{
	uint8_t key[] = "a key", blob[512], ids[2][32];
	struct peers peers;
	int len;

	peers_open(&peers,
	    &(struct peers_spec){ .version = S2N_TLS12, .suite = SUITE });
	ck_assert_int_eq(s2n_config_set_cache_store_callback(
			     peers.server_config, store, NULL),
	    0);
	ck_assert_int_eq(s2n_config_set_cache_retrieve_callback(
			     peers.server_config, retrieve, NULL),
	    0);
	ck_assert_int_eq(s2n_config_set_cache_delete_callback(
			     peers.server_config, forget, NULL),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_session_cache_onoff(peers.server_config, 1), 0);
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(peers.server_config,
			     (const uint8_t *)"name", 4, key, sizeof key, 0),
	    0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_session_id_length(peers.client), 32);
	ck_assert_int_eq(
	    s2n_connection_get_session_id_length(peers.server), 32);
	ck_assert_int_eq(
	    s2n_connection_get_session_id(peers.client, ids[0], 32), 32);
	ck_assert_int_eq(
	    s2n_connection_get_session_id(peers.server, ids[1], 32), 32);
	ck_assert_mem_eq(ids[0], ids[1], 32);
	assert_named(s2n_connection_get_session_id(peers.client, ids[0], 31),
	    "S2N_ERR_SESSION_ID_TOO_LONG");
	len = s2n_connection_get_session(peers.client, blob, sizeof blob);
	ck_assert_int_gt(len, 0);

	spoil = _i;
	peers_reconnect(&peers);
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, (size_t)len), 0);
	ck_assert(peers_negotiate(&peers) == (_i == 0));
	if (_i == 0)
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(peers.server), 1);
	else
		ck_assert_str_eq(s2n_strerror_name(peers.server_error),
		    "S2N_ERR_SIZE_MISMATCH");
	peers_close(&peers);
}
END_TEST

START_TEST(tickets_are_no_more_than_65535)
{
	struct peers peers;

	open_peers(&peers, S2N_TLS13);
	for (int i = 0; i < 257; i++)
		ck_assert_int_eq(
		    s2n_connection_add_new_tickets_to_send(peers.server, 255),
		    0);
	assert_named(s2n_connection_add_new_tickets_to_send(peers.server, 1),
	    "S2N_ERR_INTEGER_OVERFLOW");
	peers_close(&peers);
}
END_TEST

static Suite *
sessions_suite(void)
{
	Suite *suite = suite_create("sessions");
	TCase *tcase = tcase_create("sessions");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, the_hint_tells_how_long_a_ticket_lives, 0, COUNT(lives));
	tcase_add_test(tcase, a_session_needs_room);
	tcase_add_loop_test(tcase, a_session_has_an_id_below_tls13, 0, 2);
	tcase_add_test(tcase, tickets_are_no_more_than_65535);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(sessions_suite)
