/*
 * EncryptedExtensions (RFC 8446 4.3.1).
 */
#include "libtls/extension/extension.h"
#include "libtls/handshake/messages.h"

int
encrypted_extensions_send(struct s2n_connection *conn, struct writer *out)
{
	return extension_build(conn, IN_ENCRYPTED, out);
}

/* RFC 9001 8.1, 8.2: what a server of QUIC must say. */
static int
judge_quic(const struct s2n_connection *conn)
{
	if (conn->quic.peer == NULL)
		return fail(ERR_MISSING_EXTENSION);
	if (connection_protocols(conn)->len > 0 && conn->protocol == NULL)
		return fail(ERR_NO_APPLICATION_PROTOCOL);
	return 0;
}

int
encrypted_extensions_recv(struct s2n_connection *conn, struct reader *in)
{
	struct slice extensions = reader_vec16(in);
	int r;

	if (!reader_done(in))
		return fail(ERR_DECODE);
	if ((r = extension_parse(conn, IN_ENCRYPTED, extensions)) != 0)
		return r;
	return conn->quic.on ? judge_quic(conn) : 0;
}
