/*
 * What goes along with a certificate: an OCSP response (RFC 6066 8) or a list
 * of signed certificate timestamps (RFC 6962 3.3). Bytes here, as they travel;
 * what a response says is ocsp.h's matter, what a list says the application's.
 */
#ifndef LIBTLS_CERT_STAPLE_H
#define LIBTLS_CERT_STAPLE_H

#include "base/slice.h"

/* Both of this size fit into the extensions of one certificate entry, which
 * have 2^16 - 1 bytes (RFC 8446 4.4.2). */
#define STAPLE_MAX 32000

/* A copy of one's own; empty when zero. */
struct staple {
	uint8_t *data;
	size_t len;
};

/* Replaces what was there; NO_BYTES clears. ERR_NOMEM leaves it as it was. */
must_check int staple_set(struct staple *, struct slice);
void staple_clear(struct staple *);

static inline struct slice
staple_bytes(const struct staple *staple)
{
	return slice_of(staple->data, staple->len);
}

#endif
