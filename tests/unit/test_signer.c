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
	struct keyproto_sign request = { .scheme = scheme,
		.hash = algorithm,
		.transcript = slice_of(hash, hash_len) };

	len = sizeof signature;
	return signer_sign(
	    key, KEYPROTO_SERVER, KEYPROTO_SIGN13, &request, signature, &len);
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

START_TEST(ed25519_signatures_are_over_the_content_itself)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	ck_assert_int_eq(sign(key, 0x0807, KEYPROTO_SHA256, 32), KEYPROTO_OK);
	ck_assert_uint_eq(len, 64);
	ck_assert(
	    verifies(key, "TLS 1.3, server CertificateVerify", NULL, false));
	ck_assert(
	    !verifies(key, "TLS 1.3, client CertificateVerify", NULL, false));
	ck_assert_int_eq(
	    sign(key, 0x0403, KEYPROTO_SHA256, 32), KEYPROTO_DENIED);
	ck_assert_uint_eq(signer_schemes(key), keyproto_scheme_bit(0x0807));
	ck_assert(signer_sound(key));
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
	{ 0x0807, KEYPROTO_SHA256, 32 }, /* Ed25519 */
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

/* ---- TLS 1.2 and older ---- */

static const uint8_t parameters[36] = { 3, 0, 29, 32, 9, 9, 9 };
static uint8_t randoms[64] = { 1, 2, 3, 4, 5, 6, 7 };

static enum keyproto_status
sign12(EVP_PKEY *key, uint16_t scheme)
{
	const struct keyproto_sign request = { .scheme = scheme,
		.client_random = slice_of(randoms, 32),
		.server_random = slice_of(randoms + 32, 32),
		.parameters = slice_of(parameters, sizeof parameters) };

	len = sizeof signature;
	return signer_sign(
	    key, KEYPROTO_SERVER, KEYPROTO_SIGN12, &request, signature, &len);
}

/* RFC 5246 7.4.3 written out by hand. */
static bool
verifies12(EVP_PKEY *key, const char *digest, bool pss)
{
	uint8_t content[64 + sizeof parameters];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool ok;

	memcpy(content, randoms, 64);
	memcpy(content + 64, parameters, sizeof parameters);
	ck_assert_int_eq(
	    EVP_DigestVerifyInit_ex(md, &ctx, digest, NULL, NULL, key, NULL),
	    1);
	if (pss) {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST);
	}
	ok = EVP_DigestVerify(md, signature, len, content, sizeof content) == 1;
	EVP_MD_CTX_free(md);
	return ok;
}

static EVP_PKEY *
make_key(const char *kind)
{
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key = NULL;

	if (strcmp(kind, "RSA") == 0)
		return EVP_RSA_gen(2048);
	if (strcmp(kind, "RSA-PSS") != 0)
		return EVP_EC_gen(kind);
	ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048), 1);
	ck_assert_int_eq(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static const struct {
	uint16_t scheme;
	const char *keys[3], *digest;
	bool pss, tls13;
} schemes[] = {
	{ 0x0403, { "P-256", "P-384", "P-521" }, "SHA256", false, true },
	{ 0x0503, { "P-256", "P-384", "P-521" }, "SHA384", false, true },
	{ 0x0603, { "P-256", "P-384", "P-521" }, "SHA512", false, true },
	{ 0x0303, { "P-256", "P-384", "P-521" }, "SHA224", false, false },
	{ 0x0203, { "P-256", "P-384", "P-521" }, "SHA1", false, false },
	{ 0x0804, { "RSA" }, "SHA256", true, true },
	{ 0x0805, { "RSA" }, "SHA384", true, true },
	{ 0x0806, { "RSA" }, "SHA512", true, true },
	{ 0x0809, { "RSA-PSS" }, "SHA256", true, true },
	{ 0x080a, { "RSA-PSS" }, "SHA384", true, true },
	{ 0x080b, { "RSA-PSS" }, "SHA512", true, true },
	{ 0x0401, { "RSA" }, "SHA256", false, false },
	{ 0x0501, { "RSA" }, "SHA384", false, false },
	{ 0x0601, { "RSA" }, "SHA512", false, false },
	{ 0x0301, { "RSA" }, "SHA224", false, false },
	{ 0x0201, { "RSA" }, "SHA1", false, false },
	{ 0xffff, { "RSA" }, "MD5-SHA1", false, false },
};

START_TEST(a_key_exchange_is_signed_with_each_scheme_of_a_key)
{
	static const char *const kinds[] = { "P-256", "P-384", "P-521", "RSA",
		"RSA-PSS" };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		EVP_PKEY *key = make_key(kinds[i]);
		bool its_own = false;

		for (size_t k = 0; k < 3 && schemes[_i].keys[k] != NULL; k++)
			its_own = its_own ||
				  strcmp(kinds[i], schemes[_i].keys[k]) == 0;
		ck_assert_msg(sign12(key, schemes[_i].scheme) ==
				  (its_own ? KEYPROTO_OK : KEYPROTO_DENIED),
		    "%s", kinds[i]);
		ck_assert(its_own == (len != 0));
		ck_assert(!its_own ||
			  verifies12(key, schemes[_i].digest, schemes[_i].pss));
		/* TLS 1.3 has none but its own */
		if (!schemes[_i].tls13)
			ck_assert_int_eq(
			    sign(key, schemes[_i].scheme, KEYPROTO_SHA256, 32),
			    KEYPROTO_DENIED);
		EVP_PKEY_free(key);
	}
}
END_TEST

START_TEST(no_other_scheme_signs_a_key_exchange)
{
	EVP_PKEY *keys[] = { EVP_EC_gen("P-256"), EVP_RSA_gen(2048) };

	for (unsigned scheme = 0; scheme <= 0xffff; scheme++) {
		bool known = false;

		for (size_t i = 0; i < COUNT(schemes); i++)
			known = known || schemes[i].scheme == scheme;
		for (size_t i = 0; i < COUNT(keys) && !known; i++)
			ck_assert_int_eq(
			    sign12(keys[i], (uint16_t)scheme), KEYPROTO_DENIED);
	}
	EVP_PKEY_free(keys[0]);
	EVP_PKEY_free(keys[1]);
}
END_TEST

START_TEST(what_content_refuses_is_denied_and_leaves_nothing)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	memset(randoms, ' ', sizeof randoms);
	memset(signature, 0x77, sizeof signature);
	ck_assert_int_eq(sign12(key, 0x0403), KEYPROTO_DENIED);
	ck_assert_uint_eq(len, 0);
	for (size_t i = 0; i < sizeof signature; i++)
		ck_assert_uint_eq(signature[i], 0x77);
	randoms[0] = 0;
	ck_assert_int_eq(sign12(key, 0x0403), KEYPROTO_OK);
	EVP_PKEY_free(key);
}
END_TEST

/* ---- a client's CertificateVerify ---- */

/* The least that may be: test_content has the rest. */
static size_t
client_messages(uint8_t minor, uint8_t *out)
{
	static const uint8_t types[] = { 1, 2, 11, 13, 14, 11, 16 };
	uint8_t *at = out;

	for (size_t i = 0; i < COUNT(types); i++) {
		size_t body = types[i] <= 2 ? 40 : 0;

		memset(at, 0, 4 + body);
		at[0] = types[i];
		at[3] = (uint8_t)body;
		if (body > 0) {
			at[4] = 3;
			at[5] = minor;
		}
		at += 4 + body;
	}
	return (size_t)(at - out);
}

static enum keyproto_status
sign12cv(EVP_PKEY *key, uint16_t scheme, struct slice messages)
{
	const struct keyproto_sign request = { .scheme = scheme,
		.messages = messages };

	len = sizeof signature;
	return signer_sign(
	    key, KEYPROTO_CLIENT, KEYPROTO_SIGN12CV, &request, signature, &len);
}

static const struct {
	const char *kind;
	uint16_t scheme;
	uint8_t minor;
	const char *digest; /* NULL: refused */
} client_schemes[] = {
	{ "P-256", 0x0403, 3, "SHA256" },
	{ "P-256", 0x0603, 3, "SHA512" },
	{ "P-256", 0x0203, 3, "SHA1" },
	{ "P-256", 0x0203, 2, "SHA1" },
	{ "P-256", 0x0203, 1, "SHA1" },
	{ "P-256", 0x0403, 2, NULL },
	{ "P-256", 0x0403, 1, NULL },
	{ "P-256", 0x0403, 0, NULL },
	{ "P-256", 0x0203, 0, NULL },
	{ "P-256", 0x0203, 4, NULL },
	{ "P-256", 0x0403, 4, NULL },
	{ "P-256", 0x0401, 3, NULL },
	{ "P-256", 0xffff, 2, NULL },
	{ "RSA", 0x0401, 3, "SHA256" },
	{ "RSA", 0x0201, 3, "SHA1" },
	{ "RSA", 0xffff, 2, "MD5-SHA1" },
	{ "RSA", 0xffff, 1, "MD5-SHA1" },
	{ "RSA", 0xffff, 0, NULL },
	{ "RSA", 0xffff, 3, NULL },
	{ "RSA", 0x0201, 2, NULL },
	{ "RSA", 0x0804, 2, NULL },
	{ "RSA", 0x0403, 3, NULL },
};

START_TEST(a_clients_messages_are_signed_with_a_scheme_of_their_version)
{
	EVP_PKEY *key = make_key(client_schemes[_i].kind);
	uint8_t bytes[256];
	struct slice messages =
	    slice_of(bytes, client_messages(client_schemes[_i].minor, bytes));
	const char *digest = client_schemes[_i].digest;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	ck_assert_int_eq(sign12cv(key, client_schemes[_i].scheme, messages),
	    digest != NULL ? KEYPROTO_OK : KEYPROTO_DENIED);
	ck_assert((digest != NULL) == (len != 0));
	if (digest != NULL) {
		ck_assert_int_eq(EVP_DigestVerifyInit_ex(
				     md, NULL, digest, NULL, NULL, key, NULL),
		    1);
		ck_assert_int_eq(EVP_DigestVerify(md, signature, len,
				     messages.data, messages.len),
		    1);
	}
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(what_no_client_signs_is_denied)
{
	static const char digest[32] = "a digest, or anything at all....";
	EVP_PKEY *key = EVP_EC_gen("P-256");
	uint8_t bytes[256];
	size_t whole = client_messages(3, bytes);

	ck_assert_int_eq(
	    sign12cv(key, 0x0403, slice_of(digest, 32)), KEYPROTO_DENIED);
	ck_assert_int_eq(sign12cv(key, 0x0403, NO_BYTES), KEYPROTO_DENIED);
	for (size_t cut = 0; cut < whole; cut++)
		ck_assert_int_eq(sign12cv(key, 0x0403, slice_of(bytes, cut)),
		    KEYPROTO_DENIED);
	ck_assert_int_eq(
	    sign12cv(key, 0x0403, slice_of(bytes, whole)), KEYPROTO_OK);
	EVP_PKEY_free(key);
}
END_TEST

/* ---- digests ---- */

static const struct {
	const char *kind;
	uint16_t scheme;
	const char *digest; /* NULL: refused, of whatever length */
	bool pss;
} digests[] = {
	{ "P-256", 0x0403, "SHA256", false },
	{ "P-384", 0x0503, "SHA384", false },
	{ "P-521", 0x0603, "SHA512", false },
	{ "P-256", 0x0303, "SHA224", false },
	{ "RSA", 0x0401, "SHA256", false },
	{ "RSA", 0x0501, "SHA384", false },
	{ "RSA", 0x0601, "SHA512", false },
	{ "RSA", 0x0804, "SHA256", true },
	{ "RSA", 0x0806, "SHA512", true },
	{ "RSA", 0x0201, NULL, false },
	{ "RSA", 0xffff, NULL, false },
	{ "P-256", 0x0203, NULL, false },
	{ "P-256", 0x0401, NULL, false },
	{ "RSA", 0x0403, NULL, false },
	{ "ED25519", 0x0807, NULL, false },
};

/* Over text, hashed by somebody else; libcrypto verifies it over the text. */
START_TEST(a_digest_is_signed_as_it_is)
{
	static const char text[] = "whatever they like";
	EVP_PKEY *key = strcmp(digests[_i].kind, "RSA") == 0 ? EVP_RSA_gen(2048)
			: digests[_i].kind[0] == 'P'
			    ? EVP_EC_gen(digests[_i].kind)
			    : EVP_PKEY_Q_keygen(NULL, NULL, digests[_i].kind);
	uint8_t digest[80] = { 0 };
	size_t size = 0;
	EVP_MD_CTX *verify = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;

	if (digests[_i].digest != NULL)
		EVP_Q_digest(NULL, digests[_i].digest, NULL, text, sizeof text,
		    digest, &size);
	for (size_t given = 20; given <= 72; given++) {
		const struct keyproto_sign request = { .scheme =
							   digests[_i].scheme,
			.digest = slice_of(digest, given) };

		if (given == size)
			continue;
		len = sizeof signature;
		ck_assert_int_eq(
		    signer_sign(key, KEYPROTO_DIGEST, KEYPROTO_SIGNDIGEST,
			&request, signature, &len),
		    KEYPROTO_DENIED);
		ck_assert_uint_eq(len, 0);
	}
	if (size > 0) {
		const struct keyproto_sign request = { .scheme =
							   digests[_i].scheme,
			.digest = slice_of(digest, size) };

		len = sizeof signature;
		ck_assert_int_eq(
		    signer_sign(key, KEYPROTO_DIGEST, KEYPROTO_SIGNDIGEST,
			&request, signature, &len),
		    KEYPROTO_OK);
		ck_assert_int_eq(EVP_DigestVerifyInit_ex(verify, &ctx,
				     digests[_i].digest, NULL, NULL, key, NULL),
		    1);
		if (digests[_i].pss)
			EVP_PKEY_CTX_set_rsa_padding(
			    ctx, RSA_PKCS1_PSS_PADDING);
		ck_assert_int_eq(EVP_DigestVerify(verify, signature, len,
				     (const unsigned char *)text, sizeof text),
		    1);
	}
	EVP_MD_CTX_free(verify);
	EVP_PKEY_free(key);
}
END_TEST

static Suite *
signer_suite(void)
{
	Suite *suite = suite_create("signer");
	TCase *tcase = tcase_create("signer");

	tcase_add_test(tcase, ec_signatures_are_over_exactly_the_tls_content);
	tcase_add_test(tcase, ed25519_signatures_are_over_the_content_itself);
	tcase_add_test(
	    tcase, rsa_signatures_are_pss_with_the_hash_length_as_salt);
	tcase_add_loop_test(tcase,
	    what_does_not_fit_is_denied_and_leaves_nothing, 0,
	    (int)COUNT(refused));
	tcase_add_test(tcase, schemes_follow_from_the_key);
	tcase_add_loop_test(tcase,
	    a_key_exchange_is_signed_with_each_scheme_of_a_key, 0,
	    (int)COUNT(schemes));
	tcase_add_test(tcase, no_other_scheme_signs_a_key_exchange);
	tcase_add_test(
	    tcase, what_content_refuses_is_denied_and_leaves_nothing);
	tcase_add_loop_test(tcase,
	    a_clients_messages_are_signed_with_a_scheme_of_their_version, 0,
	    (int)COUNT(client_schemes));
	tcase_add_test(tcase, what_no_client_signs_is_denied);
	tcase_add_loop_test(
	    tcase, a_digest_is_signed_as_it_is, 0, (int)COUNT(digests));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(signer_suite)
