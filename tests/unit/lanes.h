/*
 * What QUIC is to TLS: two peers whose handshake messages travel in lanes, one
 * for each encryption level (RFC 9001 4.1.3), of which each side writes into
 * and reads from the one that is in use by what it has been told. So bytes that
 * come too early, too late or under other keys arrive nowhere.
 */
#ifndef TESTS_LANES_H
#define TESTS_LANES_H

#include "libtls/bindings.h"
#include "tests/unit/peers.h"

enum level { LEVEL_INITIAL, LEVEL_HANDSHAKE, LEVEL_APPLICATION, LEVELS };

struct lane {
	struct writer bytes;
	size_t taken;
	size_t told; /* of whole messages that are in the trace */
};

struct lane_end {
	struct s2n_connection *conn;
	struct lane_end *other;
	enum level writes, reads;
	struct lane lanes[LEVELS]; /* what it has sent */
	bool blocked;              /* slow: the next call does */
	struct {
		uint8_t secret[48];
		uint8_t len; /* 0: not told */
	} secrets[S2N_EXPORTER_SECRET + 1];
	/* What has happened: of each message its level (I, H, A) and type, of
	 * each secret two letters. */
	char trace[4096];
};

struct lanes {
	struct peers peers;
	struct lane_end client, server;
	bool slow; /* a byte a call, every other call blocks */
	/* A message from this side that becomes another one; NULL: none. */
	void (*edit)(struct lanes *, s2n_mode sender, struct writer *message);
	int refused; /* the secret that the server's callback refuses; -1 */
	/* How QUIC is asked for; NULL: of each connection. */
	void (*prepare)(struct lanes *);
};

/* The one pair of a test. Both made, not yet talking. */
struct lanes *lanes_open(const struct peers_spec *, struct lanes with);
/* As peers_negotiate; then all that waits is written. */
bool lanes_negotiate(struct lanes *);
/* New connections of the same configs. */
void lanes_reconnect(struct lanes *);
void lanes_close(struct lanes *);
/* Puts a message into the lane that the other side reads. */
void lanes_send(struct lane_end *, struct slice message);

#endif
