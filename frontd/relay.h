/*
 * What a client and its backend say to each other, both ways, until each has
 * ended. The end of one is told to the other, who may go on (RFC 8446 section
 * 6.1). Who cannot be written to stops being read from. A backend's end by a
 * reset is none that the client is told of: what it has said may be cut off.
 *
 * It knows of no events: a turn moves what can be moved at once, and says what
 * the next one waits for.
 */
#ifndef FRONTD_RELAY_H
#define FRONTD_RELAY_H

#include "frontd/upstream.h"

/* Read at a time, and so the most that waits in one direction: a record of the
 * client's, and some for it, which leave together. */
#define RELAY_UP 16384
#define RELAY_DOWN 65536

/* Bytes of one direction on their way. */
struct flow {
	uint8_t *data, *kept; /* kept: ours, and data while bytes wait there */
	size_t start, end;
	bool source_done; /* nothing more comes */
	bool told;        /* and the other side knows */
	int lost;         /* up: errno since the backend takes no more; or 0 */
};

/* All zero: nothing is on its way. */
struct relay {
	struct flow up, down; /* client to backend, backend to client */
};

enum relay_state {
	RELAY_ON,
	RELAY_CLOSED,         /* each has said all, and been told so */
	RELAY_CLIENT_FAILED,  /* s2n_errno says how */
	RELAY_BACKEND_FAILED, /* upstream_error() says how */
	RELAY_NO_MEMORY
};

/* The next turn comes when one of these is true: a set. */
enum relay_wait {
	RELAY_CLIENT_READABLE = 1,
	RELAY_CLIENT_WRITABLE = 2,
	RELAY_BACKEND_READABLE = 4,
	RELAY_BACKEND_WRITABLE = 8,
	RELAY_MORE = 16 /* and at once, when the others had their turn */
};

/* Bytes that go up before all that the client says from now on. Before the
 * first turn. False: out of memory. */
must_check bool relay_put_up(struct relay *, struct slice);

/* *waits is of use when the relay is on. */
must_check enum relay_state relay_turn(struct relay *,
    struct s2n_connection *client, struct upstream *backend, unsigned *waits);

void relay_free(struct relay *);

#endif
