/*
 * Handshake messages; the contract is in message.h.
 */
#include "libtls/handshake/message.h"

#include "libtls/handshake/alert.h"
#include "libtls/handshake/checkpoint.h"
#include "libtls/handshake/handshake.h"
#include "libtls/handshake/hello_retry.h"

#define WIRE_HELLO_REQUEST 0

/* The whole message at the front of bytes, if it is all there. */
static bool
whole_message(struct slice bytes, struct slice *whole)
{
	struct reader in = reader_of(bytes);
	size_t len;

	reader_u8(&in);
	len = reader_u24(&in);
	reader_bytes(&in, len);
	*whole = slice_of(bytes.data, MESSAGE_HEADER + len);
	return !in.failed;
}

static bool
too_long(struct slice bytes)
{
	struct reader in = reader_of(bytes);

	reader_u8(&in);
	return reader_u24(&in) > MESSAGE_MAX;
}

/* Without a header, and all of it in the transcript (RFC 5246 E.2). */
static int
arrive_v2(struct s2n_connection *conn)
{
	struct inbox *inbox = &conn->inbox;

	inbox->whole = inbox->body = conn->records.plain;
	inbox->arrived = CLIENT_HELLO;
	conn->records.plain = NO_BYTES;
	return 0;
}

static int
arrive_ccs(struct s2n_connection *conn)
{
	struct inbox *inbox = &conn->inbox;

	inbox->whole = NO_BYTES;
	inbox->body = conn->records.plain;
	inbox->arrived = CHANGE_CIPHER_SPEC;
	conn->records.plain = NO_BYTES;
	return 0;
}

/*
 * RFC 6101 5.6.6: a client of SSLv3 without a certificate answers with an
 * alert, which is in no transcript. It means a Certificate that has none.
 */
static bool
declines(const struct s2n_connection *conn)
{
	return conn->version == S2N_SSLv3 && is_server(conn) &&
	       conn->hs != NULL &&
	       conn->hs->path[conn->hs->at].message == CERTIFICATE &&
	       alert_declines(conn->records.plain);
}

static int
arrive_declined(struct s2n_connection *conn)
{
	static const uint8_t no_list[] = { 0, 0, 0 };
	struct inbox *inbox = &conn->inbox;

	inbox->whole = NO_BYTES;
	inbox->body = slice_of(no_list, sizeof no_list);
	inbox->arrived = CERTIFICATE;
	conn->records.plain = NO_BYTES;
	return 0;
}

static int
arrive(struct inbox *inbox, struct slice whole)
{
	inbox->whole = whole;
	inbox->body =
	    slice_of(whole.data + MESSAGE_HEADER, whole.len - MESSAGE_HEADER);
	inbox->arrived =
	    whole.data[0] == WIRE_HELLO_REQUEST ? HELLO_REQUEST : whole.data[0];
	if (inbox->arrived == SERVER_HELLO && hello_retry_is(inbox->body))
		inbox->arrived = HELLO_RETRY_REQUEST;
	return 0;
}

/* How long what is joined has to be for the next look at it. */
static size_t
wanted(const struct writer *joined)
{
	struct reader header = reader_of(slice_of(joined->data, joined->len));
	size_t len;

	reader_u8(&header);
	len = reader_u24(&header);
	return header.failed ? MESSAGE_HEADER : MESSAGE_HEADER + len;
}

/* Moves the front of the record to what is joined: no more than one message. */
static int
join(struct s2n_connection *conn)
{
	struct writer *joined = &conn->inbox.joined;
	struct slice *plain = &conn->records.plain;
	size_t part;

	while (joined->len < wanted(joined) && plain->len > 0) {
		part = wanted(joined) - joined->len;
		if (part > plain->len)
			part = plain->len;
		writer_bytes(joined, slice_of(plain->data, part));
		if (joined->failed)
			return fail(ERR_NOMEM);
		*plain = slice_of(plain->data + part, plain->len - part);
	}
	return 0;
}

int
message_from_record(struct s2n_connection *conn)
{
	struct inbox *inbox = &conn->inbox;
	struct slice *plain = &conn->records.plain;
	struct slice whole;
	int r;

	if (conn->records.v2)
		return arrive_v2(conn);
	if (inbox->joined.len == 0) {
		if (too_long(*plain))
			return fail(ERR_ILLEGAL_PARAMETER);
		if (whole_message(*plain, &whole)) {
			*plain = slice_of(
			    plain->data + whole.len, plain->len - whole.len);
			return arrive(inbox, whole);
		}
	}
	if ((r = join(conn)) != 0)
		return r;
	whole = slice_of(inbox->joined.data, inbox->joined.len);
	if (too_long(whole))
		return fail(ERR_ILLEGAL_PARAMETER);
	if (!whole_message(whole, &whole))
		return fail(ERR_WANT_READ);
	return arrive(inbox, whole);
}

/*
 * RFC 5246 7.4.1.1: a HelloRequest "will be ignored by the client if the client
 * is currently negotiating a session", and is in no transcript.
 */
static int
drop_request(struct s2n_connection *conn)
{
	if (conn->inbox.arrived != HELLO_REQUEST || is_server(conn) ||
	    conn->version == 0 || conn->version >= S2N_TLS13)
		return 0;
	if (conn->inbox.body.len > 0)
		return fail(ERR_DECODE);
	if (++conn->updates_in_a_row > MESSAGE_EMPTY_MAX)
		return fail(ERR_BAD_MESSAGE);
	message_taken(conn);
	return 0;
}

/* Application data within a handshake: for who takes it as such. */
static int
judge_data(const struct s2n_connection *conn)
{
	if (conn->renegotiating)
		return fail(ERR_WANT_TAKING);
	if (is_server(conn) && conn->early.state == EARLY_ACCEPTED &&
	    conn->early.in_call)
		return fail(ERR_WANT_EARLY_DATA);
	return fail(ERR_BAD_MESSAGE);
}

int
message_read(struct s2n_connection *conn)
{
	struct record_layer *records = &conn->records;
	bool fresh;
	int r;

	while (conn->inbox.arrived == END_OF_PATH) {
		if (records->plain.len == 0 && (r = message_write(conn)) != 0)
			return r;
		fresh = records->plain.len == 0;
		if ((r = record_read(records)) != 0)
			return r;
		if (fresh)
			checkpoint_tell(conn, "RECORD_READ");
		/* RFC 8446 5.1: no other record between a message's parts. */
		if (records->type != CONTENT_HANDSHAKE &&
		    conn->inbox.joined.len > 0)
			return fail(ERR_BAD_MESSAGE);
		if (records->type == CONTENT_ALERT)
			r = declines(conn) ? arrive_declined(conn)
					   : alert_receive(conn);
		else if (records->type == CONTENT_HANDSHAKE)
			r = message_from_record(conn);
		else if (records->type == CONTENT_CHANGE_CIPHER_SPEC)
			r = arrive_ccs(conn);
		else
			r = judge_data(conn);
		if (r == 0)
			r = drop_request(conn);
		/* The rest of a message is read at once, if it is there. */
		if (r != 0 && r != ERR_WANT_READ)
			return r;
	}
	return 0;
}

void
message_taken(struct s2n_connection *conn)
{
	struct inbox *inbox = &conn->inbox;

	inbox->arrived = END_OF_PATH;
	inbox->body = inbox->whole = NO_BYTES;
	if (inbox->joined.data != NULL) {
		writer_free(&inbox->joined);
		writer_init(&inbox->joined, MESSAGE_HEADER + MESSAGE_MAX);
	}
}

int
message_boundary(const struct s2n_connection *conn)
{
	if (conn->inbox.arrived != END_OF_PATH || conn->inbox.joined.len > 0 ||
	    conn->records.plain.len > 0)
		return fail(ERR_BAD_MESSAGE);
	return 0;
}

struct mark
message_open(struct writer *flight, enum message message)
{
	writer_u8(flight,
	    message == HELLO_RETRY_REQUEST ? SERVER_HELLO : (uint8_t)message);
	return writer_open(flight, 3);
}

int
message_flush(struct s2n_connection *conn)
{
	struct slice messages;
	int r;

	if (conn->hs == NULL || conn->hs->flight.len == 0)
		return 0;
	if (!writer_result(&conn->hs->flight, &messages))
		return fail(ERR_NOMEM);
	r = record_write(&conn->records, CONTENT_HANDSHAKE, messages);
	writer_clear(&conn->hs->flight);
	checkpoint_tell(conn, "RECORD_WRITE");
	return r;
}

int
message_write(struct s2n_connection *conn)
{
	struct io *io = &conn->records.io;
	int r;

	if ((r = message_flush(conn)) != 0)
		return r;
	if (!conn->corks || io_flushed(io))
		return io_flush(io);
	io_cork(io);
	if ((r = io_flush(io)) == 0)
		io_uncork(io);
	return r;
}
