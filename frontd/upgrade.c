/*
 * The one that is there; the contract is in upgrade.h.
 */
#include "frontd/upgrade.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/service.h"
#include "base/log.h"
#include "frontd/census.h"
#include "frontd/console.h"
#include "frontd/heir.h"
#include "frontd/heritage.h"
#include "frontd/reload.h"
#include "frontd/replay.h"
#include "ipc/spawn.h"

#define STARTER "frontd-upgrade"
/* For the heir to read, to start and seal its children, to hear of its keys:
 * less than who asked has patience (ADMIN_ANSWER_S). */
#define READY_MS 50000
/* For it to serve then. */
#define SERVING_MS 5000

extern char **environ;

/* ---- frontd-upgrade ---- */

/* As it was called: a link may lead to another build by then. */
static bool
find_program(const char *called, char out[PATH_MAX])
{
	char here[PATH_MAX];
	ssize_t len;

	if (called[0] == '/')
		return snprintf(out, PATH_MAX, "%s", called) < PATH_MAX;
	if (strchr(called, '/') != NULL)
		return getcwd(here, sizeof here) != NULL &&
		       snprintf(out, PATH_MAX, "%s/%s", here, called) <
			   PATH_MAX;
	len = readlink("/proc/self/exe", out, PATH_MAX - 1);
	if (len < 0)
		return false;
	out[len] = '\0';
	return true;
}

/* Its name, the program, and the program's arguments. */
static char **
build_arguments(char **argv, char program[PATH_MAX])
{
	static char name[] = STARTER;
	size_t count = 0;
	char **all;

	while (argv[count] != NULL)
		count++;
	if (count == 0 || (all = calloc(count + 2, sizeof *all)) == NULL)
		return NULL;
	all[0] = name;
	all[1] = program;
	memcpy(&all[2], &argv[1], (count - 1) * sizeof *all);
	return all;
}

bool
upgrade_open(struct master *master, char **argv)
{
	struct spawn what = { .name = STARTER, .envp = environ };
	char program[PATH_MAX], **arguments = NULL;
	int ends[2];
	pid_t pid;

	if (!find_program(argv[0], program) ||
	    (arguments = build_arguments(argv, program)) == NULL ||
	    channel_pair(ends) != 0) {
		fprintf(stderr, "frontd: %s\n", strerror(errno));
		free(arguments);
		return false;
	}
	what.argv = arguments;
	what.control = ends[1];
	what.program = spawn_open(STARTER);
	pid = what.program >= 0 ? spawn_child(&what) : -1;
	if (pid < 0 && what.program >= 0)
		fprintf(stderr, "frontd: %s: %s\n", STARTER, strerror(errno));
	if (what.program >= 0)
		close(what.program);
	close(ends[1]);
	free(arguments);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	return (master->upgrade.starter = channel_new(ends[0], 4)) != NULL;
}

static void
starter_gone(struct upgrade *upgrade)
{
	log_event(LOG_LEVEL_ERROR, "child-died",
	    "name=%s reason=\"an upgrade takes a restart\"", STARTER);
	event_free(upgrade->starter_readable);
	upgrade->starter_readable = NULL;
	channel_free(upgrade->starter);
	upgrade->starter = NULL;
}

/* ---- the end of an attempt ---- */

static void
let_heir_go(struct upgrade *upgrade)
{
	if (upgrade->readable != NULL)
		event_free(upgrade->readable);
	if (upgrade->writable != NULL)
		event_free(upgrade->writable);
	upgrade->readable = upgrade->writable = NULL;
	channel_free(upgrade->heir);
	upgrade->heir = NULL;
}

/* In what a log line has quotes around. */
static const char *
first_line(const char *text, char *out, size_t room)
{
	snprintf(out, room, "%.*s", (int)strcspn(text, "\n"), text);
	for (char *at = out; *at != '\0'; at++)
		if (*at == '"')
			*at = '\'';
	return out;
}

/* What was asked for meanwhile is done by whoever is there. */
static void
refuse(struct master *master, const char *reason)
{
	struct upgrade *upgrade = &master->upgrade;
	char line[512];

	event_del(upgrade->patience);
	let_heir_go(upgrade);
	upgrade->state = UPGRADE_NONE;
	upgrade->pid = 0;
	master->upgrades_refused++;
	log_event(LOG_LEVEL_ERROR, "upgrade", "result=refused reason=\"%s\"",
	    first_line(reason, line, sizeof line));
	console_upgraded(master, reason);
	if (master->asked)
		reload(master);
}

/* While we have its other end it cannot be somebody else who has its pid. */
void
upgrade_give_up(struct master *master, const char *reason)
{
	struct upgrade *upgrade = &master->upgrade;

	upgrade->asked = false;
	if (!upgrade_goes_on(master))
		return;
	if (upgrade->pid > 0)
		kill(upgrade->pid, SIGKILL);
	refuse(master, reason);
}

static void
out_of_patience(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	upgrade_give_up(ctx, "the new frontd has not become ready in time");
}

static void
wait_ms(struct upgrade *upgrade, unsigned ms)
{
	const struct timeval when = { ms / 1000, (ms % 1000) * 1000 };

	event_add(upgrade->patience, &when);
}

/* ---- what it says ---- */

/* What cannot be said is a reason to give up, until it serves. */
static void
say(struct master *master, struct heritage record, int fd)
{
	struct upgrade *upgrade = &master->upgrade;

	if (upgrade->heir == NULL)
		return;
	if (!heritage_say(upgrade->heir, record, NULL, fd))
		upgrade->unheard = errno != 0 ? errno : ENOMEM;
	if (channel_waiting(upgrade->heir))
		event_add(upgrade->writable, NULL);
}

/* Ours is not for both: from now on nobody asks it. */
static void
end_register(struct master *master, const struct heritage *ready)
{
	if (ready->numbers[1] != 1)
		replay_end(master->replay);
}

static void
told_ready(
    struct master *master, const struct heritage *record, const char *version)
{
	struct upgrade *upgrade = &master->upgrade;

	if (upgrade->state != UPGRADE_BEGUN)
		return;
	upgrade->state = UPGRADE_TAKES;
	upgrade->taken = record->numbers[0];
	upgrade->pid = (pid_t)record->numbers[2];
	snprintf(upgrade->version, sizeof upgrade->version, "%.60s", version);
	end_register(master, record);
	wait_ms(upgrade, SERVING_MS);
	say(master, (struct heritage){ .type = HERITAGE_TAKE }, -1);
}

/* It serves, so that its patience with us and ours with it is at an end. */
static void
told_serving(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;
	struct heritage done = { .type = HERITAGE_DONE };

	if (upgrade->state != UPGRADE_TAKES)
		return;
	upgrade->state = UPGRADE_DONE;
	event_del(upgrade->patience);
	log_event(LOG_LEVEL_INFO, "upgrade",
	    "result=done number=%d version=\"%s\"", (int)upgrade->pid,
	    upgrade->version);
	/* Before the heir tells the manager anything, which listens to one. */
	service_pass_on(upgrade->pid);
	for (struct before *at = master->heir.all; at != NULL; at = at->next)
		say(master, (struct heritage){ .type = HERITAGE_BEFORE },
		    channel_fd(at->channel));
	heir_forget_before(master);
	done.numbers[0] = master->asked ? 1 : 0;
	master->asked = false;
	say(master, done, -1);
	console_upgraded(master, NULL);
	reload_pass_on(master, upgrade->taken);
	upgrade_tell(master);
}

/* Who takes our place may not wait for our last connection. */
static void
told_end(struct master *master)
{
	if (master->upgrade.state == UPGRADE_DONE)
		event_base_loopbreak(master->base);
}

static void
told(struct master *master, struct slice packet)
{
	static char text[HERITAGE_TEXT_MAX + 1];
	struct heritage record;

	if (!heritage_parse(packet, &record, text)) {
		upgrade_give_up(
		    master, "the new frontd speaks another language");
		return;
	}
	switch (record.type) {
	case HERITAGE_REFUSED:
		if (master->upgrade.state != UPGRADE_DONE)
			refuse(master, text[0] != '\0' ? text : "see the log");
		return;
	case HERITAGE_READY:
		told_ready(master, &record, text);
		return;
	case HERITAGE_SERVING:
		told_serving(master);
		return;
	case HERITAGE_END:
		told_end(master);
		return;
	}
}

static void
refuse_as_ended(struct master *master)
{
	refuse(master, "the new frontd ended before it was ready: see the log");
}

/* Ours is to drain then, or to go on as if nothing had been. */
static void
heir_gone(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;

	/* Whether it was ever there frontd-upgrade knows. */
	if (upgrade->state == UPGRADE_DONE || upgrade->starting)
		let_heir_go(upgrade);
	else
		refuse_as_ended(master);
}

static void
heir_ready(evutil_socket_t fd, short what, void *ctx)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	struct master *master = ctx;
	struct upgrade *upgrade = &master->upgrade;
	enum channel_event event = CHANNEL_EMPTY;
	size_t len;

	(void)fd;
	if ((what & EV_WRITE) != 0) {
		(void)channel_flush(upgrade->heir);
		if (channel_waiting(upgrade->heir))
			event_add(upgrade->writable, NULL);
	}
	while (upgrade->heir != NULL &&
	       (event = channel_receive(upgrade->heir, packet, sizeof packet,
		    &len, NULL)) == CHANNEL_PACKET)
		told(master, slice_of(packet, len));
	if (upgrade->heir != NULL && event != CHANNEL_EMPTY)
		heir_gone(master);
}

/* ---- passing on ---- */

static void
pass_on(struct master *master)
{
	const struct fleet *fleet = master->now;
	struct heritage record = { .type = HERITAGE_SOCKET };
	int admin = console_listener();

	for (unsigned i = 0; i < fleet->options.listen_count; i++) {
		record.numbers[0] = i;
		for (unsigned j = 0; j < fleet->bindings[i]->listening; j++)
			say(master, record, fleet->bindings[i]->sockets[j]);
	}
	if (admin >= 0)
		say(master, (struct heritage){ .type = HERITAGE_ADMIN }, admin);
	if (master->page_socket >= 0)
		say(master, (struct heritage){ .type = HERITAGE_PAGE },
		    master->page_socket);
	say(master,
	    (struct heritage){
		.type = HERITAGE_REPLAY, .numbers = { REPLAY_LAYOUT } },
	    master->replay);
	say(master,
	    (struct heritage){
		.type = HERITAGE_WHOLE, .numbers = { (uint64_t)getpid() } },
	    -1);
}

/* frontd-upgrade has answered. */
static void
told_started(struct master *master, const struct heritage_started *started)
{
	struct upgrade *upgrade = &master->upgrade;
	char reason[128];

	upgrade->starting = false;
	if (upgrade->state != UPGRADE_BEGUN)
		return; /* given up before it was there, which it sees */
	if (started->pid > 0) {
		upgrade->pid = started->pid;
		if (upgrade->heir == NULL)
			refuse_as_ended(master);
		return;
	}
	snprintf(reason, sizeof reason, "the new frontd cannot be started: %s",
	    strerror(started->error));
	refuse(master, reason);
}

static void
starter_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;
	struct upgrade *upgrade = &master->upgrade;
	uint8_t packet[CHANNEL_PACKET_MAX];
	struct heritage_started started;
	enum channel_event event;
	size_t len;

	(void)fd;
	(void)what;
	event = channel_receive(
	    upgrade->starter, packet, sizeof packet, &len, NULL);
	if (event == CHANNEL_PACKET && len == sizeof started) {
		memcpy(&started, packet, sizeof started);
		told_started(master, &started);
	} else if (event != CHANNEL_EMPTY) {
		starter_gone(upgrade);
	}
}

/* NULL, or why it cannot begin. */
static const char *
begin(struct master *master)
{
	static const uint8_t word[] = "start";
	struct upgrade *upgrade = &master->upgrade;
	int ends[2];
	bool sent;

	if (upgrade->starter == NULL)
		return "frontd-upgrade has died: this takes a restart";
	if (upgrade->starting)
		return "frontd-upgrade has not ended the last attempt";
	if (channel_pair(ends) != 0)
		return strerror(errno);
	sent = upgrade->starting = channel_send(
	    upgrade->starter, slice_of(word, sizeof word), ends[1]);
	sent = sent && channel_flush(upgrade->starter) == CHANNEL_EMPTY;
	close(ends[1]);
	upgrade->heir = channel_new(ends[0], HERITAGE_QUEUE);
	if (!sent || upgrade->heir == NULL)
		return "frontd-upgrade does not listen";
	upgrade->readable = event_new(
	    master->base, ends[0], EV_READ | EV_PERSIST, heir_ready, master);
	upgrade->writable =
	    event_new(master->base, ends[0], EV_WRITE, heir_ready, master);
	if (upgrade->readable == NULL || upgrade->writable == NULL ||
	    event_add(upgrade->readable, NULL) != 0)
		return "out of memory";
	return NULL;
}

bool
upgrade_goes_on(const struct master *master)
{
	return master->upgrade.state == UPGRADE_BEGUN ||
	       master->upgrade.state == UPGRADE_TAKES;
}

void
upgrade(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;
	const char *reason;

	if (master->stopping || upgrade_goes_on(master) || heir_waits(master))
		return;
	upgrade->asked = master->next != NULL || master->stopped != NULL;
	if (upgrade->asked)
		return;
	upgrade->state = UPGRADE_BEGUN;
	upgrade->unheard = 0;
	log_event(LOG_LEVEL_INFO, "upgrade", "result=begun");
	wait_ms(upgrade, READY_MS);
	if ((reason = begin(master)) != NULL) {
		refuse(master, reason);
		return;
	}
	pass_on(master);
	/* One socket less would be connections lost. */
	if (upgrade->unheard != 0)
		upgrade_give_up(master, strerror(upgrade->unheard));
}

/* ---- while we drain ---- */

static void
tell_worker(struct master *master, const struct child *worker)
{
	const struct census_worker *census = worker->census;
	struct tally_site sum = { 0 };

	for (unsigned i = 0; i < worker->fleet->options.site_count; i++)
		tally_add_site(&sum, &census->sites[i]);
	say(master,
	    (struct heritage){ .type = HERITAGE_WORKER,
		.numbers = { [HERITAGE_MASTER] = (uint64_t)getpid(),
		    [HERITAGE_PID] = (uint64_t)worker->pid,
		    [HERITAGE_OPEN] = census->open,
		    [HERITAGE_CONNECTIONS] = sum.connections,
		    [HERITAGE_AGREED] = sum.agreed,
		    [HERITAGE_FAILED] = sum.failed,
		    [HERITAGE_RESUMED] = sum.resumed,
		    [HERITAGE_BYTES_IN] = sum.bytes_in,
		    [HERITAGE_BYTES_OUT] = sum.bytes_out,
		    [HERITAGE_KEY_PENDING] = census->key_pending,
		    [HERITAGE_STARTS] = worker->starts } },
	    -1);
}

void
upgrade_tell(struct master *master)
{
	if (master->upgrade.state != UPGRADE_DONE ||
	    master->upgrade.heir == NULL ||
	    channel_waiting(master->upgrade.heir))
		return; /* it has not heard the last time yet */
	for (size_t i = 0; i < MASTER_TAGS_MAX; i++)
		if (master->tags[i] != NULL && master->tags[i]->pid > 0 &&
		    master->tags[i]->census != NULL)
			tell_worker(master, master->tags[i]);
	say(master, (struct heritage){ .type = HERITAGE_WORKERS }, -1);
}

/* ---- life ---- */

bool
upgrade_watch(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;

	upgrade->patience =
	    event_new(master->base, -1, 0, out_of_patience, master);
	upgrade->starter_readable =
	    event_new(master->base, channel_fd(upgrade->starter),
		EV_READ | EV_PERSIST, starter_ready, master);
	return upgrade->patience != NULL && upgrade->starter_readable != NULL &&
	       event_add(upgrade->starter_readable, NULL) == 0;
}

void
upgrade_close(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;

	let_heir_go(upgrade);
	if (upgrade->starter_readable != NULL)
		event_free(upgrade->starter_readable);
	upgrade->starter_readable = NULL;
	channel_free(upgrade->starter);
	upgrade->starter = NULL;
}
