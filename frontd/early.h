/*
 * Early data of a client's (RFC 8446 section 4.2.10): taken once for each
 * ticket, and kept until the handshake is complete, and so the client is known
 * to be there. Only then does the backend see it.
 */
#ifndef FRONTD_EARLY_H
#define FRONTD_EARLY_H

#include <s2n.h>

#include "base/slice.h"
#include "frontd/replay.h"

/* All zero: nothing has come yet. */
struct early {
	uint8_t *data;
	size_t len, room;
	bool over;  /* there is no more of it */
	bool taken; /* the client's offer was */
};

enum early_state {
	EARLY_OVER,  /* the handshake can go on */
	EARLY_WAITS, /* or has failed: s2n_errno says which */
	EARLY_NO_ROOM
};

/* The answer to a client's offer: yes when its ticket is seen for the first
 * time. False: the library takes no answer. */
must_check bool early_answer(struct early *, struct replay *,
    struct s2n_connection *, struct s2n_offered_early_data *);
/* Goes on with the handshake as far as there may be early data. */
must_check enum early_state early_receive(
    struct early *, struct s2n_connection *, s2n_blocked_status *);
/* "taken", "refused", or "-" when none was offered. */
const char *early_word(const struct early *, struct s2n_connection *);
void early_free(struct early *);

#endif
