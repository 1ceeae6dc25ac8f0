/*
 * ipc/spawn.c: what a child gets and what it does not.
 */
#include "ipc/spawn.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* Runs this script as what a shell reads, since children get no arguments. */
static int
run_script(const char *script, const struct spawn *with)
{
	struct spawn spawn = *with;
	FILE *file = tmpfile();
	int status;
	pid_t pid;

	ck_assert_ptr_nonnull(file);
	fprintf(file, "%s\n", script);
	rewind(file);
	ck_assert_int_eq(dup2(fileno(file), STDIN_FILENO), STDIN_FILENO);
	fclose(file);
	spawn.program = open("/bin/sh", O_PATH | O_CLOEXEC);
	ck_assert_int_ge(spawn.program, 0);
	pid = spawn_child(&spawn);
	close(spawn.program);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A pipe whose read end keeps clear of the numbers used below. */
static int
pipe_at(int write_end)
{
	int fds[2], high;

	ck_assert_int_eq(pipe(fds), 0);
	high = fcntl(fds[0], F_DUPFD_CLOEXEC, 40);
	ck_assert_int_ge(high, 40);
	ck_assert_int_eq(fcntl(high, F_SETFL, O_NONBLOCK), 0);
	close(fds[0]);
	if (fds[1] != write_end) {
		ck_assert_int_eq(dup2(fds[1], write_end), write_end);
		close(fds[1]);
	}
	return high;
}

/* Not on 3 to 5, where Check keeps its own. */
START_TEST(descriptors_stand_at_their_numbers_even_when_crossed)
{
	int on21 = pipe_at(21), on20 = pipe_at(20), fds[18];
	char text[3] = { 0 };

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = 20;
	fds[20 - SPAWN_FIRST_FD] = 21;
	fds[21 - SPAWN_FIRST_FD] = 20;
	ck_assert_int_eq(run_script("printf A >/proc/self/fd/20;"
				    "printf B >/proc/self/fd/21",
			     &(struct spawn){ .name = "child",
				 .control = 20,
				 .fds = fds,
				 .fd_count = COUNT(fds) }),
	    0);
	ck_assert_int_eq(read(on21, text, 1), 1);
	ck_assert_int_eq(read(on20, text + 1, 1), 1);
	ck_assert_str_eq(text, "AB");
}
END_TEST

START_TEST(nothing_else_is_inherited)
{
	int pair[2], extra;

	ck_assert_int_eq(pipe(pair), 0);
	extra = fcntl(pair[0], F_DUPFD, 60);
	ck_assert_int_ge(extra, 60);
	ck_assert_int_eq(
	    run_script("test ! -e /proc/$$/fd/4 && test ! -e /proc/$$/fd/60 "
		       "&& test -e /proc/$$/fd/3 && test -z \"$HOME\"",
		&(struct spawn){ .name = "child", .control = pair[1] }),
	    0);
}
END_TEST

START_TEST(the_environment_is_what_was_passed)
{
	int pair[2];

	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(
	    run_script("test -z \"$HOME\" && test \"$WORD\" = value",
		&(struct spawn){ .name = "child",
		    .control = pair[1],
		    .environment = "WORD=value" }),
	    0);
}
END_TEST

/* What no kernel takes for a program. */
START_TEST(a_failed_exec_is_told_with_its_errno)
{
	int pair[2], program = open("/etc/passwd", O_PATH | O_CLOEXEC);

	ck_assert_int_ge(program, 0);
	ck_assert_int_eq(pipe(pair), 0);
	errno = 0;
	ck_assert_int_eq(
	    spawn_child(&(struct spawn){
		.program = program, .name = "child", .control = pair[0] }),
	    -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	close(program);
}
END_TEST

/* It runs on under its number when its name is another's. */
START_TEST(a_program_stays_the_one_that_was_opened)
{
	char path[] = "/tmp/spawn.XXXXXX", command[128];
	struct spawn spawn = { .name = "child" };
	int fd = mkstemp(path), pair[2], status;

	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(command, sizeof command, "cp /bin/true %s", path);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
	spawn.program = open(path, O_PATH | O_CLOEXEC);
	ck_assert_int_ge(spawn.program, 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/bin/false", path), 0);
	ck_assert_int_eq(pipe(pair), 0);
	spawn.control = pair[1];
	ck_assert_int_gt(spawn_child(&spawn), 0);
	ck_assert_int_gt(wait(&status), 0);
	ck_assert_int_eq(status, 0);
	unlink(path);
}
END_TEST

START_TEST(a_program_that_is_not_there_is_named)
{
	ck_assert_int_eq(spawn_open("nothing-of-the-kind"), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static Suite *
spawn_suite(void)
{
	Suite *suite = suite_create("spawn");
	TCase *tcase = tcase_create("spawn");

	tcase_add_test(tcase, nothing_else_is_inherited);
	tcase_add_test(tcase, the_environment_is_what_was_passed);
	tcase_add_test(tcase, a_failed_exec_is_told_with_its_errno);
	tcase_add_test(tcase, a_program_stays_the_one_that_was_opened);
	tcase_add_test(tcase, a_program_that_is_not_there_is_named);
	tcase_add_test(
	    tcase, descriptors_stand_at_their_numbers_even_when_crossed);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(spawn_suite)
