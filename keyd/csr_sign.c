/*
 * Signing certificate requests, where the key is; the contract is in csr.h.
 */
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "keyd/csr.h"

/* That of the key's size or its own, as a certificate for it would have. NULL:
 * Ed25519 has its own. */
static const char *
digest_for(EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	if (EVP_PKEY_is_a(key, "ED25519"))
		return NULL;
	if (!EVP_PKEY_is_a(key, "EC") || bits <= 256)
		return "SHA256";
	return bits <= 384 ? "SHA384" : "SHA512";
}

static bool
set_names(X509_REQ *request, struct slice der)
{
	const unsigned char *at = der.data;
	GENERAL_NAMES *names = d2i_GENERAL_NAMES(NULL, &at, (long)der.len);
	STACK_OF(X509_EXTENSION) *extensions = NULL;
	bool done = names != NULL && at == der.data + der.len &&
		    X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, 0,
			X509V3_ADD_DEFAULT) == 1 &&
		    X509_REQ_add_extensions(request, extensions) == 1;

	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	GENERAL_NAMES_free(names);
	return done;
}

static bool
set_subject(X509_REQ *request, struct slice der)
{
	const unsigned char *at = der.data;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)der.len);
	bool done = name != NULL && at == der.data + der.len &&
		    X509_REQ_set_subject_name(request, name) == 1;

	X509_NAME_free(name);
	return done;
}

static bool
set_algorithm(X509_REQ *request, EVP_PKEY *key, const char *digest)
{
	int base = EVP_PKEY_get_base_id(key), number;
	X509_ALGOR *algorithm = X509_ALGOR_new();
	bool done =
	    algorithm != NULL && digest != NULL &&
	    (base == EVP_PKEY_RSA || base == EVP_PKEY_EC) &&
	    OBJ_find_sigid_by_algs(&number, OBJ_sn2nid(digest), base) == 1 &&
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(number),
		base == EVP_PKEY_RSA ? V_ASN1_NULL : V_ASN1_UNDEF, NULL) == 1 &&
	    X509_REQ_set1_signature_algo(request, algorithm) == 1;

	X509_ALGOR_free(algorithm);
	return done;
}

/* As X509_REQ_sign() would. */
static bool
sign_elsewhere(
    X509_REQ *request, EVP_PKEY *key, const char *digest, csr_signs *signs)
{
	uint8_t signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	bool known = set_algorithm(request, key, digest);
	uint8_t *content = NULL;
	int content_len = i2d_re_X509_REQ_tbs(request, &content);
	bool done = bits != NULL && known && content_len > 0 &&
		    signs(key, digest, slice_of(content, (size_t)content_len),
			signature, &len) &&
		    ASN1_BIT_STRING_set(bits, signature, (int)len) == 1;

	OPENSSL_free(content);
	if (!done) {
		ASN1_BIT_STRING_free(bits);
		return false;
	}
	bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 7L);
	bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	X509_REQ_set0_signature(request, bits);
	return true;
}

static bool
sign(X509_REQ *request, EVP_PKEY *key, csr_signs *signs)
{
	const char *digest = digest_for(key);
	const EVP_MD *md = digest != NULL ? EVP_get_digestbyname(digest) : NULL;

	return (signs != NULL ? sign_elsewhere(request, key, digest, signs)
			      : X509_REQ_sign(request, key, md) > 0) &&
	       X509_REQ_verify(request, key) == 1;
}

size_t
csr_sign(EVP_PKEY *key, const struct keyproto_request *wanted, csr_signs *signs,
    uint8_t *out, size_t room)
{
	X509_REQ *request = X509_REQ_new();
	int len = 0;

	if (request != NULL && X509_REQ_set_pubkey(request, key) == 1 &&
	    (wanted->subject.len == 0 ||
		set_subject(request, wanted->subject)) &&
	    (wanted->names.len == 0 || set_names(request, wanted->names)) &&
	    sign(request, key, signs))
		len = i2d_X509_REQ(request, NULL);
	if (len <= 0 || (size_t)len > room ||
	    i2d_X509_REQ(request, &out) != len)
		len = 0;
	X509_REQ_free(request);
	ERR_clear_error();
	return (size_t)len;
}
