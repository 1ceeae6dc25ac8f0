/*
 * The signers of one configuration: their processes, the keys that each was
 * passed, and what they have said. keyd has one fleet, and while it reloads a
 * second one, which takes over when all its keys are served.
 */
#ifndef KEYD_FLEET_H
#define KEYD_FLEET_H

#include "keyd/config.h"
#include "keyd/link.h"
#include "keyd/tally.h"

struct fleet;

/* One for each speed that there is in a group, and that of the ticket keys. */
#define FLEET_SIGNERS_MAX (CONFIG_GROUPS_MAX * KEYPROTO_SPEED_COUNT + 1)

struct fleet_events {
	/* Once: each key was answered for, or a signer has died before. */
	void (*settled)(struct fleet *, bool good);
	/* A signer was started: its number. */
	void (*started)(struct fleet *, unsigned signer);
	/* A token's process has answered fleet_request(), by its number. */
	void (*requested)(struct fleet *, uint64_t order, enum keyproto_status,
	    struct slice request);
	/* Whoever was asked by fleet_ask_counts() has answered, or died. */
	void (*counted)(struct fleet *);
};

/* A signer, as it is told of. */
struct fleet_member {
	const char *group;             /* "tickets": of the ticket keys */
	unsigned group_number;         /* as configured; beyond them: tickets */
	const char *speed;             /* of its keys: "fast", "none", ... */
	struct keyproto_process about; /* pid 0: it does not serve now */
	uint64_t since_ms;             /* it was started, by clock_ms() */
	unsigned deaths;               /* of those before it */
	bool looping;                  /* it dies again and again */
	const struct tally *tally;     /* as it last told, if that is whole */
};

/* NULL when out of memory. Programs by spawn_open(): of the signers, and of
 * those whose keys are in tokens. */
struct fleet *fleet_new(struct event_base *, int program, int token_program,
    const struct fleet_events *);
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

/* Gives each signer a new channel to keyd-audit. */
void fleet_audit(struct fleet *);

/* Signers, and the process of the ticket keys if there is one. */
unsigned fleet_count(const struct fleet *);
/*
 * A fresh channel between a signer and one of a master's workers, whose end
 * goes to the master, as an answer to id of this type or unasked (0). False:
 * the client has no business there, or the signer or the master is gone.
 */
must_check bool fleet_give(struct fleet *, unsigned signer,
    const struct config_client *, struct link *master, uint16_t type,
    uint32_t tag, uint64_t id);
/* How a signer is. */
struct fleet_member fleet_member(const struct fleet *, unsigned signer);
/* The same of the signer of a key, by its index in the configuration, once the
 * fleet was started. */
struct fleet_member fleet_member_of(const struct fleet *, unsigned key);
/* What was told of a key when it was read last; NULL: nothing yet. */
const struct keyproto_keytold *fleet_key(const struct fleet *, unsigned key);
/* Has a token's process sign the certificate request of a key; then there is an
 * event, unless it dies: another is started. The number; 0: it cannot now. */
must_check uint64_t fleet_request(struct fleet *, unsigned key);
/* Has each signer tell what it has counted; then there is an event. */
void fleet_ask_counts(struct fleet *);
/*
 * A new root of ticket keys in place of one that was made at random: by another
 * process. False: there is none such.
 */
must_check bool fleet_new_root(struct fleet *);
/* Appends its processes. */
void fleet_status(const struct fleet *, struct keyproto_processes *);

/* A child has ended; false: it was none of this fleet. */
must_check bool fleet_reaped(struct fleet *, pid_t, int status);
/* Its processes end by themselves, and none takes their place. */
void fleet_retire(struct fleet *);
/* How many still run; fills at most room pids. */
size_t fleet_running(const struct fleet *, pid_t *pids, size_t room);

#endif
