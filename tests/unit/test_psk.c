/*
 * External pre-shared keys: made, given to connections, chosen by a server.
 */
#include <stdio.h>

#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/keyed.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

/* ---- keys ---- */

START_TEST(a_key_has_an_identity_and_a_secret)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	struct s2n_psk *psk = s2n_external_psk_new(), *none = NULL;
	static const uint8_t zeroes[48];

	keyed_error(
	    s2n_psk_set_identity(psk, zeroes, 0), "S2N_ERR_INVALID_ARGUMENT");
	keyed_error(s2n_psk_set_identity(psk, NULL, 1), "S2N_ERR_NULL");
	keyed_error(s2n_psk_set_identity(NULL, zeroes, 1), "S2N_ERR_NULL");
	keyed_error(
	    s2n_psk_set_secret(psk, zeroes, 0), "S2N_ERR_INVALID_ARGUMENT");
	keyed_error(s2n_psk_set_secret(psk, zeroes, sizeof zeroes),
	    "S2N_ERR_INVALID_ARGUMENT");
	keyed_error(s2n_psk_set_secret(psk, NULL, 1), "S2N_ERR_NULL");
	keyed_error(s2n_psk_set_secret(NULL, zeroes, 1), "S2N_ERR_NULL");
	keyed_error(
	    s2n_psk_set_hmac(psk, (s2n_psk_hmac)2), "S2N_ERR_INVALID_ARGUMENT");
	keyed_error(s2n_psk_set_hmac(NULL, SHA256), "S2N_ERR_NULL");
	keyed_error(s2n_connection_append_psk(conn, NULL), "S2N_ERR_NULL");
	keyed_error(s2n_connection_append_psk(NULL, psk), "S2N_ERR_NULL");
	keyed_error(
	    s2n_connection_append_psk(conn, psk), "S2N_ERR_INVALID_ARGUMENT");
	/* An identity may be zeroes. */
	ck_assert_int_eq(s2n_psk_set_identity(psk, zeroes, 1), 0);
	keyed_error(
	    s2n_connection_append_psk(conn, psk), "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(s2n_psk_set_secret(psk, (const uint8_t *)"s", 1), 0);
	ck_assert_int_eq(s2n_connection_append_psk(conn, psk), 0);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	ck_assert_ptr_null(psk);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	ck_assert_int_eq(s2n_psk_free(&none), 0);
	ck_assert_int_eq(s2n_psk_free(NULL), 0);
	ck_assert_int_eq(s2n_connection_free(conn), 0);
}
END_TEST

START_TEST(the_last_word_counts)
{
	static const struct key once = { "a name", "a secret", SHA384 };
	struct s2n_psk *psk = keyed_make(&once);

	ck_assert_int_eq(s2n_psk_set_identity(psk, (const uint8_t *)"b", 1), 0);
	ck_assert_int_eq(s2n_psk_set_secret(psk, (const uint8_t *)"xyz", 3), 0);
	ck_assert_int_eq(s2n_psk_set_hmac(psk, SHA256), 0);
	ck_assert(slice_equal(psk_identity(psk), (struct slice)BYTES('b')));
	ck_assert(
	    slice_equal(psk_secret(psk), (struct slice)BYTES('x', 'y', 'z')));
	ck_assert_ptr_eq(psk->digest, &digest_sha256);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
}
END_TEST

START_TEST(an_identity_is_given_once)
{
	static const struct key key = { "name", "secret", SHA256 };
	static const struct key other = { "name", "another", SHA384 };

	for (int mode = S2N_SERVER; mode <= S2N_CLIENT; mode++) {
		struct s2n_connection *conn =
		    s2n_connection_new((s2n_mode)mode);
		struct s2n_psk *psk = keyed_make(&other);

		keyed_give(conn, &key);
		keyed_error(s2n_connection_append_psk(conn, psk),
		    "S2N_ERR_DUPLICATE_PSK_IDENTITIES");
		ck_assert_uint_eq(conn->psks.count, 1);
		ck_assert_int_eq(s2n_connection_wipe(conn), 0);
		ck_assert_uint_eq(conn->psks.count, 0);
		ck_assert_int_eq(s2n_connection_append_psk(conn, psk), 0);
		ck_assert_int_eq(s2n_psk_free(&psk), 0);
		ck_assert_int_eq(s2n_connection_free(conn), 0);
	}
}
END_TEST

/* pre_shared_key with its header: 8 bytes, 6 for each identity, 1 for each
 * binder; all of it at most 65535. */
static const struct {
	const char *what;
	size_t first, second; /* bytes of identities; 0: there is no second */
	s2n_psk_hmac first_hmac, second_hmac;
	bool fits;
} offers[] = {
	{ "one of SHA-256", 65488, 0, SHA256, SHA256, true },
	{ "one too many", 65489, 0, SHA256, SHA256, false },
	{ "the longest there is", 65535, 0, SHA256, SHA256, false },
	{ "one of SHA-384", 65472, 0, SHA384, SHA256, true },
	{ "one too many of SHA-384", 65473, 0, SHA384, SHA256, false },
	{ "two", 65448, 1, SHA256, SHA256, true },
	{ "two, one too many", 65449, 1, SHA256, SHA256, false },
	{ "two hashes", 30000, 65535 - 30000 - 8 - 7 - 32 - 7 - 48, SHA256,
	    SHA384, true },
	{ "two hashes, one too many", 30000,
	    65535 - 30000 - 8 - 7 - 32 - 7 - 48 + 1, SHA256, SHA384, false },
};

/* Gives the result of the last append. */
static int
append_long(struct s2n_connection *conn, size_t len, s2n_psk_hmac hmac)
{
	static uint8_t identity[UINT16_MAX];
	struct s2n_psk *psk = s2n_external_psk_new();
	int r;

	memset(identity, (int)(len % 251), sizeof identity);
	ck_assert_int_eq(s2n_psk_set_identity(psk, identity, (uint16_t)len), 0);
	ck_assert_int_eq(s2n_psk_set_secret(psk, (const uint8_t *)"s", 1), 0);
	ck_assert_int_eq(s2n_psk_set_hmac(psk, hmac), 0);
	r = s2n_connection_append_psk(conn, psk);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	return r;
}

START_TEST(an_offer_has_an_end)
{
	struct s2n_connection *client = s2n_connection_new(S2N_CLIENT);
	struct s2n_connection *server = s2n_connection_new(S2N_SERVER);
	size_t len = offers[_i].first;
	s2n_psk_hmac hmac = offers[_i].first_hmac;

	if (offers[_i].second > 0) {
		ck_assert_int_eq(append_long(client, len, hmac), 0);
		ck_assert_int_eq(append_long(server, len, hmac), 0);
		len = offers[_i].second;
		hmac = offers[_i].second_hmac;
	}
	if (offers[_i].fits)
		ck_assert_int_eq(append_long(client, len, hmac), 0);
	else
		keyed_error(append_long(client, len, hmac),
		    "S2N_ERR_OFFERED_PSKS_TOO_LONG");
	/* Servers offer nothing. */
	ck_assert_int_eq(append_long(server, len, hmac), 0);
	ck_assert_int_eq(s2n_connection_free(client), 0);
	ck_assert_int_eq(s2n_connection_free(server), 0);
}
END_TEST

/* ---- handshakes ---- */

/* clang-format off */
static const struct {
	const char *what;
	struct key client[KEYS_MAX], server[KEYS_MAX];
	const char *chosen; /* NULL: a full handshake */
	uint16_t suite;     /* 0: any */
	bool no_chain;
} choices[] = {
	{ "one", { { "a", "1", SHA256 } }, { { "a", "1", SHA256 } }, "a", TLS_AES_128_GCM_SHA256, false },
	{ "one, without a certificate", { { "a", "1", SHA256 } }, { { "a", "1", SHA256 } }, "a", TLS_AES_128_GCM_SHA256, true },
	{ "SHA-384", { { "a", "1", SHA384 } }, { { "a", "1", SHA384 } }, "a", TLS_AES_256_GCM_SHA384, true },
	{ "the server's order", { { "a", "1", SHA256 }, { "b", "2", SHA256 } }, { { "b", "2", SHA256 }, { "a", "1", SHA256 } }, "b", 0, true },
	{ "the server's order, other hash", { { "a", "1", SHA256 }, { "b", "2", SHA384 } }, { { "b", "2", SHA384 }, { "a", "1", SHA256 } }, "b", TLS_AES_256_GCM_SHA384, true },
	{ "the client has fewer", { { "c", "3", SHA256 } }, { { "a", "1", SHA256 }, { "b", "2", SHA256 }, { "c", "3", SHA256 } }, "c", 0, true },
	{ "the server has fewer", { { "a", "1", SHA256 }, { "b", "2", SHA256 }, { "c", "3", SHA384 } }, { { "c", "3", SHA384 } }, "c", 0, true },
	{ "none in common", { { "a", "1", SHA256 } }, { { "b", "1", SHA256 } }, NULL, 0, false },
	{ "a beginning is another identity", { { "aa", "1", SHA256 } }, { { "a", "1", SHA256 }, { "aaa", "1", SHA256 } }, NULL, 0, false },
	{ "the client has none", { { NULL, NULL, SHA256 } }, { { "a", "1", SHA256 } }, NULL, 0, false },
	{ "the server has none", { { "a", "1", SHA256 } }, { { NULL, NULL, SHA256 } }, NULL, 0, false },
	{ "a long secret", { { "a", "0123456789012345678901234567890123456789012345678901234567890123456789", SHA256 } },
	    { { "a", "0123456789012345678901234567890123456789012345678901234567890123456789", SHA256 } }, "a", 0, true },
};
/* clang-format on */

/* Each plainly, bytewise, with a retry, and with that bytewise. */
START_TEST(the_first_of_the_servers_keys_is_chosen)
{
	int i = _i / 4;
	struct peers_spec spec = {
		.slow = _i % 2 == 1,
		.retry = _i % 4 >= 2,
		.no_chain = choices[i].no_chain,
		.pending_key = true,
	};
	struct peers peers;

	keyed_open(&peers, &spec, choices[i].client, choices[i].server);
	keyed_converse(&peers, choices[i].what);
	keyed_agreed(&peers, choices[i].chosen, choices[i].what);
	if (choices[i].suite != 0)
		ck_assert_uint_eq(
		    peers.server->suite->number, choices[i].suite);
	ck_assert_uint_eq(
	    peers.key_operations, choices[i].chosen == NULL ? 1 : 0);
	ck_assert_int_eq(
	    strstr(s2n_connection_get_handshake_type_name(peers.server),
		"HELLO_RETRY_REQUEST") != NULL,
	    spec.retry);
	peers_close(&peers);
}
END_TEST

static const struct key wrong[KEYS_MAX] = { { "name", "Secret", SHA256 } };
static const struct key unknown[KEYS_MAX] = { { "Name", "secret", SHA256 } };
static const struct key sha384[KEYS_MAX] = { { "name", "secret", SHA384 } };

/* Who does not know the key, and who names none that there is, hear the same:
 * nobody finds out names by trying. */
static const struct {
	const char *what;
	const struct key *client, *server;
	bool retry, no_chain;
	const char *error;
} failures[] = {
	{ "wrong secret", wrong, keyed_one, false, false,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "wrong secret, retry", wrong, keyed_one, true, false,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "wrong secret, no chain", wrong, keyed_one, false, true,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "wrong secret of the second", keyed_two,
	    (const struct key[KEYS_MAX]){
		{ "other", "Terces", SHA256 }, { "name", "secret", SHA256 } },
	    false, false, "S2N_ERR_BAD_MESSAGE" },
	{ "another hash", sha384, keyed_one, false, false,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "another hash the other way", keyed_one, sha384, false, true,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "unknown, no chain", unknown, keyed_one, false, true,
	    "S2N_ERR_NO_CERT_FOUND" },
};

START_TEST(a_wrong_key_is_a_decrypt_error)
{
	struct peers_spec spec = {
		.retry = failures[_i].retry,
		.no_chain = failures[_i].no_chain,
	};
	struct peers peers;

	keyed_open(&peers, &spec, failures[_i].client, failures[_i].server);
	ck_assert_msg(!peers_negotiate(&peers), "%s", failures[_i].what);
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), failures[_i].error);
	ck_assert_int_eq(s2n_connection_get_alert(peers.client), 51);
	/* It was not the one that it named. */
	keyed_agreed(&peers, NULL, failures[_i].what);
	peers_close(&peers);
}
END_TEST

START_TEST(a_key_without_a_suite_is_no_key)
{
	static const struct key both[KEYS_MAX] = { { "name", "secret", SHA384 },
		{ "second", "secret", SHA256 } };
	struct peers_spec spec = {
		.version = S2N_TLS13,
		.suite = TLS_AES_128_GCM_SHA256,
	};
	struct peers peers;

	keyed_open(&peers, &spec, sha384, sha384);
	keyed_converse(&peers, "no suite");
	keyed_agreed(&peers, NULL, "no suite");
	keyed_client = keyed_server = both;
	peers_reconnect(&peers);
	keyed_converse(&peers, "the next");
	keyed_agreed(&peers, "second", "the next");
	peers_close(&peers);
}
END_TEST

START_TEST(below_tls13_there_are_none)
{
	struct peers_spec spec = {
		.version = S2N_TLS12,
		.client_most = S2N_TLS13,
		.suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	};
	struct peers peers;

	for (int i = 0; i < 2; i++) {
		keyed_open(&peers, &spec, keyed_one, keyed_one);
		keyed_converse(&peers, "TLS 1.2");
		ck_assert_int_eq(
		    s2n_connection_get_actual_protocol_version(peers.server),
		    S2N_TLS12);
		keyed_agreed(&peers, NULL, "TLS 1.2");
		peers_close(&peers);
		spec.client_most = 0;
	}
}
END_TEST

/* Nobody is asked for a certificate who has shown already who it is. */
START_TEST(a_key_stands_for_certificates)
{
	struct peers_spec spec = {
		.client_auth = S2N_CERT_AUTH_REQUIRED,
		.client_cert = true,
	};
	struct peers peers;

	keyed_open(&peers, &spec, keyed_one, keyed_one);
	keyed_converse(&peers, "client authentication");
	keyed_agreed(&peers, "name", "client authentication");
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 0);
	ck_assert_ptr_null(s2n_connection_get_selected_cert(peers.server));
	keyed_client = NULL;
	peers_reconnect(&peers);
	keyed_converse(&peers, "without a key");
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 1);
	peers_close(&peers);
}
END_TEST

START_TEST(after_the_handshake_no_secret_is_left)
{
	struct s2n_connection *sides[2];
	struct peers peers;
	uint8_t identity[4];

	keyed_open(&peers, &(struct peers_spec){ 0 }, keyed_two, keyed_two);
	keyed_converse(&peers, "two");
	sides[0] = peers.client;
	sides[1] = peers.server;
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct s2n_psk *psk = keyed_make(&sha384[0]);

		ck_assert_uint_eq(sides[i]->psks.count, 1);
		ck_assert_uint_eq(psk_secret(sides[i]->psk).len, 0);
		keyed_error(s2n_connection_append_psk(sides[i], psk),
		    "S2N_ERR_INVALID_STATE");
		ck_assert_int_eq(s2n_psk_free(&psk), 0);
		keyed_error(s2n_connection_get_negotiated_psk_identity(
				sides[i], identity, 3),
		    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
		ck_assert_int_eq(s2n_connection_get_negotiated_psk_identity(
				     sides[i], identity, 4),
		    0);
		ck_assert_mem_eq(identity, "name", 4);
		ck_assert_int_eq(s2n_connection_wipe(sides[i]), 0);
		ck_assert_uint_eq(sides[i]->psks.count, 0);
	}
	peers_close(&peers);
}
END_TEST

START_TEST(an_offer_that_is_made_does_not_grow)
{
	struct s2n_psk *psk = keyed_make(&keyed_mixed[0]);
	s2n_blocked_status blocked;
	struct peers peers;

	keyed_open(&peers, &(struct peers_spec){ .retry = true }, keyed_one,
	    keyed_two);
	ck_assert_int_lt(s2n_negotiate(peers.client, &blocked), 0);
	keyed_error(s2n_connection_append_psk(peers.client, psk),
	    "S2N_ERR_INVALID_STATE");
	keyed_converse(&peers, "retry");
	keyed_agreed(&peers, "name", "retry");
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	peers_close(&peers);
}
END_TEST

static size_t identity_len;

static void
give_long(struct peers *peers)
{
	ck_assert_int_eq(append_long(peers->client, identity_len, SHA256), 0);
	ck_assert_int_eq(append_long(peers->server, identity_len, SHA256), 0);
}

/* What an extension could hold, a ClientHello with the others in it cannot. */
START_TEST(an_identity_may_be_as_long_as_a_hello)
{
	static const size_t lens[] = { 1, 2, 255, 256, 16384, 65000, 65488 };
	static uint8_t identity[UINT16_MAX];
	struct peers peers;
	uint16_t len;

	identity_len = lens[_i];
	peers_open(&peers,
	    &(struct peers_spec){ .prepare = give_long, .no_chain = true });
	if (identity_len == 65488) {
		ck_assert(!peers_negotiate(&peers));
		ck_assert_str_eq(s2n_strerror_name(peers.client_error),
		    "S2N_ERR_OFFERED_PSKS_TOO_LONG");
	} else {
		keyed_converse(&peers, "long");
		ck_assert_int_eq(
		    s2n_connection_get_negotiated_psk_identity_length(
			peers.server, &len),
		    0);
		ck_assert_uint_eq(len, identity_len);
		ck_assert_int_eq(s2n_connection_get_negotiated_psk_identity(
				     peers.server, identity, len),
		    0);
		ck_assert_uint_eq(identity[len - 1], identity_len % 251);
	}
	peers_close(&peers);
}
END_TEST

static void
give_many(struct peers *peers)
{
	char name[20], secret[20];
	struct key key = { name, secret, SHA256 };

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "%d", i);
		snprintf(secret, sizeof secret, "secret %d", i);
		keyed_give(peers->client, &key);
		if (i >= 700)
			keyed_give(peers->server, &key);
	}
}

START_TEST(a_client_may_offer_many)
{
	struct peers peers;

	peers_open(&peers,
	    &(struct peers_spec){ .prepare = give_many, .retry = true });
	keyed_converse(&peers, "many");
	keyed_agreed(&peers, "700", "many");
	ck_assert_uint_eq(peers.server->psks.count, 1);
	peers_close(&peers);
}
END_TEST

/* ---- sessions beside them ---- */

/* A handshake with a key gives a session as any other does. */
START_TEST(sessions_and_keys_do_not_mix)
{
	struct s2n_psk *psk = keyed_make(&keyed_one[0]);
	struct peers peers;
	uint8_t blob[400];
	uint16_t len;
	size_t size;

	keyed_open(&peers, &(struct peers_spec){ .no_chain = true }, keyed_one,
	    keyed_one);
	keyed_use_tickets(&peers);
	keyed_converse(&peers, "key");
	keyed_agreed(&peers, "name", "key");
	size = (size_t)keyed_take_session(&peers, blob, sizeof blob);
	keyed_client = keyed_server = NULL;
	peers_reconnect(&peers);
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, size), 0);
	keyed_error(
	    s2n_connection_append_psk(peers.client, psk), "S2N_ERR_PSK_MODE");
	keyed_error(
	    s2n_connection_set_psk_mode(peers.client, S2N_PSK_MODE_EXTERNAL),
	    "S2N_ERR_PSK_MODE");
	ck_assert_int_eq(
	    s2n_connection_set_psk_mode(peers.client, S2N_PSK_MODE_RESUMPTION),
	    0);
	keyed_converse(&peers, "session");
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.client), 1);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	/* A ticket of ours is the identity of a session's key. */
	ck_assert_int_eq(s2n_connection_get_negotiated_psk_identity_length(
			     peers.server, &len),
	    0);
	ck_assert_uint_eq(len, 138);
	/* A session takes the place of keys. */
	peers_reconnect(&peers);
	keyed_give(peers.client, &keyed_two[1]);
	keyed_error(
	    s2n_connection_set_psk_mode(peers.client, S2N_PSK_MODE_RESUMPTION),
	    "S2N_ERR_PSK_MODE");
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, size), 0);
	keyed_converse(&peers, "session in place of a key");
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	/* A server that expects keys takes no sessions, and without any has
	 * nobody to serve. */
	for (int i = 0; i < 3; i++) {
		peers_reconnect(&peers);
		ck_assert_int_eq(
		    s2n_connection_set_session(peers.client, blob, size), 0);
		if (i == 0)
			keyed_give(peers.server, &keyed_one[0]);
		else if (i == 1)
			ck_assert_int_eq(
			    s2n_connection_set_psk_mode(
				peers.server, S2N_PSK_MODE_EXTERNAL),
			    0);
		else
			ck_assert_int_eq(
			    s2n_config_set_psk_mode(
				peers.server_config, S2N_PSK_MODE_EXTERNAL),
			    0);
		ck_assert_msg(!peers_negotiate(&peers), "%d", i);
		ck_assert_int_eq(s2n_connection_get_alert(peers.client), 51);
	}
	/* The connection's word counts more. */
	peers_reconnect(&peers);
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, size), 0);
	ck_assert_int_eq(
	    s2n_connection_set_psk_mode(peers.server, S2N_PSK_MODE_RESUMPTION),
	    0);
	keyed_converse(&peers, "the connection's mode");
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_mode_is_one_of_two)
{
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);

	keyed_error(s2n_config_set_psk_mode(config, (s2n_psk_mode)2),
	    "S2N_ERR_INVALID_ARGUMENT");
	keyed_error(s2n_connection_set_psk_mode(conn, (s2n_psk_mode)2),
	    "S2N_ERR_INVALID_ARGUMENT");
	keyed_error(s2n_config_set_psk_mode(NULL, S2N_PSK_MODE_EXTERNAL),
	    "S2N_ERR_NULL");
	keyed_error(s2n_connection_set_psk_mode(NULL, S2N_PSK_MODE_EXTERNAL),
	    "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_free(conn), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
}
END_TEST

static Suite *
psk_suite(void)
{
	Suite *suite = suite_create("psk");
	TCase *tcase = tcase_create("psk");

	with_library(tcase);
	tcase_add_test(tcase, a_key_has_an_identity_and_a_secret);
	tcase_add_test(tcase, the_last_word_counts);
	tcase_add_test(tcase, an_identity_is_given_once);
	tcase_add_loop_test(tcase, an_offer_has_an_end, 0, (int)COUNT(offers));
	tcase_add_loop_test(tcase, the_first_of_the_servers_keys_is_chosen, 0,
	    4 * (int)COUNT(choices));
	tcase_add_loop_test(
	    tcase, a_wrong_key_is_a_decrypt_error, 0, (int)COUNT(failures));
	tcase_add_test(tcase, a_key_without_a_suite_is_no_key);
	tcase_add_test(tcase, below_tls13_there_are_none);
	tcase_add_test(tcase, a_key_stands_for_certificates);
	tcase_add_test(tcase, after_the_handshake_no_secret_is_left);
	tcase_add_test(tcase, an_offer_that_is_made_does_not_grow);
	tcase_add_loop_test(tcase, an_identity_may_be_as_long_as_a_hello, 0, 7);
	tcase_add_test(tcase, a_client_may_offer_many);
	tcase_add_test(tcase, sessions_and_keys_do_not_mix);
	tcase_add_test(tcase, a_mode_is_one_of_two);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(psk_suite)
