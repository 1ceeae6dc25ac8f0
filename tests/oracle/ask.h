/*
 * Requests of a signer: lawful ones, and such as nobody should make. What is
 * random comes of a seed, so that a finding is found again.
 */
#ifndef TESTS_ORACLE_ASK_H
#define TESTS_ORACLE_ASK_H

#include "tests/oracle/foreign.h"
#include "tests/oracle/judge.h"

struct ask {
	uint16_t type;
	bool lawful; /* of a key that may be used so: OK and nothing else */
	bool never;  /* and this never */
	struct slice also; /* judge_signature()'s */
	/* PREMASTER: a secret was encrypted; well padded, or not. */
	bool secret_known, secret_good;
	uint8_t secret[KEYPROTO_PREMASTER_SIZE];
	uint8_t payload[KEYPROTO_PACKET_MAX];
	size_t len;
};

void ask_seed(uint64_t);
/* Less than bound. */
uint32_t ask_random(uint32_t bound);

/* A request that this key's operations and the role permit; where they permit
 * none, as of Ed25519 to who has digests only, one that is never answered. */
void ask_lawfully(struct ask *, enum keyproto_role, const struct oracle_key *);
/* A digest to sign: lawful by the role and the key, or never answered. */
void ask_digest(struct ask *, enum keyproto_role, const struct oracle_key *);
/* Any type, each length it may have, whatever bytes. */
void ask_anything(struct ask *);
/* Some bytes of it others, or in another place, or more or less of them. */
void ask_mutate(struct ask *);

/* Where a format can stand in a request; position below ASK_POSITIONS. False:
 * it does not fit there. */
#define ASK_POSITIONS 12
bool ask_foreign(struct ask *, const struct oracle_key *,
    const struct foreign *, unsigned position);

/* The packet of it: its length. */
size_t ask_pack(const struct ask *, uint64_t id, uint32_t micros,
    uint8_t packet[KEYPROTO_PACKET_MAX]);

#endif
