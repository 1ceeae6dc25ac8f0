/*
 * libtls/info.c: what a connection says it agreed on.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/opensslv.h>
#include <openssl/params.h>

#include "libtls/core/memory.h"
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

/* clang-format off */
static const struct {
	const char *what;
	struct peers_spec spec;
	int client, server, actual; /* versions */
	s2n_tls_signature_algorithm signature;
	s2n_tls_hash_algorithm hash;
} cases[] = {
	{ "TLS 1.3, ECDSA", { .key = CERTS_P256 }, S2N_TLS13, S2N_TLS13, S2N_TLS13,
	    S2N_TLS_SIGNATURE_ECDSA, S2N_TLS_HASH_SHA256 },
	{ "TLS 1.3, a P-384 key", { .key = CERTS_P384 }, S2N_TLS13, S2N_TLS13, S2N_TLS13,
	    S2N_TLS_SIGNATURE_ECDSA, S2N_TLS_HASH_SHA384 },
	{ "TLS 1.3, RSA", { .key = CERTS_RSA }, S2N_TLS13, S2N_TLS13, S2N_TLS13,
	    S2N_TLS_SIGNATURE_RSA_PSS_RSAE, S2N_TLS_HASH_SHA256 },
	{ "a client that could do better",
	    { .version = S2N_TLS11, .client_most = S2N_TLS12, .suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, .key = CERTS_RSA },
	    S2N_TLS12, S2N_TLS11, S2N_TLS11, S2N_TLS_SIGNATURE_RSA, S2N_TLS_HASH_MD5_SHA1 },
	{ "RSA key exchange: nothing is signed",
	    { .version = S2N_TLS12, .suite = TLS_RSA_WITH_AES_128_GCM_SHA256, .key = CERTS_RSA },
	    S2N_TLS12, S2N_TLS12, S2N_TLS12, S2N_TLS_SIGNATURE_ANONYMOUS, S2N_TLS_HASH_NONE },
};
/* clang-format on */

START_TEST(both_sides_say_what_was_agreed_on)
{
	s2n_tls_signature_algorithm signature;
	s2n_tls_hash_algorithm hash;
	struct s2n_connection *sides[2];
	struct peers peers;

	peers_open(&peers, &cases[_i].spec);
	ck_assert_msg(peers_negotiate(&peers), "%s", cases[_i].what);
	sides[0] = peers.client;
	sides[1] = peers.server;
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
		    s2n_connection_get_actual_protocol_version(sides[i]),
		    cases[_i].actual);
		ck_assert_int_eq(
		    s2n_connection_get_client_protocol_version(sides[i]),
		    cases[_i].client);
		ck_assert_int_eq(
		    s2n_connection_get_server_protocol_version(sides[i]),
		    cases[_i].server);
		ck_assert_int_eq(
		    s2n_connection_get_selected_signature_algorithm(
			sides[i], &signature),
		    0);
		ck_assert_int_eq(signature, cases[_i].signature);
		ck_assert_int_eq(s2n_connection_get_selected_digest_algorithm(
				     sides[i], &hash),
		    0);
		ck_assert_int_eq(hash, cases[_i].hash);
	}
	peers_close(&peers);
}
END_TEST

START_TEST(before_a_handshake_little_is_known)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	s2n_cert_sni_match match;

	ck_assert_int_eq(
	    s2n_connection_get_client_protocol_version(conn), S2N_TLS13);
	ck_assert_int_eq(s2n_connection_get_server_protocol_version(conn),
	    S2N_UNKNOWN_PROTOCOL_VERSION);
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(conn), S2N_TLS13);
	ck_assert_str_eq(s2n_connection_get_kem_group_name(conn), "NONE");
	ck_assert_str_eq(s2n_connection_get_curve(conn), "NONE");
	ck_assert_int_ne(s2n_connection_get_certificate_match(conn, &match), 0);
	ck_assert_int_lt(s2n_connection_get_client_protocol_version(NULL), 0);
	s2n_connection_free(conn);
}
END_TEST

/* Where libcrypto has no hybrid group a curve is agreed on. */
START_TEST(a_group_is_a_curve_or_a_hybrid)
{
	const char *group, *hybrid;
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_key_exchange_group(peers.client, &group), 0);
	hybrid = s2n_connection_get_kem_group_name(peers.client);
	if (peers.client->group->kind == GROUP_HYBRID) {
		ck_assert_str_eq(hybrid, group);
		ck_assert_str_eq(
		    s2n_connection_get_curve(peers.client), "NONE");
	} else {
		ck_assert_str_eq(hybrid, "NONE");
		ck_assert_str_eq(s2n_connection_get_curve(peers.client), group);
	}
	peers_close(&peers);
}
END_TEST

static const struct {
	const char *name; /* NULL: none is asked for */
	s2n_cert_sni_match match;
} names[] = {
	{ "localhost", S2N_SNI_EXACT_MATCH },
	{ "a.wild.test", S2N_SNI_WILDCARD_MATCH },
	{ "other.test", S2N_SNI_NO_MATCH },
	{ NULL, S2N_SNI_NONE },
};

START_TEST(a_server_says_how_it_found_its_certificate)
{
	const struct certs_cert *wild =
	    certs_make(&(struct certs_spec){ .name = "*.wild.test" });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	s2n_cert_sni_match match;
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(chain, wild->pem, wild->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     peers.server_config, chain),
	    0);
	ck_assert_int_eq(
	    s2n_config_disable_x509_verification(peers.client_config), 0);
	ck_assert_int_ne(
	    s2n_connection_get_certificate_match(peers.server, &match), 0);
	if (names[_i].name != NULL) {
		ck_assert_int_eq(
		    s2n_set_server_name(peers.client, names[_i].name), 0);
	} else {
		memory_free(peers.client->server_name);
		peers.client->server_name = NULL;
	}
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_certificate_match(peers.server, &match), 0);
	ck_assert_int_eq(match, names[_i].match);
	ck_assert_int_ne(
	    s2n_connection_get_certificate_match(peers.client, &match), 0);
	peers_close(&peers);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(libcrypto_says_its_version)
{
	/* As built with, or a newer patch of the same. */
	ck_assert_uint_eq(s2n_get_openssl_version() >> 28,
	    (unsigned long)OPENSSL_VERSION_NUMBER >> 28);
}
END_TEST

/* ---- exported keys ---- */

static uint8_t exporter_secret[64];
static size_t exporter_len;

/* "EXPORTER_SECRET random secret", in hex. */
static int
note_exporter(void *ctx, struct s2n_connection *conn, uint8_t *line, size_t len)
{
	static const char label[] = "EXPORTER_SECRET ";
	const char *at;
	char text[300];

	(void)ctx, (void)conn;
	ck_assert_uint_lt(len, sizeof text);
	memcpy(text, line, len);
	text[len] = '\0';
	if (strncmp(text, label, strlen(label)) != 0)
		return 0;
	ck_assert_ptr_nonnull(at = strrchr(text, ' '));
	ck_assert_int_eq(
	    OPENSSL_hexstr2buf_ex(exporter_secret, sizeof exporter_secret,
		&exporter_len, at + 1, '\0'),
	    1);
	return 0;
}

/* RFC 8446 7.1: HKDF-Expand-Label, by libcrypto. */
static void
expand_label(const char *hash, const uint8_t *secret, const char *label,
    struct slice context, uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_utf8_string(
		    OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)hash, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
		    (void *)(uintptr_t)secret, exporter_len),
		OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_PREFIX, (char[]){ "tls13 " }, 6),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL,
		    (void *)(uintptr_t)label, strlen(label)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_DATA,
		    (void *)(uintptr_t)context.data, context.len),
		OSSL_PARAM_construct_end(),
	};

	ck_assert_int_eq(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

/* RFC 8446 7.5, from the secret that the key log has. */
static void
exported(const char *hash, const char *label, struct slice context,
    uint8_t *out, size_t len)
{
	uint8_t empty[64], hashed[64], secret[64];

	ck_assert_int_eq(EVP_Q_digest(NULL, hash, NULL, "", 0, empty, NULL), 1);
	ck_assert_int_eq(EVP_Q_digest(NULL, hash, NULL, context.data,
			     context.len, hashed, NULL),
	    1);
	expand_label(hash, exporter_secret, label,
	    slice_of(empty, exporter_len), secret, exporter_len);
	expand_label(
	    hash, secret, "exporter", slice_of(hashed, exporter_len), out, len);
}

static int
export_from(struct s2n_connection *conn, const char *label,
    struct slice context, uint8_t *out, uint32_t len)
{
	return s2n_connection_tls_exporter(conn, (const uint8_t *)label,
	    (uint32_t)strlen(label), context.data, (uint32_t)context.len, out,
	    len);
}

static const struct {
	uint16_t suite;
	const char *hash;
} exporters[] = {
	{ TLS_AES_128_GCM_SHA256, "SHA256" },
	{ TLS_AES_256_GCM_SHA384, "SHA384" },
};

static const struct {
	const char *label;
	struct slice context;
	uint32_t len;
} exports[] = {
	{ "EXPORTER-Channel-Binding", { (const uint8_t *)"", 0 }, 32 },
	{ "EXPORTER-Channel-Binding", BYTES(1, 2, 3), 32 },
	{ "EXPORTER_of another", { (const uint8_t *)"", 0 }, 32 },
	{ "EXPORTER-Channel-Binding", { (const uint8_t *)"", 0 }, 1000 },
	{ "x", { (const uint8_t *)"", 0 }, 1 },
};

START_TEST(both_sides_export_the_same_keys)
{
	uint8_t ours[1000], theirs[1000], wanted[1000], first[32];
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ .version = S2N_TLS13,
			       .suite = exporters[_i].suite });
	ck_assert_int_eq(
	    s2n_config_set_key_log_cb(peers.client_config, note_exporter, NULL),
	    0);
	ck_assert_int_ne(export_from(peers.client, exports[0].label,
			     exports[0].context, ours, 32),
	    0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_STATE");
	ck_assert(peers_negotiate(&peers));
	for (size_t i = 0; i < COUNT(exports); i++) {
		memset(ours, 0, sizeof ours);
		ck_assert_int_eq(export_from(peers.client, exports[i].label,
				     exports[i].context, ours, exports[i].len),
		    0);
		ck_assert_int_eq(
		    export_from(peers.server, exports[i].label,
			exports[i].context, theirs, exports[i].len),
		    0);
		exported(exporters[_i].hash, exports[i].label,
		    exports[i].context, wanted, exports[i].len);
		ck_assert_mem_eq(ours, theirs, exports[i].len);
		ck_assert_mem_eq(ours, wanted, exports[i].len);
		if (i == 0)
			memcpy(first, ours, sizeof first);
		else if (exports[i].len >= sizeof first)
			ck_assert_mem_ne(ours, first, sizeof first);
	}
	/* No more than HKDF gives, and no label that is none. */
	ck_assert_int_ne(export_from(peers.client, "a long one is refused",
			     exports[0].context, ours, 255 * 64 + 1),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_HKDF_OUTPUT_SIZE");
	peers_close(&peers);
}
END_TEST

START_TEST(older_versions_export_none)
{
	struct peers peers;
	uint8_t out[32];

	peers_open(
	    &peers, &(struct peers_spec){ .version = S2N_TLS12,
			.suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_ne(export_from(peers.client, "EXPORTER", slice_of(out, 0),
			     out, sizeof out),
	    0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_STATE");
	peers_close(&peers);
}
END_TEST

/* ---- as it goes ---- */

START_TEST(bytes_on_the_wire_are_counted)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ .slow = false });
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_in(peers.server), 0);
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_out(peers.server), 0);
	ck_assert(peers_negotiate(&peers));
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_gt(
		    s2n_connection_get_wire_bytes_in(peers.client), 0);
		ck_assert_uint_eq(
		    s2n_connection_get_wire_bytes_in(peers.server),
		    s2n_connection_get_wire_bytes_out(peers.client));
		ck_assert_uint_eq(
		    s2n_connection_get_wire_bytes_in(peers.client),
		    s2n_connection_get_wire_bytes_out(peers.server));
		peers_transfer(peers.client, peers.server, 50000);
		peers_transfer(peers.server, peers.client, 10);
	}
	/* 50000 bytes and what goes around them. */
	ck_assert_uint_gt(
	    s2n_connection_get_wire_bytes_in(peers.server), 100000);
	ck_assert_uint_lt(
	    s2n_connection_get_wire_bytes_in(peers.server), 110000);
	ck_assert_int_eq(s2n_connection_wipe(peers.server), 0);
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_in(peers.server), 0);
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_out(peers.server), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(the_last_message_has_a_name)
{
	s2n_blocked_status blocked;
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ .slow = false });
	ck_assert_str_eq(
	    s2n_connection_get_last_message_name(peers.client), "CLIENT_HELLO");
	ck_assert_int_ne(s2n_negotiate(peers.client, &blocked), 0);
	ck_assert_str_eq(
	    s2n_connection_get_last_message_name(peers.client), "CLIENT_HELLO");
	ck_assert_int_ne(s2n_negotiate(peers.server, &blocked), 0);
	ck_assert_str_eq(s2n_connection_get_last_message_name(peers.server),
	    "SERVER_FINISHED");
	ck_assert(peers_negotiate(&peers));
	ck_assert_str_eq(s2n_connection_get_last_message_name(peers.client),
	    "APPLICATION_DATA");
	ck_assert_str_eq(s2n_connection_get_last_message_name(peers.server),
	    "APPLICATION_DATA");
	peers_close(&peers);
}
END_TEST

/* ---- the peer's chain ---- */

/* How often it was asked for, and what was said. */
static struct {
	struct s2n_connection *conn;
	int asked, error;
} early;

static uint8_t
looks_at_chain(const char *name, size_t len, void *data)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	(void)name, (void)len, (void)data;
	early.asked++;
	early.error = s2n_connection_get_peer_cert_chain(early.conn, chain) == 0
			  ? 0
			  : s2n_errno;
	s2n_cert_chain_and_key_free(chain);
	return 1;
}

/* Number n of the peer's chain is this certificate. */
static void
assert_cert(struct s2n_cert_chain_and_key *chain, uint32_t n, struct slice der)
{
	struct s2n_cert *cert;
	const uint8_t *bytes;
	uint32_t len;

	ck_assert_int_eq(s2n_cert_chain_get_cert(chain, &cert, n), 0);
	ck_assert_int_eq(s2n_cert_get_der(cert, &bytes, &len), 0);
	ck_assert(slice_equal(slice_of(bytes, len), der));
}

START_TEST(a_peers_chain_is_what_was_validated)
{
	struct s2n_cert_chain_and_key *got = s2n_cert_chain_and_key_new();
	const struct certs_cert *ca =
	    certs_make(&(struct certs_spec){ .name = "root", .ca = true });
	const struct certs_cert *leaf = certs_make(
	    &(struct certs_spec){ .name = "localhost", .issuer = ca });
	struct s2n_cert_chain_and_key *sent = s2n_cert_chain_and_key_new();
	struct peers peers;
	uint8_t root[2000];
	uint32_t count;
	size_t len;

	peers_open(&peers, &(struct peers_spec){ .no_chain = true });
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(sent, leaf->pem, leaf->key_pem), 0);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     peers.server_config, sent),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers.client_config, ca->pem), 0);
	ck_assert_int_eq(s2n_connection_set_verify_host_callback(
			     peers.client, looks_at_chain, NULL),
	    0);
	early.conn = peers.client;
	early.asked = 0;
	ck_assert(peers_negotiate(&peers));

	/* Before, it could be anybody's. */
	ck_assert_int_gt(early.asked, 0);
	ck_assert_str_eq(
	    s2n_strerror_name(early.error), "S2N_ERR_CERT_NOT_VALIDATED");

	ck_assert_int_eq(
	    s2n_connection_get_peer_cert_chain(peers.client, got), 0);
	ck_assert_int_eq(s2n_cert_chain_get_length(got, &count), 0);
	ck_assert_uint_eq(count, 2);
	assert_cert(got, 0, leaf->der);
	assert_cert(got, 1, ca->der);
	/* It is a copy, and not put on top of another. */
	ck_assert_int_eq(
	    s2n_connection_get_peer_cert_chain(peers.client, got), -1);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(
	    s2n_connection_get_peer_cert_chain(peers.server, got), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NO_CERT_FOUND");
	ck_assert_uint_lt(ca->der.len, sizeof root);
	memcpy(root, ca->der.data, len = ca->der.len);
	peers_close(&peers);
	assert_cert(got, 1, slice_of(root, len));
	s2n_cert_chain_and_key_free(got);
	s2n_cert_chain_and_key_free(sent);
	certs_free_all();
}
END_TEST

START_TEST(who_validates_nothing_gets_what_was_sent)
{
	struct s2n_cert_chain_and_key *got = s2n_cert_chain_and_key_new();
	struct peers peers;
	uint32_t count;

	peers_open(&peers, &(struct peers_spec){ .slow = false });
	ck_assert_int_eq(
	    s2n_config_disable_x509_verification(peers.client_config), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_peer_cert_chain(peers.client, got), 0);
	ck_assert_int_eq(s2n_cert_chain_get_length(got, &count), 0);
	ck_assert_uint_eq(count, peers.chain->count);
	peers_close(&peers);
	s2n_cert_chain_and_key_free(got);
}
END_TEST

static Suite *
info_suite(void)
{
	Suite *suite = suite_create("info");
	TCase *agreed = tcase_create("agreed");

	with_library(agreed);
	tcase_add_loop_test(
	    agreed, both_sides_say_what_was_agreed_on, 0, COUNT(cases));
	tcase_add_test(agreed, before_a_handshake_little_is_known);
	tcase_add_test(agreed, a_group_is_a_curve_or_a_hybrid);
	tcase_add_loop_test(agreed, a_server_says_how_it_found_its_certificate,
	    0, COUNT(names));
	tcase_add_loop_test(
	    agreed, both_sides_export_the_same_keys, 0, (int)COUNT(exporters));
	tcase_add_test(agreed, older_versions_export_none);
	tcase_add_test(agreed, bytes_on_the_wire_are_counted);
	tcase_add_test(agreed, the_last_message_has_a_name);
	tcase_add_test(agreed, a_peers_chain_is_what_was_validated);
	tcase_add_test(agreed, who_validates_nothing_gets_what_was_sent);
	tcase_add_test(agreed, libcrypto_says_its_version);
	suite_add_tcase(suite, agreed);
	return suite;
}

UNIT_MAIN(info_suite)
