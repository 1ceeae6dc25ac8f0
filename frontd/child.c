/*
 * Children; the contract is in child.h.
 */
#include "frontd/child.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "frontd/fleet.h"
#include "ipc/spawn.h"

/* Of what is told at once: with the records of a step, and the answers to who
 * asks, OCSP responses, of which one may be of all sites. */
#define QUEUE_BASE 4096u
#define QUEUE_SITE 4u

static void child_start(struct child *);

/* Sends what waits, and watches for room when it cannot. */
static void
flush(struct child *child)
{
	(void)channel_flush(child->control);
	if (channel_waiting(child->control))
		event_add(child->writable, NULL);
}

void
child_tell(struct child *child, const void *record, size_t size, int fd)
{
	if (child->control == NULL)
		return;
	if (!control_send(child->control, record, size, fd)) {
		log_event(LOG_LEVEL_ERROR, "tell",
		    "child=%s number=%d reason=queue-full", child->kind->name,
		    (int)child->pid);
		kill(child->pid, SIGKILL);
		return;
	}
	flush(child);
}

void
child_tell_parts(struct child *child, enum control_type type, uint32_t number,
    struct slice bytes)
{
	struct control_part part = { .type = type, .number = number };

	while (control_part_next(&part, &bytes))
		child_tell(child, &part, sizeof part, -1);
}

/* What it is told besides goes before what is left of this. */
static void
prepare(struct child *child)
{
	while (child->control != NULL && !child->prepared &&
	       !channel_waiting(child->control))
		child->prepared = !child->kind->prepare(child, child->step++);
}

static void
told_confined(struct child *child, const struct control_confined *what)
{
	child->confinement = what->confinement;
	child->confined = true;
	log_event(LOG_LEVEL_INFO, "child",
	    "name=%s number=%d uid=%u seccomp=%u namespaces=%#x",
	    child->kind->name, (int)child->pid, what->confinement.uid,
	    what->confinement.seccomp_mode, what->confinement.namespaces);
	fleet_confined(child->fleet);
}

static void
told(struct child *child, struct slice packet)
{
	struct control_confined confined;

	if (control_type(packet) != CONTROL_CONFINED) {
		if (child->kind->told != NULL)
			child->kind->told(child, packet);
	} else if (control_take(packet, &confined, sizeof confined)) {
		told_confined(child, &confined);
	}
}

void
child_listen(struct child *child)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event = CHANNEL_EMPTY;
	size_t len;

	/* What it says may end its fleet. */
	while (child->control != NULL &&
	       (event = channel_receive(child->control, packet, sizeof packet,
		    &len, NULL)) == CHANNEL_PACKET)
		told(child, slice_of(packet, len));
	if (child->control != NULL && event != CHANNEL_EMPTY)
		event_del(child->readable); /* SIGCHLD tells the rest */
}

static void
control_ready(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	if ((what & EV_WRITE) != 0) {
		flush(ctx);
		prepare(ctx);
	}
	child_listen(ctx);
}

void
child_release(struct child *child)
{
	if (child->readable != NULL)
		event_free(child->readable);
	if (child->writable != NULL)
		event_free(child->writable);
	child->readable = child->writable = NULL;
	channel_free(child->control);
	child->control = NULL;
	if (child->respawn != NULL)
		event_del(child->respawn);
}

static void
start_later(struct child *child)
{
	unsigned wait = backoff_died(&child->backoff, clock_ms());
	const struct timeval when = { wait / 1000, (wait % 1000) * 1000 };

	event_add(child->respawn, &when);
}

void
child_reaped(struct child *child, bool again)
{
	child_release(child);
	child->pid = 0;
	child->confined = false;
	child->keyed = (struct control_keyed){ 0 };
	if (again)
		start_later(child);
}

static void
respawn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	child_start(ctx);
}

/* False after saying why; a process that there is by then is to be reaped. */
static bool
spawn(struct child *child)
{
	struct spawn what = { .program = child->kind->program,
		.name = child->kind->name,
		.fds = child->files,
		.fd_count = child->file_count,
		.environment = log_environment() };
	int ends[2];

	if (channel_pair(ends) != 0)
		return false;
	what.control = ends[1];
	child->pid = spawn_child(&what);
	close(ends[1]);
	child->control = channel_new(ends[0],
	    QUEUE_BASE + QUEUE_SITE * child->fleet->options.site_count);
	if (child->pid > 0 && child->control != NULL)
		return true;
	log_event(LOG_LEVEL_ERROR, "spawn", "name=%s reason=\"%s\"",
	    child->kind->name, strerror(errno));
	return false;
}

static bool
watch(struct child *child)
{
	int fd = channel_fd(child->control);

	child->readable = event_new(
	    child->base, fd, EV_READ | EV_PERSIST, control_ready, child);
	child->writable =
	    event_new(child->base, fd, EV_WRITE, control_ready, child);
	return child->readable != NULL && child->writable != NULL &&
	       event_add(child->readable, NULL) == 0;
}

static void
child_start(struct child *child)
{
	backoff_started(&child->backoff, clock_ms());
	child->starts++;
	if (spawn(child) && watch(child)) {
		child->step = 0;
		child->prepared = false;
		prepare(child);
		return;
	}
	child_release(child);
	if (child->pid > 0) { /* then its death has it started again */
		kill(child->pid, SIGKILL);
	} else {
		child->pid = 0;
		start_later(child);
		fleet_not_started(child->fleet);
	}
}

bool
child_init(struct child *child, struct event_base *base, struct fleet *fleet,
    const struct child_kind *kind)
{
	child->base = base;
	child->fleet = fleet;
	child->kind = kind;
	child->respawn = event_new(base, -1, 0, respawn, child);
	if (child->respawn == NULL)
		return false;
	child_start(child);
	return true;
}

void
child_free(struct child *child)
{
	child_release(child);
	if (child->respawn != NULL)
		event_free(child->respawn);
	child->respawn = NULL;
}
