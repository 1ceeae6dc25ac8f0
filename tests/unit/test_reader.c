/*
 * base/reader.c: integers, vectors, sticky failure.
 */
#include "base/reader.h"
#include "tests/unit/unit.h"

static const struct {
	const char *what;
	struct slice in;
	size_t len;
	bool done;
} vec16_cases[] = {
	{ "whole vector", BYTES(0, 2, 7, 8), 2, true },
	{ "empty vector", BYTES(0, 0), 0, true },
	{ "trailing byte", BYTES(0, 1, 7, 8), 1, false },
	{ "body cut short", BYTES(0, 3, 7, 8), 0, false },
	{ "length cut short", BYTES(0), 0, false },
};

START_TEST(vec16_takes_exactly_its_length)
{
	struct reader in = reader_of(vec16_cases[_i].in);

	ck_assert_msg(reader_vec16(&in).len == vec16_cases[_i].len, "%s",
	    vec16_cases[_i].what);
	ck_assert_msg(reader_done(&in) == vec16_cases[_i].done, "%s",
	    vec16_cases[_i].what);
}
END_TEST

START_TEST(integers_are_big_endian)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0,
		0, 0, 0, 1, 2 };
	struct reader in = reader_of(slice_of(bytes, sizeof bytes));

	ck_assert_uint_eq(reader_u8(&in), 0x01);
	ck_assert_uint_eq(reader_u16(&in), 0x0203);
	ck_assert_uint_eq(reader_u24(&in), 0x040506);
	ck_assert_uint_eq(reader_u32(&in), 0x0708090a);
	ck_assert_uint_eq(reader_u64(&in), 0x0102);
	ck_assert(reader_done(&in));
}
END_TEST

START_TEST(the_first_short_read_empties_the_reader)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct reader in = reader_of(slice_of(bytes, sizeof bytes));

	ck_assert_uint_eq(reader_u32(&in), 0);
	ck_assert(!reader_more(&in));
	ck_assert_uint_eq(reader_u8(&in), 0);
	ck_assert(!reader_done(&in));
}
END_TEST

START_TEST(a_failed_copy_leaves_zeroes)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct reader in = reader_of(slice_of(bytes, sizeof bytes));
	uint8_t out[4] = { 9, 9, 9, 9 };

	reader_copy(&in, out, sizeof out);
	ck_assert_mem_eq(out, "\0\0\0\0", 4);
	ck_assert(!reader_done(&in));
}
END_TEST

static Suite *
reader_suite(void)
{
	Suite *suite = suite_create("reader");
	TCase *tcase = tcase_create("reader");

	tcase_add_loop_test(
	    tcase, vec16_takes_exactly_its_length, 0, (int)COUNT(vec16_cases));
	tcase_add_test(tcase, integers_are_big_endian);
	tcase_add_test(tcase, the_first_short_read_empties_the_reader);
	tcase_add_test(tcase, a_failed_copy_leaves_zeroes);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(reader_suite)
