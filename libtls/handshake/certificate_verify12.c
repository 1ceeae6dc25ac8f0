/*
 * CertificateVerify of TLS 1.2 and older (RFC 5246 7.4.8): a client's, over all
 * messages so far.
 */
#include "libtls/handshake/keys12.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/offload.h"
#include "libtls/handshake/operation.h"
#include "libtls/handshake/transcript.h"

/* What goes into the client's signature; borrowed from digest or messages. */
static int
content_input(const struct s2n_connection *conn, const struct scheme *scheme,
    struct slice *messages, uint8_t digest[DIGEST_MAX], struct slice *input)
{
	struct hasher hasher = { 0 };
	int r;

	if (!writer_result(&conn->hs->transcript.held, messages))
		return fail(ERR_NOMEM);
	if (conn->version > S2N_SSLv3)
		return scheme_input(scheme, *messages, digest, input);
	/* RFC 6101 5.6.8: with the master secret around it */
	if ((r = hasher_start(&hasher, scheme->digest)) == 0 &&
	    (r = hasher_add(&hasher, *messages)) == 0)
		r = hasher_peek_sslv3(&hasher, NO_BYTES, conn->master, digest);
	hasher_wipe(&hasher);
	*input = slice_of(digest, scheme->digest->size);
	return r;
}

int
certificate_verify12_send(struct s2n_connection *conn, struct writer *out)
{
	struct handshake *hs = conn->hs;
	uint8_t digest[DIGEST_MAX];
	struct operation_request request = {
		.chain = hs->chain,
		.scheme = hs->scheme,
	};
	struct slice messages, signature;
	int r;

	if ((r = content_input(
		 conn, hs->scheme, &messages, digest, &request.input)) != 0)
		return r;
	if (conn->version > S2N_SSLv3) /* else S2N_PKEY_BINDING_NONE */
		request.binding = (struct s2n_pkey_binding){
			.type = S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY,
			.messages = messages.data,
			.messages_length = (uint32_t)messages.len,
		};
	if ((r = operation_result(conn, &request, &signature)) != 0)
		return r;
	transcript_forget(&hs->transcript);
	if (conn->version >= S2N_TLS12)
		writer_u16(out, hs->scheme->number);
	writer_vec16(out, signature);
	return 0;
}

int
certificate_verify12_recv(struct s2n_connection *conn, struct reader *in)
{
	EVP_PKEY *key = conn->peer_chain->public_key;
	const struct scheme *scheme;
	uint8_t digest[DIGEST_MAX];
	struct slice messages, input, signature;
	uint16_t number = 0;
	int r;

	if (conn->version >= S2N_TLS12)
		number = reader_u16(in);
	signature = reader_vec16(in);
	if (!reader_done(in))
		return fail(ERR_DECODE);
	scheme = conn->version >= S2N_TLS12
		     ? preference_scheme(connection_preference(conn), number)
		     : scheme_before_tls12(key_kind_of(key));
	if (scheme == NULL)
		return fail(ERR_BAD_SCHEME);
	if (!scheme_fits(scheme, key, conn->version))
		return fail(ERR_UNFIT_SCHEME);
	conn->client_scheme = scheme;
	if ((r = content_input(conn, scheme, &messages, digest, &input)) != 0 ||
	    (r = offload_verify(conn, scheme, key, input, signature)) != 0)
		return r;
	transcript_forget(&conn->hs->transcript);
	return 0;
}
