/*
 * What ServerHello and HelloRetryRequest share.
 */
#ifndef LIBTLS_HANDSHAKE_SERVER_HELLO_H
#define LIBTLS_HANDSHAKE_SERVER_HELLO_H

#include "libtls/state/connection.h"

/* All but the extensions. */
void server_hello_write(
    struct s2n_connection *, const uint8_t *random, struct writer *);
/*
 * Takes and judges all but the extensions, which it hands out. Sets
 * conn->suite.
 */
must_check int server_hello_read(
    struct s2n_connection *, struct reader *, struct slice *extensions);

#endif
