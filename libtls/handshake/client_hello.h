/*
 * The fields of a ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2).
 */
#ifndef LIBTLS_HANDSHAKE_CLIENT_HELLO_H
#define LIBTLS_HANDSHAKE_CLIENT_HELLO_H

#include "libtls/state/handshake_state.h"

/* Takes a body apart; the extensions are not looked at. ERR_DECODE. */
must_check int client_hello_parse(struct reader *, struct hello *);

#endif
