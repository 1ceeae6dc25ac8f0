/*
 * s2n_negotiate (Guide: I/O functions).
 */
#include "libtls/buffers.h"
#include "libtls/ending.h"
#include "libtls/events.h"
#include "libtls/handshake/handshake.h"
#include "libtls/handshake/new_ticket.h"
#include "libtls/handshake/resume.h"

static int
keep_session(struct s2n_connection *conn)
{
	if (conn->version < S2N_TLS13)
		return resume12_keep(conn);
	new_ticket_due(conn);
	/* Tickets come later; what was not resumed is nothing to go by. */
	if (!conn->resumed)
		session_drop(&conn->session);
	return 0;
}

/* What does not leave now leaves with the first data. */
static int
give_tickets(struct s2n_connection *conn)
{
	int r;

	if ((r = new_ticket_write(conn)) != 0)
		return r;
	r = io_flush(&conn->records.io);
	return errors_waiting(r) ? 0 : r;
}

static int
negotiate(struct s2n_connection *conn)
{
	int r;

	if (conn->negotiated)
		return 0;
	if (conn->failed)
		return fail(ERR_CLOSED);
	if (conn->hs == NULL && (r = handshake_start(conn)) != 0)
		return r;
	if ((r = handshake_run(conn)) != 0 || (r = keep_session(conn)) != 0)
		return r;
	conn->negotiated = true;
	conn->records.takes_data = true;
	conn->renegotiating = false;
	handshake_end(conn);
	return give_tickets(conn);
}

int
s2n_negotiate(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	uint64_t began;
	int r;

	if (conn == NULL || blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->config == NULL)
		return errors_report(fail(ERR_NO_CONFIG));
	if (conn->in_negotiate)
		return errors_report(fail(ERR_REENTRANCY));
	conn->in_negotiate = true;
	began = events_begin(conn);
	r = negotiate(conn);
	events_end(conn, began, r); /* before it sleeps */
	r = ending_judge(conn, r, blocked);
	buffers_rest(conn);
	conn->in_negotiate = false;
	return errors_report(r);
}
