/*
 * Ciphers of TLS 1.2 and older that come with a MAC of their own: block ciphers
 * in CBC mode, and RC4 (RFC 5246 6.2.3.1, 6.2.3.2).
 */
#ifndef LIBTLS_CRYPTO_CIPHER_H
#define LIBTLS_CRYPTO_CIPHER_H

#include <openssl/evp.h>

#include "libtls/core/errors.h"

#define CIPHER_BLOCK_MAX 16

enum cipher_id {
	CIPHER_AES128_CBC,
	CIPHER_AES256_CBC,
	CIPHER_3DES_CBC,
	CIPHER_RC4,
	CIPHER_COUNT
};

struct cipher {
	enum cipher_id id;
	const char *name; /* libcrypto's, for fetching */
	uint8_t key_size;
	uint8_t block; /* and size of the initialization vector; 0: a stream */
	bool legacy;   /* may be in libcrypto's legacy provider only */
};

extern const struct cipher cipher_aes128_cbc, cipher_aes256_cbc,
    cipher_3des_cbc, cipher_rc4;

/* Whether this libcrypto has it, and library_load_legacy() where it must. */
bool cipher_available(const struct cipher *);

enum cipher_use { CIPHER_DECRYPTS, CIPHER_ENCRYPTS };

/* A cipher with its key set once. */
struct cipher_key {
	const struct cipher *cipher;
	EVP_CIPHER_CTX *ctx;
};

/* Works on a zeroed or a used key. iv has cipher->block bytes; each run goes on
 * from where the last one ended. */
must_check int cipher_key_set(struct cipher_key *, const struct cipher *,
    enum cipher_use, const uint8_t *key, const uint8_t *iv);
/* The cipher->block bytes that the next run will go on from. */
must_check int cipher_key_iv(const struct cipher_key *, uint8_t *iv);
void cipher_key_wipe(struct cipher_key *);
/* In place; len is a multiple of the block. No padding is added or looked at.
 */
must_check int cipher_run(struct cipher_key *, uint8_t *data, size_t len);

#endif
