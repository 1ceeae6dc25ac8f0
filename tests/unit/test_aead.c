/*
 * libtls/crypto/aead.c: RFC 8439 2.8.2, the GCM specification's cases 4 and 16
 * and the record of RFC 8448 section 3; tampering; in place.
 */
#include "libtls/crypto/aead.h"

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define GCM_TEXT                                                               \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c" \
	"0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define GCM_AD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_KEY "feffe9928665731c6d6a8f9467308308"

static const struct {
	const struct aead *aead;
	const char *key, *nonce, *ad, *text, *sealed;
} cases[] = {
	{ &aead_aes128_gcm, GCM_KEY, "cafebabefacedbaddecaf888", GCM_AD,
	    GCM_TEXT,
	    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21"
	    "d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221"
	    "a5db94fae95ae7121a47" },
	{ &aead_aes256_gcm, GCM_KEY GCM_KEY, "cafebabefacedbaddecaf888", GCM_AD,
	    GCM_TEXT,
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8c"
	    "b08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e"
	    "1768cddf8853bb2d551b" },
	{ &aead_aes128_gcm, "00000000000000000000000000000000",
	    "000000000000000000000000", "", "",
	    "58e2fccefa7e3061367f1d57a4e7455a" },
	{ &aead_chacha20_poly1305,
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	    "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
	    "4c616469657320616e642047656e746c656d656e206f662074686520636c617373"
	    "206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c"
	    "79206f6e652074697020666f7220746865206675747572652c2073756e73637265"
	    "656e20776f756c642062652069742e",
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63d"
	    "bea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692dd"
	    "bd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4de"
	    "f08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691" },
};

static struct aead_key key;

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
}

static void
stop(void)
{
	aead_key_wipe(&key);
	vectors_free();
	library_cleanup();
}

START_TEST(texts_seal_to_the_known_answers_in_any_slices)
{
	struct slice text = vectors_hex(cases[_i].text);
	struct slice want = vectors_hex(cases[_i].sealed);
	struct slice nonce = vectors_hex(cases[_i].nonce);
	struct slice parts[3];
	uint8_t out[256];

	ck_assert_int_eq(aead_key_set(&key, cases[_i].aead, AEAD_SEALS,
			     vectors_hex(cases[_i].key).data),
	    0);
	ck_assert_uint_eq(want.len, text.len + AEAD_TAG);
	for (size_t cut = 0; cut <= text.len; cut++) {
		parts[0] = slice_of(text.data, cut);
		parts[1] = NO_BYTES;
		parts[2] = slice_of(text.data + cut, text.len - cut);
		memset(out, 0, sizeof out);
		ck_assert_int_eq(aead_seal(&key, nonce.data,
				     vectors_hex(cases[_i].ad), parts, 3, out),
		    0);
		ck_assert_mem_eq(out, want.data, want.len);
	}
}
END_TEST

START_TEST(text_already_in_its_place_seals_and_opens)
{
	struct slice text = vectors_hex(cases[_i].text);
	struct slice want = vectors_hex(cases[_i].sealed);
	struct slice nonce = vectors_hex(cases[_i].nonce);
	struct slice ad = vectors_hex(cases[_i].ad);
	struct slice in;
	uint8_t data[256];

	memcpy(data, text.data, text.len);
	in = slice_of(data, text.len);
	ck_assert_int_eq(aead_key_set(&key, cases[_i].aead, AEAD_SEALS,
			     vectors_hex(cases[_i].key).data),
	    0);
	ck_assert_int_eq(aead_seal(&key, nonce.data, ad, &in, 1, data), 0);
	ck_assert_mem_eq(data, want.data, want.len);
	/* The context is reused for the other direction. */
	ck_assert_int_eq(aead_key_set(&key, cases[_i].aead, AEAD_OPENS,
			     vectors_hex(cases[_i].key).data),
	    0);
	ck_assert_int_eq(aead_open(&key, nonce.data, ad, data, want.len), 0);
	ck_assert_mem_eq(data, text.data, text.len);
}
END_TEST

START_TEST(a_changed_bit_anywhere_is_refused_and_the_text_wiped)
{
	static const uint8_t zeroes[256];
	struct slice sealed = vectors_hex(cases[_i].sealed);
	struct slice nonce = vectors_hex(cases[_i].nonce);
	struct slice ad = vectors_hex(cases[_i].ad);
	uint8_t data[256], other[AEAD_NONCE];

	ck_assert_int_eq(aead_key_set(&key, cases[_i].aead, AEAD_OPENS,
			     vectors_hex(cases[_i].key).data),
	    0);
	for (size_t i = 0; i < sealed.len; i++) {
		memcpy(data, sealed.data, sealed.len);
		data[i] ^= 1;
		ck_assert_int_eq(
		    aead_open(&key, nonce.data, ad, data, sealed.len),
		    ERR_DECRYPT);
		ck_assert_mem_eq(data, zeroes, sealed.len - AEAD_TAG);
	}
	memcpy(other, nonce.data, sizeof other);
	other[11] ^= 1;
	memcpy(data, sealed.data, sealed.len);
	ck_assert_int_eq(
	    aead_open(&key, other, ad, data, sealed.len), ERR_DECRYPT);
	memcpy(data, sealed.data, sealed.len);
	ck_assert_int_eq(
	    aead_open(&key, nonce.data, slice_of("x", 1), data, sealed.len),
	    ERR_DECRYPT);
	/* After all these failures the key still works. */
	memcpy(data, sealed.data, sealed.len);
	ck_assert_int_eq(aead_open(&key, nonce.data, ad, data, sealed.len), 0);
}
END_TEST

START_TEST(less_than_a_tag_is_refused)
{
	uint8_t data[AEAD_TAG] = { 0 };

	ck_assert_int_eq(aead_key_set(&key, cases[_i].aead, AEAD_OPENS,
			     vectors_hex(cases[_i].key).data),
	    0);
	for (size_t len = 0; len <= AEAD_TAG; len++)
		ck_assert_int_eq(
		    aead_open(&key, data, NO_BYTES, data, len), ERR_DECRYPT);
}
END_TEST

/* Every row's key on one context, twice round. */
START_TEST(a_context_serves_one_cipher_after_another)
{
	uint8_t out[256];

	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		size_t row = i % COUNT(cases);
		struct slice text = vectors_hex(cases[row].text);
		struct slice want = vectors_hex(cases[row].sealed);

		ck_assert_int_eq(aead_key_set(&key, cases[row].aead, AEAD_SEALS,
				     vectors_hex(cases[row].key).data),
		    0);
		ck_assert_int_eq(
		    aead_seal(&key, vectors_hex(cases[row].nonce).data,
			vectors_hex(cases[row].ad), &text, 1, out),
		    0);
		ck_assert_mem_eq(out, want.data, want.len);
	}
}
END_TEST

/* RFC 8448 section 3: record number 0 of the server's handshake keys. */
START_TEST(the_traced_record_opens)
{
	struct slice record =
	    vectors_find("3", "server", "server_flight_record");
	struct slice text =
	    vectors_find("3", "server", "server_flight_plaintext");
	uint8_t data[1024];

	ck_assert_uint_le(record.len, sizeof data);
	memcpy(data, record.data, record.len);
	ck_assert_int_eq(aead_key_set(&key, &aead_aes128_gcm, AEAD_OPENS,
			     vectors_find("3", "server", "s_hs_key").data),
	    0);
	ck_assert_int_eq(
	    aead_open(&key, vectors_find("3", "server", "s_hs_iv").data,
		slice_of(record.data, 5), data + 5, record.len - 5),
	    0);
	ck_assert_mem_eq(data + 5, text.data, text.len);
	ck_assert_uint_eq(data[5 + text.len], 22);
}
END_TEST

START_TEST(gcm_keys_have_a_limit_and_chacha_keys_none)
{
	ck_assert_uint_eq(aead_aes128_gcm.record_limit, 23726566);
	ck_assert_uint_eq(aead_aes256_gcm.record_limit, 23726566);
	ck_assert_uint_eq(aead_chacha20_poly1305.record_limit, UINT64_MAX);
}
END_TEST

static Suite *
aead_suite(void)
{
	Suite *suite = suite_create("aead");
	TCase *tcase = tcase_create("aead");
	int rows = (int)COUNT(cases);

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, texts_seal_to_the_known_answers_in_any_slices, 0, rows);
	tcase_add_loop_test(
	    tcase, text_already_in_its_place_seals_and_opens, 0, rows);
	tcase_add_loop_test(tcase,
	    a_changed_bit_anywhere_is_refused_and_the_text_wiped, 0, rows);
	tcase_add_loop_test(tcase, less_than_a_tag_is_refused, 0, rows);
	tcase_add_test(tcase, a_context_serves_one_cipher_after_another);
	tcase_add_test(tcase, the_traced_record_opens);
	tcase_add_test(tcase, gcm_keys_have_a_limit_and_chacha_keys_none);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(aead_suite)
