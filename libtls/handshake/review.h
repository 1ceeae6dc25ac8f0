/*
 * What the application is asked about the peer's chain (unstable/crl.h): for
 * CRLs before it is validated, for its own word after.
 */
#ifndef LIBTLS_HANDSHAKE_REVIEW_H
#define LIBTLS_HANDSHAKE_REVIEW_H

#include "libtls/state/connection.h"

/* ERR_WANT_VALIDATION until each certificate's lookup is answered;
 * ERR_CANCELLED. */
must_check int review_lookups(struct s2n_connection *);
/* Likewise for the validation callback; ERR_CERT_REJECTED. */
must_check int review_chain(struct s2n_connection *);
/* Forgets both, for another handshake or none. */
void review_end(struct s2n_connection *);

#endif
