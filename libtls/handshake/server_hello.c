/*
 * ServerHello (RFC 8446 4.1.3).
 */
#include "libtls/handshake/server_hello.h"

#include "libtls/crypto/library.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/hello_retry.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/transcript.h"

#define LEGACY_VERSION 0x0303
#define SUPPORTED_VERSIONS 43

void
server_hello_write(
    struct s2n_connection *conn, const uint8_t *random, struct writer *out)
{
	writer_u16(out, LEGACY_VERSION);
	writer_bytes(out, slice_of(random, RANDOM_SIZE));
	writer_vec8(
	    out, slice_of(conn->hs->session_id, conn->hs->session_id_len));
	writer_u16(out, conn->suite->number);
	writer_u8(out, 0); /* legacy_compression_method */
}

int
server_hello_send(struct s2n_connection *conn, struct writer *out)
{
	uint8_t random[RANDOM_SIZE];
	int r;

	if ((r = random_bytes(random, sizeof random)) != 0)
		return r;
	server_hello_write(conn, random, out);
	return extension_build(conn, IN_SERVER_HELLO, out);
}

/* The suite must be one we offered, and the same after a retry. */
static int
take_suite(struct s2n_connection *conn, uint16_t number)
{
	const struct suite *suite =
	    preference_suite(connection_preference(conn), number);

	if (suite == NULL || !suite_fits(suite, S2N_TLS13))
		return fail(ERR_SUITE_NOT_OFFERED);
	if (conn->hs->retry && number != conn->hs->retry_suite)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->suite = suite;
	return 0;
}

/* Whether the block has it, before any extension is judged. */
static bool
has_extension(struct slice block, uint16_t wanted)
{
	struct reader in = reader_of(block);
	uint16_t number;

	while (reader_more(&in)) {
		number = reader_u16(&in);
		reader_vec16(&in);
		if (!in.failed && number == wanted)
			return true;
	}
	return false;
}

int
server_hello_read(
    struct s2n_connection *conn, struct reader *in, struct slice *extensions)
{
	struct handshake *hs = conn->hs;
	uint16_t legacy_version = reader_u16(in);
	struct slice random = reader_bytes(in, RANDOM_SIZE);
	struct slice session_id = reader_vec8(in);
	uint16_t suite = reader_u16(in);
	uint8_t compression = reader_u8(in);

	(void)legacy_version;
	*extensions = NO_BYTES;
	if (reader_more(in))
		*extensions = reader_vec16(in);
	if (!reader_done(in) || session_id.len > SESSION_ID_MAX)
		return fail(ERR_DECODE);
	/* A server of TLS 1.2 echoes nothing: that is the news then. 4.2.1:
	 * where the extension stands, "clients MUST ignore ... legacy_version"
	 */
	if (!has_extension(*extensions, SUPPORTED_VERSIONS))
		return slice_equal(
			   random, slice_of(hello_retry_random, RANDOM_SIZE))
			   ? fail(ERR_MISSING_EXTENSION)
			   : fail(ERR_VERSION);
	/* RFC 8446 4.1.3: a session id that was not echoed, likewise a
	 * compression: "illegal_parameter" */
	if (!slice_equal(
		session_id, slice_of(hs->session_id, hs->session_id_len)) ||
	    compression != 0)
		return fail(ERR_ILLEGAL_PARAMETER);
	return take_suite(conn, suite);
}

int
server_hello_recv(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	struct slice extensions;
	int r;

	if ((r = server_hello_read(conn, in, &extensions)) != 0)
		return r;
	if ((r = extension_parse(conn, IN_SERVER_HELLO, extensions)) != 0)
		return r;
	if (hs->exchange.secret_len == 0)
		return fail(ERR_MISSING_EXTENSION);
	conn->group = hs->exchange.group;
	return transcript_start(&hs->transcript, conn->suite->digest);
}
