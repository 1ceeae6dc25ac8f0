/*
 * ipc/backoff.c: how long is waited.
 */
#include "ipc/backoff.h"
#include "tests/unit/unit.h"

START_TEST(waits_double_to_five_seconds_and_resets)
{
	static const unsigned waits[] = { 100, 200, 400, 800, 1600, 3200, 5000,
		5000 };
	struct backoff backoff = { 0 };

	for (size_t i = 0; i < COUNT(waits); i++) {
		backoff_started(&backoff, 1000);
		ck_assert_uint_eq(backoff_died(&backoff, 10999), waits[i]);
	}
	backoff_started(&backoff, 1000);
	ck_assert_uint_eq(backoff_died(&backoff, 11000), 100);
}
END_TEST

START_TEST(eight_short_lives_in_a_row_are_a_loop)
{
	struct backoff backoff = { 0 };

	for (int i = 0; i < BACKOFF_LOOP; i++) {
		ck_assert(!backoff_looping(&backoff));
		backoff_started(&backoff, 1000);
		ck_assert(!backoff_lived(&backoff, UINT64_MAX));
		backoff_died(&backoff, 10999);
	}
	/* It is one until a life was long enough, which is seen once. */
	ck_assert(backoff_looping(&backoff));
	backoff_started(&backoff, 1000);
	ck_assert(!backoff_lived(&backoff, 10999));
	ck_assert(backoff_looping(&backoff));
	ck_assert(backoff_lived(&backoff, 11000));
	ck_assert(!backoff_looping(&backoff));
	ck_assert(!backoff_lived(&backoff, 11000));
	ck_assert_uint_eq(backoff_died(&backoff, 11001), 100);
}
END_TEST

static Suite *
backoff_suite(void)
{
	Suite *suite = suite_create("backoff");
	TCase *tcase = tcase_create("backoff");

	tcase_add_test(tcase, waits_double_to_five_seconds_and_resets);
	tcase_add_test(tcase, eight_short_lives_in_a_row_are_a_loop);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(backoff_suite)
