/*
 * Sticky-failure writer; the contract is in writer.h.
 */
#include "base/writer.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#define FIRST_ROOM 256

static void
wipe_and_free(void *data, size_t written)
{
	if (data != NULL)
		OPENSSL_cleanse(data, written);
	free(data);
}

static void *(*take)(size_t) = malloc;
static void (*give)(void *, size_t) = wipe_and_free;

void
writer_use(void *(*new_take)(size_t), void (*new_give)(void *, size_t))
{
	take = new_take;
	give = new_give;
}

void
writer_init(struct writer *out, size_t limit)
{
	*out = (struct writer){ .limit = limit };
}

void
writer_init_fixed(struct writer *out, void *buffer, size_t room)
{
	*out = (struct writer){
		.data = buffer, .room = room, .limit = room, .fixed = true
	};
}

void
writer_free(struct writer *out)
{
	/* What was behind the end is wiped: by writer_truncate, writer_clear.
	 */
	if (!out->fixed)
		give(out->data, out->len);
	else
		OPENSSL_cleanse(out->data, out->room);
	*out = (struct writer){ .limit = out->limit, .failed = true };
}

void
writer_clear(struct writer *out)
{
	if (out->len > 0)
		OPENSSL_cleanse(out->data, out->len);
	out->len = 0;
	out->failed = false;
}

void
writer_set(struct writer *out, struct slice bytes)
{
	writer_free(out);
	writer_init(out, out->limit);
	writer_bytes(out, bytes);
}

void
writer_fail(struct writer *out)
{
	out->failed = true;
}

/* Not realloc: the bytes it would leave behind could not be wiped. */
static bool
grow(struct writer *out, size_t room)
{
	uint8_t *data;

	if (out->fixed || room > out->limit || (data = take(room)) == NULL)
		return false;
	if (out->len > 0)
		memcpy(data, out->data, out->len);
	give(out->data, out->len);
	out->data = data;
	out->room = room;
	return true;
}

/* Twice as much as there was, or more: few copies. */
static size_t
roomy(const struct writer *out, size_t need)
{
	size_t room = out->room > 0 ? out->room : FIRST_ROOM;

	while (room < need)
		room *= 2;
	return room < out->limit ? room : out->limit;
}

uint8_t *
writer_reserve(struct writer *out, size_t len)
{
	static uint8_t nowhere[1];
	uint8_t *at;

	if (out->failed || len > out->limit - out->len) {
		out->failed = true;
		return NULL;
	}
	if (out->len + len > out->room &&
	    !grow(out, roomy(out, out->len + len))) {
		out->failed = true;
		return NULL;
	}
	if (out->data == NULL)
		return nowhere; /* no bytes: NULL would say failure */
	at = out->data + out->len;
	out->len += len;
	return at;
}

void
writer_expect(struct writer *out, size_t len)
{
	if (!out->failed && out->len + len > out->room)
		out->failed = !grow(out, out->len + len);
}

void
writer_truncate(struct writer *out, size_t len)
{
	if (out->failed || len >= out->len)
		return;
	OPENSSL_cleanse(out->data + len, out->len - len);
	out->len = len;
}

void
writer_bytes(struct writer *out, struct slice bytes)
{
	uint8_t *at = writer_reserve(out, bytes.len);

	if (at != NULL && bytes.len > 0)
		memcpy(at, bytes.data, bytes.len);
}

static void
put(uint8_t *at, uint64_t value, unsigned width)
{
	for (unsigned i = width; i-- > 0; value >>= 8)
		at[i] = (uint8_t)value;
}

static void
number(struct writer *out, uint64_t value, unsigned width)
{
	uint8_t *at = writer_reserve(out, width);

	if (at != NULL)
		put(at, value, width);
}

void
writer_u8(struct writer *out, uint8_t value)
{
	number(out, value, 1);
}

void
writer_u16(struct writer *out, uint16_t value)
{
	number(out, value, 2);
}

void
writer_u24(struct writer *out, uint32_t value)
{
	if (value >> 24 != 0)
		out->failed = true;
	number(out, value, 3);
}

void
writer_u32(struct writer *out, uint32_t value)
{
	number(out, value, 4);
}

void
writer_u64(struct writer *out, uint64_t value)
{
	number(out, value, 8);
}

static void
vector(struct writer *out, struct slice bytes, unsigned width)
{
	struct mark mark = writer_open(out, width);

	writer_bytes(out, bytes);
	writer_close(out, mark);
}

void
writer_vec8(struct writer *out, struct slice bytes)
{
	vector(out, bytes, 1);
}

void
writer_vec16(struct writer *out, struct slice bytes)
{
	vector(out, bytes, 2);
}

void
writer_vec24(struct writer *out, struct slice bytes)
{
	vector(out, bytes, 3);
}

struct mark
writer_open(struct writer *out, unsigned width)
{
	struct mark mark = { .at = out->len, .width = width };

	number(out, 0, width);
	return mark;
}

void
writer_close(struct writer *out, struct mark mark)
{
	size_t len;

	if (out->failed)
		return;
	len = out->len - mark.at - mark.width;
	if (len >> (8 * mark.width) != 0) {
		out->failed = true;
		return;
	}
	put(out->data + mark.at, len, mark.width);
}

bool
writer_result(const struct writer *out, struct slice *bytes)
{
	*bytes = out->failed ? NO_BYTES : slice_of(out->data, out->len);
	return !out->failed;
}
