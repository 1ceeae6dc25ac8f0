/*
 * ServerHello (RFC 8446 4.1.3, RFC 5246 7.4.1.3).
 */
#include "libtls/handshake/server_hello.h"

#include "libtls/crypto/library.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/hello_retry.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/resume.h"
#include "libtls/handshake/schedule12.h"
#include "libtls/handshake/transcript.h"

#define SUPPORTED_VERSIONS 43
#define EMPTY_BLOCK 2

/*
 * RFC 8446 4.1.3: the end of the random tells the client of a higher version
 * than the one chosen.
 */
#define SENTINEL 8
static const uint8_t to_tls12[SENTINEL] = { 0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52,
	0x44, 0x01 };
static const uint8_t to_tls11[SENTINEL] = { 0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52,
	0x44, 0x00 };

/* What a server that could do better says; NULL when it could not. */
static const uint8_t *
sentinel(uint8_t version, uint8_t most)
{
	if (version <= S2N_TLS11 && most >= S2N_TLS12)
		return to_tls11;
	if (version == S2N_TLS12 && most >= S2N_TLS13)
		return to_tls12;
	return NULL;
}

void
server_hello_write(
    struct s2n_connection *conn, const uint8_t *random, struct writer *out)
{
	bool tls13 = conn->version >= S2N_TLS13;

	writer_u16(out, tls13 ? WIRE_TLS12 : version_wire(conn->version));
	writer_bytes(out, slice_of(random, RANDOM_SIZE));
	/* TLS 1.3 echoes the client's (RFC 8446 4.1.3). */
	writer_vec8(out,
	    tls13 ? slice_of(conn->hs->session_id, conn->hs->session_id_len)
		  : slice_of(conn->session_id, conn->session_id_len));
	writer_u16(out, conn->suite->number);
	writer_u8(out, 0); /* legacy_compression_method */
}

int
server_hello_send(struct s2n_connection *conn, struct writer *out)
{
	uint8_t *random = conn->hs->server_random;
	const uint8_t *mark =
	    sentinel(conn->version, connection_most_version(conn));
	size_t block;
	int r;

	if ((r = random_bytes(random, RANDOM_SIZE)) != 0)
		return r;
	if (mark != NULL)
		memcpy(random + RANDOM_SIZE - SENTINEL, mark, SENTINEL);
	server_hello_write(conn, random, out);
	if (conn->version >= S2N_TLS13)
		return extension_build(conn, IN_SERVER_HELLO, out);
	block = out->len;
	if ((r = extension_build(conn, IN_SERVER_HELLO12, out)) != 0)
		return r;
	/* RFC 5246 7.4.1.3: no block rather than an empty one */
	if (out->len == block + EMPTY_BLOCK)
		writer_truncate(out, block);
	return 0;
}

/* The suite must be one we offered, and the same after a retry. */
static int
take_suite(struct s2n_connection *conn, uint16_t number)
{
	const struct suite *suite =
	    preference_suite(connection_preference(conn), number);

	if (suite == NULL || !suite_fits(suite, conn->version))
		return fail(ERR_SUITE_NOT_OFFERED);
	if (conn->hs->retry && number != conn->hs->retry_suite)
		return fail(ERR_ILLEGAL_PARAMETER);
	/* RFC 5246 7.4.1.3: of a session that is resumed, the same. */
	if (conn->resumed && suite != conn->session->suite)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->suite = suite;
	return 0;
}

/* RFC 8446 4.1.3: "clients MUST check" for the mark of a lowered version. */
static bool
was_lowered(const struct s2n_connection *conn, const uint8_t *random)
{
	const uint8_t *end = random + RANDOM_SIZE - SENTINEL;
	uint8_t most = connection_most_version(conn);

	if (most >= S2N_TLS13)
		return memcmp(end, to_tls12, SENTINEL) == 0 ||
		       memcmp(end, to_tls11, SENTINEL) == 0;
	return most == S2N_TLS12 && conn->version <= S2N_TLS11 &&
	       memcmp(end, to_tls11, SENTINEL) == 0;
}

/* Without supported_versions: TLS 1.2 or older, as legacy_version says. */
static int
take_old_version(
    struct s2n_connection *conn, uint16_t wire, struct slice session_id)
{
	struct handshake *hs = conn->hs;
	uint8_t version = version_of_wire(wire);

	if (slice_equal(slice_of(hs->server_random, RANDOM_SIZE),
		slice_of(hello_retry_random, RANDOM_SIZE)))
		return fail(ERR_MISSING_EXTENSION);
	if (version < connection_least_version(conn) ||
	    version > connection_most_version(conn) || version > S2N_TLS12 ||
	    (conn->renegotiating && version != conn->version))
		return fail(ERR_VERSION);
	conn->version = version;
	/* RFC 8446 4.1.4: a HelloRetryRequest has settled on TLS 1.3. */
	if (hs->retry)
		return fail(ERR_VERSION_NOT_OFFERED);
	/* D.3: who has sent early data "MUST fail a connection" then. */
	if (conn->early.state == EARLY_REQUESTED)
		return fail(ERR_VERSION);
	/* Alerts that are due from here on have it: the server insists. */
	conn->records.out.version = version_wire(version);
	if (was_lowered(conn, hs->server_random))
		return fail(ERR_DOWNGRADE);
	return resume12_judge(conn, session_id);
}

int
server_hello_read(
    struct s2n_connection *conn, struct reader *in, struct slice *extensions)
{
	struct handshake *hs = conn->hs;
	uint16_t legacy_version = reader_u16(in);
	struct slice session_id, data;
	uint16_t suite;
	uint8_t compression;
	int r;

	reader_copy(in, hs->server_random, RANDOM_SIZE);
	session_id = reader_vec8(in);
	suite = reader_u16(in);
	compression = reader_u8(in);
	*extensions = NO_BYTES;
	if (reader_more(in))
		*extensions = reader_vec16(in);
	if (!reader_done(in) || session_id.len > SESSION_ID_MAX)
		return fail(ERR_DECODE);
	/* 4.2.1: where the extension stands, "clients MUST ignore ...
	 * legacy_version" */
	if (extension_find(*extensions, SUPPORTED_VERSIONS, &data)) {
		conn->version = S2N_TLS13;
		/* RFC 8446 4.1.3: a session id that was not echoed:
		 * "illegal_parameter" */
		if (!slice_equal(session_id,
			slice_of(hs->session_id, hs->session_id_len)))
			return fail(ERR_ILLEGAL_PARAMETER);
	} else if ((r = take_old_version(conn, legacy_version, session_id)) !=
		   0) {
		return r;
	}
	if (compression != 0)
		return fail(ERR_ILLEGAL_PARAMETER);
	return take_suite(conn, suite);
}

/* RFC 5746 3.5: in a renegotiation the extension must be there. */
static int
recv_old(struct s2n_connection *conn, struct slice extensions)
{
	struct handshake *hs = conn->hs;
	int r;

	if ((r = extension_parse(conn, IN_SERVER_HELLO12, extensions)) != 0)
		return r;
	if (conn->finished_len > 0 && !hs->renegotiation)
		return fail(ERR_RENEGOTIATION_INFO);
	conn->secure_renegotiation = hs->renegotiation;
	/* RFC 7627 5.3, both ways: "the client MUST abort the handshake" */
	if (conn->resumed &&
	    conn->session->extended_master != hs->extended_master)
		return fail(ERR_EXTENDED_MASTER);
	return transcript_start(&hs->transcript,
	    schedule12_digest(conn->version, conn->suite->digest));
}

int
server_hello_recv(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	struct slice extensions;
	int r;

	if ((r = server_hello_read(conn, in, &extensions)) != 0)
		return r;
	if (conn->version < S2N_TLS13)
		return recv_old(conn, extensions);
	if ((r = extension_parse(conn, IN_SERVER_HELLO, extensions)) != 0)
		return r;
	if (hs->exchange.secret_len == 0)
		return fail(ERR_MISSING_EXTENSION);
	conn->group = hs->exchange.group;
	return transcript_start(&hs->transcript, conn->suite->digest);
}
