/*
 * AEAD ciphers for records (RFC 5116): AES-GCM, ChaCha20-Poly1305.
 */
#ifndef LIBTLS_CRYPTO_AEAD_H
#define LIBTLS_CRYPTO_AEAD_H

#include <openssl/evp.h>

#include "libtls/core/errors.h"

#define AEAD_KEY_MAX 32
#define AEAD_NONCE 12
#define AEAD_TAG 16

enum aead_id {
	AEAD_AES128_GCM,
	AEAD_AES256_GCM,
	AEAD_CHACHA20_POLY1305,
	AEAD_COUNT
};

struct aead {
	enum aead_id id;
	const char *name; /* libcrypto's, for fetching */
	uint8_t key_size;
	uint64_t record_limit; /* RFC 8446 5.5: records one key may protect */
};

extern const struct aead aead_aes128_gcm, aead_aes256_gcm,
    aead_chacha20_poly1305;

enum aead_use { AEAD_SEALS, AEAD_OPENS };

/* A cipher with its key set once; only the nonce changes between records. */
struct aead_key {
	const struct aead *aead;
	EVP_CIPHER_CTX *ctx;
	enum aead_use use;
};

/* Works on a zeroed or a used key: the context is reused. */
must_check int aead_key_set(
    struct aead_key *, const struct aead *, enum aead_use, const uint8_t *key);
void aead_key_wipe(struct aead_key *);

/*
 * Encrypts the concatenation of count slices to out (their length plus
 * AEAD_TAG). A slice may be at its very place in out already (in-place). No
 * allocation, no fetch.
 */
must_check int aead_seal(struct aead_key *, const uint8_t nonce[AEAD_NONCE],
    struct slice ad, const struct slice *in, size_t count, uint8_t *out);
/*
 * Decrypts data in place; the last AEAD_TAG of its len bytes are the tag.
 * ERR_DECRYPT when it does not verify (the plaintext is then wiped), also when
 * len < AEAD_TAG.
 */
must_check int aead_open(struct aead_key *, const uint8_t nonce[AEAD_NONCE],
    struct slice ad, uint8_t *data, size_t len);

#endif
