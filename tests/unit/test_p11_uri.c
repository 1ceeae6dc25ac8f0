/*
 * keyd/p11_uri.c: where a key is in a token, and what is no such place.
 */
#include "keyd/p11_uri.h"

#include "tests/unit/unit.h"

static const struct {
	const char *text, *token, *object, *id;
	uint16_t id_len;
} good[] = {
	{ "pkcs11:token=demo;object=www", "demo", "www", "", 0 },
	{ "pkcs11:object=www;token=demo;type=private", "demo", "www", "", 0 },
	{ "pkcs11:token=a%20b;id=%00%fF%41z", "a b", "",
	    "\0\xff"
	    "Az",
	    4 },
	{ "pkcs11:token=t;object=o;id=%01;", "t", "o", "\1", 1 },
	{ "pkcs11:token=a-._~:[]@!$'()*+,=&;object=%3f%2F%c3%A9",
	    "a-._~:[]@!$'()*+,=&", "?/\xc3\xa9", "", 0 },
};

START_TEST(token_and_object_or_id_are_found)
{
	struct keyproto_keytoken key = { 0 };
	const char *fault = p11_uri_parse(good[_i].text, &key);

	ck_assert_msg(fault == NULL, "%s: %s", good[_i].text, fault);
	ck_assert_str_eq(key.token, good[_i].token);
	ck_assert_str_eq(key.object, good[_i].object);
	ck_assert_uint_eq(key.id_len, good[_i].id_len);
	ck_assert_mem_eq(key.id, good[_i].id, good[_i].id_len);
}
END_TEST

static const char *const bad[] = {
	"",
	"pkcs11",
	"pkcs11:",
	"file:token=t;object=o",
	"pkcs11:token=t",
	"pkcs11:object=o",
	"pkcs11:token=;object=o",
	"pkcs11:token;object=o",
	"pkcs11:token=t;token=u;object=o",
	"pkcs11:token=t;object=o;object=p",
	"pkcs11:token=t;id=%01;id=%02",
	"pkcs11:token=t;object=o;pin-value=1234",
	"pkcs11:token=t;object=o;type=public",
	"pkcs11:token=t;object=%",
	"pkcs11:token=t;object=%4",
	"pkcs11:token=t;object=%4g",
	"pkcs11:token=t;object=a%00b",
	"pkcs11:token=t;object=a b",
	"pkcs11:token=t;;object=o",
	"pkcs11:token=t;object=o?pin-value=1234",
	"pkcs11:token=t;object=o?pin-source=file:/etc/pin",
	"pkcs11:token=t;object=a/b",
	"pkcs11:token=t;object=o#1",
	"pkcs11:token=t\xc3\xa9;object=o",
	"pkcs11:token=t;object=o;type=private;type=private",
	("pkcs11:token=t;object="
	 "0123456789012345678901234567890123456789012345678901234567890123"),
};

START_TEST(anything_else_is_refused_with_a_reason)
{
	struct keyproto_keytoken key = { 0 };

	ck_assert_msg(p11_uri_parse(bad[_i], &key) != NULL, "%s", bad[_i]);
}
END_TEST

static Suite *
p11_uri_suite(void)
{
	Suite *suite = suite_create("p11_uri");
	TCase *tcase = tcase_create("p11_uri");

	tcase_add_loop_test(
	    tcase, token_and_object_or_id_are_found, 0, (int)COUNT(good));
	tcase_add_loop_test(
	    tcase, anything_else_is_refused_with_a_reason, 0, (int)COUNT(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(p11_uri_suite)
