/*
 * supported_groups (RFC 8446 4.2.7) and key_share (4.2.8).
 */
#include "libtls/extension/rows.h"

bool
supported_groups_wanted(const struct s2n_connection *conn, enum where where)
{
	const struct preference *preference = connection_preference(conn);

	return where == IN_CLIENT_HELLO &&
	       (connection_most_version(conn) >= S2N_TLS13 ||
		   preference_has_exchange(preference, KX_ECDHE));
}

void
supported_groups_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	const struct preference *preference = connection_preference(conn);
	bool hybrids = connection_most_version(conn) >= S2N_TLS13;
	struct mark list = writer_open(out, 2);
	uint16_t number;

	(void)where;
	for (size_t i = 0; i < preference->groups.count; i++) {
		number = preference->groups.numbers[i];
		if ((hybrids ? preference_group : preference_curve)(
			preference, number) != NULL)
			writer_u16(out, number);
	}
	writer_close(out, list);
}

int
supported_groups_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice groups = reader_vec16(in);

	if (groups.len == 0 || groups.len % 2 != 0)
		return fail(ERR_DECODE);
	/* A server's list is for a later connection (RFC 8446 4.2.7). */
	if (where == IN_CLIENT_HELLO) {
		conn->hs->offer.groups = groups;
		conn->hs->offer.has_groups = true;
	}
	return 0;
}

bool
key_share_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_HELLO_RETRY)
		return conn->hs->retry_group != 0;
	return where == IN_SERVER_HELLO ||
	       connection_most_version(conn) >= S2N_TLS13;
}

/* The share of the key made by client_hello_send. */
static void
build_client_share(struct s2n_connection *conn, struct writer *out)
{
	struct exchange *exchange = &conn->hs->exchange;
	struct mark list = writer_open(out, 2);

	writer_u16(out, exchange->shared);
	writer_vec16(out, slice_of(exchange->share.data, exchange->share.len));
	writer_close(out, list);
}

void
key_share_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	struct exchange *exchange = &conn->hs->exchange;

	if (where == IN_CLIENT_HELLO) {
		build_client_share(conn, out);
	} else if (where == IN_HELLO_RETRY) {
		writer_u16(out, conn->hs->retry_group);
	} else {
		writer_u16(out, exchange->group->number);
		writer_vec16(
		    out, slice_of(exchange->share.data, exchange->share.len));
	}
}

static int
parse_retry(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	uint16_t number = reader_u16(in);

	if (!reader_done(in))
		return fail(ERR_DECODE);
	/* RFC 8446 4.2.8: of our list, and not one we sent a share for */
	if (number == hs->exchange.shared ||
	    preference_group(connection_preference(conn), number) == NULL)
		return fail(ERR_INVALID_HELLO_RETRY);
	hs->retry_group = number;
	return 0;
}

static int
parse_server_share(struct s2n_connection *conn, struct reader *in)
{
	struct exchange *exchange = &conn->hs->exchange;
	uint16_t number = reader_u16(in);
	struct slice share = reader_vec16(in);

	if (!reader_done(in))
		return fail(ERR_DECODE);
	if (number != exchange->shared)
		return fail(ERR_BAD_KEY_SHARE);
	exchange->group = exchange->key.group;
	return group_finish(
	    &exchange->key, share, exchange->secret, &exchange->secret_len);
}

int
key_share_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	if (where == IN_HELLO_RETRY)
		return parse_retry(conn, in);
	if (where == IN_SERVER_HELLO)
		return parse_server_share(conn, in);
	conn->hs->offer.key_shares = reader_vec16(in);
	conn->hs->offer.has_key_shares = true;
	return 0;
}
