/*
 * libtls client against libtls server, in memory: every certificate kind, slow
 * transports, pending keys, retries, what was agreed on, data and the end.
 */
#include "libtls/state/config.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define ED25519 "sallyport_ed25519"

static const struct {
	const char *what;
	struct peers_spec spec;
	const char *scheme;
	const char *cipher;
	const char *group;
	bool retried;
} ways[] = {
	{ "ECDSA P-256", { .key = CERTS_P256 }, "ecdsa_secp256r1_sha256",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "ECDSA P-384", { .key = CERTS_P384 }, "ecdsa_secp384r1_sha384",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "ECDSA P-521", { .key = CERTS_P521 }, "ecdsa_secp521r1_sha512",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "RSA", { .key = CERTS_RSA }, "rsa_pss_rsae_sha256",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "RSA-PSS", { .key = CERTS_RSA_PSS }, "rsa_pss_pss_sha256",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "Ed25519",
	    { .key = CERTS_ED25519,
		.client_policy = ED25519,
		.server_policy = ED25519 },
	    "ed25519", "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "a pending Ed25519 key, one byte at a time",
	    { .key = CERTS_ED25519,
		.client_policy = ED25519,
		.server_policy = ED25519,
		.slow = true,
		.pending_key = true },
	    "ed25519", "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "one byte at a time", { .slow = true }, "ecdsa_secp256r1_sha256",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "a pending key", { .pending_key = true }, "ecdsa_secp256r1_sha256",
	    "TLS_AES_128_GCM_SHA256", "secp256r1", false },
	{ "a pending RSA key, one byte at a time",
	    { .key = CERTS_RSA, .slow = true, .pending_key = true },
	    "rsa_pss_rsae_sha256", "TLS_AES_128_GCM_SHA256", "secp256r1",
	    false },
};

START_TEST(both_sides_agree)
{
	struct peers peers;
	const char *name;

	peers_open(&peers, &ways[_i].spec);
	ck_assert_msg(peers_negotiate(&peers), "%s: client %s, server %s",
	    ways[_i].what, s2n_strerror_debug(peers.client_error, NULL),
	    s2n_strerror_debug(peers.server_error, NULL));
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(peers.client),
	    S2N_TLS13);
	ck_assert_str_eq(
	    s2n_connection_get_cipher(peers.client), ways[_i].cipher);
	ck_assert_str_eq(
	    s2n_connection_get_cipher(peers.server), ways[_i].cipher);
	ck_assert_str_eq(
	    s2n_connection_get_curve(peers.server), ways[_i].group);
	ck_assert_int_eq(
	    s2n_connection_get_signature_scheme(peers.client, &name), 0);
	ck_assert_str_eq(name, ways[_i].scheme);
	ck_assert_uint_eq(
	    peers.key_operations, ways[_i].spec.pending_key ? 1 : 0);
	peers_transfer(peers.client, peers.server, 10);
	peers_transfer(peers.server, peers.client, 100000);
	peers_close(&peers);
}
END_TEST

/* RFC 8446 5.1 allows 0x0301 there, for servers that know nothing newer. */
static const char *const policies[] = {
	"default_tls13",
	"20240417",
	"20170210", /* TLS 1.2 at most */
	"CloudFront-SSL-v-3-Legacy",
};

START_TEST(the_first_record_says_an_old_version)
{
	struct peers_spec spec = { .client_policy = policies[_i] };
	s2n_blocked_status blocked;
	struct peers peers;
	const uint8_t *record;

	peers_open(&peers, &spec);
	ck_assert_int_lt(s2n_negotiate(peers.client, &blocked), 0);
	record = peers.to_server.bytes.data;
	ck_assert_uint_gt(peers.to_server.bytes.len, 5);
	ck_assert_uint_eq(record[0], 22);
	ck_assert_msg(record[1] == 3 && record[2] == 1, "%s: %02x%02x",
	    policies[_i], record[1], record[2]);
	peers_close(&peers);
}
END_TEST

/* RFC 8446 6.2 and RFC 5246 7.4.6: certificate_required, handshake_failure. */
static const struct {
	const char *policy;
	int alert;
} lacks[] = {
	{ "default_tls13", 116 },
	{ "20170210", 40 },
};

START_TEST(a_client_without_a_certificate_is_told_so)
{
	struct peers_spec spec = { .client_policy = lacks[_i].policy,
		.server_policy = lacks[_i].policy,
		.key = CERTS_RSA,
		.client_auth = S2N_CERT_AUTH_REQUIRED };
	s2n_blocked_status blocked;
	struct peers peers;
	uint8_t byte;

	peers_open(&peers, &spec);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(s2n_strerror_name(peers.server_error),
	    "S2N_ERR_MISSING_CLIENT_CERT");
	/* In TLS 1.3 the client is done before the server objects. */
	(void)!s2n_negotiate(peers.client, &blocked);
	(void)!s2n_recv(peers.client, &byte, 1, &blocked);
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), lacks[_i].alert);
	peers_close(&peers);
}
END_TEST

/* A transport that takes no byte of the alert must not hide what it is about.
 */
START_TEST(the_cause_is_told_though_the_alert_blocks)
{
	struct peers_spec spec = { .key = CERTS_RSA,
		.client_policy = "20170210",
		.server_policy = "default_tls13",
		.client_auth = S2N_CERT_AUTH_REQUIRED };
	s2n_blocked_status blocked;
	struct peers peers;

	peers_open(&peers, &spec);
	ck_assert_int_lt(s2n_negotiate(peers.client, &blocked), 0);
	peers.to_client.hiccup = true;
	ck_assert_int_lt(s2n_negotiate(peers.server, &blocked), 0);
	ck_assert_int_lt(s2n_negotiate(peers.client, &blocked), 0);
	while (s2n_negotiate(peers.server, &blocked) != 0 &&
	       s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
		(void)!s2n_negotiate(peers.client, &blocked);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_MISSING_CLIENT_CERT");
	ck_assert_ptr_nonnull(
	    strstr(s2n_strerror_source(s2n_errno), "certificate.c:"));
	peers_close(&peers);
}
END_TEST

/* A policy may let a client have ChaCha20 that names it first. */
static const uint16_t chacha20_first[] = { 0x1303, 0xcca9, 0x1301, 0xc02b };
static const uint16_t chacha20_last[] = { 0x1301, 0xc02b, 0x1303, 0xcca9 };
static const struct {
	bool first, boosts;
	uint8_t version;
	uint16_t suite;
} favourites[] = {
	{ true, true, S2N_TLS13, 0x1303 },
	{ true, false, S2N_TLS13, 0x1301 },
	{ false, true, S2N_TLS13, 0x1301 },
	{ true, true, S2N_TLS12, 0xcca9 },
	{ true, false, S2N_TLS12, 0xc02b },
	{ false, true, S2N_TLS12, 0xc02b },
};

/* RFC 8446 D.4: no record of a client's is encrypted before its
 * ChangeCipherSpec, an alert neither. */
START_TEST(a_clients_alert_follows_its_change_cipher_spec)
{
	static const uint8_t ccs[] = { 20, 3, 3, 0, 1, 1 };
	struct peers peers;
	s2n_blocked_status blocked;
	struct writer *sent, *flight;
	size_t before;

	peers_open(&peers, &(struct peers_spec){ .version = S2N_TLS13 });
	sent = &peers.to_server.bytes;
	flight = &peers.to_client.bytes;
	ck_assert_int_ne(s2n_negotiate(peers.client, &blocked), 0);
	(void)s2n_negotiate(peers.server, &blocked);
	before = sent->len;
	flight->data[flight->len - 1] ^= 1;
	ck_assert_int_ne(s2n_negotiate(peers.client, &blocked), 0);
	ck_assert_int_ne(s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
	ck_assert_uint_gt(sent->len, before + sizeof ccs);
	ck_assert_mem_eq(sent->data + before, ccs, sizeof ccs);
	ck_assert_uint_eq(sent->data[before + sizeof ccs], 23);
	peers_close(&peers);
}
END_TEST

START_TEST(chacha20_is_for_those_who_prefer_it)
{
	struct peers_spec spec = { .key = CERTS_P256 };
	struct preference theirs, ours;
	struct peers peers;
	uint8_t suite[2];

	peers_open(&peers, &spec);
	ours = theirs = *peers.server_config->preference;
	theirs.suites =
	    (struct number_list){ favourites[_i].first ? chacha20_first
						       : chacha20_last,
		    COUNT(chacha20_first) };
	ours.suites =
	    (struct number_list){ chacha20_last, COUNT(chacha20_last) };
	ours.boosts_chacha20 = favourites[_i].boosts;
	ours.max_version = favourites[_i].version;
	peers.client_config->preference = &theirs;
	peers.server_config->preference = &ours;
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_get_cipher_iana_value(
			     peers.client, &suite[0], &suite[1]),
	    0);
	ck_assert_uint_eq(suite[0] << 8 | suite[1], favourites[_i].suite);
	peers_close(&peers);
}
END_TEST

static Suite *
handshake_suite(void)
{
	Suite *suite = suite_create("handshake");
	TCase *tcase = tcase_create("handshake");

	with_library(tcase);
	tcase_add_loop_test(tcase, both_sides_agree, 0, (int)COUNT(ways));
	tcase_add_loop_test(tcase, the_first_record_says_an_old_version, 0,
	    (int)COUNT(policies));
	tcase_add_loop_test(tcase, a_client_without_a_certificate_is_told_so, 0,
	    (int)COUNT(lacks));
	tcase_add_test(tcase, the_cause_is_told_though_the_alert_blocks);
	tcase_add_test(tcase, a_clients_alert_follows_its_change_cipher_spec);
	tcase_add_loop_test(tcase, chacha20_is_for_those_who_prefer_it, 0,
	    (int)COUNT(favourites));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(handshake_suite)
