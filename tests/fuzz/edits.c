/*
 * Edits; the contract is in edits.h.
 */
#include "tests/fuzz/edits.h"

#include "tests/fuzz/target.h"

#define ROOM (1 << 18)
#define EDITS_MAX 64

struct text {
	uint8_t bytes[ROOM];
	size_t len;
};

/* Puts bytes in place of what text has from a place on, len bytes at most. */
static void
splice(struct text *text, size_t at, size_t len, struct slice bytes)
{
	size_t tail = text->len - at;

	if (len > tail)
		len = tail;
	if (text->len - len + bytes.len > ROOM)
		return;
	memmove(text->bytes + at + bytes.len, text->bytes + at + len,
	    text->len - at - len);
	if (bytes.len > 0)
		memcpy(text->bytes + at, bytes.data, bytes.len);
	text->len = text->len - len + bytes.len;
}

static void
repeat(struct text *text, size_t at, size_t len)
{
	uint8_t again[UINT8_MAX];

	if (len > text->len - at)
		len = text->len - at;
	memcpy(again, text->bytes + at, len);
	splice(text, at, 0, slice_of(again, len));
}

static void
add(struct text *text, size_t at, unsigned more)
{
	if (text->len - at < 2)
		return;
	more += (unsigned)(text->bytes[at] << 8 | text->bytes[at + 1]);
	text->bytes[at] = (uint8_t)(more >> 8);
	text->bytes[at + 1] = (uint8_t)more;
}

static void
edit_once(struct reader *input, struct text *text)
{
	unsigned kind = reader_u8(input) % EDIT_COUNT;
	size_t at = reader_u16(input) % (text->len + 1);
	struct slice bytes;
	uint8_t number;

	switch ((enum edit)kind) {
	case EDIT_XOR:
		number = reader_u8(input);
		if (at < text->len)
			text->bytes[at] ^= number;
		break;
	case EDIT_REPLACE:
		bytes = reader_vec8(input);
		splice(text, at, bytes.len, bytes);
		break;
	case EDIT_INSERT:
		splice(text, at, 0, reader_vec8(input));
		break;
	case EDIT_DELETE:
		splice(text, at, reader_u8(input), NO_BYTES);
		break;
	case EDIT_TRUNCATE:
		text->len = at;
		break;
	case EDIT_REPEAT:
		repeat(text, at, reader_u8(input));
		break;
	case EDIT_ADD:
		add(text, at, reader_u16(input));
		break;
	case EDIT_COUNT:
		break;
	}
}

bool
edits_apply(struct reader *input, struct writer *out, size_t start)
{
	static struct text text, before;

	must_hold(out->len - start <= ROOM, "%zu bytes", out->len - start);
	text.len = before.len = out->len - start;
	if (text.len > 0) {
		memcpy(text.bytes, out->data + start, text.len);
		memcpy(before.bytes, text.bytes, text.len);
	}
	for (int i = 0; i < EDITS_MAX && reader_more(input); i++)
		edit_once(input, &text);
	if (slice_equal(slice_of(text.bytes, text.len),
		slice_of(before.bytes, before.len)))
		return false;
	writer_truncate(out, start);
	writer_bytes(out, slice_of(text.bytes, text.len));
	return true;
}
