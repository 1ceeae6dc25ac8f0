/*
 * Signature schemes; the contract is in scheme.h.
 */
#include "libtls/crypto/scheme.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "libtls/unstable/ed25519.h"

#define RSA S2N_TLS_SIGNATURE_RSA
#define ECDSA S2N_TLS_SIGNATURE_ECDSA
#define RSAE S2N_TLS_SIGNATURE_RSA_PSS_RSAE
#define PSS S2N_TLS_SIGNATURE_RSA_PSS_PSS
#define ED25519 S2N_TLS_SIGNATURE_ED25519
#define V30 S2N_SSLv3
#define V11 S2N_TLS11
#define V12 S2N_TLS12
#define V13 S2N_TLS13

/* clang-format off */
static const struct scheme table[] = {
/*	  number  name                      in TLS 1.2              digest          key          pss    curve    algorithm hash                 versions */
	{ 0x0403, "ecdsa_secp256r1_sha256", "legacy_ecdsa_sha256",  &digest_sha256, KEY_ECDSA,   false, "prime256v1", ECDSA, S2N_TLS_HASH_SHA256, V12, V13 },
	{ 0x0503, "ecdsa_secp384r1_sha384", "legacy_ecdsa_sha384",  &digest_sha384, KEY_ECDSA,   false, "secp384r1",  ECDSA, S2N_TLS_HASH_SHA384, V12, V13 },
	{ 0x0603, "ecdsa_secp521r1_sha512", "legacy_ecdsa_sha512",  &digest_sha512, KEY_ECDSA,   false, "secp521r1",  ECDSA, S2N_TLS_HASH_SHA512, V12, V13 },
	{ 0x0203, "ecdsa_sha1",             "ecdsa_sha1",           &digest_sha1,   KEY_ECDSA,   false, NULL,         ECDSA, S2N_TLS_HASH_SHA1,   V30, V12 },
	{ 0x0303, "legacy_ecdsa_sha224",    "legacy_ecdsa_sha224",  &digest_sha224, KEY_ECDSA,   false, NULL,         ECDSA, S2N_TLS_HASH_SHA224, V12, V12 },
	{ 0x0804, "rsa_pss_rsae_sha256",    "rsa_pss_rsae_sha256",  &digest_sha256, KEY_RSA,     true,  NULL,         RSAE,  S2N_TLS_HASH_SHA256, V12, V13 },
	{ 0x0805, "rsa_pss_rsae_sha384",    "rsa_pss_rsae_sha384",  &digest_sha384, KEY_RSA,     true,  NULL,         RSAE,  S2N_TLS_HASH_SHA384, V12, V13 },
	{ 0x0806, "rsa_pss_rsae_sha512",    "rsa_pss_rsae_sha512",  &digest_sha512, KEY_RSA,     true,  NULL,         RSAE,  S2N_TLS_HASH_SHA512, V12, V13 },
	{ 0x0809, "rsa_pss_pss_sha256",     "rsa_pss_pss_sha256",   &digest_sha256, KEY_RSA_PSS, true,  NULL,         PSS,   S2N_TLS_HASH_SHA256, V12, V13 },
	{ 0x080a, "rsa_pss_pss_sha384",     "rsa_pss_pss_sha384",   &digest_sha384, KEY_RSA_PSS, true,  NULL,         PSS,   S2N_TLS_HASH_SHA384, V12, V13 },
	{ 0x080b, "rsa_pss_pss_sha512",     "rsa_pss_pss_sha512",   &digest_sha512, KEY_RSA_PSS, true,  NULL,         PSS,   S2N_TLS_HASH_SHA512, V12, V13 },
	{ 0x0807, "ed25519",                "ed25519",              NULL,           KEY_ED25519, false, NULL,         ED25519, S2N_TLS_HASH_NONE,  V12, V13 },
	{ 0x0401, "rsa_pkcs1_sha256",       "rsa_pkcs1_sha256",     &digest_sha256, KEY_RSA,     false, NULL,         RSA,   S2N_TLS_HASH_SHA256, V12, V12 },
	{ 0x0501, "rsa_pkcs1_sha384",       "rsa_pkcs1_sha384",     &digest_sha384, KEY_RSA,     false, NULL,         RSA,   S2N_TLS_HASH_SHA384, V12, V12 },
	{ 0x0601, "rsa_pkcs1_sha512",       "rsa_pkcs1_sha512",     &digest_sha512, KEY_RSA,     false, NULL,         RSA,   S2N_TLS_HASH_SHA512, V12, V12 },
	{ 0x0201, "rsa_pkcs1_sha1",         "rsa_pkcs1_sha1",       &digest_sha1,   KEY_RSA,     false, NULL,         RSA,   S2N_TLS_HASH_SHA1,   V12, V12 },
	{ 0x0301, "legacy_rsa_sha224",      "legacy_rsa_sha224",    &digest_sha224, KEY_RSA,     false, NULL,         RSA,   S2N_TLS_HASH_SHA224, V12, V12 },
	{ 0xffff, "legacy_rsa_md5_sha1",    "legacy_rsa_md5_sha1",  &digest_md5_sha1, KEY_RSA,   false, NULL,         RSA,   S2N_TLS_HASH_MD5_SHA1, V30, V11 },
};
/* clang-format on */

const struct scheme *
scheme_find(uint16_t number)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].number == number)
			return &table[i];
	return NULL;
}

const struct scheme *
scheme_before_tls12(enum key_kind key)
{
	return scheme_find(key == KEY_ECDSA ? 0x0203 : 0xffff);
}

enum key_kind
key_kind_of(const EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return KEY_RSA;
	case EVP_PKEY_RSA_PSS:
		return KEY_RSA_PSS;
	case EVP_PKEY_EC:
		return KEY_ECDSA;
	case EVP_PKEY_ED25519:
		return KEY_ED25519;
	}
	return KEY_UNKNOWN;
}

/* RFC 8446 4.2.3: in TLS 1.3 the scheme names the curve. */
static bool
curve_fits(const char *curve, const EVP_PKEY *key)
{
	char name[32];

	return EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
	       strcmp(name, curve) == 0;
}

/* RFC 8017 9.1.1: the encoded message has room for hash, salt and two bytes. */
static bool
pss_fits(const struct scheme *scheme, const EVP_PKEY *key)
{
	return EVP_PKEY_get_bits(key) >= 8 * (2 * scheme->digest->size + 2);
}

/*
 * RFC 4055 1.2: a key may be bound to a hash, a hash of the mask generation and
 * a least salt. Only a bound key has a salt length; a hash that libcrypto
 * leaves out is the default, SHA-1, which no scheme of ours has.
 */
static bool
pss_allows(const struct scheme *scheme, const EVP_PKEY *key)
{
	const EVP_MD *md = digest_md(scheme->digest);
	char hash[32], mgf1[32];
	int salt;

	if (EVP_PKEY_get_int_param(
		key, OSSL_PKEY_PARAM_RSA_PSS_SALTLEN, &salt) != 1)
		return true;
	return salt <= scheme->digest->size &&
	       EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_RSA_DIGEST,
		   hash, sizeof hash, NULL) == 1 &&
	       EVP_PKEY_get_utf8_string_param(key,
		   OSSL_PKEY_PARAM_RSA_MGF1_DIGEST, mgf1, sizeof mgf1,
		   NULL) == 1 &&
	       EVP_MD_is_a(md, hash) && EVP_MD_is_a(md, mgf1);
}

bool
scheme_fits(const struct scheme *scheme, const EVP_PKEY *key, uint8_t version)
{
	if (scheme->min_version > version || scheme->max_version < version ||
	    scheme->key != key_kind_of(key))
		return false;
	if (version >= S2N_TLS13 && scheme->curve != NULL)
		return curve_fits(scheme->curve, key);
	if (!scheme->pss)
		return true;
	return pss_fits(scheme, key) &&
	       (scheme->key != KEY_RSA_PSS || pss_allows(scheme, key));
}

static bool
set_rsa(EVP_PKEY_CTX *ctx, const struct scheme *scheme)
{
	const EVP_MD *md = digest_md(scheme->digest);

	if (EVP_PKEY_CTX_set_rsa_padding(ctx,
		scheme->pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
		return false;
	return !scheme->pss || (EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
				   EVP_PKEY_CTX_set_rsa_pss_saltlen(
				       ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static bool
set_up(EVP_PKEY_CTX *ctx, const struct scheme *scheme)
{
	return scheme->key == KEY_ECDSA || set_rsa(ctx, scheme);
}

int
scheme_input(const struct scheme *scheme, struct slice content,
    uint8_t digest[DIGEST_MAX], struct slice *input)
{
	*input = content;
	if (scheme->digest == NULL)
		return 0;
	*input = slice_of(digest, scheme->digest->size);
	return digest_once(scheme->digest, content, digest);
}

/* ---- of a digest ---- */

/* A context that is set up to sign, or to verify; NULL where a key is not for
 * that. */
static EVP_PKEY_CTX *
context(const struct scheme *scheme, EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (ctx != NULL && init(ctx) == 1 && set_up(ctx, scheme))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static int
sign_digest(const struct scheme *scheme, EVP_PKEY *key, struct slice digest,
    uint8_t *signature, size_t *len)
{
	EVP_PKEY_CTX *ctx = context(scheme, key, EVP_PKEY_sign_init);
	int r = 0;

	if (ctx == NULL)
		return fail(ERR_PKEY_CONTEXT);
	if (EVP_PKEY_sign(ctx, signature, len, digest.data, digest.len) != 1)
		r = fail(ERR_SIGN);
	EVP_PKEY_CTX_free(ctx);
	return r;
}

static int
verify_digest(const struct scheme *scheme, EVP_PKEY *key, struct slice digest,
    struct slice signature)
{
	EVP_PKEY_CTX *ctx = context(scheme, key, EVP_PKEY_verify_init);
	int r = 0;

	if (ctx == NULL)
		return fail(ERR_PKEY_CONTEXT);
	if (EVP_PKEY_verify(ctx, signature.data, signature.len, digest.data,
		digest.len) != 1)
		r = fail(ERR_VERIFY_SIGNATURE);
	EVP_PKEY_CTX_free(ctx);
	return r;
}

/* ---- of the whole content ---- */

static int
sign_whole(EVP_PKEY *key, struct slice content, uint8_t *signature, size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = 0;

	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1)
		r = fail(ERR_PKEY_CONTEXT);
	else if (EVP_DigestSign(
		     ctx, signature, len, content.data, content.len) != 1)
		r = fail(ERR_SIGN);
	EVP_MD_CTX_free(ctx);
	return r;
}

static int
verify_whole(EVP_PKEY *key, struct slice content, struct slice signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = 0;

	if (ctx == NULL ||
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
		r = fail(ERR_PKEY_CONTEXT);
	else if (EVP_DigestVerify(ctx, signature.data, signature.len,
		     content.data, content.len) != 1)
		r = fail(ERR_VERIFY_SIGNATURE);
	EVP_MD_CTX_free(ctx);
	return r;
}

int
scheme_sign(const struct scheme *scheme, EVP_PKEY *key, struct slice input,
    uint8_t *signature, size_t *len)
{
	return scheme->digest == NULL
		   ? sign_whole(key, input, signature, len)
		   : sign_digest(scheme, key, input, signature, len);
}

int
scheme_verify(const struct scheme *scheme, EVP_PKEY *key, struct slice input,
    struct slice signature)
{
	return scheme->digest == NULL
		   ? verify_whole(key, input, signature)
		   : verify_digest(scheme, key, input, signature);
}
