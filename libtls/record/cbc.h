/*
 * A decrypted CBC record, taken apart in constant time (RFC 5246 6.2.3.2): how
 * long the padding is, and whether it and the MAC are right, shows neither in
 * branches nor in addresses (Lucky Thirteen).
 */
#ifndef LIBTLS_RECORD_CBC_H
#define LIBTLS_RECORD_CBC_H

#include "libtls/crypto/digest.h"

/* Pseudo-header of the MAC: sequence number, type, version, length. */
#define CBC_MAC_HEADER 13

/* What is known of a record before its padding is. */
struct cbc_record {
	uint8_t *data; /* plaintext, MAC and padding */
	size_t len;    /* at least that of a MAC and one byte */
	const struct digest *digest;
	struct slice key;               /* of the MAC */
	uint8_t header[CBC_MAC_HEADER]; /* the last two bytes are filled in */
};

/*
 * The length of the plaintext in front; ERR_DECRYPT if padding or MAC is wrong,
 * after the same work. Not for SSLv3.
 */
must_check int cbc_open(struct cbc_record *, size_t *plain);

#endif
