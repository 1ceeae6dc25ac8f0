/*
 * Buffers of idle connections; the contract is in buffers.h.
 */
#include "libtls/buffers.h"

/* False while they hold bytes; a message that is being handled is in them. */
static bool
release(struct s2n_connection *conn)
{
	return conn->records.plain.len == 0 && conn->inbox.joined.len == 0 &&
	       conn->inbox.arrived == END_OF_PATH &&
	       io_release(&conn->records.io);
}

void
buffers_rest(struct s2n_connection *conn)
{
	if (conn->dynamic_buffers)
		(void)release(conn);
}

int
s2n_connection_release_buffers(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return release(conn) ? S2N_SUCCESS
			     : errors_report(fail(ERR_UNPROCESSED));
}

int
s2n_connection_set_dynamic_buffers(struct s2n_connection *conn, bool enabled)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->dynamic_buffers = enabled;
	return S2N_SUCCESS;
}
