/*
 * frontd/expiry.c: when it is said that a certificate expires, one case a row;
 * and what is said.
 */
#include "frontd/expiry.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "frontd/options.h"
#include "tests/unit/unit.h"

#define DAY 86400
#define END UINT64_C(1800000000)

static const struct {
	const char *what;
	uint64_t now;
	enum expiry is;
} ends[] = {
	{ "a year before", END - 365 * DAY, EXPIRY_FAR },
	{ "a second more than 14 days before", END - 14 * DAY - 1, EXPIRY_FAR },
	{ "14 days before", END - 14 * DAY, EXPIRY_NEAR },
	{ "a second before", END - 1, EXPIRY_NEAR },
	{ "at its end", END, EXPIRY_PAST },
	{ "a year later", END + 365 * DAY, EXPIRY_PAST },
};

START_TEST(an_end_is_near_within_fourteen_days)
{
	ck_assert_msg(
	    expiry_of(END, ends[_i].now) == ends[_i].is, "%s", ends[_i].what);
	/* At start nothing was said. */
	ck_assert_msg(expiry_due(END, ends[_i].now, 0, EXPIRY_FAR) ==
			  (ends[_i].is != EXPIRY_FAR),
	    "%s", ends[_i].what);
}
END_TEST

static const struct {
	const char *what;
	uint64_t now, told;
	enum expiry as;
	bool due;
} dues[] = {
	{ "an hour later", END - 5 * DAY + 3600, END - 5 * DAY, EXPIRY_NEAR,
	    false },
	{ "a day later", END - 4 * DAY, END - 5 * DAY, EXPIRY_NEAR, true },
	{ "it has ended since", END, END - 60, EXPIRY_NEAR, true },
	{ "it has ended, and that was said", END + 60, END, EXPIRY_PAST,
	    false },
	{ "that was a day ago", END + DAY, END, EXPIRY_PAST, true },
	{ "the clock was set back", END - 9 * DAY, END - 5 * DAY, EXPIRY_NEAR,
	    true },
	{ "the clock was set far back", END - 99 * DAY, END - 5 * DAY,
	    EXPIRY_NEAR, false },
};

START_TEST(it_is_said_once_a_day)
{
	ck_assert_msg(expiry_due(END, dues[_i].now, dues[_i].told,
			  dues[_i].as) == dues[_i].due,
	    "%s", dues[_i].what);
}
END_TEST

/* What expiry_tell() logs of these sites. */
static const char *
said(struct options *options)
{
	static char text[4096];
	FILE *log = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t len;

	ck_assert(log != NULL && saved >= 0);
	ck_assert_int_ge(dup2(fileno(log), STDERR_FILENO), 0);
	expiry_tell(options);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	close(saved);
	rewind(log);
	len = fread(text, 1, sizeof text - 1, log);
	text[len] = '\0';
	fclose(log);
	return text;
}

START_TEST(each_site_is_told_of_by_itself)
{
	time_t now = (time_t)clock_day();
	struct option_site far = { .title = "far" }, near = { .title = "near" },
			   past = { .title = "past" }, old = { .title = "old" };
	struct option_site *sites[] = { &far, &near, &past, &old };
	struct options options = { .sites = sites, .site_count = COUNT(sites) };
	const char *text;

	log_open("frontd", LOG_LEVEL_INFO);
	far.chain.not_after = now + 30 * DAY;
	near.chain.not_after = now + 3 * DAY + 3600;
	past.chain.not_after = now - DAY;
	old.chain.not_after = 0; /* nobody knows */
	text = said(&options);
	ck_assert_msg(strstr(text, "level=warn ") != NULL &&
			  strstr(text, "event=certificate-expires site=near "
				       "until=") != NULL &&
			  strstr(text, " days=3\n") != NULL,
	    "%s", text);
	ck_assert_msg(strstr(text, "level=error ") != NULL &&
			  strstr(text, "event=certificate-expired site=past "
				       "until=") != NULL,
	    "%s", text);
	ck_assert_msg(
	    strstr(text, "far") == NULL && strstr(text, "old") == NULL, "%s",
	    text);
	ck_assert_str_eq(said(&options), "");
}
END_TEST

static Suite *
expiry_suite(void)
{
	Suite *suite = suite_create("expiry");
	TCase *tcase = tcase_create("expiry");

	tcase_add_loop_test(
	    tcase, an_end_is_near_within_fourteen_days, 0, (int)COUNT(ends));
	tcase_add_loop_test(tcase, it_is_said_once_a_day, 0, (int)COUNT(dues));
	tcase_add_test(tcase, each_site_is_told_of_by_itself);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(expiry_suite)
