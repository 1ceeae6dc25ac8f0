/*
 * A writer builds big-endian integers and vectors (RFC 8446 section 3) in a
 * buffer that grows up to a limit, or in a fixed buffer of the caller's.
 * Failure is sticky: after the first write that does not fit, nothing more is
 * written and writer_result() tells. What a writer gives up, by growing or by
 * writer_free(), is wiped.
 */
#ifndef BASE_WRITER_H
#define BASE_WRITER_H

#include "base/slice.h"

struct writer {
	uint8_t *data;
	size_t len;
	size_t room;
	size_t limit;
	bool fixed;
	bool failed;
};

/* Where a length field stands that writer_close() will fill in. */
struct mark {
	size_t at;
	unsigned width;
};

/* Where every writer takes its bytes from and gives them back to, in place of
 * malloc and free: before the first writer of the process allocates. What is
 * given back is wiped there; nothing behind the first written bytes needs it.
 */
void writer_use(
    void *(*take)(size_t len), void (*give)(void *, size_t written));

/* Starts empty; allocates as it grows, never beyond limit bytes. */
void writer_init(struct writer *, size_t limit);
/* Writes into the caller's buffer and never allocates. */
void writer_init_fixed(struct writer *, void *buffer, size_t room);
/* Wipes the content and frees the buffer unless it is the caller's. */
void writer_free(struct writer *);
/* Empties without releasing; the old content is wiped. */
void writer_clear(struct writer *);

/* The bytes in place of all that there was, which is wiped and given back. For
 * a writer that allocates. */
void writer_set(struct writer *, struct slice);

void writer_u8(struct writer *, uint8_t);
void writer_u16(struct writer *, uint16_t);
void writer_u24(struct writer *, uint32_t);
void writer_u32(struct writer *, uint32_t);
void writer_u64(struct writer *, uint64_t);
void writer_bytes(struct writer *, struct slice);
/* A length of 1, 2 or 3 bytes, then the bytes. */
void writer_vec8(struct writer *, struct slice);
void writer_vec16(struct writer *, struct slice);
void writer_vec24(struct writer *, struct slice);
/* Room for len bytes that the caller fills; NULL after a failure. */
uint8_t *writer_reserve(struct writer *, size_t len);
/* Allocates room for len more bytes at once, and for no others, so that many
 * writes need no copy. */
void writer_expect(struct writer *, size_t len);
/* Gives back the last bytes, down to a length of len. */
void writer_truncate(struct writer *, size_t len);

/* Leaves room for a length of width bytes (1 to 3) ... */
struct mark writer_open(struct writer *, unsigned width);
/* ... and fills it in; fails if what was written since does not fit. */
void writer_close(struct writer *, struct mark);

/* Latches failure. */
void writer_fail(struct writer *);
/* All that was written, borrowed until the next write; false on failure. */
must_check bool writer_result(const struct writer *, struct slice *);

#endif
