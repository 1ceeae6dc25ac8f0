/*
 * Finished (RFC 8446 4.4.4).
 */
#include "libtls/crypto/secret.h"
#include "libtls/handshake/keys13.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/schedule13.h"
#include "libtls/handshake/transcript.h"

static int
verify_data(const struct s2n_connection *conn, s2n_mode sender, uint8_t *out)
{
	uint8_t hash[DIGEST_MAX];
	int r;

	if ((r = transcript_hash(&conn->hs->transcript, hash)) != 0)
		return r;
	return schedule13_finished(
	    conn->suite->digest, keys13_finished_base(conn, sender), hash, out);
}

int
finished_send(struct s2n_connection *conn, struct writer *out)
{
	uint8_t data[DIGEST_MAX];
	int r;

	if ((r = verify_data(conn, conn->mode, data)) != 0)
		return r;
	writer_bytes(out, slice_of(data, conn->suite->digest->size));
	return 0;
}

int
finished_recv(struct s2n_connection *conn, struct reader *in)
{
	struct slice theirs = reader_rest(in);
	uint8_t data[DIGEST_MAX];
	int r;

	if (theirs.len != conn->suite->digest->size)
		return fail(ERR_DECODE);
	r = verify_data(conn, is_server(conn) ? S2N_CLIENT : S2N_SERVER, data);
	if (r != 0)
		return r;
	/* "MUST terminate the connection with a "decrypt_error" alert" */
	if (!secret_equal(data, theirs.data, theirs.len))
		return fail(ERR_BINDER);
	return 0;
}
