/*
 * Resumption in TLS 1.2 and older as an enemy would have it, on either side:
 * sessions of another kind, version or client, and what a failure leaves in the
 * application's cache.
 */
#include "libtls/handshake/handshake.h"
#include "libtls/registry/iana.h"
#include "tests/unit/crooked.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define BLOB_MAX 400
#define SUITE TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
#define OTHER_SUITE TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
#define TICKET 138 /* of this library, below TLS 1.3 and with SHA-256 */
#define STATE12 61 /* at the end of what an application keeps */
#define SESSION_TICKET_EXT 35
#define EMS_EXT 23

enum way { BY_TICKET, BY_ID, BOTH };

static struct {
	struct peers peers;
	uint8_t blob[BLOB_MAX];
	size_t blob_len;
	/* A cache of one entry. */
	uint8_t id[32], entry[200];
	uint64_t id_len, entry_len;
	unsigned looked, deleted;
	bool other_key; /* of the same name */
} test;

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
	memset(&test, 0, sizeof test);
}

static void
teardown(void)
{
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static int
store(struct s2n_connection *conn, void *ctx, uint64_t ttl, const void *key,
    uint64_t key_size, const void *value, uint64_t value_size)
{
	(void)conn;
	(void)ctx;
	(void)ttl;
	ck_assert_uint_le(key_size, sizeof test.id);
	ck_assert_uint_le(value_size, sizeof test.entry);
	memcpy(test.id, key, key_size);
	memcpy(test.entry, value, value_size);
	test.id_len = key_size;
	test.entry_len = value_size;
	return 0;
}

static bool
is_there(const void *key, uint64_t key_size)
{
	return test.id_len > 0 && slice_equal(slice_of(key, key_size),
				      slice_of(test.id, test.id_len));
}

static int
retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_size, void *value, uint64_t *value_size)
{
	(void)conn;
	(void)ctx;
	test.looked++;
	if (!is_there(key, key_size))
		return -1;
	ck_assert_uint_ge(*value_size, test.entry_len);
	memcpy(value, test.entry, test.entry_len);
	*value_size = test.entry_len;
	return 0;
}

static int
forget(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size)
{
	(void)conn;
	(void)ctx;
	test.deleted++;
	if (is_there(key, key_size))
		test.id_len = 0;
	return 0;
}

/* New connections have the session, once there is one. */
static void
give_session(struct peers *peers)
{
	if (test.blob_len > 0)
		ck_assert_int_eq(s2n_connection_set_session(
				     peers->client, test.blob, test.blob_len),
		    0);
}

static void
open_with(const struct peers_spec *spec, enum way way)
{
	struct peers_spec with = *spec;
	uint8_t secret[32] = { 1, test.other_key };

	with.prepare = give_session;
	peers_open(&test.peers, &with);
	if (way != BY_ID) {
		s2n_config_set_session_tickets_onoff(
		    test.peers.server_config, 1);
		s2n_config_set_session_tickets_onoff(
		    test.peers.client_config, 1);
	}
	if (way != BY_TICKET) {
		s2n_config_set_cache_store_callback(
		    test.peers.server_config, store, NULL);
		s2n_config_set_cache_retrieve_callback(
		    test.peers.server_config, retrieve, NULL);
		s2n_config_set_cache_delete_callback(
		    test.peers.server_config, forget, NULL);
		s2n_config_set_session_cache_onoff(test.peers.server_config, 1);
	}
	ck_assert_int_eq(
	    s2n_config_add_ticket_crypto_key(test.peers.server_config,
		(const uint8_t *)"key", 3, secret, sizeof secret, 0),
	    0);
}

/* A whole connection, whose session is kept. */
static void
converse(void)
{
	s2n_blocked_status blocked;
	uint8_t byte;
	int len;

	ck_assert_msg(peers_negotiate(&test.peers), "client: %s, server: %s",
	    s2n_strerror_debug(test.peers.client_error, NULL),
	    s2n_strerror_debug(test.peers.server_error, NULL));
	peers_transfer(test.peers.server, test.peers.client, 10);
	ck_assert_int_lt(s2n_recv(test.peers.client, &byte, 1, &blocked), 0);
	len = s2n_connection_get_session(
	    test.peers.client, test.blob, sizeof test.blob);
	ck_assert_int_gt(len, 0);
	test.blob_len = (size_t)len;
}

static const struct peers_spec tls12 = { .version = S2N_TLS12, .suite = SUITE };

static void
open_session(enum way way)
{
	open_with(&tls12, way);
	converse();
}

/* With the session as it is now; closes nothing. */
static bool
resumed(void)
{
	peers_reconnect(&test.peers);
	ck_assert_msg(peers_negotiate(&test.peers), "client: %s, server: %s",
	    s2n_strerror_debug(test.peers.client_error, NULL),
	    s2n_strerror_debug(test.peers.server_error, NULL));
	peers_transfer(test.peers.client, test.peers.server, 100);
	peers_transfer(test.peers.server, test.peers.client, 100);
	ck_assert_int_eq(s2n_connection_is_session_resumed(test.peers.client),
	    s2n_connection_is_session_resumed(test.peers.server));
	return s2n_connection_is_session_resumed(test.peers.server) == 1;
}

/* ---- tickets ---- */

/* What cannot be opened is no error, and not what the cache is asked for. */
START_TEST(a_ticket_that_does_not_open_is_a_full_handshake)
{
	open_session(BOTH);
	ck_assert_uint_eq(test.blob_len, 3 + TICKET + STATE12);
	ck_assert(resumed());
	test.blob[3 + TICKET - 1] ^= 1;
	ck_assert(!resumed());
	ck_assert_uint_eq(test.looked, 0);
	peers_close(&test.peers);
}
END_TEST

/* "Give me one": whatever it is, it is not looked at. */
START_TEST(a_ticket_of_another_length_asks_for_one)
{
	static const uint8_t long_one[1000] = { 1 };
	static const size_t lengths[] = { 1, TICKET - 1, TICKET + 1, 1000 };
	uint8_t state[STATE12];

	open_session(BY_TICKET);
	memcpy(state, test.blob + 3 + TICKET, sizeof state);
	peers_reconnect(&test.peers);
	crooked_run_again(
	    &(struct crook){
		.what = "another length",
		.message = CLIENT_HELLO,
		.role = S2N_CLIENT,
		.how = EXT_SET,
		.number = SESSION_TICKET_EXT,
		.bytes = slice_of(long_one, lengths[_i]),
		.alert = ALERT_NONE,
	    },
	    &test.peers);
	ck_assert_int_eq(
	    s2n_connection_is_session_resumed(test.peers.server), 0);
	converse();
	ck_assert_uint_eq(test.blob_len, 3 + TICKET + STATE12);
	ck_assert(resumed());
	peers_close(&test.peers);
}
END_TEST

/* Longer than a ClientHello could give back (RFC 5077 3.3: up to 2^16 - 1). */
START_TEST(a_ticket_that_is_too_long_is_thrown_away)
{
	static const uint16_t lengths[] = { 61440, 61441, 65500 };
	static uint8_t body[4 + 2 + UINT16_MAX];
	uint16_t len = lengths[_i];

	body[4] = (uint8_t)(len >> 8);
	body[5] = (uint8_t)len;
	open_with(&tls12, BY_TICKET);
	crooked_run_again(
	    &(struct crook){
		.what = "a long ticket",
		.message = NEW_SESSION_TICKET,
		.role = S2N_SERVER,
		.how = BODY,
		.bytes = slice_of(body, 6u + len),
		.alert = ALERT_NONE,
	    },
	    &test.peers);
	ck_assert_int_eq(s2n_connection_get_session_length(test.peers.client),
	    _i == 0 ? 3 + len + STATE12 : 0);
	peers_close(&test.peers);
}
END_TEST

/* ---- sessions of another kind ---- */

/* A ticket of TLS 1.3 is as long, and under the same key. */
START_TEST(a_ticket_of_tls13_is_none_below)
{
	uint8_t ticket[TICKET];

	open_with(&(struct peers_spec){ 0 }, BY_TICKET);
	converse();
	ck_assert_uint_eq(test.blob[2], TICKET);
	memcpy(ticket, test.blob + 3, sizeof ticket);
	peers_close(&test.peers);
	test.blob_len = 0;

	open_session(BY_TICKET);
	memcpy(test.blob + 3, ticket, sizeof ticket);
	ck_assert(!resumed());
	peers_close(&test.peers);
}
END_TEST

/* Nor the other way round. */
START_TEST(a_ticket_of_tls12_is_none_above)
{
	uint8_t ticket[TICKET];

	open_session(BY_TICKET);
	memcpy(ticket, test.blob + 3, sizeof ticket);
	peers_close(&test.peers);
	test.blob_len = 0;

	open_with(&(struct peers_spec){ 0 }, BY_TICKET);
	converse();
	ck_assert_uint_eq(test.blob[2], TICKET);
	memcpy(test.blob + 3, ticket, sizeof ticket);
	ck_assert(!resumed());
	peers_close(&test.peers);
}
END_TEST

/* Both sides speak both: it is in the version that is best today. */
START_TEST(a_session_does_not_lower_the_version)
{
	static const struct peers_spec both = { .client_policy = "20190801",
		.server_policy = "20190801" };

	open_session((enum way)_i);
	peers_close(&test.peers);
	open_with(&both, (enum way)_i);
	ck_assert(!resumed());
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(test.peers.server),
	    S2N_TLS13);
	peers_close(&test.peers);
}
END_TEST

/* And a server that has become old has no use for a session of TLS 1.3. */
START_TEST(a_session_of_tls13_is_none_for_an_older_server)
{
	static const struct peers_spec older = {
		.version = S2N_TLS12, .suite = SUITE, .client_most = S2N_TLS13
	};

	open_with(&(struct peers_spec){ 0 }, BY_TICKET);
	converse();
	peers_close(&test.peers);
	open_with(&older, BY_TICKET);
	ck_assert(!resumed());
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(test.peers.server),
	    S2N_TLS12);
	peers_close(&test.peers);
}
END_TEST

/* Of another server, whose key has the same name. */
START_TEST(a_ticket_under_another_key_is_none)
{
	open_session(BY_TICKET);
	peers_close(&test.peers);
	test.other_key = true;
	open_with(&tls12, BY_TICKET);
	ck_assert(!resumed());
	peers_close(&test.peers);
}
END_TEST

/* ---- what the peers say ---- */

static const struct crook crooks[] = {
	{ .what = "no extended master secret", /* RFC 7627 5.3: "the server
						  MUST abort" */
	    .message = CLIENT_HELLO,
	    .role = S2N_CLIENT,
	    .how = EXT_DROP,
	    .number = EMS_EXT,
	    .alert = ALERT_HANDSHAKE_FAILURE },
	{ .what = "no extended master secret", /* "the client MUST abort" */
	    .message = SERVER_HELLO,
	    .role = S2N_SERVER,
	    .how = EXT_DROP,
	    .number = EMS_EXT,
	    .alert = ALERT_HANDSHAKE_FAILURE },
	{ .what = "another suite", /* RFC 5246 7.4.1.3 */
	    .message = SERVER_HELLO,
	    .role = S2N_SERVER,
	    .how = PUT,
	    .number = 2 + RANDOM_SIZE + 1 + SESSION_ID_MAX,
	    .bytes = BYTES(0xc0, 0x2c),
	    .alert = ALERT_ILLEGAL_PARAMETER },
	{ .what = "a Certificate",
	    .message = CHANGE_CIPHER_SPEC,
	    .role = S2N_SERVER,
	    .how = RECORD,
	    .number = CONTENT_HANDSHAKE,
	    .bytes = BYTES(11, 0, 0, 3, 0, 0, 0),
	    .alert = ALERT_UNEXPECTED_MESSAGE },
	{ .what = "a server's wrong Finished",
	    .message = FINISHED,
	    .role = S2N_SERVER,
	    .how = FLIP,
	    .number = 3,
	    .alert = ALERT_DECRYPT_ERROR },
	{ .what = "a client's wrong Finished",
	    .message = FINISHED,
	    .role = S2N_CLIENT,
	    .how = FLIP,
	    .number = 3,
	    .alert = ALERT_DECRYPT_ERROR },
};

START_TEST(what_an_enemy_says_ends_it)
{
	open_session((enum way)(_i % 2));
	crooked_run_again(&crooks[_i / 2], &test.peers);
	peers_close(&test.peers);
}
END_TEST

/* ---- what is left in the cache ---- */

static void
bad_record(void)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	writer_bytes(&test.peers.to_server.bytes,
	    (struct slice)BYTES(23, 3, 3, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
	ck_assert_int_lt(s2n_recv(test.peers.server, &byte, 1, &blocked), 0);
}

/* From the client: the server has not failed, but been told. */
static void
fatal_alert(void)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	ck_assert_int_eq(record_write(&test.peers.client->records,
			     CONTENT_ALERT, (struct slice)BYTES(2, 80)),
	    0);
	ck_assert_int_eq(io_flush(&test.peers.client->records.io), 0);
	ck_assert_int_lt(s2n_recv(test.peers.server, &byte, 1, &blocked), 0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_ALERT");
}

static void
goodbye(void)
{
	s2n_blocked_status blocked;

	ck_assert_int_lt(s2n_shutdown(test.peers.client, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(test.peers.server, &blocked), 0);
}

/* RFC 5246 7.2.1: that "no longer requires that a session not be resumed" */
static void
end_without_a_word(void)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	test.peers.to_server.closed = true;
	ck_assert_int_le(s2n_recv(test.peers.server, &byte, 1, &blocked), 0);
}

static const struct {
	const char *what;
	void (*end)(void);
	bool deleted;
} ends[] = {
	{ "a record that is broken", bad_record, true },
	{ "a fatal alert", fatal_alert, true },
	{ "close_notify", goodbye, false },
	{ "the end without it", end_without_a_word, false },
};

/* RFC 5246 7.2.2: of a connection that resumed it, or that began it. */
START_TEST(a_session_is_forgotten_with_a_fatal_alert)
{
	bool resumes = _i % 2 == 1;

	open_session(BY_ID);
	if (resumes)
		ck_assert(resumed());
	ends[_i / 2].end();
	ck_assert_msg(test.deleted == (ends[_i / 2].deleted ? 1u : 0u),
	    "%s: %u deleted", ends[_i / 2].what, test.deleted);
	ck_assert(resumed() != ends[_i / 2].deleted);
	peers_close(&test.peers);
}
END_TEST

static Suite *
resume12_suite(void)
{
	Suite *suite = suite_create("resume12");
	TCase *tcase = tcase_create("resume12");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_ticket_that_does_not_open_is_a_full_handshake);
	tcase_add_loop_test(
	    tcase, a_ticket_of_another_length_asks_for_one, 0, 4);
	tcase_add_loop_test(
	    tcase, a_ticket_that_is_too_long_is_thrown_away, 0, 3);
	tcase_add_test(tcase, a_ticket_of_tls13_is_none_below);
	tcase_add_test(tcase, a_ticket_of_tls12_is_none_above);
	tcase_add_loop_test(tcase, a_session_does_not_lower_the_version, 0, 2);
	tcase_add_test(tcase, a_session_of_tls13_is_none_for_an_older_server);
	tcase_add_test(tcase, a_ticket_under_another_key_is_none);
	tcase_add_loop_test(
	    tcase, what_an_enemy_says_ends_it, 0, 2 * (int)COUNT(crooks));
	tcase_add_loop_test(tcase, a_session_is_forgotten_with_a_fatal_alert, 0,
	    2 * (int)COUNT(ends));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(resume12_suite)
