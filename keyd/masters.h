/*
 * The programs that are connected to keyd's socket, known by their accounts,
 * and what they ask of keyd itself: how it is, and channels to its signers for
 * their workers.
 */
#ifndef KEYD_MASTERS_H
#define KEYD_MASTERS_H

#include <event2/event.h>

#include "keyd/daemon.h"

/* Before the first arrives; of_keyd is borrowed, and told to who asks. */
void masters_open(struct event_base *, const struct confinement *of_keyd);
/*
 * The fleet whose signers they get from now on. Who is connected goes on under
 * what its configuration says of their accounts; who is no client there any
 * more is disconnected. The one before may then be freed.
 */
void masters_serve(struct fleet *);
/* For arrivals: somebody has come to the listener. */
void masters_arrived(int fd, void *ctx);
/* A signer of a fleet is there: each worker that had asked for channels gets
 * one to it, if it is its. */
void masters_give(struct fleet *, unsigned signer);
/* Appends them. */
void masters_describe(struct daemon *);

#endif
