/*
 * base/log.c: peer bytes cannot break a line or forge a key.
 */
#include "base/log.h"
#include "tests/unit/unit.h"

static const struct {
	const char *what;
	const char *in;
	const char *out;
} escape_cases[] = {
	{ "plain text stays", "www.example.org", "www.example.org" },
	{ "a newline cannot start a line", "a\nb", "a\\x0ab" },
	{ "a key cannot be forged", "x level=info", "x\\x20level\\x3dinfo" },
	{ "quotes and backslashes", "\"\\", "\\x22\\x5c" },
	{ "high bytes", "\xff", "\\xff" },
};

START_TEST(peer_bytes_are_escaped)
{
	char out[64];

	ck_assert_msg(strcmp(log_escaped(slice_of_string(escape_cases[_i].in),
				 out, sizeof out),
			  escape_cases[_i].out) == 0,
	    "%s: %s", escape_cases[_i].what, out);
}
END_TEST

START_TEST(a_long_value_is_cut_at_a_whole_character)
{
	char out[8];

	ck_assert_str_eq(
	    log_escaped(slice_of_string("abcde\n\n\n"), out, sizeof out),
	    "abcde");
}
END_TEST

static Suite *
log_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_loop_test(
	    tcase, peer_bytes_are_escaped, 0, (int)COUNT(escape_cases));
	tcase_add_test(tcase, a_long_value_is_cut_at_a_whole_character);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(log_suite)
