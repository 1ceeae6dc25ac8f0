/*
 * supported_versions (RFC 8446 4.2.1) and cookie (4.2.2).
 */
#include <openssl/crypto.h>

#include "libtls/core/memory.h"
#include "libtls/extension/rows.h"

bool
supported_versions_wanted(const struct s2n_connection *conn, enum where where)
{
	return where != IN_CLIENT_HELLO ||
	       connection_most_version(conn) >= S2N_TLS13;
}

void
supported_versions_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	uint8_t least = connection_least_version(conn);
	struct mark list;

	if (where != IN_CLIENT_HELLO) {
		writer_u16(out, WIRE_TLS13);
		return;
	}
	list = writer_open(out, 1);
	/* SSLv3 is asked for by legacy_version alone. */
	for (uint8_t version = connection_most_version(conn);
	     version >= least && version > S2N_SSLv3; version--)
		writer_u16(out, version_wire(version));
	writer_close(out, list);
}

int
supported_versions_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice versions;

	if (where == IN_CLIENT_HELLO) {
		versions = reader_vec8(in);
		if (versions.len == 0 || versions.len % 2 != 0)
			return fail(ERR_DECODE);
		conn->hs->offer.versions = versions;
		conn->hs->offer.has_versions = true;
		return 0;
	}
	/* "If the "supported_versions" extension in the ServerHello contains a
	 * version not offered ... MUST abort with "illegal_parameter"" */
	if (reader_u16(in) != WIRE_TLS13)
		return in->failed ? fail(ERR_DECODE)
				  : fail(ERR_VERSION_NOT_OFFERED);
	conn->version = S2N_TLS13;
	return 0;
}

bool
cookie_wanted(const struct s2n_connection *conn, enum where where)
{
	return where == IN_CLIENT_HELLO && conn->hs->cookie != NULL;
}

void
cookie_build(struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)where;
	writer_vec16(out, slice_of(conn->hs->cookie, conn->hs->cookie_len));
}

/* A server of ours sends none and so looks at none. */
int
cookie_parse(struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice cookie = reader_vec16(in);

	if (cookie.len == 0)
		return fail(ERR_DECODE);
	if (where == IN_CLIENT_HELLO)
		return 0;
	if ((conn->hs->cookie = memory_copy(cookie)) == NULL)
		return fail(memory_lack());
	conn->hs->cookie_len = cookie.len;
	return 0;
}
