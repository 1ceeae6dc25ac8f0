/*
 * AEAD ciphers; the contract is in aead.h.
 */
#include "libtls/crypto/aead.h"

#include <limits.h>

#include <openssl/crypto.h>

#include "libtls/crypto/fetched.h"

/* RFC 8446 5.5: 2^24.5 full-size records; ChaCha20 has no such limit. */
#define GCM_RECORDS 23726566

const struct aead aead_aes128_gcm = { AEAD_AES128_GCM, "AES-128-GCM", 16,
	GCM_RECORDS };
const struct aead aead_aes256_gcm = { AEAD_AES256_GCM, "AES-256-GCM", 32,
	GCM_RECORDS };
const struct aead aead_chacha20_poly1305 = { AEAD_CHACHA20_POLY1305,
	"ChaCha20-Poly1305", 32, UINT64_MAX };

int
aead_key_set(struct aead_key *key, const struct aead *aead, enum aead_use use,
    const uint8_t *bytes)
{
	if (key->ctx == NULL && (key->ctx = EVP_CIPHER_CTX_new()) == NULL)
		return fail(ERR_NOMEM);
	key->aead = aead;
	key->use = use;
	if (EVP_CipherInit_ex2(key->ctx, fetched.cipher[aead->id], bytes, NULL,
		use == AEAD_SEALS, NULL) != 1)
		return fail(ERR_KEY_INIT);
	return 0;
}

void
aead_key_wipe(struct aead_key *key)
{
	EVP_CIPHER_CTX_free(key->ctx);
	*key = (struct aead_key){ 0 };
}

/* The nonce and the additional data, before any text. */
static bool
begin(struct aead_key *key, const uint8_t *nonce, struct slice ad)
{
	int len;

	return EVP_CipherInit_ex2(key->ctx, NULL, NULL, nonce, -1, NULL) == 1 &&
	       EVP_CipherUpdate(key->ctx, NULL, &len, ad.data, (int)ad.len) ==
		   1;
}

int
aead_seal(struct aead_key *key, const uint8_t nonce[AEAD_NONCE],
    struct slice ad, const struct slice *in, size_t count, uint8_t *out)
{
	int len;

	if (!begin(key, nonce, ad))
		return fail(ERR_ENCRYPT);
	for (size_t i = 0; i < count; i++) {
		if (in[i].len == 0)
			continue;
		if (in[i].len > INT_MAX ||
		    EVP_EncryptUpdate(
			key->ctx, out, &len, in[i].data, (int)in[i].len) != 1)
			return fail(ERR_ENCRYPT);
		out += len;
	}
	if (EVP_EncryptFinal_ex(key->ctx, out, &len) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		key->ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, out + len) != 1)
		return fail(ERR_ENCRYPT);
	return 0;
}

int
aead_open(struct aead_key *key, const uint8_t nonce[AEAD_NONCE],
    struct slice ad, uint8_t *data, size_t len)
{
	size_t text = len - AEAD_TAG;
	int done = 0, last = 0;

	if (len < AEAD_TAG || len > INT_MAX)
		return fail(ERR_DECRYPT);
	if (!begin(key, nonce, ad) ||
	    EVP_CIPHER_CTX_ctrl(
		key->ctx, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, data + text) != 1)
		return fail(ERR_LIBCRYPTO);
	if ((text > 0 && EVP_DecryptUpdate(
			     key->ctx, data, &done, data, (int)text) != 1) ||
	    EVP_DecryptFinal_ex(key->ctx, data + done, &last) != 1) {
		OPENSSL_cleanse(data, len);
		return fail(ERR_DECRYPT);
	}
	return 0;
}
