/*
 * max_fragment_length (RFC 6066 4): a client asks for smaller records, and both
 * send no longer ones then. What is received is not held to it.
 */
#include "libtls/extension/rows.h"

#define CODE_MIN 1
#define CODE_MAX 4
#define SHORTEST 512 /* code 1; each further code doubles it */

bool
max_fragment_length_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO)
		return conn->config->fragment_code != 0;
	return conn->hs->fragment_code != 0;
}

void
max_fragment_length_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	writer_u8(out, where == IN_CLIENT_HELLO ? conn->config->fragment_code
						: conn->hs->fragment_code);
}

int
max_fragment_length_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	uint8_t code = reader_u8(in);

	if (!reader_done(in))
		return fail(ERR_DECODE);
	if (where == IN_CLIENT_HELLO) {
		if (!conn->config->accepts_fragment)
			return 0;
		/* "it MUST abort the handshake with an "illegal_parameter"" */
		if (code < CODE_MIN || code > CODE_MAX)
			return fail(ERR_INVALID_MAX_FRAG_LEN);
		conn->hs->fragment_code = code;
	} else if (code != conn->config->fragment_code) {
		return fail(ERR_MAX_FRAG_LEN_MISMATCH);
	}
	conn->records.fragment_agreed = (uint16_t)(SHORTEST << (code - 1));
	return 0;
}
