/*
 * Points of a handshake that an application is told of (unstable/events.h).
 */
#ifndef LIBTLS_HANDSHAKE_CHECKPOINT_H
#define LIBTLS_HANDSHAKE_CHECKPOINT_H

#include "libtls/state/connection.h"

/* The config's monotonic clock; 0 when it fails. */
uint64_t checkpoint_now(const struct s2n_connection *);
/* Tells of it, if anybody wants to know. */
void checkpoint_tell(struct s2n_connection *, const char *name);

#endif
