/*
 * What of a private key could lie in some process's memory: each secret number
 * in both byte orders, and each line of the PEM file that encodes part of one.
 */
#ifndef TESTS_NEEDLES_H
#define TESTS_NEEDLES_H

#include "base/slice.h"

#define NEEDLES_MAX 128
/* So many bytes in a row do not occur by chance. */
#define NEEDLE_PART 16

struct needle {
	char what[40];
	uint8_t bytes[1024];
	size_t len;
};

struct needles {
	struct needle needle[NEEDLES_MAX];
	size_t count;
};

/* False after a message: it is no private key of a kind that is known. */
must_check bool needles_read(const char *pem_path, struct needles *);
/* The whole file as it is: 16 to 1024 bytes. */
must_check bool needles_read_raw(const char *path, struct needles *);

#endif
