/*
 * When the keys of TLS 1.2 and older change: the "after" column of their path.
 */
#ifndef LIBTLS_HANDSHAKE_KEYS12_H
#define LIBTLS_HANDSHAKE_KEYS12_H

#include "libtls/handshake/schedule12.h"
#include "libtls/state/connection.h"

/* After ClientKeyExchange: the master secret and the key block. */
must_check int keys12_master(struct s2n_connection *);
/* After the ServerHello of a session that is resumed: the key block. */
must_check int keys12_resume(struct s2n_connection *);
/* After a role's ChangeCipherSpec: its half of the block is in use. */
must_check int keys12_switch_client(struct s2n_connection *);
must_check int keys12_switch_server(struct s2n_connection *);
/* What the connection's derivations share. */
struct terms keys12_terms(const struct s2n_connection *);

#endif
