/*
 * One side of a connection whose other side may send anything, and what must
 * hold of it whatever comes: an error is final, at most one fatal alert goes
 * out and nothing behind it, output is whole records, calls are bounded, and no
 * byte of a peer's leads to an error that is ours.
 */
#ifndef TESTS_FUZZ_PARTY_H
#define TESTS_FUZZ_PARTY_H

#include "base/writer.h"
#include "libtls/state/connection.h"
#include "tests/fuzz/setup.h"

/* One direction of a transport in memory. */
struct wire {
	struct writer bytes;
	size_t taken;
	bool closed;    /* nothing more will come */
	unsigned calls; /* since the last byte that was taken */
};

void wire_open(struct wire *);
void wire_put(struct wire *, struct slice);
void wire_close(struct wire *);

struct party {
	struct s2n_connection *conn;
	struct wire *in, *out;
	bool through;             /* s2n_negotiate succeeded */
	bool ended;               /* it got close_notify, behind that */
	int error;                /* s2n_errno that ended it; 0: none */
	bool said_goodbye;        /* it sent close_notify */
	bool crooked;             /* what it writes is not looked at */
	bool takes_early;         /* a server that takes early data first */
	struct writer early, got; /* application data */
};

void party_open(struct party *, s2n_mode, const struct setup *, struct wire *,
    struct wire *);
void party_close(struct party *);
/* Calls it until it waits for bytes or has come to its end. */
void party_run(struct party *);
/* Sends data; it is through, and has no error. */
void party_send(struct party *, struct slice);
/* Sends close_notify if it is through and has no error. */
void party_goodbye(struct party *);
/* Nothing more comes: it must end; then all that was promised above. */
void party_finish(struct party *);

#endif
