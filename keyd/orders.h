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
/*
 * Its keys, from signer->next on: as many as may be awaited. When the last was
 * passed it is asked for its status, and what orders_grant() held is given.
 */
void orders_keys(struct signer *);
/* An answer to the order that passed a key: its index, which is awaited no
 * more. False: no such order is awaited. */
must_check bool orders_answered(struct signer *, uint64_t order, unsigned *key);
/* From one of its keys on again, which has become its; those that it was passed
 * before are read once more. */
void orders_again(struct signer *, unsigned key);
/*
 * A channel, whose descriptor stays the caller's. It is not given before all
 * keys of the signer are passed, so that whoever asks for them hears of all.
 */
must_check bool orders_grant(
    struct signer *, const struct keyproto_grant *, int fd);
/* It has ended, and with it whatever it was passed or was to be. */
void orders_forget(struct signer *);
/* The root of the ticket keys. No descriptor goes along where it makes one. */
void orders_root(struct signer *);

#endif
