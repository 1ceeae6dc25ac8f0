/*
 * The runner's stand-in for QUIC, on the socket: each piece of a message, of
 * data and each alert in a frame that tells its encryption level and names the
 * keys, which the other side compares with its own:
 *
 *	1  what it is, as in a record of TLS
 *	1  level: 0 initial, 1 early, 2 handshake, 3 application
 *	2  cipher suite; 0: none yet
 *	4  length of the rest
 *	   the traffic secret, then the bytes
 */
#ifndef TESTS_BOGO_SHIM_QUIC_H
#define TESTS_BOGO_SHIM_QUIC_H

#include "libtls/bindings.h"
#include "libtls/crypto/digest.h"
#include "tests/bogo/shim_transport.h"

#define FRAME_MAX (1 << 17)

struct quic_keys {
	uint8_t level;
	uint16_t suite;
	uint8_t secret[DIGEST_MAX];
	size_t len;
};

struct shim_quic {
	struct transport *transport;
	bool server;
	struct quic_keys reads, writes;
	struct quic_keys later; /* for when the handshake is complete */
	uint8_t type;           /* of the frame that was read last */
	uint8_t frame[FRAME_MAX];
	size_t start, end; /* what of it is not used */
	int alert;         /* that came; -1: none */
};

/* Gives the connection its callbacks, for a socket that is connected later. */
bool quic_attach(
    struct shim_quic *, struct transport *, struct s2n_connection *);
/* The handshake is complete. */
void quic_complete(struct shim_quic *);
bool quic_send(struct shim_quic *, const void *bytes, size_t len);
/* Reads a frame, if the last one is used up: false at the end, or when one
 * comes that may not. */
bool quic_frame(struct shim_quic *);
/* Data; 0 at the end, or when a message has come, which is the library's. */
size_t quic_data(struct shim_quic *, void *bytes, size_t room);
bool quic_message_waits(const struct shim_quic *);
bool quic_alert(struct shim_quic *, uint8_t alert);

#endif
