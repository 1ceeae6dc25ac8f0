/*
 * The verification of a peer's handshake signature: at once, or handed to the
 * application (unstable/async_offload.h).
 */
#ifndef LIBTLS_HANDSHAKE_OFFLOAD_H
#define LIBTLS_HANDSHAKE_OFFLOAD_H

#include "libtls/state/connection.h"

/*
 * As scheme_verify; all is copied. ERR_WANT_VERIFY while the application has
 * it: ask again with the same. ERR_CANCELLED when its callback refuses.
 */
must_check int offload_verify(struct s2n_connection *, const struct scheme *,
    EVP_PKEY *, struct slice input, struct slice signature);
/* Forgets the operation; one that is being performed becomes an orphan. */
void offload_release(struct handshake *);

#endif
