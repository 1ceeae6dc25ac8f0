/*
 * keyd/signer.c: the signature is over the TLS content, and what is refused.
 */
#include "keyd/signer.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "tests/unit/unit.h"

static uint8_t hash[64] = { 5, 6, 7 };
static uint8_t signature[KEYPROTO_SIGNATURE_MAX];
static size_t len;

static enum keyproto_status
sign(EVP_PKEY *key, uint16_t scheme, uint16_t algorithm, size_t hash_len)
{
	struct keyproto_sign13 request = { .scheme = scheme,
		.hash = algorithm,
		.transcript = slice_of(hash, hash_len) };

	len = sizeof signature;
	return signer_sign(key, KEYPROTO_SERVER, &request, signature, &len);
}

/* RFC 8446 4.4.3 written out by hand. */
static bool
verifies(EVP_PKEY *key, const char *context, const char *digest, bool pss)
{
	uint8_t content[64 + 34 + 32];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool ok;

	memset(content, 0x20, 64);
	memcpy(content + 64, context, 34);
	memcpy(content + 98, hash, 32);
	ck_assert_int_eq(
	    EVP_DigestVerifyInit_ex(md, &ctx, digest, NULL, NULL, key, NULL),
	    1);
	if (pss) {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32);
	}
	ok = EVP_DigestVerify(md, signature, len, content, sizeof content) == 1;
	EVP_MD_CTX_free(md);
	return ok;
}

START_TEST(ec_signatures_are_over_exactly_the_tls_content)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	ck_assert_int_eq(sign(key, 0x0403, KEYPROTO_SHA256, 32), KEYPROTO_OK);
	ck_assert(verifies(
	    key, "TLS 1.3, server CertificateVerify", "SHA256", false));
	ck_assert(!verifies(
	    key, "TLS 1.3, client CertificateVerify", "SHA256", false));
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(rsa_signatures_are_pss_with_the_hash_length_as_salt)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);

	ck_assert_int_eq(sign(key, 0x0804, KEYPROTO_SHA256, 32), KEYPROTO_OK);
	ck_assert_uint_eq(len, 256);
	ck_assert(
	    verifies(key, "TLS 1.3, server CertificateVerify", "SHA256", true));
	EVP_PKEY_free(key);
}
END_TEST

static const struct {
	uint16_t scheme, hash;
	size_t hash_len;
} refused[] = {
	{ 0x0503, KEYPROTO_SHA256, 32 }, /* another curve */
	{ 0x0804, KEYPROTO_SHA256, 32 }, /* RSA */
	{ 0x0401, KEYPROTO_SHA256, 32 }, /* PKCS#1 is not for TLS 1.3 */
	{ 0x0000, KEYPROTO_SHA256, 32 },
	{ 0x0403, KEYPROTO_SHA256, 31 },
	{ 0x0403, KEYPROTO_SHA256, 33 },
	{ 0x0403, KEYPROTO_SHA256, 48 },
	{ 0x0403, KEYPROTO_SHA384, 32 },
	{ 0x0403, 6, 64 },
	{ 0x0403, 0, 0 },
};

START_TEST(what_does_not_fit_is_denied_and_leaves_nothing)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	ck_assert_int_eq(sign(key, refused[_i].scheme, refused[_i].hash,
			     refused[_i].hash_len),
	    KEYPROTO_DENIED);
	ck_assert_uint_eq(len, 0);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(schemes_follow_from_the_key)
{
	EVP_PKEY *ec = EVP_EC_gen("P-384"), *small = EVP_RSA_gen(1024);

	ck_assert_uint_eq(signer_schemes(ec), keyproto_scheme_bit(0x0503));
	ck_assert_uint_eq(signer_schemes(small), 0);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(small);
}
END_TEST

static Suite *
signer_suite(void)
{
	Suite *suite = suite_create("signer");
	TCase *tcase = tcase_create("signer");

	tcase_add_test(tcase, ec_signatures_are_over_exactly_the_tls_content);
	tcase_add_test(
	    tcase, rsa_signatures_are_pss_with_the_hash_length_as_salt);
	tcase_add_loop_test(tcase,
	    what_does_not_fit_is_denied_and_leaves_nothing, 0,
	    (int)COUNT(refused));
	tcase_add_test(tcase, schemes_follow_from_the_key);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(signer_suite)
