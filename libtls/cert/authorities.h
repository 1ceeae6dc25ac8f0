/*
 * The names of certificate authorities that a server would accept, as they
 * travel (RFC 8446 4.2.4, RFC 5246 7.4.4): each name in DER, behind its length
 * in two bytes.
 */
#ifndef LIBTLS_CERT_AUTHORITIES_H
#define LIBTLS_CERT_AUTHORITIES_H

#include "libtls/cert/trust.h"

/* Bytes of names that are sent at most, their lengths not counted. */
#define AUTHORITIES_MAX 20000

/* Owned; empty when zero. */
struct authorities {
	uint8_t *data;
	size_t len;
};

/*
 * Replaces what was there by the subjects of a store's anchors, each once.
 * Anchors that are only looked for in a directory are not among them.
 * ERR_INVALID_STATE when the system's anchors were loaded, ERR_TOO_MANY_CAS,
 * ERR_NOMEM: these leave it as it was.
 */
must_check int authorities_collect(
    struct authorities *, const struct trust_store *);
/* Likewise by a copy of a list that is sound. */
must_check int authorities_copy(struct authorities *, struct slice list);
void authorities_clear(struct authorities *);

static inline struct slice
authorities_bytes(const struct authorities *authorities)
{
	return slice_of(authorities->data, authorities->len);
}

/* DistinguishedName<1..2^16-1> each: whether they are names to the last byte */
bool authorities_sound(struct slice list);

#endif
