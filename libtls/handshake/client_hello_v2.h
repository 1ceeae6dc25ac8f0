/*
 * The ClientHello of SSL 2.0, with which an old client may ask for SSLv3 or TLS
 * (RFC 5246 E.2). SSL 2.0 itself is not spoken.
 */
#ifndef LIBTLS_HANDSHAKE_CLIENT_HELLO_V2_H
#define LIBTLS_HANDSHAKE_CLIENT_HELLO_V2_H

#include "libtls/state/handshake_state.h"

/* Its fields, borrowed; the suites are of three bytes each. */
struct client_hello_v2 {
	uint16_t version;
	struct slice specs, session_id, challenge;
};

must_check int client_hello_v2_split(struct reader *, struct client_hello_v2 *);
/* RFC 5246 E.2: the challenge, right-justified, zeros before it. */
void client_hello_v2_random(
    struct slice challenge, uint8_t random[RANDOM_SIZE]);
/*
 * Takes it apart into what a ClientHello of TLS would say. The suites are
 * written to, and borrowed from, suites, which the caller frees.
 */
must_check int client_hello_v2_parse(
    struct reader *, struct hello *, struct writer *suites);

#endif
