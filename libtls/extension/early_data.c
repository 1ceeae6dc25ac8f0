/*
 * early_data (RFC 8446 4.2.10): a client says that some comes, a server that it
 * takes it, and a ticket how much. What is decided is in
 * libtls/handshake/early.c.
 */
#include "libtls/extension/psk.h"
#include "libtls/extension/rows.h"

bool
early_data_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_NEW_TICKET)
		return connection_server_early_max(conn) > 0;
	if (where == IN_ENCRYPTED)
		return conn->early.state == EARLY_ACCEPTED;
	return conn->early.state == EARLY_REQUESTED;
}

void
early_data_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	if (where == IN_NEW_TICKET)
		writer_u32(out, connection_server_early_max(conn));
}

/* A server takes what was offered with the first key, and with the protocol of
 * then: "clients MUST" check (4.2.10). alpn stands before this in the table. */
static int
parse_answer(struct s2n_connection *conn)
{
	const struct s2n_psk *psk = conn->psk;

	if (psk == NULL || psk != psk_offered(conn, 0) ||
	    conn->early.state != EARLY_REQUESTED ||
	    conn->suite != psk->early.suite ||
	    !slice_equal(connection_protocol(conn), psk_protocol(psk)))
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->early.state = EARLY_ACCEPTED;
	return 0;
}

/* RFC 9001 4.6.1: another value is an "error of type PROTOCOL_VIOLATION". */
static int
parse_max(struct s2n_connection *conn, uint32_t max)
{
	if (conn->quic.on && max != QUIC_EARLY_MAX)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->session->early.max = max;
	return 0;
}

/* Empty but in a ticket. */
int
early_data_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	if (where == IN_NEW_TICKET)
		return parse_max(conn, reader_u32(in));
	if (where == IN_ENCRYPTED)
		return parse_answer(conn);
	else
		conn->hs->offer.early_data = true;
	return 0;
}
