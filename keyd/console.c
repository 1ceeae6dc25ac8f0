/*
 * keyd's administration; the contract is in console.h.
 */
#include "keyd/console.h"

#include <stdio.h>
#include <string.h>

#include "admin/admin.h"
#include "admin/metrics.h"
#include "keyd/exposition.h"
#include "keyd/reports.h"

#define METRICS_MAX (8u << 20)
#define COUNT_PATIENCE_MS 2000

static struct admin *admin;
static const struct console_events *events;

/* Who waits: for the end of a reload by its number; 0: for the counts. */
static struct waiting {
	struct admin_request *request; /* NULL: free */
	unsigned reload;
} waiting[ADMIN_VISITORS_MAX * 4];
static struct event *impatience;
static bool counting;

/* ---- answers at once ---- */

static void
answer(struct admin_request *request,
    void (*fill)(struct report *, const struct daemon *))
{
	struct report *report = report_new();
	struct daemon daemon;

	if (report == NULL) {
		admin_refuse(request, "out of memory");
		return;
	}
	events->describe(&daemon);
	fill(report, &daemon);
	admin_tell(request, report);
	report_free(report);
}

static void
status(struct admin_request *request, void *ctx)
{
	(void)ctx;
	answer(request, reports_status);
}

static void
keys(struct admin_request *request, void *ctx)
{
	(void)ctx;
	answer(request, reports_keys);
}

/* All signers serve, or a reason for each that does not. */
static void
ping(struct admin_request *request, void *ctx)
{
	char reasons[4096] = "";
	size_t len = 0;
	struct fleet_member member;
	struct daemon daemon;

	(void)ctx;
	events->describe(&daemon);
	for (unsigned i = 0; i < fleet_count(daemon.fleet); i++) {
		member = fleet_member(daemon.fleet, i);
		if (member.about.pid == 0 && len < sizeof reasons)
			len += (size_t)snprintf(reasons + len,
			    sizeof reasons - len,
			    "group \"%s\" has no signer\n", member.group);
	}
	if (len > 0)
		admin_refuse(request, "%s", reasons);
	else
		admin_tell_text(request, NO_BYTES, "text/plain; charset=utf-8");
}

static void
tickets(struct admin_request *request, void *ctx)
{
	const char *what = admin_argument(request, 0);
	struct daemon daemon;

	(void)ctx;
	events->describe(&daemon);
	if (what[0] == '\0')
		answer(request, reports_tickets);
	else if (strcmp(what, "rotate") != 0)
		admin_refuse(request, "unknown command");
	else if (daemon.config->tickets.root[0] != '\0')
		admin_refuse(request,
		    "the root is %s: put another there, and reload",
		    daemon.config->tickets.root);
	else if (!events->new_root())
		admin_refuse(request, "no client gets ticket keys");
	else
		admin_tell_text(request, NO_BYTES, "text/plain; charset=utf-8");
}

/* ---- answers later ---- */

static bool
wait_for(struct admin_request *request, unsigned reload)
{
	for (size_t i = 0; i < COUNT(waiting); i++) {
		if (waiting[i].request != NULL)
			continue;
		waiting[i] = (struct waiting){ request, reload };
		return true;
	}
	admin_refuse(request, "too many wait already");
	return false;
}

static void
reload(struct admin_request *request, void *ctx)
{
	(void)ctx;
	if (wait_for(request, events->next_reload()))
		events->reload();
}

void
console_reloaded(unsigned number, const char *reasons)
{
	struct admin_request *request;

	for (size_t i = 0; i < COUNT(waiting); i++) {
		request = waiting[i].request;
		if (request == NULL || waiting[i].reload == 0 ||
		    waiting[i].reload > number)
			continue;
		waiting[i].request = NULL;
		if (reasons != NULL)
			admin_refuse(request, "%s",
			    reasons[0] != '\0' ? reasons
					       : "see the log of keyd");
		else
			admin_tell_text(
			    request, NO_BYTES, "text/plain; charset=utf-8");
	}
}

static void
metrics(struct admin_request *request, void *ctx)
{
	static const struct timeval patience = { COUNT_PATIENCE_MS / 1000,
		COUNT_PATIENCE_MS % 1000 * 1000 };

	(void)ctx;
	if (!wait_for(request, 0) || counting)
		return;
	counting = true;
	event_add(impatience, &patience);
	events->count();
}

void
console_counted(void)
{
	struct admin_request *request;
	struct daemon daemon;
	struct writer out;
	struct slice text;

	if (!counting)
		return;
	counting = false;
	event_del(impatience);
	events->describe(&daemon);
	writer_init(&out, METRICS_MAX);
	exposition_write(&daemon, &out);
	for (size_t i = 0; i < COUNT(waiting); i++) {
		request = waiting[i].request;
		if (request == NULL || waiting[i].reload != 0)
			continue;
		waiting[i].request = NULL;
		if (writer_result(&out, &text))
			admin_tell_text(request, text, METRICS_CONTENT_TYPE);
		else
			admin_refuse(request, "there is too much to tell");
	}
	writer_free(&out);
}

/* Some signer is too busy, or its fleet is gone: what there is, is told. */
static void
lose_patience(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	console_counted();
}

/* ---- the whole ---- */

/* clang-format off */
static const struct admin_command commands[] = {
	{ "status",  0,             0, status },
	{ "keys",    0,             0, keys },
	{ "reload",  ADMIN_CHANGES, 0, reload },
	{ "tickets", ADMIN_CHANGES, 1, tickets },
	{ "ping",    ADMIN_HTTP,    0, ping },
	{ "metrics", ADMIN_HTTP,    0, metrics },
};
/* clang-format on */

bool
console_open(struct event_base *base, const struct config *config, int listener,
    const struct console_events *console_events)
{
	const struct admin_options options = { .program = "keyd",
		.commands = commands,
		.command_count = COUNT(commands),
		.listener = listener,
		.readers = config->readers,
		.reader_count = config->reader_count };

	events = console_events;
	if (config->admin_socket[0] == '\0' && listener == 0)
		return true;
	impatience = event_new(base, -1, 0, lose_patience, NULL);
	if (impatience == NULL)
		return false;
	admin = admin_open(base, config->admin_socket, &options);
	return admin != NULL;
}

void
console_readers(const struct config *config)
{
	if (admin != NULL)
		admin_set_readers(admin, config->readers, config->reader_count);
}

void
console_close(void)
{
	admin_close(admin);
	admin = NULL;
}
