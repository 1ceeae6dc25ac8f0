/*
 * External pre-shared keys: made, given to connections, chosen by a server or
 * its application, and everything that an enemy may say about them.
 */
#include <stdio.h>

#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define KEYS_MAX 4
#define SHA256 S2N_PSK_HMAC_SHA256
#define SHA384 S2N_PSK_HMAC_SHA384
/* The extensions' numbers. */
#define KEY_SHARE 51
#define MODES 45
#define PRE_SHARED_KEY 41

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
}

static void
teardown(void)
{
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

/* ---- keys ---- */

struct key {
	const char *name; /* NULL: the end of a list */
	const char *secret;
	s2n_psk_hmac hmac;
};

static struct s2n_psk *
make(const struct key *key)
{
	struct s2n_psk *psk = s2n_external_psk_new();

	ck_assert_ptr_nonnull(psk);
	ck_assert_int_eq(s2n_psk_set_identity(psk, (const uint8_t *)key->name,
			     (uint16_t)strlen(key->name)),
	    0);
	ck_assert_int_eq(s2n_psk_set_secret(psk, (const uint8_t *)key->secret,
			     (uint16_t)strlen(key->secret)),
	    0);
	ck_assert_int_eq(s2n_psk_set_hmac(psk, key->hmac), 0);
	return psk;
}

/* The connection has its own: this one is gone at once. */
static void
give(struct s2n_connection *conn, const struct key *key)
{
	struct s2n_psk *psk = make(key);

	ck_assert_msg(s2n_connection_append_psk(conn, psk) == 0, "%s: %s",
	    key->name, s2n_strerror_name(s2n_errno));
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	ck_assert_ptr_null(psk);
}

static void
give_all(struct s2n_connection *conn, const struct key *keys)
{
	for (size_t i = 0; i < KEYS_MAX && keys[i].name != NULL; i++)
		give(conn, &keys[i]);
}

static void
is_error(int result, const char *name)
{
	ck_assert_int_lt(result, 0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

START_TEST(a_key_has_an_identity_and_a_secret)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	struct s2n_psk *psk = s2n_external_psk_new(), *none = NULL;
	static const uint8_t zeroes[48];

	is_error(
	    s2n_psk_set_identity(psk, zeroes, 0), "S2N_ERR_INVALID_ARGUMENT");
	is_error(s2n_psk_set_identity(psk, NULL, 1), "S2N_ERR_NULL");
	is_error(s2n_psk_set_identity(NULL, zeroes, 1), "S2N_ERR_NULL");
	is_error(
	    s2n_psk_set_secret(psk, zeroes, 0), "S2N_ERR_INVALID_ARGUMENT");
	is_error(s2n_psk_set_secret(psk, zeroes, sizeof zeroes),
	    "S2N_ERR_INVALID_ARGUMENT");
	is_error(s2n_psk_set_secret(psk, NULL, 1), "S2N_ERR_NULL");
	is_error(s2n_psk_set_secret(NULL, zeroes, 1), "S2N_ERR_NULL");
	is_error(
	    s2n_psk_set_hmac(psk, (s2n_psk_hmac)2), "S2N_ERR_INVALID_ARGUMENT");
	is_error(s2n_psk_set_hmac(NULL, SHA256), "S2N_ERR_NULL");
	is_error(s2n_connection_append_psk(conn, NULL), "S2N_ERR_NULL");
	is_error(s2n_connection_append_psk(NULL, psk), "S2N_ERR_NULL");
	is_error(
	    s2n_connection_append_psk(conn, psk), "S2N_ERR_INVALID_ARGUMENT");
	/* An identity may be zeroes. */
	ck_assert_int_eq(s2n_psk_set_identity(psk, zeroes, 1), 0);
	is_error(
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
	struct s2n_psk *psk = make(&once);

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
		struct s2n_psk *psk = make(&other);

		give(conn, &key);
		is_error(s2n_connection_append_psk(conn, psk),
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
		is_error(append_long(client, len, hmac),
		    "S2N_ERR_OFFERED_PSKS_TOO_LONG");
	/* Servers offer nothing. */
	ck_assert_int_eq(append_long(server, len, hmac), 0);
	ck_assert_int_eq(s2n_connection_free(client), 0);
	ck_assert_int_eq(s2n_connection_free(server), 0);
}
END_TEST

/* ---- handshakes ---- */

static const struct key *client_keys, *server_keys;

static void
give_both(struct peers *peers)
{
	if (client_keys != NULL)
		give_all(peers->client, client_keys);
	if (server_keys != NULL)
		give_all(peers->server, server_keys);
}

static void
open_peers(struct peers *peers, const struct peers_spec *spec,
    const struct key *client, const struct key *server)
{
	struct peers_spec with = *spec;

	client_keys = client;
	server_keys = server;
	with.prepare = give_both;
	peers_open(peers, &with);
}

static void
converse(struct peers *peers, const char *what)
{
	ck_assert_msg(peers_negotiate(peers), "%s: client: %s, server: %s",
	    what, s2n_strerror_debug(peers->client_error, NULL),
	    s2n_strerror_debug(peers->server_error, NULL));
	peers_transfer(peers->client, peers->server, 100);
	peers_transfer(peers->server, peers->client, 100);
}

/* What both sides say that they agreed on; NULL: a full handshake. */
static void
agreed(struct peers *peers, const char *name, const char *what)
{
	struct s2n_connection *sides[] = { peers->client, peers->server };
	uint8_t identity[100];
	uint16_t len;

	for (size_t i = 0; i < COUNT(sides); i++) {
		memset(identity, '?', sizeof identity);
		len = 77;
		ck_assert_int_eq(
		    s2n_connection_get_negotiated_psk_identity_length(
			sides[i], &len),
		    0);
		ck_assert_int_eq(s2n_connection_get_negotiated_psk_identity(
				     sides[i], identity, sizeof identity),
		    0);
		ck_assert_msg(len == (name != NULL ? strlen(name) : 0),
		    "%s: %u bytes of identity", what, len);
		ck_assert_msg(name == NULL || memcmp(identity, name, len) == 0,
		    "%s: another identity", what);
		ck_assert_uint_eq(identity[len], '?');
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(sides[i]), 0);
		if (!sides[i]->negotiated)
			continue;
		ck_assert_int_eq(
		    strstr(s2n_connection_get_handshake_type_name(sides[i]),
			"FULL_HANDSHAKE") != NULL,
		    name == NULL);
	}
}

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

	open_peers(&peers, &spec, choices[i].client, choices[i].server);
	converse(&peers, choices[i].what);
	agreed(&peers, choices[i].chosen, choices[i].what);
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

static const struct key one[KEYS_MAX] = { { "name", "secret", SHA256 } };
static const struct key wrong[KEYS_MAX] = { { "name", "Secret", SHA256 } };
static const struct key unknown[KEYS_MAX] = { { "Name", "secret", SHA256 } };
static const struct key sha384[KEYS_MAX] = { { "name", "secret", SHA384 } };
static const struct key two[KEYS_MAX] = { { "name", "secret", SHA256 },
	{ "other", "terces", SHA256 } };
static const struct key mixed[KEYS_MAX] = { { "other", "terces", SHA384 },
	{ "name", "secret", SHA256 } };

/* Who does not know the key, and who names none that there is, hear the same:
 * nobody finds out names by trying. */
static const struct {
	const char *what;
	const struct key *client, *server;
	bool retry, no_chain;
	const char *error;
} failures[] = {
	{ "wrong secret", wrong, one, false, false, "S2N_ERR_BAD_MESSAGE" },
	{ "wrong secret, retry", wrong, one, true, false,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "wrong secret, no chain", wrong, one, false, true,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "wrong secret of the second", two,
	    (const struct key[KEYS_MAX]){
		{ "other", "Terces", SHA256 }, { "name", "secret", SHA256 } },
	    false, false, "S2N_ERR_BAD_MESSAGE" },
	{ "another hash", sha384, one, false, false, "S2N_ERR_BAD_MESSAGE" },
	{ "another hash the other way", one, sha384, false, true,
	    "S2N_ERR_BAD_MESSAGE" },
	{ "unknown, no chain", unknown, one, false, true,
	    "S2N_ERR_NO_CERT_FOUND" },
};

START_TEST(a_wrong_key_is_a_decrypt_error)
{
	struct peers_spec spec = {
		.retry = failures[_i].retry,
		.no_chain = failures[_i].no_chain,
	};
	struct peers peers;

	open_peers(&peers, &spec, failures[_i].client, failures[_i].server);
	ck_assert_msg(!peers_negotiate(&peers), "%s", failures[_i].what);
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), failures[_i].error);
	ck_assert_int_eq(s2n_connection_get_alert(peers.client), 51);
	/* It was not the one that it named. */
	agreed(&peers, NULL, failures[_i].what);
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

	open_peers(&peers, &spec, sha384, sha384);
	converse(&peers, "no suite");
	agreed(&peers, NULL, "no suite");
	client_keys = server_keys = both;
	peers_reconnect(&peers);
	converse(&peers, "the next");
	agreed(&peers, "second", "the next");
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
		open_peers(&peers, &spec, one, one);
		converse(&peers, "TLS 1.2");
		ck_assert_int_eq(
		    s2n_connection_get_actual_protocol_version(peers.server),
		    S2N_TLS12);
		agreed(&peers, NULL, "TLS 1.2");
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

	open_peers(&peers, &spec, one, one);
	converse(&peers, "client authentication");
	agreed(&peers, "name", "client authentication");
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 0);
	ck_assert_ptr_null(s2n_connection_get_selected_cert(peers.server));
	client_keys = NULL;
	peers_reconnect(&peers);
	converse(&peers, "without a key");
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 1);
	peers_close(&peers);
}
END_TEST

START_TEST(after_the_handshake_no_secret_is_left)
{
	struct s2n_connection *sides[2];
	struct peers peers;
	uint8_t identity[4];

	open_peers(&peers, &(struct peers_spec){ 0 }, two, two);
	converse(&peers, "two");
	sides[0] = peers.client;
	sides[1] = peers.server;
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct s2n_psk *psk = make(&sha384[0]);

		ck_assert_uint_eq(sides[i]->psks.count, 1);
		ck_assert_uint_eq(psk_secret(sides[i]->psk).len, 0);
		is_error(s2n_connection_append_psk(sides[i], psk),
		    "S2N_ERR_INVALID_STATE");
		ck_assert_int_eq(s2n_psk_free(&psk), 0);
		is_error(s2n_connection_get_negotiated_psk_identity(
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
	struct s2n_psk *psk = make(&mixed[0]);
	s2n_blocked_status blocked;
	struct peers peers;

	open_peers(&peers, &(struct peers_spec){ .retry = true }, one, two);
	ck_assert_int_lt(s2n_negotiate(peers.client, &blocked), 0);
	is_error(s2n_connection_append_psk(peers.client, psk),
	    "S2N_ERR_INVALID_STATE");
	converse(&peers, "retry");
	agreed(&peers, "name", "retry");
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
		converse(&peers, "long");
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
		give(peers->client, &key);
		if (i >= 700)
			give(peers->server, &key);
	}
}

START_TEST(a_client_may_offer_many)
{
	struct peers peers;

	peers_open(&peers,
	    &(struct peers_spec){ .prepare = give_many, .retry = true });
	converse(&peers, "many");
	agreed(&peers, "700", "many");
	ck_assert_uint_eq(peers.server->psks.count, 1);
	peers_close(&peers);
}
END_TEST

/* ---- sessions beside them ---- */

static void
use_tickets(struct peers *peers)
{
	uint8_t name[] = "key", secret[32] = { 7 };

	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers->server_config, 1), 0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers->client_config, 1), 0);
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(peers->server_config,
			     name, 3, secret, sizeof secret, 0),
	    0);
}

static int
take_session(struct peers *peers, uint8_t *blob, size_t max)
{
	s2n_blocked_status blocked;
	int len;

	ck_assert_int_lt(s2n_recv(peers->client, blob, 1, &blocked), 0);
	len = s2n_connection_get_session(peers->client, blob, max);
	ck_assert_int_gt(len, 0);
	return len;
}

/* A handshake with a key gives a session as any other does. */
START_TEST(sessions_and_keys_do_not_mix)
{
	struct s2n_psk *psk = make(&one[0]);
	struct peers peers;
	uint8_t blob[400];
	uint16_t len;
	size_t size;

	open_peers(&peers, &(struct peers_spec){ .no_chain = true }, one, one);
	use_tickets(&peers);
	converse(&peers, "key");
	agreed(&peers, "name", "key");
	size = (size_t)take_session(&peers, blob, sizeof blob);
	client_keys = server_keys = NULL;
	peers_reconnect(&peers);
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, size), 0);
	is_error(
	    s2n_connection_append_psk(peers.client, psk), "S2N_ERR_PSK_MODE");
	is_error(
	    s2n_connection_set_psk_mode(peers.client, S2N_PSK_MODE_EXTERNAL),
	    "S2N_ERR_PSK_MODE");
	ck_assert_int_eq(
	    s2n_connection_set_psk_mode(peers.client, S2N_PSK_MODE_RESUMPTION),
	    0);
	converse(&peers, "session");
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.client), 1);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	/* A ticket of ours is the identity of a session's key. */
	ck_assert_int_eq(s2n_connection_get_negotiated_psk_identity_length(
			     peers.server, &len),
	    0);
	ck_assert_uint_eq(len, 138);
	/* A session takes the place of keys. */
	peers_reconnect(&peers);
	give(peers.client, &two[1]);
	is_error(
	    s2n_connection_set_psk_mode(peers.client, S2N_PSK_MODE_RESUMPTION),
	    "S2N_ERR_PSK_MODE");
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, size), 0);
	converse(&peers, "session in place of a key");
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	/* A server that expects keys takes no sessions, and without any has
	 * nobody to serve. */
	for (int i = 0; i < 3; i++) {
		peers_reconnect(&peers);
		ck_assert_int_eq(
		    s2n_connection_set_session(peers.client, blob, size), 0);
		if (i == 0)
			give(peers.server, &one[0]);
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
	converse(&peers, "the connection's mode");
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_mode_is_one_of_two)
{
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);

	is_error(s2n_config_set_psk_mode(config, (s2n_psk_mode)2),
	    "S2N_ERR_INVALID_ARGUMENT");
	is_error(s2n_connection_set_psk_mode(conn, (s2n_psk_mode)2),
	    "S2N_ERR_INVALID_ARGUMENT");
	is_error(s2n_config_set_psk_mode(NULL, S2N_PSK_MODE_EXTERNAL),
	    "S2N_ERR_NULL");
	is_error(s2n_connection_set_psk_mode(NULL, S2N_PSK_MODE_EXTERNAL),
	    "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_free(conn), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
}
END_TEST

/* ---- the application chooses ---- */

static struct {
	unsigned calls;
	/* What the callback does. */
	const struct key *known;  /* appended, once it is offered */
	const char *wanted;       /* chosen */
	const char *choose_error; /* which fails so */
	bool then_none;           /* and then none is */
	int answer;
	struct s2n_offered_psk *kept; /* of the first call */
	unsigned offered;
} app;

static bool
is_named(struct slice identity, const char *name)
{
	return name != NULL && slice_equal(identity, slice_of_string(name));
}

static const struct key *
look_up(struct slice identity)
{
	const struct key *key = app.known;

	for (size_t i = 0; key != NULL && i < KEYS_MAX; i++)
		if (is_named(identity, key[i].name))
			return &key[i];
	return NULL;
}

static void
choose(struct s2n_offered_psk_list *list, struct s2n_offered_psk *psk)
{
	int r = s2n_offered_psk_list_choose_psk(list, psk);

	if (app.choose_error != NULL)
		is_error(r, app.choose_error);
	else
		ck_assert_msg(r == 0, "%s", s2n_strerror_name(s2n_errno));
	if (app.then_none)
		ck_assert_int_eq(
		    s2n_offered_psk_list_choose_psk(list, NULL), 0);
}

static struct slice
identity_of(struct s2n_offered_psk *psk)
{
	uint8_t *identity = NULL;
	uint16_t len = 0;

	ck_assert_int_eq(s2n_offered_psk_get_identity(psk, &identity, &len), 0);
	return slice_of(identity, len);
}

/* As the guide's example does it, but for what it does not look at. */
static int
select_key(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new();
	const struct key *key;
	struct slice identity;

	ck_assert_ptr_eq(ctx, &app);
	ck_assert_ptr_nonnull(psk);
	ck_assert_uint_eq(identity_of(psk).len, 0);
	is_error(s2n_offered_psk_list_choose_psk(list, psk),
	    "S2N_ERR_INVALID_ARGUMENT");
	app.calls++;
	for (int round = 0; round < 2; round++) {
		app.offered = 0;
		while (s2n_offered_psk_list_has_next(list)) {
			ck_assert_int_eq(
			    s2n_offered_psk_list_next(list, psk), 0);
			identity = identity_of(psk);
			ck_assert_uint_gt(identity.len, 0);
			app.offered++;
			key = look_up(identity);
			if (round == 0 && key != NULL && app.calls == 1)
				give(conn, key);
			if (round == 1 && is_named(identity, app.wanted))
				choose(list, psk);
		}
		is_error(s2n_offered_psk_list_next(list, psk),
		    "S2N_ERR_STUFFER_OUT_OF_DATA");
		ck_assert_uint_eq(identity_of(psk).len, 0);
		is_error(s2n_offered_psk_list_choose_psk(list, psk),
		    "S2N_ERR_INVALID_ARGUMENT");
		ck_assert_int_eq(s2n_offered_psk_list_reread(list), 0);
	}
	ck_assert_int_eq(s2n_offered_psk_free(&psk), 0);
	ck_assert_ptr_null(psk);
	return app.answer;
}

/* clang-format off */
static const struct {
	const char *what;
	const struct key *client, *server, *known;
	const char *wanted, *choose_error;
	bool then_none;
	int answer;
	const char *chosen;
} selections[] = {
	{ "looked up", one, NULL, one, "name", NULL, false, 0, "name" },
	{ "the second", two, NULL, two, "other", NULL, false, 0, "other" },
	{ "there already", two, two, NULL, "other", NULL, false, 0, "other" },
	{ "of SHA-384", mixed, mixed, NULL, "other", NULL, false, 0, "other" },
	{ "not there", two, one, NULL, "other", "S2N_ERR_INVALID_ARGUMENT", false, 0, NULL },
	{ "nothing chosen", two, two, NULL, NULL, NULL, false, 0, NULL },
	{ "then none", two, two, NULL, "name", NULL, true, 0, NULL },
	{ "a callback that fails", two, two, NULL, "name", NULL, false, -1, NULL },
	{ "answers something else", two, two, NULL, "name", NULL, false, 1, NULL },
};
/* clang-format on */

START_TEST(an_application_chooses)
{
	int i = _i / 2;
	struct peers peers;

	open_peers(&peers, &(struct peers_spec){ .retry = _i % 2 == 1 },
	    selections[i].client, selections[i].server);
	memset(&app, 0, sizeof app);
	app.known = selections[i].known;
	app.wanted = selections[i].wanted;
	app.choose_error = selections[i].choose_error;
	app.then_none = selections[i].then_none;
	app.answer = selections[i].answer;
	ck_assert_int_eq(
	    s2n_config_set_psk_mode(peers.server_config, S2N_PSK_MODE_EXTERNAL),
	    0);
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_key, &app),
	    0);
	converse(&peers, selections[i].what);
	agreed(&peers, selections[i].chosen, selections[i].what);
	ck_assert_uint_eq(app.calls, _i % 2 == 1 ? 2 : 1);
	/* After a retry it is known that SHA-384 is no use, or that only it is.
	 */
	ck_assert_uint_eq(
	    app.offered, selections[i].client == one ||
				 (selections[i].client == mixed && _i % 2 == 1)
			     ? 1
			     : 2);
	/* Without the callback it is the server's order again. */
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, NULL, NULL),
	    0);
	peers_reconnect(&peers);
	converse(&peers, selections[i].what);
	ck_assert_uint_le(app.calls, 2);
	peers_close(&peers);
}
END_TEST

START_TEST(without_an_offer_nobody_is_asked)
{
	struct peers peers;

	open_peers(&peers, &(struct peers_spec){ 0 }, NULL, one);
	memset(&app, 0, sizeof app);
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_key, &app),
	    0);
	converse(&peers, "no offer");
	ck_assert_uint_eq(app.calls, 0);
	peers_close(&peers);
}
END_TEST

/* One suite, of the other hash: there is nothing to choose. */
START_TEST(an_application_cannot_choose_what_has_no_suite)
{
	struct peers_spec spec = {
		.version = S2N_TLS13,
		.suite = TLS_AES_128_GCM_SHA256,
	};
	struct peers peers;

	open_peers(&peers, &spec, mixed, mixed);
	memset(&app, 0, sizeof app);
	app.wanted = "other";
	app.choose_error = "S2N_ERR_INVALID_ARGUMENT";
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_key, &app),
	    0);
	converse(&peers, "no suite");
	ck_assert_uint_eq(app.calls, 1);
	agreed(&peers, NULL, "no suite");
	peers_close(&peers);
}
END_TEST

/* What was read from the list of a first ClientHello is chosen from that of the
 * second, whose bytes are others. */
static int
select_kept(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	(void)conn;
	(void)ctx;
	if (app.calls++ == 0) {
		app.kept = s2n_offered_psk_new();
		while (s2n_offered_psk_list_has_next(list))
			ck_assert_int_eq(
			    s2n_offered_psk_list_next(list, app.kept), 0);
		return s2n_offered_psk_list_choose_psk(list, NULL);
	}
	choose(list, app.kept);
	return 0;
}

START_TEST(what_is_kept_too_long_is_a_number)
{
	/* The first list has three, of the second, after a retry for SHA-256,
	 * the one of SHA-384 is gone. */
	static const struct key keys[KEYS_MAX] = { { "name", "secret", SHA256 },
		{ "other", "terces", SHA384 }, { "third", "3", SHA256 } };
	struct peers peers;

	for (int i = 0; i < 2; i++) {
		open_peers(&peers, &(struct peers_spec){ .retry = true },
		    i == 0 ? keys : two, keys);
		memset(&app, 0, sizeof app);
		app.choose_error = i == 0 ? "S2N_ERR_INVALID_ARGUMENT" : NULL;
		if (i == 1)
			server_keys = two;
		peers_reconnect(&peers);
		ck_assert_int_eq(s2n_config_set_psk_selection_callback(
				     peers.server_config, select_kept, NULL),
		    0);
		converse(&peers, "kept");
		ck_assert_uint_eq(app.calls, 2);
		agreed(&peers, i == 0 ? NULL : "other", "kept");
		ck_assert_int_eq(s2n_offered_psk_free(&app.kept), 0);
		peers_close(&peers);
	}
}
END_TEST

/* Where sessions are expected, a ticket can be chosen as well. */
static int
select_ticket(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new();

	(void)conn;
	(void)ctx;
	app.calls++;
	ck_assert_int_eq(s2n_offered_psk_list_next(list, psk), 0);
	ck_assert(!s2n_offered_psk_list_has_next(list));
	choose(list, psk);
	ck_assert_int_eq(s2n_offered_psk_free(&psk), 0);
	return app.answer;
}

static const struct {
	const char *what, *choose_error;
	bool tickets_off, then_none;
	int answer;
	bool resumed;
} ticket_selections[] = {
	{ "chosen", NULL, false, false, 0, true },
	{ "then none", NULL, false, true, 0, false },
	{ "fails", NULL, false, false, -1, false },
	{ "no tickets", "S2N_ERR_INVALID_ARGUMENT", true, false, 0, false },
};

START_TEST(an_application_chooses_a_session)
{
	struct peers peers;
	uint8_t blob[400];
	int len;

	open_peers(&peers, &(struct peers_spec){ 0 }, NULL, NULL);
	memset(&app, 0, sizeof app);
	use_tickets(&peers);
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_ticket, NULL),
	    0);
	converse(&peers, "full");
	ck_assert_uint_eq(app.calls, 0);
	len = take_session(&peers, blob, sizeof blob);
	peers_reconnect(&peers);
	app.choose_error = ticket_selections[_i].choose_error;
	app.then_none = ticket_selections[_i].then_none;
	app.answer = ticket_selections[_i].answer;
	if (ticket_selections[_i].tickets_off)
		ck_assert_int_eq(s2n_config_set_session_tickets_onoff(
				     peers.server_config, 0),
		    0);
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, (size_t)len), 0);
	converse(&peers, ticket_selections[_i].what);
	ck_assert_uint_eq(app.calls, 1);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.client),
	    ticket_selections[_i].resumed);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server),
	    ticket_selections[_i].resumed);
	peers_close(&peers);
}
END_TEST

START_TEST(nothing_is_no_argument)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new(), *none = NULL;
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
	uint8_t *identity;
	uint16_t len;

	is_error(s2n_offered_psk_get_identity(NULL, &identity, &len),
	    "S2N_ERR_NULL");
	is_error(s2n_offered_psk_get_identity(psk, NULL, &len), "S2N_ERR_NULL");
	is_error(
	    s2n_offered_psk_get_identity(psk, &identity, NULL), "S2N_ERR_NULL");
	ck_assert(!s2n_offered_psk_list_has_next(NULL));
	is_error(s2n_offered_psk_list_next(NULL, psk), "S2N_ERR_NULL");
	is_error(s2n_offered_psk_list_reread(NULL), "S2N_ERR_NULL");
	is_error(s2n_offered_psk_list_choose_psk(NULL, psk), "S2N_ERR_NULL");
	is_error(s2n_config_set_psk_selection_callback(NULL, select_key, NULL),
	    "S2N_ERR_NULL");
	is_error(s2n_connection_get_negotiated_psk_identity_length(NULL, &len),
	    "S2N_ERR_NULL");
	is_error(s2n_connection_get_negotiated_psk_identity_length(conn, NULL),
	    "S2N_ERR_NULL");
	is_error(s2n_connection_get_negotiated_psk_identity(conn, NULL, 1),
	    "S2N_ERR_NULL");
	is_error(s2n_connection_get_negotiated_psk_identity(
		     NULL, (uint8_t[1]){ 0 }, 1),
	    "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_offered_psk_free(&none), 0);
	ck_assert_int_eq(s2n_offered_psk_free(NULL), 0);
	ck_assert_int_eq(s2n_offered_psk_free(&psk), 0);
	ck_assert_int_eq(s2n_connection_free(conn), 0);
}
END_TEST

/* ---- enemies ---- */

#define NONE                                                                   \
	{                                                                      \
		0                                                              \
	}
#define ID 0, 4, 'n', 'a', 'm', 'e', 0, 0, 0, 0
#define Z8 0, 0, 0, 0, 0, 0, 0, 0
#define Z32 Z8, Z8, Z8, Z8
#define CLIENT(...) CLIENT_HELLO, S2N_CLIENT, __VA_ARGS__
#define SERVER(...) SERVER_HELLO, S2N_SERVER, __VA_ARGS__

/* clang-format off */
static const struct crook crooks[] = {
	{ "no modes", CLIENT(EXT_DROP), MODES, NONE, NONE, ALERT_MISSING_EXTENSION, 0 },
	{ "empty modes", CLIENT(EXT_SET), MODES, BYTES(0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "modes cut short", CLIENT(EXT_SET), MODES, BYTES(2, 1), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no shares", CLIENT(EXT_DROP), KEY_SHARE, NONE, NONE, ALERT_MISSING_EXTENSION, 0 },
	{ "not the last", CLIENT(EXT_RAW), 0, BYTES(0x7f, 0x7f, 0, 0), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "twice", CLIENT(EXT_TWICE), PRE_SHARED_KEY, NONE, NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "empty", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no identities", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 0, 0, 33, 32, Z32), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no identities, no binders", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 0, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "an empty identity", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 6, 0, 0, 0, 0, 0, 0, 0, 33, 32, Z32), NONE, ALERT_DECODE_ERROR, 0 },
	{ "an identity cut short", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 9, 0, 4, 'n', 'a', 'm', 'e', 0, 0, 0, 0, 33, 32, Z32), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no binders", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no list of binders", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID), NONE, ALERT_DECODE_ERROR, 0 },
	{ "a short binder", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 32, 31, Z8, Z8, Z8, 0, 0, 0, 0, 0, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "an empty binder", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 1, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "a long binder", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 34, 33, Z32, 0), NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "a binder of zeroes", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 33, 32, Z32), NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "a binder too many", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 66, 32, Z32, 32, Z32), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a binder too few", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 20, ID, ID, 0, 33, 32, Z32), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "something behind", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 33, 32, Z32, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "a bit of the binder", CLIENT(FLIP_END), 31, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the binder's last bit", CLIENT(FLIP_END), 0, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the second's binder", CLIENT(FLIP_END), 0, NONE, NONE, ALERT_DECRYPT_ERROR, RETRY | SECOND },
	{ "the age", CLIENT(FLIP_END), 32 + 1 + 2, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the random", CLIENT(FLIP), 2, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "an extension before it", CLIENT(EXT_ADD), 0x7f7f, BYTES(1), NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "gone from the second", CLIENT(EXT_DROP), PRE_SHARED_KEY, NONE, NONE, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },

	{ "a key that was not offered", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0, 1), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "the last number", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0xff, 0xff), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "half a number", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "more than a number", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "chosen twice", SERVER(EXT_TWICE), PRE_SHARED_KEY, NONE, NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no key exchange", SERVER(EXT_DROP), KEY_SHARE, NONE, NONE, ALERT_MISSING_EXTENSION, 0 },
	{ "modes in an answer", SERVER(EXT_ADD), MODES, BYTES(1, 1), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a suite of another hash", SERVER(PUT), 2 + 32 + 33, BYTES(0x13, 0x02), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a key before its time", HELLO_RETRY_REQUEST, S2N_SERVER, EXT_ADD, PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a key among the encrypted", ENCRYPTED_EXTENSIONS, S2N_SERVER, EXT_ADD, PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a certificate all the same", FINISHED, S2N_SERVER, TYPE, CERTIFICATE, NONE, NONE, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a request all the same", FINISHED, S2N_SERVER, TYPE, CERTIFICATE_REQUEST, NONE, NONE, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's certificate", FINISHED, S2N_CLIENT, TYPE, CERTIFICATE, NONE, NONE, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "the server's Finished", FINISHED, S2N_SERVER, FLIP, 0, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the client's Finished", FINISHED, S2N_CLIENT, FLIP, 0, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
};
/* clang-format on */

START_TEST(what_an_enemy_says_ends_it)
{
	struct peers_spec spec = {
		.retry = (crooks[_i].with & RETRY) != 0,
		.prepare = give_both,
	};

	client_keys = server_keys = one;
	crooked_run_between(&crooks[_i], &spec);
}
END_TEST

/* Rows that want a choice between keys. */
START_TEST(a_server_may_not_choose_a_key_of_another_hash)
{
	const struct crook crook = { "another's hash", SERVER(EXT_SET),
		PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_ILLEGAL_PARAMETER, 0 };

	client_keys = mixed;
	server_keys = one;
	crooked_run_between(
	    &crook, &(struct peers_spec){ .prepare = give_both });
}
END_TEST

static void
name_another(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	(void)conn;
	(void)start;
	(void)ctx;
	if (step->message != SERVER_HELLO)
		return;
	/* It is the last extension there, too. */
	ck_assert_mem_eq(out->data + out->len - 6,
	    ((const uint8_t[]){ 0, PRE_SHARED_KEY, 0, 2, 0, 0 }), 6);
	out->data[out->len - 1] = 1;
}

/* Its keys come of another secret then. */
START_TEST(a_server_that_names_another_key_is_not_understood)
{
	struct detour detour = { .built = name_another };
	struct peers peers;

	open_peers(&peers, &(struct peers_spec){ 0 }, two, one);
	detour_take(peers.server, &detour);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_DECRYPT");
	peers_close(&peers);
}
END_TEST

START_TEST(a_key_that_nobody_offered_cannot_be_chosen)
{
	const struct crook crook = { "not offered", SERVER(EXT_ADD),
		PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_UNSUPPORTED_EXTENSION,
		0 };

	client_keys = server_keys = NULL;
	crooked_run_between(
	    &crook, &(struct peers_spec){ .prepare = give_both });
}
END_TEST

/* RFC 8446 4.2.9: psk_ke alone is no use to us, nor are modes of the future. */
START_TEST(without_a_key_exchange_it_is_a_full_handshake)
{
	const struct crook modes[] = {
		{ "psk_ke", CLIENT(EXT_SET), MODES, BYTES(1, 0), NONE,
		    ALERT_NONE, 0 },
		{ "others", CLIENT(EXT_SET), MODES, BYTES(3, 0, 2, 255), NONE,
		    ALERT_NONE, 0 },
	};
	struct peers peers;

	open_peers(&peers, &(struct peers_spec){ 0 }, one, one);
	for (size_t i = 0; i < COUNT(modes); i++) {
		crooked_run_again(&modes[i], &peers);
		agreed(&peers, NULL, modes[i].what);
		ck_assert_ptr_nonnull(
		    s2n_connection_get_selected_cert(peers.server));
	}
	peers_close(&peers);
}
END_TEST

static Suite *
psk_suite(void)
{
	Suite *suite = suite_create("psk");
	TCase *tcase = tcase_create("psk");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
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
	tcase_add_loop_test(
	    tcase, an_application_chooses, 0, 2 * (int)COUNT(selections));
	tcase_add_test(tcase, without_an_offer_nobody_is_asked);
	tcase_add_test(tcase, an_application_cannot_choose_what_has_no_suite);
	tcase_add_test(tcase, what_is_kept_too_long_is_a_number);
	tcase_add_loop_test(tcase, an_application_chooses_a_session, 0,
	    (int)COUNT(ticket_selections));
	tcase_add_test(tcase, nothing_is_no_argument);
	tcase_add_loop_test(
	    tcase, what_an_enemy_says_ends_it, 0, (int)COUNT(crooks));
	tcase_add_test(tcase, a_server_may_not_choose_a_key_of_another_hash);
	tcase_add_test(
	    tcase, a_server_that_names_another_key_is_not_understood);
	tcase_add_test(tcase, a_key_that_nobody_offered_cannot_be_chosen);
	tcase_add_test(tcase, without_a_key_exchange_it_is_a_full_handshake);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(psk_suite)
