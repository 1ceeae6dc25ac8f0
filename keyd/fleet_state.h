/*
 * What a fleet is made of, and what can be asked of its signers: data only, so
 * that those who give orders and those who hear answers can share it. Nobody
 * else includes this; fleet.h is the fleet for the others.
 */
#ifndef KEYD_FLEET_STATE_H
#define KEYD_FLEET_STATE_H

#include <sys/types.h>

#include "ipc/backoff.h"
#include "keyd/fleet.h"
#include "keyd/keyfiles.h"

/* Keys that a signer was passed and has not answered for, at most: each is up
 * to three descriptors on their way. */
#define FLEET_KEYS_AWAITED 64

/* An order that waits until all keys of its signer are passed. */
struct grant {
	struct grant *next;
	int fd;
	struct keyproto_grant what;
};

struct signer {
	struct fleet *fleet;
	unsigned group; /* config.group_count: the process of ticket keys */
	int speed;      /* enum keyproto_speed, of its keys; -1: not told yet */
	bool begun;     /* it was started once */
	pid_t pid;      /* 0: not running */
	/* In this life of it: keys in slots before this one were passed; those
	 * that it has not answered for; and whether all were passed. */
	unsigned next;
	struct {
		uint64_t order;
		unsigned key; /* its index into config.keys */
	} awaited[FLEET_KEYS_AWAITED];
	unsigned awaited_count;
	bool complete;
	struct grant *grants;
	struct link control;
	struct event *respawn;
	struct backoff backoff;
	struct keyproto_process about;
	unsigned deaths;
	bool replaced; /* its end is wanted */
	bool counting; /* it was asked for its counts */
	struct tally tally;
};

struct fleet_key {
	struct signer *signer; /* that is to have it */
	bool answered;         /* by a signer, in some life of it */
	struct keyproto_keytold told;
};

struct fleet {
	struct event_base *base;
	int program, token_program; /* the latter -1: no token is needed */
	const struct fleet_events *events;
	struct config config;
	struct keyfiles files;
	struct signer *signers[FLEET_SIGNERS_MAX];
	unsigned count;
	bool retired;
	uint64_t last_order; /* its id; keys are answered for by theirs */
	/* By index into config.keys. Until each is answered for, the fleet is
	 * starting. */
	struct fleet_key *keys;
	uint64_t root_order;
	bool root_answered;
	unsigned unanswered;
	bool failed, settled;
	unsigned counting; /* signers that were asked */
};

/* It has the ticket keys, and no private key. */
bool signer_is_tickets(const struct signer *);
/* Where its keys are; NULL: in files. */
const struct config_module *signer_module(const struct signer *);
/* How many slots it has: as many as there are keys in its group. */
unsigned signer_keys(const struct signer *);
/* As configured, or "tickets". */
const char *signer_group(const struct signer *);

#endif
