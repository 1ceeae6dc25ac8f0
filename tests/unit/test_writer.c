/*
 * base/writer.c: integers, vectors, limits, sticky failure.
 */
#include "base/writer.h"
#include "tests/unit/unit.h"

START_TEST(what_is_written_comes_back_in_order)
{
	static const uint8_t expected[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2,
		0xaa, 0xbb };
	struct writer out;
	struct slice bytes;

	writer_init(&out, 64);
	writer_u8(&out, 0x01);
	writer_u16(&out, 0x0203);
	writer_u24(&out, 0x040506);
	writer_u32(&out, 0x0708090a);
	writer_vec8(&out, slice_of("\xaa\xbb", 2));
	ck_assert(writer_result(&out, &bytes));
	ck_assert(slice_equal(bytes, slice_of(expected, sizeof expected)));
	writer_free(&out);
}
END_TEST

START_TEST(nested_vectors_get_their_lengths)
{
	static const uint8_t expected[] = { 0, 4, 0, 2, 7, 8 };
	struct writer out;
	struct mark outer, inner;
	struct slice bytes;

	writer_init(&out, 64);
	outer = writer_open(&out, 2);
	inner = writer_open(&out, 2);
	writer_u16(&out, 0x0708);
	writer_close(&out, inner);
	writer_close(&out, outer);
	ck_assert(writer_result(&out, &bytes));
	ck_assert(slice_equal(bytes, slice_of(expected, sizeof expected)));
	writer_free(&out);
}
END_TEST

START_TEST(a_vector_too_long_for_its_length_fails)
{
	struct writer out;
	struct mark mark;
	struct slice bytes;

	writer_init(&out, 1024);
	mark = writer_open(&out, 1);
	ck_assert_ptr_nonnull(writer_reserve(&out, 256));
	writer_close(&out, mark);
	ck_assert(!writer_result(&out, &bytes));
	writer_free(&out);
}
END_TEST

START_TEST(the_limit_holds_and_failure_sticks)
{
	struct writer out;
	struct slice bytes;

	writer_init(&out, 300);
	ck_assert_ptr_nonnull(writer_reserve(&out, 299));
	writer_u16(&out, 1);
	writer_u8(&out, 1);
	ck_assert(!writer_result(&out, &bytes));
	ck_assert_uint_eq(bytes.len, 0);
	writer_clear(&out);
	writer_u8(&out, 1);
	ck_assert(writer_result(&out, &bytes));
	writer_free(&out);
}
END_TEST

START_TEST(a_fixed_buffer_never_grows)
{
	uint8_t room[4];
	struct writer out;
	struct slice bytes;

	writer_init_fixed(&out, room, sizeof room);
	writer_u32(&out, 0x01020304);
	ck_assert(writer_result(&out, &bytes));
	ck_assert_ptr_eq(bytes.data, room);
	writer_u8(&out, 5);
	ck_assert(!writer_result(&out, &bytes));
	writer_free(&out);
	ck_assert_mem_eq(room, "\0\0\0\0", 4);
}
END_TEST

START_TEST(no_bytes_at_all_are_written_without_failing)
{
	struct writer out;
	struct slice bytes;

	writer_init(&out, 0);
	ck_assert_ptr_nonnull(writer_reserve(&out, 0));
	writer_bytes(&out, NO_BYTES);
	ck_assert(writer_result(&out, &bytes));
	ck_assert_uint_eq(bytes.len, 0);
	writer_u8(&out, 1);
	ck_assert_ptr_null(writer_reserve(&out, 0));
	writer_free(&out);
}
END_TEST

static Suite *
writer_suite(void)
{
	Suite *suite = suite_create("writer");
	TCase *tcase = tcase_create("writer");

	tcase_add_test(tcase, what_is_written_comes_back_in_order);
	tcase_add_test(tcase, nested_vectors_get_their_lengths);
	tcase_add_test(tcase, a_vector_too_long_for_its_length_fails);
	tcase_add_test(tcase, the_limit_holds_and_failure_sticks);
	tcase_add_test(tcase, a_fixed_buffer_never_grows);
	tcase_add_test(tcase, no_bytes_at_all_are_written_without_failing);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(writer_suite)
