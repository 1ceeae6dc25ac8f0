/*
 * libtls/cert/trust.c: anchors from texts, files and directories.
 */
#include "libtls/cert/trust.h"

#include <stdio.h>
#include <unistd.h>

#include "libtls/cert/validate.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

static const struct certs_cert *first, *second;
static char directory[] = "/tmp/test_trust.XXXXXX";
static char file[100], hashed[100], empty[100];

static void
write_file(const char *name, const char *text)
{
	FILE *out = fopen(name, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static void
setup(void)
{
	first = certs_make(&(struct certs_spec){ .name = "1", .ca = true });
	second = certs_make(
	    &(struct certs_spec){ .name = "2", .ca = true, .key_number = 2 });
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(file, sizeof file, "%s/both.pem", directory);
	write_file(file, certs_join(first->pem, second->pem));
	snprintf(empty, sizeof empty, "%s/empty.pem", directory);
	write_file(empty, "nothing in here\n");
	/* As openssl rehash names it. */
	snprintf(hashed, sizeof hashed, "%s/%08lx.0", directory,
	    X509_NAME_hash_ex(
		X509_get_subject_name(second->x509), NULL, NULL, NULL));
	write_file(hashed, second->pem);
}

static void
teardown(void)
{
	unlink(file);
	unlink(empty);
	unlink(hashed);
	rmdir(directory);
	certs_free_all();
}

static bool
trusts(const struct trust_store *store, const struct certs_cert *issuer)
{
	const struct certs_cert *leaf = certs_make(&(struct certs_spec){
	    .name = "a.example", .issuer = issuer, .key_number = 3 });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	const struct validation how = { .trust = store,
		.max_depth = 7,
		.check_time = true,
		.now = CERTS_NOW,
		.version = S2N_TLS13 };
	int r;

	ck_assert_int_eq(chain_from_der(chain, &leaf->der, 1), 0);
	r = validate_chain(chain, &how);
	s2n_cert_chain_and_key_free(chain);
	ck_assert(r == 0 || r == ERR_CERT_UNTRUSTED);
	return r == 0;
}

static const char *
first_then_garbage(void)
{
	return certs_join(first->pem, "-----BEGIN CERTIFICATE-----\nAAEC\n"
				      "-----END CERTIFICATE-----\n");
}

START_TEST(a_text_adds_all_its_certificates_or_none)
{
	struct trust_store *store = trust_store_new();

	ck_assert_int_eq(trust_store_add_pem(store, ""), ERR_PEM_OUT_OF_DATA);
	ck_assert_int_eq(
	    trust_store_add_pem(store, "garbage"), ERR_PEM_OUT_OF_DATA);
	ck_assert_int_eq(
	    trust_store_add_pem(store, first->key_pem), ERR_PEM_OUT_OF_DATA);
	ck_assert_int_eq(trust_store_add_pem(store, first_then_garbage()),
	    ERR_DECODE_CERTIFICATE);
	ck_assert(!trusts(store, first));
	ck_assert_int_eq(
	    trust_store_add_pem(store, certs_join(first->pem, second->pem)), 0);
	ck_assert(trusts(store, first));
	ck_assert(trusts(store, second));
	ck_assert_int_eq(trust_store_add_pem(store, first->pem), 0);
	trust_store_free(store);
	trust_store_free(NULL);
}
END_TEST

START_TEST(a_wiped_store_trusts_nobody_and_can_be_filled_again)
{
	struct trust_store *store = trust_store_new();

	ck_assert_int_eq(trust_store_add_pem(store, first->pem), 0);
	trust_store_wipe(store);
	ck_assert(!trusts(store, first));
	ck_assert_int_eq(trust_store_add_pem(store, first->pem), 0);
	ck_assert(trusts(store, first));
	trust_store_free(store);
}
END_TEST

static const struct {
	const char *what, *file, *directory;
	int code;
	bool first, second;
} location_cases[] = {
	{ "file", file, NULL, 0, true, true },
	{ "directory", NULL, directory, 0, false, true },
	{ "both", file, directory, 0, true, true },
	{ "neither", NULL, NULL, ERR_NULL_ARGUMENT, false, false },
	{ "no such file", "/nonexistent/ca.pem", NULL, ERR_TRUST_STORE, false,
	    false },
	{ "no such directory", NULL, "/nonexistent", ERR_TRUST_STORE, false,
	    false },
	{ "file for a directory", NULL, file, ERR_TRUST_STORE, false, false },
	{ "directory for a file", directory, NULL, ERR_TRUST_STORE, false,
	    false },
	{ "nothing in the file", empty, NULL, ERR_TRUST_STORE, false, false },
	{ "file, no directory", file, "/nonexistent", ERR_TRUST_STORE, false,
	    false },
};

START_TEST(a_location_is_loaded_or_the_store_is_wiped)
{
	struct trust_store *store = trust_store_new();
	const char *what = location_cases[_i].what;

	if (location_cases[_i].code == ERR_TRUST_STORE)
		ck_assert_int_eq(trust_store_add_pem(store, first->pem), 0);
	ck_assert_msg(
	    trust_store_add_location(store, location_cases[_i].file,
		location_cases[_i].directory) == location_cases[_i].code,
	    "%s", what);
	ck_assert_msg(
	    trusts(store, first) == location_cases[_i].first, "%s", what);
	ck_assert_msg(
	    trusts(store, second) == location_cases[_i].second, "%s", what);
	trust_store_free(store);
}
END_TEST

START_TEST(the_system_store_is_loaded_once)
{
	struct trust_store *store = trust_store_new();

	/* What libcrypto takes for the system's. */
	ck_assert_int_eq(setenv("SSL_CERT_FILE", file, 1), 0);
	ck_assert_int_eq(trust_store_add_system(store), 0);
	ck_assert(trusts(store, first));
	ck_assert_int_eq(trust_store_add_system(store), ERR_TRUST_STORE);
	ck_assert(trusts(store, first));
	trust_store_wipe(store);
	ck_assert(!trusts(store, first));
	ck_assert_int_eq(trust_store_add_system(store), 0);
	trust_store_free(store);
}
END_TEST

START_TEST(only_the_systems_anchors_alone_are_public)
{
	struct trust_store *store = trust_store_new();

	ck_assert_int_eq(unsetenv("SSL_CERT_FILE"), 0);
	ck_assert_int_eq(unsetenv("SSL_CERT_DIR"), 0);
	ck_assert(!trust_store_public(store));
	ck_assert_int_eq(trust_store_add_system(store), 0);
	ck_assert(trust_store_public(store));
	ck_assert_int_eq(trust_store_add_pem(store, first->pem), 0);
	ck_assert(!trust_store_public(store));
	trust_store_wipe(store);
	ck_assert(!trust_store_public(store));
	ck_assert_int_eq(setenv("SSL_CERT_FILE", file, 1), 0);
	ck_assert_int_eq(trust_store_add_system(store), 0);
	ck_assert(!trust_store_public(store));
	trust_store_wipe(store);
	ck_assert_int_eq(unsetenv("SSL_CERT_FILE"), 0);
	ck_assert_int_eq(trust_store_add_system(store), 0);
	ck_assert(trust_store_public(store));
	ck_assert_int_eq(trust_store_add_location(store, file, NULL), 0);
	ck_assert(!trust_store_public(store));
	trust_store_free(store);
}
END_TEST

static Suite *
trust_suite(void)
{
	Suite *suite = suite_create("trust");
	TCase *tcase = tcase_create("trust");

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_text_adds_all_its_certificates_or_none);
	tcase_add_test(
	    tcase, a_wiped_store_trusts_nobody_and_can_be_filled_again);
	tcase_add_loop_test(tcase, a_location_is_loaded_or_the_store_is_wiped,
	    0, (int)COUNT(location_cases));
	tcase_add_test(tcase, the_system_store_is_loaded_once);
	tcase_add_test(tcase, only_the_systems_anchors_alone_are_public);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(trust_suite)
