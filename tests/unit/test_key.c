/*
 * libtls/cert/key.c: private keys in DER, whole, damaged and unusual.
 */
#include "libtls/cert/key.h"

#include <openssl/x509.h>

#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

/* PKCS#8, or the traditional form. */
static struct slice
der_of(EVP_PKEY *key, bool pkcs8)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *der = NULL;
	int len = pkcs8 ? i2d_PKCS8_PRIV_KEY_INFO(info, &der)
			: i2d_PrivateKey(key, &der);

	PKCS8_PRIV_KEY_INFO_free(info);
	ck_assert_int_gt(len, 0);
	return slice_of(der, (size_t)len);
}

static void
drop(struct slice der)
{
	OPENSSL_free((void *)(uintptr_t)der.data);
}

static const struct {
	const char *what;
	enum certs_key key;
	bool pkcs8;
} cases[] = {
	{ "P-256, PKCS#8", CERTS_P256, true },
	{ "P-256, SEC 1", CERTS_P256, false },
	{ "P-384, PKCS#8", CERTS_P384, true },
	{ "P-521, SEC 1", CERTS_P521, false },
	{ "RSA, PKCS#8", CERTS_RSA, true },
	{ "RSA, PKCS#1", CERTS_RSA, false },
	{ "RSA-PSS", CERTS_RSA_PSS, true },
	{ "Ed25519", CERTS_ED25519, true },
};

START_TEST(a_whole_key_decodes_and_is_the_same)
{
	EVP_PKEY *want = certs_key(cases[_i].key, 0), *key = NULL;
	struct slice der = der_of(want, cases[_i].pkcs8), again;

	ck_assert_msg(key_decode(der, &key) == 0, "%s", cases[_i].what);
	ck_assert_int_eq(EVP_PKEY_get_base_id(key), EVP_PKEY_get_base_id(want));
	again = der_of(key, cases[_i].pkcs8);
	ck_assert_msg(slice_equal(der, again), "%s", cases[_i].what);
	EVP_PKEY_free(key);
	drop(again);
	drop(der);
}
END_TEST

START_TEST(a_key_that_is_cut_or_followed_by_more_is_refused)
{
	struct slice der = der_of(certs_key(cases[_i].key, 0), cases[_i].pkcs8);
	EVP_PKEY *key = NULL;
	uint8_t *more = malloc(der.len + 1), *cut;

	memcpy(more, der.data, der.len);
	more[der.len] = 0;
	ck_assert_int_eq(key_decode(slice_of(more, der.len + 1), &key),
	    ERR_DECODE_PRIVATE_KEY);
	free(more);
	/* Step 7: RSA's are long, and every field's edge is near one. */
	for (size_t len = 0; len < der.len; len += 7) {
		cut = malloc(len + 1);
		memcpy(cut, der.data, len);
		ck_assert_int_eq(key_decode(slice_of(cut, len), &key),
		    ERR_DECODE_PRIVATE_KEY);
		free(cut);
	}
	ck_assert_ptr_null(key);
	drop(der);
}
END_TEST

/* Some changes make another key; none may read beyond the end. */
START_TEST(a_changed_byte_gives_a_key_or_an_error)
{
	struct slice der = der_of(certs_key(CERTS_P256, 0), _i == 0);
	uint8_t *changed = malloc(der.len);
	EVP_PKEY *key;
	int r, refused = 0;

	for (size_t i = 0; i < der.len; i++) {
		memcpy(changed, der.data, der.len);
		changed[i] ^= 0x81;
		key = NULL;
		r = key_decode(slice_of(changed, der.len), &key);
		ck_assert(r == 0 || r == ERR_DECODE_PRIVATE_KEY);
		ck_assert_int_eq(r == 0, key != NULL);
		refused += r != 0;
		EVP_PKEY_free(key);
	}
	/* The public point alone is 64 bytes, and must be on the curve. */
	ck_assert_int_ge(refused, 64);
	free(changed);
	drop(der);
}
END_TEST

/* SEC 1 with the curve but without the public half. */
START_TEST(a_key_without_its_public_half_decodes)
{
	EVP_PKEY *want = certs_key(CERTS_P256, 0), *key = NULL;
	struct slice der = der_of(want, false);
	static const uint8_t head[] = { 0x30, 0x31 };
	uint8_t bytes[51];

	/* 30 77 | 02 01 01 | 04 20 scalar | a0 0a oid | a1 44 ... */
	ck_assert_uint_eq(der.len, 0x77 + 2);
	memcpy(bytes, der.data, sizeof bytes);
	memcpy(bytes, head, sizeof head);
	ck_assert_int_eq(key_decode(slice_of(bytes, sizeof bytes), &key), 0);
	ck_assert_int_eq(EVP_PKEY_eq(key, want), 1);
	EVP_PKEY_free(key);
	drop(der);
}
END_TEST

/* RFC 8410 10.3: the second form of one key, with its public half. */
START_TEST(an_ed25519_key_with_its_public_half_decodes)
{
	EVP_PKEY *want = certs_key(CERTS_ED25519, 0), *key = NULL;
	struct slice der = der_of(want, true);
	uint8_t bytes[2 + 3 + 7 + 2 + 34 + 3 + 32];
	size_t len = 32;

	/* 30 2e | 02 01 00 | 30 05 oid | 04 22 04 20 ... and 81 21 00 ... */
	ck_assert_uint_eq(der.len, 48);
	memcpy(bytes, der.data, 48);
	bytes[1] = sizeof bytes - 2;
	bytes[4] = 1;
	memcpy(bytes + 48, (const uint8_t[]){ 0x81, 0x21, 0 }, 3);
	ck_assert_int_eq(
	    EVP_PKEY_get_raw_public_key(want, bytes + 51, &len), 1);
	ck_assert_int_eq(key_decode(slice_of(bytes, sizeof bytes), &key), 0);
	ck_assert_int_eq(EVP_PKEY_eq(key, want), 1);
	EVP_PKEY_free(key);
	/* Of 31 bytes, or behind which something is, it is none. */
	bytes[1] = bytes[4] = 0;
	memcpy(bytes, der.data, 48);
	bytes[15] = 0x1f;
	key = NULL;
	ck_assert_int_eq(
	    key_decode(slice_of(bytes, 48), &key), ERR_DECODE_PRIVATE_KEY);
	ck_assert_ptr_null(key);
	drop(der);
}
END_TEST

static Suite *
key_suite(void)
{
	Suite *suite = suite_create("key");
	TCase *tcase = tcase_create("key");

	tcase_add_loop_test(
	    tcase, a_whole_key_decodes_and_is_the_same, 0, (int)COUNT(cases));
	tcase_add_loop_test(tcase,
	    a_key_that_is_cut_or_followed_by_more_is_refused, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(
	    tcase, a_changed_byte_gives_a_key_or_an_error, 0, 2);
	tcase_add_test(tcase, a_key_without_its_public_half_decodes);
	tcase_add_test(tcase, an_ed25519_key_with_its_public_half_decodes);
	tcase_add_unchecked_fixture(tcase, NULL, certs_free_all);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(key_suite)
