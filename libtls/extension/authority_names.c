/*
 * certificate_authorities (RFC 8446 4.2.4): named by a server that asks for a
 * certificate. A client may name some too, as we do not; the server takes no
 * notice.
 */
#include "libtls/extension/rows.h"

/* "opaque DistinguishedName authorities<3..2^16-1>": not without any. */
bool
certificate_authorities_wanted(
    const struct s2n_connection *conn, enum where where)
{
	return where == IN_CERTIFICATE_REQUEST &&
	       conn->config->authorities.len > 0;
}

void
certificate_authorities_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)where;
	writer_vec16(out, authorities_bytes(&conn->config->authorities));
}

int
certificate_authorities_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice names = reader_vec16(in);

	if (names.len == 0 || !authorities_sound(names))
		return fail(ERR_DECODE);
	if (where == IN_CERTIFICATE_REQUEST)
		conn->hs->offer.authorities = names;
	return 0;
}
