/*
 * keyd/tally.c: answers are put together, whatever a signer says.
 */
#include "keyd/tally.h"

#include "tests/unit/unit.h"

static struct counts counts;
static struct keyproto_counts page;
static struct tally tally;

static void
count_rows(unsigned rows)
{
	for (unsigned i = 0; i < rows; i++)
		counts_add(&counts,
		    &(struct keyproto_count){ .slot = (uint16_t)i }, 0, 0);
}

static void
set_up(void)
{
	counts = (struct counts){ 0 };
	ck_assert(counts_open(&counts, KEYPROTO_SLOTS));
}

static void
tear_down(void)
{
	free(counts.rows);
	tally_free(&tally);
}

static const unsigned sizes[] = { 0, 1, KEYPROTO_COUNTS_MAX,
	KEYPROTO_COUNTS_MAX + 1, COUNTS_ROWS, 15000 };

START_TEST(pages_make_a_whole)
{
	unsigned asked = 1;

	count_rows(sizes[_i]);
	tally_begin(&tally);
	ck_assert(!tally.whole);
	for (;; asked++) {
		counts_tell(&counts, tally.count, &page);
		if (!tally_lacks(&tally, &page))
			break;
		ck_assert(!tally.whole);
	}
	ck_assert(tally.whole);
	ck_assert_uint_eq(tally.count, sizes[_i]);
	ck_assert_uint_eq(asked,
	    sizes[_i] <= 1
		? 1
		: (sizes[_i] + KEYPROTO_COUNTS_MAX - 1) / KEYPROTO_COUNTS_MAX);
	for (uint32_t i = 0; i < tally.count; i++)
		ck_assert_uint_eq(tally.rows[i].slot, i);
	tally_begin(&tally);
	ck_assert(!tally.whole);
	ck_assert_uint_eq(tally.count, 0);
}
END_TEST

START_TEST(a_signer_that_lies_ends_it)
{
	tally_begin(&tally);
	page = (struct keyproto_counts){ .total = 1000 };
	ck_assert(!tally_lacks(&tally, &page));
	tally_begin(&tally);
	page.total = UINT32_MAX;
	page.count = KEYPROTO_COUNTS_MAX;
	for (int i = 1; i < TALLY_ROWS_MAX / KEYPROTO_COUNTS_MAX; i++)
		ck_assert(tally_lacks(&tally, &page));
	ck_assert(!tally_lacks(&tally, &page));
	ck_assert_uint_eq(tally.count, TALLY_ROWS_MAX);
	ck_assert(!tally_lacks(&tally, &page));
	ck_assert_uint_eq(tally.count, TALLY_ROWS_MAX);
}
END_TEST

static Suite *
tally_suite(void)
{
	Suite *suite = suite_create("tally");
	TCase *tcase = tcase_create("tally");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, pages_make_a_whole, 0, COUNT(sizes));
	tcase_add_test(tcase, a_signer_that_lies_ends_it);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(tally_suite)
