/*
 * What a signer is passed: its keys, and what it needs to keep and use them.
 * Whatever cannot be passed is logged; the signer's answers are the fleet's.
 */
#ifndef KEYD_ORDERS_H
#define KEYD_ORDERS_H

#include "keyd/fleet_state.h"

/* One order, with a descriptor or -1, which stays the caller's. */
must_check bool orders_give(
    struct signer *, uint16_t type, struct slice payload, int fd);

/* Before all else that it may use: nothing it does is not told. */
void orders_audit(struct signer *);
/* It waits for that before it seals itself. Nothing where its keys are in
 * files. */
void orders_module(struct signer *);
/* A key, by its index in the configuration, which is its from now on ... */
void orders_key(struct signer *, unsigned key);
/* ... and all that are. */
void orders_keys(struct signer *);
/* The root of the ticket keys. No descriptor goes along where it makes one. */
void orders_root(struct signer *);

#endif
