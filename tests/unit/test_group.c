/*
 * libtls/crypto/group.c: both roles agree, RFC 7748 and RFC 8448 values, and
 * shares that are no public keys.
 */
#include "libtls/crypto/group.h"

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

/* clang-format off */
static const struct {
	uint16_t number;
	const char *name;
	size_t start, answer, secret;
} rows[] = {
	{ 0x001d, "x25519",             32,   32,   32 },
	{ 0x0017, "secp256r1",          65,   65,   32 },
	{ 0x0018, "secp384r1",          97,   97,   48 },
	{ 0x0019, "secp521r1",          133,  133,  66 },
	{ 0x11ec, "X25519MLKEM768",     1216, 1120, 64 },
	{ 0x11eb, "SecP256r1MLKEM768",  1249, 1153, 64 },
	{ 0x11ed, "SecP384r1MLKEM1024", 1665, 1665, 80 },
};
/* clang-format on */

#define SHARE_MAX 2048

static struct writer out;
static uint8_t buffer[SHARE_MAX];
static uint8_t secret[GROUP_SECRET_MAX];
static size_t secret_len;

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
	writer_init_fixed(&out, buffer, sizeof buffer);
}

static void
stop(void)
{
	writer_free(&out);
	vectors_free();
	library_cleanup();
}

START_TEST(both_sides_come_to_the_same_secret)
{
	const struct group *group = group_find(rows[_i].number);
	struct group_key key = { 0 };
	struct slice share;
	uint8_t sent[SHARE_MAX], theirs[GROUP_SECRET_MAX];
	size_t theirs_len;

	ck_assert_str_eq(group->name, rows[_i].name);
	ck_assert_uint_eq(group->start_size, rows[_i].start);
	ck_assert_uint_eq(group->answer_size, rows[_i].answer);
	if (!group_available(group)) {
		/* Only a hybrid may be missing, and it then fails cleanly. */
		ck_assert(group->kind == GROUP_HYBRID);
		ck_assert_int_eq(
		    group_start(group, &key, &out), ERR_ECDHE_GEN_KEY);
		ck_assert_ptr_null(key.ec);
		return;
	}
	ck_assert_int_eq(group_start(group, &key, &out), 0);
	ck_assert(writer_result(&out, &share));
	ck_assert_uint_eq(share.len, rows[_i].start);
	memcpy(sent, share.data, share.len);
	writer_clear(&out);
	ck_assert_int_eq(group_answer(group, slice_of(sent, rows[_i].start),
			     &out, theirs, &theirs_len),
	    0);
	ck_assert(writer_result(&out, &share));
	ck_assert_uint_eq(share.len, rows[_i].answer);
	ck_assert_int_eq(group_finish(&key, share, secret, &secret_len), 0);
	ck_assert_uint_eq(secret_len, rows[_i].secret);
	ck_assert_uint_eq(theirs_len, secret_len);
	ck_assert_mem_eq(secret, theirs, secret_len);
	group_key_wipe(&key);
	group_key_wipe(&key);
}
END_TEST

START_TEST(each_start_makes_another_key)
{
	const struct group *group = group_find(rows[_i].number);
	struct group_key first = { 0 }, second = { 0 };
	struct slice share;

	ck_assert_int_eq(group_start(group, &first, &out), 0);
	ck_assert_int_eq(group_start(group, &second, &out), 0);
	ck_assert(writer_result(&out, &share));
	ck_assert_mem_ne(share.data, share.data + share.len / 2, share.len / 2);
	group_key_wipe(&first);
	group_key_wipe(&second);
}
END_TEST

static void
finish_x25519(struct slice private, struct slice share, int error)
{
	struct group_key key = { .group = group_find(0x001d) };

	key.ec = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_X25519, NULL, private.data, private.len);
	ck_assert_ptr_nonnull(key.ec);
	ck_assert_int_eq(group_finish(&key, share, secret, &secret_len), error);
	group_key_wipe(&key);
}

START_TEST(x25519_gives_the_known_secrets)
{
	static const char nine[] =
	    "0900000000000000000000000000000000000000000000000000000000000000";

	/* RFC 7748 5.2, after one iteration */
	finish_x25519(vectors_hex(nine), vectors_hex(nine), 0);
	ck_assert_mem_eq(secret,
	    vectors_hex("422c8e7a6227d7bca1350b3e2bb7279f"
			"7897b87bb6854b783c60e80311ae3079")
		.data,
	    32);
	finish_x25519(vectors_find("3", "client", "client_x25519_private"),
	    vectors_find("3", "server", "server_x25519_public"), 0);
	ck_assert_mem_eq(
	    secret, vectors_find("3", "both", "shared_secret").data, 32);
}
END_TEST

/* RFC 7748 6, RFC 8446 7.4.2; points of small order give zeroes. */
START_TEST(an_all_zero_secret_is_refused)
{
	static const char *const points[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};

	for (size_t i = 0; i < COUNT(points); i++) {
		ck_assert_int_eq(
		    group_answer(group_find(0x001d), vectors_hex(points[i]),
			&out, secret, &secret_len),
		    ERR_ECDHE_SHARED_SECRET);
		finish_x25519(
		    vectors_find("3", "client", "client_x25519_private"),
		    vectors_hex(points[i]), ERR_ECDHE_SHARED_SECRET);
	}
}
END_TEST

enum spoil {
	OFF_CURVE,
	COMPRESSED,
	HYBRID_FORM,
	INFINITY_PADDED,
	ZERO_COORDINATES,
	COORDINATE_TOO_LARGE,
	SPOILS
};

static void
spoil(uint8_t *share, size_t len, enum spoil how)
{
	switch (how) {
	case OFF_CURVE:
		share[len - 1] ^= 1;
		break;
	case COMPRESSED:
		share[0] = (uint8_t)(2 | (share[len - 1] & 1));
		break;
	case HYBRID_FORM:
		share[0] = (uint8_t)(6 | (share[len - 1] & 1));
		break;
	case INFINITY_PADDED:
		memset(share, 0, len);
		break;
	case ZERO_COORDINATES:
		memset(share + 1, 0, len - 1);
		break;
	case COORDINATE_TOO_LARGE:
		memset(share + 1, 0xff, len / 2);
		break;
	case SPOILS:
		break;
	}
}

/* Row 1 to 3 of the table, spoilt in each way, in both roles. */
START_TEST(what_is_no_uncompressed_point_of_the_curve_is_refused)
{
	const struct group *group = group_find(rows[_i].number);
	size_t len = rows[_i].start;
	struct group_key key = { 0 };
	struct slice share;
	uint8_t good[SHARE_MAX], bad[SHARE_MAX];

	ck_assert_int_eq(group_start(group, &key, &out), 0);
	ck_assert(writer_result(&out, &share));
	memcpy(good, share.data, len);
	for (enum spoil how = 0; how < SPOILS; how++) {
		memcpy(bad, good, len);
		spoil(bad, len, how);
		writer_clear(&out);
		ck_assert_msg(group_answer(group, slice_of(bad, len), &out,
				  secret, &secret_len) == ERR_BAD_KEY_SHARE,
		    "answer, spoilt as %d", (int)how);
		ck_assert_msg(group_finish(&key, slice_of(bad, len), secret,
				  &secret_len) == ERR_BAD_KEY_SHARE,
		    "finish, spoilt as %d", (int)how);
	}
	group_key_wipe(&key);
}
END_TEST

START_TEST(a_share_of_another_length_is_refused)
{
	const struct group *group = group_find(rows[_i].number);
	static const uint8_t infinity[1];
	struct group_key key = { 0 };
	struct slice share;
	uint8_t sent[SHARE_MAX] = { 0 };
	size_t lengths[] = { 0, 1, rows[_i].start - 1, rows[_i].start + 1,
		(rows[_i].start + 1) / 2 };

	ck_assert_int_eq(group_start(group, &key, &out), 0);
	ck_assert(writer_result(&out, &share));
	memcpy(sent, share.data, share.len);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		ck_assert_int_eq(group_answer(group, slice_of(sent, lengths[i]),
				     &out, secret, &secret_len),
		    ERR_BAD_KEY_SHARE);
		ck_assert_int_eq(group_finish(&key, slice_of(sent, lengths[i]),
				     secret, &secret_len),
		    ERR_BAD_KEY_SHARE);
	}
	ck_assert_int_eq(group_answer(group, slice_of(infinity, 1), &out,
			     secret, &secret_len),
	    ERR_BAD_KEY_SHARE);
	group_key_wipe(&key);
}
END_TEST

/* Whether or not libcrypto has the KEM: nothing is read beyond the share. */
START_TEST(a_hybrid_share_cut_short_is_refused)
{
	static const uint8_t zeroes[SHARE_MAX];

	for (size_t len = 0; len < rows[_i].start; len += 31)
		ck_assert_int_eq(
		    group_answer(group_find(rows[_i].number),
			slice_of(zeroes, len), &out, secret, &secret_len),
		    ERR_BAD_KEY_SHARE);
}
END_TEST

START_TEST(unknown_numbers_are_not_found)
{
	ck_assert_ptr_null(group_find(0));
	ck_assert_ptr_null(group_find(0x001e)); /* x448 */
	ck_assert_ptr_null(group_find(0x0a0a)); /* GREASE */
}
END_TEST

static Suite *
group_suite(void)
{
	Suite *suite = suite_create("group");
	TCase *tcase = tcase_create("group");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, both_sides_come_to_the_same_secret, 0, (int)COUNT(rows));
	tcase_add_loop_test(tcase, each_start_makes_another_key, 0, 4);
	tcase_add_test(tcase, x25519_gives_the_known_secrets);
	tcase_add_test(tcase, an_all_zero_secret_is_refused);
	tcase_add_loop_test(
	    tcase, what_is_no_uncompressed_point_of_the_curve_is_refused, 1, 4);
	tcase_add_loop_test(tcase, a_share_of_another_length_is_refused, 0, 4);
	tcase_add_loop_test(
	    tcase, a_hybrid_share_cut_short_is_refused, 4, (int)COUNT(rows));
	tcase_add_test(tcase, unknown_numbers_are_not_found);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(group_suite)
