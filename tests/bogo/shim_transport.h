/*
 * The socket below the connection. In the asynchronous mode each direction
 * moves one byte and then blocks, until it is allowed the next one.
 */
#ifndef TESTS_BOGO_SHIM_TRANSPORT_H
#define TESTS_BOGO_SHIM_TRANSPORT_H

#include <s2n.h>

struct transport {
	int fd;
	bool async;
	bool may_read, may_write;
	bool paused; /* the next read blocks */
	struct s2n_connection *conn;
	/* RFC 7627 was agreed on: known as long as the handshake lasts. */
	bool extended_master;
};

/* Connects to the port of the loopback address; false with errno. */
bool transport_connect(struct transport *, uint16_t port);
/* Gives the connection its callbacks. */
bool transport_attach(struct transport *, struct s2n_connection *);
/* Asynchronously a direction moves once for each time it is allowed; false with
 * EAGAIN when it is not. */
bool transport_may(struct transport *, bool *allowed);
/* Allows what the connection is blocked on; false if it is allowed already. */
bool transport_allow(struct transport *, s2n_blocked_status);
/* Ends sending and reads to the end: no alert is lost to a reset. */
void transport_close(struct transport *);

#endif
