/*
 * Finished and ChangeCipherSpec of TLS 1.2 and older (RFC 5246 7.4.9, 7.1), and
 * the message without a body.
 */
#include "libtls/crypto/secret.h"
#include "libtls/handshake/keys12.h"
#include "libtls/handshake/messages.h"

#define CHANGE 1

static int
verify_data(struct s2n_connection *conn, s2n_mode sender)
{
	struct terms terms = keys12_terms(conn);

	/* RFC 5746 3.1: both are kept for a renegotiation. */
	return schedule12_finished(&terms, conn->master, &conn->hs->transcript,
	    sender, conn->finished[sender], &conn->finished_len);
}

int
finished12_send(struct s2n_connection *conn, struct writer *out)
{
	int r;

	if ((r = verify_data(conn, conn->mode)) != 0)
		return r;
	writer_bytes(
	    out, slice_of(conn->finished[conn->mode], conn->finished_len));
	return 0;
}

int
finished12_recv(struct s2n_connection *conn, struct reader *in)
{
	s2n_mode sender = is_server(conn) ? S2N_CLIENT : S2N_SERVER;
	struct slice theirs = reader_rest(in);
	int r;

	if ((r = verify_data(conn, sender)) != 0)
		return r;
	if (theirs.len != conn->finished_len)
		return fail(ERR_DECODE);
	if (!secret_equal(conn->finished[sender], theirs.data, theirs.len))
		return fail(ERR_BINDER);
	return 0;
}

int
change_cipher_spec_send(struct s2n_connection *conn, struct writer *out)
{
	(void)conn;
	writer_u8(out, CHANGE);
	return 0;
}

int
change_cipher_spec_recv(struct s2n_connection *conn, struct reader *in)
{
	uint8_t type = reader_u8(in);

	(void)conn;
	if (!reader_done(in))
		return fail(ERR_DECODE);
	return type == CHANGE ? 0 : fail(ERR_ILLEGAL_PARAMETER);
}

int
empty_send(struct s2n_connection *conn, struct writer *out)
{
	(void)conn;
	(void)out;
	return 0;
}

/* The driver insists that nothing is left. */
int
empty_recv(struct s2n_connection *conn, struct reader *in)
{
	(void)conn;
	(void)in;
	return 0;
}
