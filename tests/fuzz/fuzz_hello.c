/*
 * Whatever a client sends first to a server, and a server to a client: as a
 * hello of the right type and length, or as bytes on the wire.
 */
#include "tests/fuzz/fuzz_hello.h"

#include "libtls/handshake/message.h"
#include "tests/fuzz/party.h"
#include "tests/fuzz/target.h"

#define V2_BIT 0x8000
#define V2_LENGTH_MAX 0x7fff

/* The version that the other side is set up for: 0 for all. */
static uint8_t
version_of(uint8_t number)
{
	static const uint8_t versions[] = { 0, S2N_TLS13, S2N_TLS12, S2N_TLS11,
		S2N_TLS10, S2N_SSLv3 };

	return versions[number % COUNT(versions)];
}

/* As the record of a first message, in as many as it takes. */
static void
put_message(struct wire *wire, uint8_t type, struct slice body)
{
	struct writer message;
	struct slice rest, part;

	writer_init(&message, MESSAGE_MAX + MESSAGE_HEADER);
	writer_u8(&message, type);
	writer_vec24(&message, body);
	must_hold(writer_result(&message, &rest), "a message");
	for (; rest.len > 0;
	     rest = slice_of(rest.data + part.len, rest.len - part.len)) {
		part = slice_of(rest.data, rest.len > RECORD_PLAINTEXT_MAX
					       ? RECORD_PLAINTEXT_MAX
					       : rest.len);
		writer_u8(&wire->bytes, CONTENT_HANDSHAKE);
		writer_u16(&wire->bytes, 0x0301);
		writer_vec16(&wire->bytes, part);
	}
	writer_free(&message);
}

enum form { AS_MESSAGE, AS_V2, AS_BYTES };

/*
 * One byte tells whom it is for, the rest is sent. One message alone gets no
 * handshake through; bytes may be those of a whole one, since it would draw the
 * same random numbers.
 */
static void
run(struct reader *input, s2n_mode mode, enum form form)
{
	uint8_t choice = reader_u8(input);
	const struct setup *setup =
	    setup_row(version_of(choice >> 4), choice & 15);
	struct slice body = reader_rest(input);
	struct party party;
	struct wire in, out;

	wire_open(&in);
	wire_open(&out);
	party_open(&party, mode, setup, &in, &out);
	party_run(&party);
	if (form == AS_V2 && body.len <= V2_LENGTH_MAX) {
		writer_u16(&in.bytes, (uint16_t)(V2_BIT | body.len));
		wire_put(&in, body);
	} else if (form == AS_MESSAGE && body.len <= MESSAGE_MAX) {
		put_message(&in,
		    mode == S2N_SERVER ? CLIENT_HELLO : SERVER_HELLO, body);
	} else {
		wire_put(&in, body);
	}
	party_run(&party);
	party_finish(&party);
	must_hold(
	    form == AS_BYTES || !party.through, "a handshake without a peer");
	party_close(&party);
	wire_close(&in);
	wire_close(&out);
}

void
fuzz_client_hello(struct reader *input)
{
	run(input, S2N_SERVER, AS_MESSAGE);
}

void
fuzz_client_hello_v2(struct reader *input)
{
	run(input, S2N_SERVER, AS_V2);
}

void
fuzz_server_hello(struct reader *input)
{
	run(input, S2N_CLIENT, AS_MESSAGE);
}

void
fuzz_server_wire(struct reader *input)
{
	run(input, S2N_SERVER, AS_BYTES);
}

void
fuzz_client_wire(struct reader *input)
{
	run(input, S2N_CLIENT, AS_BYTES);
}
