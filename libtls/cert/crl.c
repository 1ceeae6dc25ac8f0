/*
 * CRLs and lookups; the contracts are in unstable/crl.h and crl.h. That a CRL
 * is the issuer's and lists a certificate, libcrypto finds out.
 */
#include "libtls/cert/crl.h"

#include <openssl/err.h>

#include "libtls/cert/pem.h"
#include "libtls/core/memory.h"

struct s2n_crl {
	X509_CRL *x509;
};

struct s2n_crl_lookup {
	X509 *cert;
	X509_CRL *crl; /* its own reference */
	bool answered;
};

struct s2n_crl *
s2n_crl_new(void)
{
	struct s2n_crl *crl = memory_new(sizeof *crl);

	if (crl == NULL)
		(void)!errors_report(fail(memory_lack()));
	return crl;
}

static int
load(struct s2n_crl *crl, struct slice pem)
{
	struct writer der;
	const uint8_t *at;
	int r;

	if (crl->x509 != NULL)
		return fail(ERR_INVALID_ARGUMENT);
	writer_init(&der, pem.len + 3);
	if (pem_crl(pem, &der) != 0) {
		r = fail(ERR_INVALID_PEM);
	} else {
		at = der.data;
		ERR_set_mark();
		crl->x509 = d2i_X509_CRL(NULL, &at, (long)der.len);
		ERR_pop_to_mark();
		r = crl->x509 != NULL && at == der.data + der.len
			? 0
			: fail(ERR_INVALID_PEM);
	}
	if (r != 0) {
		X509_CRL_free(crl->x509);
		crl->x509 = NULL;
	}
	writer_free(&der);
	return r;
}

int
s2n_crl_load_pem(struct s2n_crl *crl, uint8_t *pem, size_t len)
{
	if (crl == NULL || pem == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(load(crl, slice_of(pem, len)));
}

int
s2n_crl_free(struct s2n_crl **crl)
{
	if (crl == NULL || *crl == NULL)
		return S2N_SUCCESS;
	X509_CRL_free((*crl)->x509);
	memory_free(*crl);
	*crl = NULL;
	return S2N_SUCCESS;
}

int
s2n_crl_get_issuer_hash(struct s2n_crl *crl, uint64_t *hash)
{
	if (crl == NULL || crl->x509 == NULL || hash == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*hash = X509_NAME_hash(X509_CRL_get_issuer(crl->x509));
	return S2N_SUCCESS;
}

int
s2n_crl_validate_active(struct s2n_crl *crl)
{
	int order;

	if (crl == NULL || crl->x509 == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	order = X509_cmp_current_time(X509_CRL_get0_lastUpdate(crl->x509));
	if (order == 0)
		return errors_report(fail(ERR_CRL_THIS_UPDATE));
	return errors_report(order > 0 ? fail(ERR_CRL_NOT_YET_VALID) : 0);
}

int
s2n_crl_validate_not_expired(struct s2n_crl *crl)
{
	const ASN1_TIME *until;
	int order;

	if (crl == NULL || crl->x509 == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((until = X509_CRL_get0_nextUpdate(crl->x509)) == NULL)
		return S2N_SUCCESS;
	if ((order = X509_cmp_current_time(until)) == 0)
		return errors_report(fail(ERR_CRL_NEXT_UPDATE));
	return errors_report(order < 0 ? fail(ERR_CRL_EXPIRED) : 0);
}

/* ---- lookups ---- */

int
crl_lookups_open(
    struct crl_lookups *lookups, const struct s2n_cert_chain_and_key *chain)
{
	lookups->list = memory_new(chain->count * sizeof *lookups->list);
	if (lookups->list == NULL)
		return fail(memory_lack());
	lookups->count = chain->count;
	for (size_t i = 0; i < chain->count; i++)
		if ((lookups->list[i].cert = chain_decode(&chain->certs[i])) ==
		    NULL)
			return fail(ERR_DECODE_CERTIFICATE);
	return 0;
}

int
crl_lookups_ask(struct crl_lookups *lookups, s2n_crl_lookup_callback callback,
    void *context)
{
	for (size_t i = 0; i < lookups->count; i++)
		if (callback(&lookups->list[i], context) != S2N_SUCCESS)
			return fail(ERR_CANCELLED);
	return 0;
}

bool
crl_lookups_answered(const struct crl_lookups *lookups)
{
	for (size_t i = 0; i < lookups->count; i++)
		if (!lookups->list[i].answered)
			return false;
	return true;
}

void
crl_lookups_free(struct crl_lookups *lookups)
{
	for (size_t i = 0; i < lookups->count; i++) {
		X509_free(lookups->list[i].cert);
		X509_CRL_free(lookups->list[i].crl);
	}
	memory_free(lookups->list);
	*lookups = (struct crl_lookups){ 0 };
}

STACK_OF(X509_CRL) * crl_lookups_stack(const struct crl_lookups *lookups)
{
	STACK_OF(X509_CRL) *stack = sk_X509_CRL_new_null();

	for (size_t i = 0; stack != NULL && i < lookups->count; i++) {
		if (lookups->list[i].crl == NULL ||
		    sk_X509_CRL_push(stack, lookups->list[i].crl) > 0)
			continue;
		sk_X509_CRL_free(stack);
		stack = NULL;
	}
	return stack;
}

int
s2n_crl_lookup_get_cert_issuer_hash(
    struct s2n_crl_lookup *lookup, uint64_t *hash)
{
	if (lookup == NULL || hash == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*hash = X509_NAME_hash(X509_get_issuer_name(lookup->cert));
	return S2N_SUCCESS;
}

int
s2n_crl_lookup_set(struct s2n_crl_lookup *lookup, struct s2n_crl *crl)
{
	if (lookup == NULL || crl == NULL || crl->x509 == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	X509_CRL_up_ref(crl->x509);
	X509_CRL_free(lookup->crl);
	lookup->crl = crl->x509;
	lookup->answered = true;
	return S2N_SUCCESS;
}

int
s2n_crl_lookup_ignore(struct s2n_crl_lookup *lookup)
{
	if (lookup == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	X509_CRL_free(lookup->crl);
	lookup->crl = NULL;
	lookup->answered = true;
	return S2N_SUCCESS;
}

bool
crl_forgives(X509_STORE_CTX *ctx)
{
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	int last = sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) - 1;

	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_CRL_HAS_EXPIRED:
		return true;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
		/* RFC 5280 6.1: the anchor is not part of the path. */
		return depth > 0 && depth == last;
	}
	return false;
}
