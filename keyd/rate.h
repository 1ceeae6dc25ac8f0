/*
 * How often something may be done: so many times a second on average, and so
 * many at once. What was not used is kept up to that, and no longer.
 */
#ifndef KEYD_RATE_H
#define KEYD_RATE_H

#include "ipc/keyproto.h"

struct rate {
	uint64_t interval_ns;  /* 0: no limit */
	uint64_t tolerance_ns; /* of the times that are done at once */
	uint64_t due_ns;       /* when all that was done would be due */
};

/* A limit that nothing has been counted against. */
struct rate rate_of(const struct keyproto_rate *);
/* Whether it may be done once, at now (of a clock that does not go back). */
must_check bool rate_allows(const struct rate *, uint64_t now_ns);
/* It is done. */
void rate_count(struct rate *, uint64_t now_ns);

#endif
