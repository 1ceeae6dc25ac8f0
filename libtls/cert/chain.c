/*
 * Certificate chains: loading, copying, and the public functions for them.
 */
#include "libtls/cert/chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "libtls/cert/hostname.h"
#include "libtls/cert/pem.h"
#include "libtls/core/memory.h"
#include "libtls/crypto/group.h"

/* Back to an empty chain; what the application gave besides stays. */
static void
reset(struct s2n_cert_chain_and_key *chain)
{
	struct s2n_cert_chain_and_key rest = {
		.ctx = chain->ctx, .ocsp = chain->ocsp, .scts = chain->scts
	};

	for (size_t i = 0; i < chain->count; i++)
		memory_free(chain->certs[i].der);
	memory_free(chain->certs);
	for (size_t i = 0; i < chain->name_count; i++)
		memory_free(chain->names[i]);
	memory_free(chain->names);
	memory_free(chain->list);
	X509_free(chain->leaf);
	sk_X509_pop_free(chain->path, X509_free);
	EVP_PKEY_free(chain->public_key);
	EVP_PKEY_free(chain->key.pkey); /* wipes the private parts */
	*chain = rest;
}

static int
append_cert(struct s2n_cert_chain_and_key *chain, struct slice der)
{
	struct s2n_cert *certs, *last;

	if (der.len == 0 || der.len > INT32_MAX)
		return fail(ERR_DECODE_CERTIFICATE);
	certs = memory_resize(chain->certs, (chain->count + 1) * sizeof *certs);
	if (certs == NULL)
		return fail(memory_lack());
	chain->certs = certs;
	last = &certs[chain->count];
	last->len = (uint32_t)der.len;
	if ((last->der = memory_copy(der)) == NULL)
		return fail(memory_lack());
	chain->count++;
	return 0;
}

static bool
append_name(void *arg, const char *name, size_t len)
{
	struct s2n_cert_chain_and_key *chain = arg;
	char **names, *copy;

	names = memory_resize(
	    chain->names, (chain->name_count + 1) * sizeof *names);
	if (names == NULL)
		return true;
	chain->names = names;
	if ((copy = memory_new(len + 1)) == NULL)
		return true;
	for (size_t i = 0; i < len; i++)
		copy[i] = hostname_lower(name[i]);
	names[chain->name_count++] = copy;
	return false;
}

X509 *
chain_decode(const struct s2n_cert *cert)
{
	const uint8_t *at = cert->der;
	X509 *x509;

	ERR_set_mark();
	x509 = d2i_X509(NULL, &at, (long)cert->len);
	ERR_pop_to_mark();
	if (x509 != NULL && at != cert->der + cert->len) {
		X509_free(x509);
		return NULL;
	}
	return x509;
}

/* Decodes the leaf and notes its key and names. */
static int
read_leaf(struct s2n_cert_chain_and_key *chain)
{
	if ((chain->leaf = chain_decode(&chain->certs[0])) == NULL)
		return fail(ERR_DECODE_CERTIFICATE);
	ERR_set_mark();
	chain->public_key = X509_get_pubkey(chain->leaf);
	ERR_pop_to_mark();
	if (chain->public_key == NULL)
		return fail(ERR_CERT_TYPE);
	chain->kind = key_kind_of(chain->public_key);
	if (chain->kind == KEY_UNKNOWN)
		return fail(ERR_CERT_TYPE);
	if (chain->kind == KEY_ECDSA && group_of_key(chain->public_key) == 0)
		return fail(ERR_CERT_CURVE);
	if (hostname_each_served(chain->leaf, append_name, chain))
		return fail(ERR_NOMEM);
	return 0;
}

/* Each certificate must name the next one as its issuer. */
static int
check_order(const struct s2n_cert_chain_and_key *chain)
{
	X509 *subject = chain->leaf, *issuer;
	int r = 0;

	X509_up_ref(subject);
	for (size_t i = 1; r == 0 && i < chain->count; i++) {
		if ((issuer = chain_decode(&chain->certs[i])) == NULL)
			r = fail(ERR_DECODE_CERTIFICATE);
		else if (X509_NAME_cmp(X509_get_issuer_name(subject),
			     X509_get_subject_name(issuer)) != 0)
			r = fail(ERR_CHAIN_ORDER);
		X509_free(subject);
		subject = issuer;
	}
	X509_free(subject);
	return r;
}

static int
load_certs(struct s2n_cert_chain_and_key *chain, struct slice text)
{
	struct writer der;
	int r;

	writer_init(&der, text.len + 3);
	while ((r = pem_certificate(&text, &der)) == 0) {
		if ((r = append_cert(chain, slice_of(der.data, der.len))) != 0)
			break;
		writer_clear(&der);
	}
	writer_free(&der);
	if (r != ERR_PEM_OUT_OF_DATA)
		return r;
	if (chain->count == 0)
		return fail(ERR_NO_CERTIFICATE_IN_PEM);
	if ((r = read_leaf(chain)) != 0)
		return r;
	return check_order(chain);
}

/*
 * The key is the leaf's, and its private half belongs to its public half, as a
 * signature shows: a key file may hold any two numbers.
 */
static int
check_key(EVP_PKEY *public_key, EVP_PKEY *key)
{
	static const uint8_t text[] = "does this key sign for that one?";
	uint8_t signature[SIGNATURE_MAX];
	size_t len = sizeof signature;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = 0;

	ERR_set_mark();
	if (ctx == NULL)
		r = fail(ERR_NOMEM);
	else if (EVP_PKEY_eq(public_key, key) != 1)
		r = fail(ERR_KEY_MISMATCH);
	else if (EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
		 EVP_DigestSign(ctx, signature, &len, text, sizeof text) != 1 ||
		 EVP_MD_CTX_reset(ctx) != 1 ||
		 EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public_key) != 1 ||
		 EVP_DigestVerify(ctx, signature, len, text, sizeof text) != 1)
		r = fail(ERR_KEY_CHECK);
	ERR_pop_to_mark();
	EVP_MD_CTX_free(ctx);
	return r;
}

/* key NULL: none is wanted. */
int
chain_load(struct s2n_cert_chain_and_key *chain, struct slice certs,
    const struct slice *key)
{
	int r;

	/* A store may have it in its index by now. */
	if (chain->count > 0)
		return fail(ERR_INVALID_STATE);
	if ((r = load_certs(chain, certs)) == 0 && key != NULL &&
	    (r = pem_private_key(*key, &chain->key.pkey)) == 0)
		r = check_key(chain->public_key, chain->key.pkey);
	if (r != 0)
		reset(chain);
	return r;
}

int
chain_from_der(
    struct s2n_cert_chain_and_key *chain, const struct slice *der, size_t count)
{
	int r = count == 0 ? fail(ERR_DECODE_CERTIFICATE) : 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = append_cert(chain, der[i]);
	if (r == 0)
		r = read_leaf(chain);
	if (r != 0)
		reset(chain);
	return r;
}

int
chain_copy(struct s2n_cert_chain_and_key *out,
    const struct s2n_cert_chain_and_key *chain)
{
	const struct s2n_cert *cert;
	int r = 0;

	for (size_t i = 0; r == 0 && i < chain->count; i++) {
		cert = &chain->certs[i];
		r = append_cert(out, slice_of(cert->der, cert->len));
	}
	if (r == 0 && chain->count > 0)
		r = read_leaf(out);
	if (r != 0)
		reset(out);
	return r;
}

int
chain_copy_path(struct s2n_cert_chain_and_key *out,
    const struct s2n_cert_chain_and_key *chain)
{
	uint8_t *der;
	int len, r = 0;

	for (int i = 0; r == 0 && i < sk_X509_num(chain->path); i++) {
		der = NULL;
		len = i2d_X509(sk_X509_value(chain->path, i), &der);
		r = len > 0 ? append_cert(out, slice_of(der, (size_t)len))
			    : fail(ERR_NOMEM);
		OPENSSL_free(der);
	}
	if (r == 0)
		r = read_leaf(out);
	if (r != 0)
		reset(out);
	return r;
}

/* An anchor's may not be on the path; one that signed itself needs none. */
X509 *
chain_issuer(const struct s2n_cert_chain_and_key *chain)
{
	if (sk_X509_num(chain->path) > 1)
		return sk_X509_value(chain->path, 1);
	return chain->path != NULL &&
		       X509_check_issued(chain->leaf, chain->leaf) == X509_V_OK
		   ? chain->leaf
		   : NULL;
}

int
chain_list(struct s2n_cert_chain_and_key *chain, struct slice *list)
{
	struct writer out;
	size_t size = 0;

	for (size_t i = 0; i < chain->count; i++)
		size += 3 + (size_t)chain->certs[i].len;
	if (chain->list == NULL) {
		if ((chain->list = memory_new(size)) == NULL)
			return fail(memory_lack());
		writer_init_fixed(&out, chain->list, size);
		for (size_t i = 0; i < chain->count; i++)
			writer_vec24(&out,
			    slice_of(chain->certs[i].der, chain->certs[i].len));
	}
	*list = slice_of(chain->list, size);
	return 0;
}

struct s2n_cert_chain_and_key *
s2n_cert_chain_and_key_new(void)
{
	struct s2n_cert_chain_and_key *chain = memory_new(sizeof *chain);

	if (chain == NULL)
		(void)errors_report(fail(memory_lack()));
	return chain;
}

int
s2n_cert_chain_and_key_free(struct s2n_cert_chain_and_key *chain)
{
	if (chain != NULL) {
		reset(chain);
		staple_clear(&chain->ocsp);
		staple_clear(&chain->scts);
	}
	memory_free(chain);
	return S2N_SUCCESS;
}

int
s2n_cert_chain_and_key_load_pem(struct s2n_cert_chain_and_key *chain,
    const char *chain_pem, const char *private_key_pem)
{
	struct slice key;
	int r;

	if (chain == NULL || chain_pem == NULL || private_key_pem == NULL) {
		r = fail(ERR_NULL_ARGUMENT);
	} else {
		key = slice_of_string(private_key_pem);
		r = chain_load(chain, slice_of_string(chain_pem), &key);
	}
	return errors_report(r);
}

int
s2n_cert_chain_and_key_load_pem_bytes(struct s2n_cert_chain_and_key *chain,
    uint8_t *chain_pem, uint32_t chain_pem_len, uint8_t *private_key_pem,
    uint32_t private_key_pem_len)
{
	struct slice key = slice_of(private_key_pem, private_key_pem_len);
	int r;

	if (chain == NULL || chain_pem == NULL || private_key_pem == NULL)
		r = fail(ERR_NULL_ARGUMENT);
	else
		r = chain_load(chain, slice_of(chain_pem, chain_pem_len), &key);
	return errors_report(r);
}

int
s2n_cert_chain_and_key_load_public_pem_bytes(
    struct s2n_cert_chain_and_key *chain, uint8_t *chain_pem,
    uint32_t chain_pem_len)
{
	int r;

	if (chain == NULL || chain_pem == NULL)
		r = fail(ERR_NULL_ARGUMENT);
	else
		r = chain_load(chain, slice_of(chain_pem, chain_pem_len), NULL);
	return errors_report(r);
}

int
s2n_cert_chain_and_key_set_ctx(struct s2n_cert_chain_and_key *chain, void *ctx)
{
	int r = 0;

	if (chain == NULL)
		r = fail(ERR_NULL_ARGUMENT);
	else
		chain->ctx = ctx;
	return errors_report(r);
}

void *
s2n_cert_chain_and_key_get_ctx(struct s2n_cert_chain_and_key *chain)
{
	if (chain == NULL) {
		(void)errors_report(fail(ERR_NULL_ARGUMENT));
		return NULL;
	}
	return chain->ctx;
}

s2n_cert_private_key *
s2n_cert_chain_and_key_get_private_key(struct s2n_cert_chain_and_key *chain)
{
	if (chain == NULL) {
		(void)errors_report(fail(ERR_NULL_ARGUMENT));
		return NULL;
	}
	return &chain->key;
}

int
s2n_cert_chain_get_length(
    const struct s2n_cert_chain_and_key *chain, uint32_t *cert_length)
{
	int r = 0;

	if (chain == NULL || cert_length == NULL)
		r = fail(ERR_NULL_ARGUMENT);
	else
		*cert_length = (uint32_t)chain->count;
	return errors_report(r);
}

int
s2n_cert_chain_get_cert(const struct s2n_cert_chain_and_key *chain,
    struct s2n_cert **out_cert, const uint32_t cert_idx)
{
	int r = 0;

	if (chain == NULL || out_cert == NULL)
		r = fail(ERR_NULL_ARGUMENT);
	else if (cert_idx >= chain->count)
		r = fail(ERR_NO_CERT_FOUND);
	else
		*out_cert = &chain->certs[cert_idx];
	return errors_report(r);
}

int
s2n_cert_get_der(const struct s2n_cert *cert, const uint8_t **out_cert_der,
    uint32_t *cert_length)
{
	int r = 0;

	if (cert == NULL || out_cert_der == NULL || cert_length == NULL) {
		r = fail(ERR_NULL_ARGUMENT);
	} else {
		*out_cert_der = cert->der;
		*cert_length = cert->len;
	}
	return errors_report(r);
}
