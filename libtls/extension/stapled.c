/*
 * status_request (RFC 6066 8, RFC 8446 4.4.2.1) and
 * signed_certificate_timestamp (RFC 6962 3.3.1): what is to come along with a
 * certificate, asked for and given. Each side of TLS 1.3 may ask the other,
 * below only a client asks.
 */
#include "libtls/extension/stapled.h"

#include "libtls/extension/rows.h"

#define STATUS_TYPE_OCSP 1

/* SSLv3 servers answer no such extension: there is none in RFC 6101. */
static bool
gives(const struct s2n_connection *conn, enum where where, bool wanted,
    const struct staple *staple)
{
	if (!wanted || staple->len == 0)
		return false;
	return where == IN_CERTIFICATE ? conn->hs->at_leaf
				       : conn->version > S2N_SSLv3;
}

void
stapled_status_write(struct s2n_connection *conn, struct writer *out)
{
	writer_u8(out, STATUS_TYPE_OCSP);
	writer_vec24(out, staple_bytes(&conn->hs->chain->ocsp));
	if (is_server(conn))
		conn->ocsp_stapled = true;
}

int
stapled_status_read(struct s2n_connection *conn, struct reader *in)
{
	uint8_t type = reader_u8(in);
	struct slice response = reader_vec24(in);

	if (!reader_done(in) || type != STATUS_TYPE_OCSP || response.len == 0)
		return fail(ERR_DECODE);
	/* RFC 8446 4.4.2.1: ours is what the leaf's says. */
	if (conn->version >= S2N_TLS13 && !conn->hs->at_leaf)
		return 0;
	if (!is_server(conn))
		conn->ocsp_stapled = true;
	return staple_set(&conn->ocsp, response);
}

bool
status_request_wanted(const struct s2n_connection *conn, enum where where)
{
	const struct s2n_config *config = conn->config;

	if (where == IN_CLIENT_HELLO)
		return config->asks_ocsp || config->asks_ocsp_by_ca;
	if (where == IN_CERTIFICATE_REQUEST)
		return config->asks_ocsp;
	return conn->hs->chain != NULL &&
	       gives(conn, where, conn->hs->wants_ocsp, &conn->hs->chain->ocsp);
}

void
status_request_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	if (where == IN_CLIENT_HELLO) {
		writer_u8(out, STATUS_TYPE_OCSP);
		writer_u16(out, 0); /* responder_id_list: any */
		writer_u16(out, 0); /* request_extensions: none */
	} else if (where == IN_CERTIFICATE) {
		stapled_status_write(conn, out);
	} else if (where == IN_SERVER_HELLO12) {
		conn->hs->status_due = true;
	}
	/* Empty in a CertificateRequest (RFC 8446 4.4.2.1). */
}

int
status_request_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	if (where == IN_CERTIFICATE)
		return stapled_status_read(conn, in);
	if (where == IN_SERVER_HELLO12) {
		/* With a session that is resumed comes no certificate. */
		conn->hs->status_due = !conn->resumed;
		return 0;
	}
	if (where == IN_CLIENT_HELLO) {
		/* Of other types not even the form is known. */
		if (reader_u8(in) != STATUS_TYPE_OCSP) {
			reader_bytes(in, in->rest.len);
			return 0;
		}
		reader_vec16(in);
		reader_vec16(in);
	}
	if (!reader_done(in))
		return fail(ERR_DECODE);
	conn->hs->wants_ocsp = true;
	return 0;
}

bool
signed_timestamps_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO || where == IN_CERTIFICATE_REQUEST)
		return conn->config->asks_scts;
	return conn->hs->chain != NULL &&
	       gives(conn, where, conn->hs->wants_scts, &conn->hs->chain->scts);
}

/* RFC 6962 3.3.1: who asks sends "empty extension_data". */
void
signed_timestamps_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	if (where == IN_SERVER_HELLO12 || where == IN_CERTIFICATE)
		writer_bytes(out, staple_bytes(&conn->hs->chain->scts));
}

/* A list is the application's to look into: any bytes are one here. */
int
signed_timestamps_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice list;

	if (where == IN_CLIENT_HELLO || where == IN_CERTIFICATE_REQUEST) {
		conn->hs->wants_scts = true;
		return 0;
	}
	list = reader_bytes(in, in->rest.len);
	/* RFC 6962 3.3.1: in a session that is resumed it says nothing. */
	if (conn->resumed)
		return 0;
	if (where == IN_CERTIFICATE && !conn->hs->at_leaf)
		return 0;
	return staple_set(&conn->scts, list);
}
