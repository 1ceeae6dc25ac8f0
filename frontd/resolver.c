/*
 * Names of backends; the contract is in resolver.h.
 */
#include "frontd/resolver.h"

#include <arpa/inet.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "frontd/master.h"

/* As many as frontd-fetch asks for at one time. */
#define ASKED_MAX 64
/* For it to answer: it asks each name server several times. */
#define ANSWER_MS 30000
/* What a name server says is kept so long at least, and at most. */
#define TTL_MIN_S 5u
#define TTL_MAX_S 3600u
/* After a failure, doubling with each. */
#define RETRY_MIN_MS 1000u
#define RETRY_MAX_MS 60000u

/* ---- one name ---- */

static int
compare(const void *a, const void *b)
{
	const struct resolved *left = a, *right = b;

	return strcmp(left->host, right->host);
}

/* RFC 6761 6.3: it is this machine, and nobody is to be asked. */
static bool
is_localhost(const char *host)
{
	static const char word[] = "localhost";
	size_t len = strlen(host), most = sizeof word - 1;

	return len >= most && strcmp(host + len - most, word) == 0 &&
	       (len == most || host[len - most - 1] == '.');
}

static void
make_local(struct resolved *name)
{
	static const struct control_address own[] = {
		{ AF_INET, { 127, 0, 0, 1 } }, { AF_INET6, { [15] = 1 } }
	};

	memcpy(name->at, own, sizeof own);
	name->count = COUNT(own);
	name->answered = true;
	name->due_ms = UINT64_MAX;
}

static struct resolved *
find(const struct resolver *resolver, const char *host)
{
	/* What is looked for is compared with its host alone. */
	static union {
		struct resolved name;
		char room[sizeof(struct resolved) + CONTROL_HOST_MAX];
	} key;
	struct resolved *const *found;

	snprintf(key.room + offsetof(struct resolved, host), CONTROL_HOST_MAX,
	    "%s", host);
	found = tfind(&key.name, &resolver->by_host, compare);
	return found != NULL ? *found : NULL;
}

const struct resolved *
resolver_find(const struct resolver *resolver, const char *host)
{
	return find(resolver, host);
}

static bool
add(struct resolver *resolver, const char *host)
{
	struct resolved *name;
	size_t size = strlen(host) + 1;

	if (size > CONTROL_HOST_MAX ||
	    (name = calloc(1, sizeof *name + size)) == NULL)
		return false;
	memcpy(name->host, host, size);
	if (tsearch(name, &resolver->by_host, compare) == NULL) {
		free(name);
		return false;
	}
	if (is_localhost(host))
		make_local(name);
	name->next = resolver->all;
	resolver->all = name;
	return true;
}

static void
forget(struct resolver *resolver, struct resolved **at)
{
	struct resolved *name = *at;

	*at = name->next;
	tdelete(name, &resolver->by_host, compare);
	if (name->request != 0)
		resolver->asked--;
	free(name);
}

/* ---- what frontd-connect is told ---- */

static void
tell_one(struct child *connect, const struct option_site *site,
    const struct option_name *option, const struct resolved *name)
{
	struct control_addresses record = { .type = CONTROL_ADDRESSES,
		.site = site->what.site,
		.number = option->number,
		.port = option->port,
		.count = name->count };

	memcpy(record.at, name->at, sizeof record.at);
	child_tell(connect, &record, sizeof record, -1);
}

void
resolver_tell(struct child *connect, const struct option_site *site)
{
	const struct resolver *resolver = &connect->fleet->master->resolver;

	for (const struct option_name *option = site->names; option != NULL;
	     option = option->next) {
		const struct resolved *name = find(resolver, option->host);

		if (name != NULL && name->answered)
			tell_one(connect, site, option, name);
	}
}

static void
tell_fleet(struct fleet *fleet, const struct resolved *name)
{
	for (unsigned i = 0; fleet != NULL && i < fleet->options.site_count;
	     i++) {
		const struct option_site *site = fleet->options.sites[i];

		for (const struct option_name *option = site->names;
		     option != NULL; option = option->next)
			if (strcmp(option->host, name->host) == 0)
				tell_one(&fleet->connect, site, option, name);
	}
}

/* Those that drain have handshakes that go on. */
static void
tell_all(struct master *master, const struct resolved *name)
{
	tell_fleet(master->next, name);
	tell_fleet(master->now, name);
	for (struct fleet *fleet = master->before; fleet != NULL;
	     fleet = fleet->next)
		tell_fleet(fleet, name);
}

/* ---- answers ---- */

static void
not_asked(struct resolver *resolver, struct resolved *name)
{
	if (name->request != 0)
		resolver->asked--;
	name->request = 0;
}

static void
failed(struct master *master, struct resolved *name, const char *reason)
{
	unsigned doublings = name->failures < 6 ? name->failures : 6;
	uint64_t wait = (uint64_t)RETRY_MIN_MS << doublings;

	not_asked(&master->resolver, name);
	master->resolver.failed++;
	wait = wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS;
	name->due_ms = clock_ms() + wait;
	if (name->failures++ == 0)
		log_event(LOG_LEVEL_WARN, "name",
		    "name=%s result=failed reason=\"%s\" addresses=%u",
		    name->host, reason, name->count);
	if (name->answered)
		return;
	name->answered = true; /* nobody waits any longer */
	tell_all(master, name);
}

static bool
has(const struct control_address *at, size_t count,
    const struct control_address *what)
{
	size_t size = what->family == AF_INET ? 4 : 16;

	for (size_t i = 0; i < count; i++)
		if (at[i].family == what->family &&
		    memcmp(at[i].bytes, what->bytes, size) == 0)
			return true;
	return false;
}

/* In any order: many name servers turn it with each answer. */
static bool
is_same(
    const struct resolved *name, const struct control_address *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!has(name->at, name->count, &at[i]))
			return false;
	return count == name->count;
}

/* What was known of a family about which nobody could say anything. */
static void
keep_known(const struct resolved *name, struct control_resolved *what,
    uint8_t family, uint32_t error)
{
	for (size_t i = 0; error == RESOLVE_FAILED && i < name->count; i++)
		if (name->at[i].family == family &&
		    what->count < COUNT(what->at))
			what->at[what->count++] = name->at[i];
}

static void
found(
    struct master *master, struct resolved *name, struct control_resolved *what)
{
	uint32_t ttl = what->ttl_s < TTL_MIN_S   ? TTL_MIN_S
		       : what->ttl_s > TTL_MAX_S ? TTL_MAX_S
						 : what->ttl_s;
	bool news = name->failures > 0;

	not_asked(&master->resolver, name);
	master->resolver.done++;
	name->failures = 0;
	name->due_ms = clock_ms() + (uint64_t)ttl * 1000;
	keep_known(name, what, AF_INET, what->error_v4);
	keep_known(name, what, AF_INET6, what->error_v6);
	if (!name->answered || !is_same(name, what->at, what->count)) {
		name->answered = news = true;
		name->count = (uint16_t)what->count;
		memcpy(name->at, what->at, sizeof name->at);
		tell_all(master, name);
	}
	if (news)
		log_event(LOG_LEVEL_INFO, "name",
		    "name=%s result=found addresses=%u ttl_s=%u", name->host,
		    name->count, what->ttl_s);
}

/* Whatever frontd-fetch says: only what can be an answer is one. */
static bool
makes_sense(const struct control_resolved *what)
{
	if (what->count > COUNT(what->at))
		return false;
	for (size_t i = 0; i < what->count; i++)
		if (what->at[i].family != AF_INET &&
		    what->at[i].family != AF_INET6)
			return false;
	return true;
}

/* ---- questions ---- */

/* Who asks: the fleet's that serves, or before it has one, the next one's. */
static struct child *
asker(struct master *master)
{
	if (master->now != NULL && master->now->fetch.control != NULL)
		return &master->now->fetch;
	if (master->next != NULL && master->next->fetch.control != NULL)
		return &master->next->fetch;
	return NULL;
}

static void
ask(struct master *master, struct resolved *name, struct child *fetch)
{
	struct resolver *resolver = &master->resolver;
	struct control_resolve record = { .type = CONTROL_RESOLVE };

	if (++resolver->requests == 0)
		resolver->requests = 1;
	record.request = name->request = resolver->requests;
	resolver->asked++;
	name->due_ms = clock_ms() + ANSWER_MS;
	record.name = control_text_of(name->host);
	child_tell(fetch, &record, sizeof record, -1);
}

/* What is due is asked for; the timer is set to what is due next. */
static void
go_on(struct master *master)
{
	struct resolver *resolver = &master->resolver;
	struct child *fetch = asker(master);
	uint64_t now = clock_ms(), next = UINT64_MAX;
	struct timeval when;

	for (struct resolved *name = resolver->all; name != NULL;
	     name = name->next) {
		if (name->request != 0 && name->due_ms <= now)
			failed(master, name, "no answer");
		if (name->request == 0 && name->due_ms <= now) {
			if (fetch == NULL || resolver->asked == ASKED_MAX)
				continue; /* an answer, or its start, goes on */
			ask(master, name, fetch);
		}
		if (name->due_ms < next)
			next = name->due_ms;
	}
	if (next == UINT64_MAX)
		return;
	next = next > now ? next - now : 0;
	when.tv_sec = (time_t)(next / 1000);
	when.tv_usec = (suseconds_t)(next % 1000 * 1000);
	event_add(resolver->timer, &when);
}

static void
due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	go_on(ctx);
}

void
resolver_started(struct child *fetch)
{
	struct master *master = fetch->fleet->master;

	/* What it had to ask when it died may be what it died of. */
	if (fetch == asker(master))
		for (struct resolved *name = master->resolver.all; name != NULL;
		     name = name->next)
			if (name->request != 0)
				failed(master, name, "frontd-fetch has died");
	go_on(master);
}

bool
resolver_told(struct child *fetch, struct slice packet)
{
	static struct control_resolved what;
	struct master *master = fetch->fleet->master;
	struct resolved *name = master->resolver.all;

	if (control_type(packet) != CONTROL_RESOLVED)
		return false;
	if (!control_take(packet, &what, sizeof what))
		return true;
	while (name != NULL && name->request != what.request)
		name = name->next;
	if (name == NULL || what.request == 0)
		return true;
	if (!makes_sense(&what))
		failed(master, name, "a broken answer");
	else if (what.count > 0)
		found(master, name, &what);
	else if (what.error_v4 == RESOLVE_FAILED ||
		 what.error_v6 == RESOLVE_FAILED)
		failed(master, name, "no name server could say");
	else
		failed(master, name, "it has no address");
	go_on(master);
	return true;
}

/* ---- fleets ---- */

bool
resolver_want(struct fleet *fleet)
{
	struct resolver *resolver = &fleet->master->resolver;

	for (unsigned i = 0; i < fleet->options.site_count; i++)
		for (const struct option_name *option =
			 fleet->options.sites[i]->names;
		     option != NULL; option = option->next)
			if (find(resolver, option->host) == NULL &&
			    !add(resolver, option->host))
				return false;
	go_on(fleet->master);
	return true;
}

static void
mark(const struct resolver *resolver, const struct fleet *fleet)
{
	for (unsigned i = 0; fleet != NULL && i < fleet->options.site_count;
	     i++)
		for (const struct option_name *option =
			 fleet->options.sites[i]->names;
		     option != NULL; option = option->next) {
			struct resolved *name = find(resolver, option->host);

			if (name != NULL)
				name->wanted = true;
		}
}

void
resolver_serve(struct master *master)
{
	struct resolver *resolver = &master->resolver;

	for (struct resolved *name = resolver->all; name != NULL;
	     name = name->next) {
		name->wanted = false;
		/* Who was asked ends with its fleet. */
		if (name->request != 0)
			name->due_ms = clock_ms();
		not_asked(resolver, name);
	}
	mark(resolver, master->now);
	mark(resolver, master->next);
	for (struct fleet *fleet = master->before; fleet != NULL;
	     fleet = fleet->next)
		mark(resolver, fleet);
	for (struct resolved **at = &resolver->all; *at != NULL;) {
		if ((*at)->wanted)
			at = &(*at)->next;
		else
			forget(resolver, at);
	}
	go_on(master);
}

bool
resolver_init(struct master *master)
{
	master->resolver.timer = event_new(master->base, -1, 0, due, master);
	return master->resolver.timer != NULL;
}

void
resolver_free(struct resolver *resolver)
{
	while (resolver->all != NULL)
		forget(resolver, &resolver->all);
	if (resolver->timer != NULL)
		event_free(resolver->timer);
	resolver->timer = NULL;
}
