/*
 * CertificateRequest of TLS 1.2 and older (RFC 5246 7.4.4, RFC 8422 5.5). An
 * empty list of authorities says that any will do.
 */
#include "libtls/handshake/choose.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/transcript.h"

static void
write_schemes(const struct preference *preference, struct writer *out)
{
	struct mark list = writer_open(out, 2);
	const struct scheme *scheme;

	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		if (scheme != NULL && scheme->min_version <= S2N_TLS12 &&
		    scheme->max_version >= S2N_TLS12)
			writer_u16(out, scheme->number);
	}
	writer_close(out, list);
}

int
certificate_request12_send(struct s2n_connection *conn, struct writer *out)
{
	struct mark types;

	conn->client_asked = true;
	types = writer_open(out, 1);
	writer_u8(out, CERTIFICATE_TYPE_RSA);
	if (conn->config->asks_for_dss)
		writer_u8(out, CERTIFICATE_TYPE_DSS);
	writer_u8(out, CERTIFICATE_TYPE_ECDSA);
	writer_close(out, types);
	if (conn->version >= S2N_TLS12)
		write_schemes(connection_preference(conn), out);
	writer_vec16(out, authorities_bytes(&conn->config->authorities));
	return 0;
}

int
certificate_request12_recv(struct s2n_connection *conn, struct reader *in)
{
	struct offer *offer = &conn->hs->offer;
	struct slice types = reader_vec8(in);
	struct slice schemes = NO_BYTES;
	struct slice authorities;
	int r;

	if (conn->version >= S2N_TLS12)
		schemes = reader_vec16(in);
	authorities = reader_vec16(in);
	if (!reader_done(in) || types.len == 0 || schemes.len % 2 != 0 ||
	    (conn->version >= S2N_TLS12 && schemes.len == 0) ||
	    !authorities_sound(authorities))
		return fail(ERR_DECODE);
	if (connection_client_auth(conn) == S2N_CERT_AUTH_NONE)
		return fail(ERR_UNEXPECTED_CERT_REQUEST);
	conn->client_asked = true;
	*offer = (struct offer){
		.schemes = schemes,
		.has_schemes = conn->version >= S2N_TLS12,
		.certificate_types = types,
		.authorities = authorities,
	};
	r = choose_client_certificate(conn);
	*offer = (struct offer){ 0 };
	return r;
}
