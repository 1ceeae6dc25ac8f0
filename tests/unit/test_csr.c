/*
 * keyd/csr.c and keyd/csr_sign.c: what a certificate request says, what is
 * refused and why, and that each kind of key signs its own.
 */
#include "keyd/csr.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "tests/unit/unit.h"

static struct csr_wanted wanted;

static void
set_up(void)
{
	wanted = (struct csr_wanted){ 0 };
}

static struct keyproto_request
all_wanted(void)
{
	return (struct keyproto_request){ .subject = slice_of(wanted.subject,
					      wanted.subject_len),
		.names = slice_of(wanted.names, wanted.names_len) };
}

/* As OpenSSL prints it, in the order in which it stands. */
static const struct {
	const char *text, *printed;
} subjects[] = {
	{ "CN=www.example.org", "CN=www.example.org" },
	{ "C=DE, ST=Berlin, L=Berlin, street=Platz 1, O=Example, OU=Keys, "
	  "CN=www, DC=example, serialNumber=7",
	    "C=DE,ST=Berlin,L=Berlin,street=Platz 1,O=Example,OU=Keys,CN=www,"
	    "DC=example,serialNumber=7" },
	{ "O=Example\\, Inc. ,CN = a\\+b\\\\c=d",
	    "O=Example\\, Inc.,CN=a\\+b\\\\c=d" },
	{ "OU=one,OU=two", "OU=one,OU=two" },
	{ "O=G\xc3\xbcte", "O=G\\C3\\BCte" },
};

START_TEST(a_subject_says_what_is_written)
{
	const uint8_t *at = wanted.subject;
	BIO *out = BIO_new(BIO_s_mem());
	X509_NAME *name;
	char *text;
	long len;

	ck_assert_ptr_null(csr_subject(subjects[_i].text, &wanted));
	name = d2i_X509_NAME(NULL, &at, (long)wanted.subject_len);
	ck_assert_ptr_nonnull(name);
	X509_NAME_print_ex(out, name, 0,
	    ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_MSB |
		ASN1_STRFLGS_UTF8_CONVERT | XN_FLAG_SEP_COMMA_PLUS |
		XN_FLAG_FN_SN);
	len = BIO_get_mem_data(out, &text);
	ck_assert_msg((size_t)len == strlen(subjects[_i].printed) &&
			  memcmp(text, subjects[_i].printed, (size_t)len) == 0,
	    "%.*s", (int)len, text);
	X509_NAME_free(name);
	BIO_free(out);
}
END_TEST

static const struct {
	const char *text, *fault;
} no_subjects[] = {
	{ "", "ATTRIBUTE=value" },
	{ "www.example.org", "ATTRIBUTE=value" },
	{ "cn=www", "ATTRIBUTE=value" },
	{ "emailAddress=a@b", "ATTRIBUTE=value" },
	{ "=www", "ATTRIBUTE=value" },
	{ "CN=", "empty" },
	{ "CN=a,,CN=b", "ATTRIBUTE=value" },
	{ "CN= , O=x", "empty" },
	{ "CN=a,", "ends with a comma" },
	{ "CN=a\\", "ends with a backslash" },
	{ "CN=a+O=b", "'\\+'" },
	{ "CN=a\nb", "control character" },
	{ "C=Germany", "two letters" },
	{ "CN=\xff\xfe", "UTF-8" },
	{ "CN=0123456789012345678901234567890123456789012345678901234567890123"
	  "4",
	    "not what its attribute may be" },
};

START_TEST(what_is_no_subject_is_refused)
{
	const char *fault = csr_subject(no_subjects[_i].text, &wanted);

	ck_assert_ptr_nonnull(fault);
	ck_assert_msg(strstr(fault, no_subjects[_i].fault) != NULL, "%s: %s",
	    no_subjects[_i].text, fault);
	ck_assert_uint_eq(wanted.subject_len, 0);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

static const char *const no_names[] = { "", ".", "a..b", "-a.example",
	"a-.example", "a_b.example", "*", "*.", "a.*.example", "*a.example",
	"www.example.org.", "b\xc3\xbc.example", "a,DNS:b", "a example",
	"10.0.0.256", "1.2.3", "::g", "[::1]", "a\n", "a/b",
	"0123456789012345678901234567890123456789012345678901234567890123.x" };

START_TEST(what_is_no_name_is_refused)
{
	ck_assert_msg(
	    csr_name(no_names[_i], &wanted) != NULL, "\"%s\"", no_names[_i]);
	ck_assert_uint_eq(wanted.names_len, 0);
}
END_TEST

START_TEST(names_are_hosts_and_addresses)
{
	static const char *const all[] = { "www.example.org", "*.example.org",
		"localhost", "xn--bcher-kva.example", "1a.example", "10.0.0.1",
		"2001:db8::1" };
	static const uint8_t four[] = { 10, 0, 0, 1 };
	const uint8_t *at = wanted.names;
	GENERAL_NAMES *names;
	GENERAL_NAME *name;

	for (size_t i = 0; i < COUNT(all); i++)
		ck_assert_msg(csr_name(all[i], &wanted) == NULL, "%s", all[i]);
	names = d2i_GENERAL_NAMES(NULL, &at, (long)wanted.names_len);
	ck_assert_int_eq(sk_GENERAL_NAME_num(names), COUNT(all));
	for (int i = 0; i < 5; i++) {
		name = sk_GENERAL_NAME_value(names, i);
		ck_assert_int_eq(name->type, GEN_DNS);
		ck_assert_int_eq(
		    ASN1_STRING_length(name->d.dNSName), (int)strlen(all[i]));
		ck_assert_mem_eq(ASN1_STRING_get0_data(name->d.dNSName), all[i],
		    strlen(all[i]));
	}
	name = sk_GENERAL_NAME_value(names, 5);
	ck_assert_int_eq(name->type, GEN_IPADD);
	ck_assert_int_eq(ASN1_STRING_length(name->d.iPAddress), 4);
	ck_assert_mem_eq(
	    ASN1_STRING_get0_data(name->d.iPAddress), four, sizeof four);
	name = sk_GENERAL_NAME_value(names, 6);
	ck_assert_int_eq(name->type, GEN_IPADD);
	ck_assert_int_eq(ASN1_STRING_length(name->d.iPAddress), 16);
	GENERAL_NAMES_free(names);
}
END_TEST

START_TEST(more_names_than_there_is_room_are_refused)
{
	char name[128];
	const char *fault = NULL;
	size_t len, count = 0;

	while (fault == NULL && count < 1000) {
		snprintf(name, sizeof name, "%060zu.example", count++);
		len = wanted.names_len;
		fault = csr_name(name, &wanted);
	}
	ck_assert_ptr_nonnull(fault);
	ck_assert_str_eq(fault, "the names are too many");
	ck_assert_uint_eq(wanted.names_len, len);
	ck_assert_uint_gt(len, CSR_NAMES_MAX - 100);
}
END_TEST

/* ---- signing ---- */

static const struct {
	const char *kind, *signature;
	bool elsewhere; /* a token could */
} kinds[] = {
	{ "P-256", "ecdsa-with-SHA256", true },
	{ "P-384", "ecdsa-with-SHA384", true },
	{ "P-521", "ecdsa-with-SHA512", true },
	{ "RSA", "RSA-SHA256", true },
	{ "RSA-PSS", "RSASSA-PSS", false },
	{ "ED25519", "ED25519", false },
};

static EVP_PKEY *
make(const char *kind)
{
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key = NULL;

	if (kind[0] == 'P')
		return EVP_EC_gen(kind);
	ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void
hash_of(EVP_PKEY *key, uint8_t hash[KEYPROTO_SPKI])
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);

	EVP_Q_digest(NULL, "SHA256", NULL, der, (size_t)len, hash, NULL);
	OPENSSL_free(der);
}

static EVP_PKEY *whole;
static unsigned asked;

/* In a token's place. */
static bool
signs(EVP_PKEY *public, const char *digest, struct slice content,
    uint8_t *signature, size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool done;

	(void)public;
	asked++;
	done =
	    EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, whole, NULL) ==
		1 &&
	    EVP_DigestSign(ctx, signature, len, content.data, content.len) == 1;
	EVP_MD_CTX_free(ctx);
	return done;
}

static void
expect_request(EVP_PKEY *key, const uint8_t *der, size_t len, const char *how)
{
	const uint8_t *at = der;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)len);
	STACK_OF(X509_EXTENSION) * extensions;
	uint8_t hash[KEYPROTO_SPKI];
	char name[64];

	ck_assert_ptr_nonnull(request);
	ck_assert_int_eq(X509_REQ_verify(request, key), 1);
	ck_assert_str_eq(OBJ_nid2ln(X509_REQ_get_signature_nid(request)) != NULL
			     ? OBJ_nid2sn(X509_REQ_get_signature_nid(request))
			     : "",
	    how);
	X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(request),
	    NID_commonName, name, sizeof name);
	ck_assert_str_eq(name, "www.example.org");
	extensions = X509_REQ_get_extensions(request);
	ck_assert_int_eq(sk_X509_EXTENSION_num(extensions), 1);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	X509_REQ_free(request);
	hash_of(key, hash);
	ck_assert(csr_good(slice_of(der, len), hash));
	hash[0] ^= 1;
	ck_assert(!csr_good(slice_of(der, len), hash));
	hash[0] ^= 1;
	ck_assert(!csr_good(slice_of(der, len - 1), hash));
}

START_TEST(each_kind_of_key_signs_its_request)
{
	EVP_PKEY *key = make(kinds[_i].kind);
	struct keyproto_request what;
	uint8_t der[CSR_MAX];
	size_t len;

	ck_assert_ptr_nonnull(key);
	ck_assert_ptr_null(csr_subject("CN=www.example.org", &wanted));
	ck_assert_ptr_null(csr_name("www.example.org", &wanted));
	what = all_wanted();
	len = csr_sign(key, &what, NULL, der, sizeof der);
	ck_assert_uint_gt(len, 0);
	expect_request(key, der, len, kinds[_i].signature);
	/* A byte too little is no room. */
	ck_assert_uint_eq(csr_sign(key, &what, NULL, der, 100), 0);
	asked = 0;
	whole = key;
	len = csr_sign(key, &what, signs, der, sizeof der);
	if (kinds[_i].elsewhere) {
		ck_assert_uint_eq(asked, 1);
		expect_request(key, der, len, kinds[_i].signature);
	} else {
		ck_assert_uint_eq(asked, 0);
		ck_assert_uint_eq(len, 0);
	}
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_signature_of_another_key_is_no_request)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct keyproto_request what;
	uint8_t der[CSR_MAX];

	ck_assert_ptr_null(csr_name("www.example.org", &wanted));
	what = all_wanted();
	whole = EVP_EC_gen("P-256");
	ck_assert_uint_eq(csr_sign(key, &what, signs, der, sizeof der), 0);
	EVP_PKEY_free(whole);
	EVP_PKEY_free(key);
}
END_TEST

/* keyd is trusted; what is not DER is all the same not signed. */
START_TEST(what_is_not_well_formed_is_not_signed)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct keyproto_request what;
	uint8_t der[CSR_MAX];

	ck_assert_ptr_null(csr_subject("CN=www.example.org", &wanted));
	ck_assert_ptr_null(csr_name("www.example.org", &wanted));
	what = all_wanted();
	what.names.len--;
	ck_assert_uint_eq(csr_sign(key, &what, NULL, der, sizeof der), 0);
	what = all_wanted();
	what.subject.len--;
	ck_assert_uint_eq(csr_sign(key, &what, NULL, der, sizeof der), 0);
	what = all_wanted();
	wanted.subject[wanted.subject_len] = 0;
	what.subject.len++;
	ck_assert_uint_eq(csr_sign(key, &what, NULL, der, sizeof der), 0);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_request_is_pem_that_openssl_reads)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct keyproto_request what;
	uint8_t der[CSR_MAX];
	char pem[2 * CSR_MAX];
	size_t len;
	BIO *in;
	X509_REQ *request;

	ck_assert_ptr_null(csr_name("www.example.org", &wanted));
	what = all_wanted();
	len = csr_sign(key, &what, NULL, der, sizeof der);
	ck_assert_uint_eq(csr_pem(slice_of(der, len), pem, 64), 0);
	ck_assert_uint_eq(
	    csr_pem(slice_of(der, len), pem, sizeof pem), strlen(pem));
	in = BIO_new_mem_buf(pem, -1);
	request = PEM_read_bio_X509_REQ(in, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(request);
	X509_REQ_free(request);
	BIO_free(in);
	EVP_PKEY_free(key);
}
END_TEST

static Suite *
csr_suite(void)
{
	Suite *suite = suite_create("csr");
	TCase *tcase = tcase_create("csr");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(
	    tcase, a_subject_says_what_is_written, 0, (int)COUNT(subjects));
	tcase_add_loop_test(
	    tcase, what_is_no_subject_is_refused, 0, (int)COUNT(no_subjects));
	tcase_add_loop_test(
	    tcase, what_is_no_name_is_refused, 0, (int)COUNT(no_names));
	tcase_add_test(tcase, names_are_hosts_and_addresses);
	tcase_add_test(tcase, more_names_than_there_is_room_are_refused);
	tcase_add_loop_test(
	    tcase, each_kind_of_key_signs_its_request, 0, (int)COUNT(kinds));
	tcase_add_test(tcase, a_signature_of_another_key_is_no_request);
	tcase_add_test(tcase, what_is_not_well_formed_is_not_signed);
	tcase_add_test(tcase, a_request_is_pem_that_openssl_reads);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(csr_suite)
