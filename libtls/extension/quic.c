/*
 * quic_transport_parameters (RFC 9001 8.2), which both sides must send. What is
 * in them is for QUIC to say. That they are there is looked at once the version
 * is chosen, and in encrypted_extensions.c.
 */
#include "libtls/core/memory.h"
#include "libtls/extension/rows.h"

bool
quic_parameters_wanted(const struct s2n_connection *conn, enum where where)
{
	(void)where;
	return conn->quic.on;
}

void
quic_parameters_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)where;
	writer_bytes(out, slice_of(conn->quic.own, conn->quic.own_len));
}

int
quic_parameters_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice parameters = reader_rest(in);
	struct quic *quic = &conn->quic;

	(void)where;
	/* "A fatal unsupported_extension alert MUST be sent by an
	 * implementation that supports this extension if the extension is
	 * received when the transport is not QUIC." */
	if (!quic->on)
		return fail(ERR_UNSUPPORTED_EXTENSION);
	memory_free(quic->peer);
	quic->peer_len = (uint16_t)parameters.len;
	quic->peer = memory_copy(parameters);
	return quic->peer != NULL ? 0 : fail(memory_lack());
}
