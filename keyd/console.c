/*
 * keyd's administration; the contract is in console.h.
 */
#include "keyd/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "admin/metrics.h"
#include "base/complain.h"
#include "base/log.h"
#include "keyd/exposition.h"
#include "keyd/maker.h"
#include "keyd/reports.h"

#define METRICS_MAX (16u << 20) /* a line for each row of each signer */
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

/* Keys are still being made: there is no fleet to tell of. */
static bool
too_early(struct admin_request *request, const struct daemon *daemon)
{
	if (fleet_count(daemon->fleet) > 0)
		return false;
	admin_refuse(request, "keyd is %s", daemon->state);
	return true;
}

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
	if (!too_early(request, &daemon)) {
		fill(report, &daemon);
		admin_tell(request, report);
	}
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
	if (too_early(request, &daemon))
		return;
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
	struct daemon daemon;

	(void)ctx;
	events->describe(&daemon);
	if (too_early(request, &daemon))
		return;
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

/* ---- keys and certificate requests ---- */

/* Who waits for something to be made. */
static struct making {
	struct admin_request *request; /* NULL: free */
	uint64_t order;                /* to a token's process; else 0 */
	char name[CONFIG_NAME_MAX];
	uint8_t spki[KEYPROTO_SPKI];
} makings[ADMIN_VISITORS_MAX * 4];

static struct making *
making_new(struct admin_request *request, const char *name)
{
	for (size_t i = 0; i < COUNT(makings); i++) {
		if (makings[i].request != NULL)
			continue;
		makings[i] = (struct making){ .request = request };
		snprintf(makings[i].name, sizeof makings[i].name, "%s", name);
		return &makings[i];
	}
	admin_refuse(request, "too many wait already");
	return NULL;
}

static struct admin_request *
making_end(struct making *making)
{
	struct admin_request *request = making->request;

	making->request = NULL;
	return request;
}

static void
tell_request(struct making *making, struct slice der)
{
	char pem[2 * KEYPROTO_PACKET_MAX];
	size_t len = csr_pem(der, pem, sizeof pem);
	struct report *report;

	if (!admin_wants_json(making->request)) {
		admin_tell_text(making_end(making), slice_of(pem, len),
		    "application/x-pem-file");
		return;
	}
	if ((report = report_new()) == NULL) {
		admin_refuse(making_end(making), "out of memory");
		return;
	}
	report_object(report, "csr");
	report_text(report, "name", making->name);
	report_text(report, "pem", pem);
	admin_tell(making_end(making), report);
	report_free(report);
}

/* What comes from a file is of the file as it is now. */
static void
requested(void *ctx, const char *fault, struct slice der)
{
	struct making *making = ctx;

	if (fault != NULL)
		admin_refuse(
		    making_end(making), "key \"%s\": %s", making->name, fault);
	else if (!csr_good(der, making->spki))
		admin_refuse(making_end(making),
		    "key \"%s\": its file has another key than the one that is "
		    "served: reload first",
		    making->name);
	else
		tell_request(making, der);
}

void
console_requested(
    uint64_t order, enum keyproto_status status, struct slice request)
{
	for (size_t i = 0; i < COUNT(makings); i++)
		if (makings[i].request != NULL && makings[i].order == order)
			requested(&makings[i], maker_fault(status), request);
}

void
console_restarted(void)
{
	for (size_t i = 0; i < COUNT(makings); i++)
		if (makings[i].request != NULL && makings[i].order != 0)
			requested(&makings[i], maker_fault(KEYPROTO_BACKEND),
			    NO_BYTES);
}

static void
csr(struct admin_request *request, void *ctx)
{
	const char *name = admin_argument(request, 0);
	const struct keyproto_keytold *told;
	const struct config_key *key;
	struct making *making;
	struct daemon daemon;
	unsigned index;

	(void)ctx;
	events->describe(&daemon);
	if (too_early(request, &daemon))
		return;
	if ((key = config_key_named(daemon.config, name)) == NULL) {
		admin_refuse(request, "there is no key \"%s\"", name);
		return;
	}
	index = (unsigned)(key - daemon.config->keys);
	told = fleet_key(daemon.fleet, index);
	if (!config_has_request(key))
		admin_refuse(request, "key \"%s\" has no request", name);
	else if (told == NULL || told->verdict != KEYPROTO_SERVED)
		admin_refuse(request, "key \"%s\" is not served", name);
	else if ((making = making_new(request, name)) != NULL) {
		memcpy(making->spki, told->spki, sizeof making->spki);
		if (key->uri[0] == '\0')
			maker_request(
			    key, daemon.config->strictness, requested, making);
		else if ((making->order = events->request(index)) == 0)
			requested(
			    making, maker_fault(KEYPROTO_BACKEND), NO_BYTES);
	}
}

static void
generated(void *ctx, const char *fault, struct slice none)
{
	struct making *making = ctx;
	struct admin_request *request = making_end(making);

	(void)none;
	log_event(fault == NULL ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "generate",
	    "name=%s result=\"%s\"", making->name,
	    fault == NULL ? "done" : fault);
	if (fault != NULL)
		admin_refuse(request, "key \"%s\" was not made: %s",
		    making->name, fault);
	else if (wait_for(request, events->next_reload()))
		events->reload();
}

/* Of the configuration as it is now, which the reload then makes keyd's. */
static void
generate_of(struct admin_request *request, const struct config *config)
{
	const char *name = admin_argument(request, 0);
	const struct config_key *key = config_key_named(config, name);
	struct making *making;

	if (key == NULL)
		admin_refuse(request, "there is no key \"%s\"", name);
	else if (key->generate.algorithm == 0)
		admin_refuse(request, "key \"%s\" has no generate", name);
	else if (!maker_lacks(key))
		admin_refuse(request, "key \"%s\": %s is there already", name,
		    key->path);
	else if ((making = making_new(request, name)) != NULL)
		maker_generate(key, config->strictness, generated, making);
}

static void
generate(struct admin_request *request, void *ctx)
{
	struct config *config = calloc(1, sizeof *config);
	struct writer reasons;
	struct daemon daemon;

	(void)ctx;
	if (config == NULL) {
		admin_refuse(request, "out of memory");
		return;
	}
	events->describe(&daemon);
	if (strcmp(daemon.state, "serving") != 0) {
		admin_refuse(request, "keyd is %s", daemon.state);
		config_free(config);
		free(config);
		return;
	}
	writer_init(&reasons, 4096);
	complain_keep(&reasons);
	if (config_read(daemon.config_path, config, daemon.config))
		generate_of(request, config);
	else
		admin_refuse(request, "%.*s", (int)reasons.len,
		    (const char *)reasons.data);
	complain_keep(NULL);
	writer_free(&reasons);
	config_free(config);
	free(config);
}

/* ---- the whole ---- */

/* clang-format off */
static const struct admin_command commands[] = {
	{ "status",  0,             0, status },
	{ "keys",    0,             0, keys },
	{ "reload",  ADMIN_CHANGES, 0, reload },
	{ "tickets", ADMIN_CHANGES, 1, tickets },
	{ "csr",     ADMIN_CHANGES, 1, csr },
	{ "generate", ADMIN_CHANGES, 1, generate },
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
