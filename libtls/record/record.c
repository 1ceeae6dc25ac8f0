/*
 * Records; the contract is in record.h.
 */
#include "libtls/record/record.h"

#include "base/reader.h"

#define DEFAULT_FRAGMENT 8087

/* RFC 8446 5.1: the first ClientHello's record may say 0x0301. */
#define VERSION_MAJOR 3
#define FIRST_VERSION 0x0301

#define V2_LENGTH 0x80
#define V2_HEADER 2
#define V2_CLIENT_HELLO 1

void
record_init(struct record_layer *layer)
{
	*layer = (struct record_layer){
		.fragment_max = DEFAULT_FRAGMENT,
		.reads = &framing_records,
		.writes = &framing_records,
	};
	io_init(&layer->io);
	protection_init(&layer->in);
	protection_init(&layer->out);
	layer->out.version = FIRST_VERSION;
}

void
record_free(struct record_layer *layer)
{
	io_free(&layer->io);
	protection_wipe(&layer->in);
	protection_wipe(&layer->out);
	record_init(layer);
}

static bool
known_type(uint8_t type)
{
	return type >= CONTENT_CHANGE_CIPHER_SPEC &&
	       type <= CONTENT_APPLICATION_DATA;
}

/* Once it is agreed on, below TLS 1.3, it stands in every record. */
static bool
version_fits(const struct record_layer *layer, const uint8_t *header)
{
	return layer->in.version == 0 ||
	       layer->in.version == (header[1] << 8 | header[2]);
}

/*
 * RFC 8446 5: "An implementation may receive an unencrypted record of type
 * change_cipher_spec consisting of the single byte value 0x01 at any time
 * after the first ClientHello message has been sent or received and before the
 * peer's Finished message has been received and MUST simply drop it".
 */
static int
drop_ccs(struct record_layer *layer, struct slice fragment)
{
	if (fragment.len != 1 || fragment.data[0] != 1)
		return fail(ERR_BAD_MESSAGE);
	if (++layer->empty_in_a_row > RECORD_EMPTY_MAX)
		return fail(ERR_BAD_MESSAGE);
	return 0;
}

/*
 * RFC 5246 E.2: a ClientHello of SSL 2.0 stands in no record; its length of two
 * bytes has the first bit set. 0 with plain empty: it is something else.
 */
static int
read_v2(struct record_layer *layer)
{
	struct io *io = &layer->io;
	const uint8_t *at;
	size_t len;
	int r;

	if ((r = io_need(io, RECORD_HEADER)) != 0)
		return r;
	at = io->in + io->in_start;
	if ((at[0] & V2_LENGTH) == 0 || at[2] != V2_CLIENT_HELLO ||
	    at[3] != VERSION_MAJOR) {
		layer->accepts_v2 = false;
		return 0;
	}
	len = (size_t)(at[0] & ~V2_LENGTH) << 8 | at[1];
	if ((r = io_need(io, V2_HEADER + len)) != 0)
		return r;
	at = io->in + io->in_start + V2_HEADER;
	io_used(io, V2_HEADER + len);
	layer->accepts_v2 = false;
	layer->v2 = true;
	layer->type = CONTENT_HANDSHAKE;
	layer->plain = slice_of(at, len);
	/* What has the length of no hello at all is not one. */
	return len >= RECORD_HEADER ? 0 : fail(ERR_DECODE);
}

/* Waits for one whole record, whose fragment has *len bytes. */
static int
await(struct record_layer *layer, size_t *len)
{
	struct io *io = &layer->io;
	uint8_t *at;
	size_t limit;
	int r;

	if ((r = io_need(io, RECORD_HEADER)) != 0)
		return r;
	at = io->in + io->in_start;
	/* Tells at the first byte, so that other protocols' clients see it. */
	if (!known_type(at[0]))
		return fail(ERR_BAD_MESSAGE);
	if (at[1] != VERSION_MAJOR || !version_fits(layer, at))
		return fail(ERR_VERSION);
	layer->version = (uint16_t)(at[1] << 8 | at[2]);
	*len = (size_t)at[3] << 8 | at[4];
	limit = layer->in.kind->length_max;
	/* A protected record may come before we know our keys: see open. */
	if (limit < protection_tls13.length_max &&
	    at[0] == CONTENT_APPLICATION_DATA)
		limit = protection_tls13.length_max;
	if (*len > limit)
		return fail(ERR_RECORD_TOO_LONG);
	return io_need(io, RECORD_HEADER + *len);
}

static int
open_record(struct record_layer *layer, uint8_t *header, size_t len)
{
	uint8_t *fragment = header + RECORD_HEADER;
	bool alert = header[0] == CONTENT_ALERT && layer->plain_alerts;
	int r;

	/* RFC 8446 6: before it has our ServerHello a peer alerts in the clear.
	 */
	if (alert) {
		layer->type = CONTENT_ALERT;
		layer->plain = slice_of(fragment, len);
		return 0;
	}
	r = layer->in.kind->open(
	    &layer->in, header, fragment, len, &layer->type, &layer->plain);
	if (r != 0)
		return r;
	if (layer->in.kind != &protection_none)
		layer->plain_alerts = false;
	if (!known_type((uint8_t)layer->type) ||
	    (layer->type == CONTENT_CHANGE_CIPHER_SPEC &&
		layer->in.kind == &protection_tls13))
		return fail(ERR_BAD_MESSAGE);
	return 0;
}

/*
 * RFC 8446 5.1: "Implementations MUST NOT send zero-length fragments of
 * Handshake types, even if those fragments contain padding"; likewise alerts.
 * Empty application data is legal where data is, and must not keep us busy.
 */
static int
judge_empty(struct record_layer *layer)
{
	if (layer->plain.len > 0) {
		layer->empty_in_a_row = 0;
		return 0;
	}
	if (layer->type != CONTENT_APPLICATION_DATA || !layer->takes_data)
		return fail(ERR_BAD_MESSAGE);
	if (++layer->empty_in_a_row > RECORD_EMPTY_MAX)
		return fail(ERR_BAD_MESSAGE);
	return 0;
}

/*
 * RFC 8446 4.2.10: a server that takes no early data discards records that
 * "fail deprotection (up to the configured max_early_data_size)", and after a
 * HelloRetryRequest all that are outwardly application data. The first record
 * that is neither ends it. 0: skipped.
 */
static int
skip_early_data(
    struct record_layer *layer, enum content_type outer, size_t len, int r)
{
	bool early = outer == CONTENT_APPLICATION_DATA &&
		     (layer->in.kind == &protection_none || r == ERR_DECRYPT);

	if (!early) {
		if (outer != CONTENT_ALERT)
			layer->early_data = 0;
		return r;
	}
	if (layer->early_data < len)
		return r;
	layer->early_data -= (uint32_t)len;
	layer->plain = NO_BYTES;
	return 0;
}

static int
read_kernel(struct record_layer *layer)
{
	uint8_t type;
	int r;

	while (layer->plain.len == 0) {
		if ((r = io_kernel_recv(&layer->io, &type, &layer->plain)) != 0)
			return r;
		if (!known_type(type)) {
			layer->plain = NO_BYTES;
			return fail(ERR_BAD_MESSAGE);
		}
		layer->type = type;
	}
	return 0;
}

static int
read_record(struct record_layer *layer)
{
	uint8_t *header;
	size_t len = 0;
	int r;

	if (layer->plain.len == 0)
		layer->v2 = false;
	if (layer->accepts_v2 && (r = read_v2(layer)) != 0)
		return r;
	while (layer->plain.len == 0) {
		if ((r = await(layer, &len)) != 0)
			return r;
		header = layer->io.in + layer->io.in_start;
		io_used(&layer->io, RECORD_HEADER + len);
		if (header[0] == CONTENT_CHANGE_CIPHER_SPEC && layer->drops_ccs)
			r = drop_ccs(
			    layer, slice_of(header + RECORD_HEADER, len));
		else if ((r = open_record(layer, header, len)) == 0)
			r = judge_empty(layer);
		if (layer->early_data > 0 &&
		    header[0] != CONTENT_CHANGE_CIPHER_SPEC)
			r = skip_early_data(layer, header[0], len, r);
		if (r != 0) {
			layer->plain = NO_BYTES;
			return r;
		}
	}
	return 0;
}

int
record_read(struct record_layer *layer)
{
	return layer->reads->read(layer);
}

static int
write_one(struct record_layer *layer, enum content_type type,
    const struct slice *plain, size_t count)
{
	struct writer *out = &layer->io.out;
	size_t start = out->len;
	size_t len = RECORD_HEADER + layer->out.kind->expansion;
	uint8_t *record;
	int r;

	for (size_t i = 0; i < count; i++)
		len += plain[i].len;
	if ((record = writer_reserve(out, len)) == NULL)
		return fail(ERR_NOMEM);
	r = layer->out.kind->seal(&layer->out, type, plain, count, record);
	/* What the padding did not need is given back. */
	writer_truncate(out, r != 0 ? start
				    : start + RECORD_HEADER +
					  ((size_t)record[3] << 8 | record[4]));
	return r;
}

/* The attack on chained IVs needs to know what a record begins with. */
static int
write_split(struct record_layer *layer, enum content_type type,
    const struct slice *plain, size_t count)
{
	struct slice rest[RECORD_SLICES_MAX], first;
	int r;

	while (count > 0 && plain->len == 0) {
		plain++;
		count--;
	}
	if (count > RECORD_SLICES_MAX)
		return fail(ERR_SAFETY);
	if (count == 0)
		return write_one(layer, type, plain, count);
	memcpy(rest, plain, count * sizeof *plain);
	first = slice_of(rest[0].data, 1);
	rest[0] = slice_of(rest[0].data + 1, rest[0].len - 1);
	if ((r = write_one(layer, type, &first, 1)) != 0)
		return r;
	for (size_t i = 0; i < count; i++)
		if (rest[i].len > 0)
			return write_one(layer, type, rest, count);
	return 0;
}

/* What waits is all of one type: the kernel is told with the bytes. */
static int
write_kernel(struct record_layer *layer, enum content_type type,
    const struct slice *plain, size_t count)
{
	struct io *io = &layer->io;
	size_t len = 0;
	int r;

	for (size_t i = 0; i < count; i++)
		len += plain[i].len;
	if ((r = io_kernel_limit(io, io->out.len + len)) != 0)
		return r;
	if (!io_flushed(io) && io->out_type != type && (r = io_flush(io)) != 0)
		return r;
	io->out_type = (uint8_t)type;
	for (size_t i = 0; i < count; i++)
		writer_bytes(&io->out, plain[i]);
	return io->out.failed ? fail(ERR_NOMEM) : 0;
}

static int
write_record(struct record_layer *layer, enum content_type type,
    const struct slice *plain, size_t count)
{
	if (layer->out.splits && type == CONTENT_APPLICATION_DATA)
		return write_split(layer, type, plain, count);
	return write_one(layer, type, plain, count);
}

const struct framing framing_records = {
	.read = read_record,
	.write = write_record,
	.protect = protection_set13,
};

const struct framing framing_kernel = {
	.read = read_kernel,
	.write = write_kernel,
	.protect = protection_set13, /* never: it takes no new keys */
};

int
record_write_slices(struct record_layer *layer, enum content_type type,
    const struct slice *plain, size_t count)
{
	return layer->writes->write(layer, type, plain, count);
}

size_t
record_fragment(const struct record_layer *layer)
{
	return layer->fragment_agreed != 0 ? layer->fragment_agreed
					   : layer->fragment_max;
}

int
record_write(
    struct record_layer *layer, enum content_type type, struct slice plain)
{
	size_t most = record_fragment(layer);
	struct slice part;
	int r;

	while (plain.len > 0) {
		part =
		    slice_of(plain.data, plain.len < most ? plain.len : most);
		if ((r = record_write_slices(layer, type, &part, 1)) != 0)
			return r;
		plain = slice_of(plain.data + part.len, plain.len - part.len);
	}
	return 0;
}

int
record_write_ccs(struct record_layer *layer)
{
	static const uint8_t ccs[] = { CONTENT_CHANGE_CIPHER_SPEC, 3, 3, 0, 1,
		1 };

	writer_bytes(&layer->io.out, slice_of(ccs, sizeof ccs));
	return layer->io.out.failed ? fail(ERR_NOMEM) : 0;
}
