/*
 * The application's word between a parsed CertificateRequest and the client's
 * answer (unstable/cert_authorities.h).
 */
#ifndef LIBTLS_HANDSHAKE_REQUEST_CALLBACK_H
#define LIBTLS_HANDSHAKE_REQUEST_CALLBACK_H

#include "libtls/state/connection.h"

/*
 * Calls it, where there is one and a default certificate, and makes its chain
 * the only choice. ERR_CANCELLED when it refused, ERR_NO_CERT_FOUND when it
 * set none.
 */
must_check int request_callback_run(struct s2n_connection *);

#endif
