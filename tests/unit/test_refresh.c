/*
 * frontd/refresh.c: when OCSP responses are fetched again, one case a row.
 */
#include "frontd/refresh.h"

#include "tests/unit/unit.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define T UINT64_C(1800000000)

static const struct {
	const char *what;
	uint64_t from, until, now, wait;
} rows[] = {
	{ "fresh, of four days", T, T + 4 * DAY, T, 2 * DAY },
	{ "a day old", T - DAY, T + 3 * DAY, T, DAY },
	{ "just before the middle", T - 2 * DAY + 60, T + 2 * DAY + 60, T,
	    HOUR },
	{ "past the middle", T - 3 * DAY, T + DAY, T, HOUR },
	{ "an hour is left", T - 4 * DAY, T + HOUR, T, HOUR / 2 },
	{ "of an hour", T, T + HOUR, T, HOUR / 2 },
	{ "of a minute", T, T + 60, T, 30 },
	{ "ten seconds are left", T - DAY, T + 10, T, 10 },
	{ "it has expired", T - DAY, T, T, 10 },
	{ "of two weeks", T, T + 14 * DAY, T, 7 * DAY },
	{ "of a year", T, T + 365 * DAY, T, 7 * DAY },
	{ "from 1970 to the end of numbers", 0, UINT64_MAX, T, 7 * DAY },
};

START_TEST(a_response_is_replaced_in_the_middle_of_its_time)
{
	uint64_t wait, most = rows[_i].wait;

	/* The chance is never one of being late. */
	ck_assert_msg(refresh_after(rows[_i].from, rows[_i].until, rows[_i].now,
			  0) == most,
	    "%s", rows[_i].what);
	for (uint32_t chance = 0; chance < 1024; chance += 31) {
		wait = refresh_after(
		    rows[_i].from, rows[_i].until, rows[_i].now, chance);
		ck_assert_msg(wait <= most && wait >= most - most / 8, "%s: %u",
		    rows[_i].what, chance);
	}
}
END_TEST

START_TEST(chance_spreads_what_comes_at_one_time)
{
	uint64_t first = refresh_after(T, T + 4 * DAY, T, 0);

	ck_assert_uint_lt(refresh_after(T, T + 4 * DAY, T, 512), first);
	ck_assert_uint_lt(refresh_after(T, T + 4 * DAY, T, 1023),
	    refresh_after(T, T + 4 * DAY, T, 512));
	ck_assert_uint_eq(refresh_after(T, T + 4 * DAY, T, UINT32_MAX),
	    refresh_after(T, T + 4 * DAY, T, 1023));
	ck_assert_uint_lt(refresh_retry(9, 1023), refresh_retry(9, 0));
}
END_TEST

START_TEST(failures_are_tried_again_less_and_less)
{
	static const uint64_t waits[] = { 10, 20, 40, 80, 160, 320, 640, 1280,
		2560, HOUR, HOUR, HOUR };

	for (unsigned i = 0; i < COUNT(waits); i++)
		ck_assert_uint_eq(refresh_retry(i + 1, 0), waits[i]);
	ck_assert_uint_eq(refresh_retry(UINT32_MAX, 0), HOUR);
	for (unsigned i = 1; i < 20; i++)
		for (uint32_t chance = 0; chance < 1024; chance += 31)
			ck_assert_uint_ge(refresh_retry(i, chance), 10);
}
END_TEST

static Suite *
refresh_suite(void)
{
	Suite *suite = suite_create("refresh");
	TCase *tcase = tcase_create("refresh");

	tcase_add_loop_test(tcase,
	    a_response_is_replaced_in_the_middle_of_its_time, 0,
	    (int)COUNT(rows));
	tcase_add_test(tcase, chance_spreads_what_comes_at_one_time);
	tcase_add_test(tcase, failures_are_tried_again_less_and_less);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(refresh_suite)
