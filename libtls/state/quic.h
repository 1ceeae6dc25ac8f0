/*
 * What a connection of QUIC (RFC 9001) has that others have not. Data only; the
 * types are those of libtls/bindings.h, which is a layer above.
 */
#ifndef LIBTLS_STATE_QUIC_H
#define LIBTLS_STATE_QUIC_H

#include "libtls/s2n.h"

/** The secrets of TLS 1.3, in the order in which they come. */
typedef enum {
	S2N_CLIENT_EARLY_TRAFFIC_SECRET = 0,
	S2N_CLIENT_HANDSHAKE_TRAFFIC_SECRET,
	S2N_SERVER_HANDSHAKE_TRAFFIC_SECRET,
	S2N_CLIENT_APPLICATION_TRAFFIC_SECRET,
	S2N_SERVER_APPLICATION_TRAFFIC_SECRET,
	S2N_EXPORTER_SECRET
} s2n_secret_type_t;
/** Takes a copy of secret_size bytes of the secret, which are wiped when it
 * returns; gives 0, or else the handshake fails with S2N_ERR_CANCELLED. All
 * messages that travel under earlier keys have been given to the send callback
 * when it is called. */
typedef int (*s2n_secret_cb)(void *context, struct s2n_connection *conn,
    s2n_secret_type_t secret_type, uint8_t *secret, uint8_t secret_size);

/* RFC 9001 4.6.1: how much it is QUIC says elsewhere, so that this stands for
 * any. */
#define QUIC_EARLY_MAX UINT32_MAX

/* RFC 9001: messages travel without records, and their protection is others'
 * matter, who are told the secrets. */
struct quic {
	bool on;
	s2n_secret_cb secret; /* NULL: none */
	void *secret_ctx;
	/* Transport parameters (8.2), ours and the peer's; NULL: none yet. */
	uint8_t *own, *peer;
	uint16_t own_len, peer_len;
};

#endif
