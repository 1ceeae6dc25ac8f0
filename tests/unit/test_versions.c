/*
 * Every suite in every version, client of libtls against server of libtls:
 * those too that no other stack speaks any more. A suite that the version or
 * the key does not have must be refused.
 */
#include <openssl/dh.h>
#include <openssl/pem.h>

#include "libtls/state/config.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define DATA 40000 /* more than two records */

static const uint8_t versions[] = { S2N_SSLv3, S2N_TLS10, S2N_TLS11, S2N_TLS12,
	S2N_TLS13 };

static const struct {
	const char *name;
	enum certs_key key;
	enum key_kind kind;
	uint8_t min_version; /* PSS keys came with RFC 8446, for 1.2 as well */
} keys[] = {
	{ "ECDSA", CERTS_P256, KEY_ECDSA, S2N_SSLv3 },
	{ "RSA", CERTS_RSA, KEY_RSA, S2N_SSLv3 },
	{ "RSA-PSS", CERTS_RSA_PSS, KEY_RSA_PSS, S2N_TLS12 },
	{ "Ed25519", CERTS_ED25519, KEY_ED25519, S2N_TLS12 },
};

/* The group of RFC 7919 with 2048 bits, as a server's parameters. */
static void
add_dhparams(struct s2n_config *config)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *params = NULL;
	char *pem;

	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_dh_nid(ctx, NID_ffdhe2048), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &params), 1);
	ck_assert_int_eq(PEM_write_bio_Parameters(bio, params), 1);
	ck_assert_int_eq(BIO_write(bio, "", 1), 1);
	ck_assert_int_gt(BIO_get_mem_data(bio, &pem), 0);
	ck_assert_int_eq(s2n_config_add_dhparams(config, pem), 0);
	EVP_PKEY_free(params);
	EVP_PKEY_CTX_free(ctx);
	BIO_free(bio);
}

static const uint16_t schemes[] = { 0x0807, 0x0403, 0x0804, 0x0809, 0x0401,
	0x0203, 0x0201 };

/* One suite and one version are all that a config allows. */
static void
restrict_to(struct s2n_config *config, struct preference *only,
    const uint16_t *suite, uint8_t version)
{
	ck_assert_int_eq(preference_find("test_all", &config->preference), 0);
	*only = *config->preference;
	/* No policy of such versions has them all. */
	only->schemes = (struct number_list){ schemes, COUNT(schemes) };
	only->suites = (struct number_list){ suite, 1 };
	only->min_version = only->max_version = version;
	config->preference = only;
}

static const char *
type_of(const struct suite *suite)
{
	switch (suite->key_exchange) {
	case KX_TLS13:
		return "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT";
	case KX_RSA:
		return "NEGOTIATED|FULL_HANDSHAKE";
	default:
		return "NEGOTIATED|FULL_HANDSHAKE|"
		       "TLS12_PERFECT_FORWARD_SECRECY";
	}
}

static void
check_side(
    struct s2n_connection *conn, const struct suite *suite, uint8_t version)
{
	uint8_t number[2];

	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(conn), version);
	ck_assert_str_eq(s2n_connection_get_cipher(conn), suite->openssl_name);
	ck_assert_int_eq(
	    s2n_connection_get_cipher_iana_value(conn, &number[0], &number[1]),
	    0);
	ck_assert_int_eq(number[0] << 8 | number[1], suite->number);
	ck_assert_str_eq(
	    s2n_connection_get_handshake_type_name(conn), type_of(suite));
}

/* A close_notify each way, after which nobody has anything to say. */
static void
check_end(struct peers *peers)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	ck_assert_int_eq(s2n_shutdown(peers->client, &blocked), -1);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
	ck_assert_int_eq(s2n_recv(peers->server, &byte, 1, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(peers->server, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(peers->client, &blocked), 0);
}

/* How many cells of this key and version there were. */
static size_t
try_suites(size_t key, uint8_t version)
{
	struct peers_spec spec = { .client_policy = "test_all",
		.server_policy = "test_all",
		.key = keys[key].key };
	struct preference client, server;
	const struct preference *all;
	const struct suite *suite;
	struct peers peers;
	size_t agreed = 0;
	bool expected;

	ck_assert_int_eq(preference_find("test_all", &all), 0);
	peers_open(&peers, &spec);
	add_dhparams(peers.server_config);
	for (size_t i = 0; i < all->suites.count; i++) {
		const uint16_t *number = &all->suites.numbers[i];

		suite = suite_find(*number);
		restrict_to(peers.client_config, &client, number, version);
		restrict_to(peers.server_config, &server, number, version);
		peers_reconnect(&peers);
		expected = suite_fits(suite, version) &&
			   suite_takes(suite, keys[key].kind) &&
			   version >= keys[key].min_version;
		ck_assert_msg(peers_negotiate(&peers) == expected,
		    "%s, %s, version %u: client %s, server %s", suite->name,
		    keys[key].name, version,
		    s2n_strerror_debug(peers.client_error, NULL),
		    s2n_strerror_debug(peers.server_error, NULL));
		if (!expected)
			continue;
		agreed++;
		check_side(peers.client, suite, version);
		check_side(peers.server, suite, version);
		peers_transfer(peers.client, peers.server, DATA);
		peers_transfer(peers.server, peers.client, DATA);
		check_end(&peers);
	}
	peers_close(&peers);
	return agreed;
}

/* By key, and version from SSLv3 on. */
static const size_t cells[COUNT(keys)][COUNT(versions)] = {
	{ 2, 2, 2, 7, 3 },
	{ 12, 12, 12, 26, 3 },
	{ 0, 0, 0, 17, 3 },
	{ 0, 0, 0, 7, 3 },
};

START_TEST(each_suite_of_each_version)
{
	size_t key = (size_t)_i / COUNT(versions),
	       version = (size_t)_i % COUNT(versions);

	ck_assert_uint_eq(
	    try_suites(key, versions[version]), cells[key][version]);
}
END_TEST

static Suite *
versions_suite(void)
{
	Suite *suite = suite_create("versions");
	TCase *tcase = tcase_create("versions");

	with_library(tcase);
	tcase_add_loop_test(tcase, each_suite_of_each_version, 0,
	    (int)(COUNT(keys) * COUNT(versions)));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(versions_suite)
