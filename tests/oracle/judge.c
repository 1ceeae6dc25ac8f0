/*
 * Verifies what a signer answers; the contract is in judge.h.
 */
#include "tests/oracle/judge.h"

#include <stdio.h>

#include <openssl/rsa.h>

#include "base/writer.h"
#include "tests/oracle/foreign.h"

#define PADDING 64
#define FIXED13 12 /* before the transcript's hash */
#define FIXED12 8  /* before the randoms, before the messages */
#define RANDOMS (2 * KEYPROTO_RANDOM)

uint64_t judge_verified, judge_not_verified;

/* RFC 8446 4.2.3, RFC 5246 7.4.1.4.1, RFC 8422 5.1.3 */
static const struct scheme {
	uint16_t number;
	uint16_t algorithm;
	const char *digest;
	bool pss, tls13;
	uint32_t bits; /* of the curve that TLS 1.3 ties it to */
	uint16_t operation;
} schemes[] = {
	{ 0x0403, KEYPROTO_EC, "SHA256", false, true, 256, KEYPROTO_SIGN12 },
	{ 0x0503, KEYPROTO_EC, "SHA384", false, true, 384, KEYPROTO_SIGN12 },
	{ 0x0603, KEYPROTO_EC, "SHA512", false, true, 521, KEYPROTO_SIGN12 },
	{ 0x0303, KEYPROTO_EC, "SHA224", false, false, 0, KEYPROTO_SIGN12 },
	{ 0x0203, KEYPROTO_EC, "SHA1", false, false, 0, KEYPROTO_SIGN10 },
	{ 0x0804, KEYPROTO_RSA, "SHA256", true, true, 0, KEYPROTO_SIGN12 },
	{ 0x0805, KEYPROTO_RSA, "SHA384", true, true, 0, KEYPROTO_SIGN12 },
	{ 0x0806, KEYPROTO_RSA, "SHA512", true, true, 0, KEYPROTO_SIGN12 },
	{ 0x0401, KEYPROTO_RSA, "SHA256", false, false, 0, KEYPROTO_SIGN12 },
	{ 0x0501, KEYPROTO_RSA, "SHA384", false, false, 0, KEYPROTO_SIGN12 },
	{ 0x0601, KEYPROTO_RSA, "SHA512", false, false, 0, KEYPROTO_SIGN12 },
	{ 0x0301, KEYPROTO_RSA, "SHA224", false, false, 0, KEYPROTO_SIGN12 },
	{ 0x0201, KEYPROTO_RSA, "SHA1", false, false, 0, KEYPROTO_SIGN10 },
	{ 0xffff, KEYPROTO_RSA, "MD5-SHA1", false, false, 0, KEYPROTO_SIGN10 },
	{ 0x0807, KEYPROTO_ED25519, NULL, false, true, 0, KEYPROTO_SIGN12 },
};

static uint32_t
little(struct slice bytes, size_t at, size_t width)
{
	uint32_t value = 0;

	while (width-- > 0)
		value = value << 8 | bytes.data[at + width];
	return value;
}

static size_t
big(struct slice bytes, size_t at, size_t width)
{
	size_t value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | bytes.data[at + i];
	return value;
}

static struct slice
from(struct slice bytes, size_t at)
{
	return slice_of(bytes.data + at, bytes.len - at);
}

/* ---- what TLS signs ---- */

static const char *
write13(struct writer *out, enum keyproto_role role, struct slice payload)
{
	char words[40];
	size_t len = payload.len - FIXED13;

	if (payload.len < FIXED13 + 32 || little(payload, 10, 2) != len ||
	    (little(payload, 8, 2) == 4 ? len != 32 : len != 48))
		return "a hash of another length";
	for (size_t i = 0; i < PADDING; i++)
		writer_u8(out, 0x20);
	snprintf(words, sizeof words, "TLS 1.3, %s CertificateVerify",
	    role == KEYPROTO_SERVER ? "server" : "client");
	writer_bytes(out, slice_of(words, strlen(words)));
	writer_u8(out, 0);
	writer_bytes(out, from(payload, FIXED13));
	return NULL;
}

/* RFC 8422 5.4: a named curve, and a share of its length. */
static bool
is_curve(struct slice parameters)
{
	static const struct {
		uint8_t number;
		size_t len;
	} curves[] = { { 23, 65 }, { 24, 97 }, { 25, 133 }, { 29, 32 } };

	for (size_t i = 0; i < COUNT(curves); i++)
		if (parameters.len == 4 + curves[i].len &&
		    parameters.data[0] == 3 && parameters.data[1] == 0 &&
		    parameters.data[2] == curves[i].number &&
		    parameters.data[3] == curves[i].len)
			return true;
	return false;
}

/* RFC 5246 7.4.3: three numbers, the first of which is no small one. */
static bool
is_group(struct slice parameters)
{
	size_t at = 0, len = 0;

	for (int i = 0; i < 3; i++) {
		if (parameters.len < at + 2)
			return false;
		len = big(parameters, at, 2);
		if (len == 0 || (i == 0 && (len < 256 || len > 1024)))
			return false;
		at += 2 + len;
	}
	return at == parameters.len;
}

static const char *
write12(struct writer *out, struct slice payload)
{
	struct slice content = NO_BYTES, parameters;

	if (payload.len <= FIXED12 + RANDOMS)
		return "no parameters";
	content = from(payload, FIXED12);
	parameters = from(content, RANDOMS);
	if (!is_curve(parameters) && !is_group(parameters))
		return "parameters that are none";
	writer_bytes(out, content);
	return NULL;
}

/* RFC 5246 7.4.8: handshake messages, the first a ClientHello, the last a
 * ClientKeyExchange; and the version that the second says. */
static const char *
write12cv(struct writer *out, struct slice payload, uint16_t *version)
{
	static const uint8_t before[] = { 1, 2, 11, 22, 12, 13, 14, 11, 16 };
	struct slice messages = from(payload, FIXED12);
	size_t at = 0, step = 0, len;

	while (at < messages.len) {
		if (messages.len - at < 4)
			return "messages that are cut";
		/* No CertificateStatus; no ServerKeyExchange. */
		while (step < sizeof before &&
		       before[step] != messages.data[at] &&
		       (before[step] == 22 || before[step] == 12))
			step++;
		if (step == sizeof before || before[step] != messages.data[at])
			return "messages in another order";
		len = big(messages, at + 1, 3);
		if (len > messages.len - at - 4)
			return "a message that is cut";
		if (step == 1)
			*version = (uint16_t)big(messages, at + 4, 2);
		at += 4 + len;
		step++;
	}
	if (step != sizeof before)
		return "messages that lack the last";
	if (*version < 0x0301 || *version > 0x0303)
		return "messages of another version";
	writer_bytes(out, messages);
	return NULL;
}

/* ---- signatures ---- */

static bool
set_padding(const struct scheme *scheme, EVP_PKEY_CTX *ctx)
{
	return !scheme->pss ||
	       (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		   EVP_PKEY_CTX_set_rsa_pss_saltlen(
		       ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static bool
verifies(EVP_PKEY *key, const struct scheme *scheme, struct slice content,
    struct slice signature)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool ok = EVP_DigestVerifyInit_ex(
		      md, &ctx, scheme->digest, NULL, NULL, key, NULL) == 1 &&
		  set_padding(scheme, ctx) &&
		  EVP_DigestVerify(md, signature.data, signature.len,
		      content.data, content.len) == 1;

	EVP_MD_CTX_free(md);
	return ok;
}

/* As if the bytes were the digest already. */
static bool
verifies_digest(EVP_PKEY *key, const struct scheme *scheme, struct slice digest,
    struct slice signature)
{
	EVP_PKEY_CTX *ctx;
	const EVP_MD *md;
	bool ok;

	if (scheme->digest == NULL ||
	    (md = EVP_get_digestbyname(scheme->digest)) == NULL ||
	    digest.len < (size_t)EVP_MD_get_size(md))
		return false;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = EVP_PKEY_verify_init(ctx) == 1 && set_padding(scheme, ctx) &&
	     EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	     EVP_PKEY_verify(ctx, signature.data, signature.len, digest.data,
		 (size_t)EVP_MD_get_size(md)) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* Other bytes of a request, one of them each time, since each costs as much as
 * a signature. */
static bool
verifies_another(EVP_PKEY *key, const struct scheme *scheme,
    struct slice payload, struct slice content, struct slice signature)
{
	static unsigned turn;

	judge_not_verified++;
	switch (turn++ % 6) {
	case 0: /* the last field, hashed already */
		return verifies_digest(key, scheme,
		    from(payload,
			payload.len > FIXED12 + RANDOMS ? FIXED12 : FIXED13),
		    signature);
	case 1: /* the whole payload */
		return verifies(key, scheme, payload, signature);
	case 2: /* the last field */
		return verifies(key, scheme, from(payload, FIXED13), signature);
	case 3: /* the content without its beginning */
		return verifies(key, scheme, from(content, RANDOMS), signature);
	case 4: /* and without its end */
		return verifies(key, scheme,
		    slice_of(content.data, content.len - 1), signature);
	default: /* and as a digest */
		return verifies_digest(key, scheme, content, signature);
	}
}

static const struct scheme *
find_scheme(uint16_t number)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i].number == number)
			return &schemes[i];
	return NULL;
}

/* Whether the key may be used so at all, by what keyd told of it. */
static const char *
judge_use(const struct oracle_key *key, const struct scheme *scheme,
    uint16_t type, uint32_t generation, uint16_t version)
{
	uint16_t operation =
	    type == KEYPROTO_SIGN13 || type == KEYPROTO_SIGNDIGEST
		? type
		: scheme->operation;

	if (scheme->algorithm != key->told.algorithm)
		return "another kind of key's scheme";
	if (generation != key->told.generation)
		return "another generation";
	if ((key->told.operations & 1u << operation) == 0)
		return "an operation that the key is not for";
	if (type == KEYPROTO_SIGN13 &&
	    (!scheme->tls13 ||
		(scheme->bits != 0 && scheme->bits != key->told.bits)))
		return "a scheme that TLS 1.3 has not with this key";
	/* RFC 4346 has no schemes: SHA-1, with RSA MD5 before it. */
	if (type == KEYPROTO_SIGN12CV &&
	    (version == 0x0303
		    ? scheme->number == 0xffff
		    : scheme->number != 0xffff && scheme->number != 0x0203))
		return "another version's scheme";
	return NULL;
}

static const char *
judge_content(enum keyproto_role role, const struct oracle_key *key,
    uint16_t type, struct slice payload, struct slice signature,
    struct slice also, struct writer *out)
{
	const struct scheme *scheme =
	    find_scheme((uint16_t)little(payload, 2, 2));
	uint16_t version = 0;
	const char *wrong;
	struct slice content;

	wrong = type == KEYPROTO_SIGN13   ? write13(out, role, payload)
		: type == KEYPROTO_SIGN12 ? write12(out, payload)
					  : write12cv(out, payload, &version);
	if (wrong != NULL)
		return wrong;
	if (scheme == NULL)
		return "an unknown scheme";
	wrong = judge_use(key, scheme, type, little(payload, 4, 4), version);
	if (wrong != NULL)
		return wrong;
	if (!writer_result(out, &content))
		return "content that is too long";
	/* TLS 1.3's begins with a text and a zero that nobody chooses. */
	if (type != KEYPROTO_SIGN13 && (wrong = foreign_told(content)) != NULL)
		return wrong;
	judge_verified++;
	if (!verifies(key->key, scheme, content, signature))
		return "a signature that does not verify";
	if (verifies_another(key->key, scheme, payload, content, signature))
		return "a signature of something else";
	if (also.len > 0 && verifies(key->key, scheme, also, signature))
		return "a signature of what was asked for";
	return NULL;
}

/* The keys that a digest may be signed with are told; of what, is not. */
static const char *
judge_digest(
    const struct oracle_key *key, struct slice payload, struct slice signature)
{
	const struct scheme *scheme =
	    find_scheme((uint16_t)little(payload, 2, 2));
	struct slice digest = from(payload, FIXED12);
	const EVP_MD *md;
	const char *wrong;

	if (scheme == NULL || scheme->digest == NULL ||
	    scheme->operation != KEYPROTO_SIGN12)
		return "a scheme that digests have not";
	wrong = judge_use(
	    key, scheme, KEYPROTO_SIGNDIGEST, little(payload, 4, 4), 0);
	if (wrong != NULL)
		return wrong;
	md = EVP_get_digestbyname(scheme->digest);
	if (md == NULL || digest.len != (size_t)EVP_MD_get_size(md))
		return "a digest of another length";
	judge_verified++;
	if (!verifies_digest(key->key, scheme, digest, signature))
		return "a signature of another digest";
	judge_not_verified++;
	if (verifies(key->key, scheme, digest, signature) ||
	    verifies(key->key, scheme, payload, signature))
		return "a signature of what was hashed again";
	return NULL;
}

const char *
judge_signature(enum keyproto_role role, const struct oracle_key *keys,
    size_t key_count, uint16_t type, struct slice payload,
    struct slice signature, struct slice also)
{
	uint32_t slot = payload.len > FIXED12 ? little(payload, 0, 2) : 0xffff;
	const char *wrong = "a slot that is not ours";
	struct writer out;

	if ((type == KEYPROTO_SIGNDIGEST) != (role == KEYPROTO_DIGEST))
		return "a digest for who has TLS, or TLS for who has digests";
	if (type == KEYPROTO_SIGN12 && role != KEYPROTO_SERVER)
		return "a key exchange by a client";
	if (type == KEYPROTO_SIGN12CV && role != KEYPROTO_CLIENT)
		return "a client's signature by a server";
	writer_init(&out, KEYPROTO_PACKET_MAX);
	for (size_t i = 0; i < key_count; i++)
		if (keys[i].told.slot == slot)
			wrong = type == KEYPROTO_SIGNDIGEST
				    ? judge_digest(&keys[i], payload, signature)
				    : judge_content(role, &keys[i], type,
					  payload, signature, also, &out);
	writer_free(&out);
	return wrong;
}
