/*
 * The private-key operation (libtls/handshake/operation.c): done, failed,
 * cancelled, late, wrong, twice, by servers and by clients.
 */
#include <openssl/evp.h>

#include "libtls/state/connection.h"
#include "libtls/unstable/pkey_binding.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

static struct peers peers;
static struct s2n_async_pkey_op *op; /* the last one given to us */
static struct s2n_connection *op_conn;
static unsigned ops;
static int callback_result;
static s2n_async_pkey_validation_mode validation;
static s2n_blocked_status blocked;

static int
keep(struct s2n_connection *conn, struct s2n_async_pkey_op *new_op)
{
	op = new_op;
	op_conn = conn;
	ops++;
	return callback_result;
}

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
	op = NULL;
	op_conn = NULL;
	ops = 0;
	callback_result = S2N_SUCCESS;
	validation = S2N_ASYNC_PKEY_VALIDATION_FAST;
}

static void
teardown(void)
{
	if (op != NULL)
		ck_assert_int_eq(s2n_async_pkey_op_free(op), 0);
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static void
assert_error(ssize_t result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

static struct s2n_config *
config_of(s2n_mode signer)
{
	return signer == S2N_SERVER ? peers.server_config : peers.client_config;
}

/* Both sides, until neither gets on. */
static void
turns(void)
{
	for (int i = 0; i < 6; i++) {
		(void)s2n_negotiate(peers.client, &blocked);
		(void)s2n_negotiate(peers.server, &blocked);
	}
}

/* As far as the signature of one side, which waits for us. */
static struct s2n_connection *
open_pending(s2n_mode signer, enum certs_key key)
{
	/* Nobody else signs with it. */
	const char *policy = key == CERTS_ED25519 ? "sallyport_ed25519" : NULL;
	const struct peers_spec spec = { .key = key,
		.client_policy = policy,
		.server_policy = policy,
		.client_auth = signer == S2N_CLIENT ? S2N_CERT_AUTH_REQUIRED
						    : S2N_CERT_AUTH_NONE,
		.client_cert = true };

	peers_open(&peers, &spec);
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(config_of(signer), keep), 0);
	ck_assert_int_eq(s2n_config_set_async_pkey_validation_mode(
			     config_of(signer), validation),
	    0);
	turns();
	ck_assert_uint_eq(ops, 1);
	ck_assert_ptr_eq(
	    op_conn, signer == S2N_SERVER ? peers.server : peers.client);
	assert_error(s2n_negotiate(op_conn, &blocked), "S2N_ERR_ASYNC_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_APPLICATION_INPUT);
	return op_conn;
}

static s2n_cert_private_key *
own_key(void)
{
	return s2n_cert_chain_and_key_get_private_key(
	    s2n_connection_get_selected_cert(op_conn));
}

static void
assert_through(void)
{
	turns();
	ck_assert_uint_eq(ops, 1);
	ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), 0);
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), 0);
	peers_transfer(peers.client, peers.server, 100);
	peers_transfer(peers.server, peers.client, 100);
}

/* The signer fails for good, and its peer is told internal_error. */
static void
assert_ended(const char *name)
{
	struct s2n_connection *peer =
	    op_conn == peers.server ? peers.client : peers.server;
	uint8_t one;

	assert_error(s2n_negotiate(op_conn, &blocked), name);
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
	assert_error(s2n_negotiate(op_conn, &blocked), "S2N_ERR_CLOSED");
	if (s2n_negotiate(peer, &blocked) == 0)
		assert_error(
		    s2n_recv(peer, &one, 1, &blocked), "S2N_ERR_ALERT");
	ck_assert_int_eq(s2n_connection_get_alert(peer), ALERT_INTERNAL_ERROR);
}

/* ---- the ordinary ways ---- */

static const struct {
	const char *what;
	s2n_mode signer;
	enum certs_key key;
	uint16_t scheme;
	uint32_t digest;
} ways[] = {
	{ "a server's P-256", S2N_SERVER, CERTS_P256, 0x0403, 32 },
	{ "a server's P-384", S2N_SERVER, CERTS_P384, 0x0503, 48 },
	{ "a server's P-521", S2N_SERVER, CERTS_P521, 0x0603, 64 },
	{ "a server's RSA", S2N_SERVER, CERTS_RSA, 0x0804, 32 },
	{ "a server's RSA-PSS", S2N_SERVER, CERTS_RSA_PSS, 0x0809, 32 },
	/* the whole content: 64 spaces, the context, the hash */
	{ "a server's Ed25519", S2N_SERVER, CERTS_ED25519, 0x0807, 130 },
	{ "a client's Ed25519", S2N_CLIENT, CERTS_ED25519, 0x0807, 130 },
	{ "a client's P-256", S2N_CLIENT, CERTS_P256, 0x0403, 32 },
	{ "a client's RSA", S2N_CLIENT, CERTS_RSA, 0x0804, 32 },
};

START_TEST(performed_and_applied_it_goes_on)
{
	struct s2n_connection *conn =
	    open_pending(ways[_i].signer, ways[_i].key);

	assert_error(
	    s2n_async_pkey_op_apply(op, conn), "S2N_ERR_ASYNC_NOT_PERFORMED");
	ck_assert_int_eq(s2n_async_pkey_op_perform(op, own_key()), 0);
	assert_error(s2n_async_pkey_op_perform(op, own_key()),
	    "S2N_ERR_ASYNC_ALREADY_PERFORMED");
	/* Not before it is applied. */
	assert_error(s2n_negotiate(conn, &blocked), "S2N_ERR_ASYNC_BLOCKED");
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	assert_error(
	    s2n_async_pkey_op_apply(op, conn), "S2N_ERR_ASYNC_ALREADY_APPLIED");
	assert_error(s2n_async_pkey_op_set_output(op, (const uint8_t *)"x", 1),
	    "S2N_ERR_ASYNC_ALREADY_APPLIED");
	assert_error(
	    s2n_async_pkey_op_cancel(op), "S2N_ERR_ASYNC_ALREADY_APPLIED");
	assert_through();
}
END_TEST

START_TEST(its_parts_tell_what_is_signed)
{
	static const char *const contexts[] = {
		[S2N_SERVER] = "TLS 1.3, server CertificateVerify",
		[S2N_CLIENT] = "TLS 1.3, client CertificateVerify",
	};
	uint8_t input[130], content[64 + 34 + 64], hash[130];
	s2n_mode signer = ways[_i].signer;
	struct s2n_pkey_binding binding;
	s2n_async_pkey_op_type type;
	uint16_t scheme = 0;
	uint32_t size = 0;

	open_pending(signer, ways[_i].key);
	ck_assert_int_eq(s2n_async_pkey_op_get_op_type(op, &type), 0);
	ck_assert_int_eq(type, S2N_ASYNC_SIGN);
	ck_assert_int_eq(
	    s2n_async_pkey_op_get_signature_scheme(op, &scheme), 0);
	ck_assert_uint_eq(scheme, ways[_i].scheme);
	ck_assert_int_eq(s2n_async_pkey_op_get_input_size(op, &size), 0);
	ck_assert_uint_eq(size, ways[_i].digest);
	assert_error(
	    s2n_async_pkey_op_get_input(op, input, size - 1), "S2N_ERR_SAFETY");
	ck_assert_int_eq(s2n_async_pkey_op_get_input(op, input, size), 0);
	ck_assert_int_eq(s2n_async_pkey_op_get_binding(op, &binding), 0);
	ck_assert_int_eq(binding.type, signer == S2N_SERVER
					   ? S2N_PKEY_BINDING_TLS13_SERVER
					   : S2N_PKEY_BINDING_TLS13_CLIENT);
	ck_assert_int_eq(
	    binding.transcript_hash_algorithm, S2N_TLS_HASH_SHA256);
	ck_assert_uint_eq(binding.transcript_hash_length, 32);
	/* RFC 8446 4.4.3, made by hand from the parts. */
	memset(content, ' ', 64);
	memcpy(content + 64, contexts[signer], 34);
	memcpy(content + 98, binding.transcript_hash, 32);
	memcpy(hash, content, 130);
	if (size != 130)
		ck_assert_int_eq(EVP_Digest(content, 130, hash, NULL,
				     size == 32   ? EVP_sha256()
				     : size == 48 ? EVP_sha384()
						  : EVP_sha512(),
				     NULL),
		    1);
	ck_assert_msg(memcmp(hash, input, size) == 0, "%s", ways[_i].what);
}
END_TEST

/* The output of one operation, to be set as that of another. */
static uint32_t
sign_outside(uint8_t signature[512])
{
	struct s2n_cert_chain_and_key *chain =
	    s2n_connection_get_selected_cert(op_conn);
	const struct scheme *scheme;
	uint8_t input[256];
	size_t len = 512;
	uint16_t number;
	uint32_t size;

	ck_assert_int_eq(
	    s2n_async_pkey_op_get_signature_scheme(op, &number), 0);
	scheme = scheme_find(number);
	ck_assert_int_eq(s2n_async_pkey_op_get_input_size(op, &size), 0);
	ck_assert_int_eq(
	    s2n_async_pkey_op_get_input(op, input, sizeof input), 0);
	ck_assert_int_eq(scheme_sign(scheme, chain->key.pkey,
			     slice_of(input, size), signature, &len),
	    0);
	return (uint32_t)len;
}

START_TEST(an_output_set_from_outside_is_as_good)
{
	struct s2n_connection *conn;
	uint8_t signature[512];
	uint32_t len;

	validation = S2N_ASYNC_PKEY_VALIDATION_STRICT;
	conn = open_pending(ways[_i].signer, ways[_i].key);
	len = sign_outside(signature);
	/* It may be set again until it is applied. */
	ck_assert_int_eq(s2n_async_pkey_op_set_output(op, signature, 9), 0);
	ck_assert_int_eq(s2n_async_pkey_op_set_output(op, signature, len), 0);
	assert_error(s2n_async_pkey_op_perform(op, own_key()),
	    "S2N_ERR_ASYNC_ALREADY_PERFORMED");
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	assert_through();
}
END_TEST

static int
at_once(struct s2n_connection *conn, struct s2n_async_pkey_op *new_op)
{
	keep(conn, new_op);
	ck_assert_int_eq(s2n_async_pkey_op_perform(op, own_key()), 0);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	ck_assert_int_eq(s2n_async_pkey_op_free(op), 0);
	op = NULL;
	return S2N_SUCCESS;
}

START_TEST(it_may_be_done_within_the_callback)
{
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(peers.server_config, at_once),
	    0);
	assert_through();
}
END_TEST

/* ---- failures, for each role ---- */

#define ROLE ((s2n_mode)_i)

START_TEST(a_wrong_output_fails_under_strict_validation)
{
	struct s2n_connection *conn;

	validation = S2N_ASYNC_PKEY_VALIDATION_STRICT;
	conn = open_pending(ROLE, CERTS_P256);
	ck_assert_int_eq(
	    s2n_async_pkey_op_set_output(op, (const uint8_t *)"garbage", 7), 0);
	assert_error(
	    s2n_async_pkey_op_apply(op, conn), "S2N_ERR_VERIFY_SIGNATURE");
	assert_error(
	    s2n_async_pkey_op_apply(op, conn), "S2N_ERR_ASYNC_ALREADY_APPLIED");
	assert_ended("S2N_ERR_VERIFY_SIGNATURE");
}
END_TEST

/* FAST does not look: the peer does. */
START_TEST(a_wrong_output_is_the_peers_to_refuse_otherwise)
{
	struct s2n_connection *conn = open_pending(ROLE, CERTS_P256);
	struct s2n_connection *peer =
	    conn == peers.server ? peers.client : peers.server;

	ck_assert_int_eq(
	    s2n_async_pkey_op_set_output(op, (const uint8_t *)"garbage", 7), 0);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	(void)s2n_negotiate(conn, &blocked);
	assert_error(s2n_negotiate(peer, &blocked), "S2N_ERR_VERIFY_SIGNATURE");
}
END_TEST

START_TEST(an_operation_set_to_failed_ends_the_handshake)
{
	struct s2n_connection *conn = open_pending(ROLE, CERTS_P256);

	ck_assert_int_eq(s2n_async_pkey_op_set_error(op), 0);
	assert_error(s2n_async_pkey_op_set_error(op), "S2N_ERR_INVALID_STATE");
	assert_error(
	    s2n_async_pkey_op_perform(op, own_key()), "S2N_ERR_INVALID_STATE");
	assert_error(s2n_async_pkey_op_set_output(op, (const uint8_t *)"x", 1),
	    "S2N_ERR_INVALID_STATE");
	/* It waits until it is applied. */
	assert_error(s2n_negotiate(conn, &blocked), "S2N_ERR_ASYNC_BLOCKED");
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	assert_ended("S2N_ERR_ASYNC_CALLBACK_FAILED");
}
END_TEST

START_TEST(a_performed_operation_cannot_be_set_to_failed)
{
	struct s2n_connection *conn = open_pending(ROLE, CERTS_P256);

	ck_assert_int_eq(s2n_async_pkey_op_perform(op, own_key()), 0);
	assert_error(
	    s2n_async_pkey_op_set_error(op), "S2N_ERR_ASYNC_ALREADY_PERFORMED");
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	assert_through();
}
END_TEST

START_TEST(a_cancelled_operation_ends_the_handshake)
{
	struct s2n_connection *conn =
	    open_pending((s2n_mode)(_i % 2), CERTS_P256);

	/* Whether it was performed or not. */
	if (_i >= 2)
		ck_assert_int_eq(s2n_async_pkey_op_perform(op, own_key()), 0);
	ck_assert_int_eq(s2n_async_pkey_op_cancel(op), 0);
	ck_assert_int_eq(s2n_async_pkey_op_cancel(op), 0);
	assert_error(
	    s2n_async_pkey_op_perform(op, own_key()), "S2N_ERR_INVALID_STATE");
	assert_error(
	    s2n_async_pkey_op_apply(op, conn), "S2N_ERR_INVALID_STATE");
	assert_ended("S2N_ERR_ASYNC_CALLBACK_FAILED");
}
END_TEST

START_TEST(a_callback_that_fails_ends_the_handshake)
{
	peers_open(&peers, &(struct peers_spec){ 0 });
	callback_result = S2N_FAILURE;
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(peers.server_config, keep), 0);
	(void)s2n_negotiate(peers.client, &blocked);
	assert_error(s2n_negotiate(peers.server, &blocked),
	    "S2N_ERR_ASYNC_CALLBACK_FAILED");
	/* There is nothing to blind in that. */
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), 0);
	assert_error(s2n_negotiate(peers.client, &blocked), "S2N_ERR_ALERT");
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_INTERNAL_ERROR);
}
END_TEST

/* The wrong key is found out before a peer could see it. */
START_TEST(a_signature_of_another_key_fails_if_we_verify)
{
	struct s2n_connection *conn;

	peers_open(&peers, &(struct peers_spec){ .client_cert = true });
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(peers.server_config, keep), 0);
	ck_assert_int_eq(s2n_config_set_verify_after_sign(peers.server_config,
			     S2N_VERIFY_AFTER_SIGN_ENABLED),
	    0);
	turns();
	conn = op_conn;
	ck_assert_int_eq(
	    s2n_async_pkey_op_set_output(
		op, (const uint8_t *)"\x30\x06\x02\x01\x01\x02\x01\x01", 8),
	    0);
	assert_error(
	    s2n_async_pkey_op_apply(op, conn), "S2N_ERR_VERIFY_SIGNATURE");
	assert_ended("S2N_ERR_VERIFY_SIGNATURE");
}
END_TEST

/* ---- lives ---- */

START_TEST(an_operation_outlives_its_connection)
{
	uint8_t input[64];

	open_pending(ROLE, CERTS_P256);
	/* Freed, or only wiped. */
	if (_i == S2N_SERVER) {
		ck_assert_int_eq(s2n_connection_free(peers.server), 0);
		peers.server = s2n_connection_new(S2N_SERVER);
	} else {
		ck_assert_int_eq(s2n_connection_wipe(peers.client), 0);
	}
	ck_assert_int_eq(s2n_async_pkey_op_get_input(op, input, 64), 0);
	assert_error(s2n_async_pkey_op_perform(op,
			 s2n_cert_chain_and_key_get_private_key(peers.chain)),
	    "S2N_ERR_INVALID_STATE");
	assert_error(s2n_async_pkey_op_set_output(op, input, 32),
	    "S2N_ERR_INVALID_STATE");
	assert_error(s2n_async_pkey_op_set_error(op), "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(s2n_async_pkey_op_cancel(op), 0);
	assert_error(s2n_async_pkey_op_apply(
			 op, _i == S2N_SERVER ? peers.server : peers.client),
	    "S2N_ERR_ASYNC_WRONG_CONNECTION");
}
END_TEST

START_TEST(a_connection_outlives_its_operation)
{
	struct s2n_connection *conn = open_pending(ROLE, CERTS_P256);

	ck_assert_int_eq(s2n_async_pkey_op_free(op), 0);
	op = NULL;
	assert_error(s2n_negotiate(conn, &blocked), "S2N_ERR_ASYNC_BLOCKED");
	ck_assert_uint_eq(ops, 1);
}
END_TEST

START_TEST(another_connection_takes_no_operation)
{
	struct s2n_connection *conn = open_pending(ROLE, CERTS_P256);
	struct s2n_connection *peer =
	    conn == peers.server ? peers.client : peers.server;
	struct s2n_connection *fresh = s2n_connection_new(S2N_SERVER);

	ck_assert_int_eq(s2n_async_pkey_op_perform(op, own_key()), 0);
	assert_error(s2n_async_pkey_op_apply(op, peer),
	    "S2N_ERR_ASYNC_WRONG_CONNECTION");
	assert_error(s2n_async_pkey_op_apply(op, fresh),
	    "S2N_ERR_ASYNC_WRONG_CONNECTION");
	s2n_connection_free(fresh);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	assert_through();
}
END_TEST

START_TEST(wrong_arguments_are_errors)
{
	struct s2n_connection *conn = open_pending(S2N_SERVER, CERTS_P256);
	struct s2n_pkey_binding binding;
	s2n_async_pkey_op_type type;
	uint8_t byte = 0;
	uint16_t number;
	uint32_t size;

	assert_error(
	    s2n_async_pkey_op_perform(NULL, own_key()), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_perform(op, NULL), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_apply(NULL, conn), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_apply(op, NULL), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_free(NULL), "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_get_op_type(NULL, &type), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_get_op_type(op, NULL), "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_get_input_size(NULL, &size), "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_get_input_size(op, NULL), "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_get_input(NULL, &byte, 1), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_get_input(op, NULL, 64), "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_set_output(NULL, &byte, 1), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_set_output(op, NULL, 1), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_set_output(op, &byte, 0),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(s2n_async_pkey_op_set_output(op, &byte, 1025),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(s2n_async_pkey_op_get_signature_scheme(NULL, &number),
	    "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_get_signature_scheme(op, NULL), "S2N_ERR_NULL");
	assert_error(
	    s2n_async_pkey_op_get_binding(NULL, &binding), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_get_binding(op, NULL), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_set_error(NULL), "S2N_ERR_NULL");
	assert_error(s2n_async_pkey_op_cancel(NULL), "S2N_ERR_NULL");
	/* None of it has harmed the operation. */
	ck_assert_int_eq(s2n_async_pkey_op_perform(op, own_key()), 0);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, conn), 0);
	assert_through();
}
END_TEST

static Suite *
pkey_op_suite(void)
{
	Suite *suite = suite_create("pkey_op");
	TCase *tcase = tcase_create("pkey_op");
	int count = (int)COUNT(ways);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, performed_and_applied_it_goes_on, 0, count);
	tcase_add_loop_test(tcase, its_parts_tell_what_is_signed, 0, count);
	tcase_add_loop_test(
	    tcase, an_output_set_from_outside_is_as_good, 0, count);
	tcase_add_test(tcase, it_may_be_done_within_the_callback);
	tcase_add_loop_test(
	    tcase, a_wrong_output_fails_under_strict_validation, 0, 2);
	tcase_add_loop_test(
	    tcase, a_wrong_output_is_the_peers_to_refuse_otherwise, 0, 2);
	tcase_add_loop_test(
	    tcase, an_operation_set_to_failed_ends_the_handshake, 0, 2);
	tcase_add_loop_test(
	    tcase, a_performed_operation_cannot_be_set_to_failed, 0, 2);
	tcase_add_loop_test(
	    tcase, a_cancelled_operation_ends_the_handshake, 0, 4);
	tcase_add_test(tcase, a_callback_that_fails_ends_the_handshake);
	tcase_add_test(tcase, a_signature_of_another_key_fails_if_we_verify);
	tcase_add_loop_test(tcase, an_operation_outlives_its_connection, 0, 2);
	tcase_add_loop_test(tcase, a_connection_outlives_its_operation, 0, 2);
	tcase_add_loop_test(tcase, another_connection_takes_no_operation, 0, 2);
	tcase_add_test(tcase, wrong_arguments_are_errors);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(pkey_op_suite)
