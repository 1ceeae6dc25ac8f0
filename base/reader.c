/*
 * Sticky-failure reader; the contract is in reader.h.
 */
#include "base/reader.h"

struct reader
reader_of(struct slice bytes)
{
	return (struct reader){ .rest = bytes };
}

void
reader_fail(struct reader *in)
{
	in->rest = NO_BYTES;
	in->failed = true;
}

struct slice
reader_bytes(struct reader *in, size_t len)
{
	struct slice bytes;

	if (len > in->rest.len) {
		reader_fail(in);
		return NO_BYTES;
	}
	if (len == 0)
		return NO_BYTES;
	bytes = slice_of(in->rest.data, len);
	in->rest.data += len;
	in->rest.len -= len;
	return bytes;
}

struct slice
reader_rest(struct reader *in)
{
	return reader_bytes(in, in->rest.len);
}

/* Big-endian, width bytes; zero once the reader has failed. */
static uint64_t
number(struct reader *in, size_t width)
{
	struct slice bytes = reader_bytes(in, width);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | bytes.data[i];
	return value;
}

uint8_t
reader_u8(struct reader *in)
{
	return (uint8_t)number(in, 1);
}

uint16_t
reader_u16(struct reader *in)
{
	return (uint16_t)number(in, 2);
}

uint32_t
reader_u24(struct reader *in)
{
	return (uint32_t)number(in, 3);
}

uint32_t
reader_u32(struct reader *in)
{
	return (uint32_t)number(in, 4);
}

uint64_t
reader_u64(struct reader *in)
{
	return number(in, 8);
}

struct slice
reader_vec8(struct reader *in)
{
	return reader_bytes(in, reader_u8(in));
}

struct slice
reader_vec16(struct reader *in)
{
	return reader_bytes(in, reader_u16(in));
}

struct slice
reader_vec24(struct reader *in)
{
	return reader_bytes(in, reader_u24(in));
}

void
reader_copy(struct reader *in, void *out, size_t len)
{
	struct slice bytes = reader_bytes(in, len);

	if (bytes.len == len && len > 0)
		memcpy(out, bytes.data, len);
	else
		memset(out, 0, len);
}

bool
reader_more(const struct reader *in)
{
	return in->rest.len > 0;
}

bool
reader_done(const struct reader *in)
{
	return in->rest.len == 0 && !in->failed;
}
