/*
 * Handshake messages after the handshake (RFC 8446 4.6, RFC 5246 7.4.1.1).
 */
#ifndef LIBTLS_HANDSHAKE_POST_H
#define LIBTLS_HANDSHAKE_POST_H

#include "libtls/state/connection.h"

/* Takes the messages of the handshake record that was just read. */
must_check int post_receive(struct s2n_connection *);
/* Reads one message of a connection without records, and takes it. */
must_check int post_receive_bare(struct s2n_connection *);
/* Puts a KeyUpdate that is due into a record, and takes the new key. */
must_check int post_key_update(struct s2n_connection *);

#endif
