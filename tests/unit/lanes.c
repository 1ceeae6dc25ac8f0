/*
 * Lanes; the contract is in lanes.h.
 */
#include "tests/unit/lanes.h"

#include <errno.h>
#include <stdio.h>

#include "base/reader.h"
#include "tests/unit/unit.h"

#define LANE_LIMIT (1 << 20)
#define MESSAGE_HEADER 4

static struct lanes lanes;

static const char client_parameters[] = "the client's parameters";
static const char server_parameters[] = "the server's parameters";

/* ---- what happens ---- */

static void
note(struct lane_end *end, const char *what)
{
	size_t len = strlen(end->trace);

	ck_assert_uint_lt(len + strlen(what) + 2, sizeof end->trace);
	snprintf(end->trace + len, sizeof end->trace - len, "%s%s",
	    len > 0 ? " " : "", what);
}

/* The next whole message in a lane, of which from on nothing was looked at. */
static bool
next_message(const struct lane *lane, size_t from, struct slice *message)
{
	struct reader in = reader_of(
	    slice_of(lane->bytes.data + from, lane->bytes.len - from));
	size_t len;

	if (lane->bytes.len == from)
		return false;
	reader_u8(&in);
	len = reader_u24(&in);
	reader_bytes(&in, len);
	*message = slice_of(lane->bytes.data + from, MESSAGE_HEADER + len);
	return !in.failed;
}

/* In place of what came last into the lane. */
static void
edit(struct lane *lane, s2n_mode sender, struct slice message)
{
	struct writer other;

	if (lanes.edit == NULL)
		return;
	writer_init(&other, LANE_LIMIT);
	writer_bytes(&other, message);
	lanes.edit(&lanes, sender, &other);
	ck_assert(!other.failed);
	if (!slice_equal(message, slice_of(other.data, other.len))) {
		size_t rest = lane->bytes.len - lane->told - message.len;
		struct slice behind =
		    slice_of(message.data + message.len, rest);

		writer_bytes(&other, behind);
		writer_truncate(&lane->bytes, lane->told);
		writer_bytes(&lane->bytes, slice_of(other.data, other.len));
	}
	writer_free(&other);
}

static void
look(struct lane_end *end, struct lane *lane)
{
	struct slice message;
	char what[20];

	while (next_message(lane, lane->told, &message)) {
		edit(lane, end == &lanes.server ? S2N_SERVER : S2N_CLIENT,
		    message);
		ck_assert(next_message(lane, lane->told, &message));
		snprintf(what, sizeof what, "%c%u", "IHA"[end->writes],
		    message.data[0]);
		note(end, what);
		lane->told += message.len;
	}
}

static bool
blocks(struct lane_end *end)
{
	end->blocked = lanes.slow && !end->blocked;
	if (end->blocked)
		errno = EAGAIN;
	return end->blocked;
}

static int
lane_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	struct lane_end *end = ctx;
	struct lane *lane = &end->lanes[end->writes];

	if (blocks(end))
		return -1;
	len = lanes.slow ? 1 : len;
	writer_bytes(&lane->bytes, slice_of(buf, len));
	ck_assert(!lane->bytes.failed);
	look(end, lane);
	return (int)len;
}

static int
lane_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	struct lane_end *end = ctx;
	struct lane *lane = &end->other->lanes[end->reads];
	/* What is not looked at yet may still be edited. */
	size_t have = lane->told - lane->taken;

	if (blocks(end))
		return -1;
	if (have == 0) {
		errno = EAGAIN;
		return -1;
	}
	len = lanes.slow ? 1 : len;
	len = len < have ? len : (uint32_t)have;
	memcpy(buf, lane->bytes.data + lane->taken, len);
	lane->taken += len;
	return (int)len;
}

/* What is told changes what is used (RFC 9001 4.1.4). */
static void
change_levels(struct lane_end *end, s2n_secret_type_t type)
{
	bool server = end == &lanes.server;

	if (type == S2N_SERVER_HANDSHAKE_TRAFFIC_SECRET)
		end->writes = end->reads = LEVEL_HANDSHAKE;
	if (type == S2N_SERVER_APPLICATION_TRAFFIC_SECRET && server)
		end->writes = LEVEL_APPLICATION;
	if (type == S2N_SERVER_APPLICATION_TRAFFIC_SECRET && !server)
		end->reads = LEVEL_APPLICATION;
}

static int
take_secret(void *ctx, struct s2n_connection *conn, s2n_secret_type_t type,
    uint8_t *secret, uint8_t len)
{
	static const char *const names[] = { "ce", "ch", "sh", "ca", "sa",
		"ex" };
	struct lane_end *end = ctx;

	ck_assert_ptr_eq(conn, end->conn);
	ck_assert_uint_lt((unsigned)type, COUNT(names));
	ck_assert_uint_eq(end->secrets[type].len, 0);
	ck_assert_uint_le(len, sizeof end->secrets[type].secret);
	/* All of what goes before has gone before. */
	ck_assert_uint_eq(
	    end->lanes[end->writes].told, end->lanes[end->writes].bytes.len);
	note(end, names[type]);
	memcpy(end->secrets[type].secret, secret, len);
	end->secrets[type].len = len;
	memset(secret, 0, len); /* it is a copy */
	change_levels(end, type);
	return end == &lanes.server && lanes.refused == (int)type ? -1 : 0;
}

/* ---- the pair ---- */

static void
attach(struct lane_end *end, struct s2n_connection *conn, const char *text)
{
	end->conn = conn;
	s2n_connection_set_recv_cb(conn, lane_recv);
	s2n_connection_set_send_cb(conn, lane_send);
	s2n_connection_set_recv_ctx(conn, end);
	s2n_connection_set_send_ctx(conn, end);
	ck_assert_int_eq(
	    s2n_connection_set_secret_callback(conn, take_secret, end), 0);
	ck_assert_int_eq(s2n_connection_set_quic_transport_parameters(conn,
			     (const uint8_t *)text, (uint16_t)strlen(text)),
	    0);
	if (lanes.prepare == NULL)
		ck_assert_int_eq(s2n_connection_enable_quic(conn), 0);
}

static void
begin(struct lane_end *end, struct lane_end *other)
{
	*end = (struct lane_end){ .other = other };
	for (size_t i = 0; i < LEVELS; i++)
		writer_init(&end->lanes[i].bytes, LANE_LIMIT);
}

static void
finish(struct lane_end *end)
{
	for (size_t i = 0; i < LEVELS; i++)
		writer_free(&end->lanes[i].bytes);
}

static void
attach_both(struct peers *peers)
{
	begin(&lanes.client, &lanes.server);
	begin(&lanes.server, &lanes.client);
	attach(&lanes.client, peers->client, client_parameters);
	attach(&lanes.server, peers->server, server_parameters);
	if (lanes.prepare != NULL)
		lanes.prepare(&lanes);
}

struct lanes *
lanes_open(const struct peers_spec *spec, struct lanes with)
{
	struct peers_spec own = *spec;

	lanes = with;
	own.prepare = attach_both;
	peers_open(&lanes.peers, &own);
	return &lanes;
}

/* From here on the other keys are in use both ways. */
static void
complete(struct lane_end *end)
{
	s2n_blocked_status blocked;

	end->writes = end->reads = LEVEL_APPLICATION;
	while (s2n_flush(end->conn, &blocked) != 0)
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
}

bool
lanes_negotiate(struct lanes *pair)
{
	bool done = peers_negotiate(&pair->peers);

	if (done) {
		complete(&pair->client);
		complete(&pair->server);
	}
	return done;
}

void
lanes_reconnect(struct lanes *pair)
{
	finish(&pair->client);
	finish(&pair->server);
	peers_reconnect(&pair->peers);
}

void
lanes_close(struct lanes *pair)
{
	finish(&pair->client);
	finish(&pair->server);
	peers_close(&pair->peers);
}

void
lanes_send(struct lane_end *end, struct slice message)
{
	struct lane *lane = &end->lanes[end->writes];

	writer_bytes(&lane->bytes, message);
	lane->told = lane->bytes.len;
}
