/*
 * libtls/crypto/digest.c: known answers, and what the record layer and the
 * handshake of TLS 1.2 and older lean on: a MAC whose length is secret, the
 * hash of SSLv3's Finished, contexts that are used again.
 */
#include "libtls/crypto/digest.h"

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROOM 420
#define HEADER 13

/* Of "abc" (FIPS 180-4, RFC 1321), and of "what do ya want for nothing?" with
 * the key "Jefe" (RFC 2202, RFC 4231 4.3). */
static const struct {
	const struct digest *digest;
	const char *hash, *hmac;
} known[] = {
	{ &digest_md5, "900150983cd24fb0d6963f7d28e17f72",
	    "750c783e6ab0b503eaa86e310a5db738" },
	{ &digest_sha1, "a9993e364706816aba3e25717850c26c9cd0d89d",
	    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ &digest_sha256,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ &digest_sha384,
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8"
	    "086072ba1e7cc2358baeca134c825a7",
	    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8"
	    "e2240ca5e69e2c78b3239ecfab21649" },
	{ &digest_sha512,
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2"
	    "192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549"
	    "758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
};

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

START_TEST(known_answers_come_out)
{
	const struct digest *digest = known[_i].digest;
	struct slice text = slice_of_string("what do ya want for nothing?");
	struct slice parts[3], key = slice_of_string("Jefe");
	uint8_t out[DIGEST_MAX];
	struct hmac_key hmac;

	ck_assert_uint_eq(digest->size, vectors_hex(known[_i].hash).len);
	ck_assert_int_eq(digest_once(digest, slice_of("abc", 3), out), 0);
	ck_assert_mem_eq(out, vectors_hex(known[_i].hash).data, digest->size);
	ck_assert_int_eq(hmac_once(digest, key, text, out), 0);
	ck_assert_mem_eq(out, vectors_hex(known[_i].hmac).data, digest->size);
	/* One key for many, each in pieces. */
	ck_assert_int_eq(hmac_key_set(&hmac, digest, key), 0);
	for (size_t cut = 0; cut <= text.len; cut++) {
		parts[0] = slice_of(text.data, cut);
		parts[1] = NO_BYTES;
		parts[2] = slice_of(text.data + cut, text.len - cut);
		ck_assert_int_eq(hmac_slices(&hmac, parts, 3, out), 0);
		ck_assert_mem_eq(
		    out, vectors_hex(known[_i].hmac).data, digest->size);
	}
}
END_TEST

/* What a record may have of MACs: up to SHA-384. */
START_TEST(a_mac_of_a_secret_length_is_the_macs)
{
	const struct digest *digest = known[_i].digest;
	uint8_t joined[HEADER + ROOM], want[DIGEST_MAX], got[DIGEST_MAX];
	const uint8_t *data = joined + HEADER;
	struct slice key = slice_of("0123456789abcdef0123456789abcdef0123456789"
				    "abcdef0123456789",
	    digest->size);

	for (size_t i = 0; i < sizeof joined; i++)
		joined[i] = (uint8_t)(i * 7 + 1);
	for (size_t room = 64; room <= ROOM; room += 89) {
		size_t least =
		    room > 256u + digest->size ? room - 256 - digest->size : 0;

		for (size_t len = least; len < room - digest->size; len++) {
			ck_assert_int_eq(
			    hmac_once(digest, key,
				slice_of(joined, HEADER + len), want),
			    0);
			ck_assert_int_eq(
			    hmac_secret_length(digest, key,
				slice_of(joined, HEADER), data, len, room, got),
			    0);
			ck_assert_msg(memcmp(want, got, digest->size) == 0,
			    "%zu of %zu", len, room);
		}
	}
}
END_TEST

START_TEST(a_hash_can_be_looked_at_while_it_grows)
{
	struct hasher hasher = { 0 };
	uint8_t text[300], want[DIGEST_MAX], got[DIGEST_MAX];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)i;
	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(hasher_start(&hasher, known[_i].digest), 0);
		for (size_t len = 0; len < sizeof text; len++) {
			ck_assert_int_eq(digest_once(known[_i].digest,
					     slice_of(text, len), want),
			    0);
			for (int look = 0; look < 2; look++) {
				ck_assert_int_eq(hasher_peek(&hasher, got), 0);
				ck_assert_mem_eq(
				    got, want, known[_i].digest->size);
			}
			ck_assert_int_eq(
			    hasher_add(&hasher, slice_of(text + len, 1)), 0);
		}
	}
	hasher_wipe(&hasher);
	ck_assert_ptr_null(hasher.ctx);
}
END_TEST

/* RFC 6101 5.6.9, as Python's hashlib has it: MD5, then SHA-1. */
START_TEST(sslv3_wraps_a_hash_with_the_master_secret)
{
	static const char want[] = "91c266849a76de79442f3a3bcfa193577101b056da0"
				   "fdb1a6f8cc074e77e22c366ca85c3";
	static const struct {
		const struct digest *digest;
		size_t from;
	} parts[] = { { &digest_md5_sha1, 0 }, { &digest_sha1, 16 } };
	struct hasher hasher = { 0 };
	uint8_t secret[48], out[DIGEST_MAX];

	for (size_t i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)i;
	for (size_t i = 0; i < COUNT(parts); i++) {
		ck_assert_int_eq(hasher_start(&hasher, parts[i].digest), 0);
		ck_assert_int_eq(
		    hasher_add(&hasher, slice_of_string("messages so far")), 0);
		for (int look = 0; look < 2; look++) {
			ck_assert_int_eq(
			    hasher_peek_sslv3(
				&hasher, slice_of_string("CLNT"), secret, out),
			    0);
			ck_assert_mem_eq(out,
			    vectors_hex(want).data + parts[i].from,
			    parts[i].digest->size);
		}
	}
	hasher_wipe(&hasher);
}
END_TEST

static Suite *
digest_suite(void)
{
	Suite *suite = suite_create("digest");
	TCase *tcase = tcase_create("digest");
	int rows = (int)COUNT(known);

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(tcase, known_answers_come_out, 0, rows);
	tcase_add_loop_test(
	    tcase, a_mac_of_a_secret_length_is_the_macs, 0, rows - 1);
	tcase_add_loop_test(
	    tcase, a_hash_can_be_looked_at_while_it_grows, 0, rows);
	tcase_add_test(tcase, sslv3_wraps_a_hash_with_the_master_secret);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(digest_suite)
