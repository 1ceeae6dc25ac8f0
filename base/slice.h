/*
 * A slice is a borrowed run of bytes: a pointer and a length, no ownership.
 * It dies with the buffer it points into.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define must_check __attribute__((warn_unused_result))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct slice {
	const uint8_t *data;
	size_t len;
};

#define NO_BYTES ((struct slice){ NULL, 0 })

static inline struct slice
slice_of(const void *data, size_t len)
{
	return (struct slice){ data, len };
}

static inline struct slice
slice_of_string(const char *string)
{
	return (struct slice){ (const uint8_t *)string, strlen(string) };
}

/* Not for secrets: memcmp stops at the first difference. */
static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#endif
