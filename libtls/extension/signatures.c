/*
 * signature_algorithms and signature_algorithms_cert (RFC 8446 4.2.3).
 */
#include "libtls/extension/rows.h"

bool
signature_algorithms_wanted(const struct s2n_connection *conn, enum where where)
{
	(void)where;
	return connection_most_version(conn) >= S2N_TLS12;
}

void
signature_algorithms_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	const struct preference *preference = connection_preference(conn);
	struct mark list = writer_open(out, 2);
	const struct scheme *scheme;

	(void)where;
	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		/* What older versions sign with has no number. */
		if (scheme != NULL && scheme->max_version >= S2N_TLS12)
			writer_u16(out, scheme->number);
	}
	writer_close(out, list);
}

int
signature_algorithms_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice schemes = reader_vec16(in);

	(void)where;
	if (schemes.len == 0 || schemes.len % 2 != 0)
		return fail(ERR_DECODE);
	conn->hs->offer.schemes = schemes;
	conn->hs->offer.has_schemes = true;
	return 0;
}

/* Sent where chains may be signed with other schemes than handshakes. */
bool
signature_algorithms_cert_wanted(
    const struct s2n_connection *conn, enum where where)
{
	(void)where;
	return connection_most_version(conn) >= S2N_TLS12 &&
	       connection_preference(conn)->certificate_schemes.count > 0;
}

void
signature_algorithms_cert_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	const struct number_list *schemes =
	    &connection_preference(conn)->certificate_schemes;
	struct mark list = writer_open(out, 2);

	(void)where;
	for (size_t i = 0; i < schemes->count; i++)
		writer_u16(out, schemes->numbers[i]);
	writer_close(out, list);
}

/* RFC 8446 4.4.2.2: "SHOULD", if we have a choice of chains, and we have not.
 */
int
signature_algorithms_cert_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice schemes = reader_vec16(in);

	(void)conn;
	(void)where;
	return schemes.len == 0 || schemes.len % 2 != 0 ? fail(ERR_DECODE) : 0;
}
