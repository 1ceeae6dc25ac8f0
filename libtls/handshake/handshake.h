/*
 * The handshake as data: tables of steps, and the driver that walks them for
 * client and server alike.
 */
#ifndef LIBTLS_HANDSHAKE_HANDSHAKE_H
#define LIBTLS_HANDSHAKE_HANDSHAKE_H

#include "libtls/state/connection.h"

enum expect { NO, YES, MAYBE };

struct step {
	enum message message; /* END_OF_PATH ends a table */
	s2n_mode sender;
	/* Is it part of this handshake? MAYBE: the peer's choice. */
	enum expect (*when)(const struct s2n_connection *);
	int (*send)(struct s2n_connection *, struct writer *);
	int (*recv)(struct s2n_connection *, struct reader *);
	/* What changes once it is in the transcript. */
	int (*after)(struct s2n_connection *);
};

extern const struct step hello_path[];
extern const struct step tls13_path[];
extern const struct step tls12_path[];
extern const struct step tls12_resumed_path[];

/* Makes conn->hs, at the first row. */
must_check int handshake_start(struct s2n_connection *);
/* Wipes and frees it; an operation that is pending becomes an orphan. */
void handshake_end(struct s2n_connection *);
/*
 * Walks on. A waiting code means: call again; everything is as if the row had
 * not begun, but for a pending private-key operation; or its message has passed
 * and waits to be written, before anything changes.
 */
must_check int handshake_run(struct s2n_connection *);

/* "CLIENT_HELLO", ... as s2n_connection_get_last_message_name reports it. */
const char *handshake_message_name(enum message, s2n_mode sender);

#endif
