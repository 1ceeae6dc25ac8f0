/*
 * Names of failures (core/errors.h) that no test of the part that fails tells:
 * the calls here fail with just this s2n_errno. tests/api/errors.h lists all.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/config.h"
#include "tests/unit/crooked.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/renegotiate.h"

#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}

/* What one side breaks, and what the other calls it. */
/* clang-format off */
static const struct {
	struct crook crook;
	struct peers_spec between; /* version 0: TLS 1.3 */
	const char *error;
} broken[] = {
	{ { "no supported_groups", CLIENT_HELLO, S2N_CLIENT, EXT_DROP, 10, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, 0 },
	    { .slow = false }, "S2N_ERR_MISSING_EXTENSION" },
	{ { "an extension of nobody", SERVER_HELLO, S2N_SERVER, EXT_ADD, 0x1a2a, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	    { .slow = false }, "S2N_ERR_UNSUPPORTED_EXTENSION" },
	{ { "a retry that changes nothing", HELLO_RETRY_REQUEST, S2N_SERVER, EXT_DROP, 51, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	    { .retry = true }, "S2N_ERR_INVALID_HELLO_RETRY" },
	{ { "a scheme that was not offered", CERTIFICATE_VERIFY, S2N_SERVER, PUT, 0, BYTES(2, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	    { .slow = false }, "S2N_ERR_INVALID_SIGNATURE_SCHEME" },
	{ { "a scheme for another key", CERTIFICATE_VERIFY, S2N_SERVER, PUT, 0, BYTES(8, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	    { .slow = false }, "S2N_ERR_INVALID_SIGNATURE_ALGORITHM" },
	{ { "no suite in common", CLIENT_HELLO, S2N_CLIENT, SUITE_LIST, 0, BYTES(0x13, 5), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	    { .slow = false }, "S2N_ERR_CIPHER_NOT_SUPPORTED" },
	{ { "a fallback", CLIENT_HELLO, S2N_CLIENT, SUITE_LIST, 0, BYTES(0x56, 0, 0xc0, 0x09), NOTHING, ALERT_INAPPROPRIATE_FALLBACK, 0 },
	    { .version = S2N_TLS11, .server_most = S2N_TLS12, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA },
	    "S2N_ERR_FALLBACK_DETECTED" },
	{ { "a renegotiation that never was", SERVER_HELLO, S2N_SERVER, EXT_SET, 0xff01, BYTES(1, 9), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	    { .version = S2N_TLS12, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA }, "S2N_ERR_NON_EMPTY_RENEGOTIATION_INFO" },
};
/* clang-format on */

START_TEST(what_a_peer_breaks_has_a_name)
{
	if (broken[_i].between.version == 0)
		crooked_run(&broken[_i].crook);
	else
		crooked_run_between(&broken[_i].crook, &broken[_i].between);
	ck_assert_str_eq(s2n_strerror_name(crooked_error()), broken[_i].error);
}
END_TEST

/* Two whose wishes do not fit, and what each calls it; NULL: the other's alert.
 */
static const struct {
	const char *what;
	s2n_cert_auth_type server, client;
	const char *server_error, *client_error;
} wishes[] = {
	{ "a client that gives no certificate is asked", S2N_CERT_AUTH_REQUIRED,
	    S2N_CERT_AUTH_NONE, NULL, "S2N_ERR_UNEXPECTED_CERT_REQUEST" },
	{ "a client that must be asked is not", S2N_CERT_AUTH_NONE,
	    S2N_CERT_AUTH_REQUIRED, NULL, "S2N_ERR_MISSING_CERT_REQUEST" },
};

START_TEST(wishes_that_do_not_fit_have_a_name)
{
	struct peers peers;

	peers_open(
	    &peers, &(struct peers_spec){ .client_auth = wishes[_i].server });
	ck_assert_int_eq(s2n_connection_set_client_auth_type(
			     peers.client, wishes[_i].client),
	    0);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), wishes[_i].client_error);
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), "S2N_ERR_ALERT");
	peers_close(&peers);
}
END_TEST

/* RFC 8446 4.1.3: a server that could have done better says so in its random.
 */
START_TEST(a_lowered_version_has_a_name)
{
	const struct crook lowered = { "a lowered version", SERVER_HELLO,
		S2N_SERVER, PUT, 2 + 24,
		BYTES('D', 'O', 'W', 'N', 'G', 'R', 'D', 1), NOTHING,
		ALERT_ILLEGAL_PARAMETER, 0 };

	crooked_run_between(
	    &lowered, &(struct peers_spec){ .version = S2N_TLS12,
			  .client_most = S2N_TLS13,
			  .suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA });
	ck_assert_str_eq(s2n_strerror_name(crooked_error()),
	    "S2N_ERR_PROTOCOL_DOWNGRADE_DETECTED");
}
END_TEST

/* A server does not renegotiate: RFC 5246 7.4.1.1. */
START_TEST(a_client_that_wants_another_handshake_has_a_name)
{
	const struct late hello = { "a ClientHello afterwards", S2N_CLIENT, 22,
		BYTES(1, 0, 0, 0), 0, NOTHING, 1, ALERT_NO_RENEGOTIATION };

	crooked_late_between(
	    &hello, &(struct peers_spec){ .version = S2N_TLS12,
			.suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA });
	ck_assert_str_eq(
	    s2n_strerror_name(crooked_error()), "S2N_ERR_NO_RENEGOTIATION");
}
END_TEST

START_TEST(another_fragment_length_than_asked_for_has_a_name)
{
	const struct crook other = { "another length", ENCRYPTED_EXTENSIONS,
		S2N_SERVER, EXT_SET, 1, BYTES(2), NOTHING,
		ALERT_ILLEGAL_PARAMETER, 0 };
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_config_send_max_fragment_length(
			     peers.client_config, S2N_TLS_MAX_FRAG_LEN_512),
	    0);
	ck_assert_int_eq(
	    s2n_config_accept_max_fragment_length(peers.server_config), 0);
	crooked_run_again(&other, &peers);
	ck_assert_str_eq(s2n_strerror_name(crooked_error()),
	    "S2N_ERR_MAX_FRAG_LEN_MISMATCH");
	peers_close(&peers);
}
END_TEST

/* ---- the application's own ---- */

static void
assert_named(int result, const char *error)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), error);
}

START_TEST(misuse_has_a_name)
{
	struct s2n_connection *server = s2n_connection_new(S2N_SERVER);
	struct s2n_connection *client = s2n_connection_new(S2N_CLIENT);
	s2n_blocked_status blocked;
	char name[300] = "";

	memset(name, 'a', sizeof name - 1);
	assert_named(
	    s2n_set_server_name(client, name), "S2N_ERR_SERVER_NAME_TOO_LONG");
	name[255] = '\0';
	ck_assert_int_eq(s2n_set_server_name(client, name), 0);
	assert_named(
	    s2n_set_server_name(server, "a.test"), "S2N_ERR_CLIENT_MODE");
	assert_named(s2n_renegotiate_wipe(server), "S2N_ERR_SERVER_MODE");
	assert_named(s2n_connection_append_protocol_preference(
			 client, (const uint8_t *)"", 0),
	    "S2N_ERR_INVALID_APPLICATION_PROTOCOL");
	assert_named(s2n_negotiate(client, &blocked),
	    "S2N_ERR_CONFIG_NULL_BEFORE_CH_CALLBACK");
	s2n_connection_free(server);
	s2n_connection_free(client);
}
END_TEST

START_TEST(a_config_that_cannot_be_used_has_a_name)
{
	struct s2n_connection *client = s2n_connection_new(S2N_CLIENT);
	const struct certs_cert *certs[] = {
		certs_make(&(struct certs_spec){ .name = "a.test" }),
		certs_make(
		    &(struct certs_spec){ .name = "b.test", .key = CERTS_RSA }),
	};
	struct s2n_cert_chain_and_key *chains[COUNT(certs)], *bare;
	struct s2n_config *config = s2n_config_new_minimal(),
			  *keyless = s2n_config_new_minimal();

	for (size_t i = 0; i < COUNT(certs); i++) {
		chains[i] = s2n_cert_chain_and_key_new();
		ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(chains[i],
				     certs[i]->pem, certs[i]->key_pem),
		    0);
		ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
				     config, chains[i]),
		    0);
	}
	assert_named(s2n_connection_set_config(client, config),
	    "S2N_ERR_TOO_MANY_CERTIFICATES");
	bare = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(s2n_cert_chain_and_key_load_public_pem_bytes(bare,
			     (uint8_t *)(uintptr_t)certs[0]->pem,
			     (uint32_t)strlen(certs[0]->pem)),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_cert_chain_and_key_to_store(keyless, bare), 0);
	assert_named(s2n_connection_set_config(client, keyless),
	    "S2N_ERR_NO_PRIVATE_KEY");
	s2n_connection_free(client);
	s2n_config_free(config);
	s2n_config_free(keyless);
	for (size_t i = 0; i < COUNT(certs); i++)
		s2n_cert_chain_and_key_free(chains[i]);
	s2n_cert_chain_and_key_free(bare);
	certs_free_all();
}
END_TEST

/* Groups of each side, and what the side that finds out calls it. */
static const uint16_t p256[] = { 23 }, p384[] = { 24 };
static const struct {
	const char *what;
	struct number_list client, server;
	const char *client_error, *server_error;
} groups[] = {
	{ "none in common", { p256, 1 }, { p384, 1 }, "S2N_ERR_ALERT",
	    "S2N_ERR_ECDHE_UNSUPPORTED_CURVE" },
	{ "none at all", { p256, 0 }, { p384, 1 },
	    "S2N_ERR_INVALID_CIPHER_PREFERENCES", "S2N_ERR_ALERT" },
};

START_TEST(groups_that_do_not_fit_have_a_name)
{
	struct preference client, server;
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	client = *peers.client_config->preference;
	client.groups = groups[_i].client;
	client.min_version = S2N_TLS13;
	peers.client_config->preference = &client;
	server = *peers.server_config->preference;
	server.groups = server.retry_groups = groups[_i].server;
	peers.server_config->preference = &server;
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), groups[_i].client_error);
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), groups[_i].server_error);
	peers_close(&peers);
}
END_TEST

/* ---- what explains them ---- */

START_TEST(an_error_is_explained)
{
	assert_named(s2n_config_free(NULL), "S2N_ERR_NULL");
	ck_assert_ptr_eq(s2n_errno_location(), &s2n_errno);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_INTERNAL);
	ck_assert_str_eq(s2n_strerror(s2n_errno, "EN"), "an argument is NULL");
	ck_assert_str_eq(s2n_strerror(s2n_errno, "en"), "an argument is NULL");
	ck_assert_str_ne(s2n_strerror(s2n_errno, "FR"), "an argument is NULL");
	ck_assert_ptr_nonnull(strstr(s2n_strerror_source(s2n_errno), ".c:"));
	ck_assert_ptr_nonnull(
	    strstr(s2n_strerror_debug(s2n_errno, NULL), "S2N_ERR_NULL"));
	ck_assert_str_eq(s2n_strerror_name(-5), "unknown error code");
	ck_assert_str_eq(s2n_strerror_name(0), "S2N_ERR_OK");
}
END_TEST

static Suite *
errors_suite(void)
{
	Suite *suite = suite_create("errors");
	TCase *peers = tcase_create("peers");
	TCase *application = tcase_create("application");

	with_library(peers);
	tcase_add_loop_test(
	    peers, what_a_peer_breaks_has_a_name, 0, COUNT(broken));
	tcase_add_loop_test(
	    peers, wishes_that_do_not_fit_have_a_name, 0, COUNT(wishes));
	tcase_add_test(peers, a_lowered_version_has_a_name);
	tcase_add_test(peers, a_client_that_wants_another_handshake_has_a_name);
	tcase_add_test(
	    peers, another_fragment_length_than_asked_for_has_a_name);
	tcase_add_loop_test(
	    peers, groups_that_do_not_fit_have_a_name, 0, COUNT(groups));
	suite_add_tcase(suite, peers);
	with_library(application);
	tcase_add_test(application, misuse_has_a_name);
	tcase_add_test(application, a_config_that_cannot_be_used_has_a_name);
	tcase_add_test(application, an_error_is_explained);
	suite_add_tcase(suite, application);
	return suite;
}

UNIT_MAIN(errors_suite)
