/*
 * When TLS 1.3's keys change: the "after" column of the 1.3 path, and key
 * update.
 */
#ifndef LIBTLS_HANDSHAKE_KEYS13_H
#define LIBTLS_HANDSHAKE_KEYS13_H

#include "libtls/state/connection.h"

/* RFC 8446 D.4: the dummy ChangeCipherSpec, once, if the session id asks. */
must_check int keys13_ccs(struct s2n_connection *);
/* Client, after its ClientHello: the keys of early data, for what it sends. */
must_check int keys13_early_write(
    struct s2n_connection *, const struct suite *);
/* Client, when a HelloRetryRequest came: no keys once more. */
void keys13_plain_again(struct s2n_connection *);
/* After early data: the client's handshake keys, in place of those. */
must_check int keys13_client_handshake(struct s2n_connection *);
/* After ServerHello: handshake keys in both directions. */
must_check int keys13_handshake(struct s2n_connection *);
/* After the server's Finished. */
must_check int keys13_application(struct s2n_connection *);
/* After the client's Finished. */
must_check int keys13_complete(struct s2n_connection *);
/* The base key (RFC 8446 4.4) of a role's Finished. */
const uint8_t *keys13_finished_base(
    const struct s2n_connection *, s2n_mode sender);
/* RFC 8446 4.6.3, one direction each. */
must_check int keys13_update_read(struct s2n_connection *);
must_check int keys13_update_write(struct s2n_connection *);

#endif
