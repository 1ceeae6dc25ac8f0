/*
 * s2n_recv and s2n_peek (Guide: I/O functions).
 */
#include "libtls/buffers.h"
#include "libtls/ending.h"
#include "libtls/handshake/alert.h"
#include "libtls/handshake/post.h"

/* Reads until there is application data to give. */
static int
next_data(struct s2n_connection *conn)
{
	struct record_layer *records = &conn->records;
	int r;

	for (;;) {
		if (records->plain.len > 0 &&
		    records->type == CONTENT_APPLICATION_DATA)
			return 0;
		if ((r = record_read(records)) != 0)
			return r;
		/* RFC 8446 5.1: no other record between a message's parts. */
		if (records->type != CONTENT_HANDSHAKE &&
		    conn->inbox.joined.len > 0)
			return fail(ERR_BAD_MESSAGE);
		if (records->type == CONTENT_ALERT)
			r = alert_receive(conn);
		else if (records->type == CONTENT_HANDSHAKE)
			r = post_receive(conn);
		else if (records->type == CONTENT_CHANGE_CIPHER_SPEC)
			r = fail(ERR_BAD_MESSAGE);
		if (r != 0)
			return r;
	}
}

/* Gives what fits. */
static size_t
take(struct s2n_connection *conn, uint8_t *buf, size_t room)
{
	struct slice *plain = &conn->records.plain;
	size_t len = plain->len < room ? plain->len : room;

	memcpy(buf, plain->data, len);
	*plain = slice_of(plain->data + len, plain->len - len);
	conn->updates_in_a_row = 0;
	conn->tickets_in_a_row = 0;
	return len;
}

static int
receive(struct s2n_connection *conn, uint8_t *buf, size_t room, size_t *got)
{
	int r;

	*got = 0;
	if (conn->quic.on)
		return fail(ERR_UNSUPPORTED_WITH_QUIC);
	if (conn->failed)
		return fail(ERR_CLOSED);
	if (conn->read_closed)
		return 0; /* close_notify came: the end, again and again */
	if (!conn->negotiated)
		return fail(ERR_HANDSHAKE_NOT_COMPLETE);
	if (room == 0)
		return 0;
	do {
		r = next_data(conn);
		if (r == ERR_CLOSED && conn->read_closed)
			return 0;
		if (r != 0)
			return *got > 0 && errors_waiting(r) ? 0 : r;
		*got += take(conn, buf + *got, room - *got);
	} while (conn->config->multi_record && *got < room);
	return 0;
}

ssize_t
s2n_recv(struct s2n_connection *conn, void *buf, ssize_t size,
    s2n_blocked_status *blocked)
{
	size_t got;
	int r;

	if (conn == NULL || blocked == NULL || buf == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (size < 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	if (conn->in_recv)
		return errors_report(fail(ERR_REENTRANCY));
	conn->in_recv = true;
	r = receive(conn, buf, (size_t)size, &got);
	*blocked = S2N_NOT_BLOCKED;
	if (r != 0 && errors_type(r) != S2N_ERR_T_USAGE)
		r = ending_judge(conn, r, blocked);
	buffers_rest(conn);
	conn->in_recv = false;
	if (r != 0 && got == 0)
		return errors_report(r);
	if (s2n_peek(conn) > 0)
		*blocked = S2N_BLOCKED_ON_READ; /* more is to be had at once */
	return (ssize_t)got;
}

uint32_t
s2n_peek(struct s2n_connection *conn)
{
	if (conn == NULL || conn->records.type != CONTENT_APPLICATION_DATA)
		return 0;
	return (uint32_t)conn->records.plain.len;
}
