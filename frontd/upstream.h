/*
 * A connection to a backend: plaintext, or TLS with us as its client, which
 * reads and writes alike. The socket is non-blocking.
 */
#ifndef FRONTD_UPSTREAM_H
#define FRONTD_UPSTREAM_H

#include <sys/types.h>

#include "base/slice.h"

struct s2n_cert_chain_and_key;
struct s2n_config;
struct s2n_connection;

struct upstream {
	int fd;                      /* -1: not connected */
	struct s2n_connection *conn; /* NULL: plaintext */
	bool finished;               /* it was told the end */
	bool drained; /* plaintext: nothing is there until an event says so */
};

/* Why a call below has given -1. */
enum upstream_wait {
	UPSTREAM_FAILED, /* for ever: see upstream_error() */
	UPSTREAM_READABLE,
	UPSTREAM_WRITABLE,
	UPSTREAM_KEY /* until the keyclient of the config resumes it */
};

/*
 * What a site's TLS to its backends needs: the backend's authorities as PEM,
 * and what they are shown if they ask, or NULL; its key is the caller's to
 * provide. NULL where that cannot be.
 */
struct s2n_config *upstream_config(
    const char *authorities, struct s2n_cert_chain_and_key *own);

/*
 * TLS on a socket that is connected, over which nothing was read. name is who
 * the backend has to be; protocol is what the client speaks by ALPN, so that
 * the backend speaks it too, or NULL; ctx is the connection's. False: out of
 * memory.
 */
must_check bool upstream_secure(struct upstream *, struct s2n_config *,
    const char *name, const char *protocol, void *ctx);
/* Its handshake: 0 when it is done, or there is none; -1. */
must_check int upstream_negotiate(struct upstream *, enum upstream_wait *);
/* Bytes, 0 at the end, or -1. An end that TLS did not announce is a failure. */
must_check ssize_t upstream_receive(
    struct upstream *, uint8_t *, size_t room, enum upstream_wait *);
must_check ssize_t upstream_send(
    struct upstream *, struct slice, enum upstream_wait *);
/* Tells it that nothing more comes: 0, or -1. */
must_check int upstream_finish(struct upstream *, enum upstream_wait *);
/* Nothing is to be done for a while: it needs no buffers. */
void upstream_rest(struct upstream *);
/* Of the last call, which has failed. */
const char *upstream_error(const struct upstream *);

/* What there is of it is gone. */
void upstream_close(struct upstream *);

#endif
