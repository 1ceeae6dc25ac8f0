/*
 * HelloRetryRequest, both roles; telling it apart is in hello_retry.h.
 */
#include "libtls/handshake/hello_retry.h"

#include "libtls/extension/extension.h"
#include "libtls/handshake/early.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/server_hello.h"
#include "libtls/handshake/transcript.h"

const uint8_t hello_retry_random[RANDOM_SIZE] = { 0xcf, 0x21, 0xad, 0x74, 0xe5,
	0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
	0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8,
	0xa8, 0x33, 0x9c };

bool
hello_retry_is(struct slice body)
{
	struct reader in = reader_of(body);

	reader_u16(&in);
	return slice_equal(reader_bytes(&in, RANDOM_SIZE),
	    slice_of(hello_retry_random, RANDOM_SIZE));
}

int
hello_retry_send(struct s2n_connection *conn, struct writer *out)
{
	int r;

	if ((r = transcript_restart(&conn->hs->transcript)) != 0)
		return r;
	server_hello_write(conn, hello_retry_random, out);
	return extension_build(conn, IN_HELLO_RETRY, out);
}

int
hello_retry_recv(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	struct slice extensions;
	int r;

	/* RFC 8446 4.1.4: "If a client receives a second HelloRetryRequest in
	 * the same connection ... "unexpected_message"" */
	if (hs->retry)
		return fail(ERR_SECOND_HELLO_RETRY);
	if ((r = server_hello_read(conn, in, &extensions)) != 0 ||
	    (r = extension_parse(conn, IN_HELLO_RETRY, extensions)) != 0)
		return r;
	/* 4.1.4: no change in the ClientHello: "illegal_parameter" */
	if (hs->retry_group == 0 && hs->cookie == NULL)
		return fail(ERR_INVALID_HELLO_RETRY);
	hs->retry = conn->retried = true;
	early_retry(conn);
	hs->retry_suite = conn->suite->number;
	if ((r = transcript_start(&hs->transcript, conn->suite->digest)) != 0)
		return r;
	return transcript_restart(&hs->transcript);
}
