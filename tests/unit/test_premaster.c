/*
 * libtls/crypto/premaster.c: whatever is wrong with a ciphertext, what comes
 * out is 48 bytes that nobody knows, and no error (RFC 5246 7.4.7.1).
 */
#include "libtls/crypto/premaster.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"

#define VERSION 0x0303
#define BYTES_MAX 512

static EVP_PKEY *key;
static size_t modulus; /* bytes */

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
	key = EVP_RSA_gen(2048);
	ck_assert_ptr_nonnull(key);
	modulus = (size_t)EVP_PKEY_get_size(key);
}

static void
stop(void)
{
	EVP_PKEY_free(key);
	library_cleanup();
}

/* RSA without any padding, of a block of our making. */
static void
encrypt_raw(const uint8_t *block, uint8_t *ciphertext)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t len = modulus;

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	ck_assert_int_eq(
	    EVP_PKEY_encrypt(ctx, ciphertext, &len, block, modulus), 1);
	EVP_PKEY_CTX_free(ctx);
}

/* RFC 8017 7.2.1: 0, 2, bytes that are not 0, 0, the message. */
static size_t
pad(uint8_t *block, unsigned version, size_t len)
{
	size_t at = modulus - len;

	memset(block, 0x5a, modulus);
	block[0] = 0;
	block[1] = 2;
	if (len < modulus - 2)
		block[at - 1] = 0;
	for (size_t i = 0; i < len; i++)
		block[at + i] = (uint8_t)(i + 1);
	if (len > 1) {
		block[at] = (uint8_t)(version >> 8);
		block[at + 1] = (uint8_t)version;
	}
	return at;
}

/* Whether the last bytes of the block came out; never an error. */
static bool
comes_out(const uint8_t *block, unsigned version)
{
	uint8_t ciphertext[BYTES_MAX], first[PREMASTER_SIZE] = { 0 },
				       second[PREMASTER_SIZE] = { 0 };
	const uint8_t *message = block + modulus - PREMASTER_SIZE;
	struct slice in = slice_of(ciphertext, modulus);
	bool same;

	encrypt_raw(block, ciphertext);
	ck_assert_int_eq(
	    premaster_decrypt(key, (uint16_t)version, in, first), 0);
	ck_assert_int_eq(
	    premaster_decrypt(key, (uint16_t)version, in, second), 0);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	same = memcmp(first, message, sizeof first) == 0;
	/* Nobody can tell twice the same of what was refused. */
	ck_assert((memcmp(first, second, sizeof first) == 0) == same);
	return same;
}

START_TEST(what_is_encrypted_is_decrypted)
{
	uint8_t ours[PREMASTER_SIZE], before[PREMASTER_SIZE] = { 0 },
				      theirs[PREMASTER_SIZE];
	struct writer out;
	struct slice ciphertext;

	for (int i = 0; i < 8; i++) {
		writer_init(&out, 2 * BYTES_MAX);
		writer_u16(&out, 0xabcd);
		ck_assert_int_eq(
		    premaster_encrypt(key, VERSION, ours, &out), 0);
		ck_assert_uint_eq(ours[0] << 8 | ours[1], VERSION);
		ck_assert_mem_ne(ours, before, sizeof ours);
		memcpy(before, ours, sizeof ours);
		ck_assert(writer_result(&out, &ciphertext));
		ck_assert_uint_eq(ciphertext.len, 2 + modulus);
		ciphertext = slice_of(ciphertext.data + 2, modulus);
		ck_assert_int_eq(
		    premaster_decrypt(key, VERSION, ciphertext, theirs), 0);
		ck_assert_mem_eq(ours, theirs, sizeof ours);
		writer_free(&out);
	}
}
END_TEST

START_TEST(only_the_hellos_version_comes_out)
{
	uint8_t block[BYTES_MAX];

	for (unsigned bit = 0; bit < 16; bit++) {
		pad(block, VERSION ^ 1u << bit, PREMASTER_SIZE);
		ck_assert_msg(!comes_out(block, VERSION), "bit %u", bit);
	}
	for (unsigned version = 0x0300; version <= 0x0304; version++) {
		pad(block, version, PREMASTER_SIZE);
		ck_assert(comes_out(block, version));
	}
}
END_TEST

START_TEST(a_wrong_padding_gives_something_else)
{
	uint8_t block[BYTES_MAX];
	size_t end;

	for (unsigned value = 0; value < 256; value += 15) {
		pad(block, VERSION, PREMASTER_SIZE);
		block[1] = (uint8_t)value;
		ck_assert_msg(!comes_out(block, VERSION), "type %u", value);
	}
	/* No zero in front of the secret, and one that is too early. */
	end = pad(block, VERSION, PREMASTER_SIZE);
	block[end - 1] = 1;
	ck_assert(!comes_out(block, VERSION));
	for (size_t at = 2; at < end - 1; at += 13) {
		pad(block, VERSION, PREMASTER_SIZE);
		block[at] = 0;
		ck_assert_msg(!comes_out(block, VERSION), "zero at %zu", at);
	}
	pad(block, VERSION, PREMASTER_SIZE);
	ck_assert(comes_out(block, VERSION));
}
END_TEST

START_TEST(another_length_gives_something_else)
{
	static const size_t lengths[] = { 0, 1, 2, 46, 47, 49, 50, 100, 245 };
	uint8_t block[BYTES_MAX];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		pad(block, VERSION, lengths[i]);
		/* So that at least the last 48 bytes are a secret's. */
		block[modulus - PREMASTER_SIZE] = VERSION >> 8;
		block[modulus - PREMASTER_SIZE + 1] = VERSION & 0xff;
		ck_assert_msg(
		    !comes_out(block, VERSION), "%zu bytes", lengths[i]);
	}
}
END_TEST

START_TEST(what_is_no_ciphertext_gives_something)
{
	static const uint8_t zeroes[PREMASTER_SIZE];
	uint8_t large[BYTES_MAX], first[PREMASTER_SIZE], second[PREMASTER_SIZE];
	static const int off[] = { -256, -255, -1, 0, 1, 200 };

	memset(large, 0xff, sizeof large); /* above the modulus */
	for (size_t i = 0; i < COUNT(off); i++) {
		size_t len = (size_t)((int)modulus + off[i]);

		memset(first, 0, sizeof first);
		memset(second, 0, sizeof second);
		ck_assert_int_eq(premaster_decrypt(
				     key, VERSION, slice_of(large, len), first),
		    0);
		ck_assert_int_eq(premaster_decrypt(key, VERSION,
				     slice_of(large, len), second),
		    0);
		ck_assert_mem_ne(first, second, sizeof first);
		ck_assert_mem_ne(first, zeroes, sizeof first);
		ck_assert_uint_eq(ERR_peek_error(), 0);
	}
}
END_TEST

/* ---- of an application's ---- */

START_TEST(what_an_application_decrypted_is_judged_likewise)
{
	uint8_t bytes[PREMASTER_SIZE + 1], out[PREMASTER_SIZE],
	    again[PREMASTER_SIZE];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i + 1);
	bytes[0] = VERSION >> 8;
	bytes[1] = VERSION & 0xff;
	for (unsigned version = 0; version < 0x10000; version += 3) {
		bool right = version == VERSION;

		ck_assert_int_eq(premaster_accept((uint16_t)version,
				     slice_of(bytes, PREMASTER_SIZE), out),
		    0);
		ck_assert((memcmp(out, bytes, sizeof out) == 0) == right);
		ck_assert_int_eq(premaster_accept((uint16_t)version,
				     slice_of(bytes, PREMASTER_SIZE), again),
		    0);
		ck_assert((memcmp(out, again, sizeof out) == 0) == right);
	}
	for (size_t len = 0; len <= sizeof bytes; len++) {
		ck_assert_int_eq(
		    premaster_accept(VERSION, slice_of(bytes, len), out), 0);
		ck_assert((memcmp(out, bytes, sizeof out) == 0) ==
			  (len == PREMASTER_SIZE));
	}
}
END_TEST

static Suite *
premaster_suite(void)
{
	Suite *suite = suite_create("premaster");
	TCase *tcase = tcase_create("premaster");

	tcase_add_unchecked_fixture(tcase, start, stop);
	tcase_add_test(tcase, what_is_encrypted_is_decrypted);
	tcase_add_test(tcase, only_the_hellos_version_comes_out);
	tcase_add_test(tcase, a_wrong_padding_gives_something_else);
	tcase_add_test(tcase, another_length_gives_something_else);
	tcase_add_test(tcase, what_is_no_ciphertext_gives_something);
	tcase_add_test(tcase, what_an_application_decrypted_is_judged_likewise);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(premaster_suite)
