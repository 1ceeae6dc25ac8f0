/*
 * Who is told the secrets of TLS 1.3 as they come: the key log, and what
 * protects the packets of a connection of QUIC (RFC 9001 4.1.4).
 */
#ifndef LIBTLS_HANDSHAKE_SECRETS_H
#define LIBTLS_HANDSHAKE_SECRETS_H

#include "libtls/state/connection.h"

/* secret: as long as the hash of the key schedule. ERR_CANCELLED when the
 * application refuses it. */
must_check int secrets_tell(
    struct s2n_connection *, s2n_secret_type_t, const uint8_t *secret);

#endif
