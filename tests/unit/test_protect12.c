/*
 * libtls/record/protect12.c: every protection of TLS 1.2 and older against the
 * model in reference12.c and its known answers, in both directions; what must
 * be refused; nonces, IVs and limits.
 */
#include "libtls/record/protect12.h"

#include <stdio.h>

#include "libtls/crypto/library.h"
#include "libtls/record/record.h"
#include "libtls/registry/version.h"
#include "tests/unit/reference12.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define DATA CONTENT_APPLICATION_DATA

static uint8_t key_block[256], text[REFERENCE_RECORD_MAX],
    record[REFERENCE_RECORD_MAX], ours[REFERENCE_RECORD_MAX],
    copy[REFERENCE_RECORD_MAX];
static const uint8_t iv[REFERENCE_BLOCK_MAX] = { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4,
	0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf };

static struct protection in, out;
static struct reference12 ref;
static const struct recipe *recipe;
static const struct suite *suite;
static s2n_mode owner; /* of the records of a test */

/* Where libcrypto has no legacy provider there is no RC4 to be tried. */
static bool
choose(int row)
{
	recipe = &recipes12[row];
	suite = suite_find(recipe->suite);
	ck_assert_ptr_nonnull(suite);
	if (suite_available(suite))
		return true;
	ck_assert_int_eq(recipe->cipher->kind, RECIPE_RC4);
	printf("note: libcrypto has no RC4: its records were not tried\n");
	return false;
}

/* Both of our sides and the model's, at the beginning. */
static void
restart(void)
{
	ck_assert_uint_eq(protection12_block_size(suite, recipe->version),
	    reference12_block_size(recipe));
	ck_assert_int_eq(protection_set12(&in, suite, recipe->version,
			     AEAD_OPENS, owner, key_block),
	    0);
	ck_assert_int_eq(protection_set12(&out, suite, recipe->version,
			     AEAD_SEALS, owner, key_block),
	    0);
	if (owner == S2N_CLIENT)
		reference12_client(&ref, recipe, key_block);
	else
		reference12_server(&ref, recipe, key_block);
}

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
	library_load_legacy();
	for (size_t i = 0; i < sizeof key_block; i++)
		key_block[i] = (uint8_t)i;
	owner = S2N_CLIENT;
}

static void
stop(void)
{
	protection_wipe(&in);
	protection_wipe(&out);
	vectors_free();
	library_cleanup();
}

static size_t
length_of(const uint8_t *header)
{
	return RECORD_HEADER + ((size_t)header[3] << 8 | header[4]);
}

/* What libtls says of a record of len bytes; a copy of it is opened. */
static int
open_record(const uint8_t *bytes, size_t len, struct slice *plain)
{
	enum content_type type = 0;
	int r;

	ck_assert_uint_ge(len, RECORD_HEADER);
	memcpy(copy, bytes, len);
	*plain = NO_BYTES;
	r = in.kind->open(
	    &in, copy, copy + RECORD_HEADER, len - RECORD_HEADER, &type, plain);
	if (r == 0)
		ck_assert_int_eq(type, bytes[0]);
	return r;
}

static void
assert_opens(const uint8_t *bytes, size_t len, struct slice want)
{
	struct slice plain;

	ck_assert_int_eq(open_record(bytes, len, &plain), 0);
	ck_assert_uint_eq(plain.len, want.len);
	if (want.len > 0)
		ck_assert_mem_eq(plain.data, want.data, want.len);
}

/* To one error and one alert, whatever is wrong (RFC 5246 6.2.3.2). */
static void
assert_refused(const uint8_t *bytes, size_t len, const char *what, size_t where)
{
	struct slice plain;
	int r = open_record(bytes, len, &plain);

	ck_assert_msg(r == ERR_DECRYPT, "%s %zu: %d", what, where, r);
	ck_assert_uint_eq(plain.len, 0);
	ck_assert_int_eq(errors_alert(r), ALERT_BAD_RECORD_MAC);
}

static struct slice
plain_of(size_t len)
{
	static uint8_t plain[RECORD_PLAINTEXT_MAX + 1];

	ck_assert_uint_le(len, sizeof plain);
	for (size_t i = 0; i < len; i++)
		plain[i] = (uint8_t)(i * 29 + len);
	return slice_of(plain, len);
}

static size_t
seal(uint8_t type, const struct slice *plain, size_t count)
{
	ck_assert_int_eq(out.kind->seal(&out, type, plain, count, ours), 0);
	return length_of(ours);
}

/* ---- what is sealed and opened ---- */

START_TEST(the_known_records_open)
{
	struct slice known = vectors_hex(recipes12[_i].known);
	size_t first;

	if (!choose(_i))
		return;
	restart();
	first = length_of(known.data);
	ck_assert_uint_lt(first, known.len);
	assert_opens(known.data, first, slice_of_string(RECIPE_FIRST));
	assert_opens(known.data + first, known.len - first, slice_of("\1", 2));
}
END_TEST

/* So that what the other tests compare with is right. */
START_TEST(the_model_makes_the_known_records)
{
	struct slice known = vectors_hex(recipes12[_i].known);
	static const uint8_t numbers[2][8] = { { 0 }, { [7] = 1 } };
	size_t at = 0;

	reference12_client(&ref, &recipes12[_i], key_block);
	for (size_t i = 0; i < 2; i++) {
		const uint8_t *explicit =
		    recipes12[_i].cipher->kind == RECIPE_GCM ? numbers[i] : iv;

		at += reference12_seal(&ref, i == 0 ? DATA : CONTENT_ALERT,
		    i == 0 ? slice_of_string(RECIPE_FIRST) : slice_of("\1", 2),
		    explicit, record + at);
	}
	ck_assert_uint_eq(at, known.len);
	ck_assert_mem_eq(record, known.data, known.len);
}
END_TEST

static const size_t lengths[] = { 0, 1, 2, 3, 7, 8, 11, 12, 15, 16, 17, 27, 28,
	31, 32, 100, 255, 256, 1373, 4096, 8087, 16383, 16384 };

/* Byte for byte; an IV that was drawn by us is told to the model. */
START_TEST(what_we_seal_is_the_models_record)
{
	if (!choose(_i))
		return;
	for (int side = 0; side < 2; side++) {
		owner = side == 0 ? S2N_CLIENT : S2N_SERVER;
		restart();
		for (size_t i = 0; i < COUNT(lengths); i++) {
			struct slice plain = plain_of(lengths[i]);
			size_t len = seal(DATA, &plain, 1);

			ck_assert_uint_le(len,
			    RECORD_HEADER + plain.len + out.kind->expansion);
			ck_assert_uint_eq(reference12_seal(&ref, DATA, plain,
					      ours + RECORD_HEADER, record),
			    len);
			ck_assert_mem_eq(ours, record, len);
		}
	}
}
END_TEST

START_TEST(what_the_model_seals_opens)
{
	if (!choose(_i))
		return;
	for (int side = 0; side < 2; side++) {
		owner = side == 0 ? S2N_CLIENT : S2N_SERVER;
		restart();
		for (size_t i = 0; i < COUNT(lengths); i++) {
			struct slice plain = plain_of(lengths[i]);
			size_t len =
			    reference12_seal(&ref, DATA, plain, iv, record);

			assert_opens(record, len, plain);
		}
	}
}
END_TEST

START_TEST(slices_make_one_record)
{
	struct slice plain = plain_of(70), parts[RECORD_SLICES_MAX];
	size_t len;

	if (!choose(_i))
		return;
	for (size_t cut = 0; cut <= plain.len; cut++) {
		restart();
		for (size_t i = 0; i < COUNT(parts); i++)
			parts[i] = NO_BYTES;
		parts[cut % 7] = slice_of(plain.data, cut);
		parts[15 - cut % 7] =
		    slice_of(plain.data + cut, plain.len - cut);
		len = seal(DATA, parts, COUNT(parts));
		reference12_seal(
		    &ref, DATA, plain, ours + RECORD_HEADER, record);
		ck_assert_mem_eq(ours, record, len);
	}
}
END_TEST

START_TEST(keys_of_one_side_do_not_open_the_others_records)
{
	size_t len;

	if (!choose(_i))
		return;
	restart();
	reference12_server(&ref, recipe, key_block);
	len = reference12_seal(&ref, DATA, plain_of(30), iv, record);
	assert_refused(record, len, "server's for client's", 0);
}
END_TEST

/* ---- what must be refused ---- */

START_TEST(no_bit_of_a_record_may_change)
{
	struct slice plain = plain_of(20);
	size_t len, unlocked;

	if (!choose(_i))
		return;
	restart();
	len = reference12_seal(&ref, DATA, plain, iv, record);
	/* In SSLv3 only the last byte of the padding counts. */
	unlocked =
	    recipe->version == S2N_SSLv3 && recipe->cipher->kind == RECIPE_CBC
		? len - recipe->cipher->block
		: len;
	for (size_t bit = 8 * RECORD_HEADER; bit < 8 * unlocked; bit++) {
		restart();
		record[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_refused(record, len, "bit", bit);
		record[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	restart();
	assert_opens(record, len, plain);
}
END_TEST

START_TEST(the_type_is_authenticated)
{
	size_t len;

	if (!choose(_i))
		return;
	restart();
	len = reference12_seal(&ref, DATA, plain_of(20), iv, record);
	for (unsigned type = 0; type < 256; type++) {
		if (type == DATA)
			continue;
		restart();
		record[0] = (uint8_t)type;
		assert_refused(record, len, "type", type);
	}
}
END_TEST

/* SSLv3 has no version in its MAC: its header alone tells. */
START_TEST(the_version_is_authenticated)
{
	size_t len;

	if (!choose(_i))
		return;
	for (unsigned version = 0x0300; version <= 0x0305; version++) {
		restart();
		if (version == ref.version)
			continue;
		ref.version = version;
		len = reference12_seal(&ref, DATA, plain_of(20), iv, record);
		assert_refused(record, len, "version", version);
	}
}
END_TEST

START_TEST(a_shorter_record_is_refused)
{
	size_t len;

	if (!choose(_i))
		return;
	restart();
	len = reference12_seal(&ref, DATA, plain_of(50), iv, record);
	/* Down to an empty fragment, and from the front as well. */
	while (--len >= RECORD_HEADER) {
		restart();
		assert_refused(record, len, "cut to", len);
		memmove(record + RECORD_HEADER, record + RECORD_HEADER + 1,
		    len - RECORD_HEADER);
		restart();
		assert_refused(record, len, "beheaded to", len);
	}
}
END_TEST

START_TEST(a_record_with_more_behind_it_is_refused)
{
	size_t len;

	if (!choose(_i))
		return;
	restart();
	len = reference12_seal(&ref, DATA, plain_of(50), iv, record);
	for (size_t more = 1; more <= 64; more++) {
		restart();
		record[len + more - 1] = (uint8_t)more;
		assert_refused(record, len + more, "longer by", more);
	}
}
END_TEST

START_TEST(sequence_numbers_neither_repeat_nor_skip)
{
	struct slice plain = plain_of(20);
	size_t len;

	if (!choose(_i))
		return;
	restart();
	len = reference12_seal(&ref, DATA, plain, iv, record);
	assert_opens(record, len, plain);
	assert_refused(record, len, "again", 0);
	/* The same keys and chain, but for the number. */
	for (unsigned number = 1; number < 64; number++) {
		restart();
		ref.sequence = number < 32 ? number : 1ull << (number % 64);
		len = reference12_seal(&ref, DATA, plain, iv, record);
		assert_refused(record, len, "number", number);
	}
	restart();
	reference12_seal(&ref, DATA, plain, iv, record);
	len = reference12_seal(&ref, DATA, plain, iv, record);
	assert_refused(record, len, "the second before the first", 0);
}
END_TEST

START_TEST(sequence_numbers_do_not_wrap)
{
	struct slice plain = plain_of(5);
	size_t len;

	if (!choose(_i))
		return;
	restart();
	out.sequence = UINT64_MAX - 1;
	in.sequence = ref.sequence = UINT64_MAX - 1;
	seal(DATA, &plain, 1);
	len = reference12_seal(&ref, DATA, plain, iv, record);
	assert_opens(record, len, plain);
	ck_assert_int_eq(
	    out.kind->seal(&out, DATA, &plain, 1, ours), ERR_RECORD_LIMIT);
	len = reference12_seal(&ref, DATA, plain, iv, record);
	ck_assert_int_eq(open_record(record, len, &plain), ERR_RECORD_LIMIT);
}
END_TEST

/* RFC 5246 6.2.1: 2^14 bytes, however well they are sealed. */
START_TEST(a_plaintext_over_the_limit_is_an_overflow)
{
	struct slice plain = plain_of(RECORD_PLAINTEXT_MAX + 1);
	size_t len;

	if (!choose(_i))
		return;
	restart();
	len = reference12_seal(&ref, DATA, plain, iv, record);
	ck_assert_int_eq(open_record(record, len, &plain), ERR_RECORD_TOO_LONG);
	ck_assert_int_eq(
	    errors_alert(ERR_RECORD_TOO_LONG), ALERT_RECORD_OVERFLOW);
	/* Nobody is told who cannot seal it. */
	restart();
	record[len - 1] ^= 1;
	assert_refused(record, len, "long and false", len);
	restart();
	plain = plain_of(RECORD_PLAINTEXT_MAX);
	len = reference12_seal(&ref, DATA, plain, iv, record);
	assert_opens(record, len, plain);
}
END_TEST

/* ---- MAC and padding, as they are before encryption ---- */

/* A record of the text with one thing changed. */
static void
refuse_text(size_t len, const char *what, size_t where)
{
	size_t record_len =
	    reference12_encrypt(&ref, DATA, slice_of(text, len), iv, record);

	assert_refused(record, record_len, what, where);
}

START_TEST(no_bit_of_a_mac_may_change)
{
	size_t len, at = 33;

	if (!choose(_i))
		return;
	for (size_t bit = 0; bit < 8 * recipe->mac->size; bit++) {
		restart();
		len = reference12_text(&ref, DATA, plain_of(at), 0, text);
		text[at + bit / 8] ^= (uint8_t)(1 << bit % 8);
		refuse_text(len, "bit of the MAC", bit);
	}
}
END_TEST

/* The padding that makes whole blocks of len bytes and a MAC, by n blocks more
 * than there need be. */
static size_t
padding_for(size_t len, size_t n)
{
	size_t block = recipe->cipher->block;

	return block - (len + recipe->mac->size) % block + n * block;
}

START_TEST(every_padding_that_may_be_opens)
{
	size_t padding, len, limit;

	if (!choose(_i))
		return;
	limit = recipe->version == S2N_SSLv3 ? recipe->cipher->block : 256;
	for (size_t plain = 20; plain < 36; plain++)
		for (size_t n = 0; (padding = padding_for(plain, n)) <= 256;
		     n++) {
			restart();
			len = reference12_text(
			    &ref, DATA, plain_of(plain), padding, text);
			if (padding > limit) {
				refuse_text(len, "padding of", padding);
				continue;
			}
			len = reference12_encrypt(
			    &ref, DATA, slice_of(text, len), iv, record);
			assert_opens(record, len, plain_of(plain));
		}
}
END_TEST

START_TEST(every_padding_byte_counts_in_a_record)
{
	size_t padding, len;

	if (!choose(_i))
		return;
	for (size_t n = 0; (padding = padding_for(21, n)) <= 256; n++)
		for (size_t i = 0; i < padding; i++) {
			restart();
			len = reference12_text(
			    &ref, DATA, plain_of(21), padding, text);
			text[len - padding + i] ^= (uint8_t)(1 << i % 8);
			refuse_text(len, "byte of the padding", i);
		}
}
END_TEST

START_TEST(a_padding_longer_than_the_record_is_refused)
{
	size_t len;

	if (!choose(_i))
		return;
	for (unsigned claim = 0; claim < 256; claim++)
		for (size_t n = 0; n < 2; n++) {
			restart();
			len = reference12_text(
			    &ref, DATA, plain_of(4), padding_for(4, n), text);
			if (text[len - 1] == claim)
				continue;
			text[len - 1] = (uint8_t)claim;
			refuse_text(len, "claimed", claim);
			restart();
			memset(text, (int)claim, len);
			refuse_text(len, "all of them", claim);
		}
}
END_TEST

/* ---- nonces and IVs ---- */

START_TEST(a_gcm_nonce_is_the_sequence_number_and_is_taken_as_it_comes)
{
	static const uint8_t other[8] = { 0xff, 1, 2, 3, 4, 5, 6, 0xfe };
	struct slice plain = plain_of(20);
	size_t len;

	if (!choose(_i))
		return;
	restart();
	for (unsigned number = 0; number < 300; number++) {
		const uint8_t want[8] = {
			[6] = (uint8_t)(number >> 8), [7] = (uint8_t)number
		};

		seal(DATA, &plain, 1);
		ck_assert_mem_eq(ours + RECORD_HEADER, want, sizeof want);
	}
	/* RFC 5288 3: "The nonce_explicit MAY be the 64-bit sequence number."
	 */
	len = reference12_seal(&ref, DATA, plain, other, record);
	assert_opens(record, len, plain);
	len = reference12_seal(&ref, DATA, plain, other, record);
	record[RECORD_HEADER + 7] ^= 1;
	assert_refused(record, len, "nonce", 0);
}
END_TEST

/* RFC 5246 6.2.3.2: "the IV SHOULD be chosen at random, and MUST be
 * unpredictable." Below TLS 1.1 there is none in a record. */
START_TEST(no_cbc_record_has_the_iv_of_another)
{
	static uint8_t seen[400][REFERENCE_BLOCK_MAX];
	struct slice plain = plain_of(5);
	size_t block, len;

	if (!choose(_i))
		return;
	block = recipe->cipher->block;
	/* Two connections with the same keys. */
	for (size_t i = 0; i < COUNT(seen); i++) {
		if (i % 200 == 0)
			restart();
		len = seal(DATA, &plain, 1);
		if (recipe->version <= S2N_TLS10) {
			ck_assert_uint_eq(len, RECORD_HEADER + 5 +
						   recipe->mac->size +
						   padding_for(5, 0));
			continue;
		}
		ck_assert_uint_eq(len, RECORD_HEADER + block + 5 +
					   recipe->mac->size +
					   padding_for(5, 0));
		memcpy(seen[i], ours + RECORD_HEADER, block);
		for (size_t j = 0; j < i; j++)
			ck_assert_mem_ne(seen[i], seen[j], block);
	}
}
END_TEST

/* ---- how much fits ---- */

START_TEST(as_much_fits_as_room_tells)
{
	struct slice plain;
	size_t room, most;

	if (!choose(_i))
		return;
	restart();
	for (size_t len = 120; len < 400; len++) {
		room = protection_room(&out, len);
		plain = plain_of(room);
		most = seal(DATA, &plain, 1) - RECORD_HEADER;
		ck_assert_msg(most <= len, "%zu in %zu", room, len);
		plain = plain_of(room + 1);
		most = seal(DATA, &plain, 1) - RECORD_HEADER;
		ck_assert_msg(most > len, "%zu in %zu", room + 1, len);
	}
}
END_TEST

/* ---- in the record layer ---- */

static struct record_layer layer;

static int
nothing_to_read(void *ctx, uint8_t *buf, uint32_t len)
{
	(void)ctx, (void)buf, (void)len;
	ck_abort_msg("nothing is to be read");
	return -1;
}

/* What of it is there is read, no more. */
static int
read_bytes(void *ctx, uint8_t *buf, uint32_t len)
{
	struct slice *bytes = ctx;

	ck_assert_uint_le(len, bytes->len);
	memcpy(buf, bytes->data, len);
	*bytes = slice_of(bytes->data + len, bytes->len - len);
	return (int)len;
}

static void
open_layer(void)
{
	record_init(&layer);
	layer.fragment_max = RECORD_PLAINTEXT_MAX;
	layer.io.recv = nothing_to_read;
	ck_assert_int_eq(protection_set12(&layer.in, suite, recipe->version,
			     AEAD_OPENS, owner, key_block),
	    0);
	ck_assert_int_eq(protection_set12(&layer.out, suite, recipe->version,
			     AEAD_SEALS, owner, key_block),
	    0);
}

static int
layer_reads(struct slice bytes)
{
	layer.io.recv = read_bytes;
	layer.io.recv_ctx = &bytes;
	return record_read(&layer);
}

/* RFC 5246 6.2.3: "The length MUST NOT exceed 2^14 + 2048." */
START_TEST(a_length_over_the_limit_is_an_overflow)
{
	size_t len = RECORD_PLAINTEXT_MAX + 2048;

	if (!choose(_i))
		return;
	for (size_t more = 0; more < 2; more++) {
		open_layer();
		memset(record, 0, sizeof record);
		record[0] = DATA;
		record[1] = (uint8_t)(layer.in.version >> 8);
		record[2] = (uint8_t)layer.in.version;
		record[3] = (uint8_t)((len + more) >> 8);
		record[4] = (uint8_t)(len + more);
		ck_assert_int_eq(
		    layer_reads(slice_of(record, RECORD_HEADER + len + more)),
		    more == 0 ? ERR_DECRYPT : ERR_RECORD_TOO_LONG);
		record_free(&layer);
	}
}
END_TEST

START_TEST(another_version_in_the_header_is_refused)
{
	size_t len;

	if (!choose(_i))
		return;
	for (unsigned version = 0x0300; version <= 0x0304; version++) {
		open_layer();
		restart();
		len = reference12_seal(&ref, DATA, plain_of(9), iv, record);
		record[1] = (uint8_t)(version >> 8);
		record[2] = (uint8_t)version;
		ck_assert_int_eq(layer_reads(slice_of(record, len)),
		    version == ref.version ? 0 : ERR_VERSION);
		record_free(&layer);
	}
}
END_TEST

/* Lengths of the plaintexts of what waits to be written, up to 4. */
static size_t
sent_lengths(size_t plains[4])
{
	const uint8_t *at = layer.io.out.data;
	size_t left = layer.io.out.len, count = 0, len;
	struct slice plain;

	restart();
	while (left > 0) {
		ck_assert_uint_lt(count, 4);
		len = length_of(at);
		ck_assert_uint_le(len, left);
		ck_assert_int_eq(open_record(at, len, &plain), 0);
		plains[count++] = plain.len;
		at += len;
		left -= len;
	}
	return count;
}

/*
 * Against the attack on chained IVs: data of a client's, in CBC mode before TLS
 * 1.1, is sent as its first byte and the rest; nothing else is.
 */
START_TEST(only_a_clients_data_under_a_chained_iv_is_split)
{
	static const size_t sizes[] = { 1, 2, 500, 16384 };
	struct slice plain, parts[3];
	size_t plains[4], count;
	bool chained;

	if (!choose(_i))
		return;
	for (size_t i = 0; i < 4 * COUNT(sizes); i++) {
		enum content_type type = i & 1 ? DATA : CONTENT_HANDSHAKE;

		owner = i & 2 ? S2N_CLIENT : S2N_SERVER;
		chained = recipe->cipher->kind == RECIPE_CBC &&
			  recipe->version <= S2N_TLS10 && owner == S2N_CLIENT &&
			  type == DATA;
		open_layer();
		plain = plain_of(sizes[i / 4]);
		parts[0] = NO_BYTES;
		parts[1] = slice_of(plain.data, 1);
		parts[2] = slice_of(plain.data + 1, plain.len - 1);
		ck_assert_int_eq(
		    record_write_slices(&layer, type, parts, 3), 0);
		count = sent_lengths(plains);
		if (chained && plain.len > 1) {
			ck_assert_uint_eq(count, 2);
			ck_assert_uint_eq(plains[0], 1);
			ck_assert_uint_eq(plains[1], plain.len - 1);
		} else {
			ck_assert_uint_eq(count, 1);
			ck_assert_uint_eq(plains[0], plain.len);
		}
		record_free(&layer);
	}
}
END_TEST

static Suite *
protect12_suite(void)
{
	Suite *all = suite_create("protect12");
	TCase *tcase = tcase_create("protect12");

	tcase_add_checked_fixture(tcase, start, stop);
#define ROWS(test, from, to) tcase_add_loop_test(tcase, test, from, to)
#define EACH(test) ROWS(test, 0, RECIPES12)
	EACH(the_known_records_open);
	EACH(the_model_makes_the_known_records);
	EACH(what_we_seal_is_the_models_record);
	EACH(what_the_model_seals_opens);
	EACH(slices_make_one_record);
	EACH(keys_of_one_side_do_not_open_the_others_records);
	EACH(no_bit_of_a_record_may_change);
	EACH(the_type_is_authenticated);
	ROWS(the_version_is_authenticated, 0, RECIPES12_CBC_SSLV3);
	ROWS(the_version_is_authenticated, RECIPES12_RC4, RECIPES12_RC4_SSLV3);
	EACH(a_shorter_record_is_refused);
	EACH(a_record_with_more_behind_it_is_refused);
	EACH(sequence_numbers_neither_repeat_nor_skip);
	EACH(sequence_numbers_do_not_wrap);
	EACH(a_plaintext_over_the_limit_is_an_overflow);
	ROWS(no_bit_of_a_mac_may_change, RECIPES12_CBC, RECIPES12);
	ROWS(every_padding_that_may_be_opens, RECIPES12_CBC, RECIPES12_RC4);
	ROWS(every_padding_byte_counts_in_a_record, RECIPES12_CBC,
	    RECIPES12_CBC_SSLV3);
	ROWS(a_padding_longer_than_the_record_is_refused, RECIPES12_CBC,
	    RECIPES12_RC4);
	ROWS(a_gcm_nonce_is_the_sequence_number_and_is_taken_as_it_comes, 0, 2);
	ROWS(no_cbc_record_has_the_iv_of_another, RECIPES12_CBC, RECIPES12_RC4);
	EACH(as_much_fits_as_room_tells);
	EACH(a_length_over_the_limit_is_an_overflow);
	EACH(another_version_in_the_header_is_refused);
	EACH(only_a_clients_data_under_a_chained_iv_is_split);
#undef EACH
#undef ROWS
	suite_add_tcase(all, tcase);
	return all;
}

UNIT_MAIN(protect12_suite)
