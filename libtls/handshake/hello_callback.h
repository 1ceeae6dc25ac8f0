/*
 * The application's word between a parsed ClientHello and the server's choices
 * (Guide: s2n_config_set_client_hello_cb).
 */
#ifndef LIBTLS_HANDSHAKE_HELLO_CALLBACK_H
#define LIBTLS_HANDSHAKE_HELLO_CALLBACK_H

#include "libtls/state/connection.h"

/*
 * Calls it, once a handshake. ERR_WANT_HELLO while it is not done,
 * ERR_CANCELLED when it refused.
 */
must_check int hello_callback_run(struct s2n_connection *);

#endif
