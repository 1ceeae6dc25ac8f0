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

int
encrypted_extensions_recv(struct s2n_connection *conn, struct reader *in)
{
	struct slice extensions = reader_vec16(in);

	if (!reader_done(in))
		return fail(ERR_DECODE);
	return extension_parse(conn, IN_ENCRYPTED, extensions);
}
