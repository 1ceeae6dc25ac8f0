/*
 * Fetched OCSP responses; the contract is in stapler.h.
 */
#include "frontd/stapler.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/util.h>

#include "base/clock.h"
#include "base/log.h"
#include "frontd/master.h"
#include "frontd/refresh.h"
#include "frontd/staple_cache.h"

#define RESOLV_CONF "/etc/resolv.conf"
/* 9999-12-31, the last that a response can say. */
#define LAST_TIME UINT64_C(253402300799)
/* As many as frontd-fetch does at one time. */
#define FETCHES_MAX 16
/* The clock of the day may be set, and no timer follows it. */
#define LOOK_S 60
/* A certificate once revoked stays so; but who knows whose fault it was. */
#define REVOKED_FAILURES 16

/* ---- what is told to workers ---- */

static bool
in_time(const struct site_staple *staple, uint64_t now)
{
	return staple->der != NULL && (uint64_t)staple->times.from <= now &&
	       (uint64_t)staple->times.until > now;
}

static void
tell(struct child *worker, uint16_t site, const struct site_staple *staple)
{
	const struct control_staple record = { .type = CONTROL_STAPLE,
		.site = site,
		.size = staple != NULL ? (uint32_t)staple->len : 0,
		.until = staple != NULL ? (uint64_t)staple->times.until : 0 };

	child_tell(worker, &record, sizeof record, -1);
	if (staple != NULL)
		child_tell_parts(worker, CONTROL_STAPLE_PART, site,
		    slice_of(staple->der, staple->len));
}

/* NULL: there is none. */
static struct stapled *
find(struct stapled **all, unsigned count, const uint8_t id[SITE_ID])
{
	unsigned low = 0, high = count, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = memcmp(all[middle]->id, id, SITE_ID);
		if (order == 0)
			return all[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct stapled *
stapler_find(const struct stapler *stapler, const struct option_site *site)
{
	return site->fetch != NULL
		   ? find(stapler->all, stapler->count, site->chain.id)
		   : NULL;
}

const struct site_staple *
stapler_served(const struct stapler *stapler, const struct option_site *site)
{
	const struct stapled *stapled = stapler_find(stapler, site);
	const struct site_staple *staple =
	    stapled != NULL ? &stapled->staple : &site->staple;

	return in_time(staple, clock_day()) ? staple : NULL;
}

void
stapler_tell(struct child *worker, const struct option_site *site)
{
	const struct site_staple *staple =
	    stapler_served(&worker->fleet->master->stapler, site);

	if (staple != NULL)
		tell(worker, site->what.site, staple);
}

/* All workers of a fleet, of all sites with this certificate. */
static void
tell_fleet(struct fleet *fleet, const struct stapled *stapled)
{
	const struct site_staple *staple =
	    stapled->staple.der != NULL ? &stapled->staple : NULL;

	for (unsigned i = 0; fleet != NULL && i < fleet->options.site_count;
	     i++) {
		struct option_site *site = fleet->options.sites[i];

		if (site->fetch == NULL ||
		    memcmp(stapled->id, site->chain.id, SITE_ID) != 0)
			continue;
		site->stale = staple != NULL ? NULL : "revoked";
		for (unsigned j = 0; j < fleet->options.workers; j++)
			tell(&fleet->workers[j], site->what.site, staple);
	}
}

/* Those that drain have no handshake to come. */
static void
tell_all(struct master *master, const struct stapled *stapled)
{
	tell_fleet(master->now, stapled);
	tell_fleet(master->next, stapled);
}

/* ---- one certificate ---- */

static uint32_t
chance(void)
{
	uint32_t number;

	evutil_secure_rng_get_bytes(&number, sizeof number);
	return number;
}

static void
drop_candidate(struct stapled *stapled)
{
	gathered_free(&stapled->candidate);
	stapled->cached = false;
	stapled->doing = STAPLED_WAITING;
	stapled->request = 0;
}

static void
free_stapled(struct stapled *stapled)
{
	drop_candidate(stapled);
	staple_free(&stapled->staple);
	free(stapled);
}

static uint32_t
number_request(struct master *master, struct stapled *stapled)
{
	if (++master->stapler.requests == 0)
		master->stapler.requests = 1;
	return stapled->request = master->stapler.requests;
}

/* What was on disk is no loss; the responder is asked at once. */
static void
forget_cached(struct master *master, struct stapled *stapled)
{
	staple_cache_remove(master->stapler.cache, stapled->id);
	drop_candidate(stapled);
	stapled->next = clock_day();
}

static void
failed(struct master *master, struct stapled *stapled, const char *reason,
    uint32_t status)
{
	uint64_t wait;

	if (stapled->cached) {
		forget_cached(master, stapled);
		return;
	}
	drop_candidate(stapled);
	stapled->failures++;
	stapled->result = STAPLED_FAILED;
	stapled->reason = reason;
	wait = refresh_retry(stapled->failures, chance());
	stapled->next = clock_day() + wait;
	log_event(LOG_LEVEL_WARN, "staple",
	    "site=%s result=failed reason=\"%s\" status=%u retry_s=%u",
	    stapled->site->title, reason, status, (unsigned)wait);
}

/* Nothing that says "good" is served any more. */
static void
revoked(struct master *master, struct stapled *stapled)
{
	uint64_t wait = refresh_retry(REVOKED_FAILURES, chance());

	drop_candidate(stapled);
	staple_free(&stapled->staple);
	staple_cache_remove(master->stapler.cache, stapled->id);
	stapled->failures++;
	stapled->result = STAPLED_REVOKED;
	stapled->reason = staple_reason(STAPLE_REVOKED);
	stapled->next = clock_day() + wait;
	log_event(LOG_LEVEL_ERROR, "staple",
	    "site=%s result=revoked retry_s=%u", stapled->site->title,
	    (unsigned)wait);
	tell_all(master, stapled);
}

static void
keep_on_disk(struct master *master, const struct stapled *stapled)
{
	if (master->stapler.cache >= 0 &&
	    !staple_cache_write(master->stapler.cache, stapled->id,
		slice_of(stapled->staple.der, stapled->staple.len)))
		log_event(LOG_LEVEL_WARN, "ocsp-cache", "site=%s reason=\"%s\"",
		    stapled->site->title, strerror(errno));
}

/* It takes the place of one that ends sooner. */
static void
take_candidate(struct master *master, struct stapled *stapled,
    const struct staple_times *times)
{
	if (in_time(&stapled->staple, clock_day()) &&
	    stapled->staple.times.until >= times->until)
		return;
	staple_free(&stapled->staple);
	stapled->staple = (struct site_staple){ .der = stapled->candidate.bytes,
		.len = stapled->candidate.len,
		.times = *times };
	stapled->candidate = (struct gathered){ 0 };
	if (!stapled->cached)
		keep_on_disk(master, stapled);
	tell_all(master, stapled);
}

static void
proven(struct master *master, struct stapled *stapled,
    const struct staple_times *times)
{
	uint64_t now = clock_day(), wait;
	struct timespec until;
	char text[LOG_TIME_ROOM];

	if ((uint64_t)times->until <= now || (uint64_t)times->from > now) {
		failed(master, stapled,
		    (uint64_t)times->from > now ? "not yet valid" : "expired",
		    0);
		return;
	}
	stapled->result = stapled->cached ? STAPLED_CACHED : STAPLED_FETCHED;
	stapled->reason = NULL;
	stapled->failures = 0;
	take_candidate(master, stapled, times);
	drop_candidate(stapled);
	wait = refresh_after((uint64_t)stapled->staple.times.from,
	    (uint64_t)stapled->staple.times.until, now, chance());
	stapled->next = now + wait;
	until = (struct timespec){ .tv_sec = stapled->staple.times.until };
	log_event(LOG_LEVEL_INFO, "staple",
	    "site=%s result=%s until=%s refresh_s=%u", stapled->site->title,
	    stapled->result == STAPLED_CACHED ? "cached" : "fetched",
	    log_time(&until, text), (unsigned)wait);
}

/* ---- frontd-fetch ---- */

static void
fetch(struct master *master, struct stapled *stapled)
{
	struct control_fetch record = *stapled->site->fetch;

	stapled->doing = STAPLED_FETCHING;
	record.request = number_request(master, stapled);
	child_tell(&master->now->fetch, &record, sizeof record, -1);
}

static void
prove(struct master *master, struct stapled *stapled)
{
	const struct pem_file *pem = &stapled->site->chain.pem;
	struct child *child = &master->now->prove;
	const struct control_prove record = { .type = CONTROL_PROVE,
		.request = number_request(master, stapled),
		.chain_size = (uint32_t)pem->len,
		.response_size = (uint32_t)stapled->candidate.len };

	stapled->doing = STAPLED_PROVING;
	child_tell(child, &record, sizeof record, -1);
	child_tell_parts(
	    child, CONTROL_PART, record.request, slice_of(pem->text, pem->len));
	child_tell_parts(child, CONTROL_PART, record.request,
	    gathered_slice(&stapled->candidate));
}

static const char *
fetch_reason(uint32_t error)
{
	switch ((enum control_fetch_error)error) {
	case FETCH_DONE:
	case FETCH_BROKEN:
		break;
	case FETCH_NAME:
		return "the responder's name has no address";
	case FETCH_CONNECT:
		return "the responder cannot be reached";
	case FETCH_TIMEOUT:
		return "the responder took too long";
	case FETCH_STATUS:
		return "the responder refused";
	case FETCH_TOO_LONG:
		return "the response is too long";
	}
	return "the responder answered with no response";
}

static void
told_fetched(struct master *master, struct stapled *stapled,
    const struct control_fetched *what)
{
	if (stapled->candidate.bytes != NULL)
		return;
	if (what->error != FETCH_DONE || what->size == 0 ||
	    what->size > STAPLE_SIZE_MAX ||
	    !gathered_begin(&stapled->candidate, what->size))
		failed(
		    master, stapled, fetch_reason(what->error), what->status);
}

static void
told_part(struct master *master, struct stapled *stapled,
    const struct control_part *part)
{
	if (!gathered_take(&stapled->candidate, part->bytes))
		failed(master, stapled, fetch_reason(FETCH_BROKEN), 0);
	else if (gathered_whole(&stapled->candidate))
		stapled->doing = STAPLED_WAITING; /* for frontd-prove */
}

/* ---- all of them ---- */

static struct stapled *
of_request(struct stapler *stapler, uint32_t request, enum stapled_doing doing)
{
	for (unsigned i = 0; i < stapler->count; i++)
		if (stapler->all[i]->request == request &&
		    stapler->all[i]->doing == doing)
			return stapler->all[i];
	return NULL;
}

/* One that does not will say so when it is started (see lost()). */
static bool
runs(const struct child *child)
{
	return child->control != NULL;
}

/* What is due begins; the timer is set to what is due next. */
static void
go_on(struct master *master)
{
	struct stapler *stapler = &master->stapler;
	uint64_t now = clock_day(), next = now + LOOK_S;
	unsigned fetching = 0;
	struct timeval when = { 0 };

	for (unsigned i = 0; i < stapler->count; i++)
		fetching += stapler->all[i]->doing == STAPLED_FETCHING;
	for (unsigned i = 0; i < stapler->count; i++) {
		struct stapled *stapled = stapler->all[i];

		if (stapled->doing != STAPLED_WAITING)
			continue;
		if (stapled->candidate.bytes != NULL) {
			if (runs(&master->now->prove))
				prove(master, stapled);
		} else if (stapled->next > now) {
			if (stapled->next < next)
				next = stapled->next;
		} else if (runs(&master->now->fetch) &&
			   fetching < FETCHES_MAX) {
			fetching++;
			fetch(master, stapled);
		}
	}
	when.tv_sec = (time_t)(next - now);
	if (stapler->count > 0)
		event_add(stapler->timer, &when);
}

static void
due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	go_on(ctx);
}

/* What it had to do when it died may be what it died of. */
static void
lost(struct child *child, enum stapled_doing doing, const char *reason)
{
	struct master *master = child->fleet->master;

	if (child->fleet != master->now)
		return;
	for (unsigned i = 0; i < master->stapler.count; i++)
		if (master->stapler.all[i]->doing == doing)
			failed(master, master->stapler.all[i], reason, 0);
	go_on(master);
}

static bool
prepare_fetch(struct child *child, uint32_t step)
{
	const struct options *options = &child->fleet->options;
	struct nameserver found[NAMESERVERS_MAX];
	const struct nameserver *servers = options->nameservers;
	size_t count = options->nameserver_count;

	(void)step;
	if (count == 0) {
		count = nameservers_read(RESOLV_CONF, found);
		servers = found;
	}
	for (size_t i = 0; i < count; i++) {
		const struct control_nameserver record = {
			.type = CONTROL_NAMESERVER,
			.address_len = servers[i].address_len,
			.address = servers[i].address
		};

		child_tell(child, &record, sizeof record, -1);
	}
	fleet_tell_start(child);
	resolver_started(child);
	lost(child, STAPLED_FETCHING, "frontd-fetch has died");
	return false;
}

static bool
prepare_prove(struct child *child, uint32_t step)
{
	(void)step;
	fleet_tell_start(child);
	lost(child, STAPLED_PROVING, "frontd-prove has died");
	return false;
}

static void
fetch_told(struct child *child, struct slice packet)
{
	static union {
		struct control_fetched fetched;
		struct control_part part;
	} record;
	struct master *master = child->fleet->master;
	struct stapled *stapled;

	if (resolver_told(child, packet) || child->fleet != master->now)
		return;
	if (control_type(packet) == CONTROL_FETCHED &&
	    control_take(packet, &record.fetched, sizeof record.fetched) &&
	    (stapled = of_request(&master->stapler, record.fetched.request,
		 STAPLED_FETCHING)) != NULL)
		told_fetched(master, stapled, &record.fetched);
	else if (control_type(packet) == CONTROL_PART &&
		 control_take(packet, &record.part, sizeof record.part) &&
		 (stapled = of_request(&master->stapler, record.part.number,
		      STAPLED_FETCHING)) != NULL)
		told_part(master, stapled, &record.part);
	go_on(master);
}

static void
prove_told(struct child *child, struct slice packet)
{
	struct master *master = child->fleet->master;
	struct control_proven record;
	struct staple_times times;
	struct stapled *stapled;

	if (child->fleet != master->now ||
	    control_type(packet) != CONTROL_PROVEN ||
	    !control_take(packet, &record, sizeof record) ||
	    (stapled = of_request(
		 &master->stapler, record.request, STAPLED_PROVING)) == NULL)
		return;
	times.from = (time_t)record.from;
	times.until = (time_t)record.until;
	if (record.verdict == STAPLE_GOOD && record.from <= record.until &&
	    record.until <= LAST_TIME)
		proven(master, stapled, &times);
	else if (record.verdict == STAPLE_REVOKED)
		revoked(master, stapled);
	else
		failed(master, stapled,
		    record.verdict != STAPLE_GOOD &&
			    record.verdict <= STAPLE_UNKNOWN
			? staple_reason((enum staple_verdict)record.verdict)
			: fetch_reason(FETCH_BROKEN),
		    0);
	go_on(master);
}

struct child_kind stapler_fetch_kind = { "frontd-fetch", -1, prepare_fetch,
	fetch_told };
struct child_kind stapler_prove_kind = { "frontd-prove", -1, prepare_prove,
	prove_told };

/* ---- the certificates of a fleet ---- */

static void
open_cache(struct stapler *stapler, const struct options *options)
{
	if (stapler->cache >= 0)
		close(stapler->cache);
	stapler->cache = -1;
	if (!options->fetches)
		return;
	stapler->cache = staple_cache_open(options->ocsp_cache);
	if (stapler->cache < 0)
		log_event(LOG_LEVEL_WARN, "ocsp-cache", "path=%s reason=\"%s\"",
		    options->ocsp_cache, strerror(errno));
}

static struct stapled *
add(struct stapler *stapler, const struct option_site *site)
{
	struct stapled *stapled = calloc(1, sizeof *stapled);
	size_t len = 0;

	if (stapled == NULL)
		return NULL;
	memcpy(stapled->id, site->chain.id, SITE_ID);
	stapled->candidate.bytes = staple_cache_read(
	    stapler->cache, stapled->id, STAPLE_SIZE_MAX, &len);
	stapled->candidate.len = stapled->candidate.size = len;
	stapled->cached = stapled->candidate.bytes != NULL;
	return stapled;
}

/* By certificate, those of one by their place in the configuration. */
static int
compare(const void *one, const void *other)
{
	const struct option_site *const *a = one, *const *b = other;
	int order = memcmp((*a)->chain.id, (*b)->chain.id, SITE_ID);

	return order != 0 ? order
			  : ((*a)->what.site > (*b)->what.site) -
				((*a)->what.site < (*b)->what.site);
}

/* The first site of each certificate that is fetched for, sorted; *count of
 * them. NULL: out of memory. To be freed. */
static const struct option_site **
choose_sites(const struct options *options, unsigned *count)
{
	const struct option_site **sites =
	    calloc(options->site_count + 1u, sizeof *sites);
	unsigned fetching = 0;

	*count = 0;
	if (sites == NULL)
		return NULL;
	for (unsigned i = 0; i < options->site_count; i++)
		if (options->sites[i]->fetch != NULL)
			sites[fetching++] = options->sites[i];
	qsort(sites, fetching, sizeof *sites, compare);
	for (unsigned i = 0; i < fetching; i++)
		if (*count == 0 || memcmp(sites[*count - 1]->chain.id,
				       sites[i]->chain.id, SITE_ID) != 0)
			sites[(*count)++] = sites[i];
	return sites;
}

/* The children that were at it are no more. */
static void
begin_again(struct stapled *stapled)
{
	if (stapled->doing == STAPLED_PROVING && stapled->cached)
		stapled->doing = STAPLED_WAITING; /* the candidate is whole */
	else if (stapled->doing != STAPLED_WAITING)
		drop_candidate(stapled);
	if (stapled->result != STAPLED_FETCHED &&
	    stapled->result != STAPLED_CACHED)
		stapled->next = clock_day();
	stapled->failures = 0;
}

/* Those that there were go over to the new ones, or are let go. */
static void
replace(struct stapler *stapler, const struct option_site **sites,
    struct stapled **fresh, unsigned count)
{
	struct stapled *stapled;
	unsigned filled = 0;

	for (unsigned i = 0; i < count; i++) {
		stapled =
		    find(stapler->all, stapler->count, sites[i]->chain.id);
		if (stapled == NULL &&
		    (stapled = add(stapler, sites[i])) == NULL)
			continue;
		stapled->site = sites[i];
		begin_again(stapled);
		fresh[filled++] = stapled;
	}
	for (unsigned i = 0; i < stapler->count; i++)
		if (find(fresh, filled, stapler->all[i]->id) == NULL)
			free_stapled(stapler->all[i]);
	free(stapler->all);
	stapler->all = fresh;
	stapler->count = filled;
}

void
stapler_serve(struct master *master)
{
	struct stapler *stapler = &master->stapler;
	unsigned count;
	const struct option_site **sites =
	    choose_sites(&master->now->options, &count);
	struct stapled **fresh = calloc(count + 1u, sizeof *fresh);

	/* Without memory there are none, which costs no connection. */
	open_cache(stapler, &master->now->options);
	if (sites == NULL || fresh == NULL) {
		free(fresh);
		fresh = NULL;
		count = 0;
	}
	replace(stapler, sites, fresh, count);
	free(sites);
	go_on(master);
}

bool
stapler_init(struct master *master)
{
	master->stapler.cache = -1;
	master->stapler.timer = event_new(master->base, -1, 0, due, master);
	return master->stapler.timer != NULL;
}

bool
stapler_proves(const struct stapler *stapler)
{
	for (unsigned i = 0; i < stapler->count; i++)
		if (stapler->all[i]->cached &&
		    stapler->all[i]->candidate.bytes != NULL)
			return true;
	return false;
}

void
stapler_free(struct stapler *stapler)
{
	for (unsigned i = 0; i < stapler->count; i++)
		free_stapled(stapler->all[i]);
	free(stapler->all);
	stapler->all = NULL;
	stapler->count = 0;
	if (stapler->timer != NULL)
		event_free(stapler->timer);
	stapler->timer = NULL;
	if (stapler->cache >= 0)
		close(stapler->cache);
	stapler->cache = -1;
}
