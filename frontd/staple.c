/*
 * OCSP responses; the contract is in staple.h.
 */
#include "frontd/staple.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* How long a response lasts that does not say (RFC 6960 2.4). */
#define LIFETIME 3600

const char *
staple_reason(enum staple_verdict verdict)
{
	switch (verdict) {
	case STAPLE_GOOD:
		break;
	case STAPLE_MALFORMED:
		return "no OCSP response in DER";
	case STAPLE_NO_ANSWER:
		return "the responder gave no answer";
	case STAPLE_OTHER:
		return "is of another certificate";
	case STAPLE_UNSIGNED:
		return "is signed neither by the certificate's issuer nor for it";
	case STAPLE_REVOKED:
		return "says that the certificate is revoked";
	case STAPLE_UNKNOWN:
		return "says that the certificate is unknown";
	}
	return NULL;
}

/* It may turn out to hold a key: wiped where it is refused. */
static const char *
read_whole(const char *path, struct site_staple *staple)
{
	FILE *file = fopen(path, "re");
	const char *reason = NULL;

	if (file == NULL)
		return strerror(errno);
	setvbuf(file, NULL, _IONBF, 0);
	if ((staple->der = malloc(STAPLE_SIZE_MAX + 1)) == NULL) {
		fclose(file);
		return strerror(ENOMEM);
	}
	errno = 0;
	staple->len = fread(staple->der, 1, STAPLE_SIZE_MAX + 1, file);
	if (ferror(file) != 0)
		reason = strerror(errno);
	else if (staple->len > STAPLE_SIZE_MAX)
		reason = "larger than 32000 bytes";
	fclose(file);
	return reason;
}

static bool
is_digest(const ASN1_OCTET_STRING *seen, const uint8_t *digest, unsigned len)
{
	return (unsigned)ASN1_STRING_length(seen) == len &&
	       memcmp(ASN1_STRING_get0_data(seen), digest, len) == 0;
}

/* RFC 6960 4.1.1: the issuer's name and key, hashed, and the serial number. */
static bool
names_leaf(
    const OCSP_SINGLERESP *single, const struct site_chain *chain, X509 *issuer)
{
	/* A cast only for libcrypto, whose ids are never const. */
	OCSP_CERTID *id =
	    (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single);
	ASN1_OCTET_STRING *name, *key;
	ASN1_OBJECT *hash;
	ASN1_INTEGER *serial;
	uint8_t digest[EVP_MAX_MD_SIZE];
	const EVP_MD *md;
	unsigned len;

	if (OCSP_id_get0_info(&name, &hash, &key, &serial, id) != 1 ||
	    (md = EVP_get_digestbyobj(hash)) == NULL ||
	    ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(chain->leaf)) !=
		0 ||
	    X509_NAME_digest(
		X509_get_issuer_name(chain->leaf), md, digest, &len) != 1 ||
	    !is_digest(name, digest, len))
		return false;
	return issuer == NULL ||
	       (X509_pubkey_digest(issuer, md, digest, &len) == 1 &&
		   is_digest(key, digest, len));
}

static bool
signed_by(OCSP_BASICRESP *basic, X509 *issuer)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *certs = sk_X509_new_null();
	bool done =
	    store != NULL && certs != NULL &&
	    X509_STORE_add_cert(store, issuer) == 1 &&
	    sk_X509_push(certs, issuer) > 0 &&
	    OCSP_basic_verify(basic, certs, store, OCSP_PARTIAL_CHAIN) == 1;

	sk_X509_free(certs);
	X509_STORE_free(store);
	return done;
}

static bool
seconds(const ASN1_GENERALIZEDTIME *time, time_t *out)
{
	struct tm parts;

	if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
		return false;
	*out = timegm(&parts);
	return true;
}

static enum staple_verdict
check_single(OCSP_SINGLERESP *single, struct staple_times *times)
{
	ASN1_GENERALIZEDTIME *from, *until;

	switch (OCSP_single_get0_status(single, NULL, NULL, &from, &until)) {
	case V_OCSP_CERTSTATUS_GOOD:
		break;
	case V_OCSP_CERTSTATUS_REVOKED:
		return STAPLE_REVOKED;
	default:
		return STAPLE_UNKNOWN;
	}
	if (!seconds(from, &times->from))
		return STAPLE_MALFORMED;
	if (until == NULL)
		times->until = times->from + LIFETIME;
	else if (!seconds(until, &times->until))
		return STAPLE_MALFORMED;
	return STAPLE_GOOD;
}

static enum staple_verdict
check_basic(OCSP_BASICRESP *basic, const struct site_chain *chain,
    struct staple_times *times)
{
	X509 *issuer = site_issuer(chain);
	OCSP_SINGLERESP *single = NULL;
	enum staple_verdict verdict;
	int i = 0, count = OCSP_resp_count(basic);

	while (
	    i < count && !names_leaf(OCSP_resp_get0(basic, i), chain, issuer))
		i++;
	if (i < count)
		single = OCSP_resp_get0(basic, i);
	if (single == NULL)
		verdict = STAPLE_OTHER;
	else if (issuer != NULL && !signed_by(basic, issuer))
		verdict = STAPLE_UNSIGNED;
	else
		verdict = check_single(single, times);
	X509_free(issuer);
	return verdict;
}

enum staple_verdict
staple_prove(const struct site_chain *chain, struct slice der,
    struct staple_times *times)
{
	const uint8_t *at = der.data;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
	OCSP_BASICRESP *basic = NULL;
	enum staple_verdict verdict = STAPLE_MALFORMED;

	if (response != NULL && at == der.data + der.len) {
		if (OCSP_response_status(response) !=
		    OCSP_RESPONSE_STATUS_SUCCESSFUL)
			verdict = STAPLE_NO_ANSWER;
		else if ((basic = OCSP_response_get1_basic(response)) != NULL)
			verdict = check_basic(basic, chain, times);
	}
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	ERR_clear_error();
	return verdict;
}

const char *
staple_read(const char *path, const struct site_chain *chain,
    struct site_staple *staple)
{
	const char *reason;

	*staple = (struct site_staple){ 0 };
	if ((reason = read_whole(path, staple)) == NULL)
		reason = staple_reason(staple_prove(
		    chain, slice_of(staple->der, staple->len), &staple->times));
	if (reason != NULL)
		staple_free(staple);
	return reason;
}

#define STATUS_REQUEST 5 /* RFC 6066 1.1 */

bool
staple_demanded(const struct site_chain *chain)
{
	TLS_FEATURE *features =
	    X509_get_ext_d2i(chain->leaf, NID_tlsfeature, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
		found |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) ==
			 STATUS_REQUEST;
	TLS_FEATURE_free(features);
	ERR_clear_error();
	return found;
}

void
staple_free(struct site_staple *staple)
{
	if (staple->der != NULL)
		OPENSSL_cleanse(staple->der, staple->len);
	free(staple->der);
	*staple = (struct site_staple){ 0 };
}
