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

struct signer {
	struct fleet *fleet;
	unsigned group; /* config.group_count: the process of ticket keys */
	int speed;      /* enum keyproto_speed, of its keys; -1: not told yet */
	bool more;      /* was passed keys after it was asked for its status */
	pid_t pid;      /* 0: not running */
	struct link control;
	struct event *respawn;
	struct backoff backoff;
	struct keyproto_process about;
	unsigned deaths;
	bool replaced; /* its end is wanted */
	bool counting; /* it was asked for its counts */
	struct tally tally;
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
	/* By index into config.keys: the order that passed it, and whether a
	 * signer has answered to one. Until each has, the fleet is starting. */
	uint64_t key_orders[KEYPROTO_SLOTS];
	struct signer *key_signers[KEYPROTO_SLOTS];
	bool key_answered[KEYPROTO_SLOTS];
	struct keyproto_keytold told[KEYPROTO_SLOTS];
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
/* As configured, or "tickets". */
const char *signer_group(const struct signer *);

#endif
