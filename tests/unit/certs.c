/*
 * Certificates for tests, by libcrypto.
 */
#include "tests/unit/certs.h"

#include <stdlib.h>

#include <check.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define FROM 1577836800 /* 2020-01-01 */
#define TO 2493072000   /* 2049-01-01 */
#define NUMBERS 4

static const struct {
	const char *type;
	const char *curve;
	int bits;
	const char *hash;
} kinds[CERTS_KEYS] = {
	[CERTS_P256] = { "EC", "P-256", 0, "SHA256" },
	[CERTS_P384] = { "EC", "P-384", 0, "SHA384" },
	[CERTS_P521] = { "EC", "P-521", 0, "SHA512" },
	[CERTS_RSA] = { "RSA", NULL, 2048, "SHA256" },
	[CERTS_RSA_PSS] = { "RSA-PSS", NULL, 2048, "SHA256" },
	[CERTS_RSA_WEAK] = { "RSA", NULL, 512, "SHA256" },
	[CERTS_ED25519] = { "ED25519", NULL, 0, NULL },
};

static EVP_PKEY *keys[CERTS_KEYS][NUMBERS];

/* Whatever certs_free_all() has to release. */
static struct garbage {
	struct garbage *next;
	struct certs_cert *cert;
	char *text;
} * garbage;

static void
collect(struct certs_cert *cert, char *text)
{
	struct garbage *item = malloc(sizeof *item);

	ck_assert_ptr_nonnull(item);
	*item = (struct garbage){ garbage, cert, text };
	garbage = item;
}

static EVP_PKEY *
generate(enum certs_key kind)
{
	EVP_PKEY_CTX *ctx =
	    EVP_PKEY_CTX_new_from_name(NULL, kinds[kind].type, NULL);
	EVP_PKEY *key = NULL;

	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	if (kinds[kind].curve != NULL)
		ck_assert_int_eq(
		    EVP_PKEY_CTX_set_group_name(ctx, kinds[kind].curve), 1);
	else if (kinds[kind].bits != 0)
		ck_assert_int_eq(
		    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, kinds[kind].bits), 1);
	ck_assert_int_eq(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *
certs_key(enum certs_key kind, int number)
{
	ck_assert_int_lt(number, NUMBERS);
	if (keys[kind][number] == NULL)
		keys[kind][number] = generate(kind);
	return keys[kind][number];
}

static void
add_extension(X509 *x509, const struct certs_cert *issuer, const char *name,
    const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	X509V3_set_ctx(
	    &ctx, issuer == NULL ? x509 : issuer->x509, x509, NULL, NULL, 0);
	extension = X509V3_EXT_nconf(NULL, &ctx, name, value);
	ck_assert_msg(extension != NULL, "extension %s = %s", name, value);
	ck_assert_int_eq(X509_add_ext(x509, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static const char *
key_usage(const struct certs_spec *spec)
{
	if (spec->ca)
		return "critical,keyCertSign,cRLSign";
	return spec->key == CERTS_RSA
		   ? "critical,digitalSignature,keyEncipherment"
		   : "critical,digitalSignature";
}

static void
add_extensions(X509 *x509, const struct certs_spec *spec)
{
	char sans[300];

	if (!spec->bare) {
		add_extension(x509, spec->issuer, "basicConstraints",
		    spec->ca ? "critical,CA:TRUE" : "CA:FALSE");
		add_extension(x509, spec->issuer, "keyUsage", key_usage(spec));
		add_extension(
		    x509, spec->issuer, "subjectKeyIdentifier", "hash");
	}
	if (spec->sans == NULL && !spec->ca) {
		snprintf(sans, sizeof sans, "DNS:%s", spec->name);
		add_extension(x509, spec->issuer, "subjectAltName", sans);
	} else if (spec->sans != NULL && *spec->sans != '\0') {
		add_extension(x509, spec->issuer, "subjectAltName", spec->sans);
	}
	for (size_t i = 0; i < COUNT(spec->extensions); i++)
		if (spec->extensions[i].name != NULL)
			add_extension(x509, spec->issuer,
			    spec->extensions[i].name,
			    spec->extensions[i].value);
}

static const char *
take_text(BIO *bio)
{
	char *data, *text;
	long len = BIO_get_mem_data(bio, &data);

	ck_assert_ptr_nonnull(text = calloc(1, (size_t)len + 1));
	memcpy(text, data, (size_t)len);
	BIO_free(bio);
	collect(NULL, text);
	return text;
}

/* Bits of a key tell its kind well enough to find the hash that fits. */
static const char *
hash_for(EVP_PKEY *key)
{
	switch (EVP_PKEY_get_bits(key)) {
	case 384:
		return "SHA384";
	case 521:
		return "SHA512";
	default:
		return "SHA256";
	}
}

static X509 *
make_x509(const struct certs_spec *spec, EVP_PKEY *key)
{
	static long serial = 1;
	EVP_PKEY *signer = spec->issuer == NULL ? key : spec->issuer->key;
	const char *hash = spec->hash != NULL ? spec->hash : hash_for(signer);
	/* Ed25519 takes none. */
	const EVP_MD *md = EVP_PKEY_is_a(signer, "ED25519")
			       ? NULL
			       : EVP_get_digestbyname(hash);
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);

	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
	ASN1_TIME_set(X509_getm_notBefore(x509),
	    (time_t)(spec->from != 0 ? spec->from : FROM));
	ASN1_TIME_set(
	    X509_getm_notAfter(x509), (time_t)(spec->to != 0 ? spec->to : TO));
	if (spec->name != NULL)
		X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
		    (const unsigned char *)spec->name, -1, -1, 0);
	X509_set_issuer_name(x509,
	    spec->issuer == NULL ? name
				 : X509_get_subject_name(spec->issuer->x509));
	ck_assert_int_eq(X509_set_pubkey(x509, key), 1);
	add_extensions(x509, spec);
	ck_assert_int_gt(X509_sign(x509, signer, md), 0);
	return x509;
}

const struct certs_cert *
certs_make(const struct certs_spec *spec)
{
	struct certs_cert *cert = calloc(1, sizeof *cert);
	int number = spec->key_number;
	unsigned char *der = NULL;
	BIO *bio;
	int len;

	ck_assert_ptr_nonnull(cert);
	if (number == 0 && spec->ca)
		number = 1;
	cert->key = certs_key(spec->key, number);
	cert->x509 = make_x509(spec, cert->key);
	cert->issuer = spec->issuer != NULL ? spec->issuer : cert;
	ck_assert_int_gt(len = i2d_X509(cert->x509, &der), 0);
	cert->der = slice_of(der, (size_t)len);
	bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_X509(bio, cert->x509), 1);
	cert->pem = take_text(bio);
	bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(
			     bio, cert->key, NULL, NULL, 0, NULL, NULL),
	    1);
	cert->key_pem = take_text(bio);
	collect(cert, NULL);
	return cert;
}

const char *
certs_join(const char *first, const char *second)
{
	BIO *bio = BIO_new(BIO_s_mem());

	BIO_puts(bio, first);
	BIO_puts(bio, second);
	return take_text(bio);
}

const char *
certs_chain_pem(const struct certs_cert *cert)
{
	const char *pem = cert->pem;

	while (cert->issuer != cert && cert->issuer->issuer != cert->issuer) {
		cert = cert->issuer;
		pem = certs_join(pem, cert->pem);
	}
	return pem;
}

const char *
certs_traditional_key_pem(const struct certs_cert *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_PrivateKey_traditional(
			     bio, cert->key, NULL, NULL, 0, NULL, NULL),
	    1);
	return take_text(bio);
}

void
certs_free_all(void)
{
	struct garbage *item;

	while ((item = garbage) != NULL) {
		garbage = item->next;
		if (item->cert != NULL) {
			OPENSSL_free((void *)(uintptr_t)item->cert->der.data);
			X509_free(item->cert->x509);
		}
		free(item->cert);
		free(item->text);
		free(item);
	}
}
