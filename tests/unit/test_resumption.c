/*
 * Sessions resumed, client of libtls against server of libtls: in every
 * version, by ticket and by session id; and everything that must prevent it,
 * with clocks that the test moves.
 */
#include "libtls/handshake/handshake.h"
#include "libtls/registry/iana.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define BLOB_MAX 400
#define SECOND 1000000000u
#define NOW (1790000000u * (uint64_t)SECOND)
#define HOUR 3600u
#define ENTRIES 16

/* Before the tests fork. */
static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

/* ---- what a test has ---- */

/* A cache of the application's, of few entries. */
struct entry {
	uint8_t key[32], value[200];
	uint64_t key_size, value_size;
	bool used;
};

static struct {
	uint64_t server_now, client_now;
	uint8_t blob[BLOB_MAX]; /* of the last ticket or session */
	int blob_len;
	unsigned tickets; /* that the callback saw */
	uint32_t lifetime;
	struct entry entries[ENTRIES];
	unsigned stored, retrieved, deleted;
	int wait; /* so many times the cache answers "not yet" */
} test;

static int
read_clock(void *ctx, uint64_t *now)
{
	*now = *(const uint64_t *)ctx;
	return 0;
}

static int
ticket_came(
    struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	size_t len;

	(void)conn;
	(void)ctx;
	ck_assert_int_eq(s2n_session_ticket_get_data_len(ticket, &len), 0);
	ck_assert_uint_le(len, sizeof test.blob);
	ck_assert_int_lt(
	    s2n_session_ticket_get_data(ticket, len - 1, test.blob), 0);
	ck_assert_int_eq(
	    s2n_session_ticket_get_data(ticket, len, test.blob), 0);
	test.blob_len = (int)len;
	ck_assert_int_eq(
	    s2n_session_ticket_get_lifetime(ticket, &test.lifetime), 0);
	test.tickets++;
	return 0;
}

static int
cache_store(struct s2n_connection *conn, void *ctx, uint64_t ttl,
    const void *key, uint64_t key_size, const void *value, uint64_t value_size)
{
	struct entry *entry = &test.entries[test.stored++ % ENTRIES];

	(void)conn;
	ck_assert_ptr_eq(ctx, &test);
	ck_assert_uint_eq(ttl, 21600);
	ck_assert_uint_le(key_size, sizeof entry->key);
	ck_assert_uint_le(value_size, sizeof entry->value);
	memcpy(entry->key, key, key_size);
	memcpy(entry->value, value, value_size);
	entry->key_size = key_size;
	entry->value_size = value_size;
	entry->used = true;
	return 0;
}

static struct entry *
cache_find(const void *key, uint64_t key_size)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (test.entries[i].used &&
		    slice_equal(
			slice_of(test.entries[i].key, test.entries[i].key_size),
			slice_of(key, key_size)))
			return &test.entries[i];
	return NULL;
}

static int
cache_retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_size, void *value, uint64_t *value_size)
{
	struct entry *entry = cache_find(key, key_size);

	(void)conn;
	ck_assert_ptr_eq(ctx, &test);
	if (test.wait-- > 0)
		return -2;
	test.retrieved++;
	if (entry == NULL || *value_size < entry->value_size)
		return -1;
	memcpy(value, entry->value, entry->value_size);
	*value_size = entry->value_size;
	return 0;
}

static int
cache_delete(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size)
{
	struct entry *entry = cache_find(key, key_size);

	(void)conn;
	ck_assert_ptr_eq(ctx, &test);
	test.deleted++;
	if (entry != NULL)
		entry->used = false;
	return 0;
}

static void
add_key(struct s2n_config *config, const char *name, uint64_t intro)
{
	uint8_t secret[32] = { 0 };

	memcpy(secret, name, strlen(name));
	ck_assert_int_eq(
	    s2n_config_add_ticket_crypto_key(config, (const uint8_t *)name,
		(uint32_t)strlen(name), secret, sizeof secret, intro),
	    0);
}

enum way { BY_TICKET, BY_ID };

static void
use_cache(struct s2n_config *config)
{
	ck_assert_int_eq(
	    s2n_config_set_cache_store_callback(config, cache_store, &test), 0);
	ck_assert_int_eq(s2n_config_set_session_cache_onoff(config, 1), 0);
	ck_assert(!config->cache.on); /* not before all three are there */
	ck_assert_int_eq(s2n_config_set_cache_retrieve_callback(
			     config, cache_retrieve, &test),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_cache_delete_callback(config, cache_delete, &test),
	    0);
	ck_assert_int_eq(s2n_config_set_session_cache_onoff(config, 1), 0);
	ck_assert(config->cache.on);
}

static void
open_peers(struct peers *peers, const struct peers_spec *spec, enum way way)
{
	peers_open(peers, spec);
	memset(&test, 0, sizeof test);
	test.server_now = test.client_now = NOW;
	ck_assert_int_eq(s2n_config_set_wall_clock(peers->server_config,
			     read_clock, &test.server_now),
	    0);
	ck_assert_int_eq(s2n_config_set_wall_clock(peers->client_config,
			     read_clock, &test.client_now),
	    0);
	/* The certificates are of today. */
	ck_assert_int_eq(
	    s2n_config_disable_x509_time_verification(peers->client_config), 0);
	if (way == BY_ID) {
		use_cache(peers->server_config);
	} else {
		ck_assert_int_eq(s2n_config_set_session_tickets_onoff(
				     peers->server_config, 1),
		    0);
		ck_assert_int_eq(s2n_config_set_session_tickets_onoff(
				     peers->client_config, 1),
		    0);
		ck_assert_int_eq(s2n_config_set_session_ticket_cb(
				     peers->client_config, ticket_came, NULL),
		    0);
	}
	add_key(peers->server_config, "first", NOW / SECOND);
}

/* A connection in whole; leaves the session in test.blob. */
static void
converse(struct peers *peers)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	ck_assert_msg(peers_negotiate(peers), "client: %s, server: %s",
	    s2n_strerror_debug(peers->client_error, NULL),
	    s2n_strerror_debug(peers->server_error, NULL));
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers->client),
	    s2n_connection_is_session_resumed(peers->server));
	peers_transfer(peers->client, peers->server, 100);
	peers_transfer(peers->server, peers->client, 100);
	ck_assert_int_lt(s2n_recv(peers->client, &byte, 1, &blocked), 0);
	test.blob_len = s2n_connection_get_session_length(peers->client);
	ck_assert_int_le(test.blob_len, BLOB_MAX);
	ck_assert_int_eq(
	    s2n_connection_get_session(peers->client, test.blob, BLOB_MAX),
	    test.blob_len);
}

static void
again(struct peers *peers)
{
	peers_reconnect(peers);
	ck_assert_int_eq(s2n_connection_set_session(
			     peers->client, test.blob, (size_t)test.blob_len),
	    0);
}

static bool
resumed(struct peers *peers)
{
	again(peers);
	converse(peers);
	return s2n_connection_is_session_resumed(peers->client) == 1;
}

/* ---- every version ---- */

static const struct {
	const char *what;
	uint8_t version;
	uint16_t suite;
	enum certs_key key;
	enum way way;
	int blob;
} ways[] = {
	{ "TLS 1.3, SHA-256", S2N_TLS13, TLS_AES_128_GCM_SHA256, CERTS_P256,
	    BY_TICKET, 194 },
	{ "TLS 1.3, SHA-384", S2N_TLS13, TLS_AES_256_GCM_SHA384, CERTS_P256,
	    BY_TICKET, 226 },
	{ "TLS 1.2 by ticket", S2N_TLS12, 0xc02f, CERTS_RSA, BY_TICKET, 202 },
	{ "TLS 1.2, RSA", S2N_TLS12, 0x003c, CERTS_RSA, BY_TICKET, 202 },
	{ "TLS 1.1 by ticket", S2N_TLS11, 0x002f, CERTS_RSA, BY_TICKET, 202 },
	{ "TLS 1.0 by ticket", S2N_TLS10, 0xc013, CERTS_RSA, BY_TICKET, 202 },
	{ "TLS 1.2 by id", S2N_TLS12, 0xc030, CERTS_RSA, BY_ID, 95 },
	{ "TLS 1.0 by id", S2N_TLS10, 0x000a, CERTS_RSA, BY_ID, 95 },
	{ "SSLv3 by id", S2N_SSLv3, 0x002f, CERTS_RSA, BY_ID, 95 },
};

static struct peers_spec
spec_of(int i)
{
	return (struct peers_spec){
		.version = ways[i].version,
		.suite = ways[i].suite,
		.key = ways[i].key,
	};
}

START_TEST(a_session_is_resumed)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;
	const char *scheme;

	for (int slow = 0; slow < 2; slow++) {
		spec.slow = slow == 1;
		open_peers(&peers, &spec, ways[_i].way);
		converse(&peers);
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(peers.server), 0);
		ck_assert_int_eq(test.blob_len, ways[_i].blob);
		for (int round = 0; round < 3; round++) {
			ck_assert_msg(resumed(&peers), "%s: round %d",
			    ways[_i].what, round);
			ck_assert_int_eq(
			    s2n_connection_is_session_resumed(peers.server), 1);
			ck_assert_ptr_null(
			    s2n_connection_get_selected_cert(peers.server));
			ck_assert_int_eq(s2n_connection_get_signature_scheme(
					     peers.client, &scheme),
			    0);
			ck_assert_str_eq(scheme, "none");
			ck_assert_ptr_null(
			    strstr(s2n_connection_get_handshake_type_name(
				       peers.client),
				"FULL_HANDSHAKE"));
			ck_assert_int_eq(test.blob_len, ways[_i].blob);
		}
		peers_close(&peers);
	}
}
END_TEST

START_TEST(without_a_ticket_key_nothing_is_resumed)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	test.server_now = NOW + 2 * HOUR * (uint64_t)SECOND; /* seals no more */
	converse(&peers);
	if (ways[_i].way == BY_TICKET)
		ck_assert_int_eq(test.blob_len, 0);
	else
		ck_assert_uint_eq(test.stored, 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_key_opens_longer_than_it_seals)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;
	uint8_t blob[BLOB_MAX];
	int len;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	memcpy(blob, test.blob, sizeof blob);
	len = test.blob_len;
	for (unsigned hours = 0; hours <= 16; hours++) {
		test.server_now = NOW + (uint64_t)hours * HOUR * SECOND;
		memcpy(test.blob, blob, sizeof blob);
		test.blob_len = len;
		/* 2 hours it seals, 13 more it opens; so long a session lives,
		 * too */
		ck_assert_msg(resumed(&peers) == (hours < 15), "%s: %u hours",
		    ways[_i].what, hours);
	}
	peers_close(&peers);
}
END_TEST

/* As a deployment does it: a new key at half of the old one's time. */
START_TEST(keys_go_over_into_each_other)
{
	static const char *const names[] = { "1", "2", "3", "4", "5", "6", "7",
		"8", "9", "10", "11", "12" };
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	for (size_t i = 0; i < COUNT(names); i++) {
		test.server_now += HOUR * (uint64_t)SECOND;
		test.client_now = test.server_now;
		add_key(peers.server_config, names[i], 0);
		ck_assert_msg(resumed(&peers), "%s: key %zu", ways[_i].what, i);
		if (ways[_i].version < S2N_TLS13) {
			/* A resumption renews nothing below TLS 1.3. */
			peers_reconnect(&peers);
			converse(&peers);
		}
	}
	peers_close(&peers);
}
END_TEST

START_TEST(the_session_lifetime_counts)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	ck_assert_int_eq(
	    s2n_config_set_session_state_lifetime(peers.server_config, 100), 0);
	converse(&peers);
	if (ways[_i].way == BY_TICKET)
		ck_assert_uint_eq(test.lifetime, 100);
	test.server_now = NOW + 99 * (uint64_t)SECOND;
	again(&peers);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	test.server_now = NOW + 100 * (uint64_t)SECOND;
	ck_assert(!resumed(&peers));
	peers_close(&peers);
}
END_TEST

/* An hour of difference between clocks is put up with, more is not. */
START_TEST(a_session_of_the_future_is_not_resumed)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	test.server_now = NOW - HOUR * (uint64_t)SECOND;
	again(&peers);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	test.server_now--;
	again(&peers);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(another_name_is_another_session)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	again(&peers);
	ck_assert_int_eq(s2n_set_server_name(peers.client, "LocalHost"), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 1);
	again(&peers);
	ck_assert_int_eq(s2n_set_server_name(peers.client, "otherhost"), 0);
	ck_assert(!peers_negotiate(&peers)); /* for the certificate's name */
	ck_assert_int_eq(peers.client_error,
	    s2n_error_get_type(peers.client_error) != 0 ? peers.client_error
							: 0);
	ck_assert_ptr_nonnull(s2n_connection_get_selected_cert(peers.server));
	peers_close(&peers);
}
END_TEST

START_TEST(who_asks_for_client_certificates_resumes_none)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	again(&peers);
	ck_assert_int_eq(s2n_connection_set_client_auth_type(
			     peers.server, S2N_CERT_AUTH_OPTIONAL),
	    0);
	converse(&peers);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server), 0);
	ck_assert_int_eq(test.blob_len, 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_suite_that_is_gone_is_not_resumed)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	/* The same hash in TLS 1.3, where that is all that counts. */
	peers.suites[0] = ways[_i].version >= S2N_TLS13
			      ? (peers.suites[0] == TLS_AES_128_GCM_SHA256
					? TLS_AES_256_GCM_SHA384
					: TLS_AES_128_GCM_SHA256)
			      : (uint16_t)0x0035;
	if (ways[_i].version >= S2N_TLS13)
		peers.suites[1] = peers.suites[0];
	ck_assert(!resumed(&peers));
	peers_close(&peers);
}
END_TEST

START_TEST(garbage_is_a_full_handshake)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;
	int len;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	len = test.blob_len;
	/* Every byte of what names the session, but for its length. */
	for (int at = ways[_i].way == BY_ID ? 2 : 3;
	     at < (ways[_i].way == BY_ID ? 2 + 32 : 3 + 138); at += 5) {
		uint8_t blob[BLOB_MAX];

		memcpy(blob, test.blob, sizeof blob);
		test.blob[at] ^= 0x20;
		again(&peers);
		ck_assert_msg(
		    peers_negotiate(&peers), "%s: byte %d", ways[_i].what, at);
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(peers.server), 0);
		memcpy(test.blob, blob, sizeof blob);
		test.blob_len = len;
	}
	ck_assert(resumed(&peers));
	peers_close(&peers);
}
END_TEST

/* ---- TLS 1.3 ---- */

START_TEST(a_retry_resumes_too)
{
	struct peers_spec spec = { .retry = true };
	struct peers peers;

	open_peers(&peers, &spec, BY_TICKET);
	converse(&peers);
	ck_assert(resumed(&peers));
	ck_assert_ptr_nonnull(
	    strstr(s2n_connection_get_handshake_type_name(peers.server),
		"HELLO_RETRY_REQUEST"));
	ck_assert_ptr_nonnull(peers.server->group);
	peers_close(&peers);
}
END_TEST

START_TEST(a_wrong_binder_ends_it)
{
	struct peers peers;
	const char *what;

	open_peers(&peers, &(struct peers_spec){ 0 }, BY_TICKET);
	converse(&peers);
	/* The secret is the blob's, the ticket the server's. */
	test.blob[3 + 138 + 17] ^= 1;
	again(&peers);
	ck_assert(!peers_negotiate(&peers));
	what = s2n_strerror_name(peers.server_error);
	ck_assert_str_eq(what, "S2N_ERR_BAD_MESSAGE");
	ck_assert_int_eq(s2n_connection_get_alert(peers.client), 51);
	peers_close(&peers);
}
END_TEST

START_TEST(as_many_tickets_as_are_due)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint16_t sent;
	uint8_t byte;

	open_peers(&peers, &(struct peers_spec){ 0 }, BY_TICKET);
	ck_assert_int_eq(
	    s2n_config_set_initial_ticket_count(peers.server_config, 3), 0);
	ck_assert_int_eq(
	    s2n_connection_add_new_tickets_to_send(peers.server, 2), 0);
	converse(&peers);
	ck_assert_uint_eq(test.tickets, 5);
	ck_assert_int_eq(
	    s2n_connection_add_new_tickets_to_send(peers.server, 255), 0);
	peers_transfer(peers.server, peers.client, 10);
	ck_assert_int_lt(s2n_recv(peers.client, &byte, 1, &blocked), 0);
	ck_assert_uint_eq(test.tickets, 5 + 255);
	ck_assert_int_eq(
	    s2n_connection_get_tickets_sent(peers.server, &sent), 0);
	ck_assert_uint_eq(sent, 5 + 255);
	ck_assert_int_lt(
	    s2n_connection_get_tickets_sent(peers.client, &sent), 0);
	ck_assert(resumed(&peers));
	/* For who has no use for them there are none. */
	peers_reconnect(&peers);
	test.tickets = 0;
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers.client_config, 0), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_tickets_sent(peers.server, &sent), 0);
	ck_assert_uint_eq(sent, 0);
	peers_close(&peers);
}
END_TEST

/* However often it is resumed, seven days after the certificate was seen it is
 * seen again. */
START_TEST(no_chain_of_sessions_is_endless)
{
	struct peers peers;
	uint64_t hours = 0;

	open_peers(&peers, &(struct peers_spec){ 0 }, BY_TICKET);
	converse(&peers);
	do {
		hours++;
		test.server_now += HOUR * (uint64_t)SECOND;
		test.client_now = test.server_now;
		add_key(peers.server_config,
		    (char[]){ 'k', (char)(hours % 200 + 1), '\0' }, 0);
	} while (resumed(&peers));
	ck_assert_uint_eq(hours, 7 * 24);
	peers_close(&peers);
}
END_TEST

START_TEST(the_application_may_end_the_chain_earlier)
{
	struct peers peers;

	open_peers(&peers, &(struct peers_spec){ 0 }, BY_TICKET);
	ck_assert_int_eq(s2n_connection_set_server_keying_material_lifetime(
			     peers.server, 100),
	    0);
	converse(&peers);
	ck_assert_uint_eq(test.lifetime, 100);
	test.server_now += 60 * (uint64_t)SECOND;
	ck_assert(resumed(&peers));
	ck_assert_uint_eq(test.lifetime, 40); /* of the first connection */
	test.server_now += 40 * (uint64_t)SECOND;
	ck_assert(!resumed(&peers));
	peers_close(&peers);
}
END_TEST

/* ---- below ---- */

START_TEST(a_cache_may_take_its_time)
{
	struct peers_spec spec = spec_of(6);
	struct peers peers;

	open_peers(&peers, &spec, BY_ID);
	converse(&peers);
	test.wait = 3;
	ck_assert(resumed(&peers));
	ck_assert_uint_eq(test.retrieved, 1);
	ck_assert_uint_eq(test.stored, 1);
	peers_close(&peers);
}
END_TEST

START_TEST(a_fatal_end_is_forgotten)
{
	struct peers_spec spec = spec_of(6);
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t byte;

	open_peers(&peers, &spec, BY_ID);
	converse(&peers);
	again(&peers);
	ck_assert(peers_negotiate(&peers));
	writer_bytes(&peers.to_server.bytes,
	    (struct slice)BYTES(23, 3, 3, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
	ck_assert_int_lt(s2n_recv(peers.server, &byte, 1, &blocked), 0);
	ck_assert_uint_eq(test.deleted, 1);
	ck_assert(!resumed(&peers));
	peers_close(&peers);
}
END_TEST

/* RFC 7627 5.3 */
START_TEST(the_extended_master_secret_stays_as_it_was)
{
	struct peers_spec spec = spec_of(2);
	struct peers peers;

	open_peers(&peers, &spec, BY_TICKET);
	converse(&peers);
	/* The flag is the state's last byte; the master secret is another then,
	 * but that is not what is looked at first. */
	test.blob[test.blob_len - 1] ^= 1;
	again(&peers);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_MISSING_EXTENSION");
	ck_assert_int_eq(s2n_connection_get_alert(peers.server), 40);
	peers_close(&peers);
}
END_TEST

START_TEST(forward_secrecy_means_no_tickets_below)
{
	struct peers_spec spec = spec_of(2);
	struct peers peers;

	for (int i = 0; i < 2; i++) {
		open_peers(&peers, &spec, BY_TICKET);
		converse(&peers);
		ck_assert_int_eq(
		    s2n_config_require_ticket_forward_secrecy(
			i == 0 ? peers.server_config : peers.client_config,
			true),
		    0);
		again(&peers);
		ck_assert(peers_negotiate(&peers));
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(peers.server), 0);
		peers_reconnect(&peers);
		converse(&peers);
		ck_assert_int_eq(test.blob_len, 0);
		peers_close(&peers);
	}
}
END_TEST

/* ---- sessions as bytes ---- */

START_TEST(what_is_no_session_is_refused)
{
	struct peers_spec spec = spec_of(_i);
	struct peers peers;

	open_peers(&peers, &spec, ways[_i].way);
	converse(&peers);
	peers_reconnect(&peers);
	for (int len = 0; len < test.blob_len; len++) {
		ck_assert_int_lt(s2n_connection_set_session(
				     peers.client, test.blob, (size_t)len),
		    0);
		ck_assert_str_eq(s2n_strerror_name(s2n_errno),
		    "S2N_ERR_INVALID_SERIALIZED_SESSION_STATE");
	}
	test.client_now = NOW + 7 * 24 * HOUR * (uint64_t)SECOND + 1;
	ck_assert_int_lt(s2n_connection_set_session(
			     peers.client, test.blob, (size_t)test.blob_len),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_SESSION_TICKET");
	test.client_now = NOW - HOUR * (uint64_t)SECOND - 1;
	ck_assert_int_lt(s2n_connection_set_session(
			     peers.client, test.blob, (size_t)test.blob_len),
	    0);
	test.client_now = NOW;
	ck_assert(peers_negotiate(&peers)); /* in full */
	peers_close(&peers);
}
END_TEST

/* ---- ticket keys ---- */

START_TEST(ticket_keys_have_rules)
{
	static const struct {
		uint32_t name_len, key_len;
		const char *error;
	} bad[] = {
		{ 0, 1, "S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH" },
		{ 17, 1, "S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH" },
		{ 1, 0, "S2N_ERR_INVALID_TICKET_KEY_LENGTH" },
	};
	struct s2n_config *config = s2n_config_new_minimal();
	uint8_t name[17] = "a", key[100] = { 1 };
	uint64_t now = NOW;

	ck_assert_int_eq(
	    s2n_config_set_wall_clock(config, read_clock, &now), 0);
	/* While all is off it does nothing, whatever it is given. */
	ck_assert_int_eq(
	    s2n_config_add_ticket_crypto_key(config, name, 0, key, 1, 0), 0);
	ck_assert_int_eq(s2n_config_set_session_tickets_onoff(config, 1), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		ck_assert_int_lt(s2n_config_add_ticket_crypto_key(config, name,
				     bad[i].name_len, key, bad[i].key_len, 0),
		    0);
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), bad[i].error);
	}
	for (uint8_t i = 0; i < 48; i++) {
		name[0] = key[0] = (uint8_t)(i + 1);
		ck_assert_int_eq(s2n_config_add_ticket_crypto_key(
				     config, name, 16, key, sizeof key, 0),
		    0);
	}
	name[0] = 200;
	ck_assert_int_lt(s2n_config_add_ticket_crypto_key(
			     config, name, 16, key, sizeof key, 0),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_TICKET_KEY_NOT_UNIQUE");
	key[0] = 200;
	ck_assert_int_lt(s2n_config_add_ticket_crypto_key(
			     config, name, 16, key, sizeof key, 0),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_TICKET_KEY_LIMIT");
	name[0] = 1;
	ck_assert_int_lt(s2n_config_add_ticket_crypto_key(
			     config, name, 16, key, sizeof key, 0),
	    0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno),
	    "S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH");
	/* Once they are past use there is room. */
	now += (7200 + 46800) * (uint64_t)SECOND;
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(
			     config, name, 16, key, sizeof key, 0),
	    0);
	s2n_config_free(config);
}
END_TEST

static Suite *
resumption_suite(void)
{
	Suite *suite = suite_create("resumption");
	TCase *all = tcase_create("every way");
	TCase *some = tcase_create("one way");
	int count = (int)COUNT(ways);

	tcase_add_unchecked_fixture(all, make_keys, NULL);
	with_library(all);
	tcase_add_loop_test(all, a_session_is_resumed, 0, count);
	tcase_add_loop_test(
	    all, without_a_ticket_key_nothing_is_resumed, 0, count);
	tcase_add_loop_test(all, a_key_opens_longer_than_it_seals, 0, count);
	tcase_add_loop_test(all, keys_go_over_into_each_other, 0, count);
	tcase_add_loop_test(all, the_session_lifetime_counts, 0, count);
	tcase_add_loop_test(
	    all, a_session_of_the_future_is_not_resumed, 0, count);
	tcase_add_loop_test(all, another_name_is_another_session, 0, count);
	tcase_add_loop_test(
	    all, who_asks_for_client_certificates_resumes_none, 0, count);
	tcase_add_loop_test(all, a_suite_that_is_gone_is_not_resumed, 0, count);
	tcase_add_loop_test(all, garbage_is_a_full_handshake, 0, count);
	tcase_add_loop_test(all, what_is_no_session_is_refused, 0, count);
	suite_add_tcase(suite, all);
	tcase_add_unchecked_fixture(some, make_keys, NULL);
	with_library(some);
	tcase_add_test(some, a_retry_resumes_too);
	tcase_add_test(some, a_wrong_binder_ends_it);
	tcase_add_test(some, as_many_tickets_as_are_due);
	tcase_add_test(some, no_chain_of_sessions_is_endless);
	tcase_add_test(some, the_application_may_end_the_chain_earlier);
	tcase_add_test(some, a_cache_may_take_its_time);
	tcase_add_test(some, a_fatal_end_is_forgotten);
	tcase_add_test(some, the_extended_master_secret_stays_as_it_was);
	tcase_add_test(some, forward_secrecy_means_no_tickets_below);
	tcase_add_test(some, ticket_keys_have_rules);
	suite_add_tcase(suite, some);
	return suite;
}

UNIT_MAIN(resumption_suite)
