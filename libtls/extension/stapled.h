/*
 * CertificateStatus (RFC 6066 8), which travels in an extension of TLS 1.3 and
 * in a message of its own below.
 */
#ifndef LIBTLS_EXTENSION_STAPLED_H
#define LIBTLS_EXTENSION_STAPLED_H

#include "libtls/state/connection.h"

/* Our chain's OCSP response; a server's counts as stapled. */
void stapled_status_write(struct s2n_connection *, struct writer *);
/* Keeps the peer's; a server's counts as stapled. */
must_check int stapled_status_read(struct s2n_connection *, struct reader *);

#endif
