/*
 * libtls/handshake/offload.c: the peer's signature verified by the application,
 * at once, later, in another thread, wrongly and never.
 */
#include <pthread.h>

#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/crooked.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/async_offload.h"

static struct s2n_async_offload_op *offered[2]; /* by s2n_mode */
static unsigned offers;

static int
keep(struct s2n_connection *conn, struct s2n_async_offload_op *op, void *ctx)
{
	s2n_mode mode = s2n_connection_get_mode(conn);

	ck_assert_ptr_eq(ctx, &offers);
	ck_assert_ptr_null(offered[mode]);
	offered[mode] = op;
	offers++;
	return 0;
}

static int
perform(struct s2n_connection *conn, struct s2n_async_offload_op *op, void *ctx)
{
	(void)conn;
	ck_assert_ptr_eq(ctx, &offers);
	ck_assert_int_eq(s2n_async_offload_op_perform(op), 0);
	ck_assert_int_lt(s2n_async_offload_op_perform(op), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_ASYNC_ALREADY_PERFORMED");
	offers++;
	return 0;
}

static int
refuse(struct s2n_connection *conn, struct s2n_async_offload_op *op, void *ctx)
{
	(void)conn;
	(void)op;
	(void)ctx;
	return -1;
}

static void
offer(struct peers *peers, uint32_t allowed, s2n_async_offload_cb fn)
{
	offers = 0;
	memset(offered, 0, sizeof offered);
	ck_assert_int_eq(s2n_config_set_async_offload_callback(
			     peers->client_config, allowed, fn, &offers),
	    0);
	ck_assert_int_eq(s2n_config_set_async_offload_callback(
			     peers->server_config, allowed, fn, &offers),
	    0);
}

static void *
in_thread(void *op)
{
	ck_assert_int_eq(s2n_async_offload_op_perform(op), 0);
	return NULL;
}

static void
perform_in_thread(struct s2n_async_offload_op *op)
{
	pthread_t id;

	ck_assert_int_eq(pthread_create(&id, NULL, in_thread, op), 0);
	ck_assert_int_eq(pthread_join(id, NULL), 0);
}

/* One turn; 1 done, 0 waiting, -1 failed. */
static int
turn(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	if (s2n_negotiate(conn, blocked) == 0)
		return 1;
	return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED ? 0 : -1;
}

/* Both, with what is offered performed by another thread three turns later. */
static bool
negotiate_slowly(struct peers *peers)
{
	struct s2n_connection *sides[] = { peers->server, peers->client };
	s2n_blocked_status blocked;
	int done[2] = { 0, 0 }, waited[2] = { 0, 0 };

	for (int i = 0; i < 100 && !(done[0] == 1 && done[1] == 1); i++) {
		for (int side = 0; side < 2; side++) {
			if (done[side] == 1)
				continue;
			if ((done[side] = turn(sides[side], &blocked)) < 0)
				return false;
			if (offered[side] == NULL)
				continue;
			ck_assert_int_eq(
			    blocked, S2N_BLOCKED_ON_APPLICATION_INPUT);
			ck_assert_str_eq(s2n_strerror_name(s2n_errno),
			    "S2N_ERR_ASYNC_BLOCKED");
			if (++waited[side] < 3)
				continue;
			perform_in_thread(offered[side]);
			offered[side] = NULL;
		}
	}
	return done[0] == 1 && done[1] == 1;
}

/* clang-format off */
static const struct {
	const char *what;
	struct peers_spec spec;
	unsigned offers; /* signatures that somebody verifies */
} cases[] = {
	{ "TLS 1.3", { .key = CERTS_P256 }, 1 },
	{ "TLS 1.3, both", { .key = CERTS_RSA, .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true }, 2 },
	{ "TLS 1.2", { .version = S2N_TLS12, .suite = TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, .key = CERTS_RSA }, 1 },
	{ "TLS 1.2, both", { .version = S2N_TLS12, .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	    .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true }, 2 },
	{ "TLS 1.0, both", { .version = S2N_TLS10, .suite = TLS_DHE_RSA_WITH_AES_128_CBC_SHA, .key = CERTS_RSA,
	    .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true }, 2 },
	{ "RSA key exchange: none", { .version = S2N_TLS12, .suite = TLS_RSA_WITH_AES_128_GCM_SHA256, .key = CERTS_RSA }, 0 },
};
/* clang-format on */

START_TEST(a_signature_is_verified_by_the_application)
{
	struct peers_spec spec = cases[_i].spec;
	struct peers peers;

	for (int slow = 0; slow < 2; slow++) {
		spec.slow = slow == 1;
		peers_open(&peers, &spec);
		offer(&peers, S2N_ASYNC_OFFLOAD_ALLOW_ALL, perform);
		ck_assert_msg(peers_negotiate(&peers), "%s", cases[_i].what);
		ck_assert_uint_eq(offers, cases[_i].offers);
		peers_transfer(peers.client, peers.server, 1000);
		peers_close(&peers);
	}
}
END_TEST

START_TEST(a_signature_is_verified_later_by_another_thread)
{
	struct peers peers;

	peers_open(&peers, &cases[_i].spec);
	offer(&peers, S2N_ASYNC_OFFLOAD_PKEY_VERIFY, keep);
	ck_assert_msg(negotiate_slowly(&peers), "%s", cases[_i].what);
	ck_assert_uint_eq(offers, cases[_i].offers);
	peers_transfer(peers.server, peers.client, 1000);
	peers_close(&peers);
}
END_TEST

START_TEST(what_is_not_on_the_list_is_done_at_once)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	if (_i == 0)
		offer(&peers, ~(uint32_t)S2N_ASYNC_OFFLOAD_PKEY_VERIFY, keep);
	else
		offer(&peers, S2N_ASYNC_OFFLOAD_ALLOW_ALL, NULL);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(offers, 0);
	ck_assert_int_lt(s2n_config_set_async_offload_callback(
			     NULL, S2N_ASYNC_OFFLOAD_ALLOW_ALL, keep, NULL),
	    0);
	ck_assert_int_lt(s2n_async_offload_op_perform(NULL), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_wrong_signature_ends_the_handshake)
{
	const struct crook wrong = { "a wrong signature", CERTIFICATE_VERIFY,
		S2N_SERVER, FLIP_END, 0, { NULL, 0 }, { NULL, 0 },
		ALERT_DECRYPT_ERROR, 0 };
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	offer(&peers, S2N_ASYNC_OFFLOAD_ALLOW_ALL, perform);
	crooked_run_again(&wrong, &peers);
	ck_assert_uint_eq(offers, 1);
	ck_assert_str_eq(
	    s2n_strerror_name(crooked_error()), "S2N_ERR_VERIFY_SIGNATURE");
	peers_close(&peers);
}
END_TEST

START_TEST(a_callback_may_refuse)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	offer(&peers, S2N_ASYNC_OFFLOAD_ALLOW_ALL, refuse);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_CANCELLED");
	ck_assert_int_eq(s2n_connection_get_alert(peers.server), 40);
	peers_close(&peers);
}
END_TEST

/* Wiped or freed, it takes the operation with it. */
START_TEST(a_connection_may_end_before)
{
	s2n_blocked_status blocked;
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	offer(&peers, S2N_ASYNC_OFFLOAD_ALLOW_ALL, keep);
	ck_assert_int_eq(turn(peers.client, &blocked), 0);
	ck_assert_int_eq(turn(peers.server, &blocked), 0);
	ck_assert_int_eq(turn(peers.client, &blocked), 0);
	ck_assert_ptr_nonnull(offered[S2N_CLIENT]);
	if (_i == 0)
		ck_assert_int_eq(s2n_connection_wipe(peers.client), 0);
	peers_close(&peers);
}
END_TEST

static Suite *
offload_suite(void)
{
	Suite *suite = suite_create("offload");
	TCase *tcase = tcase_create("offload");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, a_signature_is_verified_by_the_application, 0, COUNT(cases));
	tcase_add_loop_test(tcase,
	    a_signature_is_verified_later_by_another_thread, 0, COUNT(cases));
	tcase_add_loop_test(
	    tcase, what_is_not_on_the_list_is_done_at_once, 0, 2);
	tcase_add_test(tcase, a_wrong_signature_ends_the_handshake);
	tcase_add_test(tcase, a_callback_may_refuse);
	tcase_add_loop_test(tcase, a_connection_may_end_before, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(offload_suite)
