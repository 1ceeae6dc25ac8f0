/*
 * OCSP responses for tests, by libcrypto.
 */
#include "tests/unit/responder.h"

#include <check.h>
#include <openssl/x509v3.h>

#define HOUR 3600
#define CUSTOM "1.3.6.1.4.1.55555.9"

static X509_EXTENSION *
critical_extension(void)
{
	X509_EXTENSION *extension =
	    X509V3_EXT_nconf(NULL, NULL, CUSTOM, "critical,ASN1:NULL");

	ck_assert_ptr_nonnull(extension);
	return extension;
}

static OCSP_SINGLERESP *
add(OCSP_BASICRESP *basic, const struct responder_spec *spec,
    const struct certs_cert *subject, int status)
{
	const struct certs_cert *issuer =
	    spec->issuer != NULL ? spec->issuer : subject->issuer;
	const char *hash = spec->id_hash != NULL ? spec->id_hash : "SHA1";
	OCSP_CERTID *id = OCSP_cert_to_id(
	    EVP_get_digestbyname(hash), subject->x509, issuer->x509);
	int64_t at = spec->from != 0 ? spec->from : CERTS_NOW - HOUR;
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)at);
	ASN1_TIME *to = ASN1_TIME_set(
	    NULL, (time_t)(spec->to != 0 ? spec->to : CERTS_NOW + HOUR));
	OCSP_SINGLERESP *single = OCSP_basic_add1_status(basic, id, status,
	    OCSP_REVOKED_STATUS_KEYCOMPROMISE, from, from,
	    spec->to >= 0 ? to : NULL);

	ck_assert_ptr_nonnull(single);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	OCSP_CERTID_free(id);
	return single;
}

static OCSP_BASICRESP *
make_basic(const struct responder_spec *spec)
{
	const struct certs_cert *issuer =
	    spec->issuer != NULL ? spec->issuer : spec->subject->issuer;
	const struct certs_cert *signer =
	    spec->signer != NULL ? spec->signer : issuer;
	const char *hash = spec->hash != NULL ? spec->hash : "SHA256";
	unsigned long flags = (spec->embed ? 0 : OCSP_NOCERTS) |
			      (spec->by_key ? OCSP_RESPID_KEY : 0);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	X509_EXTENSION *extension;
	OCSP_SINGLERESP *single;

	if (spec->before != NULL)
		add(basic, spec, spec->before, V_OCSP_CERTSTATUS_REVOKED);
	single = add(basic, spec, spec->subject, spec->status);
	if (spec->critical || spec->critical_single) {
		extension = critical_extension();
		if (spec->critical)
			OCSP_BASICRESP_add_ext(basic, extension, -1);
		else
			OCSP_SINGLERESP_add_ext(single, extension, -1);
		X509_EXTENSION_free(extension);
	}
	if (spec->nonce)
		ck_assert_int_eq(OCSP_basic_add1_nonce(basic, NULL, 16), 1);
	ck_assert_int_eq(OCSP_basic_sign(basic, signer->x509, signer->key,
			     EVP_get_digestbyname(hash), NULL, flags),
	    1);
	return basic;
}

struct slice
responder_make(const struct responder_spec *spec)
{
	OCSP_BASICRESP *basic = make_basic(spec);
	OCSP_RESPONSE *response =
	    OCSP_response_create(spec->reply, spec->reply == 0 ? basic : NULL);
	unsigned char *der = NULL;
	int len = i2d_OCSP_RESPONSE(response, &der);

	ck_assert_int_gt(len, 0);
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	return slice_of(der, (size_t)len);
}

void
responder_free(struct slice response)
{
	OPENSSL_free((void *)(uintptr_t)response.data);
}
