/*
 * Depth-first, with a budget of steps: a signature is checked in each, so that
 * names alone lead nobody astray.
 */
#include "libtls/cert/path.h"

#include <openssl/x509v3.h>

/* Steps in one search: BetterTLS's deepest cases need half of that. */
#define STEPS_MAX 256
#define LENGTH_MAX 32

struct search {
	STACK_OF(X509) * others;
	STACK_OF(X509) * path; /* issuers so far, nearest the leaf first */
	path_try *try;
	void *arg;
	int longest;
	unsigned steps; /* left */
};

static bool
on_path(const struct search *search, const X509 *x509)
{
	for (int i = 0; i < sk_X509_num(search->path); i++)
		if (X509_cmp(sk_X509_value(search->path, i), x509) == 0)
			return true;
	return false;
}

static bool
issued(X509 *issuer, X509 *subject)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	return X509_check_ca(issuer) == 1 &&
	       X509_check_issued(issuer, subject) == X509_V_OK && key != NULL &&
	       X509_verify(subject, key) == 1;
}

/* Calls itself, LENGTH_MAX deep at most. */
static int
climb(struct search *search, X509 *tip)
{
	int r = search->try(search->arg, search->path);
	X509 *issuer;

	if (sk_X509_num(search->path) >= search->longest)
		return r;
	for (int i = 0; r != 0 && i < sk_X509_num(search->others); i++) {
		issuer = sk_X509_value(search->others, i);
		if (X509_NAME_cmp(X509_get_subject_name(issuer),
			X509_get_issuer_name(tip)) != 0 ||
		    on_path(search, issuer))
			continue;
		if (search->steps == 0)
			return r;
		search->steps--;
		if (!issued(issuer, tip))
			continue;
		if (sk_X509_push(search->path, issuer) <= 0)
			return fail(ERR_NOMEM);
		r = climb(search, issuer);
		(void)sk_X509_pop(search->path);
	}
	return r;
}

int
path_search(X509 *leaf, STACK_OF(X509) * others, size_t longest, path_try *try,
    void *arg)
{
	struct search search = { .others = others,
		.try = try,
		.arg = arg,
		.longest = longest < LENGTH_MAX ? (int)longest : LENGTH_MAX,
		.steps = STEPS_MAX };
	int r = try(arg, others);
	struct failure first = errors_last();

	if (r == 0 || r == ERR_NOMEM || sk_X509_num(others) < 1)
		return r;
	if ((search.path = sk_X509_new_null()) == NULL)
		return fail(ERR_NOMEM);
	if (climb(&search, leaf) == 0)
		r = 0;
	else
		errors_put_back(first);
	sk_X509_free(search.path);
	return r;
}
