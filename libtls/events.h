/*
 * The event that tells how a handshake went (unstable/events.h).
 */
#ifndef LIBTLS_EVENTS_H
#define LIBTLS_EVENTS_H

#include "libtls/state/connection.h"

/* Around each call that negotiates; the time when it began. */
uint64_t events_begin(struct s2n_connection *);
/* code: what it ended with. Tells of the end of the handshake, once. */
void events_end(struct s2n_connection *, uint64_t began, int code);

#endif
