/*
 * Finite field Diffie-Hellman; the contract is in dhe.h.
 */
#include "libtls/crypto/dhe.h"

#include "libtls/core/memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#define BITS_MIN 2048
#define BITS_MAX (8 * DHE_PRIME_MAX)

struct dhe_parameters {
	EVP_PKEY *pkey; /* p and g, no key */
};

static BIGNUM *
number_of(const EVP_PKEY *pkey, const char *name)
{
	BIGNUM *number = NULL;

	EVP_PKEY_get_bn_param(pkey, name, &number);
	return number;
}

/* ---- the server's parameters ---- */

static bool
sound(EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool ok = ctx != NULL && EVP_PKEY_param_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

#define BEGIN "-----BEGIN " PEM_STRING_DHPARAMS "-----"

static int
judge(EVP_PKEY *pkey)
{
	if (pkey == NULL || !EVP_PKEY_is_a(pkey, "DH"))
		return fail(ERR_DH_PARAMETERS);
	if (EVP_PKEY_get_bits(pkey) < BITS_MIN)
		return fail(ERR_DH_TOO_SMALL);
	if (EVP_PKEY_get_bits(pkey) > BITS_MAX || !sound(pkey))
		return fail(ERR_DH_CHECK);
	return 0;
}

int
dhe_parameters_from_pem(const char *pem, struct dhe_parameters **out)
{
	struct dhe_parameters *parameters = memory_new(sizeof *parameters);
	BIO *bio = BIO_new_mem_buf(pem, -1);
	int r;

	if (parameters == NULL || bio == NULL) {
		r = fail(ERR_NOMEM);
		goto out;
	}
	ERR_set_mark();
	parameters->pkey = PEM_read_bio_Parameters_ex(bio, NULL, NULL, NULL);
	r = parameters->pkey == NULL && strstr(pem, BEGIN) != NULL
		? fail(ERR_DH_ENCODING)
		: judge(parameters->pkey);
	ERR_pop_to_mark();
	if (r == 0) {
		*out = parameters;
		parameters = NULL;
	}
out:
	dhe_parameters_free(parameters);
	BIO_free(bio);
	return r;
}

void
dhe_parameters_free(struct dhe_parameters *parameters)
{
	if (parameters == NULL)
		return;
	EVP_PKEY_free(parameters->pkey);
	memory_free(parameters);
}

/* ---- keys ---- */

static EVP_PKEY *
generate(EVP_PKEY *parameters)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
	EVP_PKEY *key = NULL;

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1)
		EVP_PKEY_generate(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* One number of a key, as opaque<1..2^16-1>; lack: what its absence is. */
static int
put(const EVP_PKEY *pkey, const char *name, int lack, struct writer *out)
{
	BIGNUM *number = number_of(pkey, name);
	struct mark vector = writer_open(out, 2);
	uint8_t *at;
	int r = 0;

	if (number == NULL)
		r = fail(lack);
	else if ((at = writer_reserve(out, (size_t)BN_num_bytes(number))) ==
		 NULL)
		r = fail(ERR_NOMEM);
	else
		BN_bn2bin(number, at);
	writer_close(out, vector);
	BN_free(number);
	return r;
}

int
dhe_start(const struct dhe_parameters *parameters, struct dhe_key *key,
    struct writer *out)
{
	int r;

	if ((key->pkey = generate(parameters->pkey)) == NULL)
		return fail(ERR_DH_GENERATE);
	if ((r = put(key->pkey, OSSL_PKEY_PARAM_FFC_P, ERR_DH_SERIALIZE,
		 out)) != 0 ||
	    (r = put(key->pkey, OSSL_PKEY_PARAM_FFC_G, ERR_DH_SERIALIZE,
		 out)) != 0 ||
	    (r = put(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, ERR_DH_WRITE, out)) !=
		0)
		dhe_key_wipe(key);
	return r;
}

/* 1 < value < limit - 1: what has a small order is left out. */
static bool
in_range(const BIGNUM *value, const BIGNUM *limit)
{
	BIGNUM *last = BN_dup(limit);
	bool ok = last != NULL && BN_sub_word(last, 1) == 1 &&
		  BN_cmp(value, BN_value_one()) > 0 && BN_cmp(value, last) < 0;

	BN_free(last);
	return ok;
}

static EVP_PKEY *
build(const BIGNUM *p, const BIGNUM *g, const BIGNUM *share)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (builder != NULL && ctx != NULL &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, g) == 1 &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PUB_KEY, share) ==
		1 &&
	    (params = OSSL_PARAM_BLD_to_param(builder)) != NULL &&
	    EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static int
derive(EVP_PKEY *ours, EVP_PKEY *theirs, uint8_t secret[DHE_PRIME_MAX],
    size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	int r = 0;

	*len = DHE_PRIME_MAX;
	/* Its values were looked at: a check of the subgroup needs its order,
	 * which TLS does not tell. */
	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(ctx, theirs, 0) != 1 ||
	    EVP_PKEY_derive(ctx, secret, len) != 1)
		r = fail(ERR_DH_SHARED_SECRET);
	EVP_PKEY_CTX_free(ctx);
	if (r != 0)
		*len = 0;
	return r;
}

/* Whether a server's numbers can be a group and a share in it. */
static int
judge_numbers(const BIGNUM *p, const BIGNUM *g, const BIGNUM *share)
{
	if (BN_num_bits(p) < BITS_MIN)
		return fail(ERR_DH_WEAK);
	if (BN_num_bits(p) > BITS_MAX || !BN_is_odd(p) || !in_range(g, p) ||
	    !in_range(share, p))
		return fail(ERR_BAD_KEY_SHARE);
	return 0;
}

int
dhe_answer(struct reader *in, struct writer *out, uint8_t secret[DHE_PRIME_MAX],
    size_t *secret_len)
{
	struct slice parts[3];
	BIGNUM *numbers[COUNT(parts)] = { NULL };
	EVP_PKEY *theirs = NULL, *ours = NULL;
	int r = 0;

	*secret_len = 0;
	for (size_t i = 0; i < COUNT(parts); i++)
		parts[i] = reader_vec16(in);
	if (!reader_done(in))
		return fail(ERR_DECODE);
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (parts[i].len == 0) /* opaque <1..2^16-1> */
			r = fail(ERR_DECODE);
		else if (parts[i].len > DHE_PRIME_MAX)
			r = fail(ERR_BAD_KEY_SHARE);
		else if ((numbers[i] = BN_bin2bn(
			      parts[i].data, (int)parts[i].len, NULL)) == NULL)
			r = fail(ERR_NOMEM);
		if (r != 0)
			goto out;
	}
	if ((r = judge_numbers(numbers[0], numbers[1], numbers[2])) != 0)
		goto out;
	if ((theirs = build(numbers[0], numbers[1], numbers[2])) == NULL)
		r = fail(ERR_DH_COPY_KEY);
	else if ((ours = generate(theirs)) == NULL)
		r = fail(ERR_DH_GENERATE);
	else if ((r = put(ours, OSSL_PKEY_PARAM_PUB_KEY, ERR_DH_WRITE, out)) ==
		 0)
		r = derive(ours, theirs, secret, secret_len);
out:
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
	for (size_t i = 0; i < COUNT(numbers); i++)
		BN_free(numbers[i]);
	return r;
}

int
dhe_finish(const struct dhe_key *key, struct slice share,
    uint8_t secret[DHE_PRIME_MAX], size_t *secret_len)
{
	BIGNUM *p = number_of(key->pkey, OSSL_PKEY_PARAM_FFC_P);
	BIGNUM *g = number_of(key->pkey, OSSL_PKEY_PARAM_FFC_G);
	BIGNUM *theirs = NULL;
	EVP_PKEY *peer = NULL;
	int r = 0;

	*secret_len = 0;
	if (share.len > 0 && share.len <= DHE_PRIME_MAX)
		theirs = BN_bin2bn(share.data, (int)share.len, NULL);
	if (p == NULL || g == NULL)
		r = fail(ERR_DH_COPY_PARAMETERS);
	else if (theirs == NULL || !in_range(theirs, p))
		r = fail(ERR_BAD_KEY_SHARE);
	else if ((peer = build(p, g, theirs)) == NULL)
		r = fail(ERR_DH_COPY_KEY);
	else
		r = derive(key->pkey, peer, secret, secret_len);
	EVP_PKEY_free(peer);
	BN_free(theirs);
	BN_free(g);
	BN_free(p);
	return r;
}

void
dhe_key_wipe(struct dhe_key *key)
{
	EVP_PKEY_free(key->pkey);
	key->pkey = NULL;
}
