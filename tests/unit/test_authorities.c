/*
 * libtls/cert/authorities.c: which names a server sends, by the call that a
 * config has for it. What a client does with them is in
 * test_request_callback.c.
 */
#include "libtls/state/config.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
/* RFC 5280 A.1: a common name has at most 64 characters. */
#define CN_MAX 64
/* What stands around a CN in a name that has nothing else, all in DER. */
#define AROUND_CN 13

static struct s2n_config *
make_config(void)
{
	struct s2n_config *config = s2n_config_new_minimal();

	ck_assert_ptr_nonnull(config);
	return config;
}

static void
trust(struct s2n_config *config, const struct certs_cert *cert)
{
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(config, cert->pem), 0);
}

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

static void
write_name(struct writer *out, const struct certs_cert *cert)
{
	const unsigned char *der;
	size_t len;

	ck_assert_int_eq(
	    X509_NAME_get0_der(X509_get_subject_name(cert->x509), &der, &len),
	    1);
	writer_vec16(out, slice_of(der, len));
}

START_TEST(the_subjects_of_the_store_are_named_once_each)
{
	struct s2n_config *config = make_config();
	const struct certs_cert *one = MAKE(.name = "One", .ca = true);
	const struct certs_cert *renewed =
	    MAKE(.name = "One", .ca = true, .key_number = 2);
	/* Any certificate may be an anchor. */
	const struct certs_cert *two = MAKE(.name = "two.example");
	struct writer expected;

	trust(config, one);
	trust(config, renewed);
	trust(config, two);
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	writer_init(&expected, 1000);
	write_name(&expected, one);
	write_name(&expected, two);
	ck_assert_uint_eq(config->authorities.len, expected.len);
	ck_assert_mem_eq(config->authorities.data, expected.data, expected.len);
	writer_free(&expected);
	s2n_config_free(config);
	certs_free_all();
}
END_TEST

START_TEST(what_is_trusted_later_is_not_named_until_asked_again)
{
	struct s2n_config *config = make_config();
	size_t before;

	trust(config, MAKE(.name = "One", .ca = true));
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	before = config->authorities.len;
	trust(config, MAKE(.name = "Two", .ca = true));
	ck_assert_uint_eq(config->authorities.len, before);
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	ck_assert_uint_eq(config->authorities.len, 2 * before);
	ck_assert_int_eq(s2n_config_wipe_trust_store(config), 0);
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	ck_assert_uint_eq(config->authorities.len, 0);
	s2n_config_free(config);
	certs_free_all();
}
END_TEST

START_TEST(the_systems_authorities_are_not_named)
{
	struct s2n_config *config = make_config();

	trust(config, MAKE(.name = "One", .ca = true));
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	ck_assert_int_eq(s2n_config_load_system_certs(config), 0);
	assert_error(s2n_config_set_cert_authorities_from_trust_store(config),
	    "S2N_ERR_INVALID_STATE");
	ck_assert_uint_ne(config->authorities.len, 0);
	ck_assert_int_eq(s2n_config_wipe_trust_store(config), 0);
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	assert_error(s2n_config_set_cert_authorities_from_trust_store(NULL),
	    "S2N_ERR_NULL");
	s2n_config_free(config);
	certs_free_all();
}
END_TEST

/* An anchor with a name of that many bytes, another for each number. */
static void
trust_length(struct s2n_config *config, int number, size_t len)
{
	char name[CN_MAX + 1];

	memset(name, 'x', sizeof name);
	snprintf(name, sizeof name, "%03d", number);
	name[3] = 'x';
	name[len - AROUND_CN] = '\0';
	trust(config, MAKE(.name = name, .ca = true));
}

START_TEST(twenty_thousand_bytes_of_names_are_the_most)
{
	struct s2n_config *config = make_config();
	const size_t most = CN_MAX + AROUND_CN;
	size_t left = AUTHORITIES_MAX, len;
	int number = 0;

	for (; left > 0; left -= len) {
		len = left < most ? left : most;
		ck_assert_uint_ge(len, AROUND_CN + 4);
		trust_length(config, number++, len);
	}
	ck_assert_int_eq(
	    s2n_config_set_cert_authorities_from_trust_store(config), 0);
	len = config->authorities.len;
	ck_assert_uint_eq(len, AUTHORITIES_MAX + 2 * (size_t)number);
	trust_length(config, number, AROUND_CN + 4);
	assert_error(s2n_config_set_cert_authorities_from_trust_store(config),
	    "S2N_ERR_TOO_MANY_CAS");
	ck_assert_uint_eq(config->authorities.len, len);
	s2n_config_free(config);
	certs_free_all();
}
END_TEST

static const struct {
	const char *what;
	struct slice list;
	bool sound;
} lists[] = {
	{ "none", { NULL, 0 }, true },
	{ "one", BYTES(0, 2, 0x30, 0), true },
	{ "two", BYTES(0, 2, 0x30, 0, 0, 1, 7), true },
	{ "an empty one", BYTES(0, 2, 0x30, 0, 0, 0), false },
	{ "one cut short", BYTES(0, 2, 0x30), false },
	{ "half a length", BYTES(0, 2, 0x30, 0, 0), false },
};

START_TEST(a_list_is_names_to_the_last_byte)
{
	ck_assert_msg(authorities_sound(lists[_i].list) == lists[_i].sound,
	    "%s", lists[_i].what);
}
END_TEST

static Suite *
authorities_suite(void)
{
	Suite *suite = suite_create("authorities");
	TCase *tcase = tcase_create("authorities");

	with_library(tcase);
	tcase_add_test(tcase, the_subjects_of_the_store_are_named_once_each);
	tcase_add_test(
	    tcase, what_is_trusted_later_is_not_named_until_asked_again);
	tcase_add_test(tcase, the_systems_authorities_are_not_named);
	tcase_add_test(tcase, twenty_thousand_bytes_of_names_are_the_most);
	tcase_add_loop_test(
	    tcase, a_list_is_names_to_the_last_byte, 0, (int)COUNT(lists));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(authorities_suite)
