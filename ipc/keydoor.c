/*
 * The contract is in keydoor.h. frontd has its own way to keyd
 * (frontd/keylink.c), since it gives what it gets to other processes.
 */
#include "ipc/keydoor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "ipc/backoff.h"
#include "ipc/keymaster.h"

struct keydoor {
	struct keyclient *client;
	struct event_base *base;
	char *path;
	struct keymaster *keyd; /* NULL: gone */
	struct event *readable, *writable, *retry;
	struct backoff backoff;
};

static void keyd_ready(evutil_socket_t, short what, void *);

static void
leave(struct keydoor *door)
{
	if (door->readable != NULL)
		event_free(door->readable);
	if (door->writable != NULL)
		event_free(door->writable);
	door->readable = door->writable = NULL;
	keymaster_free(door->keyd);
	door->keyd = NULL;
}

/* -1 and errno, with nothing left behind. */
static int
enter(struct keydoor *door)
{
	int fd, error;

	backoff_started(&door->backoff, clock_ms());
	if ((door->keyd = keymaster_connect(door->path)) == NULL)
		return -1;
	fd = keymaster_fd(door->keyd);
	door->readable =
	    event_new(door->base, fd, EV_READ | EV_PERSIST, keyd_ready, door);
	door->writable = event_new(door->base, fd, EV_WRITE, keyd_ready, door);
	if (door->readable != NULL && door->writable != NULL &&
	    event_add(door->readable, NULL) == 0 &&
	    keymaster_newchannel(door->keyd, 0) &&
	    event_add(door->writable, NULL) == 0)
		return 0;
	error = errno;
	leave(door);
	errno = error;
	return -1;
}

static void
try_later(struct keydoor *door)
{
	unsigned ms = backoff_died(&door->backoff, clock_ms());
	const struct timeval wait = { ms / 1000,
		(suseconds_t)(ms % 1000) * 1000 };

	leave(door);
	event_add(door->retry, &wait);
}

static void
retry(evutil_socket_t fd, short what, void *ctx)
{
	struct keydoor *door = ctx;

	(void)fd;
	(void)what;
	if (enter(door) != 0)
		try_later(door);
}

static void
keyd_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct keydoor *door = ctx;
	struct keymaster_news news;
	enum keymaster_event event;

	(void)fd;
	/* That it fails is found by reading. */
	if ((what & EV_WRITE) != 0 && keymaster_flush(door->keyd) &&
	    keymaster_waiting(door->keyd))
		event_add(door->writable, NULL);
	while ((event = keymaster_receive(door->keyd, &news)) !=
	       KEYMASTER_NOTHING) {
		if (event == KEYMASTER_DISCONNECTED ||
		    event == KEYMASTER_REFUSED) {
			try_later(door);
			return;
		}
		/* Without memory for it there is one signer less. */
		if (event == KEYMASTER_CHANNEL)
			(void)keyclient_attach(door->client, news.fd);
	}
}

struct keydoor *
keydoor_new(
    struct keyclient *client, struct event_base *base, const char *socket_path)
{
	struct keydoor *door = calloc(1, sizeof *door);
	int error;

	if (door == NULL)
		return NULL;
	door->client = client;
	door->base = base;
	door->path = strdup(socket_path);
	door->retry = evtimer_new(base, retry, door);
	if (door->path != NULL && door->retry != NULL && enter(door) == 0)
		return door;
	error = errno;
	keydoor_free(door);
	errno = error;
	return NULL;
}

void
keydoor_free(struct keydoor *door)
{
	if (door == NULL)
		return;
	leave(door);
	if (door->retry != NULL)
		event_free(door->retry);
	free(door->path);
	free(door);
}
