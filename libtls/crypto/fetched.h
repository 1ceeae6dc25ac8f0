/*
 * The algorithms that library_init fetched, for crypto/ only, and the contexts
 * that each thread keeps for reuse.
 */
#ifndef LIBTLS_CRYPTO_FETCHED_H
#define LIBTLS_CRYPTO_FETCHED_H

#include <openssl/evp.h>

#include "libtls/crypto/aead.h"
#include "libtls/crypto/cipher.h"
#include "libtls/crypto/digest.h"

struct fetched {
	EVP_MD *md[DIGEST_COUNT];
	EVP_CIPHER *cipher[AEAD_COUNT];
	/* NULL: not there. A legacy one may come while other threads look. */
	_Atomic(EVP_CIPHER *) block[CIPHER_COUNT];
	EVP_MAC *hmac;
};

/* Read-only once the library is ready, but for library_load_legacy(). */
extern struct fetched fetched;

#define SCRATCH_KEYGENS 8

/*
 * What in OpenSSL 3.0 costs more to make than to use: a P-256 key takes 25 us
 * with a new context and 12 with one that is reused.
 */
struct scratch {
	EVP_MAC_CTX *hmac[DIGEST_COUNT];
	EVP_MD_CTX *md;
	EVP_PKEY_CTX *keygen[SCRATCH_KEYGENS]; /* by row of the group table */
};

/* This thread's, freed when the thread ends; NULL when out of memory. */
struct scratch *scratch_here(void);

#endif
