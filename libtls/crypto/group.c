/*
 * Key exchange groups; the contract is in group.h.
 *
 * A hybrid's secret is the concatenation of both parts' in wire order, as are
 * its shares (draft-ietf-tls-ecdhe-mlkem).
 */
#include "libtls/crypto/group.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "libtls/crypto/fetched.h"

#define X25519_SHARE 32
#define P256_SHARE 65
#define P384_SHARE 97
#define P521_SHARE 133
#define MLKEM768_KEY 1184
#define MLKEM768_TEXT 1088
#define MLKEM1024_KEY 1568
#define MLKEM1024_TEXT 1568
#define KEM_SECRET 32
#define UNCOMPRESSED 4

/* clang-format off */
static const struct group table[] = {
/*	  number  name                   kind          ec           kem            kem first  start                      answer */
	{ 0x001d, "x25519",              GROUP_XDH,    "X25519",    NULL,          false, X25519_SHARE,                 X25519_SHARE },
	{ 0x0017, "secp256r1",           GROUP_EC,     "P-256",     NULL,          false, P256_SHARE,                   P256_SHARE },
	{ 0x0018, "secp384r1",           GROUP_EC,     "P-384",     NULL,          false, P384_SHARE,                   P384_SHARE },
	{ 0x0019, "secp521r1",           GROUP_EC,     "P-521",     NULL,          false, P521_SHARE,                   P521_SHARE },
	{ 0x11ec, "X25519MLKEM768",      GROUP_HYBRID, "X25519",    "ML-KEM-768",  true,  MLKEM768_KEY + X25519_SHARE,  MLKEM768_TEXT + X25519_SHARE },
	{ 0x11eb, "SecP256r1MLKEM768",   GROUP_HYBRID, "P-256",     "ML-KEM-768",  false, P256_SHARE + MLKEM768_KEY,    P256_SHARE + MLKEM768_TEXT },
	{ 0x11ed, "SecP384r1MLKEM1024",  GROUP_HYBRID, "P-384",     "ML-KEM-1024", false, P384_SHARE + MLKEM1024_KEY,   P384_SHARE + MLKEM1024_TEXT },
};
/* clang-format on */

/* Which KEMs this libcrypto has; looked at once. */
static bool kem_known[COUNT(table)];

void
group_probe(void)
{
	EVP_KEM *kem;

	ERR_set_mark();
	for (size_t i = 0; i < COUNT(table); i++) {
		if (table[i].kem == NULL)
			continue;
		kem = EVP_KEM_fetch(NULL, table[i].kem, NULL);
		kem_known[i] = kem != NULL;
		EVP_KEM_free(kem);
	}
	ERR_pop_to_mark();
}

const struct group *
group_find(uint16_t number)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].number == number)
			return &table[i];
	return NULL;
}

uint16_t
group_of_key(const EVP_PKEY *key)
{
	char name[32];

	if (EVP_PKEY_get_group_name(key, name, sizeof name, NULL) != 1)
		return 0;
	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].kind == GROUP_EC &&
		    EC_curve_nist2nid(table[i].ec) == OBJ_sn2nid(name))
			return table[i].number;
	return 0;
}

bool
group_available(const struct group *group)
{
	return group->kem == NULL || kem_known[group - table];
}

static bool
is_xdh(const struct group *group)
{
	return group->ec[0] == 'X';
}

static size_t
ec_share_size(const struct group *group)
{
	if (is_xdh(group))
		return X25519_SHARE;
	return group->ec[2] == '2'   ? P256_SHARE
	       : group->ec[2] == '3' ? P384_SHARE
				     : P521_SHARE;
}

/* This thread's key generator for the curve part. */
static EVP_PKEY_CTX *
generator(const struct group *group)
{
	struct scratch *scratch = scratch_here();
	EVP_PKEY_CTX **slot, *ctx;

	_Static_assert(COUNT(table) <= SCRATCH_KEYGENS, "a row a generator");
	if (scratch == NULL)
		return NULL;
	slot = &scratch->keygen[group - table];
	if (*slot != NULL)
		return *slot;
	ctx = EVP_PKEY_CTX_new_from_name(
	    NULL, is_xdh(group) ? "X25519" : "EC", NULL);
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
	    (!is_xdh(group) &&
		EVP_PKEY_CTX_set_group_name(ctx, group->ec) != 1)) {
		EVP_PKEY_CTX_free(ctx);
		return NULL;
	}
	return *slot = ctx;
}

static EVP_PKEY *
ec_generate(const struct group *group)
{
	EVP_PKEY_CTX *ctx = generator(group);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_generate(ctx, &key) != 1)
		return NULL;
	return key;
}

static int
put_public(EVP_PKEY *key, size_t size, struct writer *out)
{
	uint8_t *at = writer_reserve(out, size);
	size_t len;

	if (at == NULL)
		return fail(ERR_NOMEM);
	if (EVP_PKEY_get_octet_string_param(
		key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, at, size, &len) != 1 ||
	    len != size)
		return fail(ERR_ECDHE_WRITE);
	return 0;
}

/*
 * The peer's public key, in the group of ours. Decoding checks that the point
 * is on the curve; these curves have no other points of small order.
 */
static EVP_PKEY *
ec_peer(const struct group *group, EVP_PKEY *ours, struct slice share)
{
	EVP_PKEY *peer;

	if (share.len != ec_share_size(group))
		return NULL;
	if (is_xdh(group))
		return EVP_PKEY_new_raw_public_key_ex(
		    NULL, "X25519", NULL, share.data, share.len);
	/* RFC 8446 4.2.8.2: uncompressed is the only form */
	if (share.data[0] != UNCOMPRESSED || (peer = EVP_PKEY_new()) == NULL)
		return NULL;
	if (EVP_PKEY_copy_parameters(peer, ours) != 1 ||
	    EVP_PKEY_set1_encoded_public_key(peer, share.data, share.len) !=
		1) {
		EVP_PKEY_free(peer);
		return NULL;
	}
	return peer;
}

/* Appends the curve part's secret. */
static int
ec_derive(const struct group *group, EVP_PKEY *ours, struct slice share,
    uint8_t *secret, size_t *len)
{
	EVP_PKEY *peer = ec_peer(group, ours, share);
	EVP_PKEY_CTX *ctx = NULL;
	size_t part = GROUP_SECRET_MAX - *len;
	int r = 0;

	if (peer == NULL)
		return fail(ERR_BAD_KEY_SHARE);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	/* Validated above: not a second time. An all-zero X25519 secret fails
	 * in derive (RFC 8446 7.4.2). */
	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1 ||
	    EVP_PKEY_derive(ctx, secret + *len, &part) != 1)
		r = fail(ERR_ECDHE_SHARED_SECRET);
	else
		*len += part;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return r;
}

static EVP_PKEY *
kem_generate(const struct group *group)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, group->kem);
}

/* Encapsulates to the peer's key: ciphertext to out, secret appended. */
static int
kem_answer(const struct group *group, struct slice share, size_t text_size,
    struct writer *out, uint8_t *secret, size_t *len)
{
	uint8_t *text = writer_reserve(out, text_size);
	size_t text_len = text_size, part = GROUP_SECRET_MAX - *len;
	EVP_PKEY *peer;
	EVP_PKEY_CTX *ctx = NULL;
	int r = 0;

	if (text == NULL)
		return fail(ERR_NOMEM);
	peer = EVP_PKEY_new_raw_public_key_ex(
	    NULL, group->kem, NULL, share.data, share.len);
	if (peer == NULL)
		return fail(ERR_BAD_KEY_SHARE);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL);
	if (ctx == NULL || EVP_PKEY_encapsulate_init(ctx, NULL) != 1 ||
	    EVP_PKEY_encapsulate(ctx, text, &text_len, secret + *len, &part) !=
		1 ||
	    text_len != text_size || part != KEM_SECRET)
		r = fail(ERR_KEM);
	else
		*len += part;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return r;
}

static int
kem_finish(EVP_PKEY *ours, struct slice text, uint8_t *secret, size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	size_t part = GROUP_SECRET_MAX - *len;
	int r = 0;

	if (ctx == NULL || EVP_PKEY_decapsulate_init(ctx, NULL) != 1 ||
	    EVP_PKEY_decapsulate(
		ctx, secret + *len, &part, text.data, text.len) != 1 ||
	    part != KEM_SECRET)
		r = fail(ERR_KEM);
	else
		*len += part;
	EVP_PKEY_CTX_free(ctx);
	return r;
}

int
group_start(
    const struct group *group, struct group_key *key, struct writer *out)
{
	size_t ec_size = ec_share_size(group);
	int r = 0;

	key->group = group;
	if ((key->ec = ec_generate(group)) == NULL ||
	    (group->kem != NULL && (key->kem = kem_generate(group)) == NULL)) {
		group_key_wipe(key);
		return fail(ERR_ECDHE_GEN_KEY);
	}
	if (group->kem_first)
		r = put_public(key->kem, group->start_size - ec_size, out);
	if (r == 0)
		r = put_public(key->ec, ec_size, out);
	if (r == 0 && group->kem != NULL && !group->kem_first)
		r = put_public(key->kem, group->start_size - ec_size, out);
	if (r != 0)
		group_key_wipe(key);
	return r;
}

/* The parts of a share of either side, in their order on the wire. */
static void
split(const struct group *group, struct slice share, struct slice *ec,
    struct slice *kem)
{
	size_t ec_size = ec_share_size(group);
	size_t kem_size = share.len - ec_size;

	*ec = slice_of(share.data + (group->kem_first ? kem_size : 0), ec_size);
	*kem =
	    slice_of(share.data + (group->kem_first ? 0 : ec_size), kem_size);
}

static int
ec_answer(const struct group *group, struct slice share, struct writer *out,
    uint8_t *secret, size_t *len)
{
	EVP_PKEY *ours = ec_generate(group);
	int r;

	if (ours == NULL)
		return fail(ERR_ECDHE_GEN_KEY);
	if ((r = put_public(ours, ec_share_size(group), out)) == 0)
		r = ec_derive(group, ours, share, secret, len);
	EVP_PKEY_free(ours);
	return r;
}

int
group_answer(const struct group *group, struct slice share, struct writer *out,
    uint8_t secret[GROUP_SECRET_MAX], size_t *secret_len)
{
	size_t text = group->answer_size - ec_share_size(group);
	struct slice ec, kem;
	int r = 0;

	*secret_len = 0;
	if (share.len != group->start_size)
		return fail(ERR_BAD_KEY_SHARE);
	split(group, share, &ec, &kem);
	if (group->kem_first)
		r = kem_answer(group, kem, text, out, secret, secret_len);
	if (r == 0)
		r = ec_answer(group, ec, out, secret, secret_len);
	if (r == 0 && group->kem != NULL && !group->kem_first)
		r = kem_answer(group, kem, text, out, secret, secret_len);
	if (r != 0)
		OPENSSL_cleanse(secret, GROUP_SECRET_MAX);
	return r;
}

int
group_finish(const struct group_key *key, struct slice share,
    uint8_t secret[GROUP_SECRET_MAX], size_t *secret_len)
{
	const struct group *group = key->group;
	struct slice ec, kem;
	int r = 0;

	*secret_len = 0;
	if (share.len != group->answer_size)
		return fail(ERR_BAD_KEY_SHARE);
	split(group, share, &ec, &kem);
	if (group->kem_first)
		r = kem_finish(key->kem, kem, secret, secret_len);
	if (r == 0)
		r = ec_derive(group, key->ec, ec, secret, secret_len);
	if (r == 0 && group->kem != NULL && !group->kem_first)
		r = kem_finish(key->kem, kem, secret, secret_len);
	if (r != 0)
		OPENSSL_cleanse(secret, GROUP_SECRET_MAX);
	return r;
}

void
group_key_wipe(struct group_key *key)
{
	EVP_PKEY_free(key->ec);
	EVP_PKEY_free(key->kem);
	*key = (struct group_key){ 0 };
}
