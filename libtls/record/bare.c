/*
 * Handshake messages without records (RFC 9001 4.1.3); the contract is in
 * record.h.
 */
#include "base/reader.h"
#include "libtls/record/record.h"

/* A handshake message's type and length (RFC 8446 4). */
#define HEADER 4
/* What is read at once. Of a longer message the header goes ahead: whether it
 * may be so long is not for here to say. */
#define PART_MAX RECORD_PLAINTEXT_MAX

static int
read_part(struct record_layer *layer, size_t len)
{
	struct io *io = &layer->io;
	int r;

	if ((r = io_need(io, len)) != 0)
		return r;
	layer->type = CONTENT_HANDSHAKE;
	layer->plain = slice_of(io->in + io->in_start, len);
	io_used(io, len);
	return 0;
}

static int
read_message(struct record_layer *layer)
{
	struct io *io = &layer->io;
	struct reader header;
	size_t len;
	int r;

	if ((r = io_need(io, HEADER)) != 0)
		return r;
	header = reader_of(slice_of(io->in + io->in_start, HEADER));
	reader_u8(&header);
	len = reader_u24(&header);
	if (HEADER + len <= PART_MAX)
		return read_part(layer, HEADER + len);
	layer->bare_left = (uint32_t)len;
	return read_part(layer, HEADER);
}

static int
read_bare(struct record_layer *layer)
{
	size_t part = layer->bare_left < PART_MAX ? layer->bare_left : PART_MAX;
	int r;

	if (layer->plain.len > 0)
		return 0;
	if (part == 0)
		return read_message(layer);
	if ((r = read_part(layer, part)) == 0)
		layer->bare_left -= (uint32_t)part;
	return r;
}

/* RFC 9001 4.8: an alert is told by the transport, which asks for it. */
static int
write_bare(struct record_layer *layer, enum content_type type,
    const struct slice *plain, size_t count)
{
	struct writer *out = &layer->io.out;

	if (type == CONTENT_ALERT)
		return 0;
	if (type != CONTENT_HANDSHAKE)
		return fail(ERR_UNSUPPORTED_WITH_QUIC);
	for (size_t i = 0; i < count; i++)
		writer_bytes(out, plain[i]);
	return out->failed ? fail(ERR_NOMEM) : 0;
}

/* RFC 9001 4.1.3: "TLS record protection is not used by QUIC." */
static int
protect_nothing(struct protection *p, const struct aead *aead,
    const struct digest *digest, enum aead_use use, const uint8_t *secret)
{
	(void)p;
	(void)aead;
	(void)digest;
	(void)use;
	(void)secret;
	return 0;
}

const struct framing framing_bare = {
	.read = read_bare,
	.write = write_bare,
	.protect = protect_nothing,
};
