/*
 * Sources of connections; the contract is in sources.h.
 */
#include "frontd/sources.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>

#include "frontd/crowd.h"

/* Slots that are looked at for one source. */
#define WINDOW CROWD_WINDOW
#define SECOND_US 1000000

struct source {
	uint64_t network;
	uint64_t key; /* what others know it by, and where it is looked for */
	uint32_t open;
	uint8_t family; /* 0: free */
	/* The generic cell rate algorithm (ITU-T I.371): when the next would
	 * come at the very rate. In the past, the source is as if new. */
	uint64_t due_us;
};

struct sources {
	struct sources_limits limits;
	uint64_t interval_us, tolerance_us;
	uint64_t seed;
	struct crowd *crowd; /* NULL: nobody else counts */
	size_t mask;
	struct source slots[];
};

struct sources *
sources_new(const struct sources_limits *limits, uint32_t connections_max)
{
	size_t size = WINDOW;
	struct sources *sources;

	errno = 0;
	if (limits->connections == 0 && limits->rate == 0)
		return NULL;
	while (size < (size_t)connections_max * 4)
		size *= 2;
	sources = calloc(1, sizeof *sources + size * sizeof *sources->slots);
	if (sources == NULL)
		return NULL;
	sources->limits = *limits;
	sources->mask = size - 1;
	if (limits->rate > 0) {
		sources->interval_us = SECOND_US / limits->rate;
		sources->tolerance_us =
		    sources->interval_us *
		    (limits->burst > 0 ? limits->burst - 1 : 0);
	}
	if (getrandom(&sources->seed, sizeof sources->seed, 0) !=
	    (ssize_t)sizeof sources->seed) {
		free(sources);
		return NULL;
	}
	return sources;
}

bool
sources_share(struct sources *sources, struct crowd *crowd)
{
	if (!crowd_begin(crowd, sources->mask + 1))
		return false;
	sources->crowd = crowd;
	sources->seed = crowd_seed(crowd);
	return true;
}

void
sources_free(struct sources *sources)
{
	free(sources);
}

static void
describe(const struct sockaddr_storage *address, struct source *out)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	*out = (struct source){ .family = (uint8_t)address->ss_family };
	if (address->ss_family == AF_INET)
		out->network = v4->sin_addr.s_addr;
	else
		memcpy(&out->network, &v6->sin6_addr, sizeof out->network);
}

/* Seeded, so that nobody chooses who shares slots; a finalizer of MurmurHash3
 * twice, which need not be strong: who collides is only forgotten sooner. */
static uint64_t
key_of(const struct sources *sources, const struct source *what)
{
	uint64_t x = what->network ^ sources->seed ^ what->family;

	for (int i = 0; i < 2; i++) {
		x ^= x >> 33;
		x *= UINT64_C(0xff51afd7ed558ccd);
		x ^= x >> 33;
		x *= UINT64_C(0xc4ceb9fe1a85ec53);
		x ^= x >> 33;
		x += sources->seed;
	}
	return x != 0 ? x : 1;
}

/* Better to be taken for another source. */
static bool
is_better(const struct source *a, const struct source *b)
{
	if ((a->open == 0) != (b->open == 0))
		return a->open == 0;
	return a->due_us < b->due_us;
}

/* This one's slot, or one that is taken for it; NULL: all in reach are of
 * sources that have connections. */
static struct source *
find(struct sources *sources, const struct source *what)
{
	size_t first = (size_t)what->key;
	struct source *best = NULL;

	for (size_t i = 0; i < WINDOW; i++) {
		struct source *slot =
		    &sources->slots[(first + i) & sources->mask];

		if (slot->family == what->family &&
		    slot->network == what->network)
			return slot;
		if (best == NULL || is_better(slot, best))
			best = slot;
	}
	if (best->open > 0)
		return NULL;
	*best = *what;
	return best;
}

static void
tell(struct sources *sources, const struct source *source)
{
	if (sources->crowd != NULL)
		crowd_tell(sources->crowd, (size_t)(source - sources->slots),
		    source->key, source->open, source->due_us);
}

enum sources_verdict
sources_come(struct sources *sources, const struct sockaddr_storage *address,
    uint64_t now_us, sources_place *place)
{
	struct crowd_sum others = { 0 };
	struct source what, *source;

	*place = SOURCES_NOWHERE;
	if (sources == NULL)
		return SOURCES_TAKEN;
	describe(address, &what);
	what.key = key_of(sources, &what);
	if (sources->crowd != NULL)
		others = crowd_others(sources->crowd, what.key);
	if ((source = find(sources, &what)) == NULL)
		return SOURCES_TAKEN;
	if (sources->limits.connections > 0 &&
	    (uint64_t)source->open + others.open >= sources->limits.connections)
		return SOURCES_TOO_MANY;
	/* Nobody's is later than that of the worker that took the last one. */
	if (source->due_us < others.due_us)
		source->due_us = others.due_us;
	if (sources->limits.rate > 0 &&
	    source->due_us > now_us + sources->tolerance_us)
		return SOURCES_TOO_FAST;
	if (source->due_us < now_us)
		source->due_us = now_us;
	source->due_us += sources->interval_us;
	source->open++;
	tell(sources, source);
	*place = (sources_place)(source - sources->slots);
	return SOURCES_TAKEN;
}

void
sources_go(struct sources *sources, sources_place place)
{
	if (sources == NULL || place == SOURCES_NOWHERE)
		return;
	sources->slots[place].open--;
	tell(sources, &sources->slots[place]);
}
