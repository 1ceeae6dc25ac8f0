/*
 * CertificateVerify (RFC 8446 4.4.3).
 */
#include "libtls/handshake/messages.h"
#include "libtls/handshake/offload.h"
#include "libtls/handshake/operation.h"
#include "libtls/handshake/transcript.h"

#define SPACES 64
#define CONTENT_MAX (SPACES + 34 + DIGEST_MAX)

static const char server_context[] = "TLS 1.3, server CertificateVerify";
static const char client_context[] = "TLS 1.3, client CertificateVerify";

/* What a role signs over the transcript, and room for its digest. */
struct content {
	uint8_t bytes[CONTENT_MAX];
	uint8_t digest[DIGEST_MAX];
};

/* What goes into a signature of a scheme; borrowed from the content. */
static int
content_input(s2n_mode signer, struct slice transcript_hash,
    const struct scheme *scheme, struct content *content, struct slice *input)
{
	struct slice bytes;
	struct writer writer;

	writer_init_fixed(&writer, content->bytes, sizeof content->bytes);
	memset(content->bytes, ' ', SPACES);
	writer_reserve(&writer, SPACES);
	/* The string's NUL is the separator of one zero byte. */
	writer_bytes(&writer,
	    slice_of(signer == S2N_SERVER ? server_context : client_context,
		sizeof server_context));
	writer_bytes(&writer, transcript_hash);
	if (!writer_result(&writer, &bytes))
		return fail(ERR_SAFETY);
	return scheme_input(scheme, bytes, content->digest, input);
}

int
certificate_verify_send(struct s2n_connection *conn, struct writer *out)
{
	struct handshake *hs = conn->hs;
	uint8_t hash[DIGEST_MAX];
	struct content content;
	struct operation_request request = {
		.scheme = hs->scheme,
		.chain = hs->chain,
		.binding = {
			.type = is_server(conn) ?
			    S2N_PKEY_BINDING_TLS13_SERVER :
			    S2N_PKEY_BINDING_TLS13_CLIENT,
			.transcript_hash = hash,
			.transcript_hash_length = conn->suite->digest->size,
			.transcript_hash_algorithm =
			    conn->suite->digest == &digest_sha384 ?
			    S2N_TLS_HASH_SHA384 :
			    S2N_TLS_HASH_SHA256,
		},
	};
	struct slice signature;
	int r;

	if ((r = transcript_hash(&hs->transcript, hash)) != 0 ||
	    (r = content_input(conn->mode,
		 slice_of(hash, conn->suite->digest->size), hs->scheme,
		 &content, &request.input)) != 0 ||
	    (r = operation_result(conn, &request, &signature)) != 0)
		return r;
	writer_u16(out, hs->scheme->number);
	writer_vec16(out, signature);
	return 0;
}

int
certificate_verify_recv(struct s2n_connection *conn, struct reader *in)
{
	uint16_t number = reader_u16(in);
	struct slice signature = reader_vec16(in);
	EVP_PKEY *key = conn->peer_chain->public_key;
	uint8_t hash[DIGEST_MAX];
	const struct scheme *scheme;
	struct content content;
	struct slice input;
	int r;

	if (!reader_done(in))
		return fail(ERR_DECODE);
	scheme = preference_scheme(connection_preference(conn), number);
	if (scheme == NULL)
		return fail(ERR_BAD_SCHEME);
	if (!scheme_fits(scheme, key, conn->version))
		return fail(ERR_UNFIT_SCHEME);
	if ((r = transcript_hash(&conn->hs->transcript, hash)) != 0 ||
	    (r = content_input(is_server(conn) ? S2N_CLIENT : S2N_SERVER,
		 slice_of(hash, conn->suite->digest->size), scheme, &content,
		 &input)) != 0)
		return r;
	if (is_server(conn))
		conn->client_scheme = scheme;
	else
		conn->server_scheme = scheme;
	return offload_verify(conn, scheme, key, input, signature);
}
