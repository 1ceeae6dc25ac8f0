/*
 * keyd/counts.c: nothing is counted twice or not at all, whatever is asked.
 */
#include "keyd/counts.h"

#include "tests/unit/unit.h"

static struct counts counts;
static struct keyproto_counts told;

static void
set_up(void)
{
	counts = (struct counts){ 0 };
	ck_assert(counts_open(&counts, 0));
}

static void
tear_down(void)
{
	free(counts.rows);
}

static void
add(uint16_t slot, uint16_t type, uint16_t scheme, uint16_t status)
{
	const struct keyproto_count what = { slot, type, scheme, status, 99 };

	counts_add(&counts, &what, 10, 60);
}

START_TEST(the_same_is_one_row)
{
	for (int i = 0; i < 3; i++)
		add(1, KEYPROTO_SIGN13, 0x0403, KEYPROTO_OK);
	add(2, KEYPROTO_SIGN13, 0x0403, KEYPROTO_OK);
	add(1, KEYPROTO_SIGN12, 0x0403, KEYPROTO_OK);
	add(1, KEYPROTO_SIGN13, 0x0804, KEYPROTO_OK);
	add(1, KEYPROTO_SIGN13, 0x0403, KEYPROTO_CRYPTO);
	counts_tell(&counts, 0, &told);
	ck_assert_uint_eq(told.total, 5);
	ck_assert_uint_eq(told.count, 5);
	ck_assert_uint_eq(told.row[0].count, 3);
	for (uint32_t i = 1; i < told.count; i++)
		ck_assert_uint_eq(told.row[i].count, 1);
	ck_assert_uint_eq(told.lost, 0);
}
END_TEST

START_TEST(times_stand_at_the_first_bound_that_is_no_less)
{
	const struct keyproto_count what = { 0 };

	for (size_t i = 0; i < KEYPROTO_BOUNDS; i++) {
		ck_assert(
		    i == 0 || keyproto_bound_us(i) > keyproto_bound_us(i - 1));
		counts_add(&counts, &what, keyproto_bound_us(i),
		    keyproto_bound_us(i) + 1);
	}
	counts_tell(&counts, 0, &told);
	for (size_t i = 0; i < KEYPROTO_BOUNDS; i++) {
		ck_assert_uint_eq(told.queue.counts[i], 1);
		ck_assert_uint_eq(told.service.counts[i + 1], 1);
	}
	ck_assert_uint_eq(told.queue.counts[KEYPROTO_BOUNDS], 0);
	ck_assert_uint_eq(told.service.counts[0], 0);
	ck_assert_uint_eq(
	    told.service.sum_us, told.queue.sum_us + KEYPROTO_BOUNDS);
}
END_TEST

START_TEST(refusals_leave_room_for_what_is_done)
{
	for (unsigned i = 0; i < COUNTS_ROWS; i++)
		add(0, KEYPROTO_SIGN13, (uint16_t)i, KEYPROTO_DENIED);
	ck_assert_uint_eq(counts.used, COUNTS_ROWS / 2);
	ck_assert_uint_eq(counts.lost, COUNTS_ROWS / 2);
	for (unsigned i = 0; i < COUNTS_ROWS; i++)
		add(1, KEYPROTO_SIGN13, (uint16_t)i, KEYPROTO_OK);
	ck_assert_uint_eq(counts.used, COUNTS_ROWS);
	ck_assert_uint_eq(counts.lost, COUNTS_ROWS);
	/* What has a row is counted on. */
	add(0, KEYPROTO_SIGN13, 0, KEYPROTO_DENIED);
	add(1, KEYPROTO_SIGN13, 0, KEYPROTO_OK);
	ck_assert_uint_eq(counts.rows[0].what.count, 2);
	ck_assert_uint_eq(counts.lost, COUNTS_ROWS);
}
END_TEST

START_TEST(rows_beyond_one_answer_are_in_the_next)
{
	uint32_t seen = 0;

	for (unsigned i = 0; i < COUNTS_ROWS; i++)
		add((uint16_t)i, KEYPROTO_SIGN13, 0, KEYPROTO_OK);
	do {
		counts_tell(&counts, seen, &told);
		ck_assert_uint_eq(told.total, COUNTS_ROWS);
		for (uint32_t i = 0; i < told.count; i++)
			ck_assert_uint_eq(told.row[i].slot, seen++);
	} while (told.count > 0);
	ck_assert_uint_eq(seen, COUNTS_ROWS);
	counts_tell(&counts, UINT32_MAX, &told);
	ck_assert_uint_eq(told.count, 0);
}
END_TEST

START_TEST(each_key_has_rows_of_its_own)
{
	const uint32_t keys = 10000;

	free(counts.rows);
	counts = (struct counts){ 0 };
	ck_assert(counts_open(&counts, keys));
	for (int i = 0; i < 2; i++)
		for (uint16_t slot = 0; slot < keys; slot++) {
			add(slot, KEYPROTO_SIGN13, 0x0403, KEYPROTO_OK);
			add(slot, KEYPROTO_SIGN12, 0x0403, KEYPROTO_OK);
		}
	ck_assert_uint_eq(counts.used, 2 * keys);
	ck_assert_uint_eq(counts.lost, 0);
	for (uint32_t i = 0; i < counts.used; i++) {
		ck_assert_uint_eq(counts.rows[i].what.slot, i / 2);
		ck_assert_uint_eq(counts.rows[i].what.count, 2);
	}
}
END_TEST

static Suite *
counts_suite(void)
{
	Suite *suite = suite_create("counts");
	TCase *tcase = tcase_create("counts");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_same_is_one_row);
	tcase_add_test(tcase, times_stand_at_the_first_bound_that_is_no_less);
	tcase_add_test(tcase, refusals_leave_room_for_what_is_done);
	tcase_add_test(tcase, rows_beyond_one_answer_are_in_the_next);
	tcase_add_test(tcase, each_key_has_rows_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(counts_suite)
