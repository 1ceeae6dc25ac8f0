/*
 * Fleets one after another; the contract is in reload.h.
 */
#include "frontd/reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "admin/service.h"
#include "base/complain.h"
#include "base/log.h"
#include "frontd/agreed.h"
#include "frontd/census.h"
#include "frontd/console.h"
#include "ipc/spawn.h"

#define END_MS 2000
/* For all of a new fleet to seal themselves. */
#define SEAL_MS 30000
#define SEAL_SITE_MS 20 /* and for each site, on a machine that is busy */
/* For keyd to tell them of their keys, which it does at once when it is there;
 * and for what it has told to become right after all, when it has just begun.
 */
#define KEYS_MS 10000
#define LACK_MS 1000
/* For the workers before it to say that they accept no more. */
#define STOP_MS 5000

static bool
bind_fleet(struct master *master, struct fleet *fleet)
{
	return bind_listeners(
	    &master->bindings, &fleet->options, fleet->bindings);
}

bool
reload_first(struct master *master, const char *config)
{
	master->config = config;
	if ((master->now = fleet_new(master)) == NULL ||
	    !options_read(config, &master->now->options))
		return false;
	log_set_format(master->now->options.log_format);
	return true;
}

bool
reload_bind(struct master *master)
{
	const char *page = master->now->options.page_socket;

	if (!bind_fleet(master, master->now))
		return false;
	/* An heir is not yet sure to accept what would come. */
	if (!heir_waits(master) && !bind_listen(master->now->bindings,
				       master->now->options.listen_count))
		return false;
	if (page[0] == '\0' ||
	    (master->page_socket = heir_page(master, page)) >= 0)
		return true;
	return (master->page_socket = bind_page(page)) >= 0;
}

/* What of a configuration works, and should not be as it is. */
static void
warn(struct options *options)
{
	expiry_tell(options);
	for (unsigned i = 0; i < options->old_count; i++)
		log_event(LOG_LEVEL_WARN, "old-versions", "policy=%s least=%s",
		    options->old[i].policy,
		    agreed_version_name(options->old[i].least));
	for (unsigned i = 0; i < options->site_count; i++)
		if (options->sites[i]->stale != NULL)
			log_event(LOG_LEVEL_WARN, "ocsp", "site=%s reason=%s",
			    options->sites[i]->title, options->sites[i]->stale);
	for (const struct option_unused *unused = options->unused;
	     unused != NULL; unused = unused->next)
		log_event(LOG_LEVEL_INFO, "chain-unused",
		    "file=\"%s\" reason=names", control_text(unused->file));
}

/* ---- waiting ---- */

static void
wait_ms(struct event *timer, uint64_t ms)
{
	const struct timeval when = { (time_t)(ms / 1000),
		(suseconds_t)(ms % 1000 * 1000) };

	event_add(timer, &when);
}

static unsigned
seal_ms(const struct master *master)
{
	return SEAL_MS +
	       SEAL_SITE_MS * (unsigned)master->next->options.site_count;
}

static void give_up(struct master *);
static void keep_bindings(struct master *);
static void sweep(struct master *);
static void took_over(struct master *);

static void
out_of_patience(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;

	(void)fd;
	(void)what;
	if (master->next != NULL && master->next->settled) {
		fleet_complain_keys(master->next);
		give_up(master);
	} else if (master->next != NULL) {
		complain("frontd: a child has not sealed itself in %u s",
		    seal_ms(master) / 1000);
		give_up(master);
	} else if (master->stopped != NULL) {
		took_over(master);
	}
}

static void
end(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;

	(void)fd;
	(void)what;
	event_base_loopbreak(master->base);
}

/* To the service manager, who shows it to people. */
static void
tell_ready(const struct master *master, const char *why)
{
	char status[64];

	snprintf(status, sizeof status, "%u sites%s",
	    master->now->options.site_count, why);
	service_ready(status);
}

static void
say_start(struct master *master)
{
	log_event(LOG_LEVEL_INFO, "start",
	    "version=%s listeners=%u sites=%u workers=%u before=%d",
	    SALLYPORT_VERSION, master->now->options.listen_count,
	    master->now->options.site_count, master->now->options.workers,
	    (int)master->heir.whose);
	warn(&master->now->options);
}

bool
reload_start(struct master *master)
{
	master->patience =
	    event_new(master->base, -1, 0, out_of_patience, master);
	master->ending = event_new(master->base, -1, 0, end, master);
	if (master->patience == NULL || master->ending == NULL ||
	    !stapler_init(master) || !resolver_init(master) ||
	    !expiry_start(master) ||
	    !fleet_start(master->now, !heir_waits(master)))
		return false;
	stapler_serve(master);
	if (heir_waits(master))
		return true;
	say_start(master);
	tell_ready(master, "");
	return true;
}

void
reload_take_place(struct master *master)
{
	/* As at a reload. */
	if (!bind_listen(
		master->now->bindings, master->now->options.listen_count))
		log_event(LOG_LEVEL_ERROR, "listen", "reason=\"%s\"",
		    strerror(errno));
	fleet_serve(master->now);
	say_start(master);
}

void
reload_alone(struct master *master)
{
	keep_bindings(master);
	console_go_on();
	tell_ready(master, "");
	if (!service_watch(master->base))
		log_event(LOG_LEVEL_ERROR, "watchdog", "reason=memory");
}

void
reload_before_ended(struct master *master)
{
	sweep(master);
}

/* ---- fleets that end ---- */

/* An upgrade reads what a reload would. */
static void
reload_if_asked(struct master *master)
{
	if (master->upgrade.asked)
		upgrade(master);
	else if (master->asked)
		reload(master);
}

/* Those that have ended are let go. Not to be called from inside of one. */
static void
sweep(struct master *master)
{
	struct fleet **at = &master->before, *fleet;
	bool drained = fleet_drained(master->now);
	pid_t pid;

	while ((fleet = *at) != NULL) {
		drained = drained && fleet_drained(fleet);
		if (fleet->state == FLEET_DRAINING && fleet_drained(fleet))
			fleet_retire(fleet);
		if (fleet->state != FLEET_RETIRED ||
		    fleet_running(fleet, &pid, 1) > 0) {
			at = &fleet->next;
			continue;
		}
		*at = fleet->next;
		fleet_free(fleet);
	}
	if (master->stopping && drained && !heir_has_before(master))
		event_base_loopbreak(master->base);
}

static void
put_before(struct master *master, struct fleet *fleet)
{
	fleet->next = master->before;
	master->before = fleet;
}

static void
keep_bindings(struct master *master)
{
	bind_keep(&master->bindings, master->now->bindings,
	    master->now->options.listen_count);
}

/* ---- reload ---- */

static void
say_reload(const struct master *master, const char *result)
{
	log_event(LOG_LEVEL_INFO, "reload",
	    "result=%s listeners=%u sites=%u workers=%u", result,
	    master->now->options.listen_count, master->now->options.site_count,
	    master->now->options.workers);
}

static void
refused(struct master *master)
{
	master->reloads_refused++;
	say_reload(master, "refused");
	console_reloaded(master, false);
	tell_ready(master, "; the last reload was refused");
	if (master->upgrade.asked)
		upgrade(master);
}

/* From now on every connection is the new fleet's. */
static void
took_over(struct master *master)
{
	master->stopped = NULL;
	event_del(master->patience);
	master->reloads_done++;
	say_reload(master, "done");
	console_reconfigure(master);
	console_reloaded(master, true);
	tell_ready(master, "");
	warn(&master->now->options);
	reload_if_asked(master);
}

void
reload_stopped(struct fleet *fleet)
{
	if (fleet->master->stopped == fleet)
		took_over(fleet->master);
}

static void
take_over(struct master *master)
{
	struct fleet *old = master->now;

	master->now = master->next;
	master->next = NULL;
	log_set_format(master->now->options.log_format);
	census_move(old, master->now);
	put_before(master, old);
	master->stopped = old;
	wait_ms(master->patience, STOP_MS);
	/* It was free when it was bound; who is not served is told of. */
	if (!bind_listen(
		master->now->bindings, master->now->options.listen_count))
		log_event(LOG_LEVEL_ERROR, "listen", "reason=\"%s\"",
		    strerror(errno));
	fleet_serve(master->now);
	stapler_serve(master);
	resolver_serve(master);
	fleet_drain(
	    old, master->now->bindings, master->now->options.listen_count);
	keep_bindings(master);
}

/* Nothing of it was ever used. */
static void
give_up(struct master *master)
{
	struct fleet *next = master->next;

	event_del(master->patience);
	master->next = NULL;
	fleet_retire(next);
	put_before(master, next);
	keep_bindings(master);
	refused(master);
}

/* Of an heir; bad, it ends. */
static void
first_settled(struct master *master, bool good)
{
	if (good) {
		heir_settled(master);
		return;
	}
	complain(
	    "frontd: a child of the new frontd has not started, see the log");
	master->failed = true;
	event_base_loopbreak(master->base);
}

void
reload_settled(struct fleet *fleet, bool good)
{
	if (fleet == fleet->master->now && heir_waits(fleet->master))
		first_settled(fleet->master, good);
	if (fleet != fleet->master->next)
		return;
	if (!good) {
		give_up(fleet->master);
		return;
	}
	wait_ms(fleet->master->patience, KEYS_MS);
	reload_keyed(fleet);
}

void
reload_keyed(struct fleet *fleet)
{
	struct master *master = fleet->master;

	if (fleet != master->next || !fleet->settled)
		return;
	switch (fleet_keys(fleet)) {
	case FLEET_KEYS_AWAITED:
		return;
	case FLEET_KEYS_LACK:
		wait_ms(master->patience, LACK_MS);
		return;
	case FLEET_KEYS_THERE:
		take_over(master);
		return;
	}
}

/* What the master holds since its start. */
static bool
stays(const struct master *master, const char *word, const char *now,
    const char *next)
{
	if (strcmp(now, next) == 0)
		return true;
	return complain(
	    "%s: another %s: this takes a restart", master->config, word);
}

static bool
read_next(struct master *master)
{
	const struct options *now = &master->now->options;
	struct options *next = &master->next->options;

	return options_read(master->config, next) &&
	       stays(master, "keyd-socket", now->keyd_socket,
		   next->keyd_socket) &&
	       stays(master, "admin-socket", now->admin_socket,
		   next->admin_socket) &&
	       stays(master, "socket of the page", now->page_socket,
		   next->page_socket) &&
	       bind_fleet(master, master->next);
}

static bool
enough_tags(const struct master *master)
{
	unsigned free_tags = 0;

	for (size_t i = 0; i < MASTER_TAGS_MAX; i++)
		free_tags += master->tags[i] == NULL;
	return free_tags >= master->next->options.workers;
}

void
reload(struct master *master)
{
	bool read = false;

	if (master->stopping)
		return;
	master->asked = master->next != NULL || master->stopped != NULL ||
			upgrade_goes_on(master) || heir_waits(master);
	if (master->asked)
		return;
	master->reloads_begun++;
	console_reloading(master);
	service_reloading();
	if ((master->next = fleet_new(master)) != NULL)
		read = read_next(master);
	if (read && enough_tags(master)) {
		wait_ms(master->patience, seal_ms(master));
		if (!fleet_start(master->next, false))
			give_up(master);
		return;
	}
	fleet_free(master->next);
	master->next = NULL;
	keep_bindings(master);
	master->asked = read; /* until one of those before has ended */
	if (!read) {
		refused(master);
		return;
	}
	master->reloads_begun--;
	say_reload(master, "waits");
	tell_ready(master, "; a reload waits");
}

/* ---- the end ---- */

/* taken: what others accept from as well. */
static void
begin_drain(struct master *master, struct binding *const *taken, size_t count)
{
	uint64_t ms = (uint64_t)master->now->options.drain_timeout_ms + END_MS;

	master->stopping = true;
	log_event(LOG_LEVEL_INFO, "drain", "timeout_ms=%u",
	    master->now->options.drain_timeout_ms);
	if (master->next != NULL)
		give_up(master);
	fleet_drain(master->now, taken, count);
	bind_keep(&master->bindings, NULL, 0);
	wait_ms(master->ending, ms);
	sweep(master);
}

void
reload_drain(struct master *master)
{
	/* Who has not begun to serve has nobody to wait for. */
	if (master->stopping || heir_waits(master)) {
		event_base_loopbreak(master->base);
		return;
	}
	upgrade_give_up(master, "frontd drains, to end");
	service_stopping();
	begin_drain(master, NULL, 0);
}

void
reload_pass_on(struct master *master, uint64_t taken)
{
	struct binding *both[CONTROL_LISTENERS_MAX];
	size_t count = 0;

	for (unsigned i = 0; i < master->now->options.listen_count; i++)
		if ((taken >> i & 1) != 0)
			both[count++] = master->now->bindings[i];
	begin_drain(master, both, count);
}

/* One that dies before its fleet is sure to serve ends the attempt. */
static void
reaped(struct master *master, pid_t pid, int status)
{
	bool unsealed = false;

	if (master->next != NULL &&
	    fleet_reaped(master->next, pid, status, &unsealed))
		return;
	if (fleet_reaped(master->now, pid, status, &unsealed)) {
		if (unsealed) {
			master->failed = true;
			event_base_loopbreak(master->base);
		}
		return;
	}
	for (struct fleet *fleet = master->before; fleet != NULL;
	     fleet = fleet->next)
		if (fleet_reaped(fleet, pid, status, &unsealed))
			return;
}

void
reload_reap(struct master *master)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		reaped(master, pid, status);
	sweep(master);
	fleet_show(master->now);
	if (master->next == NULL && master->stopped == NULL)
		reload_if_asked(master);
	upgrade_tell(master);
}

/* They end when their control channel does. */
static void
end_fleet(struct fleet *fleet)
{
	pid_t pids[FLEET_PROCESSES_MAX];
	size_t count = fleet_running(fleet, pids, COUNT(pids));

	fleet_retire(fleet);
	spawn_end(pids, count, END_MS);
	fleet_free(fleet);
}

void
reload_end(struct master *master)
{
	struct fleet *fleet;

	if (master->next != NULL)
		put_before(master, master->next);
	put_before(master, master->now);
	for (fleet = master->before; fleet != NULL; fleet = fleet->next)
		fleet_retire(fleet); /* all at once */
	while ((fleet = master->before) != NULL) {
		master->before = fleet->next;
		end_fleet(fleet);
	}
	master->now = master->next = NULL;
	stapler_free(&master->stapler);
	resolver_free(&master->resolver);
	bind_keep(&master->bindings, NULL, 0);
}
