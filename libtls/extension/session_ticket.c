/*
 * session_ticket (RFC 5077 3.2), below TLS 1.3: a client gives its ticket, or
 * asks for one by an empty extension; a server that will send one says so.
 */
#include "libtls/extension/rows.h"

bool
session_ticket_wanted(const struct s2n_connection *conn, enum where where)
{
	const struct s2n_config *config = conn->config;

	if (where == IN_SERVER_HELLO12)
		return conn->hs->ticket_due;
	return config->tickets && !config->forward_secret_tickets &&
	       !conn->renegotiating &&
	       connection_least_version(conn) < S2N_TLS13 &&
	       connection_most_version(conn) > S2N_SSLv3;
}

void
session_ticket_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	const struct session *session = connection_offered_session(conn);

	if (where == IN_CLIENT_HELLO && session != NULL)
		writer_bytes(
		    out, slice_of(session->ticket.data, session->ticket.len));
}

int
session_ticket_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct handshake *hs = conn->hs;

	if (where == IN_SERVER_HELLO12) {
		/* There is no such extension in SSLv3. */
		if (conn->version <= S2N_SSLv3)
			return fail(ERR_UNSUPPORTED_EXTENSION);
		hs->ticket_due = true;
		return 0; /* it is empty, or else there is something left */
	}
	hs->offer.ticket = reader_bytes(in, in->rest.len);
	hs->offer.has_ticket = true;
	return 0;
}
