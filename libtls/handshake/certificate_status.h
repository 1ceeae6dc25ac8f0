/*
 * The OCSP response that a peer stapled, judged once its chain was validated.
 */
#ifndef LIBTLS_HANDSHAKE_CERTIFICATE_STATUS_H
#define LIBTLS_HANDSHAKE_CERTIFICATE_STATUS_H

#include "libtls/state/connection.h"

/* 0 also when there is none, or none is to be judged; codes as in ocsp.h. */
must_check int certificate_status_check(struct s2n_connection *);

#endif
