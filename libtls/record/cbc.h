/*
 * A decrypted CBC record, taken apart in constant time (RFC 5246 6.2.3.2, RFC
 * 6101 5.2.3.2): how long the padding is, and whether it and the MAC are right,
 * shows neither in branches nor in addresses (Lucky Thirteen).
 */
#ifndef LIBTLS_RECORD_CBC_H
#define LIBTLS_RECORD_CBC_H

#include "libtls/record/mac.h"

/* What is known of a record before its padding is. */
struct cbc_record {
	const uint8_t *data; /* plaintext, MAC and padding */
	size_t len;          /* at least that of a MAC and one byte */
	size_t block;        /* of the cipher */
	const struct digest *digest;
	const uint8_t *key;         /* of the MAC, digest->size bytes */
	uint8_t header[MAC_HEADER]; /* the length is filled in */
};

/*
 * Padding and MAC: good has all bits set if both are right, else none, after
 * the same work. Plain is the length of what is in front of them, and means
 * nothing if they are not. Both are still secret: the caller acts on good, and
 * on nothing else before. An error has nothing to do with the data.
 */
must_check int cbc_check(struct cbc_record *, size_t *plain, uint32_t *good);
/*
 * The same for SSLv3, where only the last byte of the padding counts, and tells
 * less than a block.
 */
must_check int cbc_check_sslv3(
    struct cbc_record *, size_t *plain, uint32_t *good);

#endif
