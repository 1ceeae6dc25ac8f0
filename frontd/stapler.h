/*
 * The OCSP responses that are fetched: asked for in time (refresh.h) by
 * frontd-fetch, proven by frontd-prove, given to the workers, kept on disk. The
 * master moves bytes of which it understands nothing. They are the
 * certificates', not a fleet's: what is good for one is told to the next.
 */
#ifndef FRONTD_STAPLER_H
#define FRONTD_STAPLER_H

#include "frontd/child.h"
#include "frontd/gathered.h"
#include "frontd/options.h"

struct master;

enum stapled_result {
	STAPLED_NOTHING, /* it has not been tried yet */
	STAPLED_CACHED,  /* what is served was on disk */
	STAPLED_FETCHED,
	STAPLED_FAILED, /* what was there before is served to its end */
	STAPLED_REVOKED /* none is served */
};

enum stapled_doing { STAPLED_WAITING, STAPLED_FETCHING, STAPLED_PROVING };

/* One certificate's, of however many sites. */
struct stapled {
	uint8_t id[SITE_ID];
	const struct option_site *site; /* the first of the serving fleet's */
	struct site_staple staple;      /* in its time; der NULL: none */
	/* The last attempt: what came of it, why it failed; the next one. */
	enum stapled_result result;
	const char *reason; /* NULL: it did not */
	unsigned failures;  /* in a row */
	uint64_t next;      /* seconds since 1970 */
	/* Under way. */
	enum stapled_doing doing;
	uint32_t request;          /* its number with the child that has it */
	struct gathered candidate; /* no bytes: there is none */
	bool cached;               /* where the candidate is from */
};

struct stapler {
	struct stapled **all; /* sorted by id */
	unsigned count;
	struct event *timer;
	int cache; /* its directory; -1: none */
	uint32_t requests;
};

extern struct child_kind stapler_fetch_kind, stapler_prove_kind;

/* False when out of memory. Before any other call. */
must_check bool stapler_init(struct master *);
/* From now on those of the serving fleet's sites are looked after; what fails
 * is tried again at once, new ones may be on disk. */
void stapler_serve(struct master *);
void stapler_free(struct stapler *);
/* Some that were on disk are not yet proven, and so not told to workers. */
bool stapler_proves(const struct stapler *);

/* The response that a site serves now, of a file or fetched; NULL: none. */
const struct site_staple *stapler_served(
    const struct stapler *, const struct option_site *);
/* Tells a worker of it. */
void stapler_tell(struct child *worker, const struct option_site *);
/* How it stands with a site's; NULL: it is not fetched, or not yet looked
 * after. */
const struct stapled *stapler_find(
    const struct stapler *, const struct option_site *);

#endif
