/*
 * keyd/vocabulary.c: words lead to numbers and back.
 */
#include "keyd/vocabulary.h"

#include "tests/unit/unit.h"

START_TEST(operations_are_words_and_bits)
{
	static const char *const words[] = { "sign13", "sign12", "sign10",
		"premaster" };
	char out[VOCABULARY_OPERATIONS_MAX];
	uint32_t all = 0;

	for (size_t i = 0; i < COUNT(words); i++) {
		uint16_t type = vocabulary_operation(words[i]);

		ck_assert_uint_ne(type, 0);
		ck_assert_str_eq(vocabulary_type(type), words[i]);
		ck_assert_str_eq(
		    vocabulary_operations(keyproto_operation(type), out),
		    words[i]);
		all |= keyproto_operation(type);
	}
	ck_assert_str_eq(
	    vocabulary_operations(all, out), "sign13 sign12 sign10 premaster");
	ck_assert_str_eq(vocabulary_operations(UINT32_MAX, out),
	    "sign13 sign12 sign10 premaster signdigest");
	ck_assert_str_eq(vocabulary_operations(0, out), "");
}
END_TEST

START_TEST(no_other_word_is_an_operation)
{
	static const char *const words[] = { "", "sign", "SIGN13", "sign12cv",
		"ticketkeys", "hello", "ping", "signdigest" };

	for (size_t i = 0; i < COUNT(words); i++)
		ck_assert_uint_eq(vocabulary_operation(words[i]), 0);
}
END_TEST

START_TEST(what_has_no_word_is_unknown)
{
	ck_assert_str_eq(vocabulary_type(0), "unknown");
	ck_assert_str_eq(vocabulary_type(KEYPROTO_TICKETKEYS), "ticketkeys");
	ck_assert_str_eq(vocabulary_scheme(0), "");
	ck_assert_str_eq(vocabulary_scheme(0x0804), "rsa_pss_rsae_sha256");
	ck_assert_str_eq(vocabulary_scheme(0x1234), "unknown");
	ck_assert_str_eq(vocabulary_algorithm(KEYPROTO_EC), "EC");
	ck_assert_str_eq(vocabulary_algorithm(0), "unknown");
	ck_assert_str_eq(vocabulary_role(KEYPROTO_SERVER), "server");
	ck_assert_str_eq(vocabulary_role(KEYPROTO_CLIENT), "client");
}
END_TEST

/* Whatever a signer may sign with is told by name. */
START_TEST(every_scheme_that_is_served_has_its_word)
{
	for (unsigned scheme = 1; scheme <= 0xffff; scheme++)
		if (keyproto_scheme_bit((uint16_t)scheme) != 0)
			ck_assert_str_ne(
			    vocabulary_scheme((uint16_t)scheme), "unknown");
}
END_TEST

static Suite *
vocabulary_suite(void)
{
	Suite *suite = suite_create("vocabulary");
	TCase *tcase = tcase_create("vocabulary");

	tcase_add_test(tcase, operations_are_words_and_bits);
	tcase_add_test(tcase, no_other_word_is_an_operation);
	tcase_add_test(tcase, what_has_no_word_is_unknown);
	tcase_add_test(tcase, every_scheme_that_is_served_has_its_word);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(vocabulary_suite)
