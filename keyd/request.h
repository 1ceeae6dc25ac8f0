/*
 * What a client may ask of a signer: one table of types and handlers. A client
 * is a channel whose role and keys keyd fixed when it made it; nothing said on
 * the channel can widen them.
 */
#ifndef KEYD_REQUEST_H
#define KEYD_REQUEST_H

#include "keyd/audit.h"
#include "keyd/keystore.h"
#include "keyd/tickets.h"

struct client {
	struct keystore *keys;
	const struct tickets *tickets; /* NULL: of a process with keys */
	struct audit *audit;           /* NULL: nothing is told */
	uint32_t channel;              /* its number there */
	const uint8_t *boot_id;        /* 16 bytes: this life of the signer */
	struct keyproto_grant grant;
	uint64_t last_id; /* ids are strictly increasing */
	bool greeted;     /* HELLO comes first */
	struct rate rate; /* as the grant has it */
	uint64_t now_ns;  /* the caller's monotonic clock, before each packet */
	struct keyproto_stats stats;
	struct keyproto_count last; /* the request that was dispatched last */
};

/*
 * Answers one packet that came waited_us ago, into answer (room of
 * KEYPROTO_PACKET_MAX). Gives the answer's length; 0: the frame is broken and
 * the channel is to be closed. An answer may ask for closing too: *closes.
 */
must_check size_t request_dispatch(struct client *, struct slice packet,
    uint64_t waited_us, uint8_t *answer, bool *closes);

#endif
