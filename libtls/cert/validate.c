/*
 * Path validation: libcrypto builds and checks the path, the rest is looked at
 * here, on the path that it found.
 */
#include "libtls/cert/validate.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* RSA-1024, the least that libcrypto's level 1 allows too. */
#define KEY_SECURITY_BITS_MIN 80

/* Where libcrypto's reasons differ for the peer; others are ERR_CERT_BAD. */
static const struct {
	int reason;
	int code;
} reasons[] = {
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_CERT_UNTRUSTED, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_CERT_REJECTED, ERR_CERT_UNTRUSTED },
	{ X509_V_ERR_CERT_NOT_YET_VALID, ERR_CERT_NOT_YET_VALID },
	{ X509_V_ERR_CERT_HAS_EXPIRED, ERR_CERT_EXPIRED },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, ERR_CERT_DEPTH },
	{ X509_V_ERR_CERT_REVOKED, ERR_CERT_REVOKED },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, ERR_CERT_CRITICAL },
	{ X509_V_ERR_INVALID_PURPOSE, ERR_CERT_INTENT },
	{ X509_V_ERR_OUT_OF_MEM, ERR_NOMEM },
};

static int
code_of(int reason)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].reason == reason)
			return reasons[i].code;
	return ERR_CERT_BAD;
}

/* What the peer sent besides its leaf. */
static int
decode_others(const struct s2n_cert_chain_and_key *chain, STACK_OF(X509) * out)
{
	X509 *x509;

	for (size_t i = 1; i < chain->count; i++) {
		if ((x509 = chain_decode(&chain->certs[i])) == NULL)
			return fail(ERR_DECODE_CERTIFICATE);
		if (sk_X509_push(out, x509) <= 0) {
			X509_free(x509);
			return fail(ERR_NOMEM);
		}
	}
	return 0;
}

/*
 * The purpose is not among these: libcrypto would check it on the anchor too,
 * whose extensions do not bind (RFC 5280 6.1.1).
 */
static void
set_rules(X509_VERIFY_PARAM *param, const struct validation *how)
{
	/* Any certificate in the store is an anchor, self-signed or not. */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	/* libcrypto counts the certificates between leaf and anchor. */
	X509_VERIFY_PARAM_set_depth(param, how->max_depth - 1);
	/* Key sizes and hashes are looked at below. */
	X509_VERIFY_PARAM_set_auth_level(param, 0);
	if (how->check_time)
		X509_VERIFY_PARAM_set_time(param, (time_t)how->now);
	else
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
}

static int
hash_nid(s2n_tls_hash_algorithm hash)
{
	switch (hash) {
	case S2N_TLS_HASH_SHA1:
		return NID_sha1;
	case S2N_TLS_HASH_SHA224:
		return NID_sha224;
	case S2N_TLS_HASH_SHA256:
		return NID_sha256;
	case S2N_TLS_HASH_SHA384:
		return NID_sha384;
	case S2N_TLS_HASH_SHA512:
		return NID_sha512;
	default:
		return NID_undef;
	}
}

static int
key_nid(const struct scheme *scheme)
{
	if (scheme->pss)
		return NID_rsassaPss;
	return scheme->key == KEY_ECDSA ? NID_X9_62_id_ecPublicKey
					: NID_rsaEncryption;
}

/* Whether a list of schemes has a signature of this hash and key. */
static bool
listed(const struct number_list *list, int hash, int key)
{
	const struct scheme *scheme;

	for (size_t i = 0; i < list->count; i++) {
		scheme = scheme_find(list->numbers[i]);
		if (scheme != NULL && key_nid(scheme) == key &&
		    hash_nid(scheme->hash) == hash)
			return true;
	}
	return false;
}

/* RFC 8446 4.4.2.4: MD5 is refused always, SHA-1 in TLS 1.3. */
static int
check_signature(X509 *x509, const struct validation *how)
{
	int hash, key, bits;
	uint32_t flags;

	if (X509_get_signature_info(x509, &hash, &key, &bits, &flags) != 1)
		return fail(ERR_CERT_BAD);
	if (hash == NID_md5 || hash == NID_md5_sha1 ||
	    (hash == NID_sha1 && how->version >= S2N_TLS13))
		return fail(ERR_CERT_BAD);
	if (how->preference != NULL &&
	    how->preference->certificate_schemes.count > 0 &&
	    !listed(&how->preference->certificate_schemes, hash, key))
		return fail(ERR_CERT_BAD);
	return 0;
}

/* What an anchor is spared. */
/* RFC 5280 4.2.1.3: a leaf without the extension may do anything. */
static bool
may_do(X509 *leaf, uint32_t key_usage)
{
	return (X509_get_key_usage(leaf) & key_usage) == key_usage;
}

static int
check_link(X509 *x509, const struct validation *how, bool issuer)
{
	int purpose = how->purpose == PURPOSE_SERVER ? X509_PURPOSE_SSL_SERVER
						     : X509_PURPOSE_SSL_CLIENT;
	EVP_PKEY *key = X509_get0_pubkey(x509);

	if (key == NULL ||
	    EVP_PKEY_get_security_bits(key) < KEY_SECURITY_BITS_MIN)
		return fail(ERR_CERT_BAD);
	/* RFC 5280 6.1.4 (k): not what libcrypto takes for a CA of old. */
	if (issuer && X509_check_ca(x509) != 1)
		return fail(ERR_CERT_BAD);
	if (how->check_intent && X509_check_purpose(x509, purpose, issuer) != 1)
		return fail(ERR_CERT_INTENT);
	if (how->check_intent && !issuer && !may_do(x509, how->key_usage))
		return fail(ERR_CERT_INTENT);
	return check_signature(x509, how);
}

static bool
stands_for(void *base, const char *name, size_t len)
{
	return hostname_matches(name, len, base) != 0;
}

/*
 * Whether a wildcard of the leaf's stands for a name that an issuer may not
 * certify. RFC 5280 4.2.1.10 compares the two as text, and lets it pass.
 */
static bool
wildcard_excluded(const X509 *leaf, const X509 *issuer)
{
	NAME_CONSTRAINTS *constraints =
	    X509_get_ext_d2i(issuer, NID_name_constraints, NULL, NULL);
	STACK_OF(GENERAL_SUBTREE) *subtrees =
	    constraints == NULL ? NULL : constraints->excludedSubtrees;
	const GENERAL_NAME *base;
	bool found = false;
	char *name;

	for (int i = 0; !found && i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
		base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;
		if (base->type != GEN_DNS)
			continue;
		name = OPENSSL_strndup(
		    (const char *)ASN1_STRING_get0_data(base->d.dNSName),
		    (size_t)ASN1_STRING_length(base->d.dNSName));
		/* Out of memory: refused. */
		found = name == NULL ||
			hostname_each_claimed(leaf, stands_for, name);
		OPENSSL_free(name);
	}
	NAME_CONSTRAINTS_free(constraints);
	return found;
}

static int
check_path(X509_STORE_CTX *ctx, const struct validation *how)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	int r;

	for (int i = 1; i < sk_X509_num(path); i++)
		if (wildcard_excluded(
			sk_X509_value(path, 0), sk_X509_value(path, i)))
			return fail(ERR_CERT_BAD);

	for (int i = 0; i + 1 < sk_X509_num(path); i++)
		if ((r = check_link(sk_X509_value(path, i), how, i > 0)) != 0)
			return r;
	return 0;
}

static int
verify(const struct s2n_cert_chain_and_key *chain, STACK_OF(X509) * others,
    X509_STORE_CTX *ctx, const struct validation *how)
{
	X509_STORE *store = trust_store_x509(how->trust);

	if (store == NULL ||
	    X509_STORE_CTX_init(ctx, store, chain->leaf, others) != 1)
		return fail(ERR_NOMEM);
	set_rules(X509_STORE_CTX_get0_param(ctx), how);
	if (X509_verify_cert(ctx) != 1)
		return fail(code_of(X509_STORE_CTX_get_error(ctx)));
	return check_path(ctx, how);
}

static bool
ask(void *arg, const char *name, size_t len)
{
	const struct validation *how = arg;

	return how->verify_host(name, len, how->verify_host_ctx) != 0;
}

int
validate_chain(
    const struct s2n_cert_chain_and_key *chain, const struct validation *how)
{
	X509_STORE_CTX *ctx = NULL;
	STACK_OF(X509) *others = NULL;
	struct validation copy = *how;
	int r;

	if (chain->count == 0 || chain->count > how->max_depth)
		return fail(ERR_CERT_DEPTH);
	if (how->verify_host != NULL &&
	    !hostname_each_claimed(chain->leaf, ask, &copy) &&
	    !(how->ip_in_cn &&
		hostname_each_cn_address(chain->leaf, ask, &copy)))
		return fail(ERR_CERT_HOSTNAME);

	ERR_set_mark();
	if ((ctx = X509_STORE_CTX_new()) == NULL ||
	    (others = sk_X509_new_null()) == NULL)
		r = fail(ERR_NOMEM);
	else if ((r = decode_others(chain, others)) == 0)
		r = verify(chain, others, ctx, how);
	ERR_pop_to_mark();
	X509_STORE_CTX_free(ctx);
	sk_X509_pop_free(others, X509_free);
	return r;
}
