/*
 * NextProtocol (draft-agl-tls-nextprotoneg-04): the client's choice, encrypted,
 * and padded so that its length does not tell it.
 */

#include "libtls/core/memory.h"
#include "libtls/handshake/messages.h"

#define PADDED_TO 32

int
next_protocol_send(struct s2n_connection *conn, struct writer *out)
{
	static const uint8_t padding[PADDED_TO];
	struct slice chosen = slice_of_string(conn->protocol);

	writer_vec8(out, chosen);
	writer_vec8(
	    out, slice_of(padding, PADDED_TO - (chosen.len + 2) % PADDED_TO));
	return out->failed ? fail(ERR_NOMEM) : 0;
}

int
next_protocol_recv(struct s2n_connection *conn, struct reader *in)
{
	struct slice chosen = reader_vec8(in);
	struct slice padding = reader_vec8(in);

	if (!reader_done(in) ||
	    padding.len != PADDED_TO - (chosen.len + 2) % PADDED_TO)
		return fail(ERR_DECODE);
	if (chosen.len == 0)
		return 0; /* none of ours, and none of its own */
	memory_free(conn->protocol);
	conn->protocol = memory_copy(chosen);
	return conn->protocol == NULL ? fail(memory_lack()) : 0;
}
