/*
 * Certificate revocation lists (unstable/crl.h, RFC 5280 5): the objects, and
 * the question put to the application for each certificate of a peer's.
 */
#ifndef LIBTLS_CERT_CRL_H
#define LIBTLS_CERT_CRL_H

#include <openssl/x509_vfy.h>

#include "libtls/cert/chain.h"
#include "libtls/unstable/crl.h"

struct crl_lookups {
	struct s2n_crl_lookup *list;
	size_t count;
};

/* One for each certificate of the chain, unanswered. */
must_check int crl_lookups_open(
    struct crl_lookups *, const struct s2n_cert_chain_and_key *);
/* Puts all of them; ERR_CANCELLED when the callback fails. */
must_check int crl_lookups_ask(
    struct crl_lookups *, s2n_crl_lookup_callback, void *context);
bool crl_lookups_answered(const struct crl_lookups *);
void crl_lookups_free(struct crl_lookups *);

/* The CRLs answered with, borrowed; the stack is the caller's. NULL when out of
 * memory. */
STACK_OF(X509_CRL) * crl_lookups_stack(const struct crl_lookups *);
/* Whether the failure that libcrypto just found does not count: what is only a
 * CRL's date, or the lack of a CRL for the anchor. */
bool crl_forgives(X509_STORE_CTX *);

#endif
