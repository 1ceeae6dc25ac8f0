/*
 * Arrivals; the contract is in arrivals.h.
 */
#include "admin/arrivals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/shortage.h"

struct arrivals {
	struct event *arrival, *again;
	void (*take)(int fd, void *ctx);
	void *ctx;
};

static void
arrived(evutil_socket_t listener, short what, void *ctx)
{
	static const struct timeval pause = { 1, 0 };
	struct arrivals *arrivals = ctx;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd >= 0) {
		arrivals->take(fd, arrivals->ctx);
	} else if (is_shortage(errno)) {
		log_event(LOG_LEVEL_WARN, "not-accepted", "reason=\"%s\"",
		    strerror(errno));
		event_del(arrivals->arrival);
		event_add(arrivals->again, &pause);
	}
}

static void
paused(evutil_socket_t fd, short what, void *ctx)
{
	struct arrivals *arrivals = ctx;

	(void)fd;
	(void)what;
	event_add(arrivals->arrival, NULL);
}

struct arrivals *
arrivals_new(struct event_base *base, int listener,
    void (*take)(int fd, void *ctx), void *ctx)
{
	struct arrivals *arrivals = calloc(1, sizeof *arrivals);

	if (arrivals == NULL)
		return NULL;
	arrivals->take = take;
	arrivals->ctx = ctx;
	arrivals->arrival =
	    event_new(base, listener, EV_READ | EV_PERSIST, arrived, arrivals);
	arrivals->again = event_new(base, -1, 0, paused, arrivals);
	if (arrivals->arrival != NULL && arrivals->again != NULL)
		return arrivals;
	arrivals_free(arrivals);
	return NULL;
}

int
arrivals_watch(struct arrivals *arrivals, bool watched)
{
	event_del(arrivals->again);
	return watched ? event_add(arrivals->arrival, NULL)
		       : event_del(arrivals->arrival);
}

int
arrivals_listener(const struct arrivals *arrivals)
{
	return event_get_fd(arrivals->arrival);
}

void
arrivals_free(struct arrivals *arrivals)
{
	if (arrivals == NULL)
		return;
	if (arrivals->arrival != NULL)
		event_free(arrivals->arrival);
	if (arrivals->again != NULL)
		event_free(arrivals->again);
	free(arrivals);
}
