/*
 * HelloRetryRequest (RFC 8446 4.1.4): a ServerHello with a certain random.
 */
#ifndef LIBTLS_HANDSHAKE_HELLO_RETRY_H
#define LIBTLS_HANDSHAKE_HELLO_RETRY_H

#include "base/slice.h"

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest". */
extern const uint8_t hello_retry_random[32];

/* Whether a ServerHello's body is a HelloRetryRequest. */
bool hello_retry_is(struct slice body);

#endif
