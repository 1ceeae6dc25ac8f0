/*
 * What keyd's children answer to its orders.
 */
#ifndef KEYD_TELLING_H
#define KEYD_TELLING_H

#include "ipc/keyproto.h"
#include "policy/policy.h"

struct channel;

/* An answer. Where keyd does not listen there is nothing left to do: the
 * process ends. */
void telling(struct channel *control, uint16_t type, uint64_t id,
    enum keyproto_status, struct slice payload);
/* What STATUS asks: who we are, what confines us, how many keys there are. */
size_t telling_confinement(const char *name, uint32_t keys,
    const struct confinement *, uint8_t *payload, size_t room);

#endif
