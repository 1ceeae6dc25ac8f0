/*
 * admin/ctl.c: what a command line becomes, what is printed and how it ends.
 */
#include "admin/ctl.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char directory[64], path[96];
static int listener;

static int
here(int argc, char **argv, bool json)
{
	printf("%d %s %s\n", argc, argc > 0 ? argv[0] : "",
	    json ? "json" : "text");
	return 7;
}

/* clang-format off */
static const struct ctl_command commands[] = {
	{ "status",         "",         "What runs.",      0, 0, NULL },
	{ "tickets",        "",         "Ticket keys.",    0, 0, NULL },
	{ "tickets rotate", "",         "Others.",         0, 0, NULL },
	{ "connections",    "[WORKER]", "Who is there.",   0, 1, NULL },
	{ "audit verify",   "FILE",     "Is it whole.",    1, 1, here },
};
/* clang-format on */
static const struct ctl ctl = { "testctl", path, commands, COUNT(commands) };

static void
set_up(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	strcpy(directory, "/tmp/ctl.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/s", directory);
	strcpy(at.sun_path, path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
}

static void
tear_down(void)
{
	close(listener);
	unlink(path);
	ck_assert_int_eq(rmdir(directory), 0);
}

static size_t
drain(int fd, char *out, size_t room)
{
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, out + len, room - 1 - len)) > 0)
		len += (size_t)got;
	out[len] = '\0';
	close(fd);
	return len;
}

/* What a run printed, and what it said to the daemon, if it came that far. */
static char out[4096], err[4096], line[512];

static int
run(const char *const words[8], const char *answer)
{
	int outs[2], errs[2], status, argc = 0, fd;
	char *argv[8];
	pid_t child;

	memcpy(argv, words, sizeof argv);
	while (argv[argc] != NULL)
		argc++;
	ck_assert_int_eq(pipe(outs), 0);
	ck_assert_int_eq(pipe(errs), 0);
	if ((child = fork()) == 0) {
		dup2(outs[1], STDOUT_FILENO);
		dup2(errs[1], STDERR_FILENO);
		close(outs[0]);
		close(errs[0]);
		exit(ctl_main(&ctl, argc, argv));
	}
	close(outs[1]);
	close(errs[1]);
	line[0] = '\0';
	if (answer != NULL) {
		fd = accept(listener, NULL, NULL);
		ck_assert_int_ge(fd, 0);
		for (size_t len = 0; strchr(line, '\n') == NULL;) {
			ssize_t got =
			    read(fd, line + len, sizeof line - 1 - len);

			ck_assert_int_gt(got, 0);
			len += (size_t)got;
			line[len] = '\0';
		}
		ck_assert_int_eq(
		    write(fd, answer, strlen(answer)), (ssize_t)strlen(answer));
		close(fd);
	}
	drain(outs[0], out, sizeof out);
	drain(errs[0], err, sizeof err);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static const struct {
	const char *argv[8];
	const char *line;
} asked_cases[] = {
	{ { "testctl", "status" }, "status\n" },
	{ { "testctl", "status", "--json" }, "status json\n" },
	{ { "testctl", "--json", "tickets", "rotate" },
	    "tickets rotate json\n" },
	{ { "testctl", "tickets" }, "tickets\n" },
	{ { "testctl", "connections", "3" }, "connections 3\n" },
	{ { "testctl", "-s", path, "connections" }, "connections\n" },
};

START_TEST(a_command_line_becomes_a_line)
{
	ck_assert_int_eq(
	    run(asked_cases[_i].argv, "ok\nall\nwell\n"), CTL_DONE);
	ck_assert_str_eq(line, asked_cases[_i].line);
	ck_assert_str_eq(out, "all\nwell\n");
	ck_assert_str_eq(err, "");
}
END_TEST

static const struct {
	const char *argv[8];
} wrong_cases[] = {
	{ { "testctl" } },
	{ { "testctl", "stat" } },
	{ { "testctl", "statusx" } },
	{ { "testctl", "status", "now" } },
	{ { "testctl", "connections", "1", "2" } },
	{ { "testctl", "audit" } },
	{ { "testctl", "audit", "verify" } },
	{ { "testctl", "-x", "status" } },
	{ { "testctl", "--json" } },
};

START_TEST(a_wrong_command_line_shows_the_right_ones)
{
	ck_assert_int_eq(run(wrong_cases[_i].argv, NULL), CTL_UNREACHED);
	ck_assert_str_eq(out, "");
	ck_assert_ptr_nonnull(strstr(err, "usage: testctl"));
	ck_assert_ptr_nonnull(strstr(err, "  tickets rotate        Others."));
}
END_TEST

START_TEST(help_is_no_error)
{
	ck_assert_int_eq(
	    run((const char *[8]){ "testctl", "--help" }, NULL), CTL_DONE);
	ck_assert_ptr_nonnull(strstr(out, "  connections [WORKER]  Who is"));
	ck_assert_str_eq(err, "");
	ck_assert_int_eq(
	    run((const char *[8]){ "testctl", "--version" }, NULL), CTL_DONE);
	ck_assert_str_eq(out, "testctl " SALLYPORT_VERSION "\n");
}
END_TEST

START_TEST(a_refusal_gives_its_reasons)
{
	ck_assert_int_eq(run((const char *[8]){ "testctl", "status" },
			     "refused\na.conf:3: no\nb: neither\n"),
	    CTL_REFUSED);
	ck_assert_str_eq(out, "");
	ck_assert_str_eq(err, "testctl: a.conf:3: no\ntestctl: b: neither\n");
}
END_TEST

static const char *const no_answers[] = { "", "ok", "OK\nx", "refuse\n" };

START_TEST(what_is_no_answer_is_not_taken_for_one)
{
	ck_assert_int_eq(
	    run((const char *[8]){ "testctl", "status" }, no_answers[_i]),
	    CTL_UNREACHED);
	ck_assert_str_eq(out, "");
	ck_assert_ptr_nonnull(strstr(err, "closed without an answer"));
}
END_TEST

START_TEST(a_daemon_that_is_not_there_is_said_so)
{
	char expected[256];

	ck_assert_int_eq(run((const char *[8]){ "testctl", "-s",
				 "/no/such/socket", "status" },
			     NULL),
	    CTL_UNREACHED);
	snprintf(expected, sizeof expected,
	    "testctl: /no/such/socket: No such file or directory\n");
	ck_assert_str_eq(err, expected);
}
END_TEST

START_TEST(an_argument_is_a_word)
{
	static const char *const arguments[] = { "a b", "a\nreload", "",
		"\x80" };

	for (size_t i = 0; i < COUNT(arguments); i++)
		ck_assert_int_eq(run((const char *[8]){ "testctl",
					 "connections", arguments[i] },
				     NULL),
		    CTL_UNREACHED);
}
END_TEST

START_TEST(some_commands_ask_no_daemon)
{
	ck_assert_int_eq(run((const char *[8]){ "testctl", "--json", "audit",
				 "verify", "file" },
			     NULL),
	    7);
	ck_assert_str_eq(out, "1 file json\n");
}
END_TEST

static Suite *
ctl_suite(void)
{
	Suite *suite = suite_create("ctl");
	TCase *tcase = tcase_create("ctl");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(
	    tcase, a_command_line_becomes_a_line, 0, COUNT(asked_cases));
	tcase_add_loop_test(tcase, a_wrong_command_line_shows_the_right_ones, 0,
	    COUNT(wrong_cases));
	tcase_add_test(tcase, help_is_no_error);
	tcase_add_test(tcase, a_refusal_gives_its_reasons);
	tcase_add_loop_test(tcase, what_is_no_answer_is_not_taken_for_one, 0,
	    COUNT(no_answers));
	tcase_add_test(tcase, a_daemon_that_is_not_there_is_said_so);
	tcase_add_test(tcase, an_argument_is_a_word);
	tcase_add_test(tcase, some_commands_ask_no_daemon);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(ctl_suite)
