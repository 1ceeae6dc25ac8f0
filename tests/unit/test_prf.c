/*
 * libtls/crypto/prf.c: published vectors, known answers, and libcrypto's own
 * TLS1-PRF for every length.
 */
#include "libtls/crypto/prf.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include "libtls/crypto/library.h"
#include "libtls/s2n.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define A_16 "abababababababababababababababab"
#define A_48 A_16 A_16 A_16
#define B_16 "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
#define B_64 B_16 B_16 B_16 B_16
#define C_47                                                                   \
	"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122" \
	"232425262728292a2b2c2d2e2f"
#define E_48 "00" C_47
#define D_64                                                                   \
	"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"     \
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"

/* The published ones; what Python's hmac and hashlib made (SSLv3, an odd
 * secret); RFC 6101 6.1 ends with 26 letters. */
static const struct {
	const char *what;
	uint8_t version;
	const struct digest *digest;
	const char *secret, *label, *seed, *out;
} cases[] = {
	{ "SHA-256", S2N_TLS12, &digest_sha256,
	    "9bbe436ba940f017b17652849a71db35", "test label",
	    "a0ba9f936cda311827a6f796ffd5198c",
	    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b"
	    "301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc"
	    "91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b"
	    "66" },
	{ "SHA-384", S2N_TLS12, &digest_sha384,
	    "b80b733d6ceefcdc71566ea48e5567df", "test label",
	    "cd665cf6a8447dd6ff8b27555edb7465",
	    "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9"
	    "ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa"
	    "961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8"
	    "cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a2"
	    "6854308d5eaa3be85e0990703d73e56f" },
	{ "MD5 and SHA-1", S2N_TLS10, &digest_sha256, A_48, "PRF Testvector",
	    B_64,
	    "d3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd97675444"
	    "3bcf9a296519bc289abcbc1187e4ebd31e602353776c408aafb74cbc85eff69255"
	    "f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f1afbc6"
	    "55a8c9a013" },
	{ "MD5 and SHA-1 of an odd secret", S2N_TLS11, &digest_sha384, C_47,
	    "key expansion", D_64,
	    "4a54fc738420ae12780fa6ca0eb9878f90f535d95d11d34675642923a1b9db5d43"
	    "57d26ec8599af17feeda1b0de1e3e56beefa876721f17c075a6956eea6033db7ef"
	    "f604b60ba1c44c7cfc1422f13b80e20ef2a6b13ddafe013e6aa2bc0f986ad49b1b"
	    "7988fe01587f4a64315d08b9b783f7eacd848c6e89f72ccf10292f1dfbcaf6a6a8"
	    "b2134f83" },
	{ "SSLv3's master secret", S2N_SSLv3, &digest_sha256, E_48,
	    "no label there", D_64,
	    "46be2d0c0fc0b0aa2ecde0d7f8477ce501341d35ba71e01d05568f62e913682c13"
	    "289e97dbe85b719c55fe80b6f96a00" },
	{ "as much as SSLv3 gives", S2N_SSLv3, &digest_sha256, E_48,
	    "no label there", D_64,
	    "46be2d0c0fc0b0aa2ecde0d7f8477ce501341d35ba71e01d05568f62e913682c13"
	    "289e97dbe85b719c55fe80b6f96a007ae97b7cdaa5b8e3237f65bb6acfbfb4fd79"
	    "1f8ba2ca6fc3ecd7aea9fd510afdcf8aa091bcc684171c1ab41f1b278374be23b7"
	    "fbb346a8788bc978497eaaf2bc15072091c74d852297d9232b0b85c7cbdd295e43"
	    "31223e776fa16b4568aa0c0b02356eeaccd9fd0edf829d1abbb4a0bed23f8d83ae"
	    "78635d245d0f0819a68055120bc6bca40d073c7381e75a1466ca7e580212b386f8"
	    "0da1fea1f3c0a674b4a8261f61bf47702227dfc1bfaeb6dc56b2c0c3266ba162c1"
	    "70f12a1a8fe8022bacfaa24618bdb3dab025723d757a2911830d12f6411250e627"
	    "6e9f5575b48f798053e9be05baa2cd8ccf033064e32b8f15e5323260407768d9da"
	    "7d55ea057bde879b60583fe7aa88c23ba7ebd40bf1a26223053c95da811c4f584a"
	    "fae17e05d1ca23d760eeebd7fdf8daac69d8c4f5013073537fd1331980d8a48dbb"
	    "3264af9fd8c7dc78af9d52c64df213752113276ac734be44241ca30335dc0b9e8f"
	    "78427e02bc6a480853ffdda852c9226a38b2cc3c" },
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

START_TEST(known_answers_come_out_at_every_length)
{
	struct slice want = vectors_hex(cases[_i].out);
	struct slice secret = vectors_hex(cases[_i].secret);
	struct slice seed = vectors_hex(cases[_i].seed);
	uint8_t out[512];

	for (size_t len = 0; len <= want.len; len++) {
		memset(out, 0xee, sizeof out);
		ck_assert_int_eq(
		    prf(cases[_i].version, cases[_i].digest, secret,
			cases[_i].label, &seed, 1, out, len),
		    0);
		ck_assert_msg(memcmp(out, want.data, len) == 0, "%s, %zu",
		    cases[_i].what, len);
		ck_assert_uint_eq(out[len], 0xee);
	}
}
END_TEST

START_TEST(a_seed_in_pieces_is_one_seed)
{
	struct slice want = vectors_hex(cases[_i].out);
	struct slice seed = vectors_hex(cases[_i].seed), parts[3];
	uint8_t out[512];

	for (size_t cut = 0; cut <= seed.len; cut++) {
		parts[0] = slice_of(seed.data, cut);
		parts[1] = NO_BYTES;
		parts[2] = slice_of(seed.data + cut, seed.len - cut);
		ck_assert_int_eq(prf(cases[_i].version, cases[_i].digest,
				     vectors_hex(cases[_i].secret),
				     cases[_i].label, parts, 3, out, want.len),
		    0);
		ck_assert_mem_eq(out, want.data, want.len);
	}
}
END_TEST

/* libcrypto's, for a seed that begins with the label. */
static void
compare(const char *digest, struct slice secret, struct slice seed,
    uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	uint8_t copies[2][256];
	char name[16];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_KDF_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_SECRET, copies[0], secret.len),
		OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_SEED, copies[1], seed.len),
		OSSL_PARAM_construct_end(),
	};

	strcpy(name, digest);
	memcpy(copies[0], secret.data, secret.len);
	memcpy(copies[1], seed.data, seed.len);
	ck_assert_int_eq(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static const struct {
	const char *name;
	uint8_t version;
	const struct digest *digest;
} functions[] = {
	{ "MD5-SHA1", S2N_TLS10, &digest_sha256 },
	{ "MD5-SHA1", S2N_TLS11, &digest_sha384 },
	{ "SHA256", S2N_TLS12, &digest_sha256 },
	{ "SHA384", S2N_TLS12, &digest_sha384 },
};

/* Secrets shorter and longer than the hash functions' blocks, odd and even. */
START_TEST(libcrypto_says_the_same)
{
	uint8_t secret[256], seed[PRF_SEED_MAX] = "extended master secret";
	uint8_t want[300], got[300];
	size_t label = strlen((char *)seed), seed_len;
	struct slice rest;

	for (size_t i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)(i * 3 + 5);
	for (size_t i = label; i < sizeof seed; i++)
		seed[i] = (uint8_t)(i * 5 + 3);
	for (size_t len = 1; len < sizeof secret; len += len < 140 ? 1 : 19) {
		seed_len = label + 1 + len % (sizeof seed - label);
		rest = slice_of(seed + label, seed_len - label);
		compare(functions[_i].name, slice_of(secret, len),
		    slice_of(seed, seed_len), want, 1 + len);
		ck_assert_int_eq(
		    prf(functions[_i].version, functions[_i].digest,
			slice_of(secret, len), "extended master secret", &rest,
			1, got, 1 + len),
		    0);
		ck_assert_msg(memcmp(want, got, 1 + len) == 0, "%s, %zu",
		    functions[_i].name, len);
	}
}
END_TEST

START_TEST(a_seed_over_the_limit_is_an_error)
{
	static const uint8_t versions[] = { S2N_SSLv3, S2N_TLS10, S2N_TLS12 };
	uint8_t seed[PRF_SEED_MAX + 1] = { 0 }, out[48];
	size_t label = versions[_i] == S2N_SSLv3 ? 0 : 5;
	struct slice in = slice_of(seed, PRF_SEED_MAX - label);

	ck_assert_int_eq(prf(versions[_i], &digest_sha256, slice_of(seed, 48),
			     "label", &in, 1, out, sizeof out),
	    0);
	in.len++;
	ck_assert_int_eq(prf(versions[_i], &digest_sha256, slice_of(seed, 48),
			     "label", &in, 1, out, sizeof out),
	    ERR_SAFETY);
}
END_TEST

START_TEST(sslv3_has_no_more_than_26_letters)
{
	uint8_t secret[48] = { 0 }, out[417];
	struct slice seed = slice_of(secret, 32);

	ck_assert_int_eq(prf(S2N_SSLv3, &digest_sha256, slice_of(secret, 48),
			     "", &seed, 1, out, 416),
	    0);
	ck_assert_int_eq(prf(S2N_SSLv3, &digest_sha256, slice_of(secret, 48),
			     "", &seed, 1, out, 417),
	    ERR_SAFETY);
}
END_TEST

static Suite *
prf_suite(void)
{
	Suite *suite = suite_create("prf");
	TCase *tcase = tcase_create("prf");
	int rows = (int)COUNT(cases);

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, known_answers_come_out_at_every_length, 0, rows);
	tcase_add_loop_test(tcase, a_seed_in_pieces_is_one_seed, 0, rows);
	tcase_add_loop_test(
	    tcase, libcrypto_says_the_same, 0, (int)COUNT(functions));
	tcase_add_loop_test(tcase, a_seed_over_the_limit_is_an_error, 0, 3);
	tcase_add_test(tcase, sslv3_has_no_more_than_26_letters);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(prf_suite)
