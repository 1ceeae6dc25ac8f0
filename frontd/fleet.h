/*
 * The children of one configuration. frontd has one fleet, while it reloads a
 * second one, which takes over when all of it are sealed, and maybe others that
 * are before them: their workers accept no more and end with their connections.
 */
#ifndef FRONTD_FLEET_H
#define FRONTD_FLEET_H

#include "frontd/bind.h"
#include "frontd/child.h"
#include "frontd/options.h"

struct master;

enum fleet_state {
	FLEET_STARTING, /* nothing is accepted yet */
	FLEET_SERVING,
	FLEET_DRAINING, /* workers end with their connections */
	FLEET_RETIRED   /* all end, and none takes their place */
};

struct fleet {
	struct fleet *next; /* of those that drain */
	struct master *master;
	enum fleet_state state;
	struct options options;
	/* By listener: its sockets, shared out among the workers. */
	struct binding *bindings[CONTROL_LISTENERS_MAX];
	struct child connect, page, fetch, prove, workers[CONTROL_WORKERS_MAX];
	unsigned accepting; /* FLEET_DRAINING: workers that may still accept */
	/* Of workers that have ended, also of fleets before, by site. */
	struct tally_site *ended;
	struct event *overdue; /* FLEET_DRAINING: they should have ended */
	bool settled;
};

/* Opens the children's programs, once for all fleets; false after saying which
 * cannot be. */
must_check bool fleet_open_programs(void);

/* NULL when out of memory. Its options are to be read, its listeners bound. */
struct fleet *fleet_new(struct master *);
/* Its processes have ended. */
void fleet_free(struct fleet *);

/*
 * Starts all. They accept when it is said, and those of the first fleet at
 * once. False when there is not the memory, or not the tags, for it.
 */
must_check bool fleet_start(struct fleet *, bool first);
void fleet_serve(struct fleet *);
/*
 * Its workers accept no more, once those connections are accepted that wait at
 * listeners which taken does not have; they end when their last connection has,
 * or at the drain timeout. When none accepts any more, reload_stopped() is
 * called, and nothing when they have ended: see fleet_drained().
 */
void fleet_drain(
    struct fleet *, struct binding *const *taken, size_t taken_count);
/* Its processes end by themselves, and none takes their place. */
void fleet_retire(struct fleet *);

/* How many of its workers run; fills pids, which has room for all. */
size_t fleet_workers(
    const struct fleet *, pid_t pids[static CONTROL_WORKERS_MAX]);
/* Its workers have all ended. */
bool fleet_drained(const struct fleet *);
/* How many processes still run; fills at most room pids. */
size_t fleet_running(const struct fleet *, pid_t *pids, size_t room);
#define FLEET_PROCESSES_MAX (CONTROL_WORKERS_MAX + 4)

/*
 * A child has ended; false: it was none of this fleet. *unsealed: it could not
 * be what the configuration demands, and neither could the next.
 */
must_check bool fleet_reaped(struct fleet *, pid_t, int status, bool *unsealed);
/* A child's program cannot be started, which is tried again. */
void fleet_not_started(struct fleet *);
/* A child has said that it is sealed. */
void fleet_confined(struct fleet *);

/* A channel to one of so many signers for the worker with this tag; fd stays
 * the caller's. */
void fleet_give_keys(struct master *, uint32_t tag, uint32_t signers, int fd);
/* Likewise, to sign as a client of backends. */
void fleet_give_backend_keys(
    struct master *, uint32_t tag, uint32_t signers, int fd);

enum fleet_keys {
	FLEET_KEYS_AWAITED, /* some signer has not told some worker */
	FLEET_KEYS_LACK,    /* all have, and some site has no key */
	FLEET_KEYS_THERE
};
/* Whether its workers have what they sign with; changes are told by
 * reload_keyed(). */
enum fleet_keys fleet_keys(const struct fleet *);
/* Complains of what is lacking. */
void fleet_complain_keys(const struct fleet *);
/* What a child is told last before it seals itself. */
void fleet_tell_start(struct child *);
/* Tells frontd-page who runs. */
void fleet_show(struct fleet *);

#endif
