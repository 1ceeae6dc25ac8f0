/*
 * s2n_shutdown and s2n_shutdown_send (Guide: I/O functions).
 */
#include "libtls/ending.h"
#include "libtls/handshake/alert.h"
#include "libtls/handshake/post.h"

static int
send_close(struct s2n_connection *conn)
{
	int r;

	if (conn->records.io.send == NULL || conn->records.io.write_broken)
		return 0;
	if (!conn->failed && (r = alert_close_notify(conn)) != 0)
		return r;
	return io_flush(&conn->records.io);
}

/* Waits for the peer's close_notify; what else comes is dropped. */
static int
await_close(struct s2n_connection *conn)
{
	struct record_layer *records = &conn->records;
	int r;

	while (!conn->read_closed) {
		records->plain = NO_BYTES;
		if ((r = record_read(records)) != 0)
			return r;
		if (records->type == CONTENT_ALERT)
			r = alert_receive(conn);
		else if (records->type == CONTENT_HANDSHAKE)
			r = post_receive(conn);
		else if (records->type == CONTENT_CHANGE_CIPHER_SPEC)
			r = fail(ERR_BAD_MESSAGE);
		if (r != 0 && !(r == ERR_CLOSED && conn->read_closed))
			return r;
	}
	return 0;
}

static int
shut_down(struct s2n_connection *conn)
{
	int r;

	if (ending_delay(conn) > 0)
		return fail(ERR_SHUTDOWN_PAUSED);
	if ((r = send_close(conn)) != 0)
		return r;
	/* After an error, or before the handshake is done, nobody answers; and
	 * QUIC has an end of its own. */
	if (conn->failed || !conn->negotiated || conn->quic.on ||
	    conn->records.io.recv == NULL) {
		conn->read_closed = conn->write_closed = true;
		return 0;
	}
	return await_close(conn);
}

int
s2n_shutdown(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	int r;

	if (conn == NULL || blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*blocked = S2N_NOT_BLOCKED;
	r = shut_down(conn);
	if (r != 0 && r != ERR_SHUTDOWN_PAUSED)
		r = ending_judge(conn, r, blocked);
	return errors_report(r);
}

int
s2n_shutdown_send(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	int r;

	if (conn == NULL || blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*blocked = S2N_NOT_BLOCKED;
	if (ending_delay(conn) > 0)
		return errors_report(fail(ERR_SHUTDOWN_PAUSED));
	if ((r = send_close(conn)) != 0)
		r = ending_judge(conn, r, blocked);
	return errors_report(r);
}
