/*
 * base/complain.c: what is complained of is kept for who asked, and no longer.
 */
#include "base/complain.h"

#include "tests/unit/unit.h"

START_TEST(complaints_are_kept_while_they_are_to_be)
{
	struct writer kept;
	struct slice all;

	writer_init(&kept, 4096);
	ck_assert(!complain("before"));
	complain_keep(&kept);
	ck_assert(!complain("%s:%d: %s", "a.conf", 3, "no"));
	ck_assert(!complain("b"));
	complain_keep(NULL);
	ck_assert(!complain("after"));
	writer_u8(&kept, '\0');
	ck_assert(writer_result(&kept, &all));
	ck_assert_str_eq((const char *)all.data, "a.conf:3: no\nb\n");
	writer_free(&kept);
}
END_TEST

START_TEST(what_is_too_much_is_said_all_the_same)
{
	static char text[8192];
	struct writer kept;
	struct slice all;

	memset(text, 'x', sizeof text - 1);
	writer_init(&kept, 4100);
	complain_keep(&kept);
	ck_assert(!complain("%s", text));
	ck_assert(writer_result(&kept, &all));
	ck_assert_uint_eq(all.len, 4096);
	ck_assert(!complain("more"));
	ck_assert(!writer_result(&kept, &all));
	complain_keep(NULL);
	writer_free(&kept);
}
END_TEST

static Suite *
complain_suite(void)
{
	Suite *suite = suite_create("complain");
	TCase *tcase = tcase_create("complain");

	tcase_add_test(tcase, complaints_are_kept_while_they_are_to_be);
	tcase_add_test(tcase, what_is_too_much_is_said_all_the_same);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(complain_suite)
