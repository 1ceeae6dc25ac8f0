/*
 * frontd/chain_files.c: which entries of a directory are chains, and in which
 * order.
 */
#include "frontd/chain_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char directory[64];
static struct chain_files files;

/* In the order of making; a slash at the end: a directory. */
static const struct {
	const char *path, *name; /* NULL: it is no chain */
} entries[] = {
	{ "b.pem", "b" },
	{ "a.pem", "a" },
	{ "c/", NULL },
	{ "c/fullchain.pem", "c" },
	{ "c/cert.pem", NULL },
	{ "a.b.pem", "a.b" },
	{ "d.pem/", NULL },
	{ "e/", NULL },
	{ "e/other.pem", NULL },
	{ ".f.pem", NULL },
	{ ".g/", NULL },
	{ ".g/fullchain.pem", NULL },
	{ ".pem", NULL },
	{ "README", NULL },
	{ "h.key", NULL },
	{ "h.pem~", NULL },
	{ "#h.pem#", NULL },
	{ "h.pem.bak", NULL },
	{ "h.PEM", NULL },
	{ "fullchain.pem", "fullchain" },
};
static const char *const wanted[] = { "a", "a.b", "b", "c", "fullchain" };

static const char *
path_of(const char *name)
{
	static char path[160];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static void
set_up(void)
{
	strcpy(directory, "/tmp/chain-files.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void
tear_down(void)
{
	chain_files_free(&files);
	rmdir(directory);
}

static void
make(const char *name)
{
	int fd;

	if (name[strlen(name) - 1] == '/') {
		ck_assert_int_eq(mkdir(path_of(name), 0700), 0);
		return;
	}
	fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
check_all_are_there(void)
{
	ck_assert_uint_eq(files.count, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++)
		ck_assert_str_eq(files.at[i].name, wanted[i]);
	for (size_t i = 0; i < COUNT(entries); i++)
		for (size_t j = 0; entries[i].name != NULL && j < files.count;
		     j++)
			if (strcmp(files.at[j].name, entries[i].name) == 0)
				ck_assert_str_eq(
				    files.at[j].path, path_of(entries[i].path));
}

START_TEST(names_alone_say_what_is_a_chain)
{
	for (size_t i = 0; i < COUNT(entries); i++)
		make(entries[i].path);
	ck_assert_ptr_null(chain_files_list(directory, &files));
	for (size_t i = COUNT(entries); i-- > 0;)
		ck_assert_int_eq(remove(path_of(entries[i].path)), 0);
	check_all_are_there();
}
END_TEST

/* Who reads it says what is wrong with it. */
START_TEST(links_are_chains_wherever_they_lead)
{
	make("c/");
	ck_assert_int_eq(symlink("nowhere", path_of("c/fullchain.pem")), 0);
	ck_assert_int_eq(symlink("nowhere", path_of("a.pem")), 0);
	ck_assert_int_eq(symlink("c", path_of("d")), 0);
	ck_assert_ptr_null(chain_files_list(directory, &files));
	remove(path_of("c/fullchain.pem"));
	remove(path_of("a.pem"));
	remove(path_of("d"));
	remove(path_of("c"));
	ck_assert_uint_eq(files.count, 3);
	ck_assert_str_eq(files.at[0].name, "a");
	ck_assert_str_eq(files.at[1].name, "c");
	ck_assert_str_eq(files.at[2].path, path_of("d/fullchain.pem"));
}
END_TEST

START_TEST(what_is_no_directory_says_so)
{
	ck_assert_ptr_null(chain_files_list(directory, &files));
	ck_assert_uint_eq(files.count, 0);
	ck_assert_str_eq(
	    chain_files_list(path_of("absent"), &files), strerror(ENOENT));
	make("file");
	ck_assert_str_eq(
	    chain_files_list(path_of("file"), &files), strerror(ENOTDIR));
	remove(path_of("file"));
}
END_TEST

static Suite *
chain_files_suite(void)
{
	Suite *suite = suite_create("chain_files");
	TCase *tcase = tcase_create("chain_files");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, names_alone_say_what_is_a_chain);
	tcase_add_test(tcase, links_are_chains_wherever_they_lead);
	tcase_add_test(tcase, what_is_no_directory_says_so);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(chain_files_suite)
