/*
 * A ClientHello that the application may look at: a copy, since the message is
 * gone when its bytes are used. A server's connection keeps its client's until
 * s2n_connection_free_handshake, one more is the application's that had it
 * parsed. What the application is told of it is libtls/hello_info.c's.
 */
#ifndef LIBTLS_HANDSHAKE_KEPT_HELLO_H
#define LIBTLS_HANDSHAKE_KEPT_HELLO_H

#include "libtls/state/connection.h"

struct s2n_client_hello {
	bool v2;                /* it came as SSL 2.0's */
	bool own;               /* the application's, to be freed by it */
	uint8_t record_version; /* S2N_TLS10 ...; 0: it came in no record */
	/* Borrows from body. Of SSL 2.0's the suites have three bytes each, and
	 * nothing is said of compression. */
	struct hello said;
	uint8_t *body; /* the random in it is zeroed; NULL: given up */
	size_t len;
};

/* Keeps the message that is being handled as the connection's. */
must_check int kept_hello_take(struct s2n_connection *);
/* One of its own from a handshake message, header and all. */
must_check int kept_hello_parse(
    struct slice message, struct s2n_client_hello **);
/* Gives up the message; what is of fixed size stays. */
void kept_hello_empty(struct s2n_client_hello *);
void kept_hello_free(struct s2n_client_hello *);

#endif
