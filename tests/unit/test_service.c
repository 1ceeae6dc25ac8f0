/*
 * admin/service.c: what a service manager hears, and what it passes.
 */
#include "admin/service.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char directory[64], path[96];

/* A receiver under the name, a path or @ and a name. */
static int
receive_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, name, len);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&at,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
	    0);
	ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

static void
assert_heard(int fd, const char *expected)
{
	char heard[1024];
	ssize_t len = read(fd, heard, sizeof heard - 1);

	if (expected == NULL) {
		ck_assert_int_eq(len, -1);
		return;
	}
	ck_assert_int_ge(len, 0);
	heard[len] = '\0';
	ck_assert_str_eq(heard, expected);
}

static void
set_up(void)
{
	strcpy(directory, "/tmp/service.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/notify", directory);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	unsetenv("LISTEN_PID");
}

static void
tear_down(void)
{
	unlink(path);
	ck_assert_int_eq(rmdir(directory), 0);
}

static void
assert_all_is_heard(int fd)
{
	char heard[256], *end;
	ssize_t len;

	service_open();
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	service_ready("1 key");
	assert_heard(fd, "READY=1\nSTATUS=1 key");
	service_status("a\nREADY=0");
	assert_heard(fd, "STATUS=a");
	service_stopping();
	assert_heard(fd, "STOPPING=1");
	service_reloading();
	len = read(fd, heard, sizeof heard - 1);
	ck_assert_int_gt(len, 0);
	heard[len] = '\0';
	ck_assert_int_eq(strncmp(heard, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	ck_assert(strtoull(heard + 27, &end, 10) > 0 && *end == '\0');
	assert_heard(fd, NULL);
	close(fd);
}

START_TEST(a_manager_at_a_path_hears)
{
	assert_all_is_heard(receive_at(path));
}
END_TEST

START_TEST(a_manager_at_an_abstract_name_hears)
{
	char name[64];

	snprintf(name, sizeof name, "@sallyport-test-%d", (int)getpid());
	assert_all_is_heard(receive_at(name));
}
END_TEST

static const char *const nowhere[] = { "", "x", "@", "/", "vsock:2:3",
	"relative/path", "/no/such/socket" };

START_TEST(without_a_manager_nothing_happens)
{
	setenv("NOTIFY_SOCKET", nowhere[_i], 1);
	service_open();
	service_ready("x");
	service_reloading();
	service_stopping();
}
END_TEST

static const struct {
	const char *what, *usec, *pid;
	bool watched;
} watch_cases[] = {
	{ "a time", "20000", NULL, true },
	{ "ours", "20000", "our own", true },
	{ "another's", "20000", "1", false },
	{ "none", NULL, NULL, false },
	{ "no time at all", "0", NULL, false },
	{ "no number", "20s", NULL, false },
	{ "less than none", "-20000", NULL, false },
};

START_TEST(the_watchdog_is_told_again_and_again)
{
	struct event_base *base = event_base_new();
	int fd = receive_at(path);
	char pid[16];

	snprintf(pid, sizeof pid, "%d", (int)getpid());
	if (watch_cases[_i].usec != NULL)
		setenv("WATCHDOG_USEC", watch_cases[_i].usec, 1);
	if (watch_cases[_i].pid != NULL)
		setenv("WATCHDOG_PID",
		    strcmp(watch_cases[_i].pid, "1") == 0 ? "1" : pid, 1);
	service_open();
	ck_assert(service_watch(base));
	for (int i = 0; watch_cases[_i].watched && i < 3; i++) {
		assert_heard(fd, "WATCHDOG=1");
		event_base_loop(base, EVLOOP_ONCE);
	}
	assert_heard(fd, watch_cases[_i].watched ? "WATCHDOG=1" : NULL);
	service_close();
	service_stopping();
	assert_heard(fd, NULL);
	event_base_free(base);
	close(fd);
}
END_TEST

/* A socket of the type at the descriptor that comes first, or next. */
static void
pass(int at, int type, bool listens)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)), 0);
	if (listens)
		ck_assert_int_eq(listen(fd, 1), 0);
	if (fd != at) {
		ck_assert_int_eq(dup2(fd, at), at);
		close(fd);
	}
}

static void
announce(const char *count, const char *names)
{
	char pid[16];

	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	if (names != NULL)
		setenv("LISTEN_FDNAMES", names, 1);
	else
		unsetenv("LISTEN_FDNAMES");
	service_open();
}

START_TEST(sockets_are_found_by_name_and_type)
{
	pass(3, SOCK_STREAM, true);
	pass(4, SOCK_SEQPACKET, true);
	pass(5, SOCK_SEQPACKET, true);
	announce("3", "b:a:b");
	ck_assert_int_eq(service_socket("b", SOCK_SEQPACKET), 5);
	ck_assert_int_eq(service_socket("b", SOCK_SEQPACKET), -1);
	ck_assert_int_eq(service_socket("a", SOCK_STREAM), -1);
	ck_assert_int_eq(service_socket("c", SOCK_SEQPACKET), -1);
	ck_assert_int_eq(service_socket("a", SOCK_SEQPACKET), 4);
	ck_assert_int_ne(fcntl(4, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(4, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(3, F_GETFD), FD_CLOEXEC);
	ck_assert_ptr_null(getenv("LISTEN_FDS"));
}
END_TEST

START_TEST(a_socket_without_a_name_is_whose_type_it_is)
{
	pass(3, SOCK_STREAM, true);
	pass(4, SOCK_SEQPACKET, true);
	announce("2", _i == 0 ? NULL : "keyd.socket:unknown");
	ck_assert_int_eq(service_socket("keyd", SOCK_SEQPACKET), 4);
	ck_assert_int_eq(service_socket("admin", SOCK_STREAM), 3);
}
END_TEST

START_TEST(what_does_not_listen_is_none)
{
	pass(3, SOCK_SEQPACKET, false);
	announce("1", NULL);
	ck_assert_int_eq(service_socket("keyd", SOCK_SEQPACKET), -1);
}
END_TEST

START_TEST(what_was_passed_to_another_is_not_ours)
{
	pass(3, SOCK_SEQPACKET, true);
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "1", 1);
	service_open();
	ck_assert_int_eq(service_socket("keyd", SOCK_SEQPACKET), -1);
}
END_TEST

static Suite *
service_suite(void)
{
	Suite *suite = suite_create("service");
	TCase *tcase = tcase_create("service");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_manager_at_a_path_hears);
	tcase_add_test(tcase, a_manager_at_an_abstract_name_hears);
	tcase_add_loop_test(
	    tcase, without_a_manager_nothing_happens, 0, COUNT(nowhere));
	tcase_add_loop_test(
	    tcase, the_watchdog_is_told_again_and_again, 0, COUNT(watch_cases));
	tcase_add_test(tcase, sockets_are_found_by_name_and_type);
	tcase_add_loop_test(
	    tcase, a_socket_without_a_name_is_whose_type_it_is, 0, 2);
	tcase_add_test(tcase, what_does_not_listen_is_none);
	tcase_add_test(tcase, what_was_passed_to_another_is_not_ours);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(service_suite)
