/*
 * libtls/cert/pem.c and key.c: blocks in a text, base64, private keys, and that
 * no piece of a key stays behind.
 */
#include "libtls/cert/pem.h"

#include <stddef.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

static const struct {
	const char *what, *text;
	int code;
	struct slice der;
} block_cases[] = {
	{ "three bytes", BEGIN "AAEC\n" END, 0, BYTES(0, 1, 2) },
	{ "two bytes", BEGIN "/+8=\n" END, 0, BYTES(0xff, 0xef) },
	{ "one byte", BEGIN "/w==\n" END, 0, BYTES(0xff) },
	{ "lines", BEGIN "AA\r\nE\tC\n\nAw ==\n" END, 0, BYTES(0, 1, 2, 3) },
	{ "one line",
	    "-----BEGIN CERTIFICATE-----AAEC-----END CERTIFICATE-----", 0,
	    BYTES(0, 1, 2) },
	{ "carriage returns", "-----BEGIN CERTIFICATE-----\r\nAAEC\r\n" END, 0,
	    BYTES(0, 1, 2) },
	{ "text around", "subject=/CN=a\n - b\n" BEGIN "AAEC\n" END "more", 0,
	    BYTES(0, 1, 2) },
	{ "other block in front",
	    "-----BEGIN X-----\n!!\n-----END X-----\n" BEGIN "AAEC\n" END, 0,
	    BYTES(0, 1, 2) },
	{ "old label",
	    "-----BEGIN X509 CERTIFICATE-----\nAAEC\n"
	    "-----END X509 CERTIFICATE-----\n",
	    0, BYTES(0, 1, 2) },
	{ "empty body", BEGIN END, 0, { NULL, 0 } },
	{ "nothing", "", ERR_PEM_OUT_OF_DATA, { NULL, 0 } },
	{ "no block", "AAEC", ERR_PEM_OUT_OF_DATA, { NULL, 0 } },
	{ "other block only", "-----BEGIN X-----\nAAEC\n-----END X-----\n",
	    ERR_PEM_OUT_OF_DATA, { NULL, 0 } },
	{ "label cut short", "-----BEGIN CERT", ERR_INVALID_PEM, { NULL, 0 } },
	{ "no end", BEGIN "AAEC\n", ERR_INVALID_PEM, { NULL, 0 } },
	{ "end cut short", BEGIN "AAEC\n-----END CERT", ERR_INVALID_PEM,
	    { NULL, 0 } },
	{ "other end", BEGIN "AAEC\n-----END X-----\n", ERR_INVALID_PEM,
	    { NULL, 0 } },
	{ "block in block", BEGIN BEGIN "AAEC\n" END, ERR_INVALID_BASE64,
	    { NULL, 0 } },
	{ "header lines", BEGIN "Proc-Type: 4,ENCRYPTED\n\nAAEC\n" END,
	    ERR_INVALID_BASE64, { NULL, 0 } },
	{ "odd character", BEGIN "AA-C\n" END, ERR_INVALID_BASE64,
	    { NULL, 0 } },
	{ "eight bits",
	    BEGIN "AA\xc3"
		  "C\n" END,
	    ERR_INVALID_BASE64, { NULL, 0 } },
	{ "padding missing", BEGIN "/w\n" END, ERR_INVALID_BASE64,
	    { NULL, 0 } },
	{ "padding short", BEGIN "/w=\n" END, ERR_INVALID_BASE64, { NULL, 0 } },
	{ "padding long", BEGIN "/w===\n" END, ERR_INVALID_BASE64,
	    { NULL, 0 } },
	{ "padding after a group", BEGIN "AAEC====\n" END, ERR_INVALID_BASE64,
	    { NULL, 0 } },
	{ "padding within", BEGIN "/w==AAEC\n" END, ERR_INVALID_BASE64,
	    { NULL, 0 } },
	{ "one character", BEGIN "A\n" END, ERR_INVALID_BASE64, { NULL, 0 } },
	{ "three pads", BEGIN "A===\n" END, ERR_INVALID_BASE64, { NULL, 0 } },
};

START_TEST(a_certificate_block_is_found_and_decoded)
{
	struct slice rest = slice_of_string(block_cases[_i].text);
	struct writer der;

	writer_init(&der, 100);
	ck_assert_msg(pem_certificate(&rest, &der) == block_cases[_i].code,
	    "%s", block_cases[_i].what);
	if (block_cases[_i].code == 0)
		ck_assert_msg(slice_equal(slice_of(der.data, der.len),
				  block_cases[_i].der),
		    "%s", block_cases[_i].what);
	writer_free(&der);
}
END_TEST

START_TEST(blocks_come_one_after_the_other)
{
	struct slice rest =
	    slice_of_string("a" BEGIN "AAEC\n" END "b" BEGIN "AwQF\n" END "c");
	struct writer der;

	writer_init(&der, 100);
	ck_assert_int_eq(pem_certificate(&rest, &der), 0);
	ck_assert_mem_eq(der.data, "\0\1\2", 3);
	writer_clear(&der);
	ck_assert_int_eq(pem_certificate(&rest, &der), 0);
	ck_assert_mem_eq(der.data, "\3\4\5", 3);
	writer_clear(&der);
	ck_assert_int_eq(pem_certificate(&rest, &der), ERR_PEM_OUT_OF_DATA);
	writer_free(&der);
}
END_TEST

START_TEST(every_character_decodes_as_libcrypto_does)
{
	uint8_t bytes[3], got[3];
	char text[100];
	struct slice rest;
	struct writer der;

	for (unsigned i = 0; i < 256; i++) {
		bytes[0] = (uint8_t)i;
		bytes[1] = (uint8_t)(i * 7);
		bytes[2] = (uint8_t)(i * 31);
		strcpy(text, BEGIN);
		EVP_EncodeBlock((uint8_t *)text + strlen(text), bytes, 3);
		strcat(text, END);
		rest = slice_of_string(text);
		writer_init(&der, 10);
		ck_assert_int_eq(pem_certificate(&rest, &der), 0);
		ck_assert_uint_eq(der.len, 3);
		memcpy(got, der.data, 3);
		ck_assert_mem_eq(got, bytes, 3);
		writer_free(&der);
	}
}
END_TEST

START_TEST(keys_of_every_kind_and_form_load)
{
	const struct certs_cert *cert = certs_make(
	    &(struct certs_spec){ .name = "a", .key = (enum certs_key)_i });
	EVP_PKEY *key = NULL;

	ck_assert_int_eq(
	    pem_private_key(slice_of_string(cert->key_pem), &key), 0);
	ck_assert_int_eq(EVP_PKEY_eq(key, cert->key), 1);
	EVP_PKEY_free(key);
	/* These have only PKCS#8. */
	if (_i != CERTS_RSA_PSS && _i != CERTS_ED25519) {
		ck_assert_int_eq(
		    pem_private_key(
			slice_of_string(certs_traditional_key_pem(cert)), &key),
		    0);
		ck_assert_int_eq(EVP_PKEY_eq(key, cert->key), 1);
		EVP_PKEY_free(key);
	}
	certs_free_all();
}
END_TEST

START_TEST(what_stands_before_a_key_is_passed_over)
{
	static const char parameters[] = "-----BEGIN EC PARAMETERS-----\n"
					 "BggqhkjOPQMBBw==\n"
					 "-----END EC PARAMETERS-----\n";
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = "a" });
	const char *text = certs_join(
	    cert->pem, certs_join(parameters, certs_traditional_key_pem(cert)));
	EVP_PKEY *key = NULL;

	ck_assert_int_eq(pem_private_key(slice_of_string(text), &key), 0);
	ck_assert_int_eq(EVP_PKEY_eq(key, cert->key), 1);
	EVP_PKEY_free(key);
	certs_free_all();
}
END_TEST

static const struct {
	const char *what, *text;
	int code;
} key_cases[] = {
	{ "nothing", "", ERR_INVALID_PEM },
	{ "a certificate", BEGIN "AAEC\n" END, ERR_INVALID_PEM },
	{ "no end", "-----BEGIN PRIVATE KEY-----\nAAEC\n", ERR_INVALID_PEM },
	{ "bad base64",
	    "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n",
	    ERR_INVALID_BASE64 },
	{ "bad DER",
	    "-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n",
	    ERR_DECODE_PRIVATE_KEY },
	{ "empty", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
	    ERR_DECODE_PRIVATE_KEY },
	{ "a password is not asked for",
	    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAEC\n"
	    "-----END ENCRYPTED PRIVATE KEY-----\n",
	    ERR_DECODE_PRIVATE_KEY },
	{ "old encryption",
	    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
	    "DEK-Info: AES-128-CBC,00\n\nAAEC\n"
	    "-----END RSA PRIVATE KEY-----\n",
	    ERR_INVALID_BASE64 },
	{ "kind not supported",
	    "-----BEGIN DSA PRIVATE KEY-----\nAAEC\n"
	    "-----END DSA PRIVATE KEY-----\n",
	    ERR_INVALID_PEM },
};

START_TEST(what_is_no_key_is_refused)
{
	EVP_PKEY *key = NULL;

	ck_assert_msg(pem_private_key(slice_of_string(key_cases[_i].text),
			  &key) == key_cases[_i].code,
	    "%s", key_cases[_i].what);
	ck_assert_ptr_null(key);
}
END_TEST

/*
 * libcrypto's memory, looked at when it is given back: half of a secret number,
 * in either order of bytes, must not be in it.
 */
#define WATCHED 16

static struct {
	bool installed, armed;
	uint8_t big[WATCHED], little[WATCHED];
	int found;
} watch;

struct block {
	size_t len;
	_Alignas(16) uint8_t data[];
};

static struct block *
block_of(void *memory)
{
	return (void *)((uint8_t *)memory - offsetof(struct block, data));
}

static void *
watch_malloc(size_t len, const char *file, int line)
{
	struct block *block = calloc(1, sizeof *block + len);

	(void)file;
	(void)line;
	if (block == NULL)
		return NULL;
	block->len = len;
	return block->data;
}

static void
watch_free(void *memory, const char *file, int line)
{
	struct block *block;

	(void)file;
	(void)line;
	if (memory == NULL)
		return;
	block = block_of(memory);
	if (watch.armed &&
	    (memmem(memory, block->len, watch.big, WATCHED) != NULL ||
		memmem(memory, block->len, watch.little, WATCHED) != NULL))
		watch.found++;
	free(block);
}

static void *
watch_realloc(void *memory, size_t len, const char *file, int line)
{
	void *moved = watch_malloc(len, file, line);
	size_t old;

	if (memory != NULL && moved != NULL) {
		old = block_of(memory)->len;
		memcpy(moved, memory, old < len ? old : len);
		watch_free(memory, file, line);
	}
	return moved;
}

/* Before libcrypto has allocated anything. */
__attribute__((constructor)) static void
install_watch(void)
{
	watch.installed = CRYPTO_set_mem_functions(
			      watch_malloc, watch_realloc, watch_free) == 1;
}

static void
watch_number(const EVP_PKEY *key, const char *name)
{
	BIGNUM *number = NULL;
	uint8_t bytes[512];

	ck_assert(watch.installed);
	ck_assert_int_eq(EVP_PKEY_get_bn_param(key, name, &number), 1);
	ck_assert_int_gt(BN_bn2bin(number, bytes), 8 + WATCHED);
	for (size_t i = 0; i < WATCHED; i++) {
		watch.big[i] = bytes[8 + i];
		watch.little[WATCHED - 1 - i] = bytes[8 + i];
	}
	BN_clear_free(number);
	watch.armed = true;
}

static const struct {
	const char *what;
	enum certs_key key;
	const char *number;
} secret_cases[] = {
	{ "P-256", CERTS_P256, OSSL_PKEY_PARAM_PRIV_KEY },
	{ "P-384", CERTS_P384, OSSL_PKEY_PARAM_PRIV_KEY },
	{ "P-521", CERTS_P521, OSSL_PKEY_PARAM_PRIV_KEY },
	{ "RSA, d", CERTS_RSA, OSSL_PKEY_PARAM_RSA_D },
	{ "RSA, p", CERTS_RSA, OSSL_PKEY_PARAM_RSA_FACTOR1 },
	{ "RSA, q", CERTS_RSA, OSSL_PKEY_PARAM_RSA_FACTOR2 },
};

START_TEST(loading_a_key_leaves_no_piece_of_it_in_freed_memory)
{
	const struct certs_cert *cert = certs_make(
	    &(struct certs_spec){ .name = "a", .key = secret_cases[_i].key });
	const char *texts[] = { cert->key_pem,
		certs_traditional_key_pem(cert) };
	EVP_PKEY *key = NULL;

	watch_number(cert->key, secret_cases[_i].number);
	for (size_t i = 0; i < COUNT(texts); i++) {
		ck_assert_int_eq(
		    pem_private_key(slice_of_string(texts[i]), &key), 0);
		EVP_PKEY_free(key);
		ck_assert_msg(
		    watch.found == 0, "%s, text %zu", secret_cases[_i].what, i);
	}
	watch.armed = false;
	certs_free_all();
}
END_TEST

START_TEST(the_watch_sees_a_piece_that_is_left_behind)
{
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = "a" });
	uint8_t *memory = OPENSSL_zalloc(100);

	watch_number(cert->key, OSSL_PKEY_PARAM_PRIV_KEY);
	memcpy(memory + 50, watch.little, WATCHED);
	OPENSSL_free(memory);
	ck_assert_int_eq(watch.found, 1);
	watch.armed = false;
	certs_free_all();
}
END_TEST

static Suite *
pem_suite(void)
{
	Suite *suite = suite_create("pem");
	TCase *tcase = tcase_create("pem");

	tcase_add_loop_test(tcase, a_certificate_block_is_found_and_decoded, 0,
	    (int)COUNT(block_cases));
	tcase_add_test(tcase, blocks_come_one_after_the_other);
	tcase_add_test(tcase, every_character_decodes_as_libcrypto_does);
	tcase_add_loop_test(
	    tcase, keys_of_every_kind_and_form_load, 0, CERTS_KEYS);
	tcase_add_test(tcase, what_stands_before_a_key_is_passed_over);
	tcase_add_loop_test(
	    tcase, what_is_no_key_is_refused, 0, (int)COUNT(key_cases));
	tcase_add_loop_test(tcase,
	    loading_a_key_leaves_no_piece_of_it_in_freed_memory, 0,
	    (int)COUNT(secret_cases));
	tcase_add_test(tcase, the_watch_sees_a_piece_that_is_left_behind);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(pem_suite)
