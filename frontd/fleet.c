/*
 * Fleets: what their children are told, and what these say; the contract is in
 * fleet.h.
 */
#include "frontd/fleet.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/log.h"
#include "frontd/ask.h"
#include "frontd/census.h"
#include "frontd/crowd.h"
#include "frontd/keylink.h"
#include "frontd/reload.h"
#include "frontd/stapler.h"
#include "ipc/spawn.h"
#include "libtls/unstable/pkey_binding.h"

/* For workers to end after the drain timeout; then they are killed. */
#define OVERDUE_MS 3000

static struct child_kind worker_kind;

/* Those that are no workers; not all of them need be there. */
#define OTHERS 4
static struct child *
other(struct fleet *fleet, size_t i)
{
	struct child *const all[OTHERS] = { &fleet->connect, &fleet->page,
		&fleet->fetch, &fleet->prove };

	return all[i];
}

/* ---- telling ---- */

static void
tell_plain(struct child *child, enum control_type type, int fd)
{
	const struct control_plain record = { .type = type };

	child_tell(child, &record, sizeof record, fd);
}

void
fleet_tell_start(struct child *child)
{
	const struct options *options = &child->fleet->options;
	const struct control_start start = { .type = CONTROL_START,
		.strictness = options->strictness,
		.max_connections = options->max_connections,
		.sources = options->sources,
		.debug = child->fleet->master->debug };

	child_tell(child, &start, sizeof start, -1);
}

static void
tell_site(struct child *child, const struct option_site *site)
{
	uint16_t number = site->what.site;

	child_tell(child, &site->what, sizeof site->what, -1);
	child_tell_parts(child, CONTROL_CHAIN, number,
	    slice_of(site->chain.pem.text, site->chain.pem.len));
	if (site->backend_chain != NULL)
		child_tell_parts(child, CONTROL_BACKEND_CHAIN, number,
		    slice_of(site->backend_chain->pem.text,
			site->backend_chain->pem.len));
	stapler_tell(child, site);
}

static void
tell_client_ca(struct child *child, uint16_t number)
{
	const struct pem_file *pem =
	    &child->fleet->options.client_cas.at[number - 1].pem;
	const struct control_client_ca record = { .type = CONTROL_CLIENT_CA,
		.number = number,
		.size = (uint32_t)pem->len };

	child_tell(child, &record, sizeof record, -1);
	child_tell_parts(child, CONTROL_CLIENT_CA_PART, number,
	    slice_of(pem->text, pem->len));
}

/* A fresh way between a worker and frontd-connect. */
static void
join(struct child *worker, struct child *connect)
{
	int ends[2];

	if (worker->control == NULL || !worker->may_join ||
	    connect->control == NULL || !connect->may_join ||
	    channel_pair(ends) != 0)
		return; /* the one that starts later joins them */
	tell_plain(worker, CONTROL_CONNECTOR, ends[0]);
	tell_plain(connect, CONTROL_CONNECTOR, ends[1]);
	close(ends[0]);
	close(ends[1]);
}

/* Each socket is one worker's, and each worker has one at least. */
static void
tell_listener(struct child *child, uint16_t number)
{
	const struct fleet *fleet = child->fleet;
	const struct binding *binding = fleet->bindings[number];
	const struct control_socket more = { CONTROL_SOCKET, number };
	unsigned i = child->index;

	child_tell(child, &fleet->options.listens[number].what,
	    sizeof fleet->options.listens[number].what, binding->sockets[i]);
	for (i += fleet->options.workers; i < binding->count;
	     i += fleet->options.workers)
		child_tell(child, &more, sizeof more, binding->sockets[i]);
}

/* A worker's region is that of its tag, which no other has at the time. */
static void
tell_crowd(struct child *child)
{
	const struct control_crowd record = { CONTROL_CROWD, child->tag };
	const struct sources_limits *limits = &child->fleet->options.sources;

	if (limits->connections > 0 || limits->rate > 0)
		child_tell(child, &record, sizeof record,
		    child->fleet->master->crowd_file);
}

static bool
takes_early_data(const struct options *options)
{
	for (unsigned i = 0; i < options->site_count; i++)
		if (options->sites[i]->what.early_data != 0)
			return true;
	return false;
}

static void
prepare_worker_last(struct child *child)
{
	struct fleet *fleet = child->fleet;
	const struct options *options = &fleet->options;

	for (uint16_t i = 0; i < options->listen_count; i++)
		tell_listener(child, i);
	if (takes_early_data(options))
		tell_plain(child, CONTROL_REPLAY, fleet->master->replay);
	tell_crowd(child);
	child->may_join = true;
	join(child, &fleet->connect);
	keylink_ask(fleet->master, child->tag);
	fleet_tell_start(child);
	if (fleet->state == FLEET_SERVING)
		tell_plain(child, CONTROL_SERVE, -1);
}

/* Files of authorities, then sites, then the rest. */
static bool
prepare_worker(struct child *child, uint32_t step)
{
	const struct options *options = &child->fleet->options;
	uint32_t cas = options->client_cas.count;

	child->may_join = false;
	if (step < cas)
		tell_client_ca(child, (uint16_t)(step + 1));
	else if (step - cas < options->site_count)
		tell_site(child, options->sites[step - cas]);
	else
		prepare_worker_last(child);
	return step - cas < options->site_count || step < cas;
}

static void
tell_backends(struct child *child, const struct option_site *site)
{
	child_tell(child, &site->balance, sizeof site->balance, -1);
	for (unsigned i = 0; i < site->balance.count; i++)
		child_tell(
		    child, &site->backends[i], sizeof site->backends[i], -1);
	resolver_tell(child, site);
}

static bool
prepare_connect(struct child *child, uint32_t step)
{
	struct fleet *fleet = child->fleet;
	const struct options *options = &fleet->options;

	child->may_join = step == options->site_count;
	if (step < options->site_count) {
		tell_backends(child, options->sites[step]);
		return true;
	}
	for (unsigned i = 0; i < options->workers; i++)
		join(&fleet->workers[i], child);
	fleet_tell_start(child);
	return false;
}

static bool
prepare_page(struct child *child, uint32_t step)
{
	(void)step;
	fleet_tell_start(child);
	fleet_show(child->fleet);
	return false;
}

void
fleet_give_keys(struct master *master, uint32_t tag, uint32_t signers, int fd)
{
	const struct control_keys record = { CONTROL_KEYS, signers };

	if (tag < MASTER_TAGS_MAX && master->tags[tag] != NULL)
		child_tell(master->tags[tag], &record, sizeof record, fd);
}

void
fleet_give_backend_keys(
    struct master *master, uint32_t tag, uint32_t signers, int fd)
{
	const struct control_keys record = { CONTROL_BACKEND_KEYS, signers };

	if (tag < MASTER_TAGS_MAX && master->tags[tag] != NULL)
		child_tell(master->tags[tag], &record, sizeof record, fd);
}

enum fleet_keys
fleet_keys(const struct fleet *fleet)
{
	bool lacking = false;

	for (unsigned i = 0; i < fleet->options.workers; i++) {
		const struct control_keyed *keyed = &fleet->workers[i].keyed;

		if (keyed->type == 0 || (keyed->count > 0 && !keyed->whole))
			return FLEET_KEYS_AWAITED;
		lacking = lacking || keyed->count > 0;
	}
	return lacking ? FLEET_KEYS_LACK : FLEET_KEYS_THERE;
}

static void
complain_of(const struct fleet *fleet, const struct control_keyed *keyed)
{
	const struct options *options = &fleet->options;
	uint32_t told = 0;

	for (; told < keyed->count && told < COUNT(keyed->sites); told++)
		if (keyed->sites[told] < options->site_count)
			complain("%s:%u: site \"%s\": keyd has no key for its "
				 "%s",
			    fleet->master->config,
			    options->sites[keyed->sites[told]]->line,
			    options->sites[keyed->sites[told]]->title,
			    keyed->of_backend[told] != 0
				? "backend-certificate that may be used as a "
				  "client"
				: "certificate that may be used as its policy "
				  "demands");
	if (keyed->count > told)
		complain("%s: and %u sites more", fleet->master->config,
		    keyed->count - told);
}

void
fleet_complain_keys(const struct fleet *fleet)
{
	if (!fleet->master->link.welcomed)
		complain("%s: keyd cannot be reached, to say which keys it has",
		    fleet->options.keyd_socket);
	for (unsigned i = 0; i < fleet->options.workers; i++) {
		if (fleet->workers[i].keyed.count == 0)
			continue;
		complain_of(fleet, &fleet->workers[i].keyed);
		return;
	}
}

/* ---- who runs ---- */

static void
show_process(struct control_processes *out, const char *name, pid_t pid,
    const struct confinement *confinement)
{
	struct keyproto_process *row = &out->processes[out->count];

	if (out->count == CONTROL_PROCESSES_MAX)
		return;
	out->count++;
	*row = (struct keyproto_process){ .pid = (uint32_t)pid,
		.uid = confinement->uid,
		.seccomp = confinement->seccomp_mode,
		.namespaces = confinement->namespaces };
	snprintf(row->name, sizeof row->name, "%s", name);
}

static void
show_child(struct control_processes *out, const struct child *child)
{
	if (child->confined)
		show_process(
		    out, child->kind->name, child->pid, &child->confinement);
}

void
fleet_show(struct fleet *fleet)
{
	static struct control_processes all;
	const struct master *master = fleet->master;
	const struct keyproto_processes *keyd = &master->link.processes;

	if (fleet->page.kind == NULL)
		return;
	all = (struct control_processes){ .type = CONTROL_PROCESSES };
	show_process(&all, "frontd", getpid(), &master->own);
	for (unsigned i = 0; i < fleet->options.workers; i++)
		show_child(&all, &fleet->workers[i]);
	for (size_t i = 0; i < OTHERS; i++)
		show_child(&all, other(fleet, i));
	for (unsigned i = 0;
	     i < keyd->count && all.count < CONTROL_PROCESSES_MAX; i++)
		all.processes[all.count++] = keyd->process[i];
	child_tell(&fleet->page, &all, sizeof all, -1);
}

/* ---- what they say ---- */

static void
settle(struct fleet *fleet, bool good)
{
	if (fleet->settled || fleet->state != FLEET_STARTING)
		return;
	fleet->settled = true;
	reload_settled(fleet, good);
}

/* Of a reload it could once, since its programs are those of the start. */
void
fleet_not_started(struct fleet *fleet)
{
	if (heir_waits(fleet->master))
		settle(fleet, false);
}

void
fleet_confined(struct fleet *fleet)
{
	bool all = true;

	for (size_t i = 0; i < OTHERS; i++)
		all = all && (other(fleet, i)->kind == NULL ||
				 other(fleet, i)->confined);
	for (unsigned i = 0; i < fleet->options.workers; i++)
		all = all && fleet->workers[i].confined;
	fleet_show(fleet);
	if (all)
		settle(fleet, true);
}

/* Each operation of a site once, whatever the workers say. */
static void
told_lacks(struct child *child, const struct control_lacks *what)
{
	/* the words of keyd.conf */
	static const struct {
		uint32_t need;
		const char *word;
	} words[] = { { S2N_PKEY_NEED_TLS13, "sign13" },
		{ S2N_PKEY_NEED_TLS12, "sign12" },
		{ S2N_PKEY_NEED_SHA1, "sign10" },
		{ S2N_PKEY_NEED_PREMASTER, "premaster" } };
	const struct options *options = &child->fleet->options;
	struct option_site *site;
	uint32_t fresh;

	if (what->site >= options->site_count)
		return;
	site = options->sites[what->site];
	fresh = what->needs & ~site->lacks;
	site->lacks |= what->needs;
	for (size_t i = 0; i < COUNT(words); i++)
		if ((fresh & words[i].need) != 0)
			log_event(LOG_LEVEL_WARN, "key-lacks",
			    "site=%s operation=%s", site->title, words[i].word);
}

/* Before it serves, reload.c decides; afterwards it is said once. */
static void
told_keyed(struct child *child, const struct control_keyed *what)
{
	const struct options *options = &child->fleet->options;
	struct option_site *site;

	child->keyed = *what;
	reload_keyed(child->fleet);
	if (child->fleet->state != FLEET_SERVING || !what->whole)
		return;
	for (uint32_t i = 0; i < what->count && i < COUNT(what->sites); i++) {
		if (what->sites[i] >= options->site_count)
			continue;
		site = options->sites[what->sites[i]];
		if (!site->keyless)
			log_event(LOG_LEVEL_ERROR, "key-missing", "site=%s",
			    site->title);
		site->keyless = true;
	}
}

/* Likewise. */
static void
told_stale(struct child *child, const struct control_stale *what)
{
	const struct options *options = &child->fleet->options;
	struct option_site *site;

	if (what->site >= options->site_count)
		return;
	site = options->sites[what->site];
	if (site->stale != NULL)
		return;
	site->stale = "expired";
	log_event(LOG_LEVEL_WARN, "ocsp", "site=%s reason=%s", site->title,
	    site->stale);
}

/* One worker fewer accepts. */
static void
count_stopped(struct fleet *fleet)
{
	if (fleet->state == FLEET_DRAINING && fleet->accepting > 0 &&
	    --fleet->accepting == 0)
		reload_stopped(fleet);
}

static void
worker_told(struct child *child, struct slice packet)
{
	static union {
		struct control_stale stale;
		struct control_lacks lacks;
		struct control_keyed keyed;
		struct control_rows rows;
		struct control_answered answered;
	} record;

	switch (control_type(packet)) {
	case CONTROL_LACKS:
		if (control_take(packet, &record.lacks, sizeof record.lacks))
			told_lacks(child, &record.lacks);
		return;
	case CONTROL_KEYED:
		if (control_take(packet, &record.keyed, sizeof record.keyed))
			told_keyed(child, &record.keyed);
		return;
	case CONTROL_STALE:
		if (control_take(packet, &record.stale, sizeof record.stale))
			told_stale(child, &record.stale);
		return;
	case CONTROL_UNJOINED:
		join(child, &child->fleet->connect);
		return;
	case CONTROL_TALLY_SITES:
	case CONTROL_TALLY:
		census_take(child, packet);
		return;
	case CONTROL_ROWS:
		if (control_take(packet, &record.rows, sizeof record.rows))
			ask_rows(child, &record.rows);
		return;
	case CONTROL_ANSWERED:
		if (control_take(
			packet, &record.answered, sizeof record.answered))
			ask_answered(child, &record.answered);
		return;
	case CONTROL_STOPPED:
		if (!child->stopped)
			count_stopped(child->fleet);
		child->stopped = true;
		return;
	}
}

static void
connect_told(struct child *child, struct slice packet)
{
	struct control_backend_rows rows;
	struct control_answered answered;

	if (control_type(packet) == CONTROL_BACKEND_ROWS &&
	    control_take(packet, &rows, sizeof rows))
		ask_backends(child, &rows);
	else if (control_type(packet) == CONTROL_ANSWERED &&
		 control_take(packet, &answered, sizeof answered))
		ask_answered(child, &answered);
}

static struct child_kind worker_kind = { "frontd-worker", -1, prepare_worker,
	worker_told };
static struct child_kind connect_kind = { "frontd-connect", -1, prepare_connect,
	connect_told };
static struct child_kind page_kind = { "frontd-page", -1, prepare_page, NULL };

bool
fleet_open_programs(void)
{
	static struct child_kind *const kinds[] = { &worker_kind, &connect_kind,
		&page_kind, &stapler_fetch_kind, &stapler_prove_kind };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if ((kinds[i]->program = spawn_open(kinds[i]->name)) < 0)
			return complain(
			    "frontd: there is no %s to start", kinds[i]->name);
	return true;
}

/* ---- death ---- */

static struct child *
find(struct fleet *fleet, pid_t pid)
{
	for (size_t i = 0; i < OTHERS; i++)
		if (other(fleet, i)->pid == pid)
			return other(fleet, i);
	for (unsigned i = 0; i < fleet->options.workers; i++)
		if (fleet->workers[i].pid == pid)
			return &fleet->workers[i];
	return NULL;
}

static void
log_death(const struct child *child, int status)
{
	const char *reason = policy_death(status, -1);

	if (reason == NULL)
		reason =
		    WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit";
	log_event(LOG_LEVEL_ERROR, "child-died",
	    "name=%s number=%d status=%d reason=\"%s\"", child->kind->name,
	    (int)child->pid, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
	    reason);
}

/* It aborts where sandbox = require and a layer is missing: so would the next.
 */
static bool
could_not_seal(const struct child *child, int status)
{
	return !child->confined && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT &&
	       child->fleet->options.strictness == SANDBOX_REQUIRE;
}

/* It was told to. */
static bool
should_end(const struct child *child)
{
	return child->fleet->state == FLEET_RETIRED ||
	       (child->fleet->state == FLEET_DRAINING &&
		   child->kind == &worker_kind);
}

bool
fleet_reaped(struct fleet *fleet, pid_t pid, int status, bool *unsealed)
{
	struct child *child = find(fleet, pid);
	bool expected;

	if (child == NULL)
		return false;
	child_listen(child);
	if (child->census != NULL)
		census_bury(child);
	if (child->kind == &worker_kind || child == &fleet->connect)
		ask_gone(child);
	if (child->kind == &worker_kind)
		crowd_end(fleet->master->crowd, child->tag);
	expected = should_end(child);
	if (!expected || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		log_death(child, status);
	*unsealed = could_not_seal(child, status);
	child_reaped(child, !expected);
	if (fleet->state == FLEET_DRAINING && child->kind == &worker_kind &&
	    !child->stopped)
		count_stopped(fleet);
	settle(fleet, false);
	return true;
}

size_t
fleet_workers(const struct fleet *fleet, pid_t pids[static CONTROL_WORKERS_MAX])
{
	size_t count = 0;

	for (unsigned i = 0; i < fleet->options.workers; i++)
		if (fleet->workers[i].pid > 0)
			pids[count++] = fleet->workers[i].pid;
	return count;
}

size_t
fleet_running(const struct fleet *fleet, pid_t *pids, size_t room)
{
	const struct child *const others[] = { &fleet->connect, &fleet->page,
		&fleet->fetch, &fleet->prove };
	pid_t workers[CONTROL_WORKERS_MAX];
	size_t count = fleet_workers(fleet, workers);

	count = count < room ? count : room;
	memcpy(pids, workers, count * sizeof *pids);
	for (size_t i = 0; i < COUNT(others); i++)
		if (others[i]->pid > 0 && count < room)
			pids[count++] = others[i]->pid;
	return count;
}

bool
fleet_drained(const struct fleet *fleet)
{
	pid_t pids[CONTROL_WORKERS_MAX];

	return fleet_workers(fleet, pids) == 0;
}

/* ---- the fleet ---- */

struct fleet *
fleet_new(struct master *master)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);

	if (fleet != NULL)
		fleet->master = master;
	return fleet;
}

void
fleet_free(struct fleet *fleet)
{
	if (fleet == NULL)
		return;
	for (size_t i = 0; i < OTHERS; i++)
		child_free(other(fleet, i));
	for (unsigned i = 0; i < CONTROL_WORKERS_MAX; i++) {
		struct child *worker = &fleet->workers[i];

		child_free(worker);
		free(worker->census);
		if (fleet->master->tags[worker->tag] == worker)
			fleet->master->tags[worker->tag] = NULL;
	}
	if (fleet->overdue != NULL)
		event_free(fleet->overdue);
	options_free(&fleet->options);
	free(fleet->ended);
	free(fleet);
}

/* Keyd gives channels by the tag, so those of fleets differ. */
static bool
take_tag(struct child *worker, struct master *master)
{
	for (uint32_t i = 0; i < MASTER_TAGS_MAX; i++) {
		if (master->tags[i] != NULL)
			continue;
		worker->census =
		    census_worker_new(worker->fleet->options.site_count);
		if (worker->census == NULL)
			return false;
		master->tags[i] = worker;
		worker->tag = i;
		return true;
	}
	return false;
}

bool
fleet_start(struct fleet *fleet, bool first)
{
	struct master *master = fleet->master;

	fleet->state = first ? FLEET_SERVING : FLEET_STARTING;
	fleet->ended = calloc(fleet->options.site_count, sizeof *fleet->ended);
	if (fleet->ended == NULL || !resolver_want(fleet))
		return false;
	for (unsigned i = 0; i < fleet->options.workers; i++) {
		fleet->workers[i].fleet = fleet;
		if (!take_tag(&fleet->workers[i], master))
			return false;
	}
	if (!child_init(&fleet->connect, master->base, fleet, &connect_kind))
		return false;
	for (unsigned i = 0; i < fleet->options.workers; i++) {
		fleet->workers[i].index = i;
		if (!child_init(
			&fleet->workers[i], master->base, fleet, &worker_kind))
			return false;
	}
	fleet->page.files = &master->page_socket;
	fleet->page.file_count = 1;
	if (fleet->options.page_socket[0] != '\0' &&
	    !child_init(&fleet->page, master->base, fleet, &page_kind))
		return false;
	if ((fleet->options.fetches || fleet->options.resolves) &&
	    !child_init(
		&fleet->fetch, master->base, fleet, &stapler_fetch_kind))
		return false;
	return !fleet->options.fetches ||
	       child_init(
		   &fleet->prove, master->base, fleet, &stapler_prove_kind);
}

void
fleet_serve(struct fleet *fleet)
{
	fleet->state = FLEET_SERVING;
	for (unsigned i = 0; i < fleet->options.workers; i++)
		tell_plain(&fleet->workers[i], CONTROL_SERVE, -1);
}

/* Those that run are as if they had died; the last death is seen by whoever
 * waits for it. */
static void
overdue(evutil_socket_t fd, short what, void *ctx)
{
	struct fleet *fleet = ctx;

	(void)fd;
	(void)what;
	for (unsigned i = 0; i < fleet->options.workers; i++)
		if (fleet->workers[i].pid > 0)
			kill(fleet->workers[i].pid, SIGKILL);
}

static void
kill_overdue(struct fleet *fleet)
{
	uint64_t ms = (uint64_t)fleet->options.drain_timeout_ms + OVERDUE_MS;
	const struct timeval when = { (time_t)(ms / 1000),
		(suseconds_t)(ms % 1000 * 1000) };

	fleet->overdue = event_new(fleet->master->base, -1, 0, overdue, fleet);
	if (fleet->overdue != NULL)
		event_add(fleet->overdue, &when);
}

static bool
is_among(const struct binding *binding, struct binding *const *of, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (of[i] == binding)
			return true;
	return false;
}

void
fleet_drain(
    struct fleet *fleet, struct binding *const *taken, size_t taken_count)
{
	struct control_drain order = { .type = CONTROL_DRAIN,
		.timeout_ms = fleet->options.drain_timeout_ms };

	fleet->state = FLEET_DRAINING;
	for (unsigned i = 0; i < fleet->options.listen_count; i++)
		if (!is_among(fleet->bindings[i], taken, taken_count))
			order.last_of |= UINT32_C(1) << i;
	for (unsigned i = 0; i < fleet->options.workers; i++) {
		struct child *worker = &fleet->workers[i];

		event_del(worker->respawn);
		if (worker->control == NULL)
			continue;
		fleet->accepting++;
		child_tell(worker, &order, sizeof order, -1);
	}
	kill_overdue(fleet);
	if (fleet->accepting == 0)
		reload_stopped(fleet);
}

void
fleet_retire(struct fleet *fleet)
{
	fleet->state = FLEET_RETIRED;
	for (size_t i = 0; i < OTHERS; i++)
		child_release(other(fleet, i));
	for (unsigned i = 0; i < fleet->options.workers; i++)
		child_release(&fleet->workers[i]);
}
