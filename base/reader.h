/*
 * A reader takes big-endian integers and vectors (RFC 8446 section 3) off the
 * front of a slice. Failure is sticky: the first short read empties the reader,
 * so loops end, later reads give zero, and one reader_done() at the end tells.
 * The law that makes this safe: nothing read may be acted on (allocated by,
 * indexed with, compared for authority) before reader_done() was true.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/slice.h"

struct reader {
	struct slice rest;
	bool failed;
};

struct reader reader_of(struct slice);

uint8_t reader_u8(struct reader *);
uint16_t reader_u16(struct reader *);
uint32_t reader_u24(struct reader *);
uint32_t reader_u32(struct reader *);
uint64_t reader_u64(struct reader *);

/* The next len bytes, borrowed. */
struct slice reader_bytes(struct reader *, size_t len);
/* All that is left, borrowed. */
struct slice reader_rest(struct reader *);
/* opaque v<0..2^8-1> (likewise 16, 24): a length, then that many bytes. */
struct slice reader_vec8(struct reader *);
struct slice reader_vec16(struct reader *);
struct slice reader_vec24(struct reader *);
/* Copies len bytes out; on failure the target is zeroed. */
void reader_copy(struct reader *, void *out, size_t len);
/* Latches failure, for a value that was read but may not be. */
void reader_fail(struct reader *);

/* Something is left and nothing failed. */
bool reader_more(const struct reader *);
/* Nothing is left and nothing failed. */
must_check bool reader_done(const struct reader *);

#endif
