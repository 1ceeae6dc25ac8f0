/*
 * Early data (RFC 8446 2.3, 4.2.10): whether it is offered and taken, and the
 * keys for it. What an application calls is in libtls/early_data.c.
 */
#ifndef LIBTLS_HANDSHAKE_EARLY_H
#define LIBTLS_HANDSHAKE_EARLY_H

#include "libtls/state/connection.h"

/* Client, before its first ClientHello: whether early data is offered. */
void early_offer(struct s2n_connection *);
/*
 * Server, once the key, the suite and the protocol are chosen: whether it is
 * taken. ERR_WANT_EARLY_ANSWER while the application has not decided.
 */
must_check int early_judge(struct s2n_connection *);
/* After the ClientHello: the keys of what is offered, or taken. */
must_check int early_keys(struct s2n_connection *);
/* Client, at a HelloRetryRequest: it is refused, and goes on in the clear. */
void early_retry(struct s2n_connection *);
/* After EncryptedExtensions: what was refused ends here, and all of QUIC's. */
must_check int early_settle(struct s2n_connection *);
/* After EndOfEarlyData: the keys of the handshake. */
must_check int early_end(struct s2n_connection *);
/* Whether nothing of it is to be expected any more. */
bool early_over(const struct s2n_connection *);

#endif
