/*
 * Path validation: libcrypto builds and checks a path, what it is too lax about
 * is looked at here and in rules.c, web_rules.c and constraints.c, on the path
 * that it found; path.c has it try others.
 */
#include "libtls/cert/validate.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "libtls/cert/constraints.h"
#include "libtls/cert/path.h"
#include "libtls/cert/rules.h"
#include "libtls/cert/web_rules.h"

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
	{ X509_V_ERR_UNABLE_TO_GET_CRL, ERR_CRL_LOOKUP_FAILED },
	{ X509_V_ERR_DIFFERENT_CRL_SCOPE, ERR_CRL_LOOKUP_FAILED },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, ERR_CRL_SIGNATURE },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, ERR_CRL_SIGNATURE },
	{ X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, ERR_CRL_ISSUER },
	{ X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, ERR_CRL_ISSUER },
	{ X509_V_ERR_CRL_PATH_VALIDATION_ERROR, ERR_CRL_ISSUER },
	{ X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, ERR_CRL_CRITICAL },
	{ X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, ERR_CRL_THIS_UPDATE },
	{ X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, ERR_CRL_NEXT_UPDATE },
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
set_rules(
    X509_VERIFY_PARAM *param, const struct validation *how, const X509 *leaf)
{
	/* RFC 6125 6.4.4: nor is a CN a host name beside a subjectAltName. */
	if (X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1) >= 0)
		X509_VERIFY_PARAM_set_hostflags(
		    param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
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
	if (scheme->key == KEY_ED25519)
		return NID_ED25519;
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

static bool
is_of_kind(EVP_PKEY *key, const struct certificate_key *kind)
{
	char group[32] = "";

	if (!EVP_PKEY_is_a(key, kind->type))
		return false;
	if (kind->group != NULL)
		EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
	return (kind->group == NULL || strcmp(group, kind->group) == 0) &&
	       (kind->bits == 0 || kind->bits == EVP_PKEY_get_bits(key));
}

static bool
key_listed(EVP_PKEY *key, const struct certificate_key *kinds)
{
	if (kinds == NULL)
		return true;
	while (kinds->type != NULL)
		if (is_of_kind(key, kinds++))
			return true;
	return false;
}

static bool
fits(X509 *x509, const struct preference *preference)
{
	const struct validation how = { .preference = preference };
	EVP_PKEY *key = x509 != NULL ? X509_get0_pubkey(x509) : NULL;

	return key != NULL &&
	       key_listed(key, preference_key_kinds(preference)) &&
	       (X509_check_issued(x509, x509) == X509_V_OK ||
		   check_signature(x509, &how) == 0);
}

int
validate_own(const struct s2n_cert_chain_and_key *chain,
    const struct preference *preference)
{
	X509 *x509;
	bool all = true;

	if (preference_key_kinds(preference) == NULL)
		return 0;
	for (size_t i = 0; all && i < chain->count; i++) {
		x509 = chain_decode(&chain->certs[i]);
		all = fits(x509, preference);
		X509_free(x509);
	}
	return all ? 0 : fail(ERR_INCOMPATIBLE_CERT);
}

/* RFC 5280 4.2.1.3: a leaf without the extension may do anything. */
static bool
may_do(X509 *leaf, uint32_t key_usage)
{
	return (X509_get_key_usage(leaf) & key_usage) == key_usage;
}

/*
 * RFC 5280 4.2.1.12: extKeyUsage, when there is one, names the purpose. An
 * issuer's binds too; what a leaf's key does in the handshake is
 * how->key_usage.
 */
static bool
meant_for(X509 *x509, enum purpose purpose, bool issuer)
{
	if (issuer)
		return X509_check_purpose(x509,
			   purpose == PURPOSE_SERVER ? X509_PURPOSE_SSL_SERVER
						     : X509_PURPOSE_SSL_CLIENT,
			   1) == 1;
	return (X509_get_extended_key_usage(x509) &
		   (purpose == PURPOSE_SERVER ? XKU_SSL_SERVER
					      : XKU_SSL_CLIENT)) != 0;
}

/* What an anchor is spared. */
static int
check_link(X509 *x509, const struct validation *how, bool issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);

	if (key == NULL ||
	    EVP_PKEY_get_security_bits(key) < KEY_SECURITY_BITS_MIN)
		return fail(ERR_CERT_BAD);
	if (how->preference != NULL &&
	    !key_listed(key, preference_key_kinds(how->preference)))
		return fail(ERR_CERT_BAD);
	/* RFC 5280 6.1.4 (k): not what libcrypto takes for a CA of old. */
	if (issuer && X509_check_ca(x509) != 1)
		return fail(ERR_CERT_BAD);
	if (how->check_intent && !meant_for(x509, how->purpose, issuer))
		return fail(ERR_CERT_INTENT);
	if (how->check_intent && !issuer && !may_do(x509, how->key_usage))
		return fail(ERR_CERT_INTENT);
	return check_signature(x509, how);
}

static int
check_path(X509_STORE_CTX *ctx, const struct validation *how)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	int r;

	if ((r = constraints_check(path)) != 0 || (r = rules_check(path)) != 0)
		return r;
	if (how->public_rules && (r = web_rules_check(path)) != 0)
		return r;
	if (how->public_rules && how->check_intent &&
	    (r = web_rules_check_intent(path)) != 0)
		return r;
	for (int i = 0; i + 1 < sk_X509_num(path); i++)
		if ((r = check_link(sk_X509_value(path, i), how, i > 0)) != 0)
			return r;
	return 0;
}

/* RFC 5280 4.1.2.5: through notAfter, inclusive; libcrypto ends before it. */
static bool
ends_now(X509_STORE_CTX *ctx)
{
	const ASN1_TIME *end =
	    X509_get0_notAfter(X509_STORE_CTX_get_current_cert(ctx));
	time_t now = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx));

	return ASN1_TIME_cmp_time_t(end, now) == 0;
}

/* What libcrypto holds against a chain and we do not. */
static int
tell(int ok, X509_STORE_CTX *ctx)
{
	const struct validation *how = X509_STORE_CTX_get_app_data(ctx);
	bool fine;

	if (ok)
		return ok;
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		fine = ends_now(ctx);
		break;
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
		fine = custom_covers(
		    how->custom, X509_STORE_CTX_get_current_cert(ctx));
		break;
	default:
		fine = crl_forgives(ctx);
	}
	if (fine)
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return fine;
}

static int
note_path(X509_STORE_CTX *ctx, const struct validation *how)
{
	if (how->path == NULL)
		return 0;
	sk_X509_pop_free(*how->path, X509_free);
	*how->path = X509_STORE_CTX_get1_chain(ctx);
	return *how->path != NULL ? 0 : fail(ERR_NOMEM);
}

struct attempt {
	X509 *leaf;
	const struct validation *how;
};

static int
verify(void *arg, STACK_OF(X509) * others)
{
	const struct attempt *attempt = arg;
	const struct validation *how = attempt->how;
	X509_STORE *store = trust_store_x509(how->trust);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509_CRL) *crls = NULL;
	int r;

	if (store == NULL || ctx == NULL ||
	    X509_STORE_CTX_init(ctx, store, attempt->leaf, others) != 1) {
		r = fail(ERR_NOMEM);
		goto out;
	}
	set_rules(X509_STORE_CTX_get0_param(ctx), how, attempt->leaf);
	X509_STORE_CTX_set_verify_cb(ctx, tell);
	X509_STORE_CTX_set_app_data(ctx, (void *)(uintptr_t)how);
	if (how->lookups != NULL) {
		if ((crls = crl_lookups_stack(how->lookups)) == NULL) {
			r = fail(ERR_NOMEM);
			goto out;
		}
		X509_STORE_CTX_set0_crls(ctx, crls);
		X509_STORE_CTX_set_flags(
		    ctx, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	}
	if (X509_verify_cert(ctx) != 1)
		r = fail(code_of(X509_STORE_CTX_get_error(ctx)));
	else if ((r = check_path(ctx, how)) == 0)
		r = note_path(ctx, how);
out:
	X509_STORE_CTX_free(ctx);
	sk_X509_CRL_free(crls);
	return r;
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
	struct attempt attempt = { chain->leaf, how };
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
	if ((others = sk_X509_new_null()) == NULL)
		r = fail(ERR_NOMEM);
	else if ((r = decode_others(chain, others)) == 0)
		r = path_search(
		    chain->leaf, others, how->max_depth - 1U, verify, &attempt);
	ERR_pop_to_mark();
	sk_X509_pop_free(others, X509_free);
	return r;
}
