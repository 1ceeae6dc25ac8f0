/*
 * Signatures of TLS handshakes; the contract is in signer.h.
 */
#include "keyd/signer.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include "keyd/content.h"

/* Where a scheme may be used. */
enum { TLS13 = 1, TLS12 = 2, BEFORE = 4 };

struct row {
	uint16_t scheme;
	const char *key;    /* libcrypto's name of the key type */
	const char *digest; /* of the signature; NULL: Ed25519 has its own */
	const char *curve;  /* in TLS 1.3; NULL: RSA of 2048 to 8192 bits */
	bool pss;
	unsigned versions;
};
/* clang-format off */
static const struct row rows[] = {
	{ 0x0403, "EC",      "SHA256",   "prime256v1", false, TLS13 | TLS12 },
	{ 0x0503, "EC",      "SHA384",   "secp384r1",  false, TLS13 | TLS12 },
	{ 0x0603, "EC",      "SHA512",   "secp521r1",  false, TLS13 | TLS12 },
	{ 0x0804, "RSA",     "SHA256",   NULL,         true,  TLS13 | TLS12 },
	{ 0x0805, "RSA",     "SHA384",   NULL,         true,  TLS13 | TLS12 },
	{ 0x0806, "RSA",     "SHA512",   NULL,         true,  TLS13 | TLS12 },
	{ 0x0809, "RSA-PSS", "SHA256",   NULL,         true,  TLS13 | TLS12 },
	{ 0x080a, "RSA-PSS", "SHA384",   NULL,         true,  TLS13 | TLS12 },
	{ 0x080b, "RSA-PSS", "SHA512",   NULL,         true,  TLS13 | TLS12 },
	{ 0x0807, "ED25519", NULL,       NULL,         false, TLS13 | TLS12 },
	{ 0x0401, "RSA",     "SHA256",   NULL,         false, TLS12 },
	{ 0x0501, "RSA",     "SHA384",   NULL,         false, TLS12 },
	{ 0x0601, "RSA",     "SHA512",   NULL,         false, TLS12 },
	{ 0x0301, "RSA",     "SHA224",   NULL,         false, TLS12 },
	{ 0x0303, "EC",      "SHA224",   NULL,         false, TLS12 },
	{ 0x0201, "RSA",     "SHA1",     NULL,         false, TLS12 },
	{ 0x0203, "EC",      "SHA1",     NULL,         false, TLS12 | BEFORE },
	{ 0xffff, "RSA",     "MD5-SHA1", NULL,         false, BEFORE },
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

/* RFC 8446 4.2.3: only TLS 1.3 ties the hash to a curve. */
static bool
fits(const struct row *row, EVP_PKEY *key, unsigned version)
{
	int bits = EVP_PKEY_get_bits(key);

	if ((row->versions & version) == 0 || !EVP_PKEY_is_a(key, row->key))
		return false;
	if (row->digest == NULL)
		return true;
	if (strcmp(row->key, "EC") == 0)
		return version != TLS13 || curve_is(key, row->curve);
	return bits >= 2048 && bits <= 8192 &&
	       (!row->pss || digest_fits(key, row->digest));
}

/* Of one of the versions; NULL: the key has no such scheme there. */
static const struct row *
find_row(EVP_PKEY *key, uint16_t scheme, unsigned version)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].scheme == scheme)
			return fits(&rows[i], key, version) ? &rows[i] : NULL;
	return NULL;
}

uint32_t
signer_schemes(EVP_PKEY *key)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (fits(&rows[i], key, TLS13))
			bits |= keyproto_scheme_bit(rows[i].scheme);
	return bits;
}

static bool
set_padding(const struct row *row, EVP_PKEY_CTX *ctx)
{
	return !row->pss ||
	       (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		   EVP_PKEY_CTX_set_rsa_pss_saltlen(
		       ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static signer_elsewhere *elsewhere;

void
signer_use(signer_elsewhere *function)
{
	elsewhere = function;
}

static bool
sign(EVP_PKEY *key, const struct row *row, struct slice content,
    uint8_t *signature, size_t *len)
{
	EVP_MD_CTX *sign;
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (elsewhere != NULL)
		return row->digest != NULL &&
		       elsewhere(
			   key, row->digest, row->pss, content, signature, len);
	sign = EVP_MD_CTX_new();
	ok = sign != NULL &&
	     EVP_DigestSignInit_ex(
		 sign, &ctx, row->digest, NULL, NULL, key, NULL) == 1 &&
	     set_padding(row, ctx) &&
	     EVP_DigestSign(sign, signature, len, content.data, content.len) ==
		 1;
	EVP_MD_CTX_free(sign);
	return ok;
}

/* Signs, and verifies: a fault in RSA-CRT or a bad nonce gives the key away. */
static bool
sign_checked(EVP_PKEY *key, const struct row *row, struct slice content,
    uint8_t *signature, size_t *len)
{
	EVP_MD_CTX *verify = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool ok = verify != NULL && sign(key, row, content, signature, len) &&
		  EVP_DigestVerifyInit_ex(
		      verify, &ctx, row->digest, NULL, NULL, key, NULL) == 1 &&
		  set_padding(row, ctx) &&
		  EVP_DigestVerify(
		      verify, signature, *len, content.data, content.len) == 1;

	EVP_MD_CTX_free(verify);
	return ok;
}

/* Likewise, with nothing hashed here. */
static bool
sign_digest(EVP_PKEY *key, const struct row *row, struct slice digest,
    uint8_t *signature, size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	const EVP_MD *md = EVP_get_digestbyname(row->digest);
	bool ok =
	    ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    set_padding(row, ctx) &&
	    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	    EVP_PKEY_sign(ctx, signature, len, digest.data, digest.len) == 1 &&
	    EVP_PKEY_verify_init(ctx) == 1 && set_padding(row, ctx) &&
	    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	    EVP_PKEY_verify(ctx, signature, *len, digest.data, digest.len) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* Of the scheme's hash, which is none that collides; Ed25519 hashes itself. */
static bool
is_digest(const struct row *row, struct slice digest)
{
	return row != NULL && row->digest != NULL &&
	       keyproto_sign_operation(row->scheme) == KEYPROTO_SIGN12 &&
	       digest.len ==
		   (size_t)EVP_MD_get_size(EVP_get_digestbyname(row->digest));
}

enum keyproto_status
signer_sign(EVP_PKEY *key, enum keyproto_role role, uint16_t type,
    const struct keyproto_sign *asked, uint8_t *signature, size_t *len)
{
	unsigned versions = type == KEYPROTO_SIGN13 ? TLS13 : TLS12 | BEFORE;
	uint8_t written[CONTENT_MAX];
	struct slice content = asked->messages;
	size_t room = *len;
	struct writer out;
	const struct row *row;
	bool allowed;

	writer_init_fixed(&out, written, sizeof written);
	if (type == KEYPROTO_SIGN12CV)
		versions =
		    content_client_version(content) == 0x0303 ? TLS12 : BEFORE;
	row = find_row(key, asked->scheme, versions);
	if (type == KEYPROTO_SIGNDIGEST)
		allowed = is_digest(row, content);
	else if (type == KEYPROTO_SIGN12CV)
		allowed = content_client_version(content) != 0;
	else
		allowed = (type == KEYPROTO_SIGN13
				  ? content_verify13(role, asked, &out)
				  : content_key_exchange(asked, &out)) &&
			  writer_result(&out, &content);
	*len = 0;
	if (row == NULL || !allowed)
		return KEYPROTO_DENIED;
	*len = room;
	if (type == KEYPROTO_SIGNDIGEST
		? sign_digest(key, row, content, signature, len)
		: sign_checked(key, row, content, signature, len))
		return KEYPROTO_OK;
	OPENSSL_cleanse(signature, room);
	*len = 0;
	return elsewhere != NULL ? KEYPROTO_BACKEND : KEYPROTO_CRYPTO;
}

bool
signer_sound(EVP_PKEY *key)
{
	static const uint8_t transcript[32];
	struct keyproto_sign sign = { .hash = KEYPROTO_SHA256,
		.transcript = slice_of(transcript, sizeof transcript) };
	uint8_t signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;
	bool sound = false;

	for (size_t i = 0; i < COUNT(rows) && sign.scheme == 0; i++)
		if (fits(&rows[i], key, TLS13))
			sign.scheme = rows[i].scheme;
	if (sign.scheme != 0)
		sound = signer_sign(key, KEYPROTO_SERVER, KEYPROTO_SIGN13,
			    &sign, signature, &len) == KEYPROTO_OK;
	OPENSSL_cleanse(signature, sizeof signature);
	return sound;
}
