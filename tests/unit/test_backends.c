/*
 * frontd/backends.c: whose turn it is, who is down, and when no more.
 */
#include "frontd/backends.h"

#include "tests/unit/unit.h"

#define DOWN_MS 1000

static struct backends backends;

static void
make(uint32_t count, uint32_t failures)
{
	backends = (struct backends){ .how = { .count = count,
					  .failures = failures,
					  .down_ms = DOWN_MS } };
}

static int
choose(uint32_t tried, uint64_t now)
{
	return backends_choose(&backends, tried, now);
}

START_TEST(each_has_its_turn)
{
	make(3, 1);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(choose(0, 0), i % 3);
}
END_TEST

START_TEST(one_that_was_tried_is_not_tried_again)
{
	make(3, 10);
	ck_assert_int_eq(choose(1, 0), 1);
	ck_assert_int_eq(choose(1 | 2, 0), 2);
	ck_assert_int_eq(choose(1 | 2 | 4, 0), BACKENDS_NONE);
	make(0, 1);
	ck_assert_int_eq(choose(0, 0), BACKENDS_NONE);
}
END_TEST

START_TEST(who_has_least_connections_is_next)
{
	make(3, 1);
	backends.how.least_connections = 1;
	backends.at[0].open = 5;
	backends.at[1].open = 2;
	backends.at[2].open = 2;
	ck_assert_int_eq(choose(0, 0), 1);
	ck_assert_int_eq(choose(0, 0), 2); /* equals have their turns */
	ck_assert_int_eq(choose(0, 0), 1);
	ck_assert_int_eq(choose(2 | 4, 0), 0);
}
END_TEST

START_TEST(failures_in_a_row_take_it_down_for_a_while)
{
	make(2, 3);
	ck_assert(!backends_failed(&backends, 0, 0));
	ck_assert(!backends_failed(&backends, 0, 0));
	ck_assert(!backends_worked(&backends, 0));
	ck_assert(!backends_failed(&backends, 0, 0));
	ck_assert(!backends_failed(&backends, 0, 0));
	ck_assert(backends_failed(&backends, 0, 0));
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(choose(0, DOWN_MS - 1), 1);
	/* Then one finds out, and the others do not wait for it. */
	ck_assert_int_eq(choose(0, DOWN_MS), 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(choose(0, DOWN_MS), 1);
	ck_assert(!backends_failed(&backends, 0, DOWN_MS + 5));
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 4), 1);
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 5), 0);
	ck_assert(backends_worked(&backends, 0));
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 5), 1);
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 5), 0);
}
END_TEST

START_TEST(where_all_are_down_any_is_tried)
{
	make(2, 1);
	ck_assert(backends_failed(&backends, 0, 0));
	ck_assert(backends_failed(&backends, 1, 0));
	ck_assert_int_ne(choose(0, 1), BACKENDS_NONE);
	ck_assert_int_eq(choose(1, 1), 1);
	ck_assert_int_eq(choose(3, 1), BACKENDS_NONE);
	/* One that is up, tried or not, is not passed over for them. */
	ck_assert(backends_worked(&backends, 1));
	ck_assert_int_eq(choose(0, 1), 1);
	ck_assert_int_eq(choose(2, 1), 0);
}
END_TEST

START_TEST(one_that_is_looked_at_is_down_until_it_was_found)
{
	make(2, 1);
	ck_assert_int_eq(backends_check(&backends, 0), BACKENDS_NONE);
	ck_assert(backends_due_ms(&backends) == UINT64_MAX);
	backends.how.check_ms = 100;
	ck_assert_int_eq(backends_check(&backends, 0), 0);
	ck_assert_int_eq(backends_check(&backends, 7), 1);
	ck_assert_int_eq(backends_check(&backends, 99), BACKENDS_NONE);
	ck_assert_uint_eq(backends_due_ms(&backends), 100);
	ck_assert_int_eq(backends_check(&backends, 100), 0);
	ck_assert(backends_failed(&backends, 0, 100));
	ck_assert_int_eq(choose(0, 100 * DOWN_MS), 1);
	ck_assert_int_eq(choose(0, 100 * DOWN_MS), 1);
	ck_assert(backends_worked(&backends, 0));
	ck_assert_int_eq(choose(0, 100 * DOWN_MS), 0);
}
END_TEST

static Suite *
backends_suite(void)
{
	Suite *suite = suite_create("backends");
	TCase *tcase = tcase_create("backends");

	tcase_add_test(tcase, each_has_its_turn);
	tcase_add_test(tcase, one_that_was_tried_is_not_tried_again);
	tcase_add_test(tcase, who_has_least_connections_is_next);
	tcase_add_test(tcase, failures_in_a_row_take_it_down_for_a_while);
	tcase_add_test(tcase, where_all_are_down_any_is_tried);
	tcase_add_test(tcase, one_that_is_looked_at_is_down_until_it_was_found);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(backends_suite)
