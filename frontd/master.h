/*
 * The master's state. It binds, starts, tells, watches; it reads no byte from
 * a client and holds no key.
 */
#ifndef FRONTD_MASTER_H
#define FRONTD_MASTER_H

#include "frontd/fleet.h"
#include "frontd/heir.h"
#include "frontd/resolver.h"
#include "frontd/stapler.h"
#include "frontd/upgrade.h"
#include "ipc/keymaster.h"

/* Of workers, at keyd; as many as keyd knows. */
#define MASTER_TAGS_MAX 256

/* The way to keyd; see keylink.h. */
struct keylink {
	struct keymaster *keyd; /* NULL: not connected */
	struct event *readable, *writable, *retry, *ask;
	struct backoff backoff;
	bool welcomed;                       /* it may be asked */
	bool complained;                     /* that it is gone has been said */
	struct keyproto_processes processes; /* as it last told */
};

struct master {
	struct event_base *base;
	const char *config; /* path */
	bool debug;
	/* See reload.h: the fleet that serves; the one of a reload that is not
	 * yet sure to; those before, the youngest first. */
	struct fleet *now, *next, *before;
	struct fleet *stopped;  /* that now took over from; NULL: it accepts
				 * no more */
	struct event *patience; /* with next, then with stopped */
	struct event *ending;   /* the end, whoever is not ready */
	bool asked;             /* for a reload that could not be yet */
	bool stopping;          /* frontd drains, and ends then */
	uint64_t started_ms, reloads_begun, reloads_done, reloads_refused;
	uint64_t upgrades_refused;
	struct ask *asks; /* see ask.h */
	uint32_t asked_number;
	struct tally_all ended; /* of workers that have: see census.h */
	struct binding *bindings;
	struct child *tags[MASTER_TAGS_MAX]; /* NULL: free */
	int page_socket;
	int replay; /* register of early data, of all fleets */
	int crowd_file;
	struct crowd *crowd; /* sources of all fleets; see crowd.h */
	struct stapler stapler;
	struct resolver resolver;
	struct event *expiry;
	struct keylink link;
	struct upgrade upgrade; /* to the next frontd, see upgrade.h */
	struct heir heir;       /* of the one before, see heir.h */
	struct confinement own;
	bool failed; /* a child cannot be what the configuration demands */
};

#endif
