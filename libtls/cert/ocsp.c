/*
 * OCSP responses; the contract is in ocsp.h. libcrypto parses them and verifies
 * their signatures. Whose signature counts is decided here, since
 * OCSP_basic_verify builds a path of its own at the machine's time, and any
 * anchor would do for it.
 */
#include "libtls/cert/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "libtls/s2n.h"

/* Clocks of responders and clients differ. */
#define TOLERANCE 300
/* How long a response lasts that does not say (RFC 6960 2.4). */
#define LIFETIME 3600
/* RSA-1024, as for the certificates of a path. */
#define KEY_SECURITY_BITS_MIN 80

/* As in certificates (RFC 8446 4.4.2.4): MD5 never, SHA-1 below TLS 1.3. */
static bool
weak(int hash, const struct ocsp_subject *subject)
{
	return hash == NID_md5 || hash == NID_md5_sha1 ||
	       (hash == NID_sha1 && subject->version >= S2N_TLS13);
}

static bool
valid_now(const X509 *x509, const struct ocsp_subject *subject)
{
	time_t now = (time_t)subject->now;

	return ASN1_TIME_cmp_time_t(X509_get0_notBefore(x509), now) <= 0 &&
	       ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), now) >= 0;
}

/*
 * RFC 6960 4.2.2.2: delegated by "id-kp-OCSPSigning in an extended key usage
 * certificate extension", and "issued directly by the CA that is identified in
 * the request". No extension at all allows TLS, but not this.
 */
static bool
delegated(X509 *signer, const struct ocsp_subject *subject)
{
	EVP_PKEY *issuer = X509_get0_pubkey(subject->issuer);
	EVP_PKEY *key = X509_get0_pubkey(signer);
	uint32_t flags = X509_get_extension_flags(signer);
	int hash;

	return (flags & (EXFLAG_INVALID | EXFLAG_CRITICAL)) == 0 &&
	       (flags & EXFLAG_XKUSAGE) != 0 &&
	       (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
	       (X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE) != 0 &&
	       key != NULL &&
	       EVP_PKEY_get_security_bits(key) >= KEY_SECURITY_BITS_MIN &&
	       X509_get_signature_info(signer, &hash, NULL, NULL, NULL) == 1 &&
	       !weak(hash, subject) &&
	       X509_check_issued(subject->issuer, signer) == X509_V_OK &&
	       issuer != NULL && X509_verify(signer, issuer) == 1 &&
	       (!subject->check_time || valid_now(signer, subject));
}

static bool
signed_weakly(OCSP_BASICRESP *basic, const struct ocsp_subject *subject)
{
	const ASN1_OBJECT *algorithm;
	int hash, key;

	X509_ALGOR_get0(
	    &algorithm, NULL, NULL, OCSP_resp_get0_tbs_sigalg(basic));
	return OBJ_find_sigid_algs(OBJ_obj2nid(algorithm), &hash, &key) != 1 ||
	       weak(hash, subject);
}

/* Whether the issuer answered, or one that it had answer. */
static int
check_signer(OCSP_BASICRESP *basic, const struct ocsp_subject *subject)
{
	STACK_OF(X509) *issuers = sk_X509_new_null();
	X509 *signer = NULL;
	int r = 0;

	if (issuers == NULL || sk_X509_push(issuers, subject->issuer) <= 0)
		r = fail(ERR_NOMEM);
	else if (OCSP_resp_get0_signer(basic, &signer, issuers) != 1 ||
		 signed_weakly(basic, subject) ||
		 (X509_cmp(signer, subject->issuer) != 0 &&
		     !delegated(signer, subject)) ||
		 /* The signature and nothing else, by the same signer. */
		 OCSP_basic_verify(basic, issuers, NULL, OCSP_NOVERIFY) != 1)
		r = fail(ERR_OCSP_UNTRUSTED);
	sk_X509_free(issuers);
	return r;
}

/* What the id of our certificate is, hashed as the other one is. */
static bool
names_leaf(OCSP_CERTID *id, const struct ocsp_subject *subject)
{
	ASN1_OBJECT *hash = NULL;
	OCSP_CERTID *ours;
	const EVP_MD *md;
	bool same;

	if (OCSP_id_get0_info(NULL, &hash, NULL, NULL, id) != 1 ||
	    OBJ_obj2nid(hash) == NID_md5 ||
	    (md = EVP_get_digestbyobj(hash)) == NULL)
		return false;
	ours = OCSP_cert_to_id(md, subject->leaf, subject->issuer);
	same = ours != NULL && OCSP_id_cmp(ours, id) == 0;
	OCSP_CERTID_free(ours);
	return same;
}

static OCSP_SINGLERESP *
find(OCSP_BASICRESP *basic, const struct ocsp_subject *subject)
{
	OCSP_SINGLERESP *single;

	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		single = OCSP_resp_get0(basic, i);
		/* A cast only for libcrypto, whose ids are never const. */
		if (names_leaf((OCSP_CERTID *)(uintptr_t)
				   OCSP_SINGLERESP_get0_id(single),
			subject))
			return single;
	}
	return NULL;
}

/* RFC 6960 4.2.2.1: thisUpdate has passed, nextUpdate has not. */
static int
check_times(const ASN1_GENERALIZEDTIME *from, const ASN1_GENERALIZEDTIME *to,
    const struct ocsp_subject *subject)
{
	time_t now = (time_t)subject->now;

	switch (ASN1_TIME_cmp_time_t(from, now + TOLERANCE)) {
	case -2:
		return fail(ERR_OCSP_RESPONSE);
	case 1:
		return fail(ERR_OCSP_NOT_YET_VALID);
	}
	if (to == NULL)
		return ASN1_TIME_cmp_time_t(from, now - LIFETIME - TOLERANCE) <
			       0
			   ? fail(ERR_OCSP_EXPIRED)
			   : 0;
	switch (ASN1_TIME_cmp_time_t(to, now - TOLERANCE)) {
	case -2:
		return fail(ERR_OCSP_RESPONSE);
	case -1:
		return fail(ERR_OCSP_EXPIRED);
	}
	return ASN1_TIME_compare(from, to) > 0 ? fail(ERR_OCSP_RESPONSE) : 0;
}

static int
check_status(OCSP_SINGLERESP *single, const struct ocsp_subject *subject)
{
	ASN1_GENERALIZEDTIME *from = NULL, *to = NULL;
	int status = OCSP_single_get0_status(single, NULL, NULL, &from, &to);
	int r;

	if (from == NULL)
		return fail(ERR_OCSP_RESPONSE);
	if ((r = check_times(from, to, subject)) != 0)
		return r;
	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		return 0;
	case V_OCSP_CERTSTATUS_REVOKED:
		return fail(ERR_OCSP_REVOKED);
	default:
		return fail(ERR_OCSP_UNTRUSTED);
	}
}

static int
check_basic(OCSP_BASICRESP *basic, const struct ocsp_subject *subject)
{
	OCSP_SINGLERESP *single;
	int r;

	if (subject->issuer == NULL)
		return fail(ERR_OCSP_UNTRUSTED);
	if ((r = check_signer(basic, subject)) != 0)
		return r;
	/* RFC 6960 4.4: we know none that would have to be understood. */
	if (OCSP_BASICRESP_get_ext_by_critical(basic, 1, -1) >= 0 ||
	    (single = find(basic, subject)) == NULL ||
	    OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0)
		return fail(ERR_OCSP_UNTRUSTED);
	return check_status(single, subject);
}

static int
check(OCSP_RESPONSE *response, const struct ocsp_subject *subject)
{
	OCSP_BASICRESP *basic;
	int r;

	/* What a responder says that has no answer is unsigned. */
	if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return fail(ERR_OCSP_UNTRUSTED);
	if ((basic = OCSP_response_get1_basic(response)) == NULL)
		return fail(ERR_OCSP_RESPONSE);
	r = check_basic(basic, subject);
	OCSP_BASICRESP_free(basic);
	return r;
}

int
ocsp_check(struct slice bytes, const struct ocsp_subject *subject)
{
	const uint8_t *at = bytes.data;
	OCSP_RESPONSE *response;
	int r;

	ERR_set_mark();
	response = d2i_OCSP_RESPONSE(NULL, &at, (long)bytes.len);
	if (response == NULL || at != bytes.data + bytes.len)
		r = fail(ERR_OCSP_RESPONSE);
	else
		r = check(response, subject);
	OCSP_RESPONSE_free(response);
	ERR_pop_to_mark();
	return r;
}
