/*
 * libtls/version_range.c: what policies come to with a certificate.
 */
#include "libtls/state/config.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/version_range.h"

#define NONE 0

static const char dh_pem[] =
    "-----BEGIN DH PARAMETERS-----\n"
    "MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz\n"
    "+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a\n"
    "87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7\n"
    "YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi\n"
    "7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD\n"
    "ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==\n"
    "-----END DH PARAMETERS-----\n";

static const struct {
	const char *policy;
	enum certs_key key;
	bool dh;
	int least, most; /* NONE: nobody can be served */
} cases[] = {
	{ "default", CERTS_P256, false, S2N_TLS12, S2N_TLS13 },
	{ "default", CERTS_RSA, false, S2N_TLS12, S2N_TLS13 },
	{ "default_tls13", CERTS_P384, false, S2N_TLS12, S2N_TLS13 },
	{ "20170210", CERTS_RSA, false, S2N_TLS10, S2N_TLS12 },
	/* RSA suites only. */
	{ "20170210", CERTS_P256, false, NONE, NONE },
	{ "20170210", CERTS_RSA_PSS, false, NONE, NONE },
	{ "20140601", CERTS_RSA, false, S2N_SSLv3, S2N_TLS12 },
	{ "sallyport_ed25519", CERTS_ED25519, false, S2N_TLS12, S2N_TLS13 },
	{ "default_tls13", CERTS_ED25519, false, NONE, NONE },
	{ "test_all", CERTS_ED25519, false, NONE, NONE },
	/* Its least version is SSLv3, its suites are of TLS 1.3. */
	{ "20200207", CERTS_RSA, false, S2N_TLS13, S2N_TLS13 },
	{ "CloudFront-Upstream-TLS-1-3-2025", CERTS_P256, false, S2N_TLS13,
	    S2N_TLS13 },
	{ "null", CERTS_RSA, false, NONE, NONE },
	{ "null", CERTS_RSA, true, NONE, NONE },
};

static struct s2n_config *
config_for(const char *policy, const struct certs_cert *cert,
    struct s2n_cert_chain_and_key *chain, bool dh)
{
	struct s2n_config *config = s2n_config_new_minimal();

	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(chain, cert->pem, cert->key_pem),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_cert_chain_and_key_to_store(config, chain), 0);
	ck_assert_int_eq(s2n_config_set_cipher_preferences(config, policy), 0);
	if (dh)
		ck_assert_int_eq(s2n_config_add_dhparams(config, dh_pem), 0);
	return config;
}

START_TEST(a_policy_comes_to_what_the_certificate_lets_it)
{
	const struct certs_cert *cert = certs_make(
	    &(struct certs_spec){ .name = "localhost", .key = cases[_i].key });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_config *config =
	    config_for(cases[_i].policy, cert, chain, cases[_i].dh);
	int least = NONE, most = NONE,
	    r = s2n_config_get_version_range(config, &least, &most);

	ck_assert_msg((r == 0) == (cases[_i].least != NONE), "%s: %d",
	    cases[_i].policy, r);
	if (r != 0)
		ck_assert_str_eq(s2n_strerror_name(s2n_errno),
		    "S2N_ERR_INVALID_SECURITY_POLICY");
	ck_assert_msg(least == cases[_i].least && most == cases[_i].most,
	    "%s: %d to %d", cases[_i].policy, least, most);
	s2n_config_free(config);
	s2n_cert_chain_and_key_free(chain);
	certs_free_all();
}
END_TEST

/* Suites of DHE alone: only with parameters. */
START_TEST(dhe_counts_with_parameters_only)
{
	const uint16_t dhe[] = { 0x009e }; /* DHE-RSA-AES128-GCM-SHA256 */
	const struct certs_cert *cert = certs_make(
	    &(struct certs_spec){ .name = "localhost", .key = CERTS_RSA });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_config *config = config_for("20190214", cert, chain, _i);
	struct preference alone = *config->preference;
	int least, most;

	alone.suites.numbers = dhe;
	alone.suites.count = COUNT(dhe);
	config->preference = &alone;
	ck_assert_int_eq(s2n_config_get_version_range(config, &least, &most),
	    _i == 1 ? 0 : -1);
	if (_i == 1) {
		ck_assert_int_eq(least, S2N_TLS12);
		ck_assert_int_eq(most, S2N_TLS12);
	}
	s2n_config_free(config);
	s2n_cert_chain_and_key_free(chain);
	certs_free_all();
}
END_TEST

START_TEST(without_a_certificate_nobody_is_served)
{
	struct s2n_config *config = s2n_config_new_minimal();
	int version;

	ck_assert_int_ne(
	    s2n_config_get_version_range(config, &version, &version), 0);
	ck_assert_int_ne(
	    s2n_config_get_version_range(NULL, &version, &version), 0);
	ck_assert_int_ne(
	    s2n_config_get_version_range(config, NULL, &version), 0);
	ck_assert_int_ne(
	    s2n_config_get_version_range(config, &version, NULL), 0);
	s2n_config_free(config);
}
END_TEST

static Suite *
version_range_suite(void)
{
	Suite *suite = suite_create("version_range");
	TCase *tcase = tcase_create("version_range");

	with_library(tcase);
	tcase_add_loop_test(tcase,
	    a_policy_comes_to_what_the_certificate_lets_it, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, dhe_counts_with_parameters_only, 0, 2);
	tcase_add_test(tcase, without_a_certificate_nobody_is_served);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(version_range_suite)
