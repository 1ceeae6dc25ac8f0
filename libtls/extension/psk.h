/*
 * The pre-shared keys that a ClientHello of ours offers.
 */
#ifndef LIBTLS_EXTENSION_PSK_H
#define LIBTLS_EXTENSION_PSK_H

#include "libtls/state/connection.h"

/* The one at an index, as the server counts them; NULL: there are fewer. */
const struct s2n_psk *psk_offered(const struct s2n_connection *, size_t index);
/* Takes apart what the client offers, which counts from TLS 1.3 on. */
must_check int psk_offer_parse(struct s2n_connection *);
/* Bytes of all their binders, the length of the list included. */
size_t psk_binders_size(const struct s2n_connection *);

#endif
