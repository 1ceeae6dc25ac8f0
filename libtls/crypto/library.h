/*
 * The once-initialised library context: every algorithm fetched once, at
 * s2n_init, and which of them this libcrypto has. Read-only afterwards, so
 * threads share it without a lock. Where a libcrypto context is costly to make
 * (key generation, HMAC), it is kept for reuse per thread, freed at thread end.
 */
#ifndef LIBTLS_CRYPTO_LIBRARY_H
#define LIBTLS_CRYPTO_LIBRARY_H

#include "libtls/core/errors.h"

must_check int library_init(void);
void library_cleanup(void);
bool library_ready(void);

/* Random bytes from libcrypto's per-thread DRBG (it reseeds after a fork). */
must_check int random_bytes(void *out, size_t len);

#endif
