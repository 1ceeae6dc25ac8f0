/*
 * policy/landlock.c: without the filter that would end the process first, so
 * that it is seen what this layer alone keeps shut.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/profile.h"
#include "policy/profiles.h"
#include "tests/unit/confined.h"
#include "tests/unit/unit.h"

/* The versions that brought what is tried here. */
#define TCP_VERSION 4
#define SCOPE_VERSION 6

static const struct profile *const sealed[] = { &frontd_worker_profile,
	&frontd_connect_profile, &frontd_page_profile, &frontd_fetch_profile,
	&frontd_prove_profile, &keyd_signer_profile };

static long
version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

/* Enters, in a child that ends with the work's answer. */
static const struct profile *profile;
static int given;

static int
enter(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return landlock_enter(profile);
}

static int
reach_for_files(pid_t unused)
{
	static char *const argv[] = { NULL };
	char byte;

	(void)unused;
	if (enter() != 0)
		return 1;
	if (open("/etc/passwd", O_RDONLY) != -1 || errno != EACCES)
		return 2;
	if (open("/", O_RDONLY | O_DIRECTORY) != -1 || errno != EACCES)
		return 3;
	if (open("/dev/null", O_WRONLY) != -1 || errno != EACCES)
		return 4;
	if (mkdir("/tmp/sallyport-landlock", 0700) != -1 || errno != EACCES)
		return 5;
	if (execve("/bin/true", argv, argv) != -1 || errno != EACCES)
		return 6;
	/* What was open before is not lost. */
	return read(given, &byte, 1) == 1 ? 0 : 7;
}

START_TEST(no_file_is_reached_but_those_that_are_open)
{
	profile = sealed[_i];
	given = open("/etc/passwd", O_RDONLY);
	ck_assert_int_ge(given, 0);
	ck_assert_int_eq(confined_forked(reach_for_files, 0), 0);
}
END_TEST

static struct sockaddr_in loopback = { .sin_family = AF_INET };

static int
reach_for_tcp(pid_t unused)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int out = socket(AF_INET, SOCK_STREAM, 0);
	int in = socket(AF_INET, SOCK_STREAM, 0);

	(void)unused;
	if (enter() != 0 || out < 0 || in < 0)
		return 1;
	if (connect(out, (struct sockaddr *)&loopback, sizeof loopback) == 0)
		return 2;
	if (errno != EACCES)
		return 3;
	if (bind(in, (struct sockaddr *)&any, sizeof any) == 0)
		return 4;
	return errno == EACCES ? 0 : 5;
}

START_TEST(who_has_no_network_reaches_no_tcp)
{
	socklen_t len = sizeof loopback;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	bool shut = version() >= TCP_VERSION;

	profile = sealed[_i];
	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&loopback, len), 0);
	ck_assert_int_eq(listen(listener, 4), 0);
	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)&loopback, &len), 0);
	if (!shut)
		puts("note: this kernel's Landlock knows no TCP");
	ck_assert_int_eq(confined_forked(reach_for_tcp, 0),
	    shut && profile->empty_network ? 0 : 2);
	close(listener);
}
END_TEST

static struct sockaddr_un abstract = { .sun_family = AF_UNIX };
static socklen_t abstract_len;

static int
reach_for_others(pid_t other)
{
	int out = socket(AF_UNIX, SOCK_STREAM, 0);

	if (enter() != 0 || out < 0)
		return 1;
	if (connect(out, (struct sockaddr *)&abstract, abstract_len) == 0)
		return 2;
	if (errno != EPERM)
		return 3;
	if (kill(other, 0) == 0)
		return 4;
	return errno == EPERM ? 0 : 5;
}

START_TEST(who_has_no_network_reaches_no_abstract_socket_and_no_process)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	bool shut = version() >= SCOPE_VERSION;

	profile = sealed[_i];
	snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1,
	    "sallyport-test-%d", (int)getpid());
	abstract_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				   strlen(abstract.sun_path + 1));
	ck_assert_int_eq(
	    bind(listener, (struct sockaddr *)&abstract, abstract_len), 0);
	ck_assert_int_eq(listen(listener, 4), 0);
	if (!shut)
		puts("note: this kernel's Landlock has no scopes");
	ck_assert_int_eq(confined_forked(reach_for_others, getpid()),
	    shut && profile->empty_network ? 0 : 2);
	close(listener);
}
END_TEST

static int
enter_only(pid_t unused)
{
	(void)unused;
	return enter();
}

START_TEST(where_the_kernel_has_none_it_is_said)
{
	profile = &frontd_worker_profile;
	ck_assert_int_eq(confined_forked(enter_only, 0) == 0, version() > 0);
}
END_TEST

static Suite *
landlock_suite(void)
{
	Suite *suite = suite_create("landlock");
	TCase *tcase = tcase_create("landlock");

	tcase_add_test(tcase, where_the_kernel_has_none_it_is_said);
	suite_add_tcase(suite, tcase);
	if (version() < 1) {
		puts("note: this kernel has no Landlock, so it was not tried");
		return suite;
	}
	tcase_add_loop_test(tcase, no_file_is_reached_but_those_that_are_open,
	    0, (int)COUNT(sealed));
	tcase_add_loop_test(
	    tcase, who_has_no_network_reaches_no_tcp, 0, (int)COUNT(sealed));
	tcase_add_loop_test(tcase,
	    who_has_no_network_reaches_no_abstract_socket_and_no_process, 0,
	    (int)COUNT(sealed));
	return suite;
}

UNIT_MAIN(landlock_suite)
