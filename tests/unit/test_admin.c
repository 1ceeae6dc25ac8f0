/*
 * admin/admin.c: who is answered and what, and that nobody who visits can make
 * the daemon wait or hoard.
 */
#include "admin/admin.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char directory[64], path[96];
static struct event_base *base;
static struct admin *admin;
/* What the handlers were called for. */
static struct admin_request *held;
static unsigned called;

static void
tell(struct admin_request *request, void *ctx)
{
	struct report *report = report_new();

	ck_assert_ptr_eq(ctx, directory);
	called++;
	report_object(report, "x");
	report_text(report, "first", admin_argument(request, 0));
	report_text(report, "second", admin_argument(request, 1));
	admin_tell(request, report);
	report_free(report);
}

static void
hold(struct admin_request *request, void *ctx)
{
	(void)ctx;
	called++;
	held = request;
}

static void
refuse(struct admin_request *request, void *ctx)
{
	(void)ctx;
	called++;
	admin_refuse(request, "one\ntwo %d", 2);
}

static void
metrics(struct admin_request *request, void *ctx)
{
	(void)ctx;
	called++;
	admin_tell_text(request, slice_of_string("m 1\n"), "text/x");
}

/* More than a socket holds. */
static void
flood(struct admin_request *request, void *ctx)
{
	static char text[4 << 20];

	(void)ctx;
	called++;
	memset(text, 'f', sizeof text);
	admin_tell_text(request, slice_of(text, sizeof text), "text/x");
}

/* clang-format off */
static const struct admin_command commands[] = {
	{ "status",  0,             2, tell },
	{ "hold",    0,             0, hold },
	{ "refuse",  ADMIN_CHANGES, 0, refuse },
	{ "metrics", ADMIN_HTTP,    0, metrics },
	{ "down",    ADMIN_HTTP,    0, refuse },
	{ "flood",   0,             0, flood },
};
/* clang-format on */

static void
open_admin(const uid_t *readers, size_t count)
{
	const struct admin_options options = { .program = "test",
		.commands = commands,
		.command_count = COUNT(commands),
		.ctx = directory,
		.readers = readers,
		.reader_count = count };

	strcpy(directory, "/tmp/admin.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chmod(directory, 0755), 0);
	snprintf(path, sizeof path, "%s/s", directory);
	ck_assert_ptr_nonnull(base = event_base_new());
	ck_assert_ptr_nonnull(admin = admin_open(base, path, &options));
	called = 0;
	held = NULL;
	signal(SIGPIPE, SIG_IGN);
}

static void
set_up(void)
{
	open_admin(NULL, 0);
}

static void
tear_down(void)
{
	struct stat about;

	admin_close(admin);
	event_base_free(base);
	ck_assert_int_eq(stat(path, &about), -1);
	ck_assert_int_eq(rmdir(directory), 0);
}

/* All that there is to do now. */
static void
turn(void)
{
	for (int i = 0; i < 50; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static int
visit(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(at.sun_path, path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* Some of it may not fit, or find nobody. */
static void
say(int fd, const char *text, size_t len)
{
	(void)!send(fd, text, len, MSG_NOSIGNAL);
	turn();
}

/* What came, terminated; whether the other side has closed after it. */
static bool
hear(int fd, char *out, size_t room)
{
	size_t len = 0;
	ssize_t got;

	turn();
	while ((got = read(fd, out + len, room - 1 - len)) > 0)
		len += (size_t)got;
	out[len] = '\0';
	return got == 0 || (got < 0 && errno == ECONNRESET);
}

static void
assert_answer(const char *said, size_t len, const char *expected)
{
	char heard[4096];
	int fd = visit();

	say(fd, said, len);
	ck_assert_msg(hear(fd, heard, sizeof heard), "%s: not closed", said);
	ck_assert_str_eq(heard, expected);
	close(fd);
}

#define OK_TEXT "ok\nx\n  first   "

static const struct {
	const char *said, *answer;
	unsigned called;
} line_cases[] = {
	{ "status\n", OK_TEXT "-\n  second  -\n", 1 },
	{ "status\r\n", "refused\nnot a line of words\n", 0 },
	{ "status a\n", OK_TEXT "a\n  second  -\n", 1 },
	{ "  status  a   b \n", OK_TEXT "a\n  second  b\n", 1 },
	{ "status json\n", "ok\n{\"x\":{\"first\":\"\",\"second\":\"\"}}\n",
	    1 },
	{ "status a b json\n",
	    "ok\n{\"x\":{\"first\":\"a\",\"second\":\"b\"}}\n", 1 },
	{ "status a b c\n", "refused\ntoo many arguments\n", 0 },
	{ "status json json\n",
	    "ok\n{\"x\":{\"first\":\"json\",\"second\":\"\"}}\n", 1 },
	{ "refuse\n", "refused\none\ntwo 2\n", 1 },
	{ "metrics\n", "ok\nm 1\n", 1 },
	{ "metrics json\n", "ok\nm 1\n", 1 },
	{ "metrics a\n", "refused\ntoo many arguments\n", 0 },
	{ "\n", "refused\nnot a line of words\n", 0 },
	{ "json\n", "refused\nunknown command\n", 0 },
	{ "statu\n", "refused\nunknown command\n", 0 },
	{ "status\x01\n", "refused\nnot a line of words\n", 0 },
	{ "st\xc3\xa9tus\n", "refused\nnot a line of words\n", 0 },
	{ "a b c d e f g\n", "refused\nnot a line of words\n", 0 },
	{ "status\nstatus\n", "refused\nmore than a line\n", 0 },
	{ "GET /metrics HTTP/1.1\n", "refused\nunknown command\n", 0 },
};

START_TEST(a_line_has_one_answer)
{
	assert_answer(line_cases[_i].said, strlen(line_cases[_i].said),
	    line_cases[_i].answer);
	ck_assert_uint_eq(called, line_cases[_i].called);
}
END_TEST

START_TEST(a_zero_byte_is_garbage)
{
	assert_answer("status\0x\n", 9, "refused\nnot a line of words\n");
}
END_TEST

#define HEAD(status, type, length)                                             \
	"HTTP/1.1 " status "\r\nContent-Type: " type                           \
	"\r\nContent-Length: " length "\r\nConnection: close\r\n\r\n"
#define PLAIN "text/plain; charset=utf-8"

static const struct {
	const char *said, *answer;
	unsigned called;
} http_cases[] = {
	{ "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
	    HEAD("200 OK", "text/x", "4") "m 1\n", 1 },
	{ "GET /metrics HTTP/1.0\r\n\r\n",
	    HEAD("200 OK", "text/x", "4") "m 1\n", 1 },
	{ "GET /down HTTP/1.1\r\n\r\n",
	    HEAD("503 Service Unavailable", PLAIN, "10") "one\ntwo 2\n", 1 },
	{ "GET / HTTP/1.1\r\n\r\n",
	    HEAD("404 Not Found", PLAIN, "17") "there is nothing\n", 0 },
	{ "GET /status HTTP/1.1\r\n\r\n",
	    HEAD("404 Not Found", PLAIN, "17") "there is nothing\n", 0 },
	{ "GET metrics HTTP/1.1\r\n\r\n",
	    HEAD("404 Not Found", PLAIN, "17") "there is nothing\n", 0 },
	{ "POST /metrics HTTP/1.1\r\n\r\n",
	    HEAD("405 Method Not Allowed", PLAIN, "12") "only GET is\n", 0 },
	{ "GET  HTTP/1.1\r\n\r\n",
	    HEAD("400 Bad Request", PLAIN, "14") "not a request\n", 0 },
	{ "GET /metrics x HTTP/1.1\r\n\r\n",
	    HEAD("400 Bad Request", PLAIN, "14") "not a request\n", 0 },
};

START_TEST(who_speaks_http_is_answered_in_it)
{
	assert_answer(http_cases[_i].said, strlen(http_cases[_i].said),
	    http_cases[_i].answer);
	ck_assert_uint_eq(called, http_cases[_i].called);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	static const char *const said[] = { "status a\n",
		"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" };
	char heard[256];
	int fd;

	for (size_t i = 0; i < COUNT(said); i++) {
		fd = visit();
		for (const char *at = said[i]; *at != '\0'; at++) {
			ck_assert(!hear(fd, heard, sizeof heard));
			ck_assert_uint_eq(called, i);
			say(fd, at, 1);
		}
		ck_assert(hear(fd, heard, sizeof heard));
		ck_assert_uint_eq(called, i + 1);
		close(fd);
	}
}
END_TEST

START_TEST(a_line_has_an_end)
{
	static char line[ADMIN_LINE_MAX + 1];

	memset(line, ' ', sizeof line);
	memcpy(line, "status", 6);
	line[ADMIN_LINE_MAX - 1] = '\n';
	assert_answer(line, ADMIN_LINE_MAX, OK_TEXT "-\n  second  -\n");
	line[ADMIN_LINE_MAX - 1] = ' ';
	line[ADMIN_LINE_MAX] = '\n';
	assert_answer(line, ADMIN_LINE_MAX, "refused\ntoo long a line\n");
	assert_answer(line, ADMIN_LINE_MAX + 1, "refused\ntoo long a line\n");
}
END_TEST

START_TEST(a_header_has_an_end)
{
	static char request[ADMIN_HTTP_MAX + 1];

	memset(request, 'x', sizeof request);
	memcpy(request, "GET /metrics HTTP/1.1\r\n", 23);
	assert_answer(request, ADMIN_HTTP_MAX,
	    HEAD("431 Request Header Fields Too Large", PLAIN,
		"9") "too long\n");
	memcpy(request + ADMIN_HTTP_MAX - 4, "\r\n\r\n", 4);
	assert_answer(
	    request, ADMIN_HTTP_MAX, HEAD("200 OK", "text/x", "4") "m 1\n");
}
END_TEST

START_TEST(an_answer_may_come_later)
{
	struct report *report = report_new();
	char heard[64];
	int fd = visit();

	say(fd, "hold\n", 5);
	ck_assert_ptr_nonnull(held);
	ck_assert(!hear(fd, heard, sizeof heard));
	/* What else is said is nothing to it, and half an end is none. */
	say(fd, "status\n", 7);
	shutdown(fd, SHUT_WR);
	turn();
	admin_tell(held, report);
	ck_assert(hear(fd, heard, sizeof heard));
	ck_assert_uint_eq(called, 1);
	close(fd);
	report_free(report);
}
END_TEST

START_TEST(a_visitor_may_leave_before_its_answer)
{
	int fd = visit();

	say(fd, "hold\n", 5);
	close(fd);
	turn();
	admin_refuse(held, "%s", "too late");
	turn();
	assert_answer("refuse\n", 7, "refused\none\ntwo 2\n");
}
END_TEST

START_TEST(the_socket_may_close_before_the_answer)
{
	char heard[64];
	int fd = visit();

	say(fd, "hold\n", 5);
	admin_close(admin);
	admin = NULL;
	ck_assert(hear(fd, heard, sizeof heard));
	ck_assert_str_eq(heard, "");
	admin_refuse(held, "%s", "too late");
	close(fd);
}
END_TEST

START_TEST(who_reads_slowly_keeps_nobody_waiting)
{
	static char heard[5 << 20];
	int fd = visit();

	say(fd, "flood\n", 6);
	assert_answer("refuse\n", 7, "refused\none\ntwo 2\n");
	while (!hear(fd, heard, 4096))
		turn();
	close(fd);
	/* Who does not read at all, and goes. */
	fd = visit();
	say(fd, "flood\n", 6);
	close(fd);
	assert_answer("refuse\n", 7, "refused\none\ntwo 2\n");
}
END_TEST

START_TEST(visitors_beyond_the_most_wait_for_others_to_go)
{
	int fds[ADMIN_VISITORS_MAX], late;
	char heard[64];

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = visit();
	turn();
	late = visit();
	say(late, "refuse\n", 7);
	ck_assert(!hear(late, heard, sizeof heard));
	ck_assert_uint_eq(called, 0);
	close(fds[0]);
	ck_assert(hear(late, heard, sizeof heard));
	ck_assert_str_eq(heard, "refused\none\ntwo 2\n");
	close(late);
	for (size_t i = 1; i < COUNT(fds); i++)
		close(fds[i]);
}
END_TEST

START_TEST(the_socket_is_its_owners_alone)
{
	struct stat about;

	ck_assert_int_eq(stat(path, &about), 0);
	ck_assert_uint_eq(about.st_mode & 0777, 0600);
}
END_TEST

/* Visits under another account, where we can have one. */
static void
visit_as(uid_t uid, const char *said, char *heard, size_t room)
{
	int out[2], status;
	size_t len = 0;
	ssize_t got;
	pid_t child;

	ck_assert_int_eq(pipe(out), 0);
	if ((child = fork()) == 0) {
		struct sockaddr_un at = { .sun_family = AF_UNIX };
		char some[256];
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		strcpy(at.sun_path, path);
		if (setuid(uid) != 0 ||
		    connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
			_exit(EXIT_FAILURE);
		(void)!send(fd, said, strlen(said), MSG_NOSIGNAL);
		while ((got = read(fd, some, sizeof some)) > 0)
			(void)!write(out[1], some, (size_t)got);
		_exit(EXIT_SUCCESS);
	}
	close(out[1]);
	while (waitpid(child, &status, WNOHANG) == 0)
		turn();
	while ((got = read(out[0], heard + len, room - 1 - len)) > 0)
		len += (size_t)got;
	heard[len] = '\0';
	close(out[0]);
	ck_assert_int_eq(status, 0);
}

START_TEST(accounts_may_what_they_were_given)
{
	static const uid_t reader = 65534, stranger = 65533;
	char heard[256];

	if (geteuid() != 0) {
		puts("note: test_admin: only root can visit as another");
		open_admin(NULL, 0);
		return;
	}
	open_admin(&reader, 1);
	visit_as(reader, "metrics\n", heard, sizeof heard);
	ck_assert_str_eq(heard, "ok\nm 1\n");
	visit_as(reader, "refuse\n", heard, sizeof heard);
	ck_assert_str_eq(
	    heard, "refused\nthis is for root and the daemon's own account\n");
	ck_assert_uint_eq(called, 1);
	visit_as(stranger, "metrics\n", heard, sizeof heard);
	ck_assert_str_eq(heard, "");
	admin_set_readers(admin, &stranger, 1);
	visit_as(reader, "metrics\n", heard, sizeof heard);
	ck_assert_str_eq(heard, "");
	visit_as(stranger, "metrics\n", heard, sizeof heard);
	ck_assert_str_eq(heard, "ok\nm 1\n");
	ck_assert_uint_eq(called, 2);
}
END_TEST

/* An upgrade: who comes waits for the next, who was here is answered. */
START_TEST(another_has_the_socket_when_it_was_left)
{
	struct admin_options options = { .program = "test",
		.commands = commands,
		.command_count = COUNT(commands),
		.ctx = directory,
		.ours = true,
		.rests = true };
	int here = visit(), later;
	struct admin *next;
	char heard[256];

	say(here, "hold\n", 5);
	ck_assert_ptr_nonnull(held);
	options.listener = dup(admin_listener(admin));
	ck_assert_ptr_nonnull(next = admin_open(base, path, &options));
	admin_leave(admin);
	ck_assert_int_eq(admin_listener(admin), -1);
	later = visit();
	say(later, "metrics\n", 8);
	ck_assert(!hear(later, heard, sizeof heard));
	ck_assert_uint_eq(called, 1);
	admin_refuse(held, "enough");
	ck_assert(hear(here, heard, sizeof heard));
	ck_assert_str_eq(heard, "refused\nenough\n");
	admin_go_on(next);
	ck_assert(hear(later, heard, sizeof heard));
	ck_assert_str_eq(heard, "ok\nm 1\n");
	admin_close(admin);
	ck_assert_int_eq(access(path, F_OK), 0); /* it is the next one's */
	admin = next;
	close(here);
	close(later);
}
END_TEST

static Suite *
admin_suite(void)
{
	Suite *suite = suite_create("admin");
	TCase *tcase = tcase_create("admin");
	TCase *accounts = tcase_create("accounts");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_line_has_one_answer, 0, COUNT(line_cases));
	tcase_add_test(tcase, a_zero_byte_is_garbage);
	tcase_add_loop_test(
	    tcase, who_speaks_http_is_answered_in_it, 0, COUNT(http_cases));
	tcase_add_test(tcase, a_request_may_come_byte_by_byte);
	tcase_add_test(tcase, a_line_has_an_end);
	tcase_add_test(tcase, a_header_has_an_end);
	tcase_add_test(tcase, an_answer_may_come_later);
	tcase_add_test(tcase, a_visitor_may_leave_before_its_answer);
	tcase_add_test(tcase, the_socket_may_close_before_the_answer);
	tcase_add_test(tcase, who_reads_slowly_keeps_nobody_waiting);
	tcase_add_test(tcase, visitors_beyond_the_most_wait_for_others_to_go);
	tcase_add_test(tcase, the_socket_is_its_owners_alone);
	tcase_add_test(tcase, another_has_the_socket_when_it_was_left);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(accounts, NULL, tear_down);
	tcase_add_test(accounts, accounts_may_what_they_were_given);
	suite_add_tcase(suite, accounts);
	return suite;
}

UNIT_MAIN(admin_suite)
