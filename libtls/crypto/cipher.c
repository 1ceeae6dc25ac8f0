/*
 * CBC and stream ciphers; the contract is in cipher.h.
 */
#include "libtls/crypto/cipher.h"

#include <limits.h>

#include "libtls/crypto/fetched.h"

const struct cipher cipher_aes128_cbc = { CIPHER_AES128_CBC, "AES-128-CBC", 16,
	16, false };
const struct cipher cipher_aes256_cbc = { CIPHER_AES256_CBC, "AES-256-CBC", 32,
	16, false };
const struct cipher cipher_3des_cbc = { CIPHER_3DES_CBC, "DES-EDE3-CBC", 24, 8,
	false };
const struct cipher cipher_rc4 = { CIPHER_RC4, "RC4", 16, 0, true };

bool
cipher_available(const struct cipher *cipher)
{
	return fetched.block[cipher->id] != NULL;
}

int
cipher_key_set(struct cipher_key *key, const struct cipher *cipher,
    enum cipher_use use, const uint8_t *bytes, const uint8_t *iv)
{
	EVP_CIPHER *type = fetched.block[cipher->id];

	/* NULL would mean: the one of the last time. */
	if (type == NULL)
		return fail(ERR_KEY_INIT);
	if (key->ctx == NULL && (key->ctx = EVP_CIPHER_CTX_new()) == NULL)
		return fail(ERR_NOMEM);
	key->cipher = cipher;
	if (EVP_CipherInit_ex2(key->ctx, type, bytes,
		cipher->block > 0 ? iv : NULL, use == CIPHER_ENCRYPTS,
		NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(key->ctx, 0) != 1)
		return fail(ERR_KEY_INIT);
	return 0;
}

int
cipher_key_iv(const struct cipher_key *key, uint8_t *iv)
{
	return EVP_CIPHER_CTX_get_updated_iv(
		   key->ctx, iv, key->cipher->block) == 1
		   ? 0
		   : fail(ERR_LIBCRYPTO);
}

void
cipher_key_wipe(struct cipher_key *key)
{
	EVP_CIPHER_CTX_free(key->ctx);
	*key = (struct cipher_key){ 0 };
}

int
cipher_run(struct cipher_key *key, uint8_t *data, size_t len)
{
	int done;

	if (len == 0)
		return 0;
	if (len > INT_MAX ||
	    EVP_CipherUpdate(key->ctx, data, &done, data, (int)len) != 1 ||
	    (size_t)done != len)
		return fail(ERR_LIBCRYPTO);
	return 0;
}
