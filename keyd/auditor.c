/*
 * keyd-audit's side in keyd; the contract is in auditor.h.
 */
#include "keyd/auditor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/complain.h"
#include "base/log.h"
#include "ipc/backoff.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"

static struct config_audit config;
static const struct auditor_events *events;
static struct event_base *base;
static struct event *respawn;
static struct link control;
static struct backoff backoff;
static struct keyproto_process about;
static pid_t pid;
/* staged: of a reload that is not sure yet. */
static int program = -1, key = -1, file = -1, staged = -1;
static uint64_t order_id, file_order;
static bool key_good, stopped;

static bool
order(uint16_t type, struct slice payload, int fd)
{
	struct keyproto_header header = { .type = type, .id = ++order_id };

	return control.channel != NULL &&
	       link_say(&control, &header, payload, fd);
}

/* ---- what it is passed ---- */

static bool
pass_key(void)
{
	struct keyproto_keyfile what = { .name = "audit" };
	uint8_t payload[128];
	size_t len = keyproto_keyfile_build(&what, payload, sizeof payload);

	return lseek(key, 0, SEEK_SET) == 0 &&
	       order(KEYPROTO_KEYFILE, slice_of(payload, len), key);
}

static bool
pass_file(void)
{
	struct keyproto_auditlog what = { config.checkpoint, config.stop };
	uint8_t payload[16];
	size_t len = keyproto_auditlog_build(&what, payload, sizeof payload);

	file_order = order_id + 1;
	return file < 0 ||
	       order(KEYPROTO_AUDITLOG, slice_of(payload, len), file);
}

int
auditor_connect(const char *group)
{
	struct keyproto_audit what = { .stop = config.stop };
	uint8_t payload[128];
	size_t len;
	int ends[2];

	if (channel_pair(ends) != 0)
		return -1;
	strncpy(what.group, group, sizeof what.group - 1);
	len = keyproto_audit_build(&what, payload, sizeof payload);
	(void)!order(KEYPROTO_AUDIT, slice_of(payload, len), ends[0]);
	close(ends[0]);
	return ends[1];
}

/* ---- what it says ---- */

static void
key_told(struct slice payload)
{
	struct keyproto_keytold told;

	key_good = keyproto_keytold_parse(payload, &told) &&
		   told.verdict == KEYPROTO_SERVED;
	if (!key_good)
		complain("%s: not a private key of Ed25519, in PEM and not "
			 "encrypted",
		    config.key);
	/* A test passes no file. */
	if (!key_good || file < 0)
		events->told(key_good);
}

static void
file_told(const struct keyproto_header *header)
{
	if (header->id != file_order || !key_good)
		return;
	if (header->status == KEYPROTO_CRYPTO)
		complain("%s: not an audit log, or a damaged one: move it away",
		    config.file);
	else if (header->status != KEYPROTO_OK)
		complain("%s: it cannot be read", config.file);
	events->told(header->status == KEYPROTO_OK);
}

static void
told(void *ctx, struct slice packet)
{
	struct keyproto_header header;
	struct keyproto_processes what;
	struct slice payload;

	(void)ctx;
	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK)
		return;
	if (header.type == KEYPROTO_KEYFILE) {
		key_told(payload);
	} else if (header.type == KEYPROTO_AUDITLOG) {
		file_told(&header);
	} else if (header.type == KEYPROTO_STATUS &&
		   keyproto_processes_parse(payload, &what) &&
		   what.count == 1) {
		about = what.process[0];
		log_event(LOG_LEVEL_INFO, "audit",
		    "child=%d uid=%u seccomp=%u file=\"%s\"", (int)pid,
		    about.uid, about.seccomp, config.file);
	} else if (header.status != KEYPROTO_OK) {
		log_event(LOG_LEVEL_ERROR, "audit", "request=%u reason=%s",
		    header.type, keyproto_status_name(header.status));
	}
}

static void
ready(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	/* Its end is seen by SIGCHLD; until then there is nothing to read. */
	if (link_receive(&control, told, ctx) != CHANNEL_EMPTY)
		event_del(control.readable);
}

/* ---- its life ---- */

static void
later(void)
{
	unsigned wait = backoff_died(&backoff, clock_ms());
	struct timeval when = { wait / 1000, (wait % 1000) * 1000 };

	event_add(respawn, &when);
}

static bool
begin(void)
{
	struct spawn spawn = { .program = program,
		.name = "keyd-audit",
		.word = config.require ? SPAWN_REQUIRE : NULL,
		.environment = log_environment() };
	int ends[2];

	backoff_started(&backoff, clock_ms());
	if (channel_pair(ends) != 0)
		return false;
	spawn.control = ends[1];
	pid = spawn_child(&spawn);
	close(ends[1]);
	if (!link_open(&control, base, ends[0], ready, NULL) || pid < 0) {
		log_event(LOG_LEVEL_ERROR, "spawn",
		    "path=keyd-audit reason=\"%s\"", strerror(errno));
		link_close(&control);
		pid = 0;
		return false;
	}
	return pass_key() && pass_file() &&
	       order(KEYPROTO_STATUS, NO_BYTES, -1);
}

static void
start_again(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	if (begin())
		events->again();
	else if (pid == 0)
		later();
}

bool
auditor_open(const struct config_audit *wanted, bool testing)
{
	config = *wanted;
	if (!config.wanted)
		return true;
	key = config_open_secret(config.key);
	file = config_open_log(config.file, !testing);
	program = spawn_open("keyd-audit");
	if (testing && file >= 0) {
		close(file);
		file = -1;
	} else if (file < 0 && !(testing && errno == ENOENT)) {
		return false;
	}
	return key >= 0 && program >= 0;
}

void
auditor_start(struct event_base *in, const struct auditor_events *wanted)
{
	base = in;
	events = wanted;
	if (!config.wanted) {
		events->told(true);
		return;
	}
	if ((respawn = event_new(base, -1, 0, start_again, NULL)) == NULL)
		abort();
	if (!begin())
		later();
}

bool
auditor_wanted(void)
{
	return config.wanted;
}

bool
auditor_reopen(const struct config_audit *again)
{
	if (!config.wanted)
		return true;
	auditor_rotate(false);
	staged = config_open_log(again->file, true);
	return staged >= 0;
}

void
auditor_rotate(bool use)
{
	if (staged < 0)
		return;
	if (!use) {
		close(staged);
	} else {
		close(file);
		file = staged;
		if (control.channel != NULL && !pass_file())
			log_event(LOG_LEVEL_ERROR, "audit", "reason=queue");
	}
	staged = -1;
}

void
auditor_status(struct keyproto_processes *all)
{
	if (about.pid != 0 && all->count < KEYPROTO_STATUS_MAX)
		all->process[all->count++] = about;
}

bool
auditor_reaped(pid_t child, int status)
{
	if (pid == 0 || child != pid)
		return false;
	log_event(LOG_LEVEL_WARN, "audit-died",
	    WIFSIGNALED(status) ? "child=%d signal=%d" : "child=%d exit=%d",
	    (int)pid,
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	link_close(&control);
	pid = 0;
	about = (struct keyproto_process){ 0 };
	if (!stopped)
		later();
	return true;
}

pid_t
auditor_stop(void)
{
	stopped = true;
	link_close(&control);
	return pid;
}
