/*
 * What the server chooses from a ClientHello, and a client from a
 * CertificateRequest: all decisions on one page.
 */
#ifndef LIBTLS_HANDSHAKE_CHOOSE_H
#define LIBTLS_HANDSHAKE_CHOOSE_H

#include "libtls/state/connection.h"

/*
 * Version, suite, group (or a retry), certificate, scheme, protocol. On the
 * second ClientHello the share must be there.
 */
must_check int choose_parameters(struct s2n_connection *, const struct hello *);
/* Client: the chain and scheme that answer a CertificateRequest; maybe none. */
void choose_client_certificate(struct s2n_connection *);

#endif
