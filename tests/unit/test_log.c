/*
 * base/log.c, base/log_json.c: peer bytes cannot break a line or forge a key,
 * as text or as JSON.
 */
#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log_json.h"
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

START_TEST(what_strangers_bring_about_is_told_once_a_second)
{
	struct log_seldom seldom = { 0 };
	unsigned told = 0, untold = 0, sum = 0;

	for (uint64_t now = 500000; now < 503000; now += 10)
		if (log_seldom(&seldom, now, &untold)) {
			told++;
			sum += untold;
		}
	ck_assert_uint_eq(told, 3);
	ck_assert_uint_eq(sum, 2 * 99);
	ck_assert(log_seldom(&seldom, 600000, &untold));
	ck_assert_uint_eq(untold, 99);
	ck_assert(log_seldom(&seldom, 601000, &untold));
	ck_assert_uint_eq(untold, 0);
}
END_TEST

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

static const struct {
	const char *what;
	const char *format, *text;
	const char *out;
} json_cases[] = {
	{ "no pair", "", "", "{}\n" },
	{ "a text", "peer=%s", "peer=::1", "{\"peer\":\"::1\"}\n" },
	{ "numbers by the format", "in=%llu a=%d b=%s", "in=12 a=-3 b=4",
	    "{\"in\":12,\"a\":-3,\"b\":\"4\"}\n" },
	{ "a number with decimals", "ms=%llu.%03llu", "ms=3.014",
	    "{\"ms\":3.014}\n" },
	{ "only the whole key makes a number", "xin=%d in=%s", "xin=1 in=2",
	    "{\"xin\":1,\"in\":\"2\"}\n" },
	{ "what %x makes is a text", "n=%#x", "n=0x7", "{\"n\":\"0x7\"}\n" },
	{ "a value in quotes", "end=\"%s\" x=%d", "end=\"a b=c\" x=1",
	    "{\"end\":\"a b=c\",\"x\":1}\n" },
	{ "quotes inside", "path=\"%s\" x=%d", "path=\"a\"b\" x=1",
	    "{\"path\":\"a\\\"b\",\"x\":1}\n" },
	{ "nothing in quotes", "a=\"%s\" b=%s",
	    "a=\"\" b=", "{\"a\":\"\",\"b\":\"\"}\n" },
	{ "a quote that is cut off", "end=\"%s\"", "end=\"abc",
	    "{\"end\":\"abc\"}\n" },
	{ "escapes of the text stay", "sni=%s", "sni=a\\x0ab",
	    "{\"sni\":\"a\\\\x0ab\"}\n" },
	{ "control and high bytes", "sni=%s", "sni=a\n\xff",
	    "{\"sni\":\"a\\u000a\\\\xff\"}\n" },
	{ "what is no pair ends it", "x", "a=1 junk", "{\"a\":\"1\"}\n" },
};

START_TEST(a_line_becomes_an_object)
{
	char out[256];
	struct log_json object = log_json_begin(out, sizeof out);
	size_t len;

	log_json_pairs(&object, json_cases[_i].format,
	    slice_of_string(json_cases[_i].text));
	len = log_json_end(&object);
	ck_assert_msg(slice_equal(slice_of(out, len),
			  slice_of_string(json_cases[_i].out)),
	    "%s: %.*s", json_cases[_i].what, (int)len, out);
}
END_TEST

/* Whole at every size: what does not fit is missing, and no half of it. */
START_TEST(an_object_is_closed_however_little_room_there_is)
{
	static const char text[] =
	    "a=\"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\" b=2";
	char out[512];
	struct log_json object;
	size_t len;

	for (size_t room = 8; room <= sizeof out; room++) {
		object = log_json_begin(out, room);
		log_json_pairs(&object, "a=\"%s\" b=%d", slice_of_string(text));
		len = log_json_end(&object);
		ck_assert_uint_le(len, room);
		ck_assert(memcmp(out + len - 2, "}\n", 2) == 0);
		ck_assert(len == 3 || out[len - 3] == '"' ||
			  memcmp(out + len - 6, "b\":2}\n", 6) == 0);
	}
	ck_assert(memcmp(out + len - 7, "\"b\":2}\n", 7) == 0);
}
END_TEST

/* What log_event() writes, without its first key, the time. */
static const char *
logged(const char *value)
{
	static char line[8192];
	FILE *heard = tmpfile();
	int saved = dup(STDERR_FILENO);
	const char *second;
	ssize_t len;

	ck_assert_ptr_nonnull(heard);
	dup2(fileno(heard), STDERR_FILENO);
	log_event(LOG_LEVEL_WARN, "test", "value=%s number=%d", value, 7);
	log_event(LOG_LEVEL_DEBUG, "unheard", "value=%s", value);
	dup2(saved, STDERR_FILENO);
	close(saved);
	len = pread(fileno(heard), line, sizeof line - 1, 0);
	fclose(heard);
	ck_assert_int_ge(len, 0);
	line[len] = '\0';
	second = strstr(line, "level");
	ck_assert_ptr_nonnull(second);
	return second;
}

START_TEST(an_event_is_one_line_in_either_format)
{
	char expected[256];

	log_open("tester", LOG_LEVEL_INFO);
	ck_assert_ptr_null(log_environment());
	snprintf(expected, sizeof expected,
	    "level=warn process=tester pid=%d event=test value=v number=7\n",
	    (int)getpid());
	ck_assert_str_eq(logged("v"), expected);
	log_set_format(LOG_FORMAT_JSON);
	snprintf(expected, sizeof expected,
	    "level\":\"warn\",\"process\":\"tester\",\"pid\":%d,\"event\":"
	    "\"test\",\"value\":\"v\",\"number\":7}\n",
	    (int)getpid());
	ck_assert_str_eq(logged("v"), expected);
}
END_TEST

START_TEST(a_child_logs_as_its_parent_does)
{
	char name[64], *equals;

	log_set_format(LOG_FORMAT_JSON);
	strcpy(name, log_environment());
	equals = strchr(name, '=');
	*equals = '\0';
	ck_assert_int_eq(setenv(name, equals + 1, 1), 0);
	log_set_format(LOG_FORMAT_TEXT);
	log_open("child", LOG_LEVEL_INFO);
	ck_assert_int_eq(log_format(), LOG_FORMAT_JSON);
}
END_TEST

START_TEST(a_long_line_is_cut_and_whole_all_the_same)
{
	char huge[4000];
	const char *line;

	memset(huge, '"', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	log_open("tester", LOG_LEVEL_INFO);
	line = logged(huge);
	ck_assert_uint_le(strlen(line), 2048);
	ck_assert(line[strlen(line) - 1] == '\n');
	log_set_format(LOG_FORMAT_JSON);
	line = logged(huge);
	ck_assert_uint_le(strlen(line), 4096);
	ck_assert_str_eq(line + strlen(line) - 4, "\"\"}\n");
}
END_TEST

static Suite *
log_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_loop_test(
	    tcase, peer_bytes_are_escaped, 0, (int)COUNT(escape_cases));
	tcase_add_test(tcase, what_strangers_bring_about_is_told_once_a_second);
	tcase_add_test(tcase, a_long_value_is_cut_at_a_whole_character);
	tcase_add_loop_test(
	    tcase, a_line_becomes_an_object, 0, (int)COUNT(json_cases));
	tcase_add_test(tcase, an_object_is_closed_however_little_room_there_is);
	tcase_add_test(tcase, an_event_is_one_line_in_either_format);
	tcase_add_test(tcase, a_child_logs_as_its_parent_does);
	tcase_add_test(tcase, a_long_line_is_cut_and_whole_all_the_same);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(log_suite)
