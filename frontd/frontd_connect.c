/*
 * frontd-connect: opens sockets to backends and hands them to workers, who
 * cannot. A worker names a site; the addresses are the master's word. Which of
 * them is asked, and which one next if it does not answer, is decided here, for
 * all workers together.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/shortage.h"
#include "frontd/backends.h"
#include "ipc/spawn.h"
#include "policy/profiles.h"

#define WORKERS_MAX 64
#define QUEUE_MAX 1024
/* Connections on their way at a time; the others are refused. */
#define ATTEMPTS_MAX 3072
/* Until what was short may be there again. */
#define SHORT_MS 50
#define NO_WORKER (-1)

struct worker {
	struct channel *channel; /* NULL: free */
	/* By site, of sites where they are counted: the connections that it has
	 * and gives back, by place; NULL: none yet. */
	uint32_t **open;
};

/* A connection on its way to a backend. */
struct attempt {
	int fd;     /* -1: it waits for the backend's name to be looked up, */
	bool wants; /* or for a descriptor */
	int worker; /* whose; NO_WORKER: it only looks */
	uint32_t request;
	uint16_t site;
	uint8_t backend; /* its place */
	uint64_t tried;  /* a bit for each place */
	uint64_t deadline_ms;
};

/* As the master tells them, in the order of their numbers. */
static struct backends *sites;
static size_t site_count;
/* Those whose backends are looked at. */
static uint16_t *checked;
static size_t checked_count;
static struct worker workers[WORKERS_MAX];
static struct attempt attempts[ATTEMPTS_MAX];
static size_t attempt_count;
/* Descriptors or memory were short: since then some attempt wants one, until
 * there is time to try again; 0: none does. */
static uint64_t short_until_ms;
static struct channel *control;
static bool started;

/* ---- what is said ---- */

static const char *
address_text(const struct backend *backend, char *out, size_t room)
{
	const struct sockaddr_in *v4 = (const void *)&backend->address;
	const struct sockaddr_in6 *v6 = (const void *)&backend->address;
	const struct sockaddr_un *local = (const void *)&backend->address;
	char host[INET6_ADDRSTRLEN] = "?";

	if (backend->address.ss_family == AF_INET) {
		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
		snprintf(out, room, "%s:%u", host, ntohs(v4->sin_port));
	} else if (backend->address.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
		snprintf(out, room, "[%s]:%u", host, ntohs(v6->sin6_port));
	} else if (backend->address.ss_family == AF_UNIX) {
		snprintf(out, room, "unix:%s", local->sun_path);
	} else {
		snprintf(out, room, "none");
	}
	return out;
}

static void
say(enum log_level level, uint16_t site, unsigned backend, const char *state,
    const char *reason)
{
	char title[4 * CONTROL_TITLE_MAX], address[160], escaped[320];

	address_text(&sites[site].at[backend], address, sizeof address);
	log_event(level, "backend", "site=%s address=%s state=%s reason=\"%s\"",
	    log_escaped(
		slice_of_string(sites[site].how.title), title, sizeof title),
	    log_escaped(slice_of_string(address), escaped, sizeof escaped),
	    state, reason);
}

static void
failed(uint16_t site, unsigned backend, int error)
{
	if (backends_failed(&sites[site], backend, error, clock_ms()))
		say(LOG_LEVEL_WARN, site, backend, "down", strerror(error));
}

static void
worked(uint16_t site, unsigned backend)
{
	if (backends_worked(&sites[site], backend, clock_ms()))
		say(LOG_LEVEL_INFO, site, backend, "up", "-");
}

/* ---- workers ---- */

/* It is on its way no more. */
static void
take_out(size_t at, struct attempt *attempt)
{
	*attempt = attempts[at];
	attempts[at] = attempts[--attempt_count];
	sites[attempt->site].at[attempt->backend].on_way--;
}

/* Also what it had open is no more. */
static void
drop_worker(struct worker *worker)
{
	int number = (int)(worker - workers);
	struct attempt attempt;

	for (size_t i = 0; i < site_count; i++) {
		for (unsigned j = 0;
		     worker->open[i] != NULL && j < sites[i].count; j++)
			sites[i].at[j].open -= worker->open[i][j];
		free(worker->open[i]);
	}
	for (size_t i = 0; i < attempt_count;) {
		if (attempts[i].worker != number) {
			i++;
			continue;
		}
		take_out(i, &attempt);
		if (attempt.fd >= 0)
			close(attempt.fd);
	}
	channel_free(worker->channel);
	free(worker->open);
	*worker = (struct worker){ 0 };
}

/* Takes fd. */
static void
add_worker(int fd)
{
	size_t i = 0;

	while (i < WORKERS_MAX && workers[i].channel != NULL)
		i++;
	if (fd < 0)
		return;
	if (i == WORKERS_MAX) {
		close(fd);
		return;
	}
	workers[i].open = calloc(site_count + 1, sizeof *workers[i].open);
	workers[i].channel = channel_new(fd, QUEUE_MAX);
	if (workers[i].open == NULL || workers[i].channel == NULL)
		exit(EXIT_FAILURE);
}

/* Only where that chooses the next are they counted, and the end of each is
 * told. False: it is not. */
static bool
count_open(struct worker *worker, uint16_t site, unsigned backend)
{
	uint32_t **open = &worker->open[site];

	if (sites[site].how.least_connections == 0)
		return false;
	if (*open == NULL)
		*open = calloc(CONTROL_PLACES_MAX, sizeof **open);
	if (*open == NULL)
		return false;
	(*open)[backend]++;
	sites[site].at[backend].open++;
	return true;
}

/* The answer, with fd (closed) when there is no error. */
static void
give(const struct attempt *attempt, int fd, int error)
{
	struct worker *worker = &workers[attempt->worker];
	struct control_connected answer = { .type = CONTROL_CONNECTED,
		.request = attempt->request,
		.error = error,
		.site = attempt->site,
		.backend = CONTROL_UNCOUNTED };
	bool queued;

	if (fd >= 0)
		sites[attempt->site].at[attempt->backend].connections++;
	if (fd >= 0 && count_open(worker, attempt->site, attempt->backend))
		answer.backend = attempt->backend;
	queued = channel_send_now(
	    worker->channel, slice_of(&answer, sizeof answer), fd);
	if (fd >= 0)
		close(fd);
	if (!queued || channel_flush(worker->channel) > CHANNEL_PACKET)
		drop_worker(worker);
}

static void
released(struct worker *worker, const struct control_released *what)
{
	uint32_t *open;

	if (what->site >= site_count || what->backend >= CONTROL_PLACES_MAX)
		return;
	open = worker->open[what->site];
	if (open == NULL || open[what->backend] == 0)
		return; /* of a way to us before this one */
	open[what->backend]--;
	sites[what->site].at[what->backend].open--;
}

/* ---- attempts ---- */

/* A socket on its way, or -1 with errno. */
static int
open_socket(const struct backend *backend)
{
	const int yes = 1;
	int error, fd;

	if (backend->address_len == 0) {
		errno = EHOSTUNREACH; /* its name has none */
		return -1;
	}
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
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void
say_shortage(int error)
{
	static struct log_seldom said;
	uint64_t now = clock_ms();
	unsigned untold;

	short_until_ms = now + SHORT_MS;
	if (log_seldom(&said, now, &untold))
		log_event(LOG_LEVEL_WARN, "limit",
		    "reason=\"%s\" attempts=%zu untold=%u", strerror(error),
		    attempt_count, untold);
}

/* A site may have as many as are left: one whose backends hang leaves room for
 * the others. */
static bool
is_room(const struct backends *site)
{
	return backends_on_way(site) < ATTEMPTS_MAX - attempt_count;
}

/* False with errno: it could not even begin. When that is a shortage, it is no
 * fault of the backend's. */
static bool
begin(struct attempt *attempt)
{
	struct backends *site = &sites[attempt->site];
	struct backend *backend = &site->at[attempt->backend];

	if (!is_room(site)) {
		errno = ENOBUFS;
		return false;
	}
	attempt->fd = backend->awaited ? -1 : open_socket(backend);
	attempt->wants =
	    attempt->fd < 0 && !backend->awaited && is_shortage(errno);
	if (attempt->wants)
		say_shortage(errno);
	else if (attempt->fd < 0 && !backend->awaited)
		return false;
	backend->on_way++;
	attempt->deadline_ms = clock_ms() + site->how.connect_ms;
	attempts[attempt_count++] = *attempt;
	return true;
}

/* Until one is on its way; without any left the worker hears why the last was
 * not. */
static void
try_next(struct attempt attempt, int error)
{
	struct backends *site = &sites[attempt.site];
	int number;

	while ((number = backends_choose(site, attempt.tried, clock_ms())) !=
	       BACKENDS_NONE) {
		attempt.backend = (uint8_t)number;
		attempt.tried |= UINT64_C(1) << number;
		if (begin(&attempt))
			return;
		error = errno;
		if (is_shortage(error))
			break;
		failed(attempt.site, attempt.backend, error);
	}
	give(&attempt, -1, error);
}

/* One is done: 0, or why it is not connected. */
static void
finish(size_t at, int error)
{
	struct attempt attempt;
	bool used;

	take_out(at, &attempt);
	used = sites[attempt.site].at[attempt.backend].used;
	if (attempt.wants) {
		/* Nothing was found out of that backend. */
		if (attempt.worker != NO_WORKER)
			give(&attempt, -1, EMFILE);
		return;
	}
	/* Else it is none of the site's any more. */
	if (used && error == 0)
		worked(attempt.site, attempt.backend);
	else if (used)
		failed(attempt.site, attempt.backend, error);
	if (error == 0 && attempt.worker != NO_WORKER) {
		give(&attempt, attempt.fd, 0);
		return;
	}
	if (attempt.fd >= 0)
		close(attempt.fd);
	if (attempt.worker != NO_WORKER)
		try_next(attempt, error);
}

static int
error_of(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error
								       : errno;
}

/* The first so many have been polled. From the last to the first, since the
 * last takes the place of one that is done, and new ones come behind. */
static void
look_at_attempts(const struct pollfd *fds, size_t count)
{
	uint64_t now = clock_ms();

	for (size_t i = count; i-- > 0;) {
		if (i >= attempt_count || attempts[i].fd != fds[i].fd)
			continue; /* its worker is gone */
		if (fds[i].revents == POLLOUT)
			finish(i, 0);
		else if (fds[i].revents != 0)
			finish(i, error_of(attempts[i].fd));
		else if (now >= attempts[i].deadline_ms)
			finish(i, ETIMEDOUT);
	}
}

/* What was short may be there again. From the last to the first, as above. */
static void
try_again(void)
{
	if (short_until_ms == 0 || clock_ms() < short_until_ms)
		return;
	short_until_ms = 0;
	for (size_t i = attempt_count; i-- > 0 && short_until_ms == 0;) {
		struct attempt *attempt = &attempts[i];

		if (!attempt->wants)
			continue;
		attempt->fd =
		    open_socket(&sites[attempt->site].at[attempt->backend]);
		attempt->wants = attempt->fd < 0 && is_shortage(errno);
		if (attempt->wants)
			say_shortage(errno);
		else if (attempt->fd < 0)
			finish(i, errno);
	}
}

/* What waits for the name of one of this site's backends is begun again. */
static void
go_on(uint16_t site)
{
	struct attempt attempt;

	for (size_t i = attempt_count; i-- > 0;) {
		if (i >= attempt_count || attempts[i].site != site ||
		    attempts[i].fd >= 0)
			continue;
		take_out(i, &attempt);
		attempt.tried &= ~(UINT64_C(1) << attempt.backend);
		try_next(attempt, EHOSTUNREACH);
	}
}

static void
check_backends(void)
{
	uint64_t now = clock_ms();
	int number;

	for (size_t i = 0; i < checked_count; i++)
		while ((number = backends_check(&sites[checked[i]], now)) !=
		       BACKENDS_NONE) {
			struct attempt attempt = { .worker = NO_WORKER,
				.site = checked[i],
				.backend = (uint8_t)number };

			if (!begin(&attempt))
				failed(checked[i], attempt.backend, errno);
		}
}

static bool
asked(struct worker *worker, struct slice packet)
{
	struct control_connect request;
	struct control_released release;
	struct attempt attempt = { .worker = (int)(worker - workers) };

	if (control_type(packet) == CONTROL_RELEASED &&
	    control_take(packet, &release, sizeof release)) {
		released(worker, &release);
		return true;
	}
	if (control_type(packet) != CONTROL_CONNECT ||
	    !control_take(packet, &request, sizeof request))
		return false;
	attempt.request = request.request;
	if (request.site >= site_count) {
		give(&attempt, -1, ENOENT);
		return true;
	}
	attempt.site = request.site;
	try_next(attempt, ENOENT);
	return true;
}

static void
worker_ready(struct worker *worker)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event = CHANNEL_CLOSED;
	size_t len;

	while (worker->channel != NULL &&
	       (event = channel_receive(worker->channel, packet, sizeof packet,
		    &len, NULL)) == CHANNEL_PACKET)
		if (!asked(worker, slice_of(packet, len)))
			break;
	if (worker->channel != NULL && event != CHANNEL_EMPTY)
		drop_worker(worker);
}

/* ---- what is asked ---- */

static void
fill_row(struct control_backend_row *row, uint16_t site, unsigned place)
{
	const struct backend *backend = &sites[site].at[place];

	*row = (struct control_backend_row){ .site = site,
		.number = backend->number,
		.state = backend->awaited            ? BACKEND_AWAITED
			 : backend->address_len == 0 ? BACKEND_NOWHERE
			 : backend->down             ? BACKEND_DOWN
						     : BACKEND_UP,
		.error = backend->error,
		.age_ms = clock_ms() - backend->since_ms,
		.connections = backend->connections,
		.failures = backend->failed,
		.open = sites[site].how.least_connections != 0 ? backend->open
							       : UINT64_MAX };
	address_text(backend, row->address, sizeof row->address);
}

static void
send_rows(uint32_t number, const struct control_backend_row *rows, size_t count)
{
	const struct control_backend_rows record = { CONTROL_BACKEND_ROWS,
		number, slice_of(rows, count * sizeof *rows) };

	if (count > 0 && !control_send(control, &record, sizeof record, -1))
		exit(EXIT_FAILURE);
}

/* All addresses of all sites. */
static void
answer(const struct control_ask *ask)
{
	static struct control_backend_row rows[CONTROL_BACKEND_ROWS_MAX];
	const struct control_answered done = { CONTROL_ANSWERED, ask->number,
		0 };
	size_t count = 0;

	for (uint16_t i = 0; i < site_count; i++)
		for (unsigned j = 0; j < sites[i].count; j++) {
			if (!sites[i].at[j].used)
				continue;
			fill_row(&rows[count++], i, j);
			if (count < COUNT(rows))
				continue;
			send_rows(ask->number, rows, count);
			count = 0;
		}
	send_rows(ask->number, rows, count);
	if (!control_send(control, &done, sizeof done, -1))
		exit(EXIT_FAILURE);
	(void)channel_flush(control);
}

/* ---- the master ---- */

static void
seal(const struct control_start *start)
{
	struct policy_request ask = { .strictness = start->strictness };
	struct control_confined report = { .type = CONTROL_CONFINED };

	policy_enter(&frontd_connect_profile, &ask, &report.confinement);
	if (!control_send(control, &report, sizeof report, -1))
		exit(EXIT_FAILURE);
	channel_flush(control);
	started = true;
}

static void
take_backend(const struct control_backend *what)
{
	const struct backend_address address = { what->address,
		what->address_len };

	if (what->site >= site_count || what->number >= CONTROL_BACKENDS_MAX ||
	    what->address_len > sizeof what->address ||
	    !backends_set(&sites[what->site], what->number, &address,
		what->address_len > 0 ? 1 : 0, true, clock_ms()))
		exit(EXIT_FAILURE);
}

static void
put_address(struct backend_address *out, const struct control_address *address,
    uint16_t port)
{
	struct sockaddr_in *v4 = (void *)&out->address;
	struct sockaddr_in6 *v6 = (void *)&out->address;

	*out = (struct backend_address){ 0 };
	if (address->family == AF_INET) {
		out->len = sizeof *v4;
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, address->bytes, sizeof v4->sin_addr);
	} else {
		out->len = sizeof *v6;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		memcpy(&v6->sin6_addr, address->bytes, sizeof v6->sin6_addr);
	}
}

/* More than there is room for are not asked. */
static void
take_addresses(const struct control_addresses *what)
{
	struct backend_address all[CONTROL_ADDRESSES_MAX];

	if (what->number >= CONTROL_BACKENDS_MAX || what->count > COUNT(all))
		exit(EXIT_FAILURE);
	if (what->site >= site_count)
		return; /* they will be told with their site */
	for (size_t i = 0; i < what->count; i++)
		put_address(&all[i], &what->at[i], what->port);
	(void)!backends_set(&sites[what->site], what->number, all, what->count,
	    false, clock_ms());
	go_on(what->site);
}

static void *
grow(void *array, size_t count, size_t size)
{
	void *grown = reallocarray(array, count, size);

	if (grown == NULL)
		exit(EXIT_FAILURE);
	return grown;
}

/* A site, whose backends are told next; workers come when all have been. */
static void
take_balance(const struct control_balance *what)
{
	if (started || what->site != site_count ||
	    what->count > CONTROL_BACKENDS_MAX ||
	    what->title[sizeof what->title - 1] != '\0')
		exit(EXIT_FAILURE);
	sites = grow(sites, site_count + 1, sizeof *sites);
	sites[site_count++] = (struct backends){ .how = *what };
	if (what->check_ms == 0)
		return;
	checked = grow(checked, checked_count + 1, sizeof *checked);
	checked[checked_count++] = what->site;
}

static void
take_order(struct slice packet, int fd)
{
	struct control_balance balance;
	struct control_backend backend;
	struct control_addresses addresses;
	struct control_start start;
	struct control_ask ask;

	switch (control_type(packet)) {
	case CONTROL_BALANCE:
		if (control_take(packet, &balance, sizeof balance))
			take_balance(&balance);
		break;
	case CONTROL_BACKEND:
		if (control_take(packet, &backend, sizeof backend))
			take_backend(&backend);
		break;
	case CONTROL_ADDRESSES:
		if (control_take(packet, &addresses, sizeof addresses))
			take_addresses(&addresses);
		break;
	case CONTROL_CONNECTOR:
		add_worker(fd);
		break;
	case CONTROL_ASK:
		if (control_take(packet, &ask, sizeof ask))
			answer(&ask);
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

/* ---- the loop ---- */

/* Until the next attempt is late, or a backend is to be looked at. */
static int
patience(void)
{
	uint64_t due = UINT64_MAX, now = clock_ms(), wait;

	for (size_t i = 0; i < attempt_count; i++)
		if (attempts[i].deadline_ms < due)
			due = attempts[i].deadline_ms;
	for (size_t i = 0; started && i < checked_count; i++)
		if (backends_due_ms(&sites[checked[i]]) < due)
			due = backends_due_ms(&sites[checked[i]]);
	if (short_until_ms != 0 && short_until_ms < due)
		due = short_until_ms;
	if (due == UINT64_MAX)
		return -1;
	wait = due > now ? due - now : 0;
	return wait < 60000 ? (int)wait : 60000;
}

int
main(void)
{
	static struct pollfd fds[1 + WORKERS_MAX + ATTEMPTS_MAX];
	struct worker *of[1 + WORKERS_MAX];
	nfds_t count, first;

	log_open("frontd-connect", LOG_LEVEL_INFO);
	if ((control = channel_new(SPAWN_CONTROL_FD, QUEUE_MAX)) == NULL)
		return EXIT_FAILURE;
	for (;;) {
		count = 0;
		fds[count++] = (struct pollfd){ channel_fd(control),
			channel_waiting(control) ? POLLIN | POLLOUT : POLLIN,
			0 };
		for (size_t i = 0; i < WORKERS_MAX; i++) {
			if (workers[i].channel == NULL)
				continue;
			of[count] = &workers[i];
			fds[count++] =
			    (struct pollfd){ channel_fd(workers[i].channel),
				    POLLIN, 0 };
		}
		first = count;
		for (size_t i = 0; i < attempt_count; i++)
			fds[count++] =
			    (struct pollfd){ attempts[i].fd, POLLOUT, 0 };
		if (poll(fds, count, patience()) < 0 && errno != EINTR)
			return EXIT_FAILURE;
		look_at_attempts(fds + first, count - first);
		try_again();
		for (nfds_t i = 1; i < first; i++)
			if (fds[i].revents != 0)
				worker_ready(of[i]);
		if ((fds[0].revents & POLLOUT) != 0)
			(void)channel_flush(control);
		if ((fds[0].revents & ~POLLOUT) != 0)
			control_ready();
		if (started)
			check_backends();
	}
}
