/*
 * server_name (RFC 6066 3) and application_layer_protocol_negotiation
 * (RFC 7301).
 */

#include "libtls/core/memory.h"
#include "libtls/extension/rows.h"

#define NAME_TYPE_HOST 0
#define HOST_NAME_MAX_LEN 255

bool
server_name_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO)
		return conn->server_name != NULL;
	return conn->hs->acknowledge_name;
}

void
server_name_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	struct mark list;

	if (where != IN_CLIENT_HELLO)
		return; /* RFC 6066 3: the answer is empty */
	list = writer_open(out, 2);
	writer_u8(out, NAME_TYPE_HOST);
	writer_vec16(out, slice_of_string(conn->server_name));
	writer_close(out, list);
}

int
server_name_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct reader list;
	struct slice name;

	if (where != IN_CLIENT_HELLO)
		return 0;
	list = reader_of(reader_vec16(in));
	/* One name of the one type there is; a second would be of an unknown.
	 */
	if (reader_u8(&list) != NAME_TYPE_HOST)
		return fail(ERR_DECODE);
	name = reader_vec16(&list);
	if (!reader_done(&list))
		return fail(ERR_DECODE);
	if (name.len == 0 || name.len > HOST_NAME_MAX_LEN ||
	    memchr(name.data, '\0', name.len) != NULL)
		return fail(ERR_DECODE);
	conn->hs->offer.server_name = name;
	return 0;
}

bool
alpn_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO)
		return connection_protocols(conn)->len > 0;
	return conn->protocol != NULL;
}

void
alpn_build(struct s2n_connection *conn, enum where where, struct writer *out)
{
	const struct protocol_list *ours = connection_protocols(conn);
	struct mark list = writer_open(out, 2);

	if (where == IN_CLIENT_HELLO)
		writer_bytes(out, slice_of(ours->data, ours->len));
	else
		writer_vec8(out, slice_of_string(conn->protocol));
	writer_close(out, list);
}

/* RFC 7301 3.1: "Empty strings MUST NOT be included". */
static bool
list_sound(struct slice protocols)
{
	struct reader list = reader_of(protocols);

	if (protocols.len == 0)
		return false;
	while (reader_more(&list))
		if (reader_vec8(&list).len == 0)
			return false;
	return reader_done(&list);
}

static bool
list_has(struct slice protocols, struct slice wanted)
{
	struct reader list = reader_of(protocols);

	while (reader_more(&list))
		if (slice_equal(reader_vec8(&list), wanted))
			return true;
	return false;
}

/* RFC 7301 3.2: the server answers with exactly one of ours. */
static int
take_answer(struct s2n_connection *conn, struct slice protocols)
{
	const struct protocol_list *ours = connection_protocols(conn);
	struct reader list = reader_of(protocols);
	struct slice chosen = reader_vec8(&list);

	if (!reader_done(&list))
		return fail(ERR_DECODE);
	if (!list_has(slice_of(ours->data, ours->len), chosen))
		return fail(ERR_ILLEGAL_PARAMETER);
	memory_free(conn->protocol);
	conn->protocol = memory_copy(chosen);
	return conn->protocol == NULL ? fail(memory_lack()) : 0;
}

int
alpn_parse(struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice protocols = reader_vec16(in);

	if (!reader_done(in) || !list_sound(protocols))
		return fail(ERR_DECODE);
	if (where != IN_CLIENT_HELLO)
		return take_answer(conn, protocols);
	conn->hs->offer.protocols = protocols;
	conn->hs->offer.has_protocols = true;
	return 0;
}
