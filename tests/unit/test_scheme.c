/*
 * libtls/crypto/scheme.c: every scheme signs and verifies, and fits only the
 * keys and versions it may be used with.
 */
#include "libtls/crypto/scheme.h"

#include <openssl/rsa.h>

#include "libtls/crypto/library.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

#define NO_KEY CERTS_KEYS

/* clang-format off */
static const struct {
	uint16_t number;
	enum certs_key key;     /* one that fits */
	bool tls13;
	enum certs_key tls12;   /* one that fits in TLS 1.2 only, or NO_KEY */
	const char *name;       /* in TLS 1.3 */
} rows[] = {
	{ 0x0403, CERTS_P256,    true,  CERTS_P384, "ecdsa_secp256r1_sha256" },
	{ 0x0503, CERTS_P384,    true,  CERTS_P521, "ecdsa_secp384r1_sha384" },
	{ 0x0603, CERTS_P521,    true,  CERTS_P256, "ecdsa_secp521r1_sha512" },
	{ 0x0203, CERTS_P256,    false, NO_KEY,     "ecdsa_sha1" },
	{ 0x0804, CERTS_RSA,     true,  NO_KEY,     "rsa_pss_rsae_sha256" },
	{ 0x0805, CERTS_RSA,     true,  NO_KEY,     "rsa_pss_rsae_sha384" },
	{ 0x0806, CERTS_RSA,     true,  NO_KEY,     "rsa_pss_rsae_sha512" },
	{ 0x0809, CERTS_RSA_PSS, true,  NO_KEY,     "rsa_pss_pss_sha256" },
	{ 0x080a, CERTS_RSA_PSS, true,  NO_KEY,     "rsa_pss_pss_sha384" },
	{ 0x080b, CERTS_RSA_PSS, true,  NO_KEY,     "rsa_pss_pss_sha512" },
	{ 0x0807, CERTS_ED25519, true,  NO_KEY,     "ed25519" },
	{ 0x0401, CERTS_RSA,     false, NO_KEY,     "rsa_pkcs1_sha256" },
	{ 0x0501, CERTS_RSA,     false, NO_KEY,     "rsa_pkcs1_sha384" },
	{ 0x0601, CERTS_RSA,     false, NO_KEY,     "rsa_pkcs1_sha512" },
	{ 0x0201, CERTS_RSA,     false, NO_KEY,     "rsa_pkcs1_sha1" },
};
/* clang-format on */

static uint8_t digest[DIGEST_MAX] = "a digest of some transcript";
static uint8_t signature[SIGNATURE_MAX];
static size_t len;

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
	len = sizeof signature;
}

static void
stop(void)
{
	certs_free_all();
	library_cleanup();
}

/* The content itself, of this length, where there is no digest. */
static struct slice
input_of(const struct scheme *scheme)
{
	return slice_of(digest,
	    scheme->digest != NULL ? scheme->digest->size : sizeof digest);
}

START_TEST(a_signature_verifies_and_a_changed_one_does_not)
{
	const struct scheme *scheme = scheme_find(rows[_i].number);
	EVP_PKEY *key = certs_key(rows[_i].key, 0);
	EVP_PKEY *other = certs_key(rows[_i].key, 1);
	struct slice input;

	ck_assert_ptr_nonnull(scheme);
	ck_assert_str_eq(scheme->name, rows[_i].name);
	input = input_of(scheme);
	ck_assert_int_eq(scheme_sign(scheme, key, input, signature, &len), 0);
	ck_assert_int_eq(
	    scheme_verify(scheme, key, input, slice_of(signature, len)), 0);
	ck_assert_int_eq(
	    scheme_verify(scheme, other, input, slice_of(signature, len)),
	    ERR_VERIFY_SIGNATURE);
	ck_assert_int_eq(
	    scheme_verify(scheme, key, input, slice_of(signature, len - 1)),
	    ERR_VERIFY_SIGNATURE);
	ck_assert_int_eq(
	    scheme_verify(scheme, key, input, NO_BYTES), ERR_VERIFY_SIGNATURE);
	digest[input.len - 1] ^= 1;
	ck_assert_int_eq(
	    scheme_verify(scheme, key, input, slice_of(signature, len)),
	    ERR_VERIFY_SIGNATURE);
	digest[input.len - 1] ^= 1;
	signature[len / 2] ^= 1;
	ck_assert_int_eq(
	    scheme_verify(scheme, key, input, slice_of(signature, len)),
	    ERR_VERIFY_SIGNATURE);
}
END_TEST

static bool
fits(uint16_t number, enum certs_key kind, uint8_t version)
{
	return scheme_fits(scheme_find(number), certs_key(kind, 0), version);
}

START_TEST(a_scheme_fits_only_its_keys)
{
	for (enum certs_key kind = 0; kind < CERTS_KEYS; kind++) {
		bool same_curve = kind == rows[_i].key;
		bool ecdsa = scheme_find(rows[_i].number)->key == KEY_ECDSA;
		bool ec = kind <= CERTS_P521;

		if (kind == CERTS_RSA_WEAK)
			continue;
		ck_assert_msg(fits(rows[_i].number, kind, S2N_TLS13) ==
				  (rows[_i].tls13 && same_curve),
		    "%s, key %d, TLS 1.3", rows[_i].name, (int)kind);
		/* RFC 8422 5.10: below, any curve goes with any hash. */
		ck_assert_msg(fits(rows[_i].number, kind, S2N_TLS12) ==
				  (ecdsa ? ec : same_curve),
		    "%s, key %d, TLS 1.2", rows[_i].name, (int)kind);
	}
	if (rows[_i].tls12 != NO_KEY)
		ck_assert(fits(rows[_i].number, rows[_i].tls12, S2N_TLS12));
}
END_TEST

/* 512 bits: no room for two SHA-256 values (RFC 8017 9.1.1). */
START_TEST(a_key_too_small_for_pss_does_not_fit)
{
	ck_assert(!fits(0x0804, CERTS_RSA_WEAK, S2N_TLS13));
	ck_assert(!fits(0x0806, CERTS_RSA_WEAK, S2N_TLS12));
}
END_TEST

START_TEST(a_scheme_of_another_kind_of_key_does_not_sign)
{
	ck_assert_int_eq(
	    scheme_sign(scheme_find(0x0804), certs_key(CERTS_P256, 0),
		slice_of(digest, 32), signature, &len),
	    ERR_PKEY_CONTEXT);
	len = 16;
	ck_assert_int_eq(
	    scheme_sign(scheme_find(0x0804), certs_key(CERTS_RSA, 0),
		slice_of(digest, 32), signature, &len),
	    ERR_SIGN);
}
END_TEST

/* RFC 8446 4.2.3: "the length of the Salt MUST be equal to the length of the
 * digest" */
START_TEST(a_pss_salt_of_another_length_is_refused)
{
	const struct scheme *scheme = scheme_find(0x0804);
	EVP_PKEY *key = certs_key(CERTS_RSA, 0);
	static const int salts[] = { 32, 0, 20, 31, 33, 64 };

	for (size_t i = 0; i < COUNT(salts); i++) {
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

		len = sizeof signature;
		ck_assert_int_eq(EVP_PKEY_sign_init(ctx), 1);
		ck_assert_int_eq(
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING),
		    1);
		ck_assert_int_eq(
		    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), 1);
		ck_assert_int_eq(
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salts[i]), 1);
		ck_assert_int_eq(
		    EVP_PKEY_sign(ctx, signature, &len, digest, 32), 1);
		ck_assert_int_eq(
		    scheme_verify(scheme, key, slice_of(digest, 32),
			slice_of(signature, len)),
		    salts[i] == 32 ? 0 : ERR_VERIFY_SIGNATURE);
		EVP_PKEY_CTX_free(ctx);
	}
}
END_TEST

/* RFC 4055 1.2: a key may be bound to one hash and a least salt. */
static EVP_PKEY *
restricted_key(const EVP_MD *md, const EVP_MD *mgf1, int salt)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);
	EVP_PKEY *key = NULL;

	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, md), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, mgf1), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, salt), 1);
	ck_assert_int_eq(EVP_PKEY_keygen(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

START_TEST(a_restricted_pss_key_fits_what_it_is_bound_to)
{
	const struct {
		const EVP_MD *md, *mgf1;
		int salt;
		bool sha256, sha384;
	} cases[] = {
		{ EVP_sha256(), EVP_sha256(), 32, true, false },
		{ EVP_sha384(), EVP_sha384(), 20, false, true },
		{ EVP_sha256(), EVP_sha256(), 40, false, false },
		{ EVP_sha256(), EVP_sha1(), 20, false, false },
		{ EVP_sha1(), EVP_sha1(), 20, false, false },
	};
	EVP_PKEY *key =
	    restricted_key(cases[_i].md, cases[_i].mgf1, cases[_i].salt);
	const struct scheme *sha256 = scheme_find(0x0809);

	ck_assert_int_eq(key_kind_of(key), KEY_RSA_PSS);
	ck_assert_int_eq(scheme_fits(sha256, key, S2N_TLS13), cases[_i].sha256);
	ck_assert_int_eq(
	    scheme_fits(scheme_find(0x080a), key, S2N_TLS13), cases[_i].sha384);
	/* libcrypto is of the same opinion. */
	ck_assert_int_eq(
	    scheme_sign(sha256, key, slice_of(digest, 32), signature, &len),
	    cases[_i].sha256 ? 0 : ERR_PKEY_CONTEXT);
	EVP_PKEY_free(key);
}
END_TEST

/* RFC 8032 7.1, test 2, whose keys come as bytes. */
START_TEST(ed25519_signs_the_content_as_in_its_rfc)
{
	static const uint8_t secret[32] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff,
		0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
		0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c,
		0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb };
	static const uint8_t message[] = { 0x72 };
	static const uint8_t expected[64] = { 0x92, 0xa0, 0x09, 0xa9, 0xf0,
		0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f, 0x64, 0x25,
		0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3,
		0x76, 0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1,
		0xe4, 0x3e, 0x15, 0x99, 0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0,
		0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae, 0xb4, 0x30, 0x2a,
		0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00 };
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, secret, sizeof secret);
	const struct scheme *scheme = scheme_find(0x0807);
	struct slice input, content = slice_of(message, sizeof message);
	uint8_t room[DIGEST_MAX];

	ck_assert_int_eq(scheme_input(scheme, content, room, &input), 0);
	ck_assert_ptr_eq(input.data, message);
	ck_assert_int_eq(scheme_sign(scheme, key, input, signature, &len), 0);
	ck_assert_uint_eq(len, sizeof expected);
	ck_assert_mem_eq(signature, expected, sizeof expected);
	len = 63;
	ck_assert_int_eq(
	    scheme_sign(scheme, key, input, signature, &len), ERR_SIGN);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(unknown_numbers_and_keys_are_not_taken)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

	ck_assert_ptr_null(scheme_find(0));
	ck_assert_ptr_null(scheme_find(0x0808)); /* ed448 */
	ck_assert_int_eq(key_kind_of(key), KEY_UNKNOWN);
	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert(
		    !scheme_fits(scheme_find(rows[i].number), key, S2N_TLS13));
	EVP_PKEY_free(key);
}
END_TEST

static Suite *
scheme_suite(void)
{
	Suite *suite = suite_create("scheme");
	TCase *tcase = tcase_create("scheme");
	int all = (int)COUNT(rows);

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, a_signature_verifies_and_a_changed_one_does_not, 0, all);
	tcase_add_loop_test(tcase, a_scheme_fits_only_its_keys, 0, all);
	tcase_add_test(tcase, ed25519_signs_the_content_as_in_its_rfc);
	tcase_add_test(tcase, a_key_too_small_for_pss_does_not_fit);
	tcase_add_test(tcase, a_scheme_of_another_kind_of_key_does_not_sign);
	tcase_add_test(tcase, a_pss_salt_of_another_length_is_refused);
	tcase_add_loop_test(
	    tcase, a_restricted_pss_key_fits_what_it_is_bound_to, 0, 5);
	tcase_add_test(tcase, unknown_numbers_and_keys_are_not_taken);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(scheme_suite)
