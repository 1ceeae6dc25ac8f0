/*
 * Constraints that are malformed, and wildcards that escape them.
 */
#include "libtls/cert/constraints.h"

#include <openssl/x509v3.h>

#include "base/slice.h"
#include "libtls/cert/hostname.h"

/* Names times constraints in one certificate: libcrypto's own bound. */
#define COMPARISONS_MAX (1 << 20)

/* RFC 5280 4.2.1.10: a host name; the leading period is for URIs alone. */
static bool
subtrees_sound(const STACK_OF(GENERAL_SUBTREE) * subtrees)
{
	const GENERAL_NAME *base;

	for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
		base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;
		if (base->type == GEN_DNS &&
		    ASN1_STRING_length(base->d.dNSName) > 0 &&
		    ASN1_STRING_get0_data(base->d.dNSName)[0] == '.')
			return false;
	}
	return true;
}

/*
 * "Conforming CAs MUST NOT issue certificates where name constraints is an
 * empty sequence", nor can a list in it be one.
 */
static bool
sound(const NAME_CONSTRAINTS *constraints)
{
	/* -1 for a list that is not there */
	return (sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees) > 0 ||
		   sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees) > 0) &&
	       subtrees_sound(constraints->permittedSubtrees) &&
	       subtrees_sound(constraints->excludedSubtrees);
}

static bool
wildcard_is(const GENERAL_NAME *name)
{
	return name->type == GEN_DNS &&
	       ASN1_STRING_length(name->d.dNSName) > 2 &&
	       memcmp(ASN1_STRING_get0_data(name->d.dNSName), "*.", 2) == 0;
}

static bool
stands_for(const GENERAL_NAME *wildcard, const GENERAL_NAME *base)
{
	const ASN1_IA5STRING *pattern = wildcard->d.dNSName;
	char *name = OPENSSL_strndup(
	    (const char *)ASN1_STRING_get0_data(base->d.dNSName),
	    (size_t)ASN1_STRING_length(base->d.dNSName));
	/* Out of memory: refused. */
	bool stands =
	    name == NULL ||
	    hostname_matches((const char *)ASN1_STRING_get0_data(pattern),
		(size_t)ASN1_STRING_length(pattern), name) != 0;

	OPENSSL_free(name);
	return stands;
}

/*
 * Whether a wildcard stands for a name that an issuer may not certify: compared
 * as text, as RFC 5280 does, the two differ and it would pass.
 */
static bool
wildcard_excluded(
    const GENERAL_NAMES *names, const STACK_OF(GENERAL_SUBTREE) * excluded)
{
	const GENERAL_NAME *name, *base;

	if ((int64_t)sk_GENERAL_NAME_num(names) *
		sk_GENERAL_SUBTREE_num(excluded) >
	    COMPARISONS_MAX)
		return true;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		for (int j = 0;
		     wildcard_is(name) && j < sk_GENERAL_SUBTREE_num(excluded);
		     j++) {
			base = sk_GENERAL_SUBTREE_value(excluded, j)->base;
			if (base->type == GEN_DNS && stands_for(name, base))
				return true;
		}
	}
	return false;
}

static int
check_issuer(const X509 *issuer, const GENERAL_NAMES *names)
{
	int critical, r = 0;
	NAME_CONSTRAINTS *constraints =
	    X509_get_ext_d2i(issuer, NID_name_constraints, &critical, NULL);

	if (constraints == NULL) /* -1: there is none */
		return critical == -1 ? 0 : fail(ERR_CERT_BAD);
	if (!sound(constraints) ||
	    wildcard_excluded(names, constraints->excludedSubtrees))
		r = fail(ERR_CERT_BAD);
	NAME_CONSTRAINTS_free(constraints);
	return r;
}

int
constraints_check(const STACK_OF(X509) * path)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    sk_X509_value(path, 0), NID_subject_alt_name, NULL, NULL);
	int r = 0;

	for (int i = 1; r == 0 && i < sk_X509_num(path); i++)
		r = check_issuer(sk_X509_value(path, i), names);
	GENERAL_NAMES_free(names);
	return r;
}
