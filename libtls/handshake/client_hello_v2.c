/*
 * The ClientHello of SSL 2.0; the contract is in client_hello_v2.h.
 */
#include "libtls/handshake/client_hello_v2.h"

#define CHALLENGE_MIN 16
#define SPEC_SIZE 3
#define SUITES_MAX 65536

/* V2CipherSpec: the TLS suites are those whose first byte is zero. */
static int
convert(struct slice specs, struct writer *suites)
{
	struct reader in = reader_of(specs);

	writer_free(suites); /* it may be called again */
	writer_init(suites, SUITES_MAX);
	while (reader_more(&in)) {
		bool tls = reader_u8(&in) == 0;
		uint16_t number = reader_u16(&in);

		if (tls)
			writer_u16(suites, number);
	}
	return reader_done(&in) && !suites->failed ? 0 : fail(ERR_DECODE);
}

int
client_hello_v2_split(struct reader *in, struct client_hello_v2 *parts)
{
	uint16_t spec_len, id_len, challenge_len;

	reader_u8(in); /* msg_type: the record layer has seen it */
	parts->version = reader_u16(in);
	spec_len = reader_u16(in);
	id_len = reader_u16(in);
	challenge_len = reader_u16(in);
	parts->specs = reader_bytes(in, spec_len);
	parts->session_id = reader_bytes(in, id_len);
	parts->challenge = reader_bytes(in, challenge_len);
	if (!reader_done(in) || parts->specs.len == 0 ||
	    parts->specs.len % SPEC_SIZE != 0 ||
	    parts->challenge.len < CHALLENGE_MIN ||
	    parts->challenge.len > RANDOM_SIZE)
		return fail(ERR_DECODE);
	return 0;
}

void
client_hello_v2_random(struct slice challenge, uint8_t random[RANDOM_SIZE])
{
	memset(random, 0, RANDOM_SIZE);
	memcpy(random + RANDOM_SIZE - challenge.len, challenge.data,
	    challenge.len);
}

int
client_hello_v2_parse(
    struct reader *in, struct hello *hello, struct writer *suites)
{
	static const uint8_t null_compression[] = { 0 };
	struct client_hello_v2 parts;
	int r;

	if ((r = client_hello_v2_split(in, &parts)) != 0)
		return r;
	hello->legacy_version = parts.version;
	client_hello_v2_random(parts.challenge, hello->random);
	hello->compression =
	    slice_of(null_compression, sizeof null_compression);
	if ((r = convert(parts.specs, suites)) != 0)
		return r;
	hello->suites = slice_of(suites->data, suites->len);
	return 0;
}
