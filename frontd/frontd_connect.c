/*
 * frontd-connect: opens sockets to backends and hands them to workers, who
 * cannot. A worker names a site; the addresses are the master's word.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "frontd/control.h"
#include "ipc/spawn.h"
#include "policy/profiles.h"

#define WORKERS_MAX 64
#define QUEUE_MAX 1024

static struct control_backend backends[CONTROL_SITES_MAX];
static struct channel *workers[WORKERS_MAX];
static struct channel *control;
static bool started;

/* A socket on its way to the site's backend, or -1 with errno. */
static int
open_backend(uint16_t site)
{
	const struct control_backend *backend;
	const int yes = 1;
	int fd;

	if (site >= CONTROL_SITES_MAX || backends[site].address_len == 0) {
		errno = ENOENT;
		return -1;
	}
	backend = &backends[site];
	fd = socket(backend->address.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (backend->address.ss_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (connect(fd, (const struct sockaddr *)&backend->address,
		backend->address_len) == 0 ||
	    errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

static bool
answer(struct channel *worker, struct slice packet)
{
	struct control_connected answer = { .type = CONTROL_CONNECTED };
	struct control_connect request;
	bool queued;
	int fd;

	if (control_type(packet) != CONTROL_CONNECT ||
	    !control_take(packet, &request, sizeof request))
		return false;
	answer.request = request.request;
	if ((fd = open_backend(request.site)) < 0)
		answer.error = errno;
	queued = channel_send(worker, slice_of(&answer, sizeof answer), fd);
	if (fd >= 0)
		close(fd);
	return queued && channel_flush(worker) <= CHANNEL_PACKET;
}

static void
worker_ready(struct channel **worker)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	size_t len;

	while ((event = channel_receive(*worker, packet, sizeof packet, &len,
		    NULL)) == CHANNEL_PACKET)
		if (!answer(*worker, slice_of(packet, len)))
			break;
	if (event == CHANNEL_EMPTY)
		return;
	channel_free(*worker);
	*worker = NULL;
}

/* Takes fd. */
static void
add_worker(int fd)
{
	for (size_t i = 0; fd >= 0 && i < WORKERS_MAX; i++) {
		if (workers[i] != NULL)
			continue;
		workers[i] = channel_new(fd, QUEUE_MAX);
		return;
	}
	if (fd >= 0)
		close(fd);
}

static void
seal(const struct control_start *start)
{
	struct policy_request ask = { .strictness = start->strictness };
	struct control_confined report = { .type = CONTROL_CONFINED };

	policy_enter(&frontd_connect_profile, &ask, &report.confinement);
	if (!channel_send(control, slice_of(&report, sizeof report), -1))
		exit(EXIT_FAILURE);
	channel_flush(control);
	started = true;
}

static void
take_order(struct slice packet, int fd)
{
	struct control_backend backend;
	struct control_start start;

	switch (control_type(packet)) {
	case CONTROL_BACKEND:
		if (control_take(packet, &backend, sizeof backend) &&
		    backend.site < CONTROL_SITES_MAX)
			backends[backend.site] = backend;
		break;
	case CONTROL_CONNECTOR:
		add_worker(fd);
		break;
	case CONTROL_START:
		if (!started && control_take(packet, &start, sizeof start))
			seal(&start);
		break;
	}
}

static void
control_ready(void)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	size_t len;
	int fd;

	while ((event = channel_receive(control, packet, sizeof packet, &len,
		    &fd)) == CHANNEL_PACKET)
		take_order(slice_of(packet, len), fd);
	if (event != CHANNEL_EMPTY)
		exit(EXIT_SUCCESS); /* the master is gone, and so are we */
}

int
main(void)
{
	struct pollfd fds[1 + WORKERS_MAX];
	struct channel **of[1 + WORKERS_MAX];
	nfds_t count;

	log_open("frontd-connect", LOG_LEVEL_INFO);
	if ((control = channel_new(SPAWN_CONTROL_FD, 16)) == NULL)
		return EXIT_FAILURE;
	for (;;) {
		count = 0;
		fds[count++] =
		    (struct pollfd){ channel_fd(control), POLLIN, 0 };
		for (size_t i = 0; i < WORKERS_MAX; i++) {
			if (workers[i] == NULL)
				continue;
			of[count] = &workers[i];
			fds[count++] = (struct pollfd){ channel_fd(workers[i]),
				POLLIN, 0 };
		}
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			return EXIT_FAILURE;
		for (nfds_t i = 1; i < count; i++)
			if (fds[i].revents != 0)
				worker_ready(of[i]);
		if (fds[0].revents != 0)
			control_ready();
	}
}
