/*
 * next_protocol_negotiation (draft-agl-tls-nextprotoneg-04): empty from a
 * client; the server answers with its protocols.
 */

#include "libtls/core/memory.h"
#include "libtls/extension/rows.h"

bool
next_protocols_wanted(const struct s2n_connection *conn, enum where where)
{
	if (!conn->config->npn)
		return false;
	if (where == IN_CLIENT_HELLO)
		return connection_protocols(conn)->len > 0 &&
		       connection_least_version(conn) < S2N_TLS13 &&
		       !conn->renegotiating;
	return conn->hs->offer_npn && conn->protocol == NULL &&
	       conn->version > S2N_SSLv3;
}

void
next_protocols_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	const struct protocol_list *ours = connection_protocols(conn);

	if (where == IN_CLIENT_HELLO)
		return;
	writer_bytes(out, slice_of(ours->data, ours->len));
	conn->hs->npn = true;
}

static bool
has(const struct protocol_list *list, struct slice wanted)
{
	struct reader in = reader_of(slice_of(list->data, list->len));

	while (reader_more(&in))
		if (slice_equal(reader_vec8(&in), wanted))
			return true;
	return false;
}

/* The first of theirs that is ours, or our first. */
static int
choose(struct s2n_connection *conn, struct reader *theirs)
{
	const struct protocol_list *ours = connection_protocols(conn);
	struct reader mine = reader_of(slice_of(ours->data, ours->len));
	struct slice chosen = NO_BYTES, one;

	while (reader_more(theirs)) {
		one = reader_vec8(theirs);
		/* "Empty strings MUST NOT be included" */
		if (one.len == 0)
			return fail(ERR_DECODE);
		if (chosen.len == 0 && has(ours, one))
			chosen = one;
	}
	if (!reader_done(theirs))
		return fail(ERR_DECODE);
	if (chosen.len == 0)
		chosen = reader_vec8(&mine);
	memory_free(conn->protocol);
	conn->protocol = memory_copy(chosen);
	return conn->protocol == NULL ? fail(memory_lack()) : 0;
}

int
next_protocols_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	if (where == IN_CLIENT_HELLO) {
		conn->hs->offer_npn = true;
		return 0;
	}
	/* The table has ALPN first: a server must not answer both. */
	if (conn->protocol != NULL)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->hs->npn = true;
	return choose(conn, in);
}
