/*
 * Key log lines in the NSS format, for an application that asked for them.
 */
#ifndef LIBTLS_HANDSHAKE_KEYLOG_H
#define LIBTLS_HANDSHAKE_KEYLOG_H

#include "libtls/state/connection.h"

/* One line to the config's callback, if there is one; a secret of the key
 * schedule, as long as its hash. */
void keylog_secret(
    struct s2n_connection *, const char *label, const uint8_t *secret);
/* "CLIENT_RANDOM", below TLS 1.3: MASTER_SECRET_SIZE bytes. */
void keylog_master(struct s2n_connection *, const uint8_t *master);

#endif
