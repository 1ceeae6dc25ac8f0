/*
 * frontd/staple_cache.c: what was written is read again, and nothing else.
 */
#include "frontd/staple_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define ROOM 100

static char path[64], file[160];
static int dir;
static const uint8_t id[STAPLE_CACHE_ID] = { 0xab, 1 };
static const uint8_t other[STAPLE_CACHE_ID] = { 0xab, 2 };

static void
set_up(void)
{
	strcpy(path, "/tmp/frontd-cache.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_ge(dir = staple_cache_open(path), 0);
	snprintf(file, sizeof file, "%s/ab01%060d.der", path, 0);
}

static void
tear_down(void)
{
	staple_cache_remove(dir, id);
	close(dir);
	ck_assert_int_eq(rmdir(path), 0);
}

static void
holds(const char *text)
{
	size_t len = 0;
	uint8_t *bytes = staple_cache_read(dir, id, ROOM, &len);

	ck_assert_ptr_nonnull(bytes);
	ck_assert(slice_equal(slice_of(bytes, len), slice_of_string(text)));
	free(bytes);
}

START_TEST(what_is_written_is_read_again)
{
	struct stat status;
	size_t len;

	ck_assert_ptr_null(staple_cache_read(dir, id, ROOM, &len));
	ck_assert(staple_cache_write(dir, id, slice_of_string("one")));
	holds("one");
	ck_assert_ptr_null(staple_cache_read(dir, other, ROOM, &len));
	ck_assert(staple_cache_write(dir, id, slice_of_string("another one")));
	holds("another one");
	ck_assert_int_eq(stat(file, &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777 & ~0644u, 0);
	staple_cache_remove(dir, id);
	ck_assert_ptr_null(staple_cache_read(dir, id, ROOM, &len));
}
END_TEST

START_TEST(what_cannot_be_a_response_is_not_read)
{
	static const char large[ROOM + 1];
	size_t len;

	ck_assert(staple_cache_write(dir, id, slice_of(large, ROOM + 1)));
	ck_assert_ptr_null(staple_cache_read(dir, id, ROOM, &len));
	ck_assert(staple_cache_write(dir, id, NO_BYTES));
	ck_assert_ptr_null(staple_cache_read(dir, id, ROOM, &len));
	ck_assert_int_eq(unlink(file), 0);
	/* Something to wait for, and a way to another file. */
	ck_assert_int_eq(mkfifo(file, 0600), 0);
	ck_assert_ptr_null(staple_cache_read(dir, id, ROOM, &len));
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(symlink("/etc/passwd", file), 0);
	ck_assert_ptr_null(staple_cache_read(dir, id, 1000000, &len));
	/* It is replaced, not followed. */
	ck_assert(staple_cache_write(dir, id, slice_of_string("one")));
	holds("one");
}
END_TEST

START_TEST(what_cannot_be_written_leaves_what_was_there)
{
	char fresh[sizeof file + 4];

	ck_assert(staple_cache_write(dir, id, slice_of_string("one")));
	snprintf(fresh, sizeof fresh, "%s.new", file);
	ck_assert_int_eq(mkdir(fresh, 0700), 0);
	ck_assert(!staple_cache_write(dir, id, slice_of_string("two")));
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(rmdir(fresh), 0);
	holds("one");
	/* Of a write that was cut off. */
	ck_assert_int_ge(close(open(fresh, O_CREAT | O_WRONLY, 0600)), 0);
	ck_assert(staple_cache_write(dir, id, slice_of_string("two")));
	holds("two");
}
END_TEST

START_TEST(there_may_be_no_directory)
{
	size_t len;

	ck_assert_int_eq(staple_cache_open("/nonexistent"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(staple_cache_read(-1, id, ROOM, &len));
	ck_assert(!staple_cache_write(-1, id, slice_of_string("one")));
	staple_cache_remove(-1, id);
}
END_TEST

static Suite *
staple_cache_suite(void)
{
	Suite *suite = suite_create("staple_cache");
	TCase *tcase = tcase_create("staple_cache");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_written_is_read_again);
	tcase_add_test(tcase, what_cannot_be_a_response_is_not_read);
	tcase_add_test(tcase, what_cannot_be_written_leaves_what_was_there);
	tcase_add_test(tcase, there_may_be_no_directory);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(staple_cache_suite)
