/*
 * libtls/record/cbc.c, mac.c: records whose MAC and padding come from the model
 * in reference12.c, of every padding and many lengths; and everything that may
 * be wrong with them.
 */
#include "libtls/record/cbc.h"

#include "libtls/crypto/library.h"
#include "libtls/record/protect.h"
#include "libtls/registry/version.h"
#include "tests/unit/reference12.h"
#include "tests/unit/unit.h"

#define TYPE CONTENT_APPLICATION_DATA
#define SEQUENCE 0x0102030405060708
#define GOOD UINT32_MAX
#define PADDINGS 256

static const struct {
	const char *what;
	const struct digest *digest;
	const struct recipe_mac *mac;
} hashes[] = {
	{ "MD5", &digest_md5, &recipe_md5 },
	{ "SHA-1", &digest_sha1, &recipe_sha1 },
	{ "SHA-256", &digest_sha256, &recipe_sha256 },
	{ "SHA-384", &digest_sha384, &recipe_sha384 },
};

#define SSLV3 2 /* of them */

/* Around the blocks of the hash functions, where their paddings grow. */
static const size_t lengths[] = { 0, 1, 2, 15, 16, 30, 31, 42, 43, 44, 45, 50,
	51, 52, 55, 56, 63, 64, 65, 98, 99, 100, 113, 114, 115, 127, 128, 129,
	250, 300, 1000, 16384 };

static uint8_t data[16384 + DIGEST_MAX + PADDINGS], key[DIGEST_MAX];
static struct cbc_record record;

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(i * 11 + 3);
}

static void
stop(void)
{
	library_cleanup();
}

static struct slice
plain_of(size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + 1);
	return slice_of(data, len);
}

/* A sound record in data, of a version on the wire; padding has 1 byte or more.
 */
static void
make(int hash, unsigned version, size_t len, size_t padding)
{
	struct slice plain = plain_of(len);

	record = (struct cbc_record){ .data = data,
		.len = len + hashes[hash].mac->size + padding,
		.block = 16,
		.digest = hashes[hash].digest,
		.key = key };
	for (unsigned i = 0; i < 8; i++)
		record.header[i] = (uint8_t)(i + 1);
	record.header[8] = TYPE;
	record.header[MAC_HEADER_VERSION] = (uint8_t)(version >> 8);
	record.header[MAC_HEADER_VERSION + 1] = (uint8_t)version;
	reference12_mac(
	    hashes[hash].mac, version, key, SEQUENCE, TYPE, plain, data + len);
	memset(data + record.len - padding, (int)padding - 1, padding);
}

/* Whether it is taken; with plain of len bytes, then. */
static bool
taken(size_t len)
{
	uint32_t good = 7;
	size_t plain = SIZE_MAX;

	ck_assert_int_eq(cbc_check(&record, &plain, &good), 0);
	ck_assert(good == GOOD || good == 0);
	ck_assert(good == 0 || plain == len);
	return good == GOOD;
}

static bool
taken_sslv3(size_t len)
{
	uint32_t good = 7;
	size_t plain = SIZE_MAX;

	ck_assert_int_eq(cbc_check_sslv3(&record, &plain, &good), 0);
	ck_assert(good == GOOD || good == 0);
	ck_assert(good == 0 || plain == len);
	return good == GOOD;
}

START_TEST(every_length_and_padding_is_found)
{
	static const unsigned versions[] = { WIRE_TLS10, 0x0302, WIRE_TLS12 };

	for (size_t i = 0; i < COUNT(lengths); i++)
		for (size_t padding = 1; padding <= PADDINGS; padding++) {
			make(_i, versions[padding % 3], lengths[i], padding);
			ck_assert_msg(taken(lengths[i]), "%s, %zu and %zu",
			    hashes[_i].what, lengths[i], padding);
		}
}
END_TEST

START_TEST(no_bit_of_the_mac_may_change)
{
	size_t size = hashes[_i].mac->size;

	for (size_t padding = 1; padding <= PADDINGS; padding += 17)
		for (size_t bit = 0; bit < 8 * size; bit++) {
			make(_i, WIRE_TLS12, 60, padding);
			data[60 + bit / 8] ^= (uint8_t)(1 << bit % 8);
			ck_assert_msg(
			    !taken(60), "%s, bit %zu", hashes[_i].what, bit);
		}
}
END_TEST

START_TEST(no_bit_of_the_plaintext_or_header_may_change)
{
	for (size_t bit = 0; bit < 8 * 33; bit++) {
		make(_i, WIRE_TLS12, 33, 7);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_msg(!taken(33), "bit %zu", bit);
	}
	/* The sequence number, the type, the version. */
	for (size_t bit = 0; bit < 8 * MAC_HEADER_LENGTH; bit++) {
		make(_i, WIRE_TLS12, 33, 7);
		record.header[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_msg(!taken(33), "bit %zu of the header", bit);
	}
	make(_i, WIRE_TLS12, 33, 7);
	ck_assert(taken(33));
}
END_TEST

START_TEST(every_padding_byte_counts)
{
	for (size_t padding = 2; padding <= PADDINGS; padding++)
		for (size_t i = 0; i < padding - 1; i++) {
			make(_i, WIRE_TLS12, 20, padding);
			data[record.len - padding + i] ^=
			    (uint8_t)(1 << (i + padding) % 8);
			ck_assert_msg(!taken(20), "%s, %zu of %zu",
			    hashes[_i].what, i, padding);
		}
}
END_TEST

/* Neither one more nor one less than there is, and none that is not there. */
START_TEST(a_wrong_padding_length_is_refused)
{
	for (size_t padding = 1; padding <= PADDINGS; padding++) {
		make(_i, WIRE_TLS12, 40, padding);
		for (unsigned wrong = 0; wrong < PADDINGS; wrong++) {
			data[record.len - 1] = (uint8_t)wrong;
			ck_assert_msg(taken(40) == (wrong == padding - 1),
			    "%s, %u for %zu", hashes[_i].what, wrong, padding);
		}
	}
}
END_TEST

/*
 * RFC 5246 6.2.3.2 lets a record with a wrong padding be worked on as one with
 * none; one whose MAC is right then is still refused.
 */
START_TEST(a_wrong_padding_does_not_count_as_none)
{
	make(_i, WIRE_TLS12, 40, 1);
	data[record.len - 1] = 0;
	ck_assert(taken(40));
	for (unsigned claim = 1; claim < PADDINGS; claim++) {
		data[record.len - 1] = (uint8_t)claim;
		ck_assert_msg(!taken(40), "%u", claim);
	}
}
END_TEST

START_TEST(padding_that_would_leave_no_mac_is_refused)
{
	size_t size = hashes[_i].mac->size;

	/* Nothing but padding, all of it right. */
	for (size_t len = size + 1; len <= PADDINGS; len++) {
		make(_i, WIRE_TLS12, 0, len - size);
		memset(data, (int)len - 1, len);
		ck_assert_msg(!taken(0), "%zu bytes of padding", len);
	}
	/* 255 in the shortest record, and in all that cannot hold it. */
	for (size_t len = 0; len + size + 1 < PADDINGS + size; len++) {
		make(_i, WIRE_TLS12, len, 1);
		memset(data, 255, record.len);
		ck_assert_msg(!taken(len), "255 in %zu", record.len);
	}
}
END_TEST

START_TEST(a_record_that_lost_bytes_is_refused)
{
	size_t size = hashes[_i].mac->size, whole;

	make(_i, WIRE_TLS12, 70, 26);
	for (whole = record.len--; record.len > size; record.len--)
		ck_assert_msg(!taken(70), "%zu of %zu", record.len, whole);
}
END_TEST

START_TEST(the_mac_is_keyed)
{
	for (size_t bit = 0; bit < 8u * hashes[_i].mac->size; bit++) {
		make(_i, WIRE_TLS10, 12, 4);
		key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!taken(12));
		make(_i, WIRE_TLS10, 12, 4);
		ck_assert(taken(12));
	}
}
END_TEST

/* ---- SSLv3, whose hash functions are MD5 and SHA-1 ---- */

START_TEST(no_bit_of_a_mac_of_sslv3_may_change)
{
	for (size_t padding = 1; padding <= 16; padding++)
		for (size_t bit = 0; bit < 8 * hashes[_i].mac->size; bit++) {
			make(_i, WIRE_SSLV3, 60, padding);
			data[60 + bit / 8] ^= (uint8_t)(1 << bit % 8);
			ck_assert_msg(!taken_sslv3(60), "%s, bit %zu",
			    hashes[_i].what, bit);
		}
}
END_TEST

START_TEST(a_record_of_sslv3_that_lost_bytes_is_refused)
{
	size_t whole;

	make(_i, WIRE_SSLV3, 70, 16);
	for (whole = record.len--; record.len > hashes[_i].mac->size;
	     record.len--)
		ck_assert_msg(
		    !taken_sslv3(70), "%zu of %zu", record.len, whole);
}
END_TEST

/* RFC 6101 5.2.3.2: less than a block, and only its last byte is defined. */
START_TEST(padding_of_sslv3_is_any_bytes_and_less_than_a_block)
{
	static const size_t blocks[] = { 8, 16 };

	for (size_t b = 0; b < COUNT(blocks); b++)
		for (size_t i = 0; i < COUNT(lengths); i++)
			for (size_t padding = 1; padding <= 20; padding++) {
				make(_i, WIRE_SSLV3, lengths[i], padding);
				record.block = blocks[b];
				memset(data + record.len - padding, 0x5a,
				    padding - 1);
				ck_assert_msg(taken_sslv3(lengths[i]) ==
						  (padding <= blocks[b]),
				    "%zu of %zu", padding, blocks[b]);
			}
}
END_TEST

START_TEST(a_wrong_padding_length_of_sslv3_is_refused)
{
	for (size_t padding = 1; padding <= 16; padding++) {
		make(_i, WIRE_SSLV3, 40, padding);
		for (unsigned wrong = 0; wrong < PADDINGS; wrong++) {
			data[record.len - 1] = (uint8_t)wrong;
			ck_assert_msg(taken_sslv3(40) == (wrong == padding - 1),
			    "%u for %zu", wrong, padding);
		}
	}
}
END_TEST

/* The version is in no MAC of SSLv3's, all else is. */
START_TEST(no_bit_of_a_header_of_sslv3_may_change)
{
	for (size_t bit = 0; bit < 8 * MAC_HEADER_VERSION; bit++) {
		make(_i, WIRE_SSLV3, 33, 7);
		record.header[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_msg(!taken_sslv3(33), "bit %zu", bit);
	}
	make(_i, WIRE_SSLV3, 33, 7);
	ck_assert(taken_sslv3(33));
}
END_TEST

/* ---- mac_compute, of what comes in pieces ---- */

START_TEST(a_mac_is_of_all_slices_and_the_header)
{
	static const unsigned versions[] = { WIRE_SSLV3, WIRE_TLS10, 0x0302,
		WIRE_TLS12 };
	uint8_t want[DIGEST_MAX], got[DIGEST_MAX];
	struct slice plain = plain_of(100), parts[3];

	for (size_t v = _i < SSLV3 ? 0 : 1; v < COUNT(versions); v++)
		for (size_t cut = 0; cut <= plain.len; cut++) {
			make(_i, versions[v], plain.len, 1);
			record.header[MAC_HEADER_LENGTH] = 0;
			record.header[MAC_HEADER_LENGTH + 1] = 100;
			parts[0] = slice_of(data, cut);
			parts[1] = NO_BYTES;
			parts[2] = slice_of(data + cut, plain.len - cut);
			reference12_mac(hashes[_i].mac, versions[v], key,
			    SEQUENCE, TYPE, plain, want);
			ck_assert_int_eq(mac_compute(hashes[_i].digest, key,
					     record.header, parts, 3, got),
			    0);
			ck_assert_mem_eq(got, want, hashes[_i].mac->size);
		}
}
END_TEST

START_TEST(more_slices_than_a_record_has_are_an_error)
{
	struct slice parts[RECORD_SLICES_MAX + 1] = { NO_BYTES };
	uint8_t mac[DIGEST_MAX];

	make(1, WIRE_TLS12, 0, 1);
	ck_assert_int_eq(mac_compute(&digest_sha1, key, record.header, parts,
			     RECORD_SLICES_MAX, mac),
	    0);
	ck_assert_int_eq(mac_compute(&digest_sha1, key, record.header, parts,
			     RECORD_SLICES_MAX + 1, mac),
	    ERR_SAFETY);
}
END_TEST

static Suite *
cbc_suite(void)
{
	Suite *suite = suite_create("cbc");
	TCase *tcase = tcase_create("cbc");
	int all = (int)COUNT(hashes);

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(tcase, every_length_and_padding_is_found, 0, all);
	tcase_add_loop_test(tcase, no_bit_of_the_mac_may_change, 0, all);
	tcase_add_loop_test(
	    tcase, no_bit_of_the_plaintext_or_header_may_change, 0, all);
	tcase_add_loop_test(tcase, every_padding_byte_counts, 0, all);
	tcase_add_loop_test(tcase, a_wrong_padding_length_is_refused, 0, all);
	tcase_add_loop_test(
	    tcase, a_wrong_padding_does_not_count_as_none, 0, all);
	tcase_add_loop_test(
	    tcase, padding_that_would_leave_no_mac_is_refused, 0, all);
	tcase_add_loop_test(tcase, a_record_that_lost_bytes_is_refused, 0, all);
	tcase_add_loop_test(tcase, the_mac_is_keyed, 0, all);
	tcase_add_loop_test(tcase,
	    padding_of_sslv3_is_any_bytes_and_less_than_a_block, 0, SSLV3);
	tcase_add_loop_test(
	    tcase, a_wrong_padding_length_of_sslv3_is_refused, 0, SSLV3);
	tcase_add_loop_test(
	    tcase, no_bit_of_a_header_of_sslv3_may_change, 0, SSLV3);
	tcase_add_loop_test(
	    tcase, no_bit_of_a_mac_of_sslv3_may_change, 0, SSLV3);
	tcase_add_loop_test(
	    tcase, a_record_of_sslv3_that_lost_bytes_is_refused, 0, SSLV3);
	tcase_add_loop_test(
	    tcase, a_mac_is_of_all_slices_and_the_header, 0, all);
	tcase_add_test(tcase, more_slices_than_a_record_has_are_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(cbc_suite)
