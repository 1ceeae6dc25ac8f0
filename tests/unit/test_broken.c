/*
 * What fails when libcrypto or the kernel fails at what they always do, by its
 * name: the linker (--wrap, see Makefile) has their functions pass by here,
 * where one of them can be broken.
 */
#include <sys/mman.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "libtls/crypto/aead.h"
#include "libtls/crypto/cipher.h"
#include "libtls/crypto/dhe.h"
#include "libtls/crypto/group.h"
#include "libtls/crypto/hkdf.h"
#include "libtls/crypto/library.h"
#include "libtls/crypto/premaster.h"
#include "libtls/crypto/prf.h"
#include "libtls/registry/iana.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

/* Name, what it returns, what that is when it is broken, what it takes. */
/* clang-format off */
#define BREAKABLE(X) \
	X(EVP_MD_fetch, EVP_MD *, NULL, (OSSL_LIB_CTX *a, const char *b, const char *c), (a, b, c)) \
	X(EVP_DigestInit_ex2, int, 0, (EVP_MD_CTX *a, const EVP_MD *b, const OSSL_PARAM *c), (a, b, c)) \
	X(EVP_DigestUpdate, int, 0, (EVP_MD_CTX *a, const void *b, size_t c), (a, b, c)) \
	X(EVP_DigestFinal_ex, int, 0, (EVP_MD_CTX *a, unsigned char *b, unsigned int *c), (a, b, c)) \
	X(EVP_MD_CTX_copy_ex, int, 0, (EVP_MD_CTX *a, const EVP_MD_CTX *b), (a, b)) \
	X(EVP_MAC_init, int, 0, (EVP_MAC_CTX *a, const unsigned char *b, size_t c, const OSSL_PARAM *d), (a, b, c, d)) \
	X(EVP_CipherInit_ex2, int, 0, (EVP_CIPHER_CTX *a, const EVP_CIPHER *b, const unsigned char *c, const unsigned char *d, int e, const OSSL_PARAM *f), (a, b, c, d, e, f)) \
	X(EVP_CipherUpdate, int, 0, (EVP_CIPHER_CTX *a, unsigned char *b, int *c, const unsigned char *d, int e), (a, b, c, d, e)) \
	X(EVP_EncryptUpdate, int, 0, (EVP_CIPHER_CTX *a, unsigned char *b, int *c, const unsigned char *d, int e), (a, b, c, d, e)) \
	X(EVP_PKEY_CTX_new_from_pkey, EVP_PKEY_CTX *, NULL, (OSSL_LIB_CTX *a, EVP_PKEY *b, const char *c), (a, b, c)) \
	X(EVP_PKEY_generate, int, 0, (EVP_PKEY_CTX *a, EVP_PKEY **b), (a, b)) \
	X(EVP_PKEY_derive, int, 0, (EVP_PKEY_CTX *a, unsigned char *b, size_t *c), (a, b, c)) \
	X(EVP_PKEY_encrypt, int, 0, (EVP_PKEY_CTX *a, unsigned char *b, size_t *c, const unsigned char *d, size_t e), (a, b, c, d, e)) \
	X(EVP_PKEY_encapsulate, int, 0, (EVP_PKEY_CTX *a, unsigned char *b, size_t *c, unsigned char *d, size_t *e), (a, b, c, d, e)) \
	X(EVP_PKEY_fromdata, int, 0, (EVP_PKEY_CTX *a, EVP_PKEY **b, int c, OSSL_PARAM *d), (a, b, c, d)) \
	X(EVP_PKEY_get_bn_param, int, 0, (const EVP_PKEY *a, const char *b, BIGNUM **c), (a, b, c)) \
	X(EVP_PKEY_get_octet_string_param, int, 0, (const EVP_PKEY *a, const char *b, unsigned char *c, size_t d, size_t *e), (a, b, c, d, e)) \
	X(RAND_bytes_ex, int, 0, (OSSL_LIB_CTX *a, unsigned char *b, size_t c, unsigned int d), (a, b, c, d)) \
	X(madvise, int, -1, (void *a, size_t b, int c), (a, b, c))
/* clang-format on */

/* What is broken, and how often it is not yet. */
static const char *broken;
static int still;

static bool
fails(const char *name)
{
	return broken != NULL && strcmp(broken, name) == 0 && still-- <= 0;
}

#define WRAP(name, type, failure, takes, passes)                               \
	type __real_##name takes;                                              \
	type __wrap_##name takes;                                              \
	type __wrap_##name takes                                               \
	{                                                                      \
		return fails(#name) ? failure : __real_##name passes;          \
	}
BREAKABLE(WRAP)

/* ---- what is done while something is broken ---- */

static const uint8_t bytes[64];
static uint8_t out[DHE_PRIME_MAX + SIGNATURE_MAX];
static struct writer wire;
static struct slice sent;

static int
a_hash(void)
{
	return digest_once(&digest_sha256, slice_of(bytes, 64), out);
}

static int
a_running_hash(void)
{
	struct hasher hasher = { 0 };
	int r;

	if ((r = hasher_start(&hasher, &digest_sha256)) == 0 &&
	    (r = hasher_add(&hasher, slice_of(bytes, 64))) == 0)
		r = hasher_peek(&hasher, out);
	hasher_wipe(&hasher);
	return r;
}

static int
an_hmac(void)
{
	struct hmac_key key;

	return hmac_key_set(&key, &digest_sha256, slice_of(bytes, 32));
}

static int
extracting(void)
{
	return hkdf_extract(
	    &digest_sha256, slice_of(bytes, 32), slice_of(bytes, 32), out);
}

static int
expanding(void)
{
	return hkdf_expand_label(
	    &digest_sha256, bytes, "key", slice_of(bytes, 0), out, 32);
}

static int
the_prf(uint8_t version)
{
	struct slice seed = slice_of(bytes, 64);

	return prf(version, &digest_sha256, slice_of(bytes, 48),
	    "master secret", &seed, 1, out, 48);
}

static int
the_prf_of_tls12(void)
{
	return the_prf(S2N_TLS12);
}

static int
the_prf_of_sslv3(void)
{
	return the_prf(S2N_SSLv3);
}

static int
sealing(void)
{
	static const uint8_t nonce[AEAD_NONCE];
	struct aead_key key = { 0 };
	struct slice text = slice_of(bytes, 16);
	int r = aead_key_set(&key, &aead_aes128_gcm, AEAD_SEALS, bytes);

	if (r == 0)
		r = aead_seal(&key, nonce, slice_of(bytes, 5), &text, 1, out);
	aead_key_wipe(&key);
	return r;
}

static int
a_block_cipher(void)
{
	struct cipher_key key = { 0 };
	int r = cipher_key_set(
	    &key, &cipher_aes128_cbc, CIPHER_ENCRYPTS, bytes, bytes);

	if (r == 0)
		r = cipher_run(&key, out, 32);
	cipher_key_wipe(&key);
	return r;
}

static int
a_share(void)
{
	struct group_key key = { 0 };
	int r = group_start(group_find(0x001d), &key, &wire);

	group_key_wipe(&key);
	return r;
}

static int
answering(uint16_t number)
{
	struct group_key key = { 0 };
	size_t len;
	int r = group_start(group_find(number), &key, &wire);

	ck_assert(r != 0 || writer_result(&wire, &sent));
	if (r == 0)
		r = group_answer(key.group, sent, &wire, out, &len);
	group_key_wipe(&key);
	return r;
}

static int
a_shared_secret(void)
{
	return answering(0x001d);
}

/* Which of libcrypto's versions has ML-KEM is not the test's to say. */
static int
a_hybrid_secret(void)
{
	if (group_available(group_find(0x11ec)))
		return answering(0x11ec);
	puts("note: this libcrypto has no ML-KEM that could fail");
	return ERR_KEM;
}

static struct dhe_parameters *
ffdhe(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(
				    OSSL_PKEY_PARAM_GROUP_NAME,
				    (char[]){ "ffdhe2048" }, 0),
		OSSL_PARAM_construct_end() };
	struct dhe_parameters *parameters = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *pkey = NULL;
	char *text;

	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_params(ctx, params), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &pkey), 1);
	ck_assert_int_eq(PEM_write_bio_Parameters(bio, pkey), 1);
	ck_assert_int_eq(BIO_write(bio, "", 1), 1);
	BIO_get_mem_data(bio, &text);
	ck_assert_int_eq(dhe_parameters_from_pem(text, &parameters), 0);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(ctx);
	return parameters;
}

/* The server's part, the client's with what that sent, and the server's end. */
static int
diffie_hellman(void)
{
	struct dhe_parameters *parameters = ffdhe();
	struct dhe_key key = { 0 };
	struct writer answer;
	struct reader in;
	struct slice share;
	size_t len;
	int r;

	writer_init(&answer, 4096);
	if ((r = dhe_start(parameters, &key, &wire)) != 0)
		goto out;
	ck_assert(writer_result(&wire, &sent));
	in = reader_of(sent);
	if ((r = dhe_answer(&in, &answer, out, &len)) != 0)
		goto out;
	ck_assert(writer_result(&answer, &share));
	in = reader_of(share);
	r = dhe_finish(&key, reader_vec16(&in), out, &len);
out:
	dhe_key_wipe(&key);
	writer_free(&answer);
	dhe_parameters_free(parameters);
	return r;
}

static int
signing(void)
{
	size_t len = SIGNATURE_MAX;

	return scheme_sign(scheme_find(0x0403), certs_key(CERTS_P256, 0),
	    slice_of(bytes, 32), out, &len);
}

static int
verifying(void)
{
	return scheme_verify(scheme_find(0x0403), certs_key(CERTS_P256, 0),
	    slice_of(bytes, 32), slice_of(bytes, 64));
}

static int
a_premaster(void)
{
	return premaster_encrypt(
	    certs_key(CERTS_RSA, 0), S2N_TLS12, out, &wire);
}

static int
chance(void)
{
	return random_bytes(out, 32);
}

static int
starting(void)
{
	library_cleanup();
	return library_init();
}

/* s2n_init tells a public value only. */
static int
locking_memory(void)
{
	unsetenv("S2N_DONT_MLOCK");
	library_cleanup();
	ck_assert_int_eq(s2n_init(), S2N_FAILURE);
	ck_assert_int_eq(s2n_errno, errors_value(ERR_MADVISE));
	return ERR_MADVISE;
}

/* clang-format off */
static const struct {
	int (*act)(void);
	const char *breaks;
	int after; /* so many calls that go well */
	int error;
} cases[] = {
	{ starting,          "EVP_MD_fetch",        0, ERR_LIBCRYPTO },
	{ locking_memory,    "madvise",             0, ERR_MADVISE },
	{ chance,            "RAND_bytes_ex",       0, ERR_RANDOM },
	{ a_hash,            "EVP_DigestInit_ex2",  0, ERR_HASH_INIT },
	{ a_hash,            "EVP_DigestUpdate",    0, ERR_HASH_UPDATE },
	{ a_hash,            "EVP_DigestFinal_ex",  0, ERR_HASH },
	{ a_running_hash,    "EVP_DigestInit_ex2",  0, ERR_HASH_INIT },
	{ a_running_hash,    "EVP_DigestUpdate",    0, ERR_HASH_UPDATE },
	{ a_running_hash,    "EVP_MD_CTX_copy_ex",  0, ERR_HASH_COPY },
	{ a_running_hash,    "EVP_DigestFinal_ex",  0, ERR_HASH },
	{ an_hmac,           "EVP_MAC_init",        0, ERR_HASH_INIT },
	{ extracting,        "EVP_MAC_init",        0, ERR_HKDF },
	{ expanding,         "EVP_MAC_init",        0, ERR_HKDF },
	{ the_prf_of_tls12,  "EVP_MAC_init",        0, ERR_PRF },
	{ the_prf_of_sslv3,  "EVP_DigestFinal_ex",  1, ERR_PRF },
	{ sealing,           "EVP_CipherInit_ex2",  0, ERR_KEY_INIT },
	{ sealing,           "EVP_CipherInit_ex2",  1, ERR_ENCRYPT },
	{ sealing,           "EVP_EncryptUpdate",   0, ERR_ENCRYPT },
	{ a_block_cipher,    "EVP_CipherInit_ex2",  0, ERR_KEY_INIT },
	{ a_block_cipher,    "EVP_CipherUpdate",    0, ERR_LIBCRYPTO },
	{ a_share,           "EVP_PKEY_generate",   0, ERR_ECDHE_GEN_KEY },
	{ a_share,           "EVP_PKEY_get_octet_string_param", 0, ERR_ECDHE_WRITE },
	{ a_shared_secret,   "EVP_PKEY_derive",     0, ERR_ECDHE_SHARED_SECRET },
	{ a_hybrid_secret,   "EVP_PKEY_encapsulate", 0, ERR_KEM },
	{ diffie_hellman,    "EVP_PKEY_generate",   0, ERR_DH_GENERATE },
	{ diffie_hellman,    "EVP_PKEY_get_bn_param", 0, ERR_DH_SERIALIZE },
	{ diffie_hellman,    "EVP_PKEY_get_bn_param", 2, ERR_DH_WRITE },
	{ diffie_hellman,    "EVP_PKEY_fromdata",   0, ERR_DH_COPY_KEY },
	{ diffie_hellman,    "EVP_PKEY_generate",   1, ERR_DH_GENERATE },
	{ diffie_hellman,    "EVP_PKEY_get_bn_param", 3, ERR_DH_WRITE },
	{ diffie_hellman,    "EVP_PKEY_derive",     0, ERR_DH_SHARED_SECRET },
	{ diffie_hellman,    "EVP_PKEY_get_bn_param", 4, ERR_DH_COPY_PARAMETERS },
	{ diffie_hellman,    "EVP_PKEY_fromdata",   1, ERR_DH_COPY_KEY },
	{ diffie_hellman,    "EVP_PKEY_derive",     1, ERR_DH_SHARED_SECRET },
	{ signing,           "EVP_PKEY_CTX_new_from_pkey", 0, ERR_PKEY_CONTEXT },
	{ verifying,         "EVP_PKEY_CTX_new_from_pkey", 0, ERR_PKEY_CONTEXT },
	{ a_premaster,       "EVP_PKEY_encrypt",    0, ERR_ENCRYPT_PREMASTER },
};
/* clang-format on */

/* Once, and while all is well. */
static void
make_keys(void)
{
	certs_key(CERTS_P256, 0);
	certs_key(CERTS_P256, 1);
	certs_key(CERTS_RSA, 0);
}

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
	writer_init(&wire, 8192);
}

static void
stop(void)
{
	broken = NULL;
	writer_free(&wire);
	library_cleanup();
}

START_TEST(what_is_broken_has_a_name)
{
	/* What the act itself needs was not counted. */
	broken = cases[_i].breaks;
	still = cases[_i].after;
	ck_assert_int_eq(cases[_i].act(), cases[_i].error);
	broken = NULL;
}
END_TEST

/* ---- what an application hears of it, and the peer ---- */

/* clang-format off */
static const struct {
	const char *breaks, *error; /* the server's, after it has read */
	uint8_t version;
	uint16_t suite;
} heard[] = {
	{ "RAND_bytes_ex",       "S2N_ERR_RANDOM",           0, 0 },
	{ "EVP_MD_CTX_copy_ex",  "S2N_ERR_HASH_COPY_FAILED", 0, 0 },
	{ "EVP_MAC_init",        "S2N_ERR_HKDF",             0, 0 },
	{ "EVP_CipherInit_ex2",  "S2N_ERR_KEY_INIT",         0, 0 },
	{ "EVP_PKEY_derive",     "S2N_ERR_ECDHE_SHARED_SECRET", 0, 0 },
	{ "EVP_MAC_init",        "S2N_ERR_PRF_DERIVE",       S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
};
/* clang-format on */

START_TEST(the_application_hears_of_it)
{
	const struct peers_spec spec = { .version = heard[_i].version,
		.suite = heard[_i].suite };
	s2n_blocked_status blocked;
	struct peers peers;
	uint8_t byte;

	stop(); /* s2n_init does it */
	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &spec);
	ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
	for (int turns = 0; turns < 3; turns++) {
		broken = heard[_i].breaks;
		still = 0;
		ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
		broken = NULL;
		if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
			break;
		ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	}
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), heard[_i].error);
	/* It is the end, with nothing of the application's said. */
	ck_assert_int_eq(s2n_send(peers.server, "a", 1, &blocked), -1);
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_CLOSED");
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(a_record_that_is_not_sealed_is_not_sent)
{
	s2n_blocked_status blocked;
	struct peers peers;
	size_t waiting;
	struct slice before, after;

	stop();
	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &(struct peers_spec){ .slow = false });
	ck_assert(peers_negotiate(&peers));
	ck_assert(writer_result(&peers.to_client.bytes, &before));
	waiting = before.len;
	broken = "EVP_EncryptUpdate";
	still = 0;
	ck_assert_int_eq(
	    s2n_send(peers.server, "not in the clear", 16, &blocked), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_ENCRYPT");
	broken = NULL;
	ck_assert(writer_result(&peers.to_client.bytes, &after));
	ck_assert_ptr_null(memmem(
	    after.data + waiting, after.len - waiting, "not in the clear", 16));
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

static Suite *
broken_suite(void)
{
	Suite *suite = suite_create("broken");
	TCase *names = tcase_create("names");
	TCase *ends = tcase_create("ends");

	tcase_add_unchecked_fixture(names, make_keys, NULL);
	tcase_add_checked_fixture(names, start, stop);
	tcase_add_loop_test(
	    names, what_is_broken_has_a_name, 0, (int)COUNT(cases));
	suite_add_tcase(suite, names);
	tcase_add_unchecked_fixture(ends, make_keys, NULL);
	tcase_add_checked_fixture(ends, start, NULL);
	tcase_add_loop_test(
	    ends, the_application_hears_of_it, 0, (int)COUNT(heard));
	tcase_add_test(ends, a_record_that_is_not_sealed_is_not_sent);
	suite_add_tcase(suite, ends);
	return suite;
}

UNIT_MAIN(broken_suite)
