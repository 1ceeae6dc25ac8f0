/*
 * frontd/backends.c: whose turn it is, who is down, and when no more.
 */
#include "frontd/backends.h"

#include <errno.h>

#include "tests/unit/unit.h"

#define DOWN_MS 1000

static struct backends backends;

/* An address, by its first byte. */
static struct backend_address
address(uint8_t byte)
{
	struct backend_address made = { .len = 16 };

	memset(&made.address, byte, made.len);
	return made;
}

/* The addresses of a backend's, from .. to - 1. */
static bool
set(uint16_t number, uint8_t from, uint8_t to, uint64_t now)
{
	struct backend_address all[UINT8_MAX];

	for (uint8_t i = from; i < to; i++)
		all[i - from] = address(i);
	return backends_set(
	    &backends, number, all, (size_t)(to - from), true, now);
}

static void
make(uint16_t count, uint32_t failures)
{
	backends_free(&backends);
	backends = (struct backends){ .how = { .count = count,
					  .failures = failures,
					  .down_ms = DOWN_MS } };
	for (uint16_t i = 0; i < count; i++)
		ck_assert(set(i, (uint8_t)(i + 1), (uint8_t)(i + 2), 0));
}

static bool
failed(unsigned place, uint64_t now)
{
	return backends_failed(&backends, place, ECONNREFUSED, now);
}

static bool
worked(unsigned place)
{
	return backends_worked(&backends, place, 0);
}

/* By the first byte of its address; 0: it has none. */
static int
byte_of(int place)
{
	return *(const uint8_t *)&backends.at[place].address;
}

static int
choose(uint64_t tried, uint64_t now)
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
	ck_assert(!failed(0, 0));
	ck_assert(!failed(0, 0));
	ck_assert(!worked(0));
	ck_assert(!failed(0, 0));
	ck_assert(!failed(0, 0));
	ck_assert(failed(0, 0));
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(choose(0, DOWN_MS - 1), 1);
	/* Then one finds out, and the others do not wait for it. */
	ck_assert_int_eq(choose(0, DOWN_MS), 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(choose(0, DOWN_MS), 1);
	ck_assert(!failed(0, DOWN_MS + 5));
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 4), 1);
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 5), 0);
	ck_assert(worked(0));
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 5), 1);
	ck_assert_int_eq(choose(0, 2 * DOWN_MS + 5), 0);
}
END_TEST

START_TEST(where_all_are_down_any_is_tried)
{
	make(2, 1);
	ck_assert(failed(0, 0));
	ck_assert(failed(1, 0));
	ck_assert_int_ne(choose(0, 1), BACKENDS_NONE);
	ck_assert_int_eq(choose(1, 1), 1);
	ck_assert_int_eq(choose(3, 1), BACKENDS_NONE);
	/* One that is up, tried or not, is not passed over for them. */
	ck_assert(worked(1));
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
	ck_assert(failed(0, 100));
	ck_assert_int_eq(choose(0, 100 * DOWN_MS), 1);
	ck_assert_int_eq(choose(0, 100 * DOWN_MS), 1);
	ck_assert(worked(0));
	ck_assert_int_eq(choose(0, 100 * DOWN_MS), 0);
}
END_TEST

START_TEST(it_is_known_since_when_and_why)
{
	make(1, 2);
	ck_assert(!failed(0, 5));
	ck_assert_uint_eq(backends.at[0].since_ms, 0);
	ck_assert(failed(0, 7));
	ck_assert_uint_eq(backends.at[0].since_ms, 7);
	ck_assert_int_eq(backends.at[0].error, ECONNREFUSED);
	ck_assert(!failed(0, 9));
	ck_assert_uint_eq(backends.at[0].since_ms, 7);
	ck_assert_uint_eq(backends.at[0].failed, 3);
	ck_assert(backends_worked(&backends, 0, 11));
	ck_assert_uint_eq(backends.at[0].since_ms, 11);
}
END_TEST

START_TEST(each_address_of_a_name_has_its_turn)
{
	make(1, 1);
	ck_assert(set(1, 10, 13, 0));
	ck_assert_int_eq(byte_of(choose(0, 0)), 1);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(byte_of(choose(0, 0)), 10 + i);
	ck_assert_int_eq(byte_of(choose(0, 0)), 1);
}
END_TEST

START_TEST(addresses_that_stay_are_as_they_were)
{
	make(0, 1);
	ck_assert(set(0, 10, 13, 0));
	ck_assert(failed(1, 0));
	ck_assert(set(0, 11, 14, 1));
	/* 11 is down, 13 is new, and 10 is gone. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(byte_of(choose(0, 2)), 13);
		ck_assert_int_eq(byte_of(choose(0, 2)), 12);
	}
	ck_assert_int_eq(byte_of(choose(0, DOWN_MS)), 13);
	ck_assert_int_eq(byte_of(choose(0, DOWN_MS)), 11);
}
END_TEST

START_TEST(a_place_is_anothers_only_when_nothing_holds_it)
{
	make(0, 1);
	ck_assert(set(0, 10, 12, 0));
	backends.at[0].open = 1;
	backends.at[1].on_way = 1;
	ck_assert(set(0, 12, 13, 0));
	ck_assert_uint_eq(backends.count, 3);
	backends.at[0].open = 0;
	ck_assert(set(0, 12, 14, 0));
	ck_assert_uint_eq(backends.count, 3);
	ck_assert_int_eq(byte_of(0), 13);
	ck_assert(set(0, 20, 20 + CONTROL_PLACES_MAX - 1, 0));
	ck_assert(!set(0, 20, 20 + CONTROL_PLACES_MAX, 0));
	/* All that there are places for have one. */
	for (int i = 0; i < CONTROL_PLACES_MAX - 1; i++)
		ck_assert_int_ge(byte_of(choose(0, 0)), 20);
	backends.at[1].on_way = 0;
	ck_assert(set(0, 20, 20 + CONTROL_PLACES_MAX, 0));
}
END_TEST

START_TEST(what_is_awaited_is_asked_when_no_other_is_there)
{
	int place;

	make(1, 1);
	ck_assert(set(1, 10, 10, 0));
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(byte_of(choose(0, 0)), 1);
	place = choose(1, 0);
	ck_assert_int_eq(byte_of(place), 0);
	ck_assert(backends.at[place].awaited);
	/* Nobody is looked at who has no address. */
	backends.how.check_ms = 100;
	ck_assert_int_eq(byte_of(backends_check(&backends, 0)), 1);
	ck_assert_int_eq(backends_check(&backends, 0), BACKENDS_NONE);
	ck_assert_uint_eq(backends_due_ms(&backends), 100);
	backends.how.check_ms = 0;
	/* It is known that it has none: that is a failure like others. */
	ck_assert(backends_set(&backends, 1, NULL, 0, false, 0));
	ck_assert(!backends.at[place].awaited);
	ck_assert(failed((unsigned)place, 0));
	/* And then it has. */
	ck_assert(set(1, 10, 11, 0));
	ck_assert_int_eq(byte_of(choose(1, 0)), 10);
	ck_assert_uint_eq(backends.count, 2);
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
	tcase_add_test(tcase, it_is_known_since_when_and_why);
	tcase_add_test(tcase, each_address_of_a_name_has_its_turn);
	tcase_add_test(tcase, addresses_that_stay_are_as_they_were);
	tcase_add_test(tcase, a_place_is_anothers_only_when_nothing_holds_it);
	tcase_add_test(tcase, what_is_awaited_is_asked_when_no_other_is_there);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(backends_suite)
