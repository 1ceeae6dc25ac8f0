/*
 * What the library asks of a key is what keyd does: whole handshakes of each
 * version and key exchange, with client certificates, whose every private-key
 * operation is keyd's, from the parts in its binding.
 */
#include <openssl/pem.h>

#include "keyd/decrypter.h"
#include "keyd/signer.h"
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "unstable/pkey_binding.h"

static struct peers peers;
static unsigned seen[6]; /* by type of binding */
static uint8_t output[KEYPROTO_SIGNATURE_MAX];
static size_t output_len;

static enum keyproto_status
sign13(EVP_PKEY *key, uint16_t scheme, const struct s2n_pkey_binding *what)
{
	const struct keyproto_sign sign = { .scheme = scheme,
		.hash = what->transcript_hash_length == 48 ? KEYPROTO_SHA384
							   : KEYPROTO_SHA256,
		.transcript = slice_of(
		    what->transcript_hash, what->transcript_hash_length) };

	return signer_sign(key,
	    what->type == S2N_PKEY_BINDING_TLS13_SERVER ? KEYPROTO_SERVER
							: KEYPROTO_CLIENT,
	    KEYPROTO_SIGN13, &sign, output, &output_len);
}

static enum keyproto_status
sign12(EVP_PKEY *key, uint16_t scheme, const struct s2n_pkey_binding *what)
{
	const struct keyproto_sign sign = { .scheme = scheme,
		.client_random = slice_of(what->client_random, 32),
		.server_random = slice_of(what->server_random, 32),
		.parameters =
		    slice_of(what->parameters, what->parameters_length) };

	return signer_sign(
	    key, KEYPROTO_SERVER, KEYPROTO_SIGN12, &sign, output, &output_len);
}

static enum keyproto_status
sign12cv(EVP_PKEY *key, uint16_t scheme, const struct s2n_pkey_binding *what)
{
	const struct keyproto_sign sign = { .scheme = scheme,
		.messages = slice_of(what->messages, what->messages_length) };

	ck_assert_uint_le(what->messages_length, KEYPROTO_MESSAGES_MAX);
	return signer_sign(key, KEYPROTO_CLIENT, KEYPROTO_SIGN12CV, &sign,
	    output, &output_len);
}

static enum keyproto_status
premaster(EVP_PKEY *key, const struct s2n_pkey_binding *what)
{
	const struct keyproto_sign asked = { .version = what->client_version,
		.ciphertext =
		    slice_of(what->ciphertext, what->ciphertext_length) };

	output_len = KEYPROTO_PREMASTER_SIZE;
	return decrypter_premaster(key, &asked, output);
}

/* The key callback of both sides. */
static int
ask_keyd(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	EVP_PKEY *key = s2n_connection_get_selected_cert(conn)->key.pkey;
	enum keyproto_status status = KEYPROTO_UNSUPPORTED;
	struct s2n_pkey_binding what;
	uint16_t scheme = 0;

	ck_assert_int_eq(s2n_async_pkey_op_get_binding(op, &what), 0);
	if (what.type != S2N_PKEY_BINDING_RSA_PREMASTER)
		ck_assert_int_eq(
		    s2n_async_pkey_op_get_signature_scheme(op, &scheme), 0);
	seen[what.type]++;
	output_len = sizeof output;
	switch (what.type) {
	case S2N_PKEY_BINDING_TLS13_SERVER:
	case S2N_PKEY_BINDING_TLS13_CLIENT:
		status = sign13(key, scheme, &what);
		break;
	case S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE:
		status = sign12(key, scheme, &what);
		break;
	case S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY:
		status = sign12cv(key, scheme, &what);
		break;
	case S2N_PKEY_BINDING_RSA_PREMASTER:
		status = premaster(key, &what);
		break;
	case S2N_PKEY_BINDING_NONE:
		break;
	}
	ck_assert_msg(status == KEYPROTO_OK, "type %d, scheme %#x: %s",
	    (int)what.type, scheme, keyproto_status_name(status));
	ck_assert_int_eq(
	    s2n_async_pkey_op_set_output(op, output, (uint32_t)output_len), 0);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	return s2n_async_pkey_op_free(op);
}

static void
add_dhparams(struct s2n_config *config)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *group = NULL;
	char *pem;

	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_ctrl_str(ctx, "group", "ffdhe2048"), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &group), 1);
	ck_assert_int_eq(PEM_write_bio_Parameters(bio, group), 1);
	ck_assert_int_eq(BIO_write(bio, "", 1), 1);
	ck_assert_int_gt(BIO_get_mem_data(bio, &pem), 0);
	ck_assert_int_eq(s2n_config_add_dhparams(config, pem), 0);
	EVP_PKEY_free(group);
	EVP_PKEY_CTX_free(ctx);
	BIO_free(bio);
}

#define SERVER13 S2N_PKEY_BINDING_TLS13_SERVER
#define CLIENT13 S2N_PKEY_BINDING_TLS13_CLIENT
#define EXCHANGE S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE
#define VERIFY S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY
#define PREMASTER S2N_PKEY_BINDING_RSA_PREMASTER
#define NOTHING S2N_PKEY_BINDING_NONE

static const struct {
	uint8_t version;
	uint16_t suite;
	enum certs_key key;
	s2n_pkey_binding_type server, client; /* NOTHING: no certificate */
} cases[] = {
	{ S2N_TLS13, TLS_AES_128_GCM_SHA256, CERTS_P256, SERVER13, CLIENT13 },
	{ S2N_TLS13, TLS_AES_256_GCM_SHA384, CERTS_RSA, SERVER13, CLIENT13 },
	{ S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CERTS_P256,
	    EXCHANGE, VERIFY },
	{ S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CERTS_P384,
	    EXCHANGE, VERIFY },
	{ S2N_TLS13, TLS_AES_128_GCM_SHA256, CERTS_ED25519, SERVER13,
	    CLIENT13 },
	{ S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CERTS_ED25519,
	    EXCHANGE, VERIFY },
	{ S2N_TLS12, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CERTS_RSA, EXCHANGE,
	    VERIFY },
	{ S2N_TLS12, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CERTS_RSA_PSS,
	    EXCHANGE, VERIFY },
	{ S2N_TLS12, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, CERTS_RSA, EXCHANGE,
	    VERIFY },
	{ S2N_TLS12, TLS_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, PREMASTER,
	    VERIFY },
	{ S2N_TLS11, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, CERTS_P256, EXCHANGE,
	    VERIFY },
	{ S2N_TLS11, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, EXCHANGE,
	    VERIFY },
	{ S2N_TLS11, TLS_DHE_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, EXCHANGE,
	    VERIFY },
	{ S2N_TLS11, TLS_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, PREMASTER,
	    VERIFY },
	{ S2N_TLS10, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, CERTS_P256, EXCHANGE,
	    VERIFY },
	{ S2N_TLS10, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, EXCHANGE,
	    VERIFY },
	{ S2N_TLS10, TLS_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, PREMASTER,
	    VERIFY },
	{ S2N_SSLv3, TLS_DHE_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, EXCHANGE,
	    NOTHING },
	{ S2N_SSLv3, TLS_RSA_WITH_AES_128_CBC_SHA, CERTS_RSA, PREMASTER,
	    NOTHING },
};

START_TEST(each_handshake_is_done_with_keyds_operations)
{
	bool asked = cases[_i].client != NOTHING;
	const struct peers_spec spec = { .server_policy = "test_all",
		.client_policy = "test_all",
		.version = cases[_i].version,
		.suite = cases[_i].suite,
		.key = cases[_i].key,
		.client_auth =
		    asked ? S2N_CERT_AUTH_REQUIRED : S2N_CERT_AUTH_NONE,
		.client_cert = asked };

	peers_open(&peers, &spec);
	add_dhparams(peers.server_config);
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(peers.server_config, ask_keyd),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(peers.client_config, ask_keyd),
	    0);
	ck_assert_msg(peers_negotiate(&peers), "%s, %s",
	    s2n_strerror_name(peers.server_error),
	    s2n_strerror_name(peers.client_error));
	ck_assert_uint_eq(seen[cases[_i].server], 1);
	ck_assert_uint_eq(seen[cases[_i].client], asked);
	peers_transfer(peers.client, peers.server, 100);
	peers_transfer(peers.server, peers.client, 100);
	peers_close(&peers);
}
END_TEST

static void
start(void)
{
	ck_assert_int_eq(s2n_init(), 0);
	ck_assert(decrypter_start());
}

static void
end(void)
{
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static Suite *
bindings_suite(void)
{
	Suite *suite = suite_create("bindings");
	TCase *tcase = tcase_create("bindings");

	tcase_add_checked_fixture(tcase, start, end);
	tcase_add_loop_test(tcase, each_handshake_is_done_with_keyds_operations,
	    0, (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(bindings_suite)
