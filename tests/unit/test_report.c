/*
 * admin/report.c: the same report for people and for programs.
 */
#include "admin/report.h"

#include <stdio.h>

#include "tests/unit/unit.h"

static struct report *report;
static struct writer out;

static void
set_up(void)
{
	ck_assert_ptr_nonnull(report = report_new());
	writer_init(&out, 64u << 20);
}

static void
tear_down(void)
{
	report_free(report);
	writer_free(&out);
}

static void
assert_printed(const char *expected)
{
	struct slice all;
	char text[4096];

	ck_assert(writer_result(&out, &all));
	ck_assert_uint_lt(all.len, sizeof text);
	if (all.len > 0)
		memcpy(text, all.data, all.len);
	text[all.len] = '\0';
	ck_assert_str_eq(text, expected);
	writer_clear(&out);
}

static void
assert_text(const char *expected)
{
	report_print_text(report, &out);
	assert_printed(expected);
}

static void
assert_json(const char *expected)
{
	report_print_json(report, &out);
	assert_printed(expected);
}

static void
add_process(const char *name, uint64_t pid)
{
	report_row(report);
	report_text(report, "name", name);
	report_number(report, "pid", pid);
}

START_TEST(a_table_has_aligned_columns)
{
	report_table(report, "processes");
	add_process("keyd", 4711);
	add_process("keyd-signer", 12);
	assert_text("processes\n"
		    "  name          pid\n"
		    "  keyd         4711\n"
		    "  keyd-signer    12\n");
	assert_json("{\"processes\":[{\"name\":\"keyd\",\"pid\":4711},"
		    "{\"name\":\"keyd-signer\",\"pid\":12}]}\n");
}
END_TEST

START_TEST(an_object_has_a_value_a_line)
{
	report_object(report, "keyd");
	report_text(report, "version", "0.1");
	report_number(report, "uptime_s", 0);
	report_flag(report, "ready", true);
	report_flag(report, "draining", false);
	assert_text("keyd\n"
		    "  version   0.1\n"
		    "  uptime_s  0\n"
		    "  ready     true\n"
		    "  draining  false\n");
	assert_json("{\"keyd\":{\"version\":\"0.1\",\"uptime_s\":0,"
		    "\"ready\":true,\"draining\":false}}\n");
}
END_TEST

START_TEST(an_empty_report_is_an_empty_object)
{
	assert_text("");
	assert_json("{}\n");
}
END_TEST

START_TEST(an_empty_table_is_said_to_be_so)
{
	report_table(report, "keys");
	report_table(report, "masters");
	report_object(report, "nothing");
	assert_text("keys\n  none\nmasters\n  none\nnothing\n");
	assert_json("{\"keys\":[],\"masters\":[],\"nothing\":{}}\n");
}
END_TEST

START_TEST(rows_may_lack_what_others_have)
{
	report_table(report, "keys");
	report_row(report);
	report_text(report, "name", "a");
	report_row(report);
	report_number(report, "bits", 256);
	report_text(report, "name", "b");
	report_row(report);
	assert_text("keys\n"
		    "  name  bits\n"
		    "  a        -\n"
		    "  b      256\n"
		    "  -        -\n");
	assert_json("{\"keys\":[{\"name\":\"a\"},{\"bits\":256,\"name\":\"b\"},"
		    "{}]}\n");
}
END_TEST

START_TEST(the_greatest_number_is_whole)
{
	report_object(report, "x");
	report_number(report, "n", UINT64_MAX);
	assert_json("{\"x\":{\"n\":18446744073709551615}}\n");
}
END_TEST

static const struct {
	const char *what, *words, *text, *json;
} word_cases[] = {
	{ "none", "", "x\n  w  -\n", "{\"x\":{\"w\":[]}}\n" },
	{ "one", "a", "x\n  w  a\n", "{\"x\":{\"w\":[\"a\"]}}\n" },
	{ "two", "a b\"", "x\n  w  a b\"\n",
	    "{\"x\":{\"w\":[\"a\",\"b\\\"\"]}}\n" },
};

START_TEST(words_are_an_array)
{
	report_object(report, "x");
	report_words(report, "w", word_cases[_i].words);
	assert_text(word_cases[_i].text);
	assert_json(word_cases[_i].json);
}
END_TEST

/* RFC 8259, 7 and 8.1; RFC 3629, 4. */
static const struct {
	const char *what, *value, *text, *json;
} escape_cases[] = {
	{ "quote and backslash", "a\"b\\c", "a\"b\\x5Cc", "a\\\"b\\\\c" },
	{ "lines and controls", "a\nb\x01\x7f", "a\\x0Ab\\x01\\x7F",
	    "a\\u000ab\\u0001\\u007f" },
	{ "slash", "a/b", "a/b", "a/b" },
	{ "UTF-8 of 2, 3 and 4 bytes", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\\xC3\\xA9\\xE2\\x82\\xAC\\xF0\\x9F\\x98\\x80",
	    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "a byte that begins nothing", "\x80z\xff", "\\x80z\\xFF",
	    "\\ufffdz\\ufffd" },
	{ "a character cut short", "\xe2\x82", "\\xE2\\x82", "\\ufffd\\ufffd" },
	{ "an overlong slash", "\xc0\xaf", "\\xC0\\xAF", "\\ufffd\\ufffd" },
	{ "an overlong of 3", "\xe0\x80\xaf", "\\xE0\\x80\\xAF",
	    "\\ufffd\\ufffd\\ufffd" },
	{ "a surrogate", "\xed\xa0\x80", "\\xED\\xA0\\x80",
	    "\\ufffd\\ufffd\\ufffd" },
	{ "beyond U+10FFFF", "\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80",
	    "\\ufffd\\ufffd\\ufffd\\ufffd" },
};

START_TEST(bytes_of_others_do_no_harm)
{
	char text[128], json[128];

	snprintf(text, sizeof text, "x\n  v  %s\n", escape_cases[_i].text);
	snprintf(json, sizeof json, "{\"x\":{\"v\":\"%s\"}}\n",
	    escape_cases[_i].json);
	report_object(report, "x");
	report_text(report, "v", escape_cases[_i].value);
	assert_text(text);
	assert_json(json);
}
END_TEST

START_TEST(a_column_is_as_wide_as_what_is_printed)
{
	report_table(report, "t");
	report_row(report);
	report_text(report, "a", "\n");
	report_text(report, "b", "1");
	report_row(report);
	report_text(report, "a", "xyz");
	report_text(report, "b", "2");
	assert_text("t\n"
		    "  a     b\n"
		    "  \\x0A  1\n"
		    "  xyz   2\n");
}
END_TEST

START_TEST(what_grows_too_large_fails)
{
	static char value[1 << 16];
	struct slice all;

	memset(value, 'x', sizeof value - 1);
	report_table(report, "t");
	for (int i = 0; i < 300; i++) {
		report_row(report);
		report_text(report, "v", value);
	}
	report_print_json(report, &out);
	ck_assert(!writer_result(&out, &all));
}
END_TEST

static Suite *
report_suite(void)
{
	Suite *suite = suite_create("report");
	TCase *tcase = tcase_create("report");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_table_has_aligned_columns);
	tcase_add_test(tcase, an_object_has_a_value_a_line);
	tcase_add_test(tcase, an_empty_report_is_an_empty_object);
	tcase_add_test(tcase, an_empty_table_is_said_to_be_so);
	tcase_add_test(tcase, rows_may_lack_what_others_have);
	tcase_add_test(tcase, the_greatest_number_is_whole);
	tcase_add_loop_test(tcase, words_are_an_array, 0, COUNT(word_cases));
	tcase_add_loop_test(
	    tcase, bytes_of_others_do_no_harm, 0, COUNT(escape_cases));
	tcase_add_test(tcase, a_column_is_as_wide_as_what_is_printed);
	tcase_add_test(tcase, what_grows_too_large_fails);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(report_suite)
