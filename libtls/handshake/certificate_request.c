/*
 * CertificateRequest (RFC 8446 4.3.2). During the handshake its context is
 * empty; we never ask for one after it.
 */
#include "libtls/extension/extension.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/messages.h"

int
certificate_request_send(struct s2n_connection *conn, struct writer *out)
{
	conn->client_asked = true;
	writer_vec8(out, NO_BYTES);
	return extension_build(conn, IN_CERTIFICATE_REQUEST, out);
}

int
certificate_request_recv(struct s2n_connection *conn, struct reader *in)
{
	struct slice context = reader_vec8(in);
	struct slice extensions = reader_vec16(in);
	int r;

	if (!reader_done(in))
		return fail(ERR_DECODE);
	/* 4.3.2: "SHALL be zero length" during the handshake */
	if (context.len != 0)
		return fail(ERR_ILLEGAL_PARAMETER);
	if ((r = extension_parse(conn, IN_CERTIFICATE_REQUEST, extensions)) !=
	    0)
		return r;
	if (!conn->hs->offer.has_schemes)
		return fail(ERR_MISSING_EXTENSION);
	if (connection_client_auth(conn) == S2N_CERT_AUTH_NONE)
		return fail(ERR_UNEXPECTED_CERT_REQUEST);
	conn->client_asked = true;
	r = choose_client_certificate(conn);
	conn->hs->offer = (struct offer){ 0 };
	return r;
}
