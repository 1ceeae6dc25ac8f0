/*
 * What is told to a service manager; the contract is in service.h.
 */
#include "admin/service.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PASSED 3
#define PASSED_MAX 16
#define MESSAGE_MAX 512
#define MICROS 1000000

static int notify = -1;
static struct event *watchdog;
static uint64_t patience_us; /* 0: there is no watchdog */
static struct {
	int fd;
	char name[64];
} passed[PASSED_MAX];
static size_t passed_count;

/* ---- the environment ---- */

/* A number and nothing else; 0: it is none. */
static uint64_t
number_in(const char *variable)
{
	const char *text = getenv(variable);
	char *end;
	unsigned long long number;

	if (text == NULL || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	number = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0 ? number : 0;
}

/* An absolute path, or @ and a name without one. Connected, or -1. */
static int
connect_notify(const char *where)
{
	static const struct timeval most = { 1, 0 };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t len = where != NULL ? strlen(where) : 0;
	int fd;

	if (len < 2 || len >= sizeof at.sun_path ||
	    (where[0] != '/' && where[0] != '@'))
		return -1;
	memcpy(at.sun_path, where, len);
	if (where[0] == '@')
		at.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* What is told must not get lost because others are told of just now.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) == 0 &&
	    connect(fd, (const struct sockaddr *)&at,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The watchdog may be another process's of ours. */
static uint64_t
find_patience(void)
{
	if (getenv("WATCHDOG_PID") != NULL &&
	    number_in("WATCHDOG_PID") != (uint64_t)getpid())
		return 0;
	return number_in("WATCHDOG_USEC");
}

static void
take_passed(void)
{
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t count = number_in("LISTEN_FDS");
	size_t len;

	if (number_in("LISTEN_PID") != (uint64_t)getpid())
		return;
	for (size_t i = 0; i < count && i < PASSED_MAX; i++) {
		passed[i].fd = FIRST_PASSED + (int)i;
		fcntl(passed[i].fd, F_SETFD, FD_CLOEXEC);
		passed_count++;
		if (names == NULL)
			continue;
		len = strcspn(names, ":");
		snprintf(passed[i].name, sizeof passed[i].name, "%.*s",
		    (int)len, names);
		names = names[len] == ':' ? names + len + 1 : NULL;
	}
}

void
service_open(void)
{
	static const char *const ours[] = { "NOTIFY_SOCKET", "WATCHDOG_PID",
		"WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };

	notify = connect_notify(getenv("NOTIFY_SOCKET"));
	patience_us = find_patience();
	take_passed();
	for (size_t i = 0; i < COUNT(ours); i++)
		unsetenv(ours[i]);
}

/* ---- sockets ---- */

static int
option_of(int fd, int option)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value
								     : -1;
}

/* What a socket unit without a name calls its descriptors ends in this. */
static bool
is_named(const char *is, const char *name)
{
	size_t len = strlen(is);

	return strcmp(is, name) == 0 || len == 0 ||
	       (len > 7 && strcmp(is + len - 7, ".socket") == 0) ||
	       strcmp(is, "unknown") == 0;
}

int
service_socket(const char *name, int type)
{
	int fd;

	for (size_t i = 0; i < passed_count; i++) {
		fd = passed[i].fd;
		if (fd < 0 || !is_named(passed[i].name, name) ||
		    option_of(fd, SO_DOMAIN) != AF_UNIX ||
		    option_of(fd, SO_TYPE) != type ||
		    option_of(fd, SO_ACCEPTCONN) != 1)
			continue;
		passed[i].fd = -1;
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		return fd;
	}
	return -1;
}

/* ---- telling ---- */

static void
tell(const char *message)
{
	ssize_t written;

	if (notify < 0)
		return;
	do
		written = write(notify, message, strlen(message));
	while (written < 0 && errno == EINTR);
}

/* A status is one line. */
static void
tell_status(const char *before, const char *status)
{
	char message[MESSAGE_MAX];

	snprintf(message, sizeof message, "%sSTATUS=%.*s", before,
	    (int)strcspn(status, "\n"), status);
	tell(message);
}

void
service_ready(const char *status)
{
	tell_status("READY=1\n", status);
}

void
service_status(const char *status)
{
	tell_status("", status);
}

void
service_reloading(void)
{
	char message[MESSAGE_MAX];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(message, sizeof message, "RELOADING=1\nMONOTONIC_USEC=%llu",
	    (unsigned long long)now.tv_sec * MICROS +
		(unsigned long long)now.tv_nsec / 1000);
	tell(message);
}

void
service_stopping(void)
{
	tell("STOPPING=1");
}

/* ---- the watchdog ---- */

static void
alive(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	tell("WATCHDOG=1");
}

bool
service_watch(struct event_base *base)
{
	const struct timeval half = { (time_t)(patience_us / 2 / MICROS),
		(suseconds_t)(patience_us / 2 % MICROS) };

	if (patience_us < 2 || notify < 0)
		return true;
	watchdog = event_new(base, -1, EV_PERSIST, alive, NULL);
	if (watchdog == NULL || event_add(watchdog, &half) != 0)
		return false;
	tell("WATCHDOG=1");
	return true;
}

void
service_close(void)
{
	if (watchdog != NULL)
		event_free(watchdog);
	watchdog = NULL;
	if (notify >= 0)
		close(notify);
	notify = -1;
}

void
service_pass_on(pid_t pid)
{
	char message[64];

	snprintf(message, sizeof message, "MAINPID=%d", (int)pid);
	tell(message);
	service_close();
}
