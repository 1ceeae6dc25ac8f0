/*
 * The premaster secret; the contract is in decrypter.h.
 */
#include "keyd/decrypter.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#define SIZE KEYPROTO_PREMASTER_SIZE

static uint8_t rejection_secret[SIZE];

bool
decrypter_start(void)
{
	return RAND_bytes(rejection_secret, sizeof rejection_secret) == 1;
}

/*
 * RSA without looking at the padding. It fails for what anyone can see: a
 * ciphertext of another length than the modulus, or not below it.
 */
static bool
decrypt(EVP_PKEY *key, struct slice ciphertext, uint8_t *block, size_t len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool done;

	done = ciphertext.len == len && ctx != NULL &&
	       EVP_PKEY_decrypt_init(ctx) == 1 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	       EVP_PKEY_decrypt(ctx, block, &len, ciphertext.data, len) == 1 &&
	       len == ciphertext.len;
	EVP_PKEY_CTX_free(ctx);
	return done;
}

/* What is answered instead: for one ciphertext and version always the same. */
static bool
reject(const struct keyproto_sign *asked, uint8_t out[SIZE])
{
	uint8_t input[2 + KEYPROTO_CIPHERTEXT_MAX];
	size_t len = asked->ciphertext.len;
	unsigned out_len = 0;

	if (len > KEYPROTO_CIPHERTEXT_MAX)
		return false;
	input[0] = (uint8_t)(asked->version >> 8);
	input[1] = (uint8_t)asked->version;
	memcpy(input + 2, asked->ciphertext.data, len);
	return HMAC(EVP_sha384(), rejection_secret, sizeof rejection_secret,
		   input, 2 + len, out, &out_len) != NULL &&
	       out_len == SIZE;
}

/* All bits set for 0, else none; no branch. */
static uint8_t
zero_mask(uint8_t value)
{
	return (uint8_t)(((uint32_t)value - 1) >> 24);
}

/*
 * RFC 8017 7.2.1: 0, 2, bytes that are not 0, 0, the message. RFC 5246 7.4.7.1:
 * which has 48 bytes and begins with the version. So each byte's place is
 * known, and all are looked at, whatever the first of them is.
 */
static uint8_t
good_mask(const uint8_t *block, size_t len, uint16_t version)
{
	const uint8_t *message = block + len - SIZE;
	uint8_t wrong, zeros = 0;

	wrong = block[0] | (block[1] ^ 2) | message[-1] |
		(message[0] ^ (uint8_t)(version >> 8)) |
		(message[1] ^ (uint8_t)version);
	for (size_t i = 2; i < len - SIZE - 1; i++)
		zeros |= zero_mask(block[i]);
	return zero_mask(wrong) & (uint8_t)~zeros;
}

void
decrypter_choose(const uint8_t *block, size_t len, uint16_t version,
    const uint8_t rejected[SIZE], uint8_t out[SIZE])
{
	uint8_t good = good_mask(block, len, version);

	for (size_t i = 0; i < SIZE; i++)
		out[i] = (uint8_t)((block[len - SIZE + i] & good) |
				   (rejected[i] & (uint8_t)~good));
	out[0] = (uint8_t)(version >> 8);
	out[1] = (uint8_t)version;
}

enum keyproto_status
decrypter_premaster(
    EVP_PKEY *key, const struct keyproto_sign *asked, uint8_t out[SIZE])
{
	uint8_t block[KEYPROTO_CIPHERTEXT_MAX] = { 0 }, rejected[SIZE];
	size_t len = (size_t)EVP_PKEY_get_size(key);

	if (!EVP_PKEY_is_a(key, "RSA") || len > sizeof block || len < 2 * SIZE)
		return KEYPROTO_DENIED;
	if (!reject(asked, rejected))
		return KEYPROTO_CRYPTO;
	if (!decrypt(key, asked->ciphertext, block, len))
		block[0] = 1; /* not well padded */
	ERR_clear_error();
	decrypter_choose(block, len, asked->version, rejected, out);
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(rejected, sizeof rejected);
	return KEYPROTO_OK;
}
