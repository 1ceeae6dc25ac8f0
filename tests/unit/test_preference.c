/*
 * libtls/registry: preference.c and suite.c. The golden file was made from the
 * facts about s2n-tls, not from the tables.
 */
#include "libtls/registry/preference.h"

#include <stdio.h>

#include "libtls/crypto/group.h"
#include "libtls/crypto/library.h"
#include "libtls/crypto/scheme.h"
#include "libtls/registry/iana.h"
#include "libtls/registry/suite.h"
#include "libtls/s2n.h"
#include "tests/unit/unit.h"

#define GOLDEN "tests/golden/preferences.txt"

static void
print_list(FILE *out, const char *what, struct number_list list)
{
	fprintf(out, "    %s", what);
	for (size_t i = 0; i < list.count; i++)
		fprintf(out, " %04x", list.numbers[i]);
	fprintf(out, "\n");
}

static void
print(FILE *out, const struct preference *row)
{
	fprintf(out, "%s\n    least %d\n", row->name, row->min_version);
	print_list(out, "suites", row->suites);
	print_list(out, "schemes", row->schemes);
	print_list(out, "chain", row->certificate_schemes);
	print_list(out, "groups", row->groups);
	print_list(out, "retry", row->retry_groups);
	fprintf(out, "    rules%s%s%s\n", row->rules & RULE_PFS ? " pfs" : "",
	    row->rules & RULE_FIPS ? " fips" : "",
	    row->boosts_chacha20 ? " boost" : "");
}

START_TEST(every_policy_has_exactly_its_lists)
{
	char *text = NULL, *got, *line = NULL;
	size_t size = 0, room = 0;
	FILE *golden = fopen(GOLDEN, "r");
	FILE *out = open_memstream(&text, &size);
	int number = 0;

	ck_assert_ptr_nonnull(golden);
	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < preference_count(); i++)
		print(out, preference_at(i));
	ck_assert_int_eq(fclose(out), 0);
	for (got = text; getline(&line, &room, golden) > 0;
	     got += strlen(line)) {
		number++;
		ck_assert_msg(strncmp(got, line, strlen(line)) == 0,
		    GOLDEN ":%d: wanted %s got %.80s", number, line, got);
	}
	ck_assert_str_eq(got, "");
	ck_assert_int_gt(number, 0);
	fclose(golden);
	free(line);
	free(text);
}
END_TEST

static const struct {
	const char *name;
	int error;
	const char *found;
} names[] = {
	{ "default", 0, "default" },
	{ "DEFAULT_TLS13", 0, "default_tls13" },
	{ "cloudfront-upstream", 0, "CloudFront-Upstream" },
	{ "null", 0, "null" },
	{ "PQ-TLS-1-0-2020-12", ERR_DEPRECATED_POLICY, NULL },
	{ "pq-tls-1-0-2020-12", ERR_DEPRECATED_POLICY, NULL },
	{ "20240730", ERR_DEPRECATED_POLICY, NULL },
	{ "", ERR_UNKNOWN_POLICY, NULL },
	{ "defaul", ERR_UNKNOWN_POLICY, NULL },
	{ "default ", ERR_UNKNOWN_POLICY, NULL },
	{ "20260721", ERR_UNKNOWN_POLICY, NULL },
};

START_TEST(names_are_found_without_regard_to_case)
{
	const struct preference *found = NULL;

	ck_assert_msg(
	    preference_find(names[_i].name, &found) == names[_i].error, "%s",
	    names[_i].name);
	if (names[_i].found != NULL)
		ck_assert_str_eq(found->name, names[_i].found);
	else
		ck_assert_ptr_null(found);
}
END_TEST

START_TEST(no_two_policies_share_a_name)
{
	const struct preference *found;

	for (size_t i = 0; i < preference_count(); i++) {
		ck_assert_int_eq(
		    preference_find(preference_at(i)->name, &found), 0);
		ck_assert_ptr_eq(found, preference_at(i));
	}
	ck_assert_str_eq(preference_default->name, "default");
}
END_TEST

START_TEST(a_policy_yields_only_what_it_lists_and_we_have)
{
	const struct preference *old, *new = preference_default;

	ck_assert_int_eq(library_init(), 0);
	ck_assert_int_eq(preference_find("20170210", &old), 0);
	ck_assert_ptr_nonnull(preference_suite(new, TLS_AES_128_GCM_SHA256));
	ck_assert_ptr_null(preference_suite(old, TLS_AES_128_GCM_SHA256));
	/* listed, but the library has no such suite yet, or ever */
	ck_assert_ptr_null(preference_suite(new, TLS_NULL_WITH_NULL_NULL));
	ck_assert_ptr_nonnull(preference_group(new, GROUP_X25519));
	ck_assert_ptr_null(preference_group(old, GROUP_X25519));
	ck_assert_ptr_null(preference_group(new, 0x0100));
	ck_assert_ptr_nonnull(preference_scheme(new, SCHEME_ECDSA_SHA256));
	ck_assert_ptr_null(preference_scheme(new, SCHEME_RSA_PKCS1_SHA1));
	ck_assert_ptr_nonnull(preference_scheme(old, SCHEME_RSA_PKCS1_SHA1));
	ck_assert(!preference_retries_for(new, GROUP_SECP384R1));
	ck_assert_int_eq(preference_find("20260722", &old), 0);
	ck_assert(preference_retries_for(old, GROUP_SECP384R1));
	library_cleanup();
}
END_TEST

/* What the rules column promises, of every suite, group and version. */
START_TEST(every_policy_keeps_its_rules)
{
	for (size_t i = 0; i < preference_count(); i++) {
		const struct preference *row = preference_at(i);
		const struct suite *suite;

		for (size_t j = 0; j < row->suites.count; j++) {
			suite = suite_find(row->suites.numbers[j]);
			if (row->rules & RULE_PFS)
				ck_assert_msg(suite != NULL &&
						  suite->key_exchange != KX_RSA,
				    "%s: no forward secrecy", row->name);
			if (row->rules & RULE_FIPS)
				ck_assert_msg(
				    suite != NULL &&
					suite->aead !=
					    &aead_chacha20_poly1305 &&
					suite->cipher != &cipher_rc4 &&
					suite->cipher != &cipher_3des_cbc,
				    "%s: not approved", row->name);
		}
		if (row->rules & RULE_FIPS)
			ck_assert_msg(row->min_version >= S2N_TLS12,
			    "%s: an old version", row->name);
	}
}
END_TEST

START_TEST(a_policy_whose_groups_libcrypto_lacks_is_refused)
{
	static const uint16_t unknown[] = { 0x0100 };
	struct preference policy = *preference_default;

	ck_assert_int_eq(library_init(), 0);
	for (size_t i = 0; i < preference_count(); i++)
		if (preference_at(i)->groups.count == 0)
			ck_assert(preference_usable(preference_at(i)));
	ck_assert(preference_usable(&policy));
	policy.retry_groups = (struct number_list){ unknown, 1 };
	ck_assert(!preference_usable(&policy));
	policy.retry_groups = (struct number_list){ NULL, 0 };
	policy.groups = (struct number_list){ unknown, 1 };
	ck_assert(!preference_usable(&policy));
	library_cleanup();
}
END_TEST

START_TEST(the_highest_version_is_that_of_the_suites_or_less)
{
	const struct preference *found;
	struct preference lowered;

	ck_assert_int_eq(library_init(), 0);
	ck_assert_uint_eq(
	    preference_most_version(preference_default), S2N_TLS13);
	ck_assert_int_eq(preference_find("20170210", &found), 0);
	ck_assert_uint_eq(preference_most_version(found), S2N_TLS12);
	lowered = *found;
	lowered.max_version = S2N_TLS11;
	ck_assert_uint_eq(preference_most_version(&lowered), S2N_TLS11);
	library_cleanup();
}
END_TEST

static const struct {
	uint16_t number;
	const char *name;
	const struct aead *aead;
	const struct digest *digest;
} suites[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256", &aead_aes128_gcm, &digest_sha256 },
	{ 0x1302, "TLS_AES_256_GCM_SHA384", &aead_aes256_gcm, &digest_sha384 },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256", &aead_chacha20_poly1305,
	    &digest_sha256 },
};

START_TEST(the_suites_of_tls13_are_there)
{
	const struct suite *suite = suite_find(suites[_i].number);

	ck_assert_ptr_nonnull(suite);
	ck_assert_str_eq(suite->name, suites[_i].name);
	ck_assert_str_eq(suite->openssl_name, suites[_i].name);
	ck_assert_ptr_eq(suite->aead, suites[_i].aead);
	ck_assert_ptr_eq(suite->digest, suites[_i].digest);
	ck_assert_uint_eq(suite->min_version, S2N_TLS13);
	ck_assert_ptr_null(suite_find(0x1304)); /* AES-128-CCM */
	ck_assert_ptr_null(suite_find(0));
}
END_TEST

static Suite *
registry_suite(void)
{
	Suite *suite = suite_create("preference");
	TCase *tcase = tcase_create("preference");

	tcase_add_test(tcase, every_policy_has_exactly_its_lists);
	tcase_add_loop_test(tcase, names_are_found_without_regard_to_case, 0,
	    (int)COUNT(names));
	tcase_add_test(tcase, no_two_policies_share_a_name);
	tcase_add_test(tcase, a_policy_yields_only_what_it_lists_and_we_have);
	tcase_add_test(tcase, every_policy_keeps_its_rules);
	tcase_add_test(tcase, a_policy_whose_groups_libcrypto_lacks_is_refused);
	tcase_add_test(
	    tcase, the_highest_version_is_that_of_the_suites_or_less);
	tcase_add_loop_test(
	    tcase, the_suites_of_tls13_are_there, 0, (int)COUNT(suites));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(registry_suite)
