/*
 * TLS 1.3 CertificateVerify content and signatures; the contract is in
 * signer.h.
 */
#include "keyd/signer.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>

#define PADDING 64
#define CONTEXT_MAX 40
#define CONTENT_MAX (PADDING + CONTEXT_MAX + KEYPROTO_HASH_MAX)

struct row {
	uint16_t scheme;
	const char *key;    /* libcrypto's name of the key type */
	const char *digest; /* of the signature */
	const char *curve;  /* NULL: RSA of 2048 to 8192 bits */
};
/* clang-format off */
static const struct row rows[] = {
	{ 0x0403, "EC",      "SHA256", "prime256v1" },
	{ 0x0503, "EC",      "SHA384", "secp384r1" },
	{ 0x0603, "EC",      "SHA512", "secp521r1" },
	{ 0x0804, "RSA",     "SHA256", NULL },
	{ 0x0805, "RSA",     "SHA384", NULL },
	{ 0x0806, "RSA",     "SHA512", NULL },
	{ 0x0809, "RSA-PSS", "SHA256", NULL },
	{ 0x080a, "RSA-PSS", "SHA384", NULL },
	{ 0x080b, "RSA-PSS", "SHA512", NULL },
};
/* clang-format on */

/* Another curve may well have as many bits. */
static bool
curve_is(const EVP_PKEY *key, const char *name)
{
	char curve[32];
	size_t len;

	return EVP_PKEY_get_group_name(key, curve, sizeof curve, &len) == 1 &&
	       strcmp(curve, name) == 0;
}

/* An RSA-PSS key may be bound to one digest. */
static bool
digest_fits(EVP_PKEY *key, const char *digest)
{
	char bound[32];

	return EVP_PKEY_get_default_digest_name(key, bound, sizeof bound) !=
		   2 ||
	       EVP_MD_is_a(EVP_get_digestbyname(digest), bound);
}

static bool
fits(const struct row *row, EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	if (!EVP_PKEY_is_a(key, row->key))
		return false;
	if (row->curve != NULL)
		return curve_is(key, row->curve);
	return bits >= 2048 && bits <= 8192 && digest_fits(key, row->digest);
}

static const struct row *
find_row(EVP_PKEY *key, uint16_t scheme)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].scheme == scheme)
			return fits(&rows[i], key) ? &rows[i] : NULL;
	return NULL;
}

uint32_t
signer_schemes(EVP_PKEY *key)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (fits(&rows[i], key))
			bits |= keyproto_scheme_bit(rows[i].scheme);
	return bits;
}

static bool
hash_fits(const struct keyproto_sign13 *sign)
{
	return (sign->hash == KEYPROTO_SHA256 && sign->transcript.len == 32) ||
	       (sign->hash == KEYPROTO_SHA384 && sign->transcript.len == 48);
}

/* 64 spaces, the context string with its zero byte, the transcript hash. */
static size_t
build_content(enum keyproto_role role, struct slice transcript,
    uint8_t content[CONTENT_MAX])
{
	static const char server[] = "TLS 1.3, server CertificateVerify";
	static const char client[] = "TLS 1.3, client CertificateVerify";
	const char *context = role == KEYPROTO_SERVER ? server : client;
	size_t len = sizeof server;

	memset(content, ' ', PADDING);
	memcpy(content + PADDING, context, len);
	memcpy(content + PADDING + len, transcript.data, transcript.len);
	return PADDING + len + transcript.len;
}

static bool
set_padding(const struct row *row, EVP_PKEY_CTX *ctx)
{
	return row->curve != NULL ||
	       (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		   EVP_PKEY_CTX_set_rsa_pss_saltlen(
		       ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* Signs, and verifies: a fault in RSA-CRT or a bad nonce gives the key away. */
static bool
sign_checked(EVP_PKEY *key, const struct row *row, struct slice content,
    uint8_t *signature, size_t *len)
{
	EVP_MD_CTX *sign = EVP_MD_CTX_new(), *verify = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool ok = sign != NULL && verify != NULL &&
		  EVP_DigestSignInit_ex(
		      sign, &ctx, row->digest, NULL, NULL, key, NULL) == 1 &&
		  set_padding(row, ctx) &&
		  EVP_DigestSign(
		      sign, signature, len, content.data, content.len) == 1 &&
		  EVP_DigestVerifyInit_ex(
		      verify, &ctx, row->digest, NULL, NULL, key, NULL) == 1 &&
		  set_padding(row, ctx) &&
		  EVP_DigestVerify(
		      verify, signature, *len, content.data, content.len) == 1;

	EVP_MD_CTX_free(sign);
	EVP_MD_CTX_free(verify);
	return ok;
}

enum keyproto_status
signer_sign(EVP_PKEY *key, enum keyproto_role role,
    const struct keyproto_sign13 *request, uint8_t *signature, size_t *len)
{
	const struct row *row = find_row(key, request->scheme);
	size_t room = *len, content_len;
	uint8_t content[CONTENT_MAX];
	bool ok;

	*len = 0;
	if (row == NULL || !hash_fits(request))
		return KEYPROTO_DENIED;
	content_len = build_content(role, request->transcript, content);
	*len = room;
	ok = sign_checked(
	    key, row, slice_of(content, content_len), signature, len);
	OPENSSL_cleanse(content, sizeof content);
	if (ok)
		return KEYPROTO_OK;
	OPENSSL_cleanse(signature, room);
	*len = 0;
	return KEYPROTO_CRYPTO;
}

bool
signer_sound(EVP_PKEY *key)
{
	static const uint8_t transcript[32];
	struct keyproto_sign13 sign = { .hash = KEYPROTO_SHA256,
		.transcript = slice_of(transcript, sizeof transcript) };
	uint8_t signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;
	bool sound = false;

	for (size_t i = 0; i < COUNT(rows) && sign.scheme == 0; i++)
		if (fits(&rows[i], key))
			sign.scheme = rows[i].scheme;
	if (sign.scheme != 0)
		sound = signer_sign(key, KEYPROTO_SERVER, &sign, signature,
			    &len) == KEYPROTO_OK;
	OPENSSL_cleanse(signature, sizeof signature);
	return sound;
}
