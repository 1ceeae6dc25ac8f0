/*
 * What matters below TLS 1.3 only: ec_point_formats (RFC 8422 5.1.2),
 * extended_master_secret (RFC 7627), renegotiation_info (RFC 5746).
 */
#include "libtls/crypto/secret.h"
#include "libtls/extension/rows.h"

#define UNCOMPRESSED 0

bool
ec_point_formats_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO)
		return preference_has_exchange(
		    connection_preference(conn), KX_ECDHE);
	return conn->hs->point_formats && conn->suite->key_exchange == KX_ECDHE;
}

void
ec_point_formats_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	static const uint8_t formats[] = { UNCOMPRESSED };

	(void)conn;
	(void)where;
	writer_vec8(out, slice_of(formats, sizeof formats));
}

int
ec_point_formats_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice formats = reader_vec8(in);

	if (!reader_done(in) || formats.len == 0)
		return fail(ERR_DECODE);
	/* RFC 8422 5.1.2: without it: "illegal_parameter" */
	if (memchr(formats.data, UNCOMPRESSED, formats.len) == NULL)
		return fail(ERR_ILLEGAL_PARAMETER);
	if (where == IN_CLIENT_HELLO)
		conn->hs->point_formats = true;
	return 0;
}

bool
extended_master_secret_wanted(
    const struct s2n_connection *conn, enum where where)
{
	if (where != IN_CLIENT_HELLO)
		return conn->hs->extended_master;
	return connection_least_version(conn) < S2N_TLS13 &&
	       connection_most_version(conn) > S2N_SSLv3;
}

void
extended_master_secret_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)conn;
	(void)where;
	(void)out;
}

int
extended_master_secret_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	(void)in; /* it is empty, or else there is something left */
	if (where == IN_CLIENT_HELLO)
		conn->hs->offer.extended_master = true;
	else
		conn->hs->extended_master = true;
	return 0;
}

bool
renegotiation_info_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO)
		return connection_least_version(conn) < S2N_TLS13;
	return conn->secure_renegotiation;
}

/* Empty in a first handshake; only a client of ours is in a second. */
void
renegotiation_info_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)where;
	writer_vec8(
	    out, slice_of(conn->finished[S2N_CLIENT], conn->finished_len));
}

/* RFC 5746 3.5: both Finished values of the handshake before */
static bool
is_bound(const struct s2n_connection *conn, struct slice info)
{
	size_t len = conn->finished_len;

	return info.len == 2 * len &&
	       secret_equal(info.data, conn->finished[S2N_CLIENT], len) &&
	       secret_equal(info.data + len, conn->finished[S2N_SERVER], len);
}

int
renegotiation_info_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice info = reader_vec8(in);

	if (!reader_done(in))
		return fail(ERR_DECODE);
	if (where == IN_CLIENT_HELLO) {
		/* 3.6: a first ClientHello's is empty */
		if (info.len > 0)
			return fail(ERR_RENEGOTIATION_INFO);
		conn->hs->offer.renegotiation = true;
		return 0;
	}
	if (conn->finished_len == 0 ? info.len > 0 : !is_bound(conn, info))
		return fail(ERR_RENEGOTIATION_INFO);
	conn->hs->renegotiation = true;
	return 0;
}
