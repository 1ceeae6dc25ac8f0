/*
 * Post-handshake messages; the contract is in post.h.
 */
#include "libtls/handshake/post.h"

#include "libtls/handshake/alert.h"
#include "libtls/handshake/keys13.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/new_ticket.h"

/* RFC 8446 4.6.3 */
#define UPDATE_NOT_REQUESTED 0
#define UPDATE_REQUESTED 1

/* A server of ours can be told to send 255 at once, twice. */
#define TICKETS_IN_A_ROW 512

static void
count_update(uint8_t *count)
{
	if (*count < UINT8_MAX)
		++*count;
}

static int
key_update_recv(struct s2n_connection *conn, struct reader *in)
{
	uint8_t request = reader_u8(in);

	if (!reader_done(in))
		return fail(ERR_DECODE);
	if (request > UPDATE_REQUESTED)
		return fail(ERR_ILLEGAL_PARAMETER);
	if (++conn->updates_in_a_row > MESSAGE_EMPTY_MAX)
		return fail(ERR_BAD_MESSAGE);
	/* Several requests may be met by one update (4.6.3). */
	if (request == UPDATE_REQUESTED && !conn->write_closed)
		conn->update_due = true;
	return 0;
}

static int
new_session_ticket_recv(struct s2n_connection *conn, struct reader *in)
{
	if (++conn->tickets_in_a_row > TICKETS_IN_A_ROW)
		return fail(ERR_BAD_MESSAGE);
	return new_ticket_read(conn, in);
}

/* A client's answer to a HelloRequest (unstable/renegotiate.h). */
static int
answer_request(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	s2n_renegotiate_response response = S2N_RENEGOTIATE_REJECT;
	int r;

	if (config->renegotiate == NULL)
		return 0;
	if (conn->secure_renegotiation &&
	    config->renegotiate(conn, config->renegotiate_ctx, &response) != 0)
		return fail(ERR_CANCELLED);
	if (response != S2N_RENEGOTIATE_REJECT)
		return 0;
	if ((r = alert_warning(conn, ALERT_NO_RENEGOTIATION)) != 0)
		return r;
	/* What does not leave now leaves with the next data. */
	r = io_flush(&conn->records.io);
	return errors_waiting(r) ? 0 : r;
}

/*
 * Below TLS 1.3 only a wish to renegotiate can come. A client is free to ignore
 * it (RFC 5246 7.4.1.1); a server says no for good, lest it be asked for ever.
 */
static int
receive_wish(struct s2n_connection *conn)
{
	struct slice body = conn->inbox.body;
	enum message arrived = conn->inbox.arrived;

	message_taken(conn);
	if (is_server(conn))
		return arrived == CLIENT_HELLO ? fail(ERR_NO_RENEGOTIATION)
					       : fail(ERR_BAD_MESSAGE);
	if (arrived != HELLO_REQUEST)
		return fail(ERR_BAD_MESSAGE);
	if (body.len > 0)
		return fail(ERR_DECODE);
	if (++conn->updates_in_a_row > MESSAGE_EMPTY_MAX)
		return fail(ERR_BAD_MESSAGE);
	return answer_request(conn);
}

static int
receive_one(struct s2n_connection *conn)
{
	struct reader in = reader_of(conn->inbox.body);
	enum message arrived = conn->inbox.arrived;
	int r;

	if (conn->version < S2N_TLS13)
		return receive_wish(conn);
	/* RFC 9001 6: QUIC has key updates of its own, and a KeyUpdate is an
	 * "unexpected_message". */
	if (arrived == KEY_UPDATE && !conn->quic.on)
		r = key_update_recv(conn, &in);
	else if (arrived == NEW_SESSION_TICKET && !is_server(conn))
		r = new_session_ticket_recv(conn, &in);
	else
		return fail(ERR_BAD_MESSAGE);
	message_taken(conn);
	if (r != 0 || arrived != KEY_UPDATE)
		return r;
	/* 5.1: nothing of the record may follow under the old key. */
	if ((r = message_boundary(conn)) != 0)
		return r;
	if (conn->records.io.kernel_receives)
		return fail(ERR_KTLS_KEYUPDATE); /* it has the key */
	count_update(&conn->updates_received);
	return keys13_update_read(conn);
}

int
post_receive(struct s2n_connection *conn)
{
	int r;

	while (conn->records.plain.len > 0) {
		r = message_from_record(conn);
		if (r == ERR_WANT_READ)
			return 0; /* the rest comes with the next record */
		if (r != 0 || (r = receive_one(conn)) != 0)
			return r;
	}
	return 0;
}

int
post_receive_bare(struct s2n_connection *conn)
{
	int r;

	while (conn->inbox.arrived == END_OF_PATH) {
		if ((r = record_read(&conn->records)) != 0)
			return r;
		r = message_from_record(conn);
		if (r != 0 && r != ERR_WANT_READ)
			return r;
	}
	/* How many are taken is for who calls to say. */
	conn->tickets_in_a_row = 0;
	return receive_one(conn);
}

int
post_key_update(struct s2n_connection *conn)
{
	static const uint8_t message[] = { KEY_UPDATE, 0, 0, 1,
		UPDATE_NOT_REQUESTED };
	int r;

	if (conn->version < S2N_TLS13 ||
	    (!conn->update_due && !protection_worn(&conn->records.out)))
		return 0;
	conn->update_due = false;
	r = record_write(&conn->records, CONTENT_HANDSHAKE,
	    slice_of(message, sizeof message));
	if (r != 0)
		return r;
	count_update(&conn->updates_sent);
	return keys13_update_write(conn);
}
