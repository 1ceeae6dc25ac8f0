/*
 * The pre-shared keys that a client offers, as an application reads them that
 * chooses for itself (Guide: Selecting a Pre-Shared Key).
 */
#ifndef LIBTLS_HANDSHAKE_OFFERED_PSKS_H
#define LIBTLS_HANDSHAKE_OFFERED_PSKS_H

#include "libtls/state/connection.h"

/* Made for one call of the application's callback. */
struct s2n_offered_psk_list {
	struct s2n_connection *conn;
	const struct hello *hello;
	struct reader unread;
	uint16_t next; /* index of the first that is unread */
};

/*
 * Has the application choose: conn->psk, maybe none, without its binder
 * checked. A callback that fails has chosen none, which is no error.
 */
void offered_psks_ask(struct s2n_connection *, const struct hello *);

#endif
