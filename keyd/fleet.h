/*
 * The signers of one configuration: their processes, the keys that each was
 * passed, and what they have said. keyd has one fleet, and while it reloads a
 * second one, which takes over when all its keys are served.
 */
#ifndef KEYD_FLEET_H
#define KEYD_FLEET_H

#include "keyd/config.h"
#include "keyd/link.h"

struct fleet;

/* One for each speed that there is in a group, and that of the ticket keys. */
#define FLEET_SIGNERS_MAX (CONFIG_GROUPS_MAX * KEYPROTO_SPEED_COUNT + 1)

struct fleet_events {
	/* Once: each key was answered for, or a signer has died before. */
	void (*settled)(struct fleet *, bool good);
	/* A signer was started: its number. */
	void (*started)(struct fleet *, unsigned signer);
};

/* NULL when out of memory. path: the program of the signers. */
struct fleet *fleet_new(
    struct event_base *, const char *path, const struct fleet_events *);
/* Its processes have ended. */
void fleet_free(struct fleet *);

/* To be read before it is started; then it does not change. */
struct config *fleet_config(struct fleet *);
/* Opens the files; false after saying what is wrong with each. */
must_check bool fleet_open(struct fleet *);
/*
 * Starts the signers, and whoever dies again. A root of ticket keys that was
 * made at random is in one process alone: where before (NULL: none) has one and
 * the same is wanted, none is started, and fleet_adopt takes it over.
 */
void fleet_start(struct fleet *, const struct fleet *before);
void fleet_adopt(struct fleet *, struct fleet *before);

/* Signers, and the process of the ticket keys if there is one. */
unsigned fleet_count(const struct fleet *);
/*
 * A fresh channel between a signer and one of a master's workers, whose end
 * goes to the master, as an answer to id or unasked (0). False: the client has
 * no business there, or the signer or the master is gone.
 */
must_check bool fleet_give(struct fleet *, unsigned signer,
    const struct config_client *, struct link *master, uint32_t tag,
    uint64_t id);
/* Appends its processes. */
void fleet_status(const struct fleet *, struct keyproto_processes *);

/* A child has ended; false: it was none of this fleet. */
must_check bool fleet_reaped(struct fleet *, pid_t, int status);
/* Its processes end by themselves, and none takes their place. */
void fleet_retire(struct fleet *);
/* How many still run; fills at most room pids. */
size_t fleet_running(const struct fleet *, pid_t *pids, size_t room);

#endif
