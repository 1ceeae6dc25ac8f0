/*
 * HKDF (RFC 5869) and TLS 1.3's HKDF-Expand-Label (RFC 8446 7.1).
 */
#ifndef LIBTLS_CRYPTO_HKDF_H
#define LIBTLS_CRYPTO_HKDF_H

#include "libtls/crypto/digest.h"

/* out has digest->size bytes; an empty salt or ikm means digest->size zeroes.
 */
must_check int hkdf_extract(
    const struct digest *, struct slice salt, struct slice ikm, uint8_t *out);
must_check int hkdf_expand(const struct digest *, struct slice prk,
    struct slice info, uint8_t *out, size_t len);

/* One of TLS 1.3's: the label is without its prefix "tls13 "; a context's
 * length is at most 255. */
struct hkdf_label {
	const char *label;
	struct slice context;
	uint8_t *out;
	size_t len;
};
/* All that is made of a secret, which has digest->size bytes: at once, since
 * setting a key costs as much as using it. No output lies over the secret. */
must_check int hkdf_expand_labels(const struct digest *, const uint8_t *secret,
    const struct hkdf_label *, size_t count);
must_check int hkdf_expand_label(const struct digest *, const uint8_t *secret,
    const char *label, struct slice context, uint8_t *out, size_t len);

#endif
