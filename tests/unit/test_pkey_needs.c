/*
 * libtls/pkey_needs.c: what policies ask of the key of a certificate.
 */
#include "libtls/state/config.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/pkey_binding.h"

#define NEED13 S2N_PKEY_NEED_TLS13
#define NEED12 S2N_PKEY_NEED_TLS12
#define SHA1 S2N_PKEY_NEED_SHA1
#define PREMASTER S2N_PKEY_NEED_PREMASTER

static const struct {
	const char *policy;
	enum certs_key key;
	uint32_t needs;
} cases[] = {
	{ "default", CERTS_P256, NEED13 | NEED12 },
	{ "default", CERTS_RSA, NEED13 | NEED12 },
	{ "default", CERTS_RSA_PSS, NEED13 | NEED12 },
	{ "sallyport_ed25519", CERTS_ED25519, NEED13 | NEED12 },
	{ "sallyport_ed25519", CERTS_RSA, NEED13 | NEED12 },
	{ "default_tls13", CERTS_ED25519, 0 },
	{ "20190801", CERTS_ED25519, 0 },
	{ "test_all", CERTS_ED25519, 0 },
	{ "default_fips", CERTS_P384, NEED13 | NEED12 },
	{ "default_fips", CERTS_RSA, NEED13 | NEED12 },
	{ "default_tls13", CERTS_RSA, NEED13 | NEED12 },
	{ "20190214", CERTS_RSA, NEED12 | SHA1 | PREMASTER },
	{ "20200207", CERTS_RSA, NEED13 },
	/* RSA key exchange and ECDHE for RSA alone, from TLS 1.0 on. */
	{ "20170210", CERTS_RSA, NEED12 | SHA1 | PREMASTER },
	{ "20170210", CERTS_P256, 0 },
	{ "20190801", CERTS_RSA, NEED13 | NEED12 | SHA1 | PREMASTER },
	{ "20190801", CERTS_P256, NEED13 },
	/* RSA key exchange and DHE: nothing is signed without parameters. */
	{ "20140601", CERTS_RSA, PREMASTER },
	{ "test_all_rsa_kex", CERTS_RSA, PREMASTER },
	{ "test_all_ecdsa", CERTS_P256, NEED12 | SHA1 },
	{ "null", CERTS_RSA, 0 },
};

static struct s2n_config *config;
static struct s2n_cert_chain_and_key *chain;

static void
open_config(const char *policy, enum certs_key key)
{
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = "localhost", .key = key });
	uint8_t *pem = (uint8_t *)strdup(cert->pem);

	ck_assert_ptr_nonnull(pem);
	config = s2n_config_new_minimal();
	chain = s2n_cert_chain_and_key_new();
	/* the key need not be there: that is what is asked about */
	ck_assert_int_eq(s2n_cert_chain_and_key_load_public_pem_bytes(
			     chain, pem, (uint32_t)strlen(cert->pem)),
	    0);
	free(pem);
	ck_assert_int_eq(s2n_config_set_cipher_preferences(config, policy), 0);
}

static void
close_config(void)
{
	s2n_config_free(config);
	s2n_cert_chain_and_key_free(chain);
	certs_free_all();
}

START_TEST(a_policy_needs_what_its_suites_ask_of_the_key)
{
	uint32_t needs = ~0u;

	open_config(cases[_i].policy, cases[_i].key);
	ck_assert_int_eq(s2n_config_get_pkey_needs(config, chain, &needs), 0);
	ck_assert_msg(needs == cases[_i].needs, "%s: %#x, not %#x",
	    cases[_i].policy, needs, cases[_i].needs);
	close_config();
}
END_TEST

START_TEST(nothing_is_told_of_what_is_not_there)
{
	struct s2n_cert_chain_and_key *empty = s2n_cert_chain_and_key_new();
	uint32_t needs;

	open_config("default", CERTS_P256);
	ck_assert_int_eq(s2n_config_get_pkey_needs(NULL, chain, &needs), -1);
	ck_assert_int_eq(s2n_config_get_pkey_needs(config, NULL, &needs), -1);
	ck_assert_int_eq(s2n_config_get_pkey_needs(config, chain, NULL), -1);
	ck_assert_int_eq(s2n_config_get_pkey_needs(config, empty, &needs), -1);
	s2n_cert_chain_and_key_free(empty);
	close_config();
}
END_TEST

static Suite *
pkey_needs_suite(void)
{
	Suite *suite = suite_create("pkey_needs");
	TCase *tcase = tcase_create("pkey_needs");

	with_library(tcase);
	tcase_add_loop_test(tcase,
	    a_policy_needs_what_its_suites_ask_of_the_key, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, nothing_is_told_of_what_is_not_there);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(pkey_needs_suite)
