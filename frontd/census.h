/*
 * The tallies of all workers, of those that run and those that have ended,
 * added up: by site of the configuration that is in force, and in all.
 */
#ifndef FRONTD_CENSUS_H
#define FRONTD_CENSUS_H

#include "frontd/tally.h"

struct master;
struct child;
struct fleet;
struct slice;

/* What a worker last told. */
struct census_worker {
	uint32_t open, key_pending;
	struct tally_all all;
	struct tally_site sites[]; /* as many as its configuration has */
};

/* NULL: no memory. */
struct census_worker *census_worker_new(unsigned sites);
/* A worker has told of itself: CONTROL_TALLY_SITES or CONTROL_TALLY. */
void census_take(struct child *, struct slice packet);
/* It has ended: what it counted is kept, and it begins anew. */
void census_bury(struct child *);
/* The fleet that serves is another: sites keep their counts by their names. */
void census_move(const struct fleet *from, struct fleet *to);

/* Of a site of the fleet that serves, by its number. */
void census_site(const struct master *, unsigned site, struct tally_site *);
void census_all(const struct master *, struct tally_all *);

#endif
