/*
 * libtls/crypto/dhe.c: known answers, both sides against each other, numbers
 * that cannot be a group or a share, parameters from PEM.
 */
#include "libtls/crypto/dhe.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define BITS 2048

static BN_CTX *bn;
static BIGNUM *p, *g; /* ffdhe2048 (RFC 7919 A.1) */
static struct dhe_key key;
static struct writer wire, answer;
static uint8_t secret[DHE_PRIME_MAX], other[DHE_PRIME_MAX];
static size_t secret_len, other_len;

/* ---- keys and numbers ---- */

/* A key or, without numbers for one, parameters. */
static EVP_PKEY *
build(const BIGNUM *prime, const BIGNUM *generator, const BIGNUM *private,
    const BIGNUM *public)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	OSSL_PARAM *params;
	EVP_PKEY *pkey = NULL;
	int what = private == NULL ? EVP_PKEY_KEY_PARAMETERS : EVP_PKEY_KEYPAIR;

	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, prime);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, generator);
	if (private != NULL) {
		OSSL_PARAM_BLD_push_BN(
		    builder, OSSL_PKEY_PARAM_PRIV_KEY, private);
		OSSL_PARAM_BLD_push_BN(
		    builder, OSSL_PKEY_PARAM_PUB_KEY, public);
	}
	params = OSSL_PARAM_BLD_to_param(builder);
	ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &pkey, what, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY *
named(const char *group)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	OSSL_PARAM params[2];
	EVP_PKEY *pkey = NULL;
	char name[32];

	strcpy(name, group);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_params(ctx, params), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &pkey), 1);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* Parameters of an application's, from the PEM text of a key; frees that. */
static int
from_pem_of(EVP_PKEY *pkey, struct dhe_parameters **out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	int r;

	ck_assert_int_eq(PEM_write_bio_Parameters(bio, pkey), 1);
	ck_assert_int_eq(BIO_write(bio, "", 1), 1);
	BIO_get_mem_data(bio, &text);
	*out = NULL;
	r = dhe_parameters_from_pem(text, out);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return r;
}

static void
start(void)
{
	EVP_PKEY *group;

	ck_assert_int_eq(library_init(), 0);
	bn = BN_CTX_new();
	group = named("ffdhe2048");
	EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &p);
	EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_G, &g);
	EVP_PKEY_free(group);
	ck_assert_int_eq(BN_num_bits(p), BITS);
	writer_init(&wire, 8192);
	writer_init(&answer, 8192);
}

static void
stop(void)
{
	dhe_key_wipe(&key);
	writer_free(&wire);
	writer_free(&answer);
	BN_free(p);
	BN_free(g);
	BN_CTX_free(bn);
	vectors_free();
	library_cleanup();
}

static BIGNUM *
number_of_hex(const char *hex)
{
	struct slice bytes = vectors_hex(hex);

	return BN_bin2bn(bytes.data, (int)bytes.len, NULL);
}

/* A number of pieces: p, shifted, and a small one. */
static BIGNUM *
number_of(int times, int add)
{
	BIGNUM *number = BN_new();

	ck_assert_int_eq(BN_set_word(number, (BN_ULONG)times), 1);
	ck_assert_int_eq(BN_mul(number, number, p, bn), 1);
	if (add >= 0)
		ck_assert_int_eq(BN_add_word(number, (BN_ULONG)add), 1);
	else
		ck_assert_int_eq(BN_sub_word(number, (BN_ULONG)-add), 1);
	return number;
}

/* As opaque<0..2^16-1>, with zeroes in front. */
static void
put(struct writer *out, const BIGNUM *number, size_t zeroes)
{
	struct mark vector = writer_open(out, 2);

	for (size_t i = 0; i < zeroes; i++)
		writer_u8(out, 0);
	BN_bn2bin(number, writer_reserve(out, (size_t)BN_num_bytes(number)));
	writer_close(out, vector);
}

static struct slice
written(const struct writer *writer)
{
	struct slice bytes;

	ck_assert(writer_result(writer, &bytes));
	return bytes;
}

/* The client's judgement of these three. */
static int
client_says(const BIGNUM *prime, const BIGNUM *generator, const BIGNUM *share,
    size_t zeroes)
{
	struct reader in;
	int r;

	writer_clear(&wire);
	writer_clear(&answer);
	put(&wire, prime, zeroes);
	put(&wire, generator, zeroes);
	put(&wire, share, zeroes);
	in = reader_of(written(&wire));
	secret_len = 99;
	r = dhe_answer(&in, &answer, secret, &secret_len);
	ck_assert((r == 0) == (secret_len > 0));
	return r;
}

static int
server_says(const BIGNUM *share, size_t zeroes)
{
	uint8_t bytes[2 * DHE_PRIME_MAX] = { 0 };
	size_t len = zeroes + (size_t)BN_num_bytes(share);
	int r;

	ck_assert_uint_le(len, sizeof bytes);
	BN_bn2bin(share, bytes + zeroes);
	secret_len = 99;
	r = dhe_finish(&key, slice_of(bytes, len), secret, &secret_len);
	ck_assert((r == 0) == (secret_len > 0));
	return r;
}

/* ---- known answers ---- */

#define SERVER                                                                 \
	"b3eacd33433b31b5252351032c9b3e7a2e7aa7738d5decdf0dd6c62680853c06"

/* Client's exponents; the secret is theirs and the server's, made with Python.
 */
static const struct {
	const char *what, *client, *secret;
} known[] = {
	{ "an ordinary one",
	    "ec89a9145e15b75149f6e16f82834d203a8efe006ca7cc024b25ebadcabe7ce0",
	    "53748fd3450bebb508bc9d3dc46a14ab57a3ee6f337d1ebec5546da585fd577df6"
	    "834057ca760093cbb681c11e1fd5807a0f0d6520453ab3fc437323cb19a3ff29a2"
	    "ae4244bf933b5c7aa262a1a40e04fc27a918a8ed34f1bc42f6e5e06aa2542af8f7"
	    "ba0e1b97e5b6d2ab8f9ea5e128fa40635a91c25437fb31d6604eaa7cb3ac0371fb"
	    "7d061ae556253e70d7afefd7b1d92cef0111b91ee21d3aec479829719e1722767d"
	    "5b29358a1309872e09f1042964860f689c7340a94d199a576f6ffb824b49ee7bdc"
	    "0c9597b845d9fe3c3140e3719a7d65b12d5f8fc498cec957f9d885b5b0b817e018"
	    "e8ebc3e91fd8fd29fa40ecb48a06647533c581f6cef7a162bf" },
	{ "one with a zero in front, which RFC 5246 8.1.2 leaves out",
	    "a54cc4b18bdff6206b3dc18f2420915fe2e3ab2eecabb8737cfc74c882c3df69",
	    "27f2d741d55f0b419e4fa3908374004c8f65a264a231cea43f7843894716dfda62"
	    "d575132b79b063289e181858fb1b6dc23ce730533754a47a5a2ce4111ae259f43b"
	    "cbb657fff926b3a763344fe752bc184b951a5a034ba8b97d8956e6bc9d77d05a52"
	    "4048e68b227ab64ad1865bad0e497d8ae572f5aa347384a5b8119099213a150e6c"
	    "9f8fb27502f77c58bca23495757f4683fdbe33e1356bff09a17d23a107b51d03e9"
	    "6dda4258f617450887455e4bd658490d38be2d9802dc203044404c2b4cb21f9b89"
	    "b62cbb07b0833691356923fbe89e98772142385cc41ea84a822870dedcf5b9487b"
	    "d0f391c25801327ac3a2ccde652a7191bef113384f343da5" },
};

START_TEST(secrets_are_the_known_ones)
{
	struct slice want = vectors_hex(known[_i].secret);
	BIGNUM *private = number_of_hex(SERVER), *public = BN_new();
	BIGNUM *client = number_of_hex(known[_i].client), *share = BN_new();

	ck_assert_uint_eq(want.len, BITS / 8u - (unsigned)_i);
	ck_assert_int_eq(BN_mod_exp(public, g, private, p, bn), 1);
	ck_assert_int_eq(BN_mod_exp(share, g, client, p, bn), 1);
	key.pkey = build(p, g, private, public);
	ck_assert_int_eq(server_says(share, 0), 0);
	ck_assert_msg(secret_len == want.len, "%s", known[_i].what);
	ck_assert_mem_eq(secret, want.data, want.len);
	/* Nor do zeroes in front of a share change anything. */
	ck_assert_int_eq(server_says(share, 3), 0);
	ck_assert_uint_eq(secret_len, want.len);
	ck_assert_mem_eq(secret, want.data, want.len);
	BN_free(private);
	BN_free(public);
	BN_free(client);
	BN_free(share);
}
END_TEST

/* ---- one side and the other ---- */

static const char *const groups[] = { "ffdhe2048", "ffdhe3072", "ffdhe4096",
	"modp_2048" };

START_TEST(both_sides_have_one_secret)
{
	struct dhe_parameters *parameters;
	struct slice before = NO_BYTES, sent, share;
	uint8_t first[DHE_PRIME_MAX] = { 0 };
	struct reader in;

	ck_assert_int_eq(from_pem_of(named(groups[_i]), &parameters), 0);
	for (int round = 0; round < 8; round++) {
		writer_clear(&wire);
		writer_clear(&answer);
		ck_assert_int_eq(dhe_start(parameters, &key, &wire), 0);
		sent = written(&wire);
		in = reader_of(sent);
		before = reader_vec16(&in);
		ck_assert_uint_eq(
		    before.len * 8, (size_t)EVP_PKEY_get_bits(key.pkey));
		ck_assert_uint_eq(reader_vec16(&in).len, 1);
		share = reader_vec16(&in);
		ck_assert(reader_done(&in));
		/* A key serves once. */
		ck_assert_mem_ne(share.data, first, 32);
		memcpy(first, share.data, 32);
		in = reader_of(sent);
		ck_assert_int_eq(
		    dhe_answer(&in, &answer, secret, &secret_len), 0);
		in = reader_of(written(&answer));
		share = reader_vec16(&in);
		ck_assert(reader_done(&in));
		ck_assert_int_eq(dhe_finish(&key, share, other, &other_len), 0);
		ck_assert_uint_eq(secret_len, other_len);
		ck_assert_mem_eq(secret, other, other_len);
		dhe_key_wipe(&key);
		ck_assert_ptr_null(key.pkey);
	}
	dhe_parameters_free(parameters);
}
END_TEST

/* ---- shares that would give the secret away, or are none ---- */

/* times the prime, and add. */
static const struct {
	const char *what;
	int times, add, r;
} shares[] = {
	{ "0", 0, 0, ERR_BAD_KEY_SHARE },
	{ "1", 0, 1, ERR_BAD_KEY_SHARE },
	{ "2", 0, 2, 0 },
	{ "p - 2", 1, -2, 0 },
	{ "p - 1", 1, -1, ERR_BAD_KEY_SHARE },
	{ "p", 1, 0, ERR_BAD_KEY_SHARE },
	{ "p + 1", 1, 1, ERR_BAD_KEY_SHARE },
	{ "p + 2", 1, 2, ERR_BAD_KEY_SHARE },
	{ "2 p + 2", 2, 2, ERR_BAD_KEY_SHARE },
};

START_TEST(a_share_is_between_1_and_p_less_1)
{
	BIGNUM *share = number_of(shares[_i].times, shares[_i].add);
	BIGNUM *private = number_of_hex(SERVER), *public = BN_new();

	ck_assert_int_eq(BN_mod_exp(public, g, private, p, bn), 1);
	key.pkey = build(p, g, private, public);
	/* Nothing at all is no number: the 0 has a byte. */
	for (size_t zeroes = BN_is_zero(share) ? 1 : 0; zeroes < 2; zeroes++) {
		ck_assert_msg(server_says(share, zeroes) == shares[_i].r,
		    "server of %s", shares[_i].what);
		ck_assert_msg(client_says(p, g, share, zeroes) == shares[_i].r,
		    "client of %s", shares[_i].what);
		/* Likewise what generates them. */
		ck_assert_msg(client_says(p, share, g, zeroes) == shares[_i].r,
		    "generator of %s", shares[_i].what);
	}
	ck_assert_int_eq(
	    errors_alert(ERR_BAD_KEY_SHARE), ALERT_ILLEGAL_PARAMETER);
	BN_free(private);
	BN_free(public);
	BN_free(share);
}
END_TEST

START_TEST(a_share_of_no_bytes_or_too_many_is_refused)
{
	struct dhe_parameters *parameters;
	BIGNUM *two = number_of(0, 2);

	ck_assert_int_eq(from_pem_of(named("ffdhe2048"), &parameters), 0);
	ck_assert_int_eq(dhe_start(parameters, &key, &wire), 0);
	ck_assert_int_eq(
	    dhe_finish(&key, NO_BYTES, secret, &secret_len), ERR_BAD_KEY_SHARE);
	ck_assert_int_eq(server_says(two, DHE_PRIME_MAX - 1), 0);
	ck_assert_int_eq(server_says(two, DHE_PRIME_MAX), ERR_BAD_KEY_SHARE);
	ck_assert_int_eq(client_says(p, g, two, DHE_PRIME_MAX - 256), 0);
	ck_assert_int_eq(
	    client_says(p, g, two, DHE_PRIME_MAX - 255), ERR_BAD_KEY_SHARE);
	BN_free(two);
	dhe_parameters_free(parameters);
}
END_TEST

/* ---- primes that are none, or too small or large ---- */

START_TEST(an_even_prime_is_refused)
{
	BIGNUM *even = number_of(1, 1), *two = number_of(0, 2);

	ck_assert_int_eq(client_says(even, g, two, 0), ERR_BAD_KEY_SHARE);
	BN_free(even);
	even = number_of(1, -1);
	ck_assert_int_eq(client_says(even, g, two, 0), ERR_BAD_KEY_SHARE);
	BN_free(even);
	BN_free(two);
}
END_TEST

/* An odd number of so many bits, as good as a prime to a client. */
static BIGNUM *
odd_of(int bits)
{
	BIGNUM *number = BN_new();

	ck_assert_int_eq(
	    BN_rand(number, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
	return number;
}

static const struct {
	int bits, r;
} sizes[] = {
	{ 2, ERR_DH_WEAK },
	{ 512, ERR_DH_WEAK },
	{ 1024, ERR_DH_WEAK },
	{ 2047, ERR_DH_WEAK },
	{ 2048, 0 },
	{ 2049, 0 },
	{ 8193, ERR_BAD_KEY_SHARE },
};

START_TEST(a_prime_has_2048_bits_and_no_more_than_8192)
{
	BIGNUM *prime = odd_of(sizes[_i].bits), *two = number_of(0, 2);

	ck_assert_msg(client_says(prime, g, two, 0) == sizes[_i].r, "%d bits",
	    sizes[_i].bits);
	/* Zeroes do not make it any longer. */
	if (sizes[_i].r == ERR_DH_WEAK)
		ck_assert_int_eq(client_says(prime, g, two, 200), ERR_DH_WEAK);
	ck_assert_int_eq(
	    errors_alert(ERR_DH_WEAK), ALERT_INSUFFICIENT_SECURITY);
	BN_free(two);
	BN_free(prime);
}
END_TEST

START_TEST(server_parameters_are_three_vectors)
{
	struct slice whole;
	struct reader in;

	writer_clear(&wire);
	put(&wire, p, 0);
	put(&wire, g, 0);
	put(&wire, g, 0);
	writer_u8(&wire, 0);
	whole = written(&wire);
	for (size_t len = 0; len <= whole.len; len++) {
		int want = len + 1 == whole.len ? 0 : ERR_DECODE;

		in = reader_of(slice_of(whole.data, len));
		ck_assert_msg(
		    dhe_answer(&in, &answer, secret, &secret_len) == want,
		    "%zu bytes", len);
	}
	for (size_t empty = 0; empty < 3; empty++) {
		writer_clear(&wire);
		for (size_t i = 0; i < 3; i++) {
			if (i == empty)
				writer_vec16(&wire, NO_BYTES);
			else
				put(&wire, i == 0 ? p : g, 0);
		}
		in = reader_of(written(&wire));
		ck_assert_int_eq(
		    dhe_answer(&in, &answer, secret, &secret_len), ERR_DECODE);
	}
}
END_TEST

/* ---- PEM ---- */

START_TEST(sound_parameters_are_taken)
{
	struct dhe_parameters *parameters;

	ck_assert_int_eq(from_pem_of(named(groups[_i]), &parameters), 0);
	ck_assert_ptr_nonnull(parameters);
	dhe_parameters_free(parameters);
}
END_TEST

START_TEST(text_without_parameters_is_refused)
{
	static const char *const texts[] = { "", "x",
		"-----BEGIN DH PARAMETERS-----\n",
		"-----BEGIN DH PARAMETERS-----\nAAAA\n"
		"-----END DH PARAMETERS-----\n",
		/* P-256 */
		"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
		"-----END EC PARAMETERS-----\n" };
	struct dhe_parameters *parameters = NULL;

	for (size_t i = 0; i < COUNT(texts); i++) {
		ck_assert_msg(dhe_parameters_from_pem(texts[i], &parameters) ==
				  (strstr(texts[i], "N DH PARAM") != NULL
					  ? ERR_DH_ENCODING
					  : ERR_DH_PARAMETERS),
		    "%zu", i);
		ck_assert_ptr_null(parameters);
	}
	dhe_parameters_free(NULL);
}
END_TEST

START_TEST(small_large_and_false_parameters_are_refused)
{
	static const struct {
		int bits, r;
	} odd[] = { { 1024, ERR_DH_TOO_SMALL }, { 2047, ERR_DH_TOO_SMALL },
		{ 2048, ERR_DH_CHECK }, { 8193, ERR_DH_CHECK } };
	struct dhe_parameters *parameters;
	BIGNUM *one = number_of(0, 1), *last = number_of(1, -1), *prime;

	for (size_t i = 0; i < COUNT(odd); i++) {
		prime = odd_of(odd[i].bits);
		ck_assert_msg(from_pem_of(build(prime, g, NULL, NULL),
				  &parameters) == odd[i].r,
		    "%d bits", odd[i].bits);
		ck_assert_ptr_null(parameters);
		BN_free(prime);
	}
	ck_assert_int_eq(
	    from_pem_of(build(p, one, NULL, NULL), &parameters), ERR_DH_CHECK);
	ck_assert_int_eq(
	    from_pem_of(build(p, last, NULL, NULL), &parameters), ERR_DH_CHECK);
	BN_free(one);
	BN_free(last);
}
END_TEST

static Suite *
dhe_suite(void)
{
	Suite *suite = suite_create("dhe");
	TCase *tcase = tcase_create("dhe");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, secrets_are_the_known_ones, 0, (int)COUNT(known));
	tcase_add_loop_test(
	    tcase, both_sides_have_one_secret, 0, (int)COUNT(groups));
	tcase_add_loop_test(
	    tcase, a_share_is_between_1_and_p_less_1, 0, (int)COUNT(shares));
	tcase_add_test(tcase, a_share_of_no_bytes_or_too_many_is_refused);
	tcase_add_test(tcase, an_even_prime_is_refused);
	tcase_add_loop_test(tcase, a_prime_has_2048_bits_and_no_more_than_8192,
	    0, (int)COUNT(sizes));
	tcase_add_test(tcase, server_parameters_are_three_vectors);
	tcase_add_loop_test(
	    tcase, sound_parameters_are_taken, 0, (int)COUNT(groups));
	tcase_add_test(tcase, text_without_parameters_is_refused);
	tcase_add_test(tcase, small_large_and_false_parameters_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(dhe_suite)
