/*
 * A connection that is watched; the contract is in party.h.
 */
#include "tests/fuzz/party.h"

#include <errno.h>

#include "base/reader.h"
#include "libtls/handshake/alert.h"
#include "tests/fuzz/chance.h"
#include "tests/fuzz/target.h"

#define WIRE_LIMIT (1 << 24)
/* Calls of the transport in which no byte moves; of a side, one after the
 * other. */
#define IDLE_MAX 100
#define CALLS_MAX 100000
#define DATA 4096

#define RECORD_MAX (RECORD_PLAINTEXT_MAX + 2048)
/* An alert's record in TLS 1.3: two bytes, type, tag. */
#define ALERT13 (2 + 1 + AEAD_TAG)

void
wire_open(struct wire *wire)
{
	*wire = (struct wire){ 0 };
	writer_init(&wire->bytes, WIRE_LIMIT);
}

void
wire_put(struct wire *wire, struct slice bytes)
{
	writer_bytes(&wire->bytes, bytes);
	must_hold(!wire->bytes.failed, "room on the wire");
}

void
wire_close(struct wire *wire)
{
	writer_free(&wire->bytes);
}

static int
wire_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	struct wire *wire = ctx;
	size_t have = wire->bytes.len - wire->taken;

	must_hold(wire->calls++ < IDLE_MAX, "asked again and again");
	if (have == 0 && wire->closed)
		return 0;
	if (have == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (len > have)
		len = (uint32_t)have;
	memcpy(buf, wire->bytes.data + wire->taken, len);
	wire->taken += len;
	if (len > 0)
		wire->calls = 0;
	return (int)len;
}

static int
wire_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	wire_put(ctx, slice_of(buf, len));
	return (int)len;
}

void
party_open(struct party *party, s2n_mode mode, const struct setup *setup,
    struct wire *in, struct wire *out)
{
	struct s2n_connection *conn = s2n_connection_new(mode);

	*party = (struct party){ .conn = conn, .in = in, .out = out };
	writer_init(&party->got, WIRE_LIMIT);
	writer_init(&party->early, WIRE_LIMIT);
	must_hold(
	    conn != NULL && s2n_connection_set_config(conn,
				mode == S2N_CLIENT ? setup_client(setup)
						   : setup_server(setup)) == 0,
	    "a connection");
	s2n_connection_set_recv_cb(conn, wire_recv);
	s2n_connection_set_send_cb(conn, wire_send);
	s2n_connection_set_recv_ctx(conn, in);
	s2n_connection_set_send_ctx(conn, out);
	if (mode == S2N_CLIENT)
		must_hold(s2n_set_server_name(conn, SETUP_HOST) == 0, "a name");
}

void
party_close(struct party *party)
{
	s2n_connection_free(party->conn);
	writer_free(&party->got);
	writer_free(&party->early);
}

/* ---- after its end ---- */

/* Closed for good: neither success nor waiting, and nothing is written. */
static void
must_be_over(struct party *party)
{
	size_t out = party->out->bytes.len;
	s2n_blocked_status blocked;
	uint8_t byte = 0;

	for (int i = 0; i < 2; i++) {
		if (!party->through)
			must_hold(s2n_negotiate(party->conn, &blocked) < 0 &&
				      s2n_error_get_type(s2n_errno) ==
					  S2N_ERR_T_CLOSED,
			    "%s", s2n_strerror_name(s2n_errno));
		must_hold(s2n_recv(party->conn, &byte, 1, &blocked) < 0 &&
			      s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED,
		    "%s", s2n_strerror_name(s2n_errno));
		must_hold(s2n_send(party->conn, &byte, 1, &blocked) < 0 &&
			      s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED,
		    "%s", s2n_strerror_name(s2n_errno));
		must_hold(s2n_shutdown(party->conn, &blocked) == 0, "%s",
		    s2n_strerror_name(s2n_errno));
	}
	must_hold(party->out->bytes.len == out, "%zu bytes more",
	    party->out->bytes.len - out);
}

/*
 * What it wrote is whole records; gives the last one's type and length, and how
 * many are alerts that end something. A client of SSLv3 that has no certificate
 * says so by one that does not.
 */
static void
last_record(struct slice out, uint8_t *type, size_t *len, unsigned *alerts)
{
	struct reader in = reader_of(out);
	struct slice body;

	*alerts = 0;
	while (reader_more(&in)) {
		*type = reader_u8(&in);
		must_hold(*type >= CONTENT_CHANGE_CIPHER_SPEC &&
			      *type <= CONTENT_APPLICATION_DATA,
		    "type %u", *type);
		must_hold(reader_u16(&in) >> 8 == 3, "the record's version");
		body = reader_vec16(&in);
		*len = body.len;
		must_hold(*len <= RECORD_MAX, "%zu bytes", *len);
		*alerts += *type == CONTENT_ALERT && !alert_declines(body);
	}
	must_hold(reader_done(&in), "the last record is not whole");
}

static void
judge_output(const struct party *party)
{
	const struct writer *out = &party->out->bytes;
	int kind = s2n_error_get_type(party->error);
	bool hidden = party->conn->records.out.kind == &protection_tls13;
	uint8_t type = 0;
	size_t len = 0;
	unsigned alerts;

	last_record(slice_of(out->data, out->len), &type, &len, &alerts);
	must_hold(alerts <= 1, "%u alerts", alerts);
	must_hold(alerts == 0 || type == CONTENT_ALERT,
	    "record of type %u behind the alert", type);
	if (kind != S2N_ERR_T_PROTO || party->said_goodbye) {
		must_hold(alerts == 0 || party->said_goodbye, "an alert for %s",
		    s2n_strerror_name(party->error));
		return;
	}
	if (hidden)
		must_hold(type == CONTENT_APPLICATION_DATA && len == ALERT13,
		    "no alert for %s", s2n_strerror_name(party->error));
	else
		must_hold(alerts == 1, "no alert for %s",
		    s2n_strerror_name(party->error));
}

static void
fail_with(struct party *party, int error)
{
	int type = s2n_error_get_type(error);

	must_hold(type == S2N_ERR_T_PROTO || type == S2N_ERR_T_ALERT ||
		      type == S2N_ERR_T_CLOSED,
	    "%s: ours", s2n_strerror_debug(error, NULL));
	party->error = error;
	if (!party->crooked)
		judge_output(party);
	must_be_over(party);
}

/* ---- on its way ---- */

/* Whatever is in it; the rest, and the handshake, are for the next turn. */
static ssize_t
take_early(struct party *party, s2n_blocked_status *blocked)
{
	uint8_t data[DATA];
	ssize_t len;
	int r =
	    s2n_recv_early_data(party->conn, data, sizeof data, &len, blocked);

	must_hold(len >= 0, "%zd bytes", len);
	writer_bytes(&party->early, slice_of(data, (size_t)len));
	if (r == 0)
		party->takes_early = false;
	return r == 0 || *blocked == S2N_BLOCKED_ON_EARLY_DATA ? 0 : -1;
}

/* False when it waits, or has come to its end. */
static bool
turn(struct party *party)
{
	s2n_blocked_status blocked;
	uint8_t data[DATA];
	ssize_t n;

	if (party->error != 0 || party->ended)
		return false;
	chance_for(party->conn->mode);
	if (party->takes_early) {
		n = take_early(party, &blocked);
	} else if (!party->through) {
		n = s2n_negotiate(party->conn, &blocked);
		party->through = n == 0;
	} else {
		n = s2n_recv(party->conn, data, sizeof data, &blocked);
		party->ended = n == 0;
	}
	if (n >= 0) {
		if (n > 0)
			writer_bytes(&party->got, slice_of(data, (size_t)n));
		return !party->ended;
	}
	if (s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
		must_hold(blocked == S2N_BLOCKED_ON_READ && !party->in->closed,
		    "waits for %d", (int)blocked);
	else
		fail_with(party, s2n_errno);
	return false;
}

void
party_run(struct party *party)
{
	unsigned calls = 0;

	party->in->calls = 0;
	while (turn(party))
		must_hold(++calls < CALLS_MAX, "no end");
}

void
party_send(struct party *party, struct slice data)
{
	s2n_blocked_status blocked;
	ssize_t n;

	chance_for(party->conn->mode);
	n = s2n_send(party->conn, data.data, (ssize_t)data.len, &blocked);

	must_hold(n == (ssize_t)data.len, "%zd of %zu bytes: %s", n, data.len,
	    s2n_strerror_debug(s2n_errno, NULL));
}

void
party_goodbye(struct party *party)
{
	s2n_blocked_status blocked;

	if (!party->through || party->error != 0)
		return;
	must_hold(s2n_shutdown_send(party->conn, &blocked) == 0, "%s",
	    s2n_strerror_debug(s2n_errno, NULL));
	party->said_goodbye = true;
}

void
party_finish(struct party *party)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	party->in->closed = true;
	party_run(party);
	must_hold(party->error != 0 || party->ended, "no end at the end");
	for (int i = 0; party->error == 0 && i < 2; i++)
		must_hold(s2n_recv(party->conn, &byte, 1, &blocked) == 0,
		    "the end, again and again");
}
