/*
 * Certificate (RFC 8446 4.4.2, RFC 5246 7.4.2): our chain, or the peer's taken
 * and validated.
 */
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "libtls/core/memory.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/certificate_status.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/review.h"

/* Taken whatever the config's depth: of use to who validates a chain himself.
 */
#define CERTIFICATES_MIN 32
#define NANOSECONDS 1000000000u

int
certificate_send(struct s2n_connection *conn, struct writer *out)
{
	const struct s2n_cert_chain_and_key *chain = conn->hs->chain;
	struct mark list;
	int r = 0;

	if (conn->version >= S2N_TLS13)
		writer_vec8(out, NO_BYTES); /* certificate_request_context */
	list = writer_open(out, 3);
	/* A client without a chain answers with an empty list. */
	for (size_t i = 0; chain != NULL && r == 0 && i < chain->count; i++) {
		writer_vec24(
		    out, slice_of(chain->certs[i].der, chain->certs[i].len));
		conn->hs->at_leaf = i == 0;
		if (conn->version >= S2N_TLS13)
			r = extension_build(conn, IN_CERTIFICATE, out);
	}
	writer_close(out, list);
	return r;
}

/* The entries of a list, of which there are at most room. */
static int
read_entries(struct s2n_connection *conn, struct slice list, struct slice *ders,
    size_t room, size_t *count)
{
	struct reader entries = reader_of(list);
	struct slice extensions = NO_BYTES;
	int r;

	for (*count = 0; reader_more(&entries); (*count)++) {
		if (*count == room)
			return fail(ERR_CERT_DEPTH);
		ders[*count] = reader_vec24(&entries);
		if (conn->version >= S2N_TLS13)
			extensions = reader_vec16(&entries);
		if (entries.failed || ders[*count].len == 0)
			return fail(ERR_DECODE);
		conn->hs->at_leaf = *count == 0;
		if ((r = extension_parse(conn, IN_CERTIFICATE, extensions)) !=
		    0)
			return r;
	}
	return reader_done(&entries) ? 0 : fail(ERR_DECODE);
}

static int
take_chain(struct s2n_connection *conn, struct slice list)
{
	/* An entry has four bytes at least; what is cut off is one more. */
	size_t room = list.len / 4 + 1, count = 0;
	struct slice *ders;
	int r;

	/* Who validates a chain himself decides how deep it may be. */
	if (conn->config->check_x509 && room > conn->config->max_depth)
		room = conn->config->max_depth;
	conn->peer_chain = s2n_cert_chain_and_key_new();
	ders = memory_new(room * sizeof *ders);
	if (conn->peer_chain == NULL || ders == NULL)
		r = fail(ERR_NOMEM);
	else
		r = read_entries(conn, list, ders, room, &count);
	if (r == 0)
		r = chain_from_der(conn->peer_chain, ders, count);
	memory_free(ders);
	return r;
}

/*
 * Who decides on the names: the connection, the config, or the built-in way,
 * which has a server too compare with the name that the client asked for.
 */
static void
set_host_check(const struct s2n_connection *conn, struct validation *how)
{
	if (conn->verify_host != NULL) {
		how->verify_host = conn->verify_host;
		how->verify_host_ctx = conn->verify_host_ctx;
	} else if (conn->config->verify_host != NULL) {
		how->verify_host = conn->config->verify_host;
		how->verify_host_ctx = conn->config->verify_host_ctx;
	} else {
		how->verify_host = hostname_matches;
		how->verify_host_ctx = conn->server_name;
	}
}

/* RFC 8446 4.4.2.2, RFC 5246 7.4.2: the key signs, unless it decrypts. */
static uint32_t
key_usage(const struct s2n_connection *conn)
{
	return !is_server(conn) && conn->suite->key_exchange == KX_RSA
		   ? KU_KEY_ENCIPHERMENT
		   : KU_DIGITAL_SIGNATURE;
}

static int
validate(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct validation how = {
		.trust = config->trust,
		.purpose = is_server(conn) ? PURPOSE_CLIENT : PURPOSE_SERVER,
		.max_depth = config->max_depth,
		.check_time = config->check_time,
		.check_intent = config->check_intent,
		.ip_in_cn = config->ip_in_cn,
		.lookups = config->crl_lookup != NULL ? &conn->lookups : NULL,
		.custom = config->custom_extensions,
		/* Who takes addresses from common names is not among them. */
		.public_rules = !is_server(conn) && !config->ip_in_cn &&
				trust_store_public(config->trust),
		.key_usage = key_usage(conn),
		.version = conn->version,
		.preference = connection_preference(conn),
		.path = &conn->peer_chain->path,
	};
	uint64_t now;
	int r;

	if (!config->check_x509)
		return 0;
	if ((r = review_lookups(conn)) != 0)
		return r;
	if (config->wall.read(config->wall.ctx, &now) != 0)
		return fail(ERR_SAFETY);
	how.now = now / NANOSECONDS;
	set_host_check(conn, &how);
	if ((r = validate_chain(conn->peer_chain, &how)) != 0)
		return r;
	return certificate_status_check(conn);
}

/* RFC 5246 7.4.2: the server's key is of the kind that the suite names. */
static int
judge_kind(const struct s2n_connection *conn)
{
	enum key_kind kind = conn->peer_chain->kind;

	/* RFC 8422 5.10: EdDSA needs a scheme, which came with TLS 1.2. */
	if (kind == KEY_ED25519 && conn->version < S2N_TLS12)
		return fail(ERR_CERT_TYPE);
	if (is_server(conn) || suite_takes(conn->suite, kind))
		return 0;
	return fail(ERR_CERT_TYPE);
}

/* RFC 8446 4.4.2.4, RFC 5246 7.4.6: the newer alert is unknown to the older. */
static int
judge_lack(const struct s2n_connection *conn)
{
	if (connection_client_auth(conn) != S2N_CERT_AUTH_REQUIRED)
		return 0;
	return fail(conn->version >= S2N_TLS13 ? ERR_MISSING_CLIENT_CERT
					       : ERR_MISSING_CLIENT_CERT12);
}

int
certificate_recv(struct s2n_connection *conn, struct reader *in)
{
	struct slice context = NO_BYTES;
	struct slice list;
	int r;

	if (conn->version >= S2N_TLS13)
		context = reader_vec8(in);
	list = reader_vec24(in);
	if (!reader_done(in))
		return fail(ERR_DECODE);
	if (context.len != 0)
		return fail(ERR_ILLEGAL_PARAMETER);
	/* 4.4.2.4: "If the server supplies an empty Certificate message, the
	 * client MUST abort the handshake with a "decode_error" alert." */
	if (list.len == 0 && !is_server(conn))
		return fail(ERR_DECODE);
	if (list.len == 0)
		return judge_lack(conn);
	if (!is_server(conn) && !conn->client_asked &&
	    connection_client_auth(conn) == S2N_CERT_AUTH_REQUIRED)
		return fail(ERR_MISSING_CERT_REQUEST);
	/* Called again after ERR_WANT_VALIDATION, it has the chain. */
	if (conn->peer_chain == NULL && (r = take_chain(conn, list)) != 0)
		return r;
	if ((r = judge_kind(conn)) != 0)
		return r;
	if (!conn->validation.asked && (r = validate(conn)) != 0)
		return r;
	return review_chain(conn);
}
