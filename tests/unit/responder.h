/*
 * OCSP responses for tests, made by libcrypto when the test runs. A spec says
 * what is special about one; what it leaves out is ordinary:
 *
 *	struct slice good = responder_make(&(struct responder_spec){
 *	    .subject = leaf });
 *	... free((void *)good.data) is responder_free(good) ...
 */
#ifndef TESTS_RESPONDER_H
#define TESTS_RESPONDER_H

#include <openssl/ocsp.h>

#include "tests/unit/certs.h"

struct responder_spec {
	const struct certs_cert *subject; /* whose status it is */
	const struct certs_cert *issuer;  /* NULL: the subject's */
	const struct certs_cert *signer;  /* NULL: the issuer */
	const struct certs_cert *before;  /* its status stands in front */
	bool embed;                       /* the signer's certificate */
	bool by_key;                      /* the responder is named */
	bool critical, critical_single;   /* an extension of it is */
	bool nonce;                       /* not critical */
	int status;                       /* V_OCSP_CERTSTATUS_GOOD is 0 */
	int reply; /* OCSP_RESPONSE_STATUS_SUCCESSFUL is 0 */
	/* Since 1970; 0: one hour before and after CERTS_NOW. to -1: none. */
	int64_t from, to;
	const char *id_hash; /* NULL: SHA1 */
	const char *hash;    /* of the signature; NULL: SHA256 */
};

struct slice responder_make(const struct responder_spec *);
void responder_free(struct slice);

#endif
