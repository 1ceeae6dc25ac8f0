/*
 * A test's own functions on a connection's way through the step tables: told of
 * each message that was done, and allowed to spoil what is about to be sent.
 */
#ifndef TESTS_DETOUR_H
#define TESTS_DETOUR_H

#include "libtls/handshake/handshake.h"

struct detour {
	/* Before a message of ours is begun: maybe records in front of it. */
	void (*before)(struct s2n_connection *, const struct step *, void *ctx);
	/* The body is what out has from start; the header stands before it. */
	void (*built)(struct s2n_connection *, const struct step *,
	    struct writer *out, size_t start, void *ctx);
	/* It is in the transcript, sent or received. */
	void (*done)(struct s2n_connection *, const struct step *, void *ctx);
	void *ctx;
};

/* At most one a role; the connection has not negotiated yet. */
void detour_take(struct s2n_connection *, const struct detour *);

#endif
