/*
 * Codec of the packets between processes; the contract is in keyproto.h. Every
 * length that is allowed stands in one table, and the integers are
 * little-endian, unlike those of TLS in base/.
 */
#include "ipc/keyproto_layout.h"

#define MAGIC 0x314b5053u /* "SPK1" */
#define KEY_SIZE 52
#define SIGN12_FIXED (8 + 2 * KEYPROTO_RANDOM)
#define PROCESS_SIZE (KEYPROTO_NAME + 20 + KEYPROTO_LAYERS)
#define COUNTS_FIXED (8 + 8 + 2 * 8 * (KEYPROTO_BOUNDS + 2) + 8)
#define COUNT_SIZE 16
#define TICKET_SIZE (4 * 8 + KEYPROTO_TICKET_NAME + KEYPROTO_TICKET_SECRET)
#define KEYFILE_SIZE (6 + 8 + KEYPROTO_CLIENT_NAME)
#define KEYTOKEN_SIZE (KEYFILE_SIZE + 2 + 3 * KEYPROTO_CLIENT_NAME)
#define RECORD_SIZE (32 + KEYPROTO_HASH_MAX + 2 * KEYPROTO_CLIENT_NAME)
#define KEYTOLD_SIZE (16 + KEYPROTO_SPKI)

/* Lengths of a payload: least, least + step, ..., most. */
struct lengths {
	uint16_t least, most, step;
};
#define EXACTLY(n)                                                             \
	{                                                                      \
		n, n, 1                                                        \
	}
#define NEVER                                                                  \
	{                                                                      \
		1, 0, 1                                                        \
	}

struct row {
	uint16_t type;
	struct lengths request, answer;
};
/* clang-format off */
static const struct row rows[] = {
	{ KEYPROTO_HELLO,      EXACTLY(8),      EXACTLY(32) },
	{ KEYPROTO_KEYS,       EXACTLY(4),      { 8, 8 + KEYPROTO_KEYS_MAX * KEY_SIZE, KEY_SIZE } },
	{ KEYPROTO_SIGN13,     { 44, 60, 16 },  { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_SIGN12,     { SIGN12_FIXED + KEYPROTO_PARAMETERS_MIN, SIGN12_FIXED + KEYPROTO_PARAMETERS_MAX, 1 },
	                       { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_SIGN12CV,   { 9, 8 + KEYPROTO_MESSAGES_MAX, 1 }, { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_PREMASTER,  { 9, 8 + KEYPROTO_CIPHERTEXT_MAX, 1 }, EXACTLY(KEYPROTO_PREMASTER_SIZE) },
	{ KEYPROTO_SIGNDIGEST, { 8 + 28, 8 + 64, 1 }, { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_TICKETKEYS, EXACTLY(8),      EXACTLY(8 + KEYPROTO_TICKETS * TICKET_SIZE) },
	{ KEYPROTO_CANCEL,     EXACTLY(8),      EXACTLY(0) },
	{ KEYPROTO_PING,       EXACTLY(0),      EXACTLY(0) },
	{ KEYPROTO_STATS,      EXACTLY(0),      EXACTLY(48) },
	{ KEYPROTO_KEYCHANGED, EXACTLY(4),      NEVER },
	{ KEYPROTO_GOAWAY,     EXACTLY(4),      NEVER },
	{ KEYPROTO_NEWCHANNEL, EXACTLY(4),      EXACTLY(12) },
	{ KEYPROTO_NEWCLIENTCHANNEL, EXACTLY(4), EXACTLY(12) },
	{ KEYPROTO_KEYFILE,    EXACTLY(KEYFILE_SIZE), EXACTLY(KEYTOLD_SIZE) },
	{ KEYPROTO_STATUS,     EXACTLY(0),      { 4, 4 + KEYPROTO_STATUS_MAX * PROCESS_SIZE, PROCESS_SIZE } },
	{ KEYPROTO_GRANT,      EXACTLY(KEYPROTO_GRANT_SIZE), EXACTLY(0) },
	{ KEYPROTO_TICKETROOT, EXACTLY(8),      EXACTLY(0) },
	{ KEYPROTO_KEYPART,    EXACTLY(4),      EXACTLY(0) },
	{ KEYPROTO_MODULE,     EXACTLY(2 * KEYPROTO_MODULE_TEXT), EXACTLY(0) },
	{ KEYPROTO_KEYTOKEN,   EXACTLY(KEYTOKEN_SIZE), EXACTLY(KEYTOLD_SIZE) },
	{ KEYPROTO_GENERATE,   EXACTLY(4),      EXACTLY(0) },
	{ KEYPROTO_REQUEST,    { 4, KEYPROTO_PACKET_MAX - KEYPROTO_HEADER, 1 }, { 1, KEYPROTO_PACKET_MAX - KEYPROTO_HEADER, 1 } },
	{ KEYPROTO_RECORD,     EXACTLY(RECORD_SIZE), NEVER },
	{ KEYPROTO_AUDIT,      EXACTLY(4 + KEYPROTO_CLIENT_NAME), EXACTLY(0) },
	{ KEYPROTO_AUDITLOG,   EXACTLY(8),      EXACTLY(0) },
	{ KEYPROTO_COUNTS,     EXACTLY(4),      { COUNTS_FIXED, COUNTS_FIXED + KEYPROTO_COUNTS_MAX * COUNT_SIZE, COUNT_SIZE } },
};
/* clang-format on */

/* The schemes of keyproto_key.schemes, by bit; only ever added to. */
static const uint16_t schemes[] = { 0x0403, 0x0503, 0x0603, 0x0804, 0x0805,
	0x0806, 0x0809, 0x080a, 0x080b, 0x0807 };

/* Sticky failure, as in base/: what does not fit is neither read nor written.
 */
struct out {
	uint8_t *data;
	size_t room, len;
	bool failed;
};
struct in {
	struct slice rest;
	bool failed;
};

static void
put(struct out *out, uint64_t value, size_t width)
{
	if (out->failed || width > out->room - out->len) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < width; i++)
		out->data[out->len++] = (uint8_t)(value >> 8 * i);
}

static void
put_bytes(struct out *out, const void *bytes, size_t len)
{
	if (out->failed || len > out->room - out->len) {
		out->failed = true;
		return;
	}
	if (len > 0)
		memcpy(out->data + out->len, bytes, len);
	out->len += len;
}

static struct slice
take_bytes(struct in *in, size_t len)
{
	struct slice bytes;

	if (in->failed || len > in->rest.len) {
		in->failed = true;
		return NO_BYTES;
	}
	bytes = slice_of(in->rest.data, len);
	in->rest = slice_of(in->rest.data + len, in->rest.len - len);
	return bytes;
}

static uint64_t
take(struct in *in, size_t width)
{
	struct slice bytes = take_bytes(in, width);
	uint64_t value = 0;

	for (size_t i = bytes.len; i > 0; i--)
		value = value << 8 | bytes.data[i - 1];
	return value;
}

static const struct row *
find_row(uint16_t type)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static bool
length_allowed(
    const struct row *row, const struct keyproto_header *header, size_t len)
{
	const struct lengths *allowed = &row->request;

	if ((header->flags & KEYPROTO_ANSWER) != 0) {
		if (header->status != KEYPROTO_OK)
			return len == 0;
		allowed = &row->answer;
	}
	return len >= allowed->least && len <= allowed->most &&
	       (len - allowed->least) % allowed->step == 0;
}

/* Payloads. */

/* The header of a packet, as it travels. */
struct keyproto_frame {
	uint32_t magic;
	uint8_t major, minor;
	uint16_t type;
	uint32_t len, flags;
	uint64_t id;
	uint32_t micros, status;
};
/* clang-format off */
LAYOUT(frame, NUMBER(frame, magic), NUMBER(frame, major), NUMBER(frame, minor), NUMBER(frame, type),
    NUMBER(frame, len), NUMBER(frame, flags), NUMBER(frame, id), NUMBER(frame, micros), NUMBER(frame, status));
LAYOUT(hello, NUMBER(hello, least), NUMBER(hello, most), NUMBER(hello, features));
LAYOUT(welcome, NUMBER(welcome, version), NUMBER(welcome, role), NUMBER(welcome, credits),
    NUMBER(welcome, packet_max), NUMBER(welcome, keys_max), ARRAY(welcome, boot_id));
LAYOUT(key, NUMBER(key, slot), NUMBER(key, algorithm), NUMBER(key, generation), NUMBER(key, bits),
    NUMBER(key, schemes), NUMBER(key, operations), ARRAY(key, spki));
LAYOUT(keys, NUMBER(keys, total), NUMBER(keys, count), STRUCTS(ROWS, keys, key, &key_layout, KEYPROTO_KEYS_MAX));
LAYOUT(sign13, NUMBER(sign, slot), NUMBER(sign, scheme), NUMBER(sign, generation), NUMBER(sign, hash),
    SLICE(VECTOR, sign, transcript, 0));
LAYOUT(sign12, NUMBER(sign, slot), NUMBER(sign, scheme), NUMBER(sign, generation),
    SLICE(FIXED, sign, client_random, KEYPROTO_RANDOM), SLICE(FIXED, sign, server_random, KEYPROTO_RANDOM),
    SLICE(REST, sign, parameters, 0));
LAYOUT(sign12cv, NUMBER(sign, slot), NUMBER(sign, scheme), NUMBER(sign, generation), SLICE(REST, sign, messages, 0));
LAYOUT(premaster, NUMBER(sign, slot), NUMBER(sign, version), NUMBER(sign, generation), SLICE(REST, sign, ciphertext, 0));
LAYOUT(signdigest, NUMBER(sign, slot), NUMBER(sign, scheme), NUMBER(sign, generation), SLICE(REST, sign, digest, 0));
LAYOUT(stats, NUMBER(stats, requests), NUMBER(stats, signatures), NUMBER(stats, refused), NUMBER(stats, expired),
    NUMBER(stats, cancelled), NUMBER(stats, micros));
LAYOUT(keyfile, NUMBER(keyfile, slot), NUMBER(keyfile, operations), NUMBER(keyfile, rate.rate),
    NUMBER(keyfile, rate.burst), ARRAY(keyfile, name));
LAYOUT(keypart, NUMBER(keypart, slot), NUMBER(keypart, part));
LAYOUT(keytold, NUMBER(keytold, verdict), NUMBER(keytold, algorithm), NUMBER(keytold, bits),
    NUMBER(keytold, expires), ARRAY(keytold, spki));
LAYOUT(grant, NUMBER(grant, role), NUMBER(grant, rate.rate), NUMBER(grant, rate.burst), ARRAY(grant, slots),
    ARRAY(grant, client));
LAYOUT(process, ARRAY(process, name), NUMBER(process, pid), NUMBER(process, uid), NUMBER(process, seccomp),
    NUMBER(process, namespaces), NUMBER(process, keys), ARRAY(process, levels));
LAYOUT(processes, NUMBER(processes, count),
    STRUCTS(ROWS, processes, process, &process_layout, KEYPROTO_STATUS_MAX));
LAYOUT(count, NUMBER(count, slot), NUMBER(count, type), NUMBER(count, scheme), NUMBER(count, status),
    NUMBER(count, count));
LAYOUT(record, NUMBER(record, time), NUMBER(record, signer), NUMBER(record, channel), NUMBER(record, skipped),
    NUMBER(record, lost), NUMBER(record, operation), NUMBER(record, scheme), NUMBER(record, status),
    NUMBER(record, content_len), ARRAY(record, content), ARRAY(record, key), ARRAY(record, client));
LAYOUT(audit, NUMBER(audit, stop), ARRAY(audit, group));
LAYOUT(counts, NUMBER(counts, lost), NUMBER(counts, channels), NUMBER(counts, waiting),
    NUMBERS8(counts, queue.counts), NUMBER(counts, queue.sum_us),
    NUMBERS8(counts, service.counts), NUMBER(counts, service.sum_us),
    NUMBER(counts, total), NUMBER(counts, count), STRUCTS(ROWS, counts, row, &count_layout, KEYPROTO_COUNTS_MAX));
/* clang-format on */

/* Numbers of the width of a type. */
static uint64_t
load(const uint8_t *from, size_t width)
{
	uint64_t eight;
	uint32_t four;
	uint16_t two;

	if (width == sizeof eight)
		return memcpy(&eight, from, sizeof eight), eight;
	if (width == sizeof four)
		return memcpy(&four, from, sizeof four), four;
	if (width == sizeof two)
		return memcpy(&two, from, sizeof two), two;
	return *from;
}

static void
store(uint8_t *to, uint64_t value, size_t width)
{
	const uint32_t four = (uint32_t)value;
	const uint16_t two = (uint16_t)value;

	if (width == sizeof value)
		memcpy(to, &value, sizeof value);
	else if (width == sizeof four)
		memcpy(to, &four, sizeof four);
	else if (width == sizeof two)
		memcpy(to, &two, sizeof two);
	else
		*to = (uint8_t)value;
}

/* How many structs there are; more than there may be fails. */
static uint32_t
rows_of(const struct field *field, uint64_t before, bool *failed)
{
	if (field->kind == PAIR)
		return field->most;
	*failed = *failed || before > field->most;
	return *failed ? 0 : (uint32_t)before;
}

static void
put_all(struct out *out, const struct layout *layout, const uint8_t *from)
{
	const struct field *field = layout->fields;
	uint64_t last = 0; /* number */
	struct slice slice;
	uint32_t count;

	for (; field < layout->fields + layout->count; field++) {
		const uint8_t *at = from + field->at;

		switch (field->kind) {
		case NUMBERS:
			for (size_t i = 0; i < field->size; i += field->width)
				put(out, last = load(at + i, field->width),
				    field->width);
			break;
		case BYTES:
			put_bytes(out, at, field->size);
			break;
		case FIXED:
		case VECTOR:
		case REST:
			memcpy(&slice, at, sizeof slice);
			if (field->kind == FIXED && slice.len != field->size)
				out->failed = true;
			if (field->kind == VECTOR)
				put(out, slice.len, 2);
			put_bytes(out, slice.data, slice.len);
			break;
		case ROWS:
		case PAIR:
			count = rows_of(field, last, &out->failed);
			for (uint32_t i = 0; i < count; i++)
				put_all(out, field->row,
				    at + (size_t)i * field->width);
		}
	}
}

static void
take_all(struct in *in, const struct layout *layout, uint8_t *to)
{
	const struct field *field = layout->fields;
	uint64_t last = 0; /* number */
	struct slice slice;
	uint32_t count;

	for (; field < layout->fields + layout->count; field++) {
		uint8_t *at = to + field->at;

		switch (field->kind) {
		case NUMBERS:
			for (size_t i = 0; i < field->size; i += field->width)
				store(at + i, last = take(in, field->width),
				    field->width);
			break;
		case BYTES:
			slice = take_bytes(in, field->size);
			memset(at, 0, field->size);
			if (slice.len > 0)
				memcpy(at, slice.data, slice.len);
			break;
		case FIXED:
		case VECTOR:
		case REST:
			slice = take_bytes(
			    in, field->kind == FIXED    ? field->size
				: field->kind == VECTOR ? take(in, 2)
							: in->rest.len);
			memcpy(at, &slice, sizeof slice);
			break;
		case ROWS:
		case PAIR:
			count = rows_of(field, last, &in->failed);
			for (uint32_t i = 0; i < count; i++)
				take_all(in, field->row,
				    at + (size_t)i * field->width);
		}
	}
}

enum keyproto_status
keyproto_parse(
    struct slice packet, struct keyproto_header *header, struct slice *payload)
{
	struct in in = { .rest = packet };
	struct keyproto_frame frame;
	const struct row *row;

	take_all(&in, &frame_layout, (uint8_t *)&frame);
	*header = (struct keyproto_header){ frame.type, frame.flags, frame.id,
		frame.micros, frame.status };
	*payload = in.rest;
	if (in.failed || frame.magic != MAGIC || frame.len != in.rest.len ||
	    packet.len > KEYPROTO_PACKET_MAX)
		return KEYPROTO_BADMSG;
	/* A minor version adds types and changes none. */
	if (frame.major != KEYPROTO_MAJOR)
		return KEYPROTO_VERSION;
	if ((header->flags & ~KEYPROTO_ANSWER) != 0 ||
	    header->status >= KEYPROTO_STATUS_COUNT ||
	    (header->flags == 0 && header->status != KEYPROTO_OK))
		return KEYPROTO_BADMSG;
	if ((row = find_row(header->type)) == NULL)
		return header->status != KEYPROTO_OK && frame.len != 0
			   ? KEYPROTO_BADMSG
			   : KEYPROTO_UNSUPPORTED;
	return length_allowed(row, header, frame.len) ? KEYPROTO_OK
						      : KEYPROTO_BADMSG;
}

size_t
keyproto_build(const struct keyproto_header *header, struct slice payload,
    uint8_t *to, size_t room)
{
	const struct keyproto_frame frame = { MAGIC, KEYPROTO_MAJOR,
		KEYPROTO_MINOR, header->type, (uint32_t)payload.len,
		header->flags, header->id, header->micros, header->status };
	const struct row *row = find_row(header->type);
	struct out out = { .data = to, .room = room };

	/* A type that is not ours can only be answered with a refusal. */
	if (row == NULL ? header->status == KEYPROTO_OK || payload.len != 0
			: !length_allowed(row, header, payload.len))
		return 0;
	put_all(&out, &frame_layout, (const uint8_t *)&frame);
	put_bytes(&out, payload.data, payload.len);
	return out.failed ? 0 : out.len;
}

size_t
keyproto_layout_build(
    const struct layout *layout, const void *value, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put_all(&out, layout, value);
	return out.failed ? 0 : out.len;
}

bool
keyproto_layout_parse(
    const struct layout *layout, struct slice bytes, void *value)
{
	struct in in = { .rest = bytes };

	take_all(&in, layout, value);
	return !in.failed && in.rest.len == 0;
}

#define NUMBER_CODEC(name, type)                                               \
	size_t keyproto_##name##_build(type number, uint8_t *to, size_t room)  \
	{                                                                      \
		struct out out = { .data = to, .room = room };                 \
                                                                               \
		put(&out, number, sizeof number);                              \
		return out.failed ? 0 : out.len;                               \
	}                                                                      \
	bool keyproto_##name##_parse(struct slice bytes, type *number)         \
	{                                                                      \
		struct in in = { .rest = bytes };                              \
                                                                               \
		*number = (type)take(&in, sizeof *number);                     \
		return !in.failed && in.rest.len == 0;                         \
	}

static bool
end_names(struct keyproto_processes *all)
{
	for (uint32_t i = 0; i < all->count; i++)
		all->process[i].name[KEYPROTO_NAME - 1] = '\0';
	return true;
}

CODEC(hello, hello, value->least <= value->most)
CODEC(welcome, welcome, true)
CODEC(keys, keys, true)
CODEC(sign13, sign, true)
CODEC(sign12, sign, true)
CODEC(sign12cv, sign, true)
CODEC(premaster, sign, true)
CODEC(signdigest, sign, true)
CODEC(stats, stats, true)
CODEC(keyfile, keyfile, value->slot < KEYPROTO_SLOTS && ENDS(value->name))
CODEC(keypart, keypart,
    value->slot < KEYPROTO_SLOTS &&
	(value->part == KEYPROTO_PART_PASSPHRASE ||
	    value->part == KEYPROTO_PART_CERTIFICATE))
CODEC(keytold, keytold, value->verdict < KEYPROTO_VERDICT_COUNT)
CODEC(grant, grant,
    ENDS(value->client) && value->role >= KEYPROTO_SERVER &&
	value->role <= KEYPROTO_DIGEST)
CODEC(processes, processes, end_names(value))
CODEC(counts, counts, true)
CODEC(record, record,
    value->content_len <= KEYPROTO_HASH_MAX && ENDS(value->key) &&
	ENDS(value->client))
CODEC(audit, audit, ENDS(value->group))
NUMBER_CODEC(number, uint32_t)
NUMBER_CODEC(long, uint64_t)

uint32_t
keyproto_operation(uint16_t type)
{
	return type < 32 ? 1u << type : 0;
}

enum keyproto_speed
keyproto_speed(uint16_t algorithm, uint32_t bits)
{
	switch (algorithm) {
	case KEYPROTO_ED25519:
		return KEYPROTO_FAST;
	case KEYPROTO_EC:
		return bits <= 256 ? KEYPROTO_FAST : KEYPROTO_MEDIUM;
	}
	return bits <= 3072 ? KEYPROTO_MEDIUM : KEYPROTO_SLOW;
}

uint16_t
keyproto_sign_operation(uint16_t scheme)
{
	/* rsa_pkcs1_sha1, ecdsa_sha1 (RFC 8446 4.2.3), and the MD5 and SHA-1
	 * hashes of TLS 1.1 and older, whose number is of private use. */
	static const uint16_t sha1[] = { 0x0201, 0x0203, 0xffff };

	for (size_t i = 0; i < COUNT(sha1); i++)
		if (sha1[i] == scheme)
			return KEYPROTO_SIGN10;
	return KEYPROTO_SIGN12;
}

uint32_t
keyproto_scheme_bit(uint16_t scheme)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i] == scheme)
			return 1u << i;
	return 0;
}

uint32_t
keyproto_bound_us(size_t number)
{
	static const uint32_t bounds[KEYPROTO_BOUNDS] = { 50, 100, 200, 500,
		1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000,
		1000000 };

	return bounds[number];
}

bool
keyproto_status_closes(enum keyproto_status status)
{
	return status == KEYPROTO_BADMSG || status == KEYPROTO_VERSION ||
	       status == KEYPROTO_CREDIT;
}
