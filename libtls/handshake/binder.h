/*
 * Binders (RFC 8446 4.2.11.2): an HMAC under each pre-shared key over the
 * ClientHello up to the binders, and what came before it.
 */
#ifndef LIBTLS_HANDSHAKE_BINDER_H
#define LIBTLS_HANDSHAKE_BINDER_H

#include "libtls/state/connection.h"

/* Client: fills them in at the end of the ClientHello whose body, complete but
 * for them, begins at start. */
must_check int binder_fill(
    const struct s2n_connection *, struct writer *out, size_t start);
/* Server: holds the chosen key's against the ClientHello in the inbox.
 * ERR_BINDER. */
must_check int binder_check(const struct s2n_connection *);

#endif
