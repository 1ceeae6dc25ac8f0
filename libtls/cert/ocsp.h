/*
 * Judgement of an OCSP response (RFC 6960) that came with a certificate, by
 * libcrypto's OCSP functions. Nothing is fetched: who staples nothing is not
 * asked about here.
 */
#ifndef LIBTLS_CERT_OCSP_H
#define LIBTLS_CERT_OCSP_H

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* What the response has to be about. */
struct ocsp_subject {
	X509 *leaf;
	X509 *issuer;    /* by the path that was found; NULL: none */
	uint64_t now;    /* seconds since 1970 */
	bool check_time; /* of a delegated responder's certificate */
	uint8_t version; /* S2N_TLS13 ...: SHA-1 is refused from there */
};

/*
 * 0 when the response is the issuer's or its delegate's, of now, and says
 * "good" of the leaf. ERR_OCSP_RESPONSE (no such response at all), else
 * ERR_OCSP_UNTRUSTED, _NOT_YET_VALID, _EXPIRED, _REVOKED.
 */
must_check int ocsp_check(struct slice response, const struct ocsp_subject *);

#endif
