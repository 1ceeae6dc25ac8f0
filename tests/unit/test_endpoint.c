/*
 * ipc/endpoint.c: whose socket is taken over and whose is not.
 */
#include "ipc/endpoint.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char directory[64], path[96];

static void
set_up(void)
{
	strcpy(directory, "/tmp/endpoint.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/s", directory);
}

static void
tear_down(void)
{
	unlink(path);
	ck_assert_int_eq(rmdir(directory), 0);
}

static int
listening(const char *where, int backlog)
{
	const struct endpoint endpoint = { .program = "test",
		.path = where,
		.type = SOCK_SEQPACKET,
		.mode = 0666,
		.backlog = backlog };

	return endpoint_listen(&endpoint);
}

/* Connects as a master does: 0 or errno. */
static int
call(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0), r;

	strcpy(address.sun_path, path);
	r = connect(fd, (struct sockaddr *)&address, sizeof address) == 0
		? 0
		: errno;
	close(fd);
	return r;
}

START_TEST(masters_can_call_at_a_new_socket)
{
	int fd = listening(path, 4);
	struct stat about;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(call(), 0);
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0666);
	close(fd);
}
END_TEST

START_TEST(a_dead_socket_is_replaced)
{
	int fd = listening(path, 4);

	close(fd);
	ck_assert_int_eq(call(), ECONNREFUSED);
	ck_assert_int_ge(fd = listening(path, 4), 0);
	ck_assert_int_eq(call(), 0);
	close(fd);
}
END_TEST

START_TEST(a_live_socket_stays_its_owners)
{
	int fd = listening(path, 4);

	ck_assert_int_eq(listening(path, 4), -1);
	ck_assert_int_eq(call(), 0);
	close(fd);
}
END_TEST

START_TEST(a_live_socket_of_another_type_stays_its_owners)
{
	const struct endpoint stream = { .program = "test",
		.path = path,
		.type = SOCK_STREAM,
		.mode = 0600,
		.backlog = 4 };
	int fd = endpoint_listen(&stream);
	struct stat about;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0600);
	ck_assert_int_eq(listening(path, 4), -1);
	close(fd);
	ck_assert_int_ge(fd = listening(path, 4), 0);
	close(fd);
}
END_TEST

/* Who is slow to accept is alive. */
START_TEST(a_socket_with_a_full_backlog_stays_its_owners)
{
	int fd = listening(path, 0);
	int callers = 0;

	while (callers < 64 && call() == 0)
		callers++;
	ck_assert_int_eq(call(), EAGAIN);
	ck_assert_int_eq(listening(path, 4), -1);
	ck_assert_int_eq(call(), EAGAIN);
	close(fd);
}
END_TEST

START_TEST(what_is_no_socket_is_left_alone)
{
	FILE *file = fopen(path, "w");
	struct stat about;

	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(listening(path, 4), -1);
	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert(S_ISREG(about.st_mode));
	unlink(path);
	ck_assert_int_eq(symlink("elsewhere", path), 0);
	ck_assert_int_eq(listening(path, 4), -1);
	ck_assert_int_eq(lstat(path, &about), 0);
	ck_assert(S_ISLNK(about.st_mode));
}
END_TEST

START_TEST(a_path_that_cannot_be_is_refused)
{
	char longer[200];

	memset(longer, 'x', sizeof longer - 1);
	longer[0] = '/';
	longer[sizeof longer - 1] = '\0';
	ck_assert_int_eq(listening(longer, 4), -1);
	ck_assert_int_eq(listening("/no/such/directory/s", 4), -1);
}
END_TEST

static Suite *
endpoint_suite(void)
{
	Suite *suite = suite_create("endpoint");
	TCase *tcase = tcase_create("endpoint");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, masters_can_call_at_a_new_socket);
	tcase_add_test(tcase, a_dead_socket_is_replaced);
	tcase_add_test(tcase, a_live_socket_stays_its_owners);
	tcase_add_test(tcase, a_live_socket_of_another_type_stays_its_owners);
	tcase_add_test(tcase, a_socket_with_a_full_backlog_stays_its_owners);
	tcase_add_test(tcase, what_is_no_socket_is_left_alone);
	tcase_add_test(tcase, a_path_that_cannot_be_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(endpoint_suite)
