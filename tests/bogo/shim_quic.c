/*
 * Frames; the contract is in shim_quic.h.
 */
#include "tests/bogo/shim_quic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "libtls/state/connection.h"

#define HEADER 8
#define LEVEL_EARLY 1
#define LEVEL_HANDSHAKE 2
#define LEVEL_APPLICATION 3
#define DATA_MAX 16384

/* ---- frames ---- */

static bool
send_bytes(const struct shim_quic *quic, const void *bytes, size_t len)
{
	return send(quic->transport->fd, bytes, len, MSG_NOSIGNAL) ==
	       (ssize_t)len;
}

static bool
send_frame(
    const struct shim_quic *quic, uint8_t type, const void *bytes, size_t len)
{
	const struct quic_keys *keys = &quic->writes;
	size_t all = keys->len + len;
	const uint8_t header[HEADER] = { type, keys->level,
		(uint8_t)(keys->suite >> 8), (uint8_t)keys->suite,
		(uint8_t)(all >> 24), (uint8_t)(all >> 16), (uint8_t)(all >> 8),
		(uint8_t)all };

	return send_bytes(quic, header, sizeof header) &&
	       send_bytes(quic, keys->secret, keys->len) &&
	       send_bytes(quic, bytes, len);
}

static bool
read_bytes(const struct shim_quic *quic, void *bytes, size_t len)
{
	return recv(quic->transport->fd, bytes, len, MSG_WAITALL) ==
	       (ssize_t)len;
}

/* Early data that was refused has keys that nobody here has. */
static bool
is_skipped(const struct shim_quic *quic, uint8_t level)
{
	return level == LEVEL_EARLY && quic->reads.level != LEVEL_EARLY;
}

static bool
is_under(const struct quic_keys *keys, const uint8_t header[HEADER],
    const uint8_t *rest, size_t len)
{
	if (header[1] == keys->level &&
	    (header[2] << 8 | header[3]) == keys->suite && len >= keys->len &&
	    memcmp(rest, keys->secret, keys->len) == 0)
		return true;
	fprintf(stderr, "a frame under other keys: level %u, not %u\n",
	    header[1], keys->level);
	return false;
}

bool
quic_frame(struct shim_quic *quic)
{
	uint8_t header[HEADER];
	size_t len;

	while (quic->start == quic->end) {
		if (!read_bytes(quic, header, sizeof header))
			return false;
		len = (size_t)header[4] << 24 | (size_t)header[5] << 16 |
		      (size_t)header[6] << 8 | header[7];
		if (len > sizeof quic->frame ||
		    !read_bytes(quic, quic->frame, len))
			return false;
		if (is_skipped(quic, header[1]))
			continue;
		if (!is_under(&quic->reads, header, quic->frame, len))
			return false;
		quic->type = header[0];
		quic->start = quic->reads.len;
		quic->end = len;
		if (quic->type == CONTENT_ALERT) {
			quic->alert = quic->frame[len - 1];
			return false;
		}
	}
	return true;
}

static size_t
take(struct shim_quic *quic, void *bytes, size_t room)
{
	size_t len = quic->end - quic->start;

	len = len < room ? len : room;
	memcpy(bytes, quic->frame + quic->start, len);
	quic->start += len;
	return len;
}

/* ---- what the library calls ---- */

static int
receive(void *ctx, uint8_t *buf, uint32_t len)
{
	struct shim_quic *quic = ctx;
	bool complete = quic->reads.level == LEVEL_APPLICATION &&
			quic->writes.level == LEVEL_APPLICATION;

	/* What comes afterwards is read with the data. */
	if (complete && !quic_message_waits(quic)) {
		errno = EAGAIN;
		return -1;
	}
	if (!transport_may(quic->transport, &quic->transport->may_read))
		return -1;
	if (!quic_frame(quic) || quic->type != CONTENT_HANDSHAKE) {
		errno = EPROTO;
		return -1;
	}
	return (int)take(quic, buf, quic->transport->async ? 1 : len);
}

static int
transmit(void *ctx, const uint8_t *buf, uint32_t len)
{
	struct shim_quic *quic = ctx;

	if (!transport_may(quic->transport, &quic->transport->may_write))
		return -1;
	return send_frame(quic, CONTENT_HANDSHAKE, buf, len) ? (int)len : -1;
}

static void
use(struct quic_keys *keys, uint8_t level, struct s2n_connection *conn,
    struct slice secret)
{
	keys->level = level;
	keys->suite = conn->suite->number;
	keys->len = secret.len;
	memcpy(keys->secret, secret.data, secret.len);
}

/* s2n_negotiate(3): which of both directions' keys are in use when. */
static int
take_secret(void *ctx, struct s2n_connection *conn, s2n_secret_type_t type,
    uint8_t *secret, uint8_t len)
{
	struct shim_quic *quic = ctx;
	struct slice bytes = slice_of(secret, len);
	bool server = quic->server;

	switch (type) {
	case S2N_CLIENT_HANDSHAKE_TRAFFIC_SECRET:
		use(server ? &quic->reads : &quic->writes, LEVEL_HANDSHAKE,
		    conn, bytes);
		break;
	case S2N_SERVER_HANDSHAKE_TRAFFIC_SECRET:
		use(server ? &quic->writes : &quic->reads, LEVEL_HANDSHAKE,
		    conn, bytes);
		break;
	case S2N_CLIENT_APPLICATION_TRAFFIC_SECRET:
		use(&quic->later, LEVEL_APPLICATION, conn, bytes);
		break;
	case S2N_SERVER_APPLICATION_TRAFFIC_SECRET:
		use(server ? &quic->writes : &quic->reads, LEVEL_APPLICATION,
		    conn, bytes);
		break;
	case S2N_CLIENT_EARLY_TRAFFIC_SECRET:
	case S2N_EXPORTER_SECRET:
		break;
	}
	return 0;
}

bool
quic_attach(struct shim_quic *quic, struct transport *transport,
    struct s2n_connection *conn)
{
	quic->transport = transport;
	quic->server = s2n_connection_get_mode(conn) == S2N_SERVER;
	quic->alert = -1;
	return s2n_connection_enable_quic(conn) == 0 &&
	       s2n_connection_set_secret_callback(conn, take_secret, quic) ==
		   0 &&
	       s2n_connection_set_recv_cb(conn, receive) == 0 &&
	       s2n_connection_set_send_cb(conn, transmit) == 0 &&
	       s2n_connection_set_recv_ctx(conn, quic) == 0 &&
	       s2n_connection_set_send_ctx(conn, quic) == 0;
}

/* ---- what the shim calls ---- */

void
quic_complete(struct shim_quic *quic)
{
	*(quic->server ? &quic->reads : &quic->writes) = quic->later;
}

bool
quic_send(struct shim_quic *quic, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t part;

	do {
		part = len < DATA_MAX ? len : DATA_MAX;
		if (!send_frame(quic, CONTENT_APPLICATION_DATA, at, part))
			return false;
		at += part;
		len -= part;
	} while (len > 0);
	return true;
}

size_t
quic_data(struct shim_quic *quic, void *bytes, size_t room)
{
	return quic_frame(quic) && quic->type == CONTENT_APPLICATION_DATA
		   ? take(quic, bytes, room)
		   : 0;
}

bool
quic_message_waits(const struct shim_quic *quic)
{
	return quic->start < quic->end && quic->type == CONTENT_HANDSHAKE;
}

bool
quic_alert(struct shim_quic *quic, uint8_t alert)
{
	const uint8_t bytes[] = { 2, alert };

	return send_frame(quic, CONTENT_ALERT, bytes, sizeof bytes);
}
