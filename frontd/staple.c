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

static const char malformed[] = "no OCSP response in DER";

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

/* The certificate of the chain that issued the leaf; NULL: it is not there. */
static X509 *
find_issuer(const struct site_chain *chain)
{
	BIO *bio = BIO_new_mem_buf(chain->pem.text, (int)chain->pem.len);
	X509 *cert = NULL;

	while (bio != NULL &&
	       (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		if (X509_check_issued(cert, chain->leaf) == X509_V_OK)
			break;
		X509_free(cert);
	}
	BIO_free(bio);
	return cert;
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

static const char *
check_single(OCSP_SINGLERESP *single, struct site_staple *staple)
{
	ASN1_GENERALIZEDTIME *from, *until;

	switch (OCSP_single_get0_status(single, NULL, NULL, &from, &until)) {
	case V_OCSP_CERTSTATUS_GOOD:
		break;
	case V_OCSP_CERTSTATUS_REVOKED:
		return "says that the certificate is revoked";
	default:
		return "says that the certificate is unknown";
	}
	if (!seconds(from, &staple->from))
		return malformed;
	if (until == NULL)
		staple->until = staple->from + LIFETIME;
	else if (!seconds(until, &staple->until))
		return malformed;
	return NULL;
}

static const char *
check_basic(OCSP_BASICRESP *basic, const struct site_chain *chain,
    struct site_staple *staple)
{
	X509 *issuer = find_issuer(chain);
	OCSP_SINGLERESP *single = NULL;
	const char *reason;
	int i = 0, count = OCSP_resp_count(basic);

	while (
	    i < count && !names_leaf(OCSP_resp_get0(basic, i), chain, issuer))
		i++;
	if (i < count)
		single = OCSP_resp_get0(basic, i);
	if (single == NULL)
		reason = "is of another certificate";
	else if (issuer != NULL && !signed_by(basic, issuer))
		reason =
		    "is signed neither by the certificate's issuer nor for it";
	else
		reason = check_single(single, staple);
	X509_free(issuer);
	return reason;
}

static const char *
check(const struct site_chain *chain, struct site_staple *staple)
{
	const uint8_t *at = staple->der;
	OCSP_RESPONSE *response =
	    d2i_OCSP_RESPONSE(NULL, &at, (long)staple->len);
	OCSP_BASICRESP *basic = NULL;
	const char *reason = malformed;
	int status;

	if (response != NULL && at == staple->der + staple->len) {
		status = OCSP_response_status(response);
		if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
			reason = "the responder gave no answer";
		else if ((basic = OCSP_response_get1_basic(response)) != NULL)
			reason = check_basic(basic, chain, staple);
	}
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return reason;
}

const char *
staple_read(const char *path, const struct site_chain *chain,
    struct site_staple *staple)
{
	const char *reason;

	*staple = (struct site_staple){ 0 };
	if ((reason = read_whole(path, staple)) == NULL)
		reason = check(chain, staple);
	ERR_clear_error();
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
