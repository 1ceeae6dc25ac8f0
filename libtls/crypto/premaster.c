/*
 * The premaster secret; the contract is in premaster.h.
 */
#include "libtls/crypto/premaster.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "libtls/crypto/library.h"

int
premaster_encrypt(EVP_PKEY *key, uint16_t version,
    uint8_t premaster[PREMASTER_SIZE], struct writer *ciphertext)
{
	EVP_PKEY_CTX *ctx = NULL;
	size_t len = (size_t)EVP_PKEY_get_size(key);
	uint8_t *out;
	int r;

	if ((r = random_bytes(premaster, PREMASTER_SIZE)) != 0)
		return r;
	premaster[0] = (uint8_t)(version >> 8);
	premaster[1] = (uint8_t)version;
	if ((out = writer_reserve(ciphertext, len)) == NULL)
		return fail(ERR_NOMEM);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_encrypt(ctx, out, &len, premaster, PREMASTER_SIZE) != 1)
		r = fail(ERR_ENCRYPT_PREMASTER);
	EVP_PKEY_CTX_free(ctx);
	return r;
}

/*
 * libcrypto's padding for TLS checks padding and version in constant time, and
 * gives random bytes for what fails (RSA_PKCS1_WITH_TLS_PADDING).
 */
static bool
decrypt(EVP_PKEY *key, unsigned version, struct slice ciphertext,
    uint8_t premaster[PREMASTER_SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(
		    OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION, &version),
		OSSL_PARAM_construct_end(),
	};
	size_t len = PREMASTER_SIZE;
	bool done;

	done = ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_WITH_TLS_PADDING) ==
		   1 &&
	       EVP_PKEY_CTX_set_params(ctx, params) == 1 &&
	       EVP_PKEY_decrypt(ctx, premaster, &len, ciphertext.data,
		   ciphertext.len) == 1 &&
	       len == PREMASTER_SIZE;
	EVP_PKEY_CTX_free(ctx);
	return done;
}

int
premaster_decrypt(EVP_PKEY *key, uint16_t version, struct slice ciphertext,
    uint8_t premaster[PREMASTER_SIZE])
{
	int r = 0;

	ERR_set_mark();
	/* Here fails only what is public: the ciphertext's length, or that it
	 * is not below the modulus. */
	if (!decrypt(key, version, ciphertext, premaster))
		r = random_bytes(premaster, PREMASTER_SIZE);
	ERR_pop_to_mark();
	return r;
}

/* All bits set when both are equal, else none; no branch. */
static uint8_t
equal_mask(uint8_t a, uint8_t b)
{
	uint32_t difference = (uint32_t)(a ^ b);

	return (uint8_t)((difference - 1) >> 24);
}

int
premaster_accept(
    uint16_t version, struct slice decrypted, uint8_t premaster[PREMASTER_SIZE])
{
	uint8_t good;
	int r;

	if ((r = random_bytes(premaster, PREMASTER_SIZE)) != 0 ||
	    decrypted.len != PREMASTER_SIZE)
		return r;
	good = equal_mask(decrypted.data[0], (uint8_t)(version >> 8)) &
	       equal_mask(decrypted.data[1], (uint8_t)version);
	for (size_t i = 0; i < PREMASTER_SIZE; i++)
		premaster[i] = (uint8_t)((decrypted.data[i] & good) |
					 (premaster[i] & (uint8_t)~good));
	return 0;
}
