/*
 * DER of private keys, read into numbers that libcrypto takes as they are.
 * What is not ordinary (RSA-PSS, other curves, no public half) is libcrypto's.
 */
#include "libtls/cert/key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "base/reader.h"
#include "base/writer.h"

enum tag {
	TAG_INTEGER = 0x02,
	TAG_BIT_STRING = 0x03,
	TAG_OCTET_STRING = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_CONTEXT_0 = 0xa0,
	TAG_CONTEXT_1 = 0xa1
};

#define RSA_NUMBERS 8

static const char *const rsa_names[RSA_NUMBERS] = { OSSL_PKEY_PARAM_RSA_N,
	OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };

static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x01, 0x01 };
static const uint8_t oid_ed25519[] = { 0x2b, 0x65, 0x70 };
static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };

static const struct curve {
	const char *name;
	uint8_t oid[8];
	size_t len;
} curves[] = {
	{ "P-256", { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 8 },
	{ "P-384", { 0x2b, 0x81, 0x04, 0x00, 0x22 }, 5 },
	{ "P-521", { 0x2b, 0x81, 0x04, 0x00, 0x23 }, 5 },
};

static struct slice
take(struct reader *in, enum tag tag)
{
	size_t len;

	if (reader_u8(in) != tag)
		reader_fail(in);
	len = reader_u8(in);
	if (len == 0x81)
		len = reader_u8(in);
	else if (len == 0x82)
		len = reader_u16(in);
	else if (len > 0x7f)
		reader_fail(in);
	return reader_bytes(in, len);
}

static bool
next_is(const struct reader *in, enum tag tag)
{
	return reader_more(in) && in->rest.data[0] == tag;
}

/* A number in an order that suits OSSL_PARAM, out of memory that is wiped. */
static OSSL_PARAM
number(const char *name, struct slice in, struct writer *numbers)
{
	uint8_t *to = writer_reserve(numbers, in.len);

	if (to == NULL)
		return OSSL_PARAM_construct_end();
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	for (size_t i = 0; i < in.len; i++)
		to[in.len - 1 - i] = in.data[i];
#else
	memcpy(to, in.data, in.len);
#endif
	return OSSL_PARAM_construct_BN(name, to, in.len);
}

static EVP_PKEY *
make(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* RSAPrivateKey of two primes; NULL when it is something else. */
static EVP_PKEY *
decode_rsa(struct slice der, struct writer *numbers)
{
	OSSL_PARAM params[RSA_NUMBERS + 1];
	struct reader outer = reader_of(der);
	struct reader in = reader_of(take(&outer, TAG_SEQUENCE));
	struct slice version = take(&in, TAG_INTEGER);
	struct slice part[RSA_NUMBERS];

	for (size_t i = 0; i < RSA_NUMBERS; i++) {
		part[i] = take(&in, TAG_INTEGER);
		/* Neither empty nor negative. */
		if (part[i].len == 0 || part[i].data[0] > 0x7f)
			reader_fail(&in);
	}
	if (!reader_done(&in) || !reader_done(&outer) || version.len != 1 ||
	    version.data[0] != 0)
		return NULL;
	for (size_t i = 0; i < RSA_NUMBERS; i++)
		params[i] = number(rsa_names[i], part[i], numbers);
	params[RSA_NUMBERS] = OSSL_PARAM_construct_end();
	return numbers->failed ? NULL : make("RSA", params);
}

static const struct curve *
find_curve(struct slice oid)
{
	for (size_t i = 0; i < COUNT(curves); i++)
		if (slice_equal(oid, slice_of(curves[i].oid, curves[i].len)))
			return &curves[i];
	return NULL;
}

/* ECPrivateKey; oid is the curve's when PKCS#8 has told it, else empty. */
static EVP_PKEY *
decode_ec(struct slice der, struct slice oid, struct writer *numbers)
{
	OSSL_PARAM params[4];
	struct reader outer = reader_of(der);
	struct reader in = reader_of(take(&outer, TAG_SEQUENCE));
	struct slice version = take(&in, TAG_INTEGER);
	struct slice scalar = take(&in, TAG_OCTET_STRING);
	struct slice point = NO_BYTES;
	const struct curve *curve;
	struct reader inner;

	if (next_is(&in, TAG_CONTEXT_0)) {
		inner = reader_of(take(&in, TAG_CONTEXT_0));
		oid = take(&inner, TAG_OID);
		if (!reader_done(&inner))
			return NULL;
	}
	if (next_is(&in, TAG_CONTEXT_1)) {
		inner = reader_of(take(&in, TAG_CONTEXT_1));
		point = take(&inner, TAG_BIT_STRING);
		if (!reader_done(&inner))
			return NULL;
	}
	curve = find_curve(oid);
	if (!reader_done(&in) || !reader_done(&outer) || curve == NULL ||
	    version.len != 1 || version.data[0] != 1 || scalar.len == 0 ||
	    point.len < 2 || point.data[0] != 0)
		return NULL;
	/* libcrypto only reads what it is given; its type is not const. */
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve->name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	    (void *)(uintptr_t)(point.data + 1), point.len - 1);
	params[2] = number(OSSL_PKEY_PARAM_PRIV_KEY, scalar, numbers);
	params[3] = OSSL_PARAM_construct_end();
	return numbers->failed ? NULL : make("EC", params);
}

/* CurvePrivateKey (RFC 8410 7): the bytes, once more as an OCTET STRING. */
static EVP_PKEY *
decode_ed25519(struct slice der)
{
	struct reader in = reader_of(der);
	struct slice key = take(&in, TAG_OCTET_STRING);

	return reader_done(&in) ? EVP_PKEY_new_raw_private_key_ex(
				      NULL, "ED25519", NULL, key.data, key.len)
				: NULL;
}

/* PrivateKeyInfo, or of version 1 OneAsymmetricKey (RFC 5958). */
static EVP_PKEY *
decode_pkcs8(struct slice der, struct writer *numbers)
{
	struct reader outer = reader_of(der);
	struct reader in = reader_of(take(&outer, TAG_SEQUENCE));
	struct slice version = take(&in, TAG_INTEGER);
	struct reader algorithm = reader_of(take(&in, TAG_SEQUENCE));
	struct slice oid = take(&algorithm, TAG_OID);
	struct slice key = take(&in, TAG_OCTET_STRING);
	struct slice curve = NO_BYTES;

	if (next_is(&algorithm, TAG_OID))
		curve = take(&algorithm, TAG_OID);
	/* Attributes and the public half may follow the key. */
	if (in.failed || !reader_done(&outer) || algorithm.failed ||
	    version.len != 1 || version.data[0] > 1)
		return NULL;
	if (slice_equal(oid, slice_of(oid_ed25519, sizeof oid_ed25519)))
		return decode_ed25519(key);
	if (version.data[0] != 0)
		return NULL;
	if (slice_equal(oid, slice_of(oid_rsa, sizeof oid_rsa)))
		return decode_rsa(key, numbers);
	if (slice_equal(oid, slice_of(oid_ec, sizeof oid_ec)))
		return decode_ec(key, curve, numbers);
	return NULL;
}

int
key_decode(struct slice der, EVP_PKEY **out)
{
	const uint8_t *at = der.data;
	struct writer numbers;
	EVP_PKEY *key = NULL;

	if (der.len == 0)
		return fail(ERR_DECODE_PRIVATE_KEY);
	ERR_set_mark();
	/* The numbers are parts of the DER; params point into the buffer. */
	writer_init(&numbers, der.len);
	if (writer_reserve(&numbers, der.len) != NULL) {
		writer_truncate(&numbers, 0);
		if ((key = decode_pkcs8(der, &numbers)) == NULL &&
		    (key = decode_ec(der, NO_BYTES, &numbers)) == NULL)
			key = decode_rsa(der, &numbers);
	}
	writer_free(&numbers);
	if (key == NULL)
		key = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
	else
		at = der.data + der.len;
	ERR_pop_to_mark();
	if (key == NULL || at != der.data + der.len) {
		EVP_PKEY_free(key);
		return fail(ERR_DECODE_PRIVATE_KEY);
	}
	*out = key;
	return 0;
}
