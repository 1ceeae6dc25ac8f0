/*
 * keyd/keystore.c: which files become keys of a slot, and what is told of them.
 */
#include "keyd/keystore.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "tests/unit/unit.h"

#define FILE_MOST (64 * 1024)
#define SLOTS 256

static struct keystore *store;
static const struct keyproto_keyfile first = { .slot = 7, .operations = 8 };

static void
set_up(void)
{
	ck_assert_ptr_nonnull(store = keystore_new(SLOTS));
}

static void
tear_down(void)
{
	keystore_free(store);
}

static bool
described(uint16_t slot, struct keyproto_key *what)
{
	const struct keyproto_key *told = keystore_describe(store, slot);

	if (told != NULL)
		*what = *told;
	return told != NULL;
}

/* A file of these bytes, read from its start. */
static int
file_of(const void *bytes, size_t len)
{
	int fd = memfd_create("key", MFD_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static struct keyproto_keytold told;

static enum keyproto_verdict
load_file(const struct keyproto_keyfile *file, int fd)
{
	const struct keysource source = { fd, -1, -1 };
	enum keyproto_verdict verdict =
	    keystore_load(store, file, &source, &told);

	ck_assert_uint_eq(told.verdict, verdict);
	return verdict;
}

static enum keyproto_verdict
load_bytes(const void *bytes, size_t len)
{
	int fd = file_of(bytes, len);
	enum keyproto_verdict status = load_file(&first, fd);

	ck_assert_int_ne(fcntl(fd, F_GETFD), -1); /* it stays the caller's */
	close(fd);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	return status;
}

/* What a writer of libcrypto's wrote, as a string to be freed. */
static char *
take_text(BIO *bio)
{
	char *data, *text;
	long len = BIO_get_mem_data(bio, &data);

	ck_assert_int_gt(len, 0);
	text = strndup(data, (size_t)len);
	BIO_free(bio);
	return text;
}

static char *
pem_of(EVP_PKEY *key, bool traditional, const char *password)
{
	const EVP_CIPHER *cipher = password == NULL ? NULL : EVP_aes_128_cbc();
	int len = password == NULL ? 0 : (int)strlen(password);
	BIO *bio = BIO_new(BIO_s_mem());

	if (traditional)
		ck_assert_int_eq(
		    PEM_write_bio_PrivateKey_traditional(bio, key, cipher,
			(const unsigned char *)password, len, NULL, NULL),
		    1);
	else
		ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(bio, key, cipher,
				     password, len, NULL, NULL),
		    1);
	return take_text(bio);
}

static enum keyproto_verdict
load_key(EVP_PKEY *key)
{
	char *text = pem_of(key, false, NULL);
	enum keyproto_verdict status = load_bytes(text, strlen(text));

	free(text);
	return status;
}

static EVP_PKEY *
make_pss(int bits, const char *digest)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits), 1);
	if (digest != NULL)
		ck_assert_int_eq(
		    EVP_PKEY_CTX_set_rsa_pss_keygen_md_name(ctx, digest, NULL),
		    1);
	ck_assert_int_eq(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* name: a curve, "RSA", "RSA-PSS" or another kind of libcrypto's. */
static EVP_PKEY *
make_key(const char *name, int bits)
{
	EVP_PKEY *key;

	if (strcmp(name, "RSA-PSS") == 0)
		key = make_pss(bits, NULL);
	else if (strcmp(name, "RSA") == 0)
		key = EVP_RSA_gen((unsigned)bits);
	else if (strcmp(name, "ED25519") == 0 || strcmp(name, "ED448") == 0 ||
		 strcmp(name, "X25519") == 0)
		key = EVP_PKEY_Q_keygen(NULL, NULL, name);
	else
		key = EVP_EC_gen(name);
	ck_assert_msg(key != NULL, "%s", name);
	return key;
}

static const struct {
	const char *name;
	uint32_t bits;
	bool traditional;
	uint16_t algorithm, schemes[3];
} kinds[] = {
	{ "P-256", 256, false, KEYPROTO_EC, { 0x0403, 0, 0 } },
	{ "P-256", 256, true, KEYPROTO_EC, { 0x0403, 0, 0 } },
	{ "P-384", 384, false, KEYPROTO_EC, { 0x0503, 0, 0 } },
	{ "P-521", 521, true, KEYPROTO_EC, { 0x0603, 0, 0 } },
	{ "RSA", 2048, false, KEYPROTO_RSA, { 0x0804, 0x0805, 0x0806 } },
	{ "RSA", 3072, true, KEYPROTO_RSA, { 0x0804, 0x0805, 0x0806 } },
	{ "ED25519", 256, false, KEYPROTO_ED25519, { 0x0807, 0, 0 } },
	{ "RSA-PSS", 2048, false, KEYPROTO_RSA_PSS,
	    { 0x0809, 0x080a, 0x080b } },
};

START_TEST(each_kind_of_key_is_loaded_and_described)
{
	EVP_PKEY *key = make_key(kinds[_i].name, (int)kinds[_i].bits);
	char *text = pem_of(key, kinds[_i].traditional, NULL);
	uint8_t *der = NULL, spki[32];
	struct keyproto_key what;
	uint32_t schemes = 0;
	int len = i2d_PUBKEY(key, &der);

	ck_assert_int_gt(len, 0);
	ck_assert_int_eq(
	    EVP_Q_digest(NULL, "SHA256", NULL, der, (size_t)len, spki, NULL),
	    1);
	for (size_t i = 0; i < 3; i++)
		schemes |= keyproto_scheme_bit(kinds[_i].schemes[i]);

	ck_assert_int_eq(load_bytes(text, strlen(text)), KEYPROTO_SERVED);
	ck_assert(described(first.slot, &what));
	ck_assert_uint_eq(what.slot, first.slot);
	ck_assert_uint_eq(what.operations, first.operations);
	ck_assert_uint_eq(what.algorithm, kinds[_i].algorithm);
	ck_assert_uint_eq(what.bits, kinds[_i].bits);
	ck_assert_uint_eq(what.schemes, schemes);
	ck_assert_uint_eq(what.generation, 1);
	ck_assert_uint_eq(told.algorithm, what.algorithm);
	ck_assert_uint_eq(told.bits, what.bits);
	ck_assert_mem_eq(told.spki, what.spki, sizeof what.spki);
	ck_assert_mem_eq(what.spki, spki, sizeof spki);
	ck_assert_int_eq(EVP_PKEY_eq(keystore_key(store, first.slot), key), 1);
	ck_assert_uint_eq(keystore_count(store), 1);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	free(text);
}
END_TEST

static const struct {
	const char *name;
	int bits;
} unserved[] = {
	{ "P-224", 0 },
	{ "secp256k1", 0 },       /* of 256 bits, and not P-256 */
	{ "brainpoolP256r1", 0 }, /* likewise */
	{ "brainpoolP384r1", 0 },
	{ "ED448", 0 },
	{ "X25519", 0 },
	{ "RSA", 1024 },
	{ "RSA-PSS", 1024 },
};

START_TEST(kinds_that_tls_does_not_sign_with_here_are_refused)
{
	EVP_PKEY *key = make_key(unserved[_i].name, unserved[_i].bits);

	ck_assert_msg(load_key(key) == KEYPROTO_KIND, "%s %d",
	    unserved[_i].name, unserved[_i].bits);
	ck_assert_uint_eq(keystore_count(store), 0);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_key_bound_to_one_hash_has_that_scheme_alone)
{
	EVP_PKEY *key = make_pss(2048, "SHA384");
	struct keyproto_key what;

	ck_assert_int_eq(load_key(key), KEYPROTO_SERVED);
	ck_assert(described(first.slot, &what));
	ck_assert_uint_eq(what.schemes, keyproto_scheme_bit(0x080a));
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(what_is_no_private_key_is_refused)
{
	static const char *const texts[] = {
		"not a key at all\n",
		"\n",
		"-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\n!!!!\n"
		"-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nMAA=\n"
		"-----END PRIVATE KEY-----\n",
		"-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n"
		"-----END EC PRIVATE KEY-----\n",
		"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n"
		"-----END CERTIFICATE-----\n",
	};
	static const uint8_t zeros[4096];

	for (size_t i = 0; i < COUNT(texts); i++)
		ck_assert_msg(
		    load_bytes(texts[i], strlen(texts[i])) == KEYPROTO_NO_KEY,
		    "%s", texts[i]);
	ck_assert_int_eq(load_bytes(zeros, sizeof zeros), KEYPROTO_NO_KEY);
	ck_assert_int_eq(load_bytes("", 0), KEYPROTO_NO_KEY);
	ck_assert_uint_eq(keystore_count(store), 0);
}
END_TEST

START_TEST(a_public_key_is_refused)
{
	EVP_PKEY *key = make_key("P-256", 0);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	ck_assert_int_eq(PEM_write_bio_PUBKEY(bio, key), 1);
	text = take_text(bio);
	ck_assert_int_eq(load_bytes(text, strlen(text)), KEYPROTO_NO_KEY);
	free(text);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(an_encrypted_key_is_refused_without_asking)
{
	EVP_PKEY *key = make_key("P-256", 0);
	char *pkcs8 = pem_of(key, false, "secret");
	char *old = pem_of(key, true, "secret");

	ck_assert_int_eq(load_bytes(pkcs8, strlen(pkcs8)), KEYPROTO_ENCRYPTED);
	ck_assert_int_eq(load_bytes(old, strlen(old)), KEYPROTO_ENCRYPTED);
	free(pkcs8);
	free(old);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(every_beginning_of_a_key_is_refused)
{
	EVP_PKEY *key = make_key("P-256", 0);
	char *text = pem_of(key, false, NULL);
	/* The last dashes and the newline are all that may be missing. */
	size_t len = strlen(text) - strlen("-----\n");

	for (size_t cut = 0; cut < len; cut++)
		ck_assert_msg(load_bytes(text, cut) == KEYPROTO_NO_KEY,
		    "cut to %zu", cut);
	ck_assert_uint_eq(keystore_count(store), 0);
	free(text);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(no_changed_byte_of_a_key_is_worse_than_a_refusal)
{
	EVP_PKEY *key = make_key("P-256", 0);
	char *text = pem_of(key, false, NULL);
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		char was = text[i];
		enum keyproto_verdict status;

		text[i] = was == 'A' ? 'Q' : 'A';
		status = load_bytes(text, len);
		ck_assert(
		    status == KEYPROTO_SERVED || status == KEYPROTO_NO_KEY ||
		    status == KEYPROTO_KIND || status == KEYPROTO_HALVES ||
		    status == KEYPROTO_CIPHER);
		text[i] = was;
	}
	free(text);
	EVP_PKEY_free(key);
}
END_TEST

/* The scalar of one key, the point of another: whoever signs with it gives
 * away that something is wrong, or more. */
START_TEST(a_key_whose_halves_do_not_belong_together_is_refused)
{
	EVP_PKEY *one = make_key("P-256", 0), *two = make_key("P-256", 0);
	uint8_t *der = NULL, *other = NULL;
	int len = i2d_PrivateKey(one, &der);
	int other_len = i2d_PrivateKey(two, &other);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	/* SEC 1: the point is the last 64 bytes. */
	ck_assert_int_eq(len, other_len);
	memcpy(der + len - 64, other + len - 64, 64);
	ck_assert_int_gt(PEM_write_bio(bio, "EC PRIVATE KEY", "", der, len), 0);
	text = take_text(bio);
	ck_assert_int_eq(load_bytes(text, strlen(text)), KEYPROTO_HALVES);
	free(text);
	OPENSSL_free(der);
	OPENSSL_free(other);
	EVP_PKEY_free(one);
	EVP_PKEY_free(two);
}
END_TEST

START_TEST(a_file_is_read_up_to_its_most_and_not_beyond)
{
	EVP_PKEY *key = make_key("P-256", 0);
	char *text = pem_of(key, false, NULL);
	size_t len = strlen(text);
	char *file = malloc(FILE_MOST + 1);

	memset(file, '\n', FILE_MOST + 1);
	memcpy(file, text, len);
	ck_assert_int_eq(load_bytes(file, FILE_MOST), KEYPROTO_SERVED);
	ck_assert_int_eq(load_bytes(file, FILE_MOST + 1), KEYPROTO_NO_KEY);
	free(file);
	free(text);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_read_is_refused)
{
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ne(directory, -1);
	ck_assert_int_eq(load_file(&first, directory), KEYPROTO_NO_KEY);
	close(directory);
	ck_assert_int_eq(load_file(&first, directory), KEYPROTO_NO_KEY);
}
END_TEST

START_TEST(a_slot_beyond_the_last_is_refused)
{
	static const uint16_t beyond[] = { SLOTS, SLOTS + 1, 0x8000, 0xffff };
	struct keyproto_keyfile file = { .operations = 8 };
	EVP_PKEY *key = make_key("P-256", 0);
	char *text = pem_of(key, false, NULL);
	struct keyproto_key what;
	int fd;

	for (size_t i = 0; i < COUNT(beyond); i++) {
		fd = file_of(text, strlen(text));
		file.slot = beyond[i];
		ck_assert_int_eq(load_file(&file, fd), KEYPROTO_NO_KEY);
		close(fd);
		ck_assert(!described(beyond[i], &what));
		ck_assert_ptr_null(keystore_key(store, beyond[i]));
	}
	fd = file_of(text, strlen(text));
	file.slot = SLOTS - 1;
	ck_assert_int_eq(load_file(&file, fd), KEYPROTO_SERVED);
	close(fd);
	ck_assert_ptr_nonnull(keystore_key(store, SLOTS - 1));
	free(text);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_new_key_is_a_new_generation_and_a_bad_one_changes_nothing)
{
	EVP_PKEY *one = make_key("P-256", 0), *two = make_key("P-384", 0);
	struct keyproto_key what;

	ck_assert(!described(first.slot, &what));
	ck_assert_ptr_null(keystore_key(store, first.slot));
	ck_assert_int_eq(load_key(one), KEYPROTO_SERVED);
	ck_assert_int_eq(load_bytes("garbage", 7), KEYPROTO_NO_KEY);
	ck_assert(described(first.slot, &what));
	ck_assert_uint_eq(what.generation, 1);
	ck_assert_int_eq(EVP_PKEY_eq(keystore_key(store, first.slot), one), 1);
	ck_assert_int_eq(load_key(two), KEYPROTO_SERVED);
	ck_assert(described(first.slot, &what));
	ck_assert_uint_eq(what.generation, 2);
	ck_assert_int_eq(EVP_PKEY_eq(keystore_key(store, first.slot), two), 1);
	ck_assert_uint_eq(keystore_count(store), 1);
	EVP_PKEY_free(one);
	EVP_PKEY_free(two);
}
END_TEST

START_TEST(only_an_rsa_key_may_be_for_premaster_secrets)
{
	static const struct {
		const char *name;
		enum keyproto_verdict status;
	} keys[] = { { "RSA", KEYPROTO_SERVED },
		{ "RSA-PSS", KEYPROTO_OPERATIONS },
		{ "P-256", KEYPROTO_OPERATIONS } };
	struct keyproto_keyfile file = { .slot = 7,
		.operations = 1u << KEYPROTO_PREMASTER };

	for (size_t i = 0; i < COUNT(keys); i++) {
		EVP_PKEY *key = make_key(keys[i].name, 2048);
		char *text = pem_of(key, false, NULL);
		int fd = file_of(text, strlen(text));

		ck_assert_msg(
		    load_file(&file, fd) == keys[i].status, "%s", keys[i].name);
		close(fd);
		free(text);
		EVP_PKEY_free(key);
	}
}
END_TEST

START_TEST(a_store_of_one_speed_tells_of_others_and_keeps_none)
{
	EVP_PKEY *fast = make_key("P-256", 0), *other = make_key("ED25519", 0);
	EVP_PKEY *slow = make_key("RSA", 4096);
	char *text = pem_of(other, false, NULL);
	struct keyproto_keyfile file = { .slot = 8, .operations = 8 };
	struct keyproto_key what;
	int fd = file_of(text, strlen(text));

	keystore_one_speed(store);
	ck_assert_int_eq(load_key(fast), KEYPROTO_SERVED);
	ck_assert_int_eq(load_file(&file, fd), KEYPROTO_SERVED);
	/* Slot 7, where another is. */
	ck_assert_int_eq(load_key(slow), KEYPROTO_SPEED);
	ck_assert_uint_eq(told.algorithm, KEYPROTO_RSA);
	ck_assert_uint_eq(told.bits, 4096);
	ck_assert_uint_eq(keystore_count(store), 2);
	ck_assert(described(first.slot, &what));
	ck_assert_uint_eq(what.bits, 256);
	close(fd);
	free(text);
	EVP_PKEY_free(fast);
	EVP_PKEY_free(other);
	EVP_PKEY_free(slow);
}
END_TEST

START_TEST(the_first_key_decides_the_speed)
{
	EVP_PKEY *slow = make_key("RSA", 4096), *fast = make_key("P-256", 0);
	char *text = pem_of(fast, false, NULL);
	struct keyproto_keyfile file = { .slot = 8, .operations = 8 };
	int fd = file_of(text, strlen(text));

	keystore_one_speed(store);
	ck_assert_int_eq(load_bytes("garbage", 7), KEYPROTO_NO_KEY);
	ck_assert_int_eq(load_key(slow), KEYPROTO_SERVED);
	ck_assert_int_eq(load_file(&file, fd), KEYPROTO_SPEED);
	ck_assert_uint_eq(keystore_count(store), 1);
	close(fd);
	free(text);
	EVP_PKEY_free(fast);
	EVP_PKEY_free(slow);
}
END_TEST

static Suite *
keystore_suite(void)
{
	Suite *suite = suite_create("keystore");
	TCase *tcase = tcase_create("keystore");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, each_kind_of_key_is_loaded_and_described, 0,
	    (int)COUNT(kinds));
	tcase_add_loop_test(tcase,
	    kinds_that_tls_does_not_sign_with_here_are_refused, 0,
	    (int)COUNT(unserved));
	tcase_add_test(tcase, a_key_bound_to_one_hash_has_that_scheme_alone);
	tcase_add_test(tcase, what_is_no_private_key_is_refused);
	tcase_add_test(tcase, a_public_key_is_refused);
	tcase_add_test(tcase, an_encrypted_key_is_refused_without_asking);
	tcase_add_test(tcase, every_beginning_of_a_key_is_refused);
	tcase_add_test(tcase, no_changed_byte_of_a_key_is_worse_than_a_refusal);
	tcase_add_test(
	    tcase, a_key_whose_halves_do_not_belong_together_is_refused);
	tcase_add_test(tcase, a_file_is_read_up_to_its_most_and_not_beyond);
	tcase_add_test(tcase, a_descriptor_that_cannot_be_read_is_refused);
	tcase_add_test(tcase, a_slot_beyond_the_last_is_refused);
	tcase_add_test(tcase, only_an_rsa_key_may_be_for_premaster_secrets);
	tcase_add_test(
	    tcase, a_new_key_is_a_new_generation_and_a_bad_one_changes_nothing);
	tcase_add_test(
	    tcase, a_store_of_one_speed_tells_of_others_and_keeps_none);
	tcase_add_test(tcase, the_first_key_decides_the_speed);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(keystore_suite)
