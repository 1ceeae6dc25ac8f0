/*
 * The administration's socket; the contract is in admin.h. A visitor is read
 * from until its request is whole, then waits for its answer unread, then is
 * written to; there is no way back.
 */
#include "admin/admin.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/arrivals.h"
#include "admin/text.h"
#include "base/clock.h"
#include "base/log.h"
#include "ipc/endpoint.h"

#define WORDS_MAX (1 + ADMIN_ARGUMENTS_MAX + 1)
#define REASONS_MAX 8192

struct admin_request {
	struct admin *admin; /* NULL: closed, and so is fd */
	int fd;              /* -1: the visitor is gone */
	struct event *readable, *writable, *too_late;
	struct admin_request *next;
	bool reader; /* may change nothing */
	bool waits;  /* a handler has it */
	bool http, json;
	char text[ADMIN_HTTP_MAX]; /* what was said; words are cut out of it */
	size_t len;
	const char *words[WORDS_MAX];
	unsigned word_count;
	struct writer answer;
	size_t sent;
};

struct admin {
	struct event_base *base;
	struct admin_options options;
	uid_t readers[ADMIN_READERS_MAX];
	char path[108];            /* empty: not ours to remove */
	struct arrivals *arrivals; /* NULL: they were left */
	struct admin_request *visitors;
	unsigned visitor_count, reading; /* of them readers */
};

/* ---- coming and going ---- */

static void
request_free(struct admin_request *request)
{
	writer_free(&request->answer);
	free(request);
}

static void
unlink_visitor(struct admin *admin, const struct admin_request *request)
{
	struct admin_request **at = &admin->visitors;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	admin->visitor_count--;
	admin->reading -= request->reader ? 1 : 0;
}

/* The request itself stays while a handler has it. */
static void
let_go(struct admin_request *request)
{
	struct admin *admin = request->admin;

	if (admin != NULL) {
		unlink_visitor(admin, request);
		if (admin->arrivals != NULL)
			arrivals_watch(admin->arrivals, true);
	}
	if (request->readable != NULL)
		event_free(request->readable);
	if (request->writable != NULL)
		event_free(request->writable);
	if (request->too_late != NULL)
		event_free(request->too_late);
	request->readable = request->writable = request->too_late = NULL;
	if (request->fd >= 0)
		close(request->fd);
	request->fd = -1;
	request->admin = NULL;
	if (!request->waits)
		request_free(request);
}

static void
expired(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	let_go(ctx);
}

static void
allow_time(struct admin_request *request, int seconds)
{
	const struct timeval time = { seconds, 0 };

	event_add(request->too_late, &time);
}

/* ---- the answer ---- */

static void
write_on(struct admin_request *request)
{
	struct slice all;
	ssize_t written;

	if (!writer_result(&request->answer, &all)) {
		let_go(request);
		return;
	}
	while (request->sent < all.len) {
		written = write(request->fd, all.data + request->sent,
		    all.len - request->sent);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN)
			return;
		if (written < 0)
			break;
		request->sent += (size_t)written;
	}
	let_go(request);
}

static void
room_again(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	write_on(ctx);
}

/* In HTTP as little as RFC 9112 asks of who closes after one answer. */
static void
answer(struct admin_request *request, const char *status, const char *word,
    const char *type, struct slice body)
{
	request->waits = false;
	if (request->admin == NULL) {
		request_free(request);
		return;
	}
	writer_init(&request->answer, ADMIN_ANSWER_MAX);
	if (request->http)
		text_format(&request->answer,
		    "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: "
		    "%zu\r\nConnection: close\r\n\r\n",
		    status, type, body.len);
	else
		text_format(&request->answer, "%s\n", word);
	writer_bytes(&request->answer, body);
	request->sent = 0;
	allow_time(request, ADMIN_TALK_S);
	/* From the loop, not from inside of who answers. */
	event_add(request->writable, NULL);
}

static void
refuse(struct admin_request *request, const char *status, const char *reasons)
{
	char lines[REASONS_MAX];
	size_t len = strlen(reasons);
	int used;

	used = snprintf(lines, sizeof lines, "%s%s", reasons,
	    len > 0 && reasons[len - 1] == '\n' ? "" : "\n");
	len = (size_t)used < sizeof lines ? (size_t)used : sizeof lines - 1;
	answer(request, status, "refused", "text/plain; charset=utf-8",
	    slice_of(lines, len));
}

void
admin_refuse(struct admin_request *request, const char *format, ...)
{
	char reasons[REASONS_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(reasons, sizeof reasons, format, args);
	va_end(args);
	refuse(request, "503 Service Unavailable", reasons);
}

void
admin_tell_text(
    struct admin_request *request, struct slice text, const char *type)
{
	answer(request, "200 OK", "ok", type, text);
}

void
admin_tell(struct admin_request *request, const struct report *report)
{
	struct writer out;
	struct slice body;

	writer_init(&out, ADMIN_ANSWER_MAX);
	if (request->json)
		report_print_json(report, &out);
	else
		report_print_text(report, &out);
	if (!writer_result(&out, &body))
		admin_refuse(request, "there is too much to tell");
	else
		answer(request, "200 OK", "ok",
		    request->json ? "application/json"
				  : "text/plain; charset=utf-8",
		    body);
	writer_free(&out);
}

/* ---- the request ---- */

const char *
admin_argument(const struct admin_request *request, unsigned number)
{
	return number + 1 < request->word_count ? request->words[number + 1]
						: "";
}

bool
admin_wants_json(const struct admin_request *request)
{
	return request->json;
}

static const struct admin_command *
find_command(const struct admin *admin, const char *word)
{
	for (size_t i = 0; i < admin->options.command_count; i++)
		if (strcmp(admin->options.commands[i].word, word) == 0)
			return &admin->options.commands[i];
	return NULL;
}

/* Cuts the first len bytes, a line of printable ASCII, at its spaces. False: it
 * is no such line, or has too many words, or none. */
static bool
cut(struct admin_request *request, size_t len)
{
	char *word, *rest = request->text;

	for (size_t i = 0; i < len; i++)
		if (rest[i] < ' ' || rest[i] > '~')
			return false;
	rest[len] = '\0';
	request->word_count = 0;
	while ((word = strtok_r(rest, " ", &rest)) != NULL) {
		if (request->word_count == WORDS_MAX)
			return false;
		request->words[request->word_count++] = word;
	}
	return request->word_count > 0;
}

static void
take_json(struct admin_request *request)
{
	if (request->word_count < 2 ||
	    strcmp(request->words[request->word_count - 1], "json") != 0)
		return;
	request->json = true;
	request->word_count--;
}

static void
handle(struct admin_request *request, const struct admin_command *command)
{
	struct admin *admin = request->admin;

	request->waits = true;
	event_del(request->readable);
	allow_time(request, ADMIN_ANSWER_S);
	if (request->reader && (command->flags & ADMIN_CHANGES) != 0)
		refuse(request, "403 Forbidden",
		    "this is for root and the daemon's own account");
	else
		command->handle(request, admin->options.ctx);
}

/* One that is not to be handled. */
static void
turn_down(struct admin_request *request, const char *status, const char *reason)
{
	request->waits = true;
	event_del(request->readable);
	refuse(request, status, reason);
}

static void
take_line(struct admin_request *request, size_t len)
{
	const struct admin_command *command;

	if (!cut(request, len)) {
		turn_down(request, "", "not a line of words");
		return;
	}
	take_json(request);
	command = find_command(request->admin, request->words[0]);
	if (command == NULL)
		turn_down(request, "", "unknown command");
	else if (request->word_count - 1 > command->arguments_most)
		turn_down(request, "", "too many arguments");
	else
		handle(request, command);
}

/* RFC 9112, 3: method, target, version. */
static void
take_http(struct admin_request *request, size_t len)
{
	const struct admin_command *command;

	request->http = true;
	if (!cut(request, len) || request->word_count != 3) {
		turn_down(request, "400 Bad Request", "not a request");
		return;
	}
	if (strcmp(request->words[0], "GET") != 0) {
		turn_down(request, "405 Method Not Allowed", "only GET is");
		return;
	}
	command = request->words[1][0] == '/'
		      ? find_command(request->admin, request->words[1] + 1)
		      : NULL;
	request->word_count = 1;
	if (command == NULL || (command->flags & ADMIN_HTTP) == 0)
		turn_down(request, "404 Not Found", "there is nothing");
	else
		handle(request, command);
}

/* Whether the first line, of len bytes without its end, is one of HTTP. */
static bool
is_http(const char *line, size_t len)
{
	static const char version[] = " HTTP/1.";
	size_t tail = sizeof version; /* and one digit */

	return len > tail &&
	       memcmp(line + len - tail, version, sizeof version - 1) == 0;
}

/* Ends where its header lines do; they are not read. */
static void
seek_end_of_header(struct admin_request *request, size_t len)
{
	static const char blank[] = "\r\n\r\n";
	const char *text = request->text;

	if (memmem(text, request->len, blank, sizeof blank - 1) != NULL) {
		take_http(request, len);
	} else if (request->len == sizeof request->text) {
		request->http = true;
		turn_down(
		    request, "431 Request Header Fields Too Large", "too long");
	}
}

/* Acts on what has come as soon as it is whole. */
static void
look(struct admin_request *request)
{
	char *end = memchr(request->text, '\n', request->len);
	size_t len = end != NULL ? (size_t)(end - request->text) : request->len;

	if (end == NULL) {
		if (len >= ADMIN_LINE_MAX)
			turn_down(request, "", "too long a line");
		return;
	}
	if (len > 0 && request->text[len - 1] == '\r' &&
	    is_http(request->text, len - 1)) {
		seek_end_of_header(request, len - 1);
	} else if (len >= ADMIN_LINE_MAX) {
		turn_down(request, "", "too long a line");
	} else if (len + 1 < request->len) {
		turn_down(request, "", "more than a line");
	} else {
		take_line(request, len);
	}
}

static void
said(evutil_socket_t fd, short what, void *ctx)
{
	struct admin_request *request = ctx;
	ssize_t got;

	(void)what;
	got = read(fd, request->text + request->len,
	    sizeof request->text - request->len);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		let_go(request);
		return;
	}
	request->len += (size_t)got;
	look(request);
}

/* ---- who may ---- */

static bool
is_reader(const struct admin *admin, uid_t uid)
{
	for (size_t i = 0; i < admin->options.reader_count; i++)
		if (admin->readers[i] == uid)
			return true;
	return false;
}

/* False: the visitor is sent away. Readers leave room for who may do all. */
static bool
may_ask(const struct admin *admin, int fd, bool *reader)
{
	static struct log_seldom refused;
	struct ucred peer;
	socklen_t len = sizeof peer;
	unsigned untold;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return false;
	*reader = peer.uid != 0 && peer.uid != geteuid();
	if (!*reader)
		return true;
	if (is_reader(admin, peer.uid))
		return admin->reading < ADMIN_VISITORS_MAX / 2;
	if (log_seldom(&refused, clock_ms(), &untold))
		log_event(LOG_LEVEL_WARN, "refused",
		    "admin=yes uid=%u peer=%d untold=%u", peer.uid,
		    (int)peer.pid, untold);
	return false;
}

static struct admin_request *
request_new(struct admin *admin, int fd, bool reader)
{
	struct admin_request *request = calloc(1, sizeof *request);

	if (request == NULL) {
		close(fd);
		return NULL;
	}
	request->admin = admin;
	request->fd = fd;
	request->reader = reader;
	admin->reading += reader ? 1 : 0;
	writer_init(&request->answer, ADMIN_ANSWER_MAX);
	request->next = admin->visitors;
	admin->visitors = request;
	if (++admin->visitor_count == ADMIN_VISITORS_MAX &&
	    admin->arrivals != NULL)
		arrivals_watch(admin->arrivals, false);
	request->readable =
	    event_new(admin->base, fd, EV_READ | EV_PERSIST, said, request);
	request->writable = event_new(
	    admin->base, fd, EV_WRITE | EV_PERSIST, room_again, request);
	request->too_late = event_new(admin->base, -1, 0, expired, request);
	if (request->readable == NULL || request->writable == NULL ||
	    request->too_late == NULL) {
		let_go(request);
		return NULL;
	}
	return request;
}

static void
arrived(int fd, void *ctx)
{
	struct admin *admin = ctx;
	struct admin_request *request;
	bool reader;

	if (!may_ask(admin, fd, &reader)) {
		close(fd);
		return;
	}
	if ((request = request_new(admin, fd, reader)) == NULL)
		return;
	allow_time(request, ADMIN_TALK_S);
	event_add(request->readable, NULL);
}

/* ---- the whole ---- */

void
admin_set_readers(struct admin *admin, const uid_t *readers, size_t count)
{
	if (count > ADMIN_READERS_MAX)
		count = ADMIN_READERS_MAX;
	if (count > 0)
		memcpy(admin->readers, readers, count * sizeof *readers);
	admin->options.reader_count = count;
}

struct admin *
admin_open(struct event_base *base, const char *path,
    const struct admin_options *options)
{
	const struct endpoint endpoint = { .program = options->program,
		.path = path,
		.type = SOCK_STREAM,
		.mode = options->reader_count > 0 ? 0666 : 0600,
		.backlog = ADMIN_VISITORS_MAX };
	int fd = options->listener > 0 ? options->listener
				       : endpoint_listen(&endpoint);
	struct admin *admin;

	if (fd < 0)
		return NULL;
	if ((admin = calloc(1, sizeof *admin)) == NULL) {
		close(fd);
		return NULL;
	}
	admin->base = base;
	admin->options = *options;
	admin_set_readers(admin, options->readers, options->reader_count);
	if (options->listener == 0 || options->ours)
		strcpy(admin->path, path);
	admin->arrivals = arrivals_new(base, fd, arrived, admin);
	if (admin->arrivals != NULL &&
	    (options->rests || arrivals_watch(admin->arrivals, true) == 0))
		return admin;
	arrivals_free(admin->arrivals);
	close(fd);
	free(admin);
	return NULL;
}

void
admin_go_on(struct admin *admin)
{
	arrivals_watch(admin->arrivals, true);
}

void
admin_leave(struct admin *admin)
{
	int fd;

	if (admin->arrivals == NULL)
		return;
	fd = arrivals_listener(admin->arrivals);
	/* In this order: the other process keeps what epoll would look at. */
	arrivals_free(admin->arrivals);
	close(fd);
	admin->arrivals = NULL;
	admin->path[0] = '\0';
}

int
admin_listener(const struct admin *admin)
{
	return admin->arrivals != NULL ? arrivals_listener(admin->arrivals)
				       : -1;
}

void
admin_close(struct admin *admin)
{
	if (admin == NULL)
		return;
	while (admin->visitors != NULL)
		let_go(admin->visitors);
	if (admin->arrivals != NULL) {
		close(arrivals_listener(admin->arrivals));
		arrivals_free(admin->arrivals);
	}
	if (admin->path[0] != '\0')
		unlink(admin->path);
	free(admin);
}
