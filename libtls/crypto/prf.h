/*
 * The key derivation of TLS 1.2 and older (RFC 5246 5, RFC 4346 5, RFC 6101
 * 6.1).
 */
#ifndef LIBTLS_CRYPTO_PRF_H
#define LIBTLS_CRYPTO_PRF_H

#include "libtls/crypto/digest.h"

#define MASTER_SECRET_SIZE 48

/*
 * len bytes for a version (S2N_SSLv3 ... S2N_TLS12). The digest is the suite's
 * and counts in TLS 1.2 only; older versions have MD5 and SHA-1. The seed is
 * count slices one after the other, at most PRF_SEED_MAX bytes with the label,
 * which SSLv3 leaves out.
 */
#define PRF_SEED_MAX 128
must_check int prf(uint8_t version, const struct digest *, struct slice secret,
    const char *label, const struct slice *seed, size_t count, uint8_t *out,
    size_t len);

#endif
