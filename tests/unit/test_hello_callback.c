/*
 * libtls/handshake/hello_callback.c: when the callback runs, and what it can
 * change.
 */
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_PROTOCOL_VERSION 70

/* What a case has the callback do, and what it saw. */
static struct {
	int result;
	unsigned calls;
	struct s2n_config *config; /* to change to */
	const char *policy;        /* to change to */
	bool done;
	char name[64];
} hook;

static int
hello(struct s2n_connection *conn, void *ctx)
{
	const char *name = s2n_get_server_name(conn);

	ck_assert_ptr_eq(ctx, &hook);
	ck_assert_ptr_nonnull(name);
	strcpy(hook.name, name);
	hook.calls++;
	if (hook.config != NULL)
		ck_assert_int_eq(
		    s2n_connection_set_config(conn, hook.config), 0);
	if (hook.policy != NULL)
		ck_assert_int_eq(
		    s2n_connection_set_cipher_preferences(conn, hook.policy),
		    0);
	if (hook.done)
		ck_assert_int_eq(s2n_client_hello_cb_done(conn), 0);
	return hook.result;
}

static void
open_with_hook(struct peers *peers, const struct peers_spec *spec)
{
	memset(&hook, 0, sizeof hook);
	peers_open(peers, spec);
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb(peers->server_config, hello, &hook),
	    0);
}

START_TEST(the_callback_runs_once_and_knows_the_name)
{
	const struct peers_spec specs[] = { { 0 }, { .slow = true },
		{ .retry = true }, { .pending_key = true },
		{ .client_policy = "20170210",
		    .server_policy = "20170210",
		    .key = CERTS_RSA } };
	struct peers peers;

	open_with_hook(&peers, &specs[_i]);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(hook.calls, 1);
	ck_assert_str_eq(hook.name, "localhost");
	peers_close(&peers);
}
END_TEST

START_TEST(another_config_decides_on_version_and_suite)
{
	struct peers peers;
	struct s2n_config *other = s2n_config_new_minimal();

	open_with_hook(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_config_add_cert_chain_and_key_to_store(other, peers.chain), 0);
	ck_assert_int_eq(s2n_config_set_cipher_preferences(
			     other, "ELBSecurityPolicy-TLS-1-2-2017-01"),
	    0);
	hook.config = other;
	hook.result = 1;
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(peers.server),
	    S2N_TLS12);
	ck_assert_str_eq(s2n_connection_get_cipher(peers.server),
	    "ECDHE-ECDSA-AES128-GCM-SHA256");
	peers_close(&peers);
	s2n_config_free(other);
}
END_TEST

START_TEST(another_policy_decides_and_refuses)
{
	static const struct {
		const char *policy;
		bool agreed;
	} cases[] = { { "20240503", true },
		{ "CloudFront-Upstream-TLS-1-3-2025", false } };
	struct peers peers;

	open_with_hook(
	    &peers, &(struct peers_spec){ .client_policy = "20170210",
			.server_policy = "20170210",
			.key = CERTS_RSA });
	hook.policy = cases[_i].policy;
	if (cases[_i].agreed) {
		ck_assert(peers_negotiate(&peers));
		ck_assert_int_eq(
		    s2n_connection_get_actual_protocol_version(peers.client),
		    S2N_TLS12);
	} else {
		ck_assert(!peers_negotiate(&peers));
		ck_assert_str_eq(s2n_strerror_name(peers.server_error),
		    "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED");
		ck_assert_int_eq(s2n_connection_get_alert(peers.client),
		    ALERT_PROTOCOL_VERSION);
	}
	peers_close(&peers);
}
END_TEST

/* Whether the client's wish for short records counts is the config's word. */
START_TEST(another_config_looks_at_the_extensions_anew)
{
	struct peers peers;
	struct s2n_config *other = s2n_config_new_minimal();

	open_with_hook(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_config_send_max_fragment_length(
			     peers.client_config, S2N_TLS_MAX_FRAG_LEN_512),
	    0);
	ck_assert_int_eq(s2n_config_accept_max_fragment_length(
			     _i == 0 ? peers.server_config : other),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_cert_chain_and_key_to_store(other, peers.chain), 0);
	ck_assert_int_eq(
	    s2n_config_set_cipher_preferences(other, "default_tls13"), 0);
	hook.config = other;
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(
	    peers.server->records.fragment_agreed, _i == 0 ? 0 : 512);
	peers_close(&peers);
	s2n_config_free(other);
}
END_TEST

START_TEST(a_refusal_ends_the_handshake)
{
	struct peers peers;

	open_with_hook(&peers, &(struct peers_spec){ 0 });
	hook.result = -1;
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), "S2N_ERR_CANCELLED");
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_HANDSHAKE_FAILURE);
	peers_close(&peers);
}
END_TEST

/* Runs the server until it waits for its callback. */
static void
wait_for_callback(struct peers *peers)
{
	s2n_blocked_status blocked;

	for (int i = 0; i < 100000 && hook.calls == 0; i++) {
		ck_assert_int_ne(s2n_negotiate(peers->client, &blocked), 0);
		ck_assert_int_ne(s2n_negotiate(peers->server, &blocked), 0);
	}
	for (int i = 0; i < 3; i++) {
		ck_assert_int_ne(s2n_negotiate(peers->server, &blocked), 0);
		ck_assert_str_eq(
		    s2n_strerror_name(s2n_errno), "S2N_ERR_ASYNC_BLOCKED");
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_APPLICATION_INPUT);
	}
	ck_assert_uint_eq(hook.calls, 1);
}

START_TEST(a_callback_that_does_not_block_is_waited_for)
{
	struct peers peers;

	open_with_hook(
	    &peers, &(struct peers_spec){ .slow = _i == 1, .retry = _i == 2 });
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb_mode(
		peers.server_config, S2N_CLIENT_HELLO_CB_NONBLOCKING),
	    0);
	wait_for_callback(&peers);
	ck_assert_int_eq(
	    s2n_connection_server_name_extension_used(peers.server), 0);
	ck_assert_int_eq(s2n_client_hello_cb_done(peers.server), 0);
	ck_assert_int_ne(s2n_client_hello_cb_done(peers.server), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(hook.calls, 1);
	peers_close(&peers);
}
END_TEST

START_TEST(it_may_be_done_from_within)
{
	struct peers peers;

	open_with_hook(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb_mode(
		peers.server_config, S2N_CLIENT_HELLO_CB_NONBLOCKING),
	    0);
	hook.done = true;
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(hook.calls, 1);
	peers_close(&peers);
}
END_TEST

START_TEST(wrong_uses_are_refused)
{
	struct peers peers;

	open_with_hook(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_ne(s2n_config_set_client_hello_cb(NULL, hello, NULL), 0);
	ck_assert_int_ne(s2n_config_set_client_hello_cb_mode(
			     NULL, S2N_CLIENT_HELLO_CB_BLOCKING),
	    0);
	ck_assert_int_ne(s2n_config_set_client_hello_cb_mode(
			     peers.server_config, (s2n_client_hello_cb_mode)7),
	    0);
	ck_assert_int_ne(s2n_client_hello_cb_done(NULL), 0);
	ck_assert_int_ne(s2n_client_hello_cb_done(peers.server), 0);
	ck_assert_int_ne(s2n_client_server_name_used(NULL), 0);
	ck_assert_int_ne(s2n_client_server_name_used(peers.server), 0);
	peers_close(&peers);
}
END_TEST

static Suite *
hello_callback_suite(void)
{
	Suite *suite = suite_create("hello_callback");
	TCase *tcase = tcase_create("hello_callback");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, the_callback_runs_once_and_knows_the_name, 0, 5);
	tcase_add_test(tcase, another_config_decides_on_version_and_suite);
	tcase_add_loop_test(tcase, another_policy_decides_and_refuses, 0, 2);
	tcase_add_loop_test(
	    tcase, another_config_looks_at_the_extensions_anew, 0, 2);
	tcase_add_test(tcase, a_refusal_ends_the_handshake);
	tcase_add_loop_test(
	    tcase, a_callback_that_does_not_block_is_waited_for, 0, 3);
	tcase_add_test(tcase, it_may_be_done_from_within);
	tcase_add_test(tcase, wrong_uses_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(hello_callback_suite)
