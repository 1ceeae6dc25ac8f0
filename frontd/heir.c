/*
 * The one that takes over; the contract is in heir.h.
 */
#include "frontd/heir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/service.h"
#include "base/complain.h"
#include "base/log.h"
#include "frontd/console.h"
#include "frontd/reload.h"
#include "frontd/replay.h"
#include "ipc/spawn.h"

/* Of these the first are told that fit into a record. */
#define COMPLAINTS_MAX 65536
/* For the one before to pass on the next thing: it does so all at once. */
#define PASS_MS 20000
/* For it to end when it was told to. */
#define END_MS 4000
/* For keyd to tell of keys, and to tell of all that are lacking. */
#define KEYS_MS 10000
#define LACK_MS 1000
/* How often it is looked whether all is there. */
#define LOOK_MS 20

/* ---- what is passed on ---- */

/* The path of a Unix socket in out, which is returned; "" if it has none. */
static const char *
path_of(int fd, struct sockaddr_un *out)
{
	socklen_t len = sizeof *out;

	memset(out, 0, sizeof *out);
	if (getsockname(fd, (struct sockaddr *)out, &len) != 0 ||
	    out->sun_family != AF_UNIX)
		out->sun_path[0] = '\0';
	return out->sun_path;
}

static int
take_at(int *passed, const char *path)
{
	struct sockaddr_un at;
	int fd = *passed;

	if (fd <= 0 || strcmp(path_of(fd, &at), path) != 0)
		return -1;
	*passed = 0;
	return fd;
}

int
heir_admin(struct master *master, const char *path)
{
	return take_at(&master->heir.admin, path);
}

int
heir_page(struct master *master, const char *path)
{
	return take_at(&master->heir.page, path);
}

/* A place that is ours no more: its path goes with it. */
static void
drop(int *passed)
{
	struct sockaddr_un at;

	if (*passed <= 0)
		return;
	if (path_of(*passed, &at)[0] != '\0')
		unlink(at.sun_path);
	close(*passed);
	*passed = 0;
}

static void
keep(int *place, int fd)
{
	if (*place > 0)
		close(*place);
	*place = fd;
}

/* One of another build may be of no use: then ours, which is too young at
 * first, makes up for it. */
static void
take_register(struct master *master, const struct heritage *record, int fd)
{
	if (record->numbers[0] != REPLAY_LAYOUT || !replay_fits(fd)) {
		close(fd);
		return;
	}
	if (master->replay >= 0)
		close(master->replay);
	master->replay = fd;
	master->heir.shares_register = true;
}

/* Takes fd, which may be -1. False: it cannot be kept. */
static bool
take(struct master *master, const struct heritage *record, int fd)
{
	struct heir *heir = &master->heir;

	if (record->type == HERITAGE_WHOLE)
		heir->whose = (pid_t)record->numbers[0];
	if (fd < 0)
		return true;
	switch (record->type) {
	case HERITAGE_SOCKET:
		return bind_inherit(
		    &master->bindings, fd, (unsigned)record->numbers[0]);
	case HERITAGE_ADMIN:
		keep(&heir->admin, fd);
		return true;
	case HERITAGE_PAGE:
		keep(&heir->page, fd);
		return true;
	case HERITAGE_REPLAY:
		take_register(master, record, fd);
		return true;
	}
	close(fd); /* of another build; we can do without */
	return true;
}

/* The next packet, which is waited for. */
static bool
receive(struct channel *channel, struct heritage *record, int *fd)
{
	static char text[HERITAGE_TEXT_MAX + 1];
	struct pollfd wait = { .fd = channel_fd(channel), .events = POLLIN };
	uint8_t packet[CHANNEL_PACKET_MAX];
	size_t len;

	if (poll(&wait, 1, PASS_MS) != 1 ||
	    channel_receive(channel, packet, sizeof packet, &len, fd) !=
		CHANNEL_PACKET)
		return false;
	if (heritage_parse(slice_of(packet, len), record, text))
		return true;
	if (*fd >= 0)
		close(*fd);
	return false;
}

static bool
take_all(struct master *master)
{
	struct heritage record = { 0 };
	int fd;

	while (record.type != HERITAGE_WHOLE) {
		if (!receive(master->heir.old->channel, &record, &fd))
			return complain("frontd: what is passed on by the one "
					"there is cannot be had");
		if (!take(master, &record, fd))
			return complain("frontd: what is passed on cannot be "
					"kept: %s",
			    strerror(errno));
	}
	return true;
}

/* Takes fd. NULL: no memory. */
static struct before *
add_before(struct master *master, int fd)
{
	struct before *before = calloc(1, sizeof *before);

	if (before == NULL) {
		close(fd);
		return NULL;
	}
	before->master = master;
	if ((before->channel = channel_new(fd, HERITAGE_QUEUE)) == NULL) {
		free(before);
		return NULL;
	}
	before->next = master->heir.all;
	master->heir.all = before;
	return before;
}

bool
heir_open(struct master *master)
{
	struct heir *heir = &master->heir;
	const char *number = getenv(HERITAGE_VARIABLE);
	int fd = number != NULL ? atoi(number) : -1;

	if (number == NULL)
		return true;
	unsetenv(HERITAGE_VARIABLE);
	if (fd != SPAWN_CONTROL_FD || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		return complain(
		    "frontd: " HERITAGE_VARIABLE " is for frontd itself");
	if ((heir->old = add_before(master, fd)) == NULL)
		return complain("frontd: %s", strerror(errno));
	heir->state = HEIR_STARTS;
	writer_init(&heir->complaints, COMPLAINTS_MAX);
	complain_keep(&heir->complaints);
	return take_all(master);
}

/* ---- what is said ---- */

static void
say(struct before *before, struct heritage record, const char *text)
{
	if (before == NULL)
		return;
	/* Few and small: there is always room. */
	(void)!heritage_say(before->channel, record, text, -1);
	if (channel_waiting(before->channel) && before->writable != NULL)
		event_add(before->writable, NULL);
}

static uint64_t
listeners_taken(const struct master *master)
{
	const struct fleet *fleet = master->now;
	uint64_t taken = 0;

	for (unsigned i = 0; i < fleet->options.listen_count; i++)
		if (fleet->bindings[i]->inherited > 0)
			taken |= UINT64_C(1)
				 << (fleet->bindings[i]->inherited - 1);
	return taken;
}

static void
become_ready(struct master *master)
{
	struct heir *heir = &master->heir;

	event_del(heir->looking);
	heir->state = HEIR_READY;
	say(heir->old,
	    (struct heritage){ .type = HERITAGE_READY,
		.numbers = { listeners_taken(master),
		    heir->shares_register ? 1 : 0, (uint64_t)getpid() } },
	    SALLYPORT_VERSION);
}

static void
fail(struct master *master)
{
	event_del(master->heir.looking);
	master->failed = true;
	event_base_loopbreak(master->base);
}

/* As for a reload: keys that all signers lack are waited for a moment, others
 * as long as keyd may take. */
static bool
has_keys(struct master *master)
{
	struct heir *heir = &master->heir;
	enum fleet_keys keys = fleet_keys(master->now);

	heir->looks++;
	heir->lacks = keys == FLEET_KEYS_LACK ? heir->lacks + 1 : 0;
	if (heir->looks > KEYS_MS / LOOK_MS ||
	    heir->lacks > LACK_MS / LOOK_MS) {
		fleet_complain_keys(master->now);
		fail(master);
	}
	return keys == FLEET_KEYS_THERE;
}

static void
look(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;

	(void)fd;
	(void)what;
	if (has_keys(master) && !stapler_proves(&master->stapler))
		become_ready(master);
}

void
heir_settled(struct master *master)
{
	static const struct timeval often = { 0, LOOK_MS * 1000 };

	event_add(master->heir.looking, &often);
}

/* ---- what is heard ---- */

/* From now on it is the only one. */
static void
become_master(struct master *master, bool reload_asked)
{
	struct heir *heir = &master->heir;

	heir->state = HEIR_DONE;
	drop(&heir->admin);
	drop(&heir->page);
	reload_alone(master);
	if (reload_asked || master->asked)
		reload(master);
}

static bool watch(struct before *);

static void
told_take(struct master *master)
{
	struct heir *heir = &master->heir;

	if (heir->state != HEIR_READY)
		return;
	complain_keep(NULL);
	heir->state = HEIR_SERVES;
	reload_take_place(master);
	say(heir->old, (struct heritage){ .type = HERITAGE_SERVING }, NULL);
}

static void
told_worker(struct before *before, const struct heritage *record)
{
	if (before->coming_count < COUNT(before->coming))
		before->coming[before->coming_count++] = *record;
}

static void
told_workers(struct before *before)
{
	memcpy(before->rows, before->coming, sizeof before->rows);
	before->row_count = before->coming_count;
	before->coming_count = 0;
}

/* Another one that drains; one that cannot be watched does so unseen. */
static void
told_before(struct master *master, int fd)
{
	struct before *before = add_before(master, fd);

	if (before != NULL && !watch(before))
		log_event(LOG_LEVEL_ERROR, "upgrade", "reason=memory");
}

/* Takes fd, which may be -1. */
static void
told(struct before *before, const struct heritage *record, int fd)
{
	struct master *master = before->master;
	bool first = before == master->heir.old;

	if (record->type == HERITAGE_BEFORE && fd >= 0) {
		told_before(master, fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	switch (record->type) {
	case HERITAGE_TAKE:
		if (first)
			told_take(master);
		return;
	case HERITAGE_DONE:
		if (first && master->heir.state == HEIR_SERVES)
			become_master(master, record->numbers[0] == 1);
		return;
	case HERITAGE_WORKER:
		told_worker(before, record);
		return;
	case HERITAGE_WORKERS:
		told_workers(before);
		return;
	}
}

static void
before_free(struct before *before)
{
	struct heir *heir = &before->master->heir;
	struct before **at = &heir->all;

	while (*at != before)
		at = &(*at)->next;
	*at = before->next;
	if (heir->old == before)
		heir->old = NULL;
	if (before->readable != NULL)
		event_free(before->readable);
	if (before->writable != NULL)
		event_free(before->writable);
	channel_free(before->channel);
	free(before);
}

/*
 * It wants us no more, or has died: before we were to serve that is our end,
 * too. Then it has ended with its workers, and nobody else is there.
 */
static void
old_gone(struct master *master)
{
	if (master->heir.state == HEIR_SERVES) {
		become_master(master, false);
		return;
	}
	if (master->heir.state == HEIR_DONE)
		return;
	event_del(master->heir.looking);
	log_event(LOG_LEVEL_ERROR, "upgrade",
	    "result=refused reason=\"the one there is has gone\"");
	master->failed = true;
	event_base_loopbreak(master->base);
}

static void
before_gone(struct before *before)
{
	struct master *master = before->master;
	bool first = before == master->heir.old;

	before_free(before);
	if (first)
		old_gone(master);
	reload_before_ended(master);
}

static void
before_ready(evutil_socket_t unused, short what, void *ctx)
{
	static char text[HERITAGE_TEXT_MAX + 1];
	uint8_t packet[CHANNEL_PACKET_MAX];
	struct before *before = ctx;
	struct heritage record;
	enum channel_event event;
	size_t len;
	int fd;

	(void)unused;
	if ((what & EV_WRITE) != 0) {
		(void)channel_flush(before->channel);
		if (channel_waiting(before->channel))
			event_add(before->writable, NULL);
	}
	while ((event = channel_receive(before->channel, packet, sizeof packet,
		    &len, &fd)) == CHANNEL_PACKET) {
		if (heritage_parse(slice_of(packet, len), &record, text))
			told(before, &record, fd);
		else if (fd >= 0)
			close(fd);
	}
	if (event != CHANNEL_EMPTY)
		before_gone(before);
}

static bool
watch(struct before *before)
{
	int fd = channel_fd(before->channel);

	before->readable = event_new(before->master->base, fd,
	    EV_READ | EV_PERSIST, before_ready, before);
	before->writable =
	    event_new(before->master->base, fd, EV_WRITE, before_ready, before);
	return before->readable != NULL && before->writable != NULL &&
	       event_add(before->readable, NULL) == 0;
}

/* ---- life ---- */

bool
heir_watch(struct master *master)
{
	struct heir *heir = &master->heir;

	if (heir->old == NULL)
		return true;
	heir->looking = event_new(master->base, -1, EV_PERSIST, look, master);
	return heir->looking != NULL && watch(heir->old);
}

bool
heir_waits(const struct master *master)
{
	return master->heir.state != HEIR_NONE &&
	       master->heir.state != HEIR_DONE;
}

bool
heir_has_before(const struct master *master)
{
	return master->heir.state == HEIR_DONE && master->heir.all != NULL;
}

uint64_t
heir_workers_before(const struct master *master)
{
	uint64_t workers = 0;

	for (struct before *at = master->heir.all; at != NULL; at = at->next)
		workers += at->row_count;
	return workers;
}

uint64_t
heir_open_before(const struct master *master)
{
	uint64_t open = 0;

	for (struct before *at = master->heir.all; at != NULL; at = at->next)
		for (size_t i = 0; i < at->row_count; i++)
			open += at->rows[i].numbers[HERITAGE_OPEN];
	return open;
}

void
heir_forget_before(struct master *master)
{
	while (master->heir.all != NULL)
		before_free(master->heir.all);
}

static void
refuse(struct heir *heir)
{
	struct slice why = NO_BYTES;
	char text[HERITAGE_TEXT_MAX + 1] = "";

	if (writer_result(&heir->complaints, &why) && why.len > 0)
		snprintf(text, sizeof text, "%.*s", (int)why.len,
		    (const char *)why.data);
	say(heir->old, (struct heritage){ .type = HERITAGE_REFUSED }, text);
}

/* Until the end of its process is seen. */
static void
end_before(struct before *before)
{
	struct pollfd wait = { .fd = channel_fd(before->channel),
		.events = POLLIN };
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event = CHANNEL_EMPTY;
	size_t len;
	int fd;

	while (event == CHANNEL_EMPTY || event == CHANNEL_PACKET) {
		if (poll(&wait, 1, END_MS) != 1)
			return;
		event = channel_receive(
		    before->channel, packet, sizeof packet, &len, &fd);
		if (fd >= 0)
			close(fd);
	}
}

static void
end_all(struct heir *heir)
{
	struct before *at;

	for (at = heir->all; at != NULL; at = at->next)
		say(at, (struct heritage){ .type = HERITAGE_END }, NULL);
	for (at = heir->all; at != NULL; at = at->next)
		end_before(at);
}

void
heir_close(struct master *master)
{
	struct heir *heir = &master->heir;

	complain_keep(NULL);
	if (heir->state == HEIR_DONE)
		end_all(heir);
	else if (heir->state == HEIR_STARTS || heir->state == HEIR_READY)
		refuse(heir);
	heir_forget_before(master);
	if (heir->looking != NULL)
		event_free(heir->looking);
	heir->looking = NULL;
	writer_free(&heir->complaints);
}
