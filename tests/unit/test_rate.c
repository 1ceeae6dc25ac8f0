/*
 * keyd/rate.c: how many of those who come may pass, at any time.
 */
#include "keyd/rate.h"

#include "tests/unit/unit.h"

#define MS 1000000u
#define SECOND 1000000000u

/* Of so many that come at once. */
static uint32_t
pass(struct rate *rate, uint64_t now, uint32_t come)
{
	uint32_t passed = 0;

	for (uint32_t i = 0; i < come; i++) {
		if (!rate_allows(rate, now))
			continue;
		rate_count(rate, now);
		passed++;
	}
	return passed;
}

static const struct {
	uint32_t rate, burst;
	uint64_t wait_ns; /* after the first burst */
	uint32_t then;    /* so many more */
} cases[] = {
	{ 10, 1, 100 * MS, 1 },
	{ 10, 1, 99 * MS, 0 },
	{ 10, 5, 100 * MS, 1 },
	{ 10, 5, 350 * MS, 3 },
	{ 10, 5, 500 * MS, 5 },
	{ 10, 5, 3600ull * SECOND, 5 }, /* no more is kept */
	{ 1, 20, SECOND, 1 },
	{ 1000000, 1000000, SECOND, 1000000 },
	{ 1000000, 1, 1000, 1 },
	{ 3, 3, SECOND, 3 },
	{ 1, 1, SECOND - 1, 0 },
};

START_TEST(a_burst_passes_and_then_as_many_as_time_gives)
{
	const struct keyproto_rate what = { cases[_i].rate, cases[_i].burst };
	/* From any time on, also of a clock that has just begun. */
	static const uint64_t starts[] = { 0, 1, 12345 * (uint64_t)SECOND };

	for (size_t i = 0; i < COUNT(starts); i++) {
		struct rate rate = rate_of(&what);
		uint64_t later = starts[i] + cases[_i].wait_ns;

		ck_assert_uint_eq(pass(&rate, starts[i], cases[_i].burst + 10),
		    cases[_i].burst);
		ck_assert_uint_eq(
		    pass(&rate, later, cases[_i].then + 10), cases[_i].then);
	}
}
END_TEST

START_TEST(no_rate_is_no_limit)
{
	static const struct keyproto_rate none[] = { { 0, 0 }, { 0, 5 },
		{ UINT32_MAX, 1 } };

	for (size_t i = 0; i < COUNT(none); i++) {
		struct rate rate = rate_of(&none[i]);

		ck_assert_uint_eq(pass(&rate, 7, 100000), 100000);
	}
}
END_TEST

/* A burst of none is one of one: else nothing would ever pass. */
START_TEST(a_rate_without_a_burst_lets_one_pass)
{
	struct rate rate = rate_of(&(struct keyproto_rate){ 10, 0 });

	ck_assert_uint_eq(pass(&rate, 0, 10), 1);
	ck_assert_uint_eq(pass(&rate, 100 * MS, 10), 1);
}
END_TEST

/* Who comes too often for hours has what the rate says, and not less. */
START_TEST(over_a_long_time_it_is_the_rate)
{
	struct rate rate = rate_of(&(struct keyproto_rate){ 50, 10 });
	uint32_t passed = 0;

	for (uint64_t now = 0; now < 100ull * SECOND; now += MS)
		passed += pass(&rate, now, 3);
	ck_assert_uint_ge(passed, 5000);
	ck_assert_uint_le(passed, 5010);
}
END_TEST

static Suite *
rate_suite(void)
{
	Suite *suite = suite_create("rate");
	TCase *tcase = tcase_create("rate");

	tcase_add_loop_test(tcase,
	    a_burst_passes_and_then_as_many_as_time_gives, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, no_rate_is_no_limit);
	tcase_add_test(tcase, a_rate_without_a_burst_lets_one_pass);
	tcase_add_test(tcase, over_a_long_time_it_is_the_rate);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(rate_suite)
