/*
 * libtls/cert/inspect.c: extensions of a certificate, and strings in them.
 */
#include "libtls/cert/chain.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

#define OURS "1.3.6.1.4.1.55555.7"
#define BASIC_CONSTRAINTS "2.5.29.19"
#define ROOM 64

static struct s2n_cert
certificate(const char *value)
{
	const struct certs_cert *made = certs_make(&(struct certs_spec){
	    .name = "a.test", .extensions = { { OURS, value } } });

	return (struct s2n_cert){ (uint8_t *)(uintptr_t)made->der.data,
		(uint32_t)made->der.len };
}

static const uint8_t *
oid(const char *dotted)
{
	return (const uint8_t *)dotted;
}

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

static const struct {
	const char *what, *oid, *ours;
	struct slice value;
	bool critical;
} extensions[] = {
	{ "known", BASIC_CONSTRAINTS, "ASN1:NULL", BYTES(0x30, 0), false },
	{ "ours", OURS, "ASN1:UTF8:hej", BYTES(12, 3, 'h', 'e', 'j'), false },
	{ "critical", OURS, "critical,ASN1:NULL", BYTES(5, 0), true },
};

START_TEST(an_extension_is_found_by_its_dotted_oid)
{
	struct s2n_cert cert = certificate(extensions[_i].ours);
	uint8_t value[ROOM];
	uint32_t len = 0;
	bool critical = !extensions[_i].critical;

	ck_assert_int_eq(s2n_cert_get_x509_extension_value_length(
			     &cert, oid(extensions[_i].oid), &len),
	    0);
	ck_assert_msg(
	    len == extensions[_i].value.len, "%s", extensions[_i].what);
	ck_assert_int_eq(s2n_cert_get_x509_extension_value(&cert,
			     oid(extensions[_i].oid), value, &len, &critical),
	    0);
	ck_assert_msg(
	    len == extensions[_i].value.len, "%s", extensions[_i].what);
	if (len > 0)
		ck_assert_mem_eq(value, extensions[_i].value.data, len);
	ck_assert_msg(
	    critical == extensions[_i].critical, "%s", extensions[_i].what);
	certs_free_all();
}
END_TEST

START_TEST(too_little_room_is_told_with_the_length)
{
	struct s2n_cert cert = certificate("ASN1:UTF8:hej");
	uint8_t value[ROOM] = { 0 };
	uint32_t len = 4;
	bool critical = false;

	assert_error(s2n_cert_get_x509_extension_value(
			 &cert, oid(OURS), value, &len, &critical),
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_uint_eq(len, 5);
	ck_assert_uint_eq(value[0], 0);
	certs_free_all();
}
END_TEST

START_TEST(what_is_not_there_or_no_oid_is_an_error)
{
	static const struct {
		const char *oid, *error;
	} cases[] = {
		{ "1.3.6.1.4.1.55555.8",
		    "S2N_ERR_X509_EXTENSION_VALUE_NOT_FOUND" },
		{ "basicConstraints", "S2N_ERR_INVALID_ARGUMENT" },
		{ "", "S2N_ERR_INVALID_ARGUMENT" },
		{ "9.9.9", "S2N_ERR_INVALID_ARGUMENT" },
	};
	struct s2n_cert cert = certificate("ASN1:NULL");
	uint8_t value[ROOM];
	uint32_t len = ROOM;
	bool critical;

	assert_error(s2n_cert_get_x509_extension_value_length(
			 &cert, oid(cases[_i].oid), &len),
	    cases[_i].error);
	len = ROOM;
	assert_error(s2n_cert_get_x509_extension_value(
			 &cert, oid(cases[_i].oid), value, &len, &critical),
	    cases[_i].error);
	certs_free_all();
}
END_TEST

static const struct {
	const char *what;
	struct slice data;
	const char *text; /* NULL: refused */
} strings[] = {
	{ "text", BYTES(12, 3, 'h', 'e', 'j'), "hej" },
	{ "more bytes a character", BYTES(12, 2, 0xc3, 0xa5), "\xc3\xa5" },
	{ "empty", BYTES(12, 0), "" },
	{ "another type", BYTES(22, 1, 'a'), NULL },
	{ "cut short", BYTES(12, 3, 'h'), NULL },
	{ "a byte behind", BYTES(12, 1, 'h', 0), NULL },
	{ "not UTF-8", BYTES(12, 1, 0xff), NULL },
	{ "half a character", BYTES(12, 1, 0xc3), NULL },
	{ "no DER", BYTES(12), NULL },
};

START_TEST(a_utf8_string_is_read_and_nothing_else)
{
	const uint8_t *data = strings[_i].data.data;
	uint32_t size = (uint32_t)strings[_i].data.len, len = 0;
	uint8_t text[ROOM];
	int r = s2n_cert_get_utf8_string_from_extension_data_length(
	    data, size, &len);

	if (strings[_i].text == NULL) {
		assert_error(r, "S2N_ERR_INVALID_X509_EXTENSION_TYPE");
		len = ROOM;
		assert_error(s2n_cert_get_utf8_string_from_extension_data(
				 data, size, text, &len),
		    "S2N_ERR_INVALID_X509_EXTENSION_TYPE");
		return;
	}
	ck_assert_msg(r == 0, "%s", strings[_i].what);
	ck_assert_uint_eq(len, strlen(strings[_i].text));
	ck_assert_int_eq(s2n_cert_get_utf8_string_from_extension_data(
			     data, size, text, &len),
	    0);
	ck_assert_mem_eq(text, strings[_i].text, len);
	if (len == 0)
		return;
	len--;
	assert_error(s2n_cert_get_utf8_string_from_extension_data(
			 data, size, text, &len),
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
}
END_TEST

START_TEST(wrong_uses_are_refused)
{
	struct s2n_cert cert = certificate("ASN1:NULL");
	struct s2n_cert garbage = { (uint8_t *)(uintptr_t) "x", 1 };
	uint8_t byte = 0;
	uint32_t len = 1;
	bool critical;

	ck_assert_int_ne(
	    s2n_cert_get_x509_extension_value_length(NULL, oid(OURS), &len), 0);
	ck_assert_int_ne(
	    s2n_cert_get_x509_extension_value_length(&cert, NULL, &len), 0);
	ck_assert_int_ne(
	    s2n_cert_get_x509_extension_value_length(&cert, oid(OURS), NULL),
	    0);
	assert_error(
	    s2n_cert_get_x509_extension_value_length(&garbage, oid(OURS), &len),
	    "S2N_ERR_DECODE_CERTIFICATE");
	ck_assert_int_ne(s2n_cert_get_x509_extension_value(
			     NULL, oid(OURS), &byte, &len, &critical),
	    0);
	ck_assert_int_ne(s2n_cert_get_x509_extension_value(
			     &cert, NULL, &byte, &len, &critical),
	    0);
	ck_assert_int_ne(s2n_cert_get_x509_extension_value(
			     &cert, oid(OURS), NULL, &len, &critical),
	    0);
	ck_assert_int_ne(s2n_cert_get_x509_extension_value(
			     &cert, oid(OURS), &byte, NULL, &critical),
	    0);
	ck_assert_int_ne(s2n_cert_get_x509_extension_value(
			     &cert, oid(OURS), &byte, &len, NULL),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data_length(NULL, 1, &len),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data_length(&byte, 0, &len),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data_length(&byte, 1, NULL),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data(NULL, 1, &byte, &len),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data(&byte, 0, &byte, &len),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data(&byte, 1, NULL, &len),
	    0);
	ck_assert_int_ne(
	    s2n_cert_get_utf8_string_from_extension_data(&byte, 1, &byte, NULL),
	    0);
	certs_free_all();
}
END_TEST

static Suite *
inspect_suite(void)
{
	Suite *suite = suite_create("inspect");
	TCase *tcase = tcase_create("inspect");

	tcase_add_loop_test(
	    tcase, an_extension_is_found_by_its_dotted_oid, 0, 3);
	tcase_add_test(tcase, too_little_room_is_told_with_the_length);
	tcase_add_loop_test(
	    tcase, what_is_not_there_or_no_oid_is_an_error, 0, 4);
	tcase_add_loop_test(
	    tcase, a_utf8_string_is_read_and_nothing_else, 0, 9);
	tcase_add_test(tcase, wrong_uses_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(inspect_suite)
