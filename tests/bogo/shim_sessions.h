/*
 * What outlives a connection of the shim: a client's newest session, a server's
 * ticket key and cache, and the clock that the runner sets forward.
 */
#ifndef TESTS_BOGO_SHIM_SESSIONS_H
#define TESTS_BOGO_SHIM_SESSIONS_H

#include <s2n.h>

#include "tests/bogo/shim_options.h"

/* Resumption as the options have it. */
bool sessions_configure(struct s2n_config *, const struct options *);
/* Client: offers the session that there is, if there is one. */
bool sessions_offer(struct s2n_connection *);
/* Client, at a connection's end: whether a session came with it. */
bool sessions_take(struct s2n_connection *);
/* Whether the cache is asked again with the next call. */
bool sessions_waited(void);
/* Sets the clock forward by so many seconds. */
void sessions_wait(long seconds);

#endif
