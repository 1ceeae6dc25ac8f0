/*
 * keyd/keyread.c, keyd/encrypted.c, keyd/pkcs12.c: encrypted keys in every form
 * that is taken, passphrases, certificates, and what is refused and why.
 */
#include "keyd/keyread.h"

#include <sys/mman.h>
#include <unistd.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "keyd/encrypted.h"
#include "tests/unit/unit.h"

#define SECRET "correct horse"
#define EXPIRES 1893456000 /* 2030-01-01 */

static EVP_PKEY *key, *other;
static X509 *certificate, *others;
static EVP_PKEY *got;
static uint64_t expires;

static X509 *
certify(EVP_PKEY *subject)
{
	X509 *made = X509_new();

	ck_assert_int_eq(X509_set_pubkey(made, subject), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
	ck_assert_int_eq(
	    ASN1_TIME_set_string(X509_getm_notBefore(made), "20200101000000Z"),
	    1);
	ck_assert_int_eq(
	    ASN1_TIME_set_string(X509_getm_notAfter(made), "20300101000000Z"),
	    1);
	ck_assert_int_gt(X509_sign(made, subject, EVP_sha256()), 0);
	return made;
}

static void
set_up(void)
{
	ck_assert_ptr_nonnull(key = EVP_EC_gen("P-256"));
	ck_assert_ptr_nonnull(other = EVP_EC_gen("P-256"));
	certificate = certify(key);
	others = certify(other);
}

static void
tear_down(void)
{
	X509_free(certificate);
	X509_free(others);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

/* NULL: no file. */
static int
file_of(const void *bytes, size_t len)
{
	int fd = bytes != NULL ? memfd_create("file", MFD_CLOEXEC) : -1;

	if (fd < 0)
		return -1;
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The bytes of bio are the key's file; a key that is served is the one. */
static enum keyproto_verdict
read_with(BIO *bio, struct slice passphrase, X509 *with)
{
	char *bytes, *text;
	long len = BIO_get_mem_data(bio, &bytes);
	struct keysource source = { file_of(bytes, (size_t)len),
		file_of(passphrase.data, passphrase.len), -1 };
	BIO *pem = BIO_new(BIO_s_mem());
	enum keyproto_verdict verdict;

	if (with != NULL) {
		ck_assert_int_eq(PEM_write_bio_X509(pem, with), 1);
		len = BIO_get_mem_data(pem, &text);
		source.certificate = file_of(text, (size_t)len);
	}
	verdict = keyread(&source, &got, &expires);
	ck_assert_int_eq(got != NULL, verdict == KEYPROTO_SERVED);
	ck_assert(got == NULL || EVP_PKEY_eq(got, key) == 1);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	EVP_PKEY_free(got);
	BIO_free(pem);
	close(source.key);
	if (source.passphrase >= 0)
		close(source.passphrase);
	if (source.certificate >= 0)
		close(source.certificate);
	return verdict;
}

static enum keyproto_verdict
read_secret(BIO *bio)
{
	return read_with(bio, slice_of_string(SECRET "\n"), NULL);
}

/* ---- PEM ---- */

static BIO *
pem(const char *cipher, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(
	    PEM_write_bio_PKCS8PrivateKey(bio, key,
		cipher != NULL ? EVP_get_cipherbyname(cipher) : NULL,
		passphrase, cipher != NULL ? (int)strlen(passphrase) : 0, NULL,
		NULL),
	    1);
	return bio;
}

static BIO *
traditional(const char *cipher)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(
	    PEM_write_bio_PrivateKey_traditional(bio, key,
		EVP_get_cipherbyname(cipher), (const unsigned char *)SECRET,
		(int)strlen(SECRET), NULL, NULL),
	    1);
	return bio;
}

static const char *const ciphers[] = { "AES-128-CBC", "AES-192-CBC",
	"AES-256-CBC", "DES-EDE3-CBC" };

START_TEST(a_key_is_decrypted_whatever_the_cipher)
{
	BIO *bio = pem(ciphers[_i], SECRET);

	ck_assert_int_eq(read_secret(bio), KEYPROTO_SERVED);
	ck_assert_int_eq(read_with(bio, slice_of_string("wrong\n"), NULL),
	    KEYPROTO_PASSPHRASE);
	ck_assert_int_eq(read_with(bio, NO_BYTES, NULL), KEYPROTO_ENCRYPTED);
	BIO_free(bio);

	bio = traditional(ciphers[_i]);
	ck_assert_int_eq(read_secret(bio), KEYPROTO_SERVED);
	/* Some of so many wrong passphrases end in a padding that is right. */
	for (int i = 0; i < 1000; i++) {
		char wrong[16];

		snprintf(wrong, sizeof wrong, "wrong %d", i);
		ck_assert_int_eq(read_with(bio, slice_of_string(wrong), NULL),
		    KEYPROTO_PASSPHRASE);
	}
	ck_assert_int_eq(read_with(bio, NO_BYTES, NULL), KEYPROTO_ENCRYPTED);
	BIO_free(bio);
}
END_TEST

START_TEST(a_key_that_is_not_encrypted_and_a_passphrase_do_not_go_together)
{
	BIO *bio = pem(NULL, NULL);

	ck_assert_int_eq(read_with(bio, NO_BYTES, NULL), KEYPROTO_SERVED);
	ck_assert_int_eq(read_secret(bio), KEYPROTO_PLAIN);
	BIO_free(bio);
	bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_PrivateKey_traditional(
			     bio, key, NULL, NULL, 0, NULL, NULL),
	    1);
	ck_assert_int_eq(read_with(bio, NO_BYTES, NULL), KEYPROTO_SERVED);
	ck_assert_int_eq(read_secret(bio), KEYPROTO_PLAIN);
	BIO_free(bio);
}
END_TEST

/* ---- passphrases ---- */

static const struct {
	const char *what, *file, *passphrase;
	bool good;
} lines[] = {
	{ "no end of line", "abc", "abc", true },
	{ "a newline", "abc\n", "abc", true },
	{ "as on other systems", "abc\r\n", "abc", true },
	{ "blanks belong to it", " abc \n", " abc ", true },
	{ "only the last newline does not", "abc\n\n", "abc\n", false },
	{ "two lines", "abc\ndef\n", "abc", false },
	{ "an empty file", "", "abc", false },
};

START_TEST(a_passphrase_is_one_line)
{
	BIO *bio = pem("AES-128-CBC", lines[_i].passphrase);
	enum keyproto_verdict verdict =
	    read_with(bio, slice_of_string(lines[_i].file), NULL);

	ck_assert_msg(verdict == (lines[_i].good ? KEYPROTO_SERVED
						 : KEYPROTO_NO_PASSPHRASE),
	    "%s: %d", lines[_i].what, verdict);
	BIO_free(bio);
}
END_TEST

START_TEST(a_passphrase_is_read_up_to_its_most_and_not_beyond)
{
	char longest[KEYREAD_PASSPHRASE_MAX + 4] = "";
	BIO *bio;

	memset(longest, 'a', KEYREAD_PASSPHRASE_MAX);
	bio = pem("AES-128-CBC", longest);
	ck_assert_int_eq(
	    read_with(bio, slice_of_string(longest), NULL), KEYPROTO_SERVED);
	strcat(longest, "\r\n");
	ck_assert_int_eq(
	    read_with(bio, slice_of_string(longest), NULL), KEYPROTO_SERVED);
	longest[KEYREAD_PASSPHRASE_MAX] = 'a';
	ck_assert_int_eq(read_with(bio, slice_of_string(longest), NULL),
	    KEYPROTO_NO_PASSPHRASE);
	strcat(longest, "\n");
	ck_assert_int_eq(read_with(bio, slice_of_string(longest), NULL),
	    KEYPROTO_NO_PASSPHRASE);
	BIO_free(bio);
}
END_TEST

/* ---- what a file may ask for ---- */

/* Nothing is derived to make it: only the algorithm says how it were. */
static BIO *
sealed_by(X509_ALGOR *how)
{
	static const unsigned char bytes[48] = { 1 };
	ASN1_OCTET_STRING *octets;
	X509_ALGOR *slot;
	X509_SIG *sealed = X509_SIG_new();
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_ptr_nonnull(how);
	X509_SIG_getm(sealed, &slot, &octets);
	ck_assert_int_eq(X509_ALGOR_copy(slot, how), 1);
	ck_assert_int_eq(ASN1_OCTET_STRING_set(octets, bytes, sizeof bytes), 1);
	ck_assert_int_eq(PEM_write_bio_PKCS8(bio, sealed), 1);
	X509_ALGOR_free(how);
	X509_SIG_free(sealed);
	return bio;
}

START_TEST(iterations_are_bounded_before_one_is_done)
{
	static const struct {
		int iterations;
		enum keyproto_verdict verdict;
	} counts[] = { { 1000, KEYPROTO_PASSPHRASE },
		{ ENCRYPTED_ITERATIONS_MAX + 1, KEYPROTO_ITERATIONS },
		{ INT32_MAX, KEYPROTO_ITERATIONS } };
	BIO *bio;

	for (size_t i = 0; i < COUNT(counts); i++) {
		int n = counts[i].iterations;

		bio = sealed_by(PKCS5_pbe2_set(EVP_aes_256_cbc(), n, NULL, 0));
		ck_assert_int_eq(read_secret(bio), counts[i].verdict);
		BIO_free(bio);
		bio = sealed_by(PKCS5_pbe_set(
		    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, n, NULL, 0));
		ck_assert_int_eq(read_secret(bio), counts[i].verdict);
		BIO_free(bio);
	}
}
END_TEST

START_TEST(what_takes_memory_or_is_weak_is_refused_before_it_begins)
{
	static const int weak[] = { NID_pbeWithMD5AndDES_CBC,
		NID_pbe_WithSHA1And40BitRC2_CBC, NID_pbe_WithSHA1And128BitRC4 };
	unsigned char salt[] = "salt";
	BIO *bio = sealed_by(PKCS5_pbe2_set_scrypt(
	    EVP_aes_256_cbc(), salt, 4, NULL, 16384, 8, 1));

	ck_assert_int_eq(read_secret(bio), KEYPROTO_CIPHER);
	BIO_free(bio);
	for (size_t i = 0; i < COUNT(weak); i++) {
		bio = sealed_by(PKCS5_pbe_set(weak[i], 1, NULL, 0));
		ck_assert_int_eq(read_secret(bio), KEYPROTO_CIPHER);
		BIO_free(bio);
	}
}
END_TEST

/* ---- PKCS#12 ---- */

struct p12 {
	const char *what;
	int key_cipher, certificate_cipher, iterations, mac_iterations;
	enum keyproto_verdict verdict;
};
static const struct p12 p12s[] = {
	{ "today's", NID_aes_256_cbc, NID_aes_256_cbc, 2048, 1,
	    KEYPROTO_SERVED },
	{ "yesterday's", NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
	    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 2048, 2048,
	    KEYPROTO_SERVED },
	{ "a certificate that is not encrypted", NID_aes_128_cbc, -1, 2048, 1,
	    KEYPROTO_SERVED },
	{ "a key that is not encrypted by itself", -1, NID_aes_128_cbc, 2048, 1,
	    KEYPROTO_SERVED },
	{ "without a code of authentication", NID_aes_128_cbc, NID_aes_128_cbc,
	    2048, -1, KEYPROTO_SERVED },
};

static BIO *
p12_of(const struct p12 *how, EVP_PKEY *secret, X509 *public)
{
	PKCS12 *made = PKCS12_create(SECRET, "name", secret, public, NULL,
	    how->key_cipher, how->certificate_cipher, how->iterations,
	    how->mac_iterations, 0);
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_ptr_nonnull(made);
	ck_assert_int_eq(i2d_PKCS12_bio(bio, made), 1);
	PKCS12_free(made);
	return bio;
}

START_TEST(a_pkcs12_file_is_read_with_its_passphrase)
{
	const struct p12 *how = &p12s[_i];
	BIO *bio = p12_of(how, key, certificate);

	ck_assert_msg(read_secret(bio) == how->verdict, "%s", how->what);
	ck_assert_uint_eq(expires, EXPIRES);
	ck_assert_int_eq(read_with(bio, slice_of_string("wrong"), NULL),
	    KEYPROTO_PASSPHRASE);
	ck_assert_int_eq(read_with(bio, NO_BYTES, NULL), KEYPROTO_ENCRYPTED);
	BIO_free(bio);
	bio = p12_of(how, key, NULL);
	ck_assert_int_eq(read_secret(bio), how->verdict);
	ck_assert_uint_eq(expires, 0);
	BIO_free(bio);
}
END_TEST

/* libcrypto makes no file of a key and another's certificate. */
static BIO *
p12_of_bags(EVP_PKEY *one, EVP_PKEY *two, X509 *public)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
	STACK_OF(PKCS7) *safes = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS12 *made;

	if (one != NULL)
		ck_assert_ptr_nonnull(
		    PKCS12_add_key(&bags, one, 0, 1, NID_aes_128_cbc, SECRET));
	if (two != NULL)
		ck_assert_ptr_nonnull(
		    PKCS12_add_key(&bags, two, 0, 1, NID_aes_128_cbc, SECRET));
	if (public != NULL)
		ck_assert_ptr_nonnull(PKCS12_add_cert(&bags, public));
	ck_assert_int_eq(PKCS12_add_safe(&safes, bags, -1, 0, NULL), 1);
	ck_assert_ptr_nonnull(made = PKCS12_add_safes(safes, 0));
	ck_assert_int_eq(
	    PKCS12_set_mac(made, SECRET, -1, NULL, 0, 1, EVP_sha256()), 1);
	ck_assert_int_eq(i2d_PKCS12_bio(bio, made), 1);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	PKCS12_free(made);
	return bio;
}

START_TEST(a_pkcs12_file_has_one_key_and_its_certificate)
{
	const struct {
		EVP_PKEY *one, *two;
		X509 *certificate;
		enum keyproto_verdict verdict;
	} files[] = { { key, NULL, certificate, KEYPROTO_SERVED },
		{ key, NULL, NULL, KEYPROTO_SERVED },
		{ key, NULL, others, KEYPROTO_MISMATCH },
		{ key, other, certificate, KEYPROTO_MANY },
		{ NULL, NULL, certificate, KEYPROTO_NO_KEY } };

	for (size_t i = 0; i < COUNT(files); i++) {
		BIO *bio = p12_of_bags(
		    files[i].one, files[i].two, files[i].certificate);

		ck_assert_msg(read_secret(bio) == files[i].verdict, "%zu", i);
		BIO_free(bio);
	}
}
END_TEST

START_TEST(a_damaged_pkcs12_file_is_refused)
{
	BIO *bio = p12_of(&p12s[0], key, certificate), *cut;
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);
	enum keyproto_verdict verdict;

	for (long at = 0; at < len; at += 7) {
		cut = BIO_new_mem_buf(bytes, (int)at);
		verdict = read_with(cut, slice_of_string(SECRET), NULL);
		ck_assert_msg(verdict == KEYPROTO_NO_KEY, "cut to %ld", at);
		BIO_free(cut);
	}
	for (long at = 0; at < len; at += 3) {
		bytes[at] = (char)(bytes[at] ^ 0x20);
		(void)!read_secret(bio); /* asserts that no other key comes */
		bytes[at] = (char)(bytes[at] ^ 0x20);
	}
	BIO_free(bio);
}
END_TEST

START_TEST(the_code_of_a_pkcs12_file_is_bounded_too)
{
	BIO *bio = p12_of(&p12s[1], key, certificate), *again;
	PKCS12 *file = d2i_PKCS12_bio(bio, NULL);
	const ASN1_INTEGER *count;

	PKCS12_get0_mac(NULL, NULL, NULL, &count, file);
	ck_assert_int_eq(ASN1_INTEGER_set((ASN1_INTEGER *)(uintptr_t)count,
			     ENCRYPTED_ITERATIONS_MAX + 1),
	    1);
	again = BIO_new(BIO_s_mem());
	ck_assert_int_eq(i2d_PKCS12_bio(again, file), 1);
	ck_assert_int_eq(read_secret(again), KEYPROTO_ITERATIONS);
	PKCS12_free(file);
	BIO_free(again);
	BIO_free(bio);
}
END_TEST

/* ---- certificates ---- */

START_TEST(a_certificate_is_the_keys)
{
	BIO *plain = pem(NULL, NULL), *p12 = p12_of(&p12s[0], key, certificate);
	struct slice secret = slice_of_string(SECRET);

	ck_assert_int_eq(
	    read_with(plain, NO_BYTES, certificate), KEYPROTO_SERVED);
	ck_assert_uint_eq(expires, EXPIRES);
	ck_assert_int_eq(read_with(plain, NO_BYTES, others), KEYPROTO_MISMATCH);
	ck_assert_int_eq(read_with(p12, secret, certificate), KEYPROTO_SERVED);
	ck_assert_int_eq(read_with(p12, secret, others), KEYPROTO_MISMATCH);
	BIO_free(plain);
	BIO_free(p12);
}
END_TEST

START_TEST(a_file_without_a_certificate_is_refused)
{
	static const char *const texts[] = { "", "garbage\n",
		"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n"
		"-----END CERTIFICATE-----\n",
		/* Encrypted: nobody is asked for the passphrase. */
		"-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
		"DEK-Info: DES-EDE3-CBC,AABBCCDDEEFF0011\n\nMAMCAQE=\n"
		"-----END CERTIFICATE-----\n" };
	BIO *plain = pem(NULL, NULL);
	char *bytes;
	long len = BIO_get_mem_data(plain, &bytes);

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct keysource source = { file_of(bytes, (size_t)len), -1,
			file_of(texts[i], strlen(texts[i])) };

		ck_assert_int_eq(
		    keyread(&source, &got, &expires), KEYPROTO_NO_CERTIFICATE);
		ck_assert_ptr_null(got);
		close(source.key);
		close(source.certificate);
	}
	BIO_free(plain);
}
END_TEST

static Suite *
keyread_suite(void)
{
	Suite *suite = suite_create("keyread");
	TCase *tcase = tcase_create("keyread");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_key_is_decrypted_whatever_the_cipher, 0,
	    (int)COUNT(ciphers));
	tcase_add_test(tcase,
	    a_key_that_is_not_encrypted_and_a_passphrase_do_not_go_together);
	tcase_add_loop_test(
	    tcase, a_passphrase_is_one_line, 0, (int)COUNT(lines));
	tcase_add_test(
	    tcase, a_passphrase_is_read_up_to_its_most_and_not_beyond);
	tcase_add_test(tcase, iterations_are_bounded_before_one_is_done);
	tcase_add_test(
	    tcase, what_takes_memory_or_is_weak_is_refused_before_it_begins);
	tcase_add_loop_test(tcase, a_pkcs12_file_is_read_with_its_passphrase, 0,
	    (int)COUNT(p12s));
	tcase_add_test(tcase, a_pkcs12_file_has_one_key_and_its_certificate);
	tcase_add_test(tcase, a_damaged_pkcs12_file_is_refused);
	tcase_add_test(tcase, the_code_of_a_pkcs12_file_is_bounded_too);
	tcase_add_test(tcase, a_certificate_is_the_keys);
	tcase_add_test(tcase, a_file_without_a_certificate_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(keyread_suite)
