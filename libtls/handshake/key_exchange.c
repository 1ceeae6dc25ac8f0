/*
 * ServerKeyExchange and ClientKeyExchange of TLS 1.2 and older: RSA, ECDHE and
 * DHE (RFC 5246 7.4.3, 7.4.7; RFC 8422 5.4, 5.7).
 */
#include <openssl/crypto.h>

#include "libtls/crypto/premaster.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/offload.h"
#include "libtls/handshake/operation.h"

#define NAMED_CURVE 3
#define PARAMETERS_MAX (3 * (2 + DHE_PRIME_MAX))

/* ---- what the server signs ---- */

struct content {
	uint8_t bytes[2 * RANDOM_SIZE + PARAMETERS_MAX];
	uint8_t digest[DIGEST_MAX];
};

/* What goes into a signature of a scheme; borrowed from the content. */
static int
content_input(const struct s2n_connection *conn, const struct scheme *scheme,
    struct slice parameters, struct content *content, struct slice *input)
{
	struct slice bytes;
	struct writer writer;

	writer_init_fixed(&writer, content->bytes, sizeof content->bytes);
	writer_bytes(&writer, slice_of(conn->hs->client_random, RANDOM_SIZE));
	writer_bytes(&writer, slice_of(conn->hs->server_random, RANDOM_SIZE));
	writer_bytes(&writer, parameters);
	if (!writer_result(&writer, &bytes))
		return fail(ERR_ILLEGAL_PARAMETER);
	return scheme_input(scheme, bytes, content->digest, input);
}

/* Our key and its parameters, once: the row may run again for the signature. */
static int
make_parameters(struct s2n_connection *conn, struct slice *parameters)
{
	struct exchange *exchange = &conn->hs->exchange;
	struct writer *out = &exchange->share;
	struct mark point;
	int r = 0;

	if (out->len == 0) {
		writer_init(out, PARAMETERS_MAX);
		if (conn->suite->key_exchange == KX_DHE) {
			r = dhe_start(conn->config->dh, &exchange->dhe, out);
		} else {
			writer_u8(out, NAMED_CURVE);
			writer_u16(out, conn->group->number);
			point = writer_open(out, 1);
			r = group_start(conn->group, &exchange->key, out);
			writer_close(out, point);
		}
	}
	if (r != 0)
		return r;
	return writer_result(out, parameters) ? 0 : fail(ERR_NOMEM);
}

int
server_key_exchange_send(struct s2n_connection *conn, struct writer *out)
{
	struct handshake *hs = conn->hs;
	struct content content;
	struct operation_request request = {
		.chain = hs->chain,
		.scheme = hs->scheme,
	};
	struct slice parameters, signature;
	int r;

	if ((r = make_parameters(conn, &parameters)) != 0 ||
	    (r = content_input(
		 conn, hs->scheme, parameters, &content, &request.input)) != 0)
		return r;
	request.binding = (struct s2n_pkey_binding){
		.type = S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE,
		.client_random = hs->client_random,
		.server_random = hs->server_random,
		.parameters = parameters.data,
		.parameters_length = (uint32_t)parameters.len,
	};
	if ((r = operation_result(conn, &request, &signature)) != 0)
		return r;
	writer_bytes(out, parameters);
	if (conn->version >= S2N_TLS12)
		writer_u16(out, hs->scheme->number);
	writer_vec16(out, signature);
	return 0;
}

/* ---- the client takes it ---- */

/* Takes the parameters off, to their end; nothing is judged yet. */
static void
skip_parameters(const struct s2n_connection *conn, struct reader *in)
{
	if (conn->suite->key_exchange == KX_DHE) {
		reader_vec16(in);
		reader_vec16(in);
		reader_vec16(in);
	} else {
		reader_u8(in);
		reader_u16(in);
		reader_vec8(in);
	}
}

/* Our share to the server's, and the secret of both. */
static int
answer(struct s2n_connection *conn, struct slice parameters)
{
	struct exchange *exchange = &conn->hs->exchange;
	struct reader in = reader_of(parameters);
	uint8_t type;
	uint16_t number;
	struct slice point;

	writer_free(&exchange->share);
	writer_init(&exchange->share, PARAMETERS_MAX);
	if (conn->suite->key_exchange == KX_DHE)
		return dhe_answer(&in, &exchange->share, exchange->secret,
		    &exchange->secret_len);
	type = reader_u8(&in);
	number = reader_u16(&in);
	point = reader_vec8(&in);
	conn->group = preference_curve(connection_preference(conn), number);
	/* opaque point <1..2^8-1> */
	if (point.len == 0)
		return fail(ERR_DECODE);
	/* RFC 8422 5.4: of our list, in the one form that is left */
	if (type != NAMED_CURVE || conn->group == NULL)
		return fail(ERR_ILLEGAL_PARAMETER);
	return group_answer(conn->group, point, &exchange->share,
	    exchange->secret, &exchange->secret_len);
}

int
server_key_exchange_recv(struct s2n_connection *conn, struct reader *in)
{
	EVP_PKEY *key = conn->peer_chain->public_key;
	const uint8_t *start = in->rest.data;
	const struct scheme *scheme;
	struct content content;
	struct slice parameters, input, signature;
	uint16_t number = 0;
	int r;

	skip_parameters(conn, in);
	parameters = slice_of(start, (size_t)(in->rest.data - start));
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
	conn->server_scheme = scheme;
	if ((r = content_input(conn, scheme, parameters, &content, &input)) !=
		0 ||
	    (r = offload_verify(conn, scheme, key, input, signature)) != 0)
		return r;
	return answer(conn, parameters);
}

/* ---- ClientKeyExchange ---- */

static int
send_premaster(struct s2n_connection *conn, struct writer *out)
{
	struct exchange *exchange = &conn->hs->exchange;
	EVP_PKEY *key = conn->peer_chain->public_key;
	struct mark ciphertext;
	int r;

	exchange->secret_len = PREMASTER_SIZE;
	/* RFC 6101 5.6.7: SSLv3 has no length before it. */
	if (conn->version == S2N_SSLv3)
		return premaster_encrypt(
		    key, conn->client_hello_version, exchange->secret, out);
	ciphertext = writer_open(out, 2);
	r = premaster_encrypt(
	    key, conn->client_hello_version, exchange->secret, out);
	writer_close(out, ciphertext);
	return r;
}

int
client_key_exchange_send(struct s2n_connection *conn, struct writer *out)
{
	struct writer *share = &conn->hs->exchange.share;

	switch (conn->suite->key_exchange) {
	case KX_RSA:
		return send_premaster(conn, out);
	case KX_ECDHE:
		writer_vec8(out, slice_of(share->data, share->len));
		return 0;
	case KX_DHE: /* it is a vector already */
		writer_bytes(out, slice_of(share->data, share->len));
		return 0;
	case KX_TLS13:
		break;
	}
	return fail(ERR_SAFETY);
}

static int
recv_premaster(struct s2n_connection *conn, struct reader *in)
{
	struct exchange *exchange = &conn->hs->exchange;
	struct operation_request request = { .chain = conn->hs->chain };
	struct slice ciphertext, decrypted;
	int r;

	ciphertext =
	    conn->version == S2N_SSLv3 ? reader_rest(in) : reader_vec16(in);
	if (!reader_done(in) || ciphertext.len == 0)
		return fail(ERR_DECODE);
	request.binding = (struct s2n_pkey_binding){
		.type = S2N_PKEY_BINDING_RSA_PREMASTER,
		.client_version = conn->client_hello_version,
		.ciphertext = ciphertext.data,
		.ciphertext_length = (uint32_t)ciphertext.len,
	};
	if ((r = operation_result(conn, &request, &decrypted)) != 0)
		return r;
	exchange->secret_len = PREMASTER_SIZE;
	return premaster_accept(
	    conn->client_hello_version, decrypted, exchange->secret);
}

int
client_key_exchange_recv(struct s2n_connection *conn, struct reader *in)
{
	struct exchange *exchange = &conn->hs->exchange;
	struct slice share;

	if (conn->suite->key_exchange == KX_RSA)
		return recv_premaster(conn, in);
	share = conn->suite->key_exchange == KX_DHE ? reader_vec16(in)
						    : reader_vec8(in);
	if (!reader_done(in) || share.len == 0)
		return fail(ERR_DECODE);
	if (conn->suite->key_exchange == KX_DHE)
		return dhe_finish(&exchange->dhe, share, exchange->secret,
		    &exchange->secret_len);
	return group_finish(
	    &exchange->key, share, exchange->secret, &exchange->secret_len);
}
