/*
 * keyd/decrypter.c: a premaster secret comes back; nothing else shows that it
 * was none.
 */
#include "keyd/decrypter.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "tests/unit/unit.h"

#define BYTES_OF_KEY 256

static EVP_PKEY *key;
static uint8_t premaster[64], ciphertext[KEYPROTO_CIPHERTEXT_MAX];
static uint8_t got[KEYPROTO_PREMASTER_SIZE];

static void
set_up(void)
{
	ck_assert_ptr_nonnull(key = EVP_RSA_gen(8 * BYTES_OF_KEY));
	ck_assert(decrypter_start());
	ck_assert_int_eq(RAND_bytes(premaster, sizeof premaster), 1);
	premaster[0] = premaster[1] = 3;
}

static void
tear_down(void)
{
	EVP_PKEY_free(key);
}

/* RSA of a block that is padded already, or not at all. */
static void
encrypt_block(const uint8_t block[BYTES_OF_KEY])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t len = sizeof ciphertext;

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	ck_assert_int_eq(
	    EVP_PKEY_encrypt(ctx, ciphertext, &len, block, BYTES_OF_KEY), 1);
	ck_assert_uint_eq(len, BYTES_OF_KEY);
	EVP_PKEY_CTX_free(ctx);
}

/* RFC 8017 7.2.1: 0, 2, at least eight that are not zero, 0, the message. */
static void
pad(uint8_t block[BYTES_OF_KEY], size_t len)
{
	memset(block, 0x99, BYTES_OF_KEY);
	block[0] = 0;
	block[1] = 2;
	block[BYTES_OF_KEY - len - 1] = 0;
	memcpy(block + BYTES_OF_KEY - len, premaster, len);
}

static enum keyproto_status
ask_for(EVP_PKEY *with, uint16_t version, size_t len)
{
	const struct keyproto_sign asked = { .version = version,
		.ciphertext = slice_of(ciphertext, len) };
	enum keyproto_status status = decrypter_premaster(with, &asked, got);

	ck_assert_uint_eq(ERR_peek_error(), 0);
	return status;
}

START_TEST(a_premaster_secret_is_given_as_it_was)
{
	uint8_t block[BYTES_OF_KEY];

	for (uint8_t minor = 0; minor < 6; minor++) {
		premaster[1] = minor;
		pad(block, 48);
		encrypt_block(block);
		ck_assert_int_eq(
		    ask_for(key, 0x0300 | minor, BYTES_OF_KEY), KEYPROTO_OK);
		ck_assert_mem_eq(got, premaster, sizeof got);
	}
}
END_TEST

/* What is wrong with the padded block. */
static const struct {
	const char *what;
	size_t at;
	uint8_t value;
} damages[] = {
	{ "the first byte", 0, 1 },
	{ "the type of block", 1, 1 },
	{ "a zero where none may be", 2, 0 },
	{ "likewise", 9, 0 },
	{ "a message that begins too early", 50, 0 },
	{ "a message that begins one byte too early", BYTES_OF_KEY - 50, 0 },
	{ "no end of the padding", BYTES_OF_KEY - 49, 0x55 },
	{ "another major version", BYTES_OF_KEY - 48, 2 },
	{ "another minor version", BYTES_OF_KEY - 47, 2 },
	{ "a later version", BYTES_OF_KEY - 47, 4 },
};

/* The same bytes each time, well formed, and not the right ones. */
static void
expect_rejection(size_t len, const char *what)
{
	uint8_t first[KEYPROTO_PREMASTER_SIZE];

	ck_assert_msg(ask_for(key, 0x0303, len) == KEYPROTO_OK, "%s", what);
	memcpy(first, got, sizeof first);
	ck_assert_msg(first[0] == 3 && first[1] == 3, "%s", what);
	ck_assert_msg(memcmp(first + 2, premaster + 2, 46) != 0, "%s", what);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(ask_for(key, 0x0303, len), KEYPROTO_OK);
		ck_assert_msg(memcmp(got, first, sizeof got) == 0, "%s", what);
	}
}

START_TEST(what_is_wrong_is_answered_as_what_is_right)
{
	uint8_t block[BYTES_OF_KEY];

	pad(block, 48);
	block[damages[_i].at] = damages[_i].value;
	encrypt_block(block);
	expect_rejection(BYTES_OF_KEY, damages[_i].what);
}
END_TEST

START_TEST(a_secret_of_another_length_is_rejected)
{
	uint8_t block[BYTES_OF_KEY];

	for (size_t len = 0; len <= 60; len++) {
		if (len == 48)
			continue;
		pad(block, len);
		encrypt_block(block);
		expect_rejection(BYTES_OF_KEY, "length");
	}
}
END_TEST

START_TEST(a_ciphertext_of_another_length_is_rejected)
{
	static const size_t lengths[] = { 1, 2, 47, 48, 128, BYTES_OF_KEY - 1,
		BYTES_OF_KEY + 1, 512, KEYPROTO_CIPHERTEXT_MAX };
	uint8_t block[BYTES_OF_KEY];

	pad(block, 48);
	encrypt_block(block);
	for (size_t i = 0; i < COUNT(lengths); i++)
		expect_rejection(lengths[i], "length");
}
END_TEST

/* RFC 8017 7.2.2: "If the length of the ciphertext C is not k octets, output
 * 'decryption error'": also where only a zero before it is missing. */
START_TEST(a_ciphertext_without_its_first_zero_is_rejected)
{
	uint8_t block[BYTES_OF_KEY];

	pad(block, 48);
	ciphertext[0] = 1;
	for (unsigned i = 0; i < 100000 && ciphertext[0] != 0; i++) {
		block[10] = (uint8_t)(1 + i % 255);
		block[11] = (uint8_t)(1 + i / 255 % 255);
		encrypt_block(block);
	}
	ck_assert_uint_eq(ciphertext[0], 0);
	ck_assert_int_eq(ask_for(key, 0x0303, BYTES_OF_KEY), KEYPROTO_OK);
	ck_assert_mem_eq(got, premaster, sizeof got);
	memmove(ciphertext, ciphertext + 1, BYTES_OF_KEY - 1);
	expect_rejection(BYTES_OF_KEY - 1, "a byte short");
}
END_TEST

START_TEST(a_ciphertext_not_below_the_modulus_is_rejected)
{
	BIGNUM *modulus = NULL;

	memset(ciphertext, 0xff, BYTES_OF_KEY);
	expect_rejection(BYTES_OF_KEY, "all ones");
	ck_assert_int_eq(
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus), 1);
	BN_bn2bin(modulus, ciphertext);
	expect_rejection(BYTES_OF_KEY, "the modulus");
	memset(ciphertext, 0, BYTES_OF_KEY);
	expect_rejection(BYTES_OF_KEY, "zero");
	BN_free(modulus);
}
END_TEST

START_TEST(rejections_differ_by_ciphertext_version_and_process)
{
	uint8_t first[KEYPROTO_PREMASTER_SIZE];

	memset(ciphertext, 0x11, BYTES_OF_KEY);
	ck_assert_int_eq(ask_for(key, 0x0303, BYTES_OF_KEY), KEYPROTO_OK);
	memcpy(first, got, sizeof first);
	ck_assert_int_eq(ask_for(key, 0x0302, BYTES_OF_KEY), KEYPROTO_OK);
	ck_assert_mem_ne(got + 2, first + 2, 46);
	ck_assert_uint_eq(got[1], 2);
	ciphertext[BYTES_OF_KEY - 1] ^= 1;
	ck_assert_int_eq(ask_for(key, 0x0303, BYTES_OF_KEY), KEYPROTO_OK);
	ck_assert_mem_ne(got + 2, first + 2, 46);
	ciphertext[BYTES_OF_KEY - 1] ^= 1;
	ck_assert(decrypter_start());
	ck_assert_int_eq(ask_for(key, 0x0303, BYTES_OF_KEY), KEYPROTO_OK);
	ck_assert_mem_ne(got + 2, first + 2, 46);
}
END_TEST

START_TEST(a_key_of_another_kind_decrypts_nothing)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256");

	ck_assert_int_eq(ask_for(ec, 0x0303, BYTES_OF_KEY), KEYPROTO_DENIED);
	EVP_PKEY_free(ec);
}
END_TEST

static Suite *
decrypter_suite(void)
{
	Suite *suite = suite_create("decrypter");
	TCase *tcase = tcase_create("decrypter");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_premaster_secret_is_given_as_it_was);
	tcase_add_loop_test(tcase, what_is_wrong_is_answered_as_what_is_right,
	    0, (int)COUNT(damages));
	tcase_add_test(tcase, a_secret_of_another_length_is_rejected);
	tcase_add_test(tcase, a_ciphertext_of_another_length_is_rejected);
	tcase_add_test(tcase, a_ciphertext_without_its_first_zero_is_rejected);
	tcase_add_test(tcase, a_ciphertext_not_below_the_modulus_is_rejected);
	tcase_add_test(
	    tcase, rejections_differ_by_ciphertext_version_and_process);
	tcase_add_test(tcase, a_key_of_another_kind_decrypts_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(decrypter_suite)
