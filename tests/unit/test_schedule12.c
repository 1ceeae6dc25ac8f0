/*
 * libtls/handshake/schedule12.c, against what tests/vectors/schedule12.py made
 * of the RFCs with Python's hashlib and hmac (and `openssl kdf` of its master
 * secrets); and the master secret of a handshake, as applications get it.
 */
#include "libtls/handshake/schedule12.h"

#include <stdio.h>

#include "libtls/handshake/transcript.h"
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define PREMASTERS 5
#define BLOCK 192
#define CANARY 0x5a

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
}

static void
teardown(void)
{
	vectors_free();
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

/* TLS 1.1 has the rows of TLS 1.0; below TLS 1.2 the suite's hash is idle. */
static const struct {
	const char *section;
	uint8_t version;
	const struct digest *digest, *session;
	uint8_t finished_len;
} ways[] = {
	{ "TLS 1.2, SHA-256", S2N_TLS12, &digest_sha256, &digest_sha256, 12 },
	{ "TLS 1.2, SHA-384", S2N_TLS12, &digest_sha384, &digest_sha384, 12 },
	{ "TLS 1.0", S2N_TLS11, &digest_sha384, &digest_md5_sha1, 12 },
	{ "TLS 1.0", S2N_TLS10, &digest_sha256, &digest_md5_sha1, 12 },
	{ "SSLv3", S2N_SSLv3, &digest_sha256, &digest_md5_sha1, 36 },
};

static struct slice
find(const char *section, const char *side, const char *name)
{
	return vectors_find_in("schedule12.tsv", section, side, name);
}

static struct slice
find_numbered(const char *section, const char *name, int number)
{
	char row[32];

	snprintf(row, sizeof row, "%s%d", name, number);
	return find(section, "both", row);
}

static struct terms
terms_of(int way)
{
	return (struct terms){
		.version = ways[way].version,
		.digest = ways[way].digest,
		.client_random = find("inputs", "client", "random").data,
		.server_random = find("inputs", "server", "random").data,
	};
}

/* The messages, whose hash is known after the first 100 bytes of them. */
static void
make_transcript(int way, struct transcript *transcript)
{
	struct slice messages = find("inputs", "both", "messages");
	size_t first = 100;

	transcript_init(transcript);
	ck_assert_int_eq(
	    transcript_add(transcript, slice_of(messages.data, first)), 0);
	ck_assert_int_eq(
	    transcript_start(transcript,
		schedule12_digest(ways[way].version, ways[way].digest)),
	    0);
	ck_assert_int_eq(
	    transcript_add(transcript,
		slice_of(messages.data + first, messages.len - first)),
	    0);
}

static void
assert_row(struct slice want, const uint8_t *got, int way, const char *name)
{
	ck_assert_msg(memcmp(want.data, got, want.len) == 0, "%s (%u): %s",
	    ways[way].section, ways[way].version, name);
}

START_TEST(the_session_hash_is_the_versions)
{
	ck_assert_ptr_eq(schedule12_digest(ways[_i].version, ways[_i].digest),
	    ways[_i].session);
}
END_TEST

START_TEST(master_secrets_are_those_of_the_rfcs)
{
	const char *section = ways[_i].section;
	const struct terms terms = terms_of(_i);
	uint8_t master[MASTER_SECRET_SIZE + 1] = { 0 };

	master[MASTER_SECRET_SIZE] = CANARY;
	for (int i = 0; i < PREMASTERS; i++) {
		ck_assert_int_eq(
		    schedule12_master(&terms,
			find_numbered("inputs", "premaster", i), master),
		    0);
		assert_row(
		    find_numbered(section, "master", i), master, _i, "master");
	}
	ck_assert_uint_eq(master[MASTER_SECRET_SIZE], CANARY);
}
END_TEST

/* RFC 7627 4: SSLv3 has none. */
START_TEST(extended_master_secrets_are_those_of_the_rfcs)
{
	const char *section = ways[_i].section;
	const struct terms terms = terms_of(_i);
	uint8_t master[MASTER_SECRET_SIZE], hash[DIGEST_MAX];
	struct transcript transcript;

	make_transcript(_i, &transcript);
	ck_assert_int_eq(transcript_hash(&transcript, hash), 0);
	for (int i = 0; i < PREMASTERS; i++) {
		ck_assert_int_eq(
		    schedule12_extended_master(&terms,
			find_numbered("inputs", "premaster", i),
			slice_of(hash, transcript.hash.digest->size), master),
		    0);
		assert_row(find_numbered(section, "extended", i), master, _i,
		    "extended master");
	}
	transcript_wipe(&transcript);
}
END_TEST

/* As many bytes as a suite takes: the front of the same. */
START_TEST(the_key_block_is_that_of_the_rfcs)
{
	static const size_t lengths[] = { 1, 40, 56, 72, 104, 136, 168, BLOCK };
	const char *section = ways[_i].section;
	const struct terms terms = terms_of(_i);
	const uint8_t *master =
	    find_numbered(section, "master", PREMASTERS - 1).data;
	struct slice want = find(section, "both", "block");
	uint8_t block[BLOCK + 1];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		memset(block, CANARY, sizeof block);
		ck_assert_int_eq(
		    schedule12_key_block(&terms, master, block, lengths[i]), 0);
		assert_row(
		    slice_of(want.data, lengths[i]), block, _i, "key block");
		ck_assert_uint_eq(block[lengths[i]], CANARY);
	}
}
END_TEST

START_TEST(finished_values_are_those_of_the_rfcs)
{
	static const char *const sides[] = {
		[S2N_CLIENT] = "client", [S2N_SERVER] = "server"
	};
	const char *section = ways[_i].section;
	const struct terms terms = terms_of(_i);
	const uint8_t *master =
	    find_numbered(section, "master", PREMASTERS - 1).data;
	uint8_t finished[FINISHED_MAX], len = 0;
	struct transcript transcript;
	struct slice want;

	make_transcript(_i, &transcript);
	/* Neither changes the transcript for the other. */
	for (int i = 0; i < 4; i++) {
		s2n_mode mode = i % 2 == 0 ? S2N_CLIENT : S2N_SERVER;

		want = find(section, sides[mode], "finished");
		ck_assert_int_eq(schedule12_finished(&terms, master,
				     &transcript, mode, finished, &len),
		    0);
		ck_assert_uint_eq(len, ways[_i].finished_len);
		ck_assert_uint_eq(len, want.len);
		assert_row(want, finished, _i, "finished");
	}
	transcript_wipe(&transcript);
}
END_TEST

/* ---- of a handshake ---- */

static const struct {
	const char *what;
	struct peers_spec spec;
} shakes[] = {
	{ "TLS 1.2, RSA", { .version = S2N_TLS12,
			      .suite = TLS_RSA_WITH_AES_128_GCM_SHA256,
			      .key = CERTS_RSA } },
	{ "TLS 1.2, ECDHE, SHA-384",
	    { .version = S2N_TLS12,
		.suite = TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 } },
	{ "TLS 1.2, DHE", { .version = S2N_TLS12,
			      .suite = TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
			      .key = CERTS_RSA } },
	{ "TLS 1.1, ECDHE",
	    { .version = S2N_TLS11,
		.suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA } },
	{ "TLS 1.0, ECDHE",
	    { .version = S2N_TLS10,
		.suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA } },
	{ "SSLv3, RSA", { .version = S2N_SSLv3,
			    .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
			    .key = CERTS_RSA } },
};

static char logged[2][300];

static int
take_line(void *ctx, struct s2n_connection *conn, uint8_t *line, size_t len)
{
	char *text = ctx;

	(void)conn;
	ck_assert_uint_lt(len, sizeof logged[0]);
	ck_assert_msg(*text == '\0', "a second line");
	memcpy(text, line, len);
	text[len] = '\0';
	return 0;
}

/* "CLIENT_RANDOM", the random as the ClientHello has it, the secret. */
static void
assert_logged(const char *line, const uint8_t *random, const uint8_t *master)
{
	static const char label[] = "CLIENT_RANDOM ";
	size_t at = sizeof label - 1;

	ck_assert_uint_eq(
	    strlen(line), at + 2 * RANDOM_SIZE + 1 + 2 * MASTER_SECRET_SIZE);
	ck_assert_int_eq(strncmp(line, label, at), 0);
	ck_assert_int_eq(line[at + 2 * RANDOM_SIZE], ' ');
	ck_assert_mem_eq(vectors_hex(line + at + 2 * RANDOM_SIZE + 1).data,
	    master, MASTER_SECRET_SIZE);
	for (size_t i = 0; i < RANDOM_SIZE; i++) {
		char digits[3];

		snprintf(digits, sizeof digits, "%02x", random[i]);
		ck_assert_int_eq(strncmp(line + at + 2 * i, digits, 2), 0);
	}
}

START_TEST(both_sides_have_the_master_secret)
{
	uint8_t client[MASTER_SECRET_SIZE + 1] = { 0 };
	uint8_t server[MASTER_SECRET_SIZE + 1] = { 0 };
	static const uint8_t nothing[MASTER_SECRET_SIZE];
	struct peers peers;

	client[MASTER_SECRET_SIZE] = server[MASTER_SECRET_SIZE] = CANARY;
	peers_open(&peers, &shakes[_i].spec);
	ck_assert_int_eq(s2n_config_set_key_log_cb(
			     peers.client_config, take_line, logged[0]),
	    0);
	ck_assert_int_eq(s2n_config_set_key_log_cb(
			     peers.server_config, take_line, logged[1]),
	    0);
	ck_assert_int_eq(
	    s2n_connection_get_master_secret(peers.client, client, 48), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_STATE");
	ck_assert_msg(peers_negotiate(&peers), "%s", shakes[_i].what);
	ck_assert_int_eq(
	    s2n_connection_get_master_secret(peers.client, client, 48), 0);
	ck_assert_int_eq(s2n_connection_get_master_secret(
			     peers.server, server, sizeof server),
	    0);
	ck_assert_mem_eq(client, server, sizeof client);
	ck_assert_uint_eq(client[MASTER_SECRET_SIZE], CANARY);
	ck_assert_mem_ne(client, nothing, sizeof nothing);
	/* record header 5, message header 4, version 2 */
	assert_logged(logged[0], peers.to_server.bytes.data + 11, client);
	ck_assert_str_eq(logged[0], logged[1]);
	peers_close(&peers);
}
END_TEST

START_TEST(the_master_secret_has_48_bytes_and_is_not_tls13s)
{
	uint8_t secret[MASTER_SECRET_SIZE];
	struct peers peers;

	peers_open(&peers, &shakes[1].spec);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_master_secret(peers.client, secret, 47), -1);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_int_eq(
	    s2n_connection_get_master_secret(peers.client, NULL, 48), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(
	    s2n_connection_get_master_secret(NULL, secret, 48), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	peers_close(&peers);
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_master_secret(peers.server, secret, 48), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_STATE");
	peers_close(&peers);
}
END_TEST

/* Guide: Handshake types; for every exchange and client. */
static const struct {
	uint16_t suite;
	s2n_cert_auth_type auth;
	bool proves;
	const char *name;
} names[] = {
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_NONE, false,
	    "NEGOTIATED|FULL_HANDSHAKE" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_REQUIRED, true,
	    "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_OPTIONAL, false,
	    "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT" },
	{ TLS_DHE_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_NONE, false,
	    "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY" },
	{ TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_NONE, false,
	    "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY" },
	{ TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_REQUIRED, true,
	    "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|TLS12_PERFECT_FORWARD_SECRECY" },
	{ TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, S2N_CERT_AUTH_OPTIONAL, false,
	    "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|TLS12_PERFECT_FORWARD_SECRECY" },
};

START_TEST(the_handshake_has_a_name)
{
	static const uint8_t versions[] = { S2N_TLS12, S2N_TLS11, S2N_TLS10,
		S2N_SSLv3 };
	struct peers peers;

	for (size_t i = 0; i < COUNT(versions); i++) {
		const struct peers_spec spec = {
			.version = versions[i],
			.suite = names[_i].suite,
			.key = CERTS_RSA,
			.client_auth = names[_i].auth,
			.client_cert = names[_i].proves,
		};

		peers_open(&peers, &spec);
		ck_assert_str_eq(
		    s2n_connection_get_handshake_type_name(peers.client),
		    "INITIAL");
		ck_assert(peers_negotiate(&peers));
		ck_assert_str_eq(
		    s2n_connection_get_handshake_type_name(peers.client),
		    names[_i].name);
		ck_assert_str_eq(
		    s2n_connection_get_handshake_type_name(peers.server),
		    names[_i].name);
		peers_close(&peers);
	}
}
END_TEST

static Suite *
schedule12_suite(void)
{
	Suite *suite = suite_create("schedule12");
	TCase *tcase = tcase_create("schedule12");
	int count = (int)COUNT(ways);

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, the_session_hash_is_the_versions, 0, count);
	tcase_add_loop_test(
	    tcase, master_secrets_are_those_of_the_rfcs, 0, count);
	tcase_add_loop_test(
	    tcase, extended_master_secrets_are_those_of_the_rfcs, 0, count - 1);
	tcase_add_loop_test(tcase, the_key_block_is_that_of_the_rfcs, 0, count);
	tcase_add_loop_test(
	    tcase, finished_values_are_those_of_the_rfcs, 0, count);
	tcase_add_loop_test(
	    tcase, both_sides_have_the_master_secret, 0, (int)COUNT(shakes));
	tcase_add_test(tcase, the_master_secret_has_48_bytes_and_is_not_tls13s);
	tcase_add_loop_test(
	    tcase, the_handshake_has_a_name, 0, (int)COUNT(names));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(schedule12_suite)
