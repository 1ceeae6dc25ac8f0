/*
 * ipc/keylist.c: lists of keys that come in parts.
 */
#include "ipc/keylist.h"

#include "tests/unit/unit.h"

static struct keylist list;
static struct keyproto_keys page;

/* The one with this number: all SPKIs begin alike in some byte. */
static void
name_key(uint32_t number, uint8_t spki[KEYPROTO_SPKI])
{
	memset(spki, 0, KEYPROTO_SPKI);
	spki[0] = (uint8_t)(number % 7); /* they meet in the table */
	spki[30] = (uint8_t)(number >> 8);
	spki[31] = (uint8_t)number;
}

static enum keylist_step
add(uint32_t from, uint32_t count, uint32_t total)
{
	page.total = total;
	page.count = count;
	for (uint32_t i = 0; i < count; i++) {
		page.key[i] =
		    (struct keyproto_key){ .slot = (uint16_t)(from + i) };
		name_key(from + i, page.key[i].spki);
	}
	return keylist_add(&list, &page);
}

static void
add_all(uint32_t total)
{
	uint32_t count;

	keylist_begin(&list);
	for (uint32_t at = 0; at < total; at += count) {
		count = total - at < KEYPROTO_KEYS_MAX ? total - at
						       : KEYPROTO_KEYS_MAX;
		ck_assert_uint_eq(keylist_next(&list), at);
		ck_assert_int_eq(add(at, count, total),
		    at + count == total ? KEYLIST_WHOLE : KEYLIST_MORE);
	}
}

static const struct keyproto_key *
find(uint32_t number)
{
	uint8_t spki[KEYPROTO_SPKI];

	name_key(number, spki);
	return keylist_find(&list, spki);
}

static void
tear_down(void)
{
	keylist_free(&list);
	list = (struct keylist){ 0 };
}

static const uint32_t totals[] = { 1, 15, 16, 17, 64, 65, 1000, 10000 };

START_TEST(each_key_is_found_and_no_other)
{
	uint32_t total = totals[_i];

	add_all(total);
	ck_assert_uint_eq(keylist_count(&list), total);
	for (uint32_t i = 0; i < total; i++) {
		ck_assert_ptr_nonnull(find(i));
		ck_assert_uint_eq(find(i)->slot, i);
	}
	ck_assert_ptr_null(find(total));
}
END_TEST

START_TEST(nothing_is_found_in_an_empty_list)
{
	ck_assert_ptr_null(find(0));
	ck_assert_int_eq(add(0, 0, 0), KEYLIST_WHOLE);
	ck_assert_ptr_null(find(0));
	ck_assert_uint_eq(keylist_count(&list), 0);
}
END_TEST

START_TEST(the_list_before_stays_until_the_next_is_whole)
{
	add_all(3);
	keylist_begin(&list);
	ck_assert_int_eq(add(10, 64, 65), KEYLIST_MORE);
	ck_assert_ptr_nonnull(find(2));
	ck_assert_ptr_null(find(10));
	ck_assert_int_eq(add(74, 1, 65), KEYLIST_WHOLE);
	ck_assert_ptr_null(find(2));
	ck_assert_ptr_nonnull(find(10));
}
END_TEST

START_TEST(a_list_that_is_begun_anew_forgets_what_came)
{
	ck_assert_int_eq(add(0, 64, 65), KEYLIST_MORE);
	add_all(2);
	ck_assert_uint_eq(keylist_count(&list), 2);
	ck_assert_ptr_null(find(5));
}
END_TEST

START_TEST(of_two_with_one_spki_the_first_counts)
{
	page.total = page.count = 2;
	page.key[0] = (struct keyproto_key){ .slot = 4 };
	page.key[1] = (struct keyproto_key){ .slot = 5 };
	ck_assert_int_eq(keylist_add(&list, &page), KEYLIST_WHOLE);
	ck_assert_uint_eq(find(0)->slot, 4);
}
END_TEST

START_TEST(an_empty_answer_ends_a_list)
{
	ck_assert_int_eq(add(0, 64, 1000), KEYLIST_MORE);
	ck_assert_int_eq(add(0, 0, 1000), KEYLIST_WHOLE);
	ck_assert_uint_eq(keylist_count(&list), 64);
}
END_TEST

/* It says that there are ever more. */
START_TEST(no_list_is_longer_than_a_signers)
{
	enum keylist_step step = KEYLIST_MORE;
	uint32_t from = 0;

	for (; step == KEYLIST_MORE && from <= KEYPROTO_SLOTS; from += 64)
		step = add(from, 64, UINT32_MAX);
	ck_assert_int_eq(step, KEYLIST_FAILED);
	ck_assert_uint_eq(from, KEYPROTO_SLOTS + 64);
}
END_TEST

static Suite *
keylist_suite(void)
{
	Suite *suite = suite_create("keylist");
	TCase *tcase = tcase_create("keylist");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_loop_test(
	    tcase, each_key_is_found_and_no_other, 0, COUNT(totals));
	tcase_add_test(tcase, nothing_is_found_in_an_empty_list);
	tcase_add_test(tcase, the_list_before_stays_until_the_next_is_whole);
	tcase_add_test(tcase, a_list_that_is_begun_anew_forgets_what_came);
	tcase_add_test(tcase, of_two_with_one_spki_the_first_counts);
	tcase_add_test(tcase, an_empty_answer_ends_a_list);
	tcase_add_test(tcase, no_list_is_longer_than_a_signers);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(keylist_suite)
