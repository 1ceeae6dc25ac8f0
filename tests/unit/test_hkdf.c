/*
 * libtls/crypto: digest.c and hkdf.c, against RFC 4231, RFC 5869 and RFC 8448.
 */
#include "libtls/crypto/hkdf.h"

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
}

static void
stop(void)
{
	vectors_free();
	library_cleanup();
}

static void
assert_bytes(const uint8_t *got, const char *hex, const char *what)
{
	struct slice want = vectors_hex(hex);

	ck_assert_msg(memcmp(got, want.data, want.len) == 0, "%s", what);
}

/* FIPS 180-2, "abc" and nothing. */
static const struct {
	const struct digest *digest;
	const char *in, *out;
} digest_cases[] = {
	{ &digest_sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ &digest_sha256, "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ &digest_sha256, "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ &digest_sha384, "abc",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	    "8086072ba1e7cc2358baeca134c825a7" },
	{ &digest_sha512, "abc",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

START_TEST(digests_give_the_known_answers)
{
	const struct digest *digest = digest_cases[_i].digest;
	uint8_t out[DIGEST_MAX];

	ck_assert_uint_eq(digest->size, vectors_hex(digest_cases[_i].out).len);
	ck_assert_int_eq(
	    digest_once(digest, slice_of_string(digest_cases[_i].in), out), 0);
	assert_bytes(out, digest_cases[_i].out, digest->name);
}
END_TEST

START_TEST(a_hasher_goes_on_after_a_peek_and_starts_again)
{
	struct hasher hasher = { 0 };
	uint8_t peeked[DIGEST_MAX], once[DIGEST_MAX];

	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(hasher_start(&hasher, &digest_sha384), 0);
		ck_assert_int_eq(hasher_add(&hasher, slice_of("a", 1)), 0);
		ck_assert_int_eq(hasher_peek(&hasher, peeked), 0);
		ck_assert_int_eq(hasher_add(&hasher, slice_of("bc", 2)), 0);
		ck_assert_int_eq(hasher_peek(&hasher, peeked), 0);
		ck_assert_int_eq(
		    digest_once(&digest_sha384, slice_of("abc", 3), once), 0);
		ck_assert_mem_eq(peeked, once, digest_sha384.size);
	}
	ck_assert_int_eq(hasher_start(&hasher, &digest_sha256), 0);
	ck_assert_int_eq(hasher_peek(&hasher, peeked), 0);
	assert_bytes(peeked, digest_cases[2].out, "another digest");
	hasher_wipe(&hasher);
	hasher_wipe(&hasher);
}
END_TEST

/* RFC 4231 case 2; the empty key and text; a key longer than a block. */
START_TEST(hmac_takes_keys_of_any_length)
{
	static const uint8_t nothing[1];
	uint8_t long_key[131];
	uint8_t out[DIGEST_MAX];

	memset(long_key, 0xaa, sizeof long_key);
	ck_assert_int_eq(
	    hmac_once(&digest_sha256, slice_of("Jefe", 4),
		slice_of_string("what do ya want for nothing?"), out),
	    0);
	assert_bytes(out,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "RFC 4231 case 2");
	ck_assert_int_eq(
	    hmac_once(&digest_sha256, slice_of(long_key, sizeof long_key),
		slice_of_string("Test Using Larger Than Block-Size Key - Hash "
				"Key First"),
		out),
	    0);
	assert_bytes(out,
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	    "RFC 4231 case 6");
	/* After another key: the empty key is not the last one again. */
	ck_assert_int_eq(
	    hmac_once(&digest_sha256, NO_BYTES, slice_of(nothing, 0), out), 0);
	assert_bytes(out,
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
	    "empty key and text");
}
END_TEST

/* RFC 5869 A.1 to A.3 */
static const struct {
	const char *what, *ikm, *salt, *info, *prk, *okm;
} rfc5869[] = {
	{ "A.1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	    "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
	    "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
	    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
	    "34007208d5b887185865" },
	{ "A.2",
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
	    "404142434445464748494a4b4c4d4e4f",
	    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
	    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
	    "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
	    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	    "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
	    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
	    "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
	    "cc30c58179ec3e87c14c01d5c1f3434f1d87" },
	{ "A.3", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
	    "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8" },
};

START_TEST(hkdf_gives_the_answers_of_rfc5869)
{
	struct slice okm = vectors_hex(rfc5869[_i].okm);
	uint8_t prk[DIGEST_MAX], out[128];

	ck_assert_int_eq(
	    hkdf_extract(&digest_sha256, vectors_hex(rfc5869[_i].salt),
		vectors_hex(rfc5869[_i].ikm), prk),
	    0);
	assert_bytes(prk, rfc5869[_i].prk, rfc5869[_i].what);
	ck_assert_int_eq(hkdf_expand(&digest_sha256, slice_of(prk, 32),
			     vectors_hex(rfc5869[_i].info), out, okm.len),
	    0);
	assert_bytes(out, rfc5869[_i].okm, rfc5869[_i].what);
}
END_TEST

START_TEST(hkdf_refuses_more_than_255_blocks_and_long_labels)
{
	static uint8_t out[255 * 32 + 1];
	static const uint8_t context[256];
	const uint8_t *secret = context;
	char label[256];

	ck_assert_int_eq(hkdf_expand(&digest_sha256, slice_of(secret, 32),
			     NO_BYTES, out, 255 * 32),
	    0);
	ck_assert_int_eq(hkdf_expand(&digest_sha256, slice_of(secret, 32),
			     NO_BYTES, out, sizeof out),
	    ERR_HKDF_SIZE);
	memset(label, 'a', sizeof label);
	label[249] = '\0'; /* 255 with "tls13 " */
	ck_assert_int_eq(hkdf_expand_label(&digest_sha256, secret, label,
			     slice_of(context, 255), out, 32),
	    0);
	ck_assert_int_eq(hkdf_expand_label(&digest_sha256, secret, label,
			     slice_of(context, 256), out, 32),
	    ERR_HKDF_SIZE);
	label[249] = 'a';
	label[250] = '\0';
	ck_assert_int_eq(
	    hkdf_expand_label(&digest_sha256, secret, label, NO_BYTES, out, 32),
	    ERR_HKDF_SIZE);
}
END_TEST

/* RFC 8448 section 3: secret, label, context, result */
static const struct {
	const char *secret, *label, *context_side, *context, *side, *out;
} rfc8448[] = {
	{ "early_secret", "derived", "both", "transcript_hash_empty", "both",
	    "derived_from_early" },
	{ "handshake_secret", "c hs traffic", "both",
	    "transcript_hash_server_hello", "both", "c_hs_traffic" },
	{ "handshake_secret", "s hs traffic", "both",
	    "transcript_hash_server_hello", "both", "s_hs_traffic" },
	{ "master_secret", "s ap traffic", "both",
	    "transcript_hash_server_finished", "both", "s_ap_traffic" },
	{ "master_secret", "exp master", "both",
	    "transcript_hash_server_finished", "both", "exporter_master" },
	{ "master_secret", "res master", "both",
	    "transcript_hash_client_finished", "both", "resumption_master" },
	{ "s_hs_traffic", "key", NULL, NULL, "server", "s_hs_key" },
	{ "s_hs_traffic", "iv", NULL, NULL, "server", "s_hs_iv" },
	{ "s_hs_traffic", "finished", NULL, NULL, "server",
	    "server_finished_key" },
	{ "c_ap_traffic", "key", NULL, NULL, "client", "c_ap_key" },
};

START_TEST(labels_expand_as_in_the_trace)
{
	struct slice secret = vectors_find("3", "both", rfc8448[_i].secret);
	struct slice want =
	    vectors_find("3", rfc8448[_i].side, rfc8448[_i].out);
	struct slice context = NO_BYTES;
	uint8_t out[DIGEST_MAX];

	if (rfc8448[_i].context != NULL)
		context = vectors_find(
		    "3", rfc8448[_i].context_side, rfc8448[_i].context);
	ck_assert_int_eq(hkdf_expand_label(&digest_sha256, secret.data,
			     rfc8448[_i].label, context, out, want.len),
	    0);
	ck_assert_msg(
	    memcmp(out, want.data, want.len) == 0, "%s", rfc8448[_i].out);
}
END_TEST

START_TEST(secrets_are_extracted_as_in_the_trace)
{
	uint8_t out[DIGEST_MAX];

	ck_assert_int_eq(
	    hkdf_extract(&digest_sha256, NO_BYTES, NO_BYTES, out), 0);
	ck_assert_mem_eq(
	    out, vectors_find("3", "both", "early_secret").data, 32);
	ck_assert_int_eq(hkdf_extract(&digest_sha256,
			     vectors_find("3", "both", "derived_from_early"),
			     vectors_find("3", "both", "shared_secret"), out),
	    0);
	ck_assert_mem_eq(
	    out, vectors_find("3", "both", "handshake_secret").data, 32);
}
END_TEST

static Suite *
hkdf_suite(void)
{
	Suite *suite = suite_create("hkdf");
	TCase *tcase = tcase_create("hkdf");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, digests_give_the_known_answers, 0, (int)COUNT(digest_cases));
	tcase_add_test(tcase, a_hasher_goes_on_after_a_peek_and_starts_again);
	tcase_add_test(tcase, hmac_takes_keys_of_any_length);
	tcase_add_loop_test(
	    tcase, hkdf_gives_the_answers_of_rfc5869, 0, (int)COUNT(rfc5869));
	tcase_add_test(
	    tcase, hkdf_refuses_more_than_255_blocks_and_long_labels);
	tcase_add_loop_test(
	    tcase, labels_expand_as_in_the_trace, 0, (int)COUNT(rfc8448));
	tcase_add_test(tcase, secrets_are_extracted_as_in_the_trace);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(hkdf_suite)
