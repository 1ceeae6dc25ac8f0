/*
 * Hashes and HMAC; the contract is in digest.h.
 */
#include "libtls/crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "libtls/crypto/fetched.h"

#define SSLV3_SECRET 48

const struct digest digest_md5 = { DIGEST_MD5, "MD5", 16, 64 };
const struct digest digest_md5_sha1 = { DIGEST_MD5_SHA1, "MD5-SHA1", 36, 64 };
const struct digest digest_sha1 = { DIGEST_SHA1, "SHA1", 20, 64 };
const struct digest digest_sha224 = { DIGEST_SHA224, "SHA224", 28, 64 };
const struct digest digest_sha256 = { DIGEST_SHA256, "SHA256", 32, 64 };
const struct digest digest_sha384 = { DIGEST_SHA384, "SHA384", 48, 128 };
const struct digest digest_sha512 = { DIGEST_SHA512, "SHA512", 64, 128 };

bool
digest_available(const struct digest *digest)
{
	return fetched.md[digest->id] != NULL;
}

const EVP_MD *
digest_md(const struct digest *digest)
{
	return fetched.md[digest->id];
}

/* A NULL EVP_MD would mean: the one of the last time. */
static bool
begin(EVP_MD_CTX *ctx, const struct digest *digest)
{
	return digest_available(digest) &&
	       EVP_DigestInit_ex2(ctx, digest_md(digest), NULL) == 1;
}

int
digest_slices(const struct digest *digest, const struct slice *in, size_t count,
    uint8_t *out)
{
	struct scratch *scratch = scratch_here();

	if (scratch == NULL)
		return fail(ERR_NOMEM);
	if (!begin(scratch->md, digest))
		return fail(ERR_HASH_INIT);
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(scratch->md, in[i].data, in[i].len) != 1)
			return fail(ERR_HASH_UPDATE);
	return EVP_DigestFinal_ex(scratch->md, out, NULL) == 1 ? 0
							       : fail(ERR_HASH);
}

int
digest_once(const struct digest *digest, struct slice in, uint8_t *out)
{
	return digest_slices(digest, &in, 1, out);
}

/* This thread's HMAC context of a digest, which is set once. */
static EVP_MAC_CTX *
hmac_context(const struct digest *digest)
{
	struct scratch *scratch = scratch_here();
	char name[16];
	OSSL_PARAM params[2];
	EVP_MAC_CTX *ctx;

	if (scratch == NULL)
		return NULL;
	if ((ctx = scratch->hmac[digest->id]) != NULL)
		return ctx;
	strcpy(name, digest->name);
	params[0] =
	    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	if ((ctx = EVP_MAC_CTX_new(fetched.hmac)) == NULL ||
	    EVP_MAC_CTX_set_params(ctx, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return scratch->hmac[digest->id] = ctx;
}

int
hmac_key_set(
    struct hmac_key *hmac, const struct digest *digest, struct slice key)
{
	static const uint8_t empty_key[1];

	/* A NULL key would mean: the one of the last time. */
	if (key.len == 0)
		key.data = empty_key;
	hmac->digest = digest;
	hmac->ctx = hmac_context(digest);
	if (hmac->ctx == NULL ||
	    EVP_MAC_init(hmac->ctx, key.data, key.len, NULL) != 1)
		return fail(ERR_HASH_INIT);
	return 0;
}

int
hmac_slices(const struct hmac_key *hmac, const struct slice *in, size_t count,
    uint8_t *out)
{
	size_t len;

	for (size_t i = 0; i < count; i++)
		if (EVP_MAC_update(hmac->ctx, in[i].data, in[i].len) != 1)
			return fail(ERR_HASH_UPDATE);
	if (EVP_MAC_final(hmac->ctx, out, &len, hmac->digest->size) != 1 ||
	    len != hmac->digest->size ||
	    /* Back to the beginning, with the same key. */
	    EVP_MAC_init(hmac->ctx, NULL, 0, NULL) != 1)
		return fail(ERR_HASH);
	return 0;
}

int
hmac_with(const struct hmac_key *hmac, struct slice in, uint8_t *out)
{
	return hmac_slices(hmac, &in, 1, out);
}

/* A context of libcrypto's for this serves once. */
int
hmac_secret_length(const struct digest *digest, struct slice key,
    struct slice header, const uint8_t *data, size_t len, size_t room,
    uint8_t *out)
{
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(fetched.hmac);
	char name[16];
	size_t size;
	int r = 0;

	strcpy(name, digest->name);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_size_t(
		    OSSL_MAC_PARAM_TLS_DATA_SIZE, &room),
		OSSL_PARAM_construct_end(),
	};
	if (ctx == NULL || EVP_MAC_init(ctx, key.data, key.len, params) != 1 ||
	    EVP_MAC_update(ctx, header.data, header.len) != 1 ||
	    EVP_MAC_update(ctx, data, len) != 1 ||
	    EVP_MAC_final(ctx, out, &size, digest->size) != 1)
		r = fail(ERR_HASH);
	EVP_MAC_CTX_free(ctx);
	return r;
}

int
hmac_once(const struct digest *digest, struct slice key, struct slice in,
    uint8_t *out)
{
	struct hmac_key hmac;
	size_t len;

	if (hmac_key_set(&hmac, digest, key) != 0 ||
	    EVP_MAC_update(hmac.ctx, in.data, in.len) != 1 ||
	    EVP_MAC_final(hmac.ctx, out, &len, digest->size) != 1 ||
	    len != digest->size)
		return fail(ERR_HASH);
	return 0;
}

int
hasher_start(struct hasher *hasher, const struct digest *digest)
{
	if (hasher->ctx == NULL && (hasher->ctx = EVP_MD_CTX_new()) == NULL)
		return fail(ERR_NOMEM);
	if (!begin(hasher->ctx, digest))
		return fail(ERR_HASH_INIT);
	hasher->digest = digest;
	return 0;
}

int
hasher_add(struct hasher *hasher, struct slice bytes)
{
	return EVP_DigestUpdate(hasher->ctx, bytes.data, bytes.len) == 1
		   ? 0
		   : fail(ERR_HASH_UPDATE);
}

int
hasher_peek_with(const struct hasher *hasher, const struct slice *in,
    size_t count, uint8_t *out)
{
	struct scratch *scratch = scratch_here();

	if (scratch == NULL)
		return fail(ERR_NOMEM);
	if (EVP_MD_CTX_copy_ex(scratch->md, hasher->ctx) != 1)
		return fail(ERR_HASH_COPY);
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(scratch->md, in[i].data, in[i].len) != 1)
			return fail(ERR_HASH_UPDATE);
	if (EVP_DigestFinal_ex(scratch->md, out, NULL) != 1)
		return fail(ERR_HASH);
	return 0;
}

int
hasher_peek(const struct hasher *hasher, uint8_t *out)
{
	return hasher_peek_with(hasher, NULL, 0, out);
}

int
hasher_peek_sslv3(const struct hasher *hasher, struct slice tail,
    const uint8_t *secret, uint8_t *out)
{
	struct scratch *scratch = scratch_here();
	uint8_t copy[SSLV3_SECRET];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(
		    OSSL_DIGEST_PARAM_SSL3_MS, copy, sizeof copy),
		OSSL_PARAM_construct_end(),
	};
	int r = 0;

	if (scratch == NULL)
		return fail(ERR_NOMEM);
	memcpy(copy, secret, sizeof copy);
	if (EVP_MD_CTX_copy_ex(scratch->md, hasher->ctx) != 1 ||
	    EVP_DigestUpdate(scratch->md, tail.data, tail.len) != 1 ||
	    EVP_MD_CTX_set_params(scratch->md, params) != 1 ||
	    EVP_DigestFinal_ex(scratch->md, out, NULL) != 1)
		r = fail(ERR_HASH);
	OPENSSL_cleanse(copy, sizeof copy);
	return r;
}

void
hasher_wipe(struct hasher *hasher)
{
	EVP_MD_CTX_free(hasher->ctx);
	*hasher = (struct hasher){ 0 };
}
