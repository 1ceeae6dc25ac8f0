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

/*
 * Loads libcrypto's legacy provider, for RC4, into a library context of our
 * own: the application's default context stays as it is. Whoever sets a policy
 * that has such a suite calls it, before a connection uses it; further calls do
 * nothing. A libcrypto without it is no error: see cipher_available().
 */
void library_load_legacy(void);

/* Random bytes from libcrypto's per-thread DRBG (it reseeds after a fork). */
must_check int random_bytes(void *out, size_t len);

#endif
