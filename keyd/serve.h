/*
 * What all processes with keys do: they take keyd's orders, and answer the
 * channels that keyd grants. Each has a main that prepares and seals it.
 */
#ifndef KEYD_SERVE_H
#define KEYD_SERVE_H

#include "keyd/keystore.h"
#include "policy/policy.h"

struct channel;
struct tickets;

/* Before the seal: what there is to have for so many keys, and the channel to
 * keyd. With tickets there are no private keys. */
must_check bool serve_open(const char *name, uint32_t keys, struct tickets *);
/* keyd's orders, for who must know of the first before the seal. */
struct channel *serve_control(void);

/* An order of keyd's, and what is answered to it if that is OK. */
struct order {
	uint16_t type;
	struct slice payload;
	int fd; /* -1: none; who keeps it says so by that */
	uint8_t answer[KEYPROTO_PACKET_MAX - KEYPROTO_HEADER];
	size_t len;
};
/* One that not all take; UNSUPPORTED: it is of no known type. */
typedef enum keyproto_status serve_order(struct order *);

/* After the seal, until keyd ends. further: NULL or for orders beyond those
 * that all take. */
__attribute__((noreturn)) void serve(
    const struct confinement *, serve_order *further);

/* For such an order: the keys; with what keyd has sent for the key of a slot
 * (fd is the key's file, or -1); and the answer to an order that loads one. */
struct keystore *serve_keys(void);
struct keysource serve_source(uint16_t slot, int fd);
void serve_verdict(struct order *, const struct keyproto_keytold *);

#endif
