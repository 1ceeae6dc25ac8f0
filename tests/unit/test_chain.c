/*
 * libtls/cert/chain.c: loading chains and keys, every way it can fail, and the
 * public getters.
 */
#include "libtls/cert/chain.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

static const struct certs_cert *root, *middle, *leaf, *other;

static void
setup(void)
{
	root = certs_make(&(struct certs_spec){ .name = "root", .ca = true });
	middle = certs_make(&(struct certs_spec){
	    .name = "middle", .ca = true, .issuer = root, .key_number = 2 });
	leaf = certs_make(&(struct certs_spec){ .name = "A.example",
	    .sans = "DNS:A.example,DNS:*.B.example",
	    .issuer = middle });
	other = certs_make(&(struct certs_spec){
	    .name = "other", .issuer = root, .key_number = 3 });
}

static int
load(struct s2n_cert_chain_and_key *chain, const char *certs, const char *key)
{
	return s2n_cert_chain_and_key_load_pem(chain, certs, key);
}

static const char *
last_error(void)
{
	return s2n_strerror_name(s2n_errno);
}

START_TEST(a_loaded_chain_has_certificates_key_kind_and_names)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(
	    load(chain, certs_chain_pem(leaf), leaf->key_pem), S2N_SUCCESS);
	ck_assert_uint_eq(chain->count, 2);
	ck_assert(slice_equal(
	    slice_of(chain->certs[0].der, chain->certs[0].len), leaf->der));
	ck_assert(slice_equal(
	    slice_of(chain->certs[1].der, chain->certs[1].len), middle->der));
	ck_assert_int_eq(chain->kind, KEY_ECDSA);
	ck_assert_int_eq(EVP_PKEY_eq(chain->public_key, leaf->key), 1);
	ck_assert_int_eq(EVP_PKEY_eq(chain->key.pkey, leaf->key), 1);
	ck_assert_uint_eq(chain->name_count, 2);
	ck_assert_str_eq(chain->names[0], "a.example");
	ck_assert_str_eq(chain->names[1], "*.b.example");
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

static const struct {
	enum certs_key key;
	enum key_kind kind;
} kind_cases[] = {
	{ CERTS_P256, KEY_ECDSA },
	{ CERTS_P384, KEY_ECDSA },
	{ CERTS_P521, KEY_ECDSA },
	{ CERTS_RSA, KEY_RSA },
	{ CERTS_RSA_PSS, KEY_RSA_PSS },
	{ CERTS_ED25519, KEY_ED25519 },
};

START_TEST(every_kind_of_key_loads_and_is_told_apart)
{
	const struct certs_cert *cert = certs_make(
	    &(struct certs_spec){ .name = "a", .key = kind_cases[_i].key });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(load(chain, cert->pem, cert->key_pem), S2N_SUCCESS);
	ck_assert_int_eq(chain->kind, kind_cases[_i].kind);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

static const char *
garbage_pem(void)
{
	return "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
}

static const char *
leaf_without_intermediate(void)
{
	return leaf->pem;
}

static const char *
whole_chain(void)
{
	return certs_chain_pem(leaf);
}

static const char *
whole_chain_and_root(void)
{
	return certs_join(whole_chain(), root->pem);
}

static const char *
text_around(void)
{
	return certs_join("s:/CN=a\n", certs_join(whole_chain(), "\nthe end"));
}

static const char *
key_and_chain(void)
{
	return certs_join(leaf->key_pem, whole_chain());
}

static const char *
wrong_order(void)
{
	return certs_join(middle->pem, leaf->pem);
}

static const char *
gap(void)
{
	return certs_join(leaf->pem, root->pem);
}

static const char *
twice(void)
{
	return certs_join(leaf->pem, leaf->pem);
}

static const char *
good_then_garbage(void)
{
	return certs_join(leaf->pem, garbage_pem());
}

static const char *
good_then_cut(void)
{
	return certs_join(leaf->pem, "-----BEGIN CERTIFICATE-----\nAAEC");
}

static const char *
nothing(void)
{
	return "";
}

static const char *
key_alone(void)
{
	return leaf->key_pem;
}

static const char *
right_key(void)
{
	return leaf->key_pem;
}

static const char *
sec1_key(void)
{
	return certs_traditional_key_pem(leaf);
}

static const char *
other_key(void)
{
	return other->key_pem;
}

static const char *
rsa_key(void)
{
	return certs_make(
	    &(struct certs_spec){ .name = "rsa", .key = CERTS_RSA })
	    ->key_pem;
}

static const char *
garbage_key(void)
{
	return "-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n";
}

static const struct {
	const char *what;
	const char *(*certs)(void);
	const char *(*key)(void);
	const char *error; /* NULL: loads */
} load_cases[] = {
	{ "leaf alone", leaf_without_intermediate, right_key, NULL },
	{ "whole chain", whole_chain, right_key, NULL },
	{ "with root", whole_chain_and_root, right_key, NULL },
	{ "text around", text_around, right_key, NULL },
	{ "SEC 1 key", whole_chain, sec1_key, NULL },
	{ "all in one text", key_and_chain, key_and_chain, NULL },
	{ "nothing", nothing, right_key, "S2N_ERR_NO_CERTIFICATE_IN_PEM" },
	{ "key for chain", key_alone, right_key,
	    "S2N_ERR_NO_CERTIFICATE_IN_PEM" },
	{ "garbage", garbage_pem, right_key, "S2N_ERR_DECODE_CERTIFICATE" },
	{ "good, then garbage", good_then_garbage, right_key,
	    "S2N_ERR_DECODE_CERTIFICATE" },
	{ "good, then cut off", good_then_cut, right_key,
	    "S2N_ERR_INVALID_PEM" },
	{ "wrong order", wrong_order, right_key, "S2N_ERR_CERT_INVALID" },
	{ "gap", gap, right_key, "S2N_ERR_CERT_INVALID" },
	{ "leaf twice", twice, right_key, "S2N_ERR_CERT_INVALID" },
	{ "no key", whole_chain, nothing, "S2N_ERR_INVALID_PEM" },
	{ "chain for key", whole_chain, whole_chain, "S2N_ERR_INVALID_PEM" },
	{ "garbage key", whole_chain, garbage_key,
	    "S2N_ERR_DECODE_PRIVATE_KEY" },
	{ "other key", whole_chain, other_key, "S2N_ERR_KEY_MISMATCH" },
	{ "key of other kind", whole_chain, rsa_key, "S2N_ERR_KEY_MISMATCH" },
};

START_TEST(a_load_succeeds_or_leaves_the_chain_empty_and_reusable)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	int here, r;

	s2n_cert_chain_and_key_set_ctx(chain, &here);
	r = load(chain, load_cases[_i].certs(), load_cases[_i].key());
	if (load_cases[_i].error == NULL) {
		ck_assert_msg(r == S2N_SUCCESS, "%s: %s", load_cases[_i].what,
		    last_error());
	} else {
		ck_assert_msg(r == S2N_FAILURE, "%s", load_cases[_i].what);
		ck_assert_str_eq(last_error(), load_cases[_i].error);
		ck_assert_uint_eq(chain->count, 0);
		ck_assert_ptr_null(chain->key.pkey);
		ck_assert_int_eq(
		    load(chain, leaf->pem, leaf->key_pem), S2N_SUCCESS);
	}
	ck_assert_ptr_eq(s2n_cert_chain_and_key_get_ctx(chain), &here);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(a_wrong_order_is_said_in_words)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(
	    load(chain, wrong_order(), leaf->key_pem), S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror(s2n_errno, "EN"),
	    "a certificate in the chain is not issued by the next one");
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(a_loaded_chain_is_not_loaded_again)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(load(chain, leaf->pem, leaf->key_pem), S2N_SUCCESS);
	ck_assert_int_eq(load(chain, other->pem, other->key_pem), S2N_FAILURE);
	ck_assert_str_eq(last_error(), "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(EVP_PKEY_eq(chain->key.pkey, leaf->key), 1);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

/* Private half of one key, public half of another, as PKCS#8. */
static const char *
chimera_key(
    const struct certs_cert *public_half, const struct certs_cert *private_half)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	struct certs_cert chimera = { 0 };
	BIGNUM *number = NULL;
	OSSL_PARAM *params;
	uint8_t point[200];
	const char *pem;
	size_t len;

	ck_assert_int_eq(
	    EVP_PKEY_get_octet_string_param(public_half->key,
		OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len),
	    1);
	ck_assert_int_eq(EVP_PKEY_get_bn_param(private_half->key,
			     OSSL_PKEY_PARAM_PRIV_KEY, &number),
	    1);
	OSSL_PARAM_BLD_push_utf8_string(
	    build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(
	    build, OSSL_PKEY_PARAM_PUB_KEY, point, len);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
	params = OSSL_PARAM_BLD_to_param(build);
	ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
	ck_assert_int_eq(
	    EVP_PKEY_fromdata(ctx, &chimera.key, EVP_PKEY_KEYPAIR, params), 1);
	pem = certs_traditional_key_pem(&chimera);
	EVP_PKEY_free(chimera.key);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(number);
	EVP_PKEY_CTX_free(ctx);
	return pem;
}

START_TEST(a_key_that_does_not_sign_for_its_public_half_is_refused)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(
	    load(chain, leaf->pem, chimera_key(leaf, leaf)), S2N_SUCCESS);
	s2n_cert_chain_and_key_free(chain);
	chain = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(
	    load(chain, leaf->pem, chimera_key(leaf, other)), S2N_FAILURE);
	ck_assert_str_eq(last_error(), "S2N_ERR_KEY_CHECK");
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(bytes_need_no_end_and_no_key)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	uint32_t cert_len = (uint32_t)strlen(leaf->pem);
	uint32_t key_len = (uint32_t)strlen(leaf->key_pem);
	/* Exactly as long, so that reading on is seen by valgrind. */
	uint8_t *cert = malloc(cert_len), *key = malloc(key_len);

	memcpy(cert, leaf->pem, cert_len);
	memcpy(key, leaf->key_pem, key_len);
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem_bytes(
			     chain, cert, cert_len, key, key_len - 30),
	    S2N_FAILURE);
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem_bytes(
			     chain, cert, cert_len, key, key_len),
	    S2N_SUCCESS);
	s2n_cert_chain_and_key_free(chain);

	chain = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_public_pem_bytes(chain, cert, cert_len),
	    S2N_SUCCESS);
	ck_assert_ptr_null(s2n_cert_chain_and_key_get_private_key(chain)->pkey);
	s2n_cert_chain_and_key_free(chain);
	free(cert);
	free(key);
}
END_TEST

START_TEST(the_getters_give_what_is_there)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_cert *cert = NULL;
	const uint8_t *der;
	uint32_t count = 9, len;

	ck_assert_int_eq(s2n_cert_chain_get_length(chain, &count), S2N_SUCCESS);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(s2n_cert_chain_get_cert(chain, &cert, 0), S2N_FAILURE);
	ck_assert_str_eq(last_error(), "S2N_ERR_NO_CERT_FOUND");

	ck_assert_int_eq(
	    load(chain, certs_chain_pem(leaf), leaf->key_pem), S2N_SUCCESS);
	ck_assert_int_eq(s2n_cert_chain_get_length(chain, &count), S2N_SUCCESS);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(s2n_cert_chain_get_cert(chain, &cert, 1), S2N_SUCCESS);
	ck_assert_int_eq(s2n_cert_get_der(cert, &der, &len), S2N_SUCCESS);
	ck_assert(slice_equal(slice_of(der, len), middle->der));
	ck_assert_int_eq(s2n_cert_chain_get_cert(chain, &cert, 2), S2N_FAILURE);
	ck_assert_str_eq(last_error(), "S2N_ERR_NO_CERT_FOUND");
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

#define REFUSES_NULL(call)                                                     \
	do {                                                                   \
		s2n_errno = S2N_ERR_T_OK;                                      \
		ck_assert_int_eq((call), S2N_FAILURE);                         \
		ck_assert_str_eq(last_error(), "S2N_ERR_NULL");                \
	} while (0)

START_TEST(null_is_refused_but_may_be_freed)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_cert *cert = NULL, none = { NULL, 0 };
	uint8_t text[] = "x";
	const uint8_t *der;
	uint32_t len;

	REFUSES_NULL(load(NULL, "", ""));
	REFUSES_NULL(load(chain, NULL, ""));
	REFUSES_NULL(load(chain, "", NULL));
	REFUSES_NULL(
	    s2n_cert_chain_and_key_load_pem_bytes(NULL, text, 1, text, 1));
	REFUSES_NULL(
	    s2n_cert_chain_and_key_load_pem_bytes(chain, NULL, 1, text, 1));
	REFUSES_NULL(
	    s2n_cert_chain_and_key_load_pem_bytes(chain, text, 1, NULL, 1));
	REFUSES_NULL(
	    s2n_cert_chain_and_key_load_public_pem_bytes(NULL, text, 1));
	REFUSES_NULL(
	    s2n_cert_chain_and_key_load_public_pem_bytes(chain, NULL, 1));
	REFUSES_NULL(s2n_cert_chain_and_key_set_ctx(NULL, NULL));
	REFUSES_NULL(s2n_cert_chain_get_length(NULL, &len));
	REFUSES_NULL(s2n_cert_chain_get_length(chain, NULL));
	REFUSES_NULL(s2n_cert_chain_get_cert(NULL, &cert, 0));
	REFUSES_NULL(s2n_cert_chain_get_cert(chain, NULL, 0));
	REFUSES_NULL(s2n_cert_get_der(NULL, &der, &len));
	REFUSES_NULL(s2n_cert_get_der(&none, NULL, &len));
	REFUSES_NULL(s2n_cert_get_der(&none, &der, NULL));
	ck_assert_ptr_null(s2n_cert_chain_and_key_get_ctx(NULL));
	ck_assert_ptr_null(s2n_cert_chain_and_key_get_private_key(NULL));
	ck_assert_int_eq(s2n_cert_chain_and_key_free(NULL), S2N_SUCCESS);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

static const struct {
	const char *what;
	struct slice extra;
	int code;
} der_cases[] = {
	{ "as sent", { NULL, 0 }, 0 },
	{ "trailing byte", BYTES(0), ERR_DECODE_CERTIFICATE },
	{ "trailing certificate", BYTES(0x30, 0), ERR_DECODE_CERTIFICATE },
};

START_TEST(a_peers_leaf_is_one_certificate_exactly)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	size_t len = leaf->der.len + der_cases[_i].extra.len;
	uint8_t *sent = malloc(len);
	struct slice der[2] = { slice_of(sent, len), middle->der };

	memcpy(sent, leaf->der.data, leaf->der.len);
	if (der_cases[_i].extra.len > 0)
		memcpy(sent + leaf->der.len, der_cases[_i].extra.data,
		    der_cases[_i].extra.len);
	ck_assert_msg(chain_from_der(chain, der, 2) == der_cases[_i].code, "%s",
	    der_cases[_i].what);
	ck_assert_uint_eq(chain->count, der_cases[_i].code == 0 ? 2 : 0);
	s2n_cert_chain_and_key_free(chain);
	free(sent);
}
END_TEST

static const struct {
	const char *type, *curve; /* NULL: without one */
	int code;
	const char *error;
} strange_keys[] = {
	{ "ED448", NULL, ERR_CERT_TYPE, "S2N_ERR_CERT_TYPE_UNSUPPORTED" },
	{ "EC", "P-224", ERR_CERT_CURVE, "S2N_ERR_ECDSA_UNSUPPORTED_CURVE" },
};

START_TEST(a_peers_leaf_needs_a_key_that_we_can_use)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	EVP_PKEY *key =
	    strange_keys[_i].curve != NULL
		? EVP_PKEY_Q_keygen(
		      NULL, NULL, strange_keys[_i].type, strange_keys[_i].curve)
		: EVP_PKEY_Q_keygen(NULL, NULL, strange_keys[_i].type);
	uint8_t *der = NULL;
	struct slice sent;
	X509 *x509 = X509_dup(leaf->x509);
	int len;

	ck_assert_int_eq(X509_set_pubkey(x509, key), 1);
	ck_assert_int_gt(X509_sign(x509, leaf->key, EVP_sha256()), 0);
	ck_assert_int_gt(len = i2d_X509(x509, &der), 0);
	sent = slice_of(der, (size_t)len);
	ck_assert_int_eq(
	    chain_from_der(chain, &sent, 1), strange_keys[_i].code);
	ck_assert_str_eq(s2n_strerror_name(errors_value(strange_keys[_i].code)),
	    strange_keys[_i].error);
	ck_assert_uint_eq(chain->count, 0);
	s2n_cert_chain_and_key_free(chain);
	OPENSSL_free(der);
	X509_free(x509);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(no_certificates_are_no_chain)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct slice empty = NO_BYTES;

	ck_assert_int_eq(
	    chain_from_der(chain, NULL, 0), ERR_DECODE_CERTIFICATE);
	ck_assert_int_eq(
	    chain_from_der(chain, &empty, 1), ERR_DECODE_CERTIFICATE);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(a_copy_outlives_its_original_and_has_no_key)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_cert_chain_and_key *copy = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(
	    load(chain, certs_chain_pem(leaf), leaf->key_pem), S2N_SUCCESS);
	ck_assert_int_eq(chain_copy(copy, chain), 0);
	s2n_cert_chain_and_key_free(chain);
	ck_assert_uint_eq(copy->count, 2);
	ck_assert(slice_equal(
	    slice_of(copy->certs[1].der, copy->certs[1].len), middle->der));
	ck_assert_int_eq(EVP_PKEY_eq(copy->public_key, leaf->key), 1);
	ck_assert_int_eq(copy->kind, KEY_ECDSA);
	ck_assert_uint_eq(copy->name_count, 2);
	ck_assert_ptr_null(copy->key.pkey);
	s2n_cert_chain_and_key_free(copy);
}
END_TEST

static Suite *
chain_suite(void)
{
	Suite *suite = suite_create("chain");
	TCase *tcase = tcase_create("chain");

	tcase_add_unchecked_fixture(tcase, setup, certs_free_all);
	tcase_add_test(
	    tcase, a_loaded_chain_has_certificates_key_kind_and_names);
	tcase_add_loop_test(tcase, every_kind_of_key_loads_and_is_told_apart, 0,
	    (int)COUNT(kind_cases));
	tcase_add_loop_test(tcase,
	    a_load_succeeds_or_leaves_the_chain_empty_and_reusable, 0,
	    (int)COUNT(load_cases));
	tcase_add_test(tcase, a_wrong_order_is_said_in_words);
	tcase_add_test(tcase, a_loaded_chain_is_not_loaded_again);
	tcase_add_test(
	    tcase, a_key_that_does_not_sign_for_its_public_half_is_refused);
	tcase_add_test(tcase, bytes_need_no_end_and_no_key);
	tcase_add_test(tcase, the_getters_give_what_is_there);
	tcase_add_test(tcase, null_is_refused_but_may_be_freed);
	tcase_add_loop_test(tcase, a_peers_leaf_is_one_certificate_exactly, 0,
	    (int)COUNT(der_cases));
	tcase_add_loop_test(tcase, a_peers_leaf_needs_a_key_that_we_can_use, 0,
	    COUNT(strange_keys));
	tcase_add_test(tcase, no_certificates_are_no_chain);
	tcase_add_test(tcase, a_copy_outlives_its_original_and_has_no_key);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(chain_suite)
