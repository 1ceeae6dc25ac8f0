/*
 * Commands of the administration; the contract is in console.h.
 */
#include "frontd/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/metrics.h"
#include "admin/service.h"
#include "base/clock.h"
#include "base/complain.h"
#include "frontd/ask.h"
#include "frontd/census.h"
#include "frontd/exposition.h"
#include "frontd/reload.h"
#include "frontd/session.h"
#include "frontd/upgrade.h"

/* Of complaints about one configuration. */
#define COMPLAINTS_MAX 65536
#define METRICS_MAX ADMIN_ANSWER_MAX
#define PULSE_SECONDS 5

struct console {
	struct admin *admin;
	struct event *pulse;
	struct writer complaints;
	/* Who waits for a reload: the number of the one that answers. */
	struct admin_request *waiting[ADMIN_VISITORS_MAX];
	uint64_t answered_by[ADMIN_VISITORS_MAX];
	struct admin_request *upgrading; /* who waits for it, or NULL */
};

static struct console console;

/* A question to the workers, on behalf of somebody. */
struct visit {
	struct admin_request *request;
	void (*tell)(struct master *, struct visit *);
	struct report *report; /* of rows: filled as they come */
	struct exposition_backends backends;
};

/* ---- reports ---- */

static const char *const fleet_states[] = { [FLEET_STARTING] = "starting",
	[FLEET_SERVING] = "serving",
	[FLEET_DRAINING] = "draining",
	[FLEET_RETIRED] = "ending" };

static const char *
state_of(const struct master *master)
{
	return master->stopping       ? "draining"
	       : master->next != NULL ? "reloading"
				      : "serving";
}

static void
tell_layers(struct report *report, const struct confinement *confinement)
{
	for (int i = 0; i < LAYER_COUNT; i++)
		report_text(report, policy_layer_name((enum layer)i),
		    policy_level_name((enum level)confinement->level[i]));
}

static void
tell_process(struct report *report, const char *name, pid_t pid,
    const char *state, const struct confinement *confinement, uint32_t starts)
{
	report_row(report);
	report_text(report, "name", name);
	report_number(report, "pid", (uint64_t)pid);
	report_text(report, "state", state);
	report_number(report, "uid", confinement->uid);
	report_number(report, "starts", starts);
	tell_layers(report, confinement);
}

static void
tell_child(struct report *report, const struct child *child)
{
	if (child->pid > 0)
		tell_process(report, child->kind->name, child->pid,
		    child->confined ? fleet_states[child->fleet->state]
				    : "starting",
		    &child->confinement, child->starts);
}

static void
tell_fleet(struct report *report, const struct fleet *fleet)
{
	for (unsigned i = 0; i < fleet->options.workers; i++)
		tell_child(report, &fleet->workers[i]);
	tell_child(report, &fleet->connect);
	tell_child(report, &fleet->page);
	tell_child(report, &fleet->fetch);
	tell_child(report, &fleet->prove);
}

static uint64_t
all_open(const struct master *master)
{
	uint64_t open = 0;

	for (size_t i = 0; i < MASTER_TAGS_MAX; i++)
		if (master->tags[i] != NULL && master->tags[i]->census != NULL)
			open += master->tags[i]->census->open;
	return open;
}

static void
tell_status(struct master *master, struct visit *visit)
{
	struct report *report = visit->report;
	const struct keyproto_processes *keyd = &master->link.processes;

	report_object(report, "frontd");
	report_text(report, "version", SALLYPORT_VERSION);
	report_text(report, "state", state_of(master));
	report_text(report, "config", master->config);
	report_number(
	    report, "uptime_s", (clock_ms() - master->started_ms) / 1000);
	report_number(report, "connections", all_open(master));
	report_number(report, "sites", master->now->options.site_count);
	report_number(report, "listeners", master->now->options.listen_count);
	report_flag(report, "keyd_reached", master->link.welcomed);
	report_number(report, "reloads_done", master->reloads_done);
	report_number(report, "reloads_refused", master->reloads_refused);
	report_number(report, "upgrades_refused", master->upgrades_refused);
	/* Of those before it, which drain. */
	report_number(report, "before_workers", heir_workers_before(master));
	report_number(report, "before_connections", heir_open_before(master));
	report_table(report, "processes");
	tell_process(
	    report, "frontd", getpid(), state_of(master), &master->own, 1);
	tell_fleet(report, master->now);
	if (master->next != NULL)
		tell_fleet(report, master->next);
	for (struct fleet *fleet = master->before; fleet != NULL;
	     fleet = fleet->next)
		tell_fleet(report, fleet);
	report_table(report, "keyd");
	for (unsigned i = 0; i < keyd->count; i++) {
		report_row(report);
		report_text(report, "name", keyd->process[i].name);
		report_number(report, "pid", keyd->process[i].pid);
		report_number(report, "uid", keyd->process[i].uid);
		report_number(report, "seccomp", keyd->process[i].seccomp);
		report_number(report, "keys", keyd->process[i].keys);
	}
}

/* "none" is not configured; "expired" and the like are not served. */
static const char *
staple_state(const struct stapler *stapler, const struct option_site *site)
{
	if (stapler_served(stapler, site) != NULL)
		return "served";
	if (site->stale != NULL)
		return site->stale;
	return site->fetch != NULL ? "awaited" : "none";
}

/* Of one that is fetched: how it went, and when it is asked for again. */
static void
tell_fetching(struct report *report, const struct stapled *stapled)
{
	static const char *const results[] = {
		[STAPLED_NOTHING] = "nothing",
		[STAPLED_CACHED] = "cached",
		[STAPLED_FETCHED] = "fetched",
		[STAPLED_FAILED] = "failed",
		[STAPLED_REVOKED] = "revoked",
	};

	report_text(report, "fetch",
	    stapled != NULL ? results[stapled->result] : "none");
	report_number(
	    report, "fetch_failures", stapled != NULL ? stapled->failures : 0);
	report_number(
	    report, "fetch_next_s", stapled != NULL ? stapled->next : 0);
}

static void
count_backends(
    const struct visit *visit, unsigned site, unsigned *all, unsigned *up)
{
	*all = *up = 0;
	for (size_t i = 0; i < visit->backends.count; i++) {
		if (visit->backends.rows[i].site != site)
			continue;
		++*all;
		*up += visit->backends.rows[i].state == BACKEND_UP;
	}
}

static void
tell_sites(struct master *master, struct visit *visit)
{
	struct report *report = visit->report;
	time_t now = (time_t)clock_day();
	struct tally_site sum;
	unsigned backends, up;

	report_table(report, "sites");
	for (unsigned i = 0; i < master->now->options.site_count; i++) {
		const struct option_site *site = master->now->options.sites[i];
		time_t until = site->chain.not_after;

		census_site(master, i, &sum);
		report_row(report);
		report_text(report, "name", site->title);
		report_text(report, "file", control_text(site->file));
		report_text(report, "beside",
		    site->what.beside != i
			? master->now->options.sites[site->what.beside]->title
			: "");
		report_number(report, "not_after_s", (uint64_t)until);
		report_number(report, "days_left",
		    until > now ? (uint64_t)((until - now) / 86400) : 0);
		report_text(
		    report, "staple", staple_state(&master->stapler, site));
		tell_fetching(report, stapler_find(&master->stapler, site));
		report_number(report, "open", sum.open);
		report_number(report, "connections", sum.connections);
		report_number(report, "agreed", sum.agreed);
		report_number(report, "failed", sum.failed);
		report_number(report, "resumed", sum.resumed);
		report_number(report, "early", sum.early);
		report_number(report, "backend_failed", sum.backend_failed);
		count_backends(visit, site->what.backends, &backends, &up);
		report_number(report, "backends", backends);
		report_number(report, "backends_up", up);
		report_number(report, "bytes_in", sum.bytes_in);
		report_number(report, "bytes_out", sum.bytes_out);
	}
}

/* Of a frontd before this one, as it last told. */
static void
tell_worker_before(struct report *report, const uint64_t *numbers)
{
	static const struct {
		const char *name;
		enum heritage_worker number;
	} rest[] = { { "open", HERITAGE_OPEN },
		{ "connections", HERITAGE_CONNECTIONS },
		{ "agreed", HERITAGE_AGREED }, { "failed", HERITAGE_FAILED },
		{ "resumed", HERITAGE_RESUMED },
		{ "bytes_in", HERITAGE_BYTES_IN },
		{ "bytes_out", HERITAGE_BYTES_OUT },
		{ "key_pending", HERITAGE_KEY_PENDING },
		{ "starts", HERITAGE_STARTS } };

	report_row(report);
	report_number(report, "master", numbers[HERITAGE_MASTER]);
	report_number(report, "pid", numbers[HERITAGE_PID]);
	report_text(report, "state", fleet_states[FLEET_DRAINING]);
	for (size_t i = 0; i < COUNT(rest); i++)
		report_number(report, rest[i].name, numbers[rest[i].number]);
}

static void
tell_workers(struct master *master, struct visit *visit)
{
	struct report *report = visit->report;
	report_table(report, "workers");
	for (size_t i = 0; i < MASTER_TAGS_MAX; i++) {
		const struct child *worker = master->tags[i];
		const struct census_worker *census;
		struct tally_site sum = { 0 };

		if (worker == NULL || worker->pid == 0 ||
		    worker->census == NULL)
			continue;
		census = worker->census;
		for (unsigned j = 0; j < worker->fleet->options.site_count; j++)
			tally_add_site(&sum, &census->sites[j]);
		report_row(report);
		report_number(report, "master", (uint64_t)getpid());
		report_number(report, "pid", (uint64_t)worker->pid);
		report_text(
		    report, "state", fleet_states[worker->fleet->state]);
		report_number(report, "open", census->open);
		report_number(report, "connections", sum.connections);
		report_number(report, "agreed", sum.agreed);
		report_number(report, "failed", sum.failed);
		report_number(report, "resumed", sum.resumed);
		report_number(report, "bytes_in", sum.bytes_in);
		report_number(report, "bytes_out", sum.bytes_out);
		report_number(report, "key_pending", census->key_pending);
		report_number(report, "starts", worker->starts);
	}
	for (struct before *at = master->heir.all; at != NULL; at = at->next)
		for (size_t i = 0; i < at->row_count; i++)
			tell_worker_before(report, at->rows[i].numbers);
}

/* What does not fit into memory is left out. */
static void
keep_backend(const struct control_backend_row *row, void *ctx)
{
	struct exposition_backends *all = &((struct visit *)ctx)->backends;
	struct control_backend_row *more =
	    realloc(all->rows, (all->count + 1) * sizeof *more);

	if (more == NULL)
		return;
	all->rows = more;
	all->rows[all->count++] = *row;
}

/* As the configuration has it, if that is a name. */
static const char *
name_of(const struct option_site *site, uint16_t number)
{
	const struct option_name *name = site->names;

	while (name != NULL && name->number != number)
		name = name->next;
	return name != NULL ? name->host : "";
}

static void
tell_backends(struct master *master, struct visit *visit)
{
	static const char *const states[] = { [BACKEND_UP] = "up",
		[BACKEND_DOWN] = "down",
		[BACKEND_AWAITED] = "awaited",
		[BACKEND_NOWHERE] = "nowhere" };
	struct report *report = visit->report;

	report_table(report, "backends");
	for (size_t i = 0; i < visit->backends.count; i++) {
		const struct control_backend_row *row =
		    &visit->backends.rows[i];
		const struct option_site *site;

		/* A reload may have come between. */
		if (row->site >= master->now->options.site_count)
			continue;
		site = master->now->options.sites[row->site];
		report_row(report);
		report_text(report, "site", site->balance.title);
		report_text(report, "address", row->address);
		report_text(report, "name", name_of(site, row->number));
		report_text(report, "state",
		    row->state < COUNT(states) ? states[row->state] : "?");
		report_number(report, "since_s", row->age_ms / 1000);
		report_number(report, "connections", row->connections);
		report_number(
		    report, "open", row->open != UINT64_MAX ? row->open : 0);
		report_number(report, "failures", row->failures);
		report_text(report, "last_error",
		    row->error != 0 ? strerror(row->error) : "");
	}
}

static void
tell_row(const struct child *worker, const struct control_row *row, void *ctx)
{
	static const char *const states[SESSION_STATES] = {
		[SESSION_HANDSHAKE] = "handshake",
		[SESSION_CONNECTING] = "connecting",
		[SESSION_SECURING] = "securing",
		[SESSION_RELAY] = "relay",
		[SESSION_ENDING] = "ending"
	};
	const struct options *options = &worker->fleet->options;
	struct report *report = ((struct visit *)ctx)->report;
	struct control_row it = *row;

	it.peer[sizeof it.peer - 1] = it.name[sizeof it.name - 1] =
	    it.version[sizeof it.version - 1] = it.suite[sizeof it.suite - 1] =
		'\0';
	report_row(report);
	report_text(report, "peer", it.peer);
	report_text(report, "site",
	    it.site < options->site_count ? options->sites[it.site]->title
					  : "?");
	report_text(
	    report, "state", it.state < COUNT(states) ? states[it.state] : "?");
	report_text(report, "sni", it.name);
	report_text(report, "version", it.version);
	report_text(report, "cipher", it.suite);
	report_number(report, "age_ms", it.age_ms);
	report_number(report, "bytes_in", it.bytes_in);
	report_number(report, "bytes_out", it.bytes_out);
	report_number(report, "worker", (uint64_t)worker->pid);
}

/* ---- questions ---- */

static void
visit_end(struct visit *visit)
{
	report_free(visit->report);
	free(visit->backends.rows);
	free(visit);
}

static void
reported(struct master *master, uint64_t left_out, void *ctx)
{
	struct visit *visit = ctx;

	if (visit->tell != NULL) {
		visit->tell(master, visit);
	} else {
		report_object(visit->report, "summary");
		report_number(visit->report, "left_out", left_out);
	}
	admin_tell(visit->request, visit->report);
	visit_end(visit);
}

static void
exposed(struct master *master, uint64_t left_out, void *ctx)
{
	struct visit *visit = ctx;
	struct writer text;
	struct slice all;

	(void)left_out;
	writer_init(&text, METRICS_MAX);
	exposition_write(master, &visit->backends, &text);
	if (writer_result(&text, &all))
		admin_tell_text(visit->request, all, METRICS_CONTENT_TYPE);
	else
		admin_refuse(visit->request, "out of memory");
	writer_free(&text);
	visit_end(visit);
}

static void
visit(struct admin_request *request, struct master *master,
    enum control_what what, const struct ask_events *events,
    void (*tell)(struct master *, struct visit *))
{
	struct visit *visit = calloc(1, sizeof *visit);

	if (visit != NULL)
		*visit = (struct visit){
			.request = request, .tell = tell, .report = report_new()
		};
	if (visit != NULL && visit->report != NULL && tell == NULL)
		report_table(visit->report, "connections");
	if (visit != NULL && visit->report != NULL &&
	    ask_workers(master, what, events, visit))
		return;
	if (visit != NULL)
		visit_end(visit);
	admin_refuse(request, "out of memory");
}

static const struct ask_events reporting = { NULL, reported, NULL };
static const struct ask_events listing = { tell_row, reported, NULL };
static const struct ask_events exposing = { NULL, exposed, keep_backend };
static const struct ask_events with_backends = { NULL, reported, keep_backend };

static void
handle_status(struct admin_request *request, void *ctx)
{
	visit(request, ctx, CONTROL_ASK_TALLY, &reporting, tell_status);
}

static void
handle_sites(struct admin_request *request, void *ctx)
{
	visit(request, ctx, CONTROL_ASK_TALLY, &with_backends, tell_sites);
}

static void
handle_backends(struct admin_request *request, void *ctx)
{
	visit(
	    request, ctx, CONTROL_ASK_BACKENDS, &with_backends, tell_backends);
}

static void
handle_workers(struct admin_request *request, void *ctx)
{
	visit(request, ctx, CONTROL_ASK_TALLY, &reporting, tell_workers);
}

static void
handle_connections(struct admin_request *request, void *ctx)
{
	visit(request, ctx, CONTROL_ASK_ROWS, &listing, NULL);
}

static void
handle_metrics(struct admin_request *request, void *ctx)
{
	visit(request, ctx, CONTROL_ASK_TALLY, &exposing, NULL);
}

/* ---- reload and drain ---- */

/* The next that begins: one that goes on has read what was there before. */
static void
handle_reload(struct admin_request *request, void *ctx)
{
	struct master *master = ctx;
	size_t i = 0;

	while (i < COUNT(console.waiting) && console.waiting[i] != NULL)
		i++;
	if (i == COUNT(console.waiting) || master->stopping) {
		admin_refuse(request, master->stopping
					  ? "frontd drains, to end"
					  : "too many wait for a reload");
		return;
	}
	console.waiting[i] = request;
	console.answered_by[i] = master->reloads_begun + 1;
	reload(master);
}

void
console_reloading(struct master *master)
{
	(void)master;
	writer_free(&console.complaints);
	writer_init(&console.complaints, COMPLAINTS_MAX);
	complain_keep(&console.complaints);
}

static void
tell_reloaded(struct master *master, struct admin_request *request)
{
	struct report *report = report_new();

	if (report == NULL) {
		admin_refuse(request, "out of memory");
		return;
	}
	report_object(report, "reload");
	report_text(report, "result", "done");
	report_number(report, "listeners", master->now->options.listen_count);
	report_number(report, "sites", master->now->options.site_count);
	report_number(report, "workers", master->now->options.workers);
	admin_tell(request, report);
	report_free(report);
}

static void
tell_refused(struct admin_request *request)
{
	struct slice why = NO_BYTES;

	if (!writer_result(&console.complaints, &why) || why.len == 0)
		why = slice_of_string("see the log");
	admin_refuse(request, "%.*s", (int)why.len, (const char *)why.data);
}

void
console_reloaded(struct master *master, bool done)
{
	struct admin_request *request;

	complain_keep(NULL);
	for (size_t i = 0; i < COUNT(console.waiting); i++) {
		request = console.waiting[i];
		if (request == NULL ||
		    console.answered_by[i] > master->reloads_begun)
			continue;
		console.waiting[i] = NULL;
		if (done)
			tell_reloaded(master, request);
		else
			tell_refused(request);
	}
}

static void
handle_drain(struct admin_request *request, void *ctx)
{
	struct master *master = ctx;
	struct report *report = report_new();

	if (master->stopping || report == NULL) {
		admin_refuse(request, master->stopping ? "frontd drains already"
						       : "out of memory");
		report_free(report);
		return;
	}
	report_object(report, "drain");
	report_number(
	    report, "timeout_ms", master->now->options.drain_timeout_ms);
	admin_tell(request, report);
	report_free(report);
	reload_drain(master);
}

/* ---- upgrade ---- */

static void
handle_upgrade(struct admin_request *request, void *ctx)
{
	struct master *master = ctx;

	if (master->stopping) {
		admin_refuse(request, "frontd drains, to end");
	} else if (console.upgrading != NULL || upgrade_goes_on(master)) {
		admin_refuse(request, "an upgrade goes on already");
	} else {
		console.upgrading = request;
		upgrade(master);
	}
}

static void
tell_upgraded(struct master *master, struct admin_request *request)
{
	struct report *report = report_new();

	if (report == NULL) {
		admin_refuse(request, "out of memory");
		return;
	}
	report_object(report, "upgrade");
	report_text(report, "result", "done");
	report_number(report, "pid", (uint64_t)master->upgrade.pid);
	report_text(report, "version", master->upgrade.version);
	report_number(report, "before_pid", (uint64_t)getpid());
	report_text(report, "before_version", SALLYPORT_VERSION);
	admin_tell(request, report);
	report_free(report);
}

void
console_upgraded(struct master *master, const char *reason)
{
	struct admin_request *request = console.upgrading;

	console.upgrading = NULL;
	if (request != NULL && reason == NULL)
		tell_upgraded(master, request);
	else if (request != NULL)
		admin_refuse(request, "%s", reason);
	if (reason != NULL)
		return;
	for (size_t i = 0; i < COUNT(console.waiting); i++) {
		if (console.waiting[i] != NULL)
			admin_refuse(console.waiting[i],
			    "another frontd has taken over: it reloads");
		console.waiting[i] = NULL;
	}
	if (console.admin != NULL)
		admin_leave(console.admin);
}

int
console_listener(void)
{
	return console.admin != NULL ? admin_listener(console.admin) : -1;
}

void
console_go_on(void)
{
	if (console.admin != NULL)
		admin_go_on(console.admin);
}

/* ---- the pulse ---- */

static void
felt(struct master *master, uint64_t left_out, void *ctx)
{
	(void)left_out;
	(void)ctx;
	upgrade_tell(master);
}

static const struct admin_command commands[] = {
	{ "status", ADMIN_HTTP, 0, handle_status },
	{ "sites", ADMIN_HTTP, 0, handle_sites },
	{ "backends", ADMIN_HTTP, 0, handle_backends },
	{ "workers", ADMIN_HTTP, 0, handle_workers },
	{ "connections", 0, 0, handle_connections },
	{ "metrics", ADMIN_HTTP, 0, handle_metrics },
	{ "reload", ADMIN_CHANGES, 0, handle_reload },
	{ "drain", ADMIN_CHANGES, 0, handle_drain },
	{ "upgrade", ADMIN_CHANGES, 0, handle_upgrade },
};

/* What a worker has counted that dies is known up to the last time it was
 * asked. */
static void
pulse(evutil_socket_t fd, short what, void *ctx)
{
	static const struct ask_events nobody = { NULL, felt, NULL };

	(void)fd;
	(void)what;
	(void)!ask_workers(ctx, CONTROL_ASK_TALLY, &nobody, NULL);
}

bool
console_open(struct master *master)
{
	const struct options *options = &master->now->options;
	int inherited = heir_admin(master, options->admin_socket);
	int passed =
	    inherited > 0 ? -1 : service_socket("frontd-admin", SOCK_STREAM);
	const struct admin_options ask = { .program = "frontd",
		.listener = inherited > 0 ? inherited
			    : passed > 0  ? passed
					  : 0,
		.ours = passed < 0,
		.rests = heir_waits(master),
		.commands = commands,
		.command_count = COUNT(commands),
		.ctx = master,
		.readers = options->readers,
		.reader_count = options->reader_count };
	const struct timeval every = { PULSE_SECONDS, 0 };

	writer_init(&console.complaints, COMPLAINTS_MAX);
	if (options->admin_socket[0] == '\0' && passed < 0)
		return true;
	console.pulse = event_new(master->base, -1, EV_PERSIST, pulse, master);
	if (console.pulse == NULL || event_add(console.pulse, &every) != 0)
		return false;
	console.admin = admin_open(master->base, options->admin_socket, &ask);
	return console.admin != NULL;
}

void
console_reconfigure(struct master *master)
{
	const struct options *options = &master->now->options;

	if (console.admin != NULL)
		admin_set_readers(
		    console.admin, options->readers, options->reader_count);
}

void
console_close(struct master *master)
{
	if (console.admin == NULL)
		return;
	if (heir_waits(master))
		admin_leave(console.admin); /* it is still another's */
	admin_close(console.admin);
	ask_end(master);
	for (size_t i = 0; i < COUNT(console.waiting); i++)
		if (console.waiting[i] != NULL)
			admin_refuse(console.waiting[i], "frontd ends");
	if (console.upgrading != NULL)
		admin_refuse(console.upgrading, "frontd ends");
	console.admin = NULL;
}
