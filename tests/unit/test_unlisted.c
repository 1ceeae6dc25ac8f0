/*
 * libtls/bindings.c: what bindings link though no public header has it.
 */
#include "libtls/bindings.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

static int
refuse(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	(void)conn;
	s2n_async_pkey_op_free(op);
	return -1;
}

START_TEST(a_chain_without_key_asks_the_callback)
{
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = "localhost" });
	uint8_t *pem = (uint8_t *)(uintptr_t)cert->pem;
	uint32_t len = (uint32_t)strlen(cert->pem);
	struct s2n_config *config = s2n_config_new_minimal(), *got = NULL;
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);

	ck_assert_int_ne(s2n_connection_get_config(conn, &got), 0);
	ck_assert_int_eq(s2n_config_add_cert_chain(config, pem, len), 0);
	ck_assert_int_ne(s2n_config_add_cert_chain(config, pem, len), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_CERT_OWNERSHIP");
	ck_assert_int_ne(s2n_connection_set_config(conn, config), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_NO_PRIVATE_KEY");
	ck_assert_int_eq(s2n_config_set_async_pkey_callback(config, refuse), 0);
	ck_assert_int_eq(s2n_connection_set_config(conn, config), 0);
	ck_assert_int_eq(s2n_connection_get_config(conn, &got), 0);
	ck_assert_ptr_eq(got, config);
	ck_assert_int_ne(s2n_config_add_cert_chain(NULL, pem, len), 0);
	s2n_connection_free(conn);
	s2n_config_free(config);
	certs_free_all();
}
END_TEST

START_TEST(what_waits_can_be_written)
{
	static const uint8_t data[20000];
	s2n_blocked_status blocked;
	struct peers peers;
	size_t before;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	peers.to_client.room = 100;
	(void)!s2n_send(peers.server, data, sizeof data, &blocked);
	ck_assert_int_lt(s2n_flush(peers.server, &blocked), 0);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
	before = peers.to_client.bytes.len;
	peers.to_client.room = 0;
	ck_assert_int_eq(s2n_flush(peers.server, &blocked), 0);
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
	ck_assert_uint_gt(peers.to_client.bytes.len, before);
	peers_close(&peers);
}
END_TEST

/* By value, as s2n_errno has them: type * 2^26 + index. */
static const struct {
	const char *name;
	int error;
	int alert; /* -1: none */
} alerts[] = {
	{ "S2N_ERR_OK", 0, -1 },
	{ "S2N_ERR_IO", S2N_ERR_T_IO << 26, 80 },
	{ "S2N_ERR_CLOSED", S2N_ERR_T_CLOSED << 26, -1 },
	{ "S2N_ERR_IO_BLOCKED", S2N_ERR_T_BLOCKED << 26, -1 },
	{ "S2N_ERR_ALERT", S2N_ERR_T_ALERT << 26, -1 },
	{ "S2N_ERR_DECRYPT", (S2N_ERR_T_PROTO << 26) | 1, 20 },
	{ "S2N_ERR_MISSING_CLIENT_CERT", (S2N_ERR_T_PROTO << 26) | 5, 116 },
	{ "S2N_ERR_CERT_UNTRUSTED", (S2N_ERR_T_PROTO << 26) | 46, 48 },
	{ "S2N_ERR_NOMEM", (S2N_ERR_T_INTERNAL << 26) | 8, 80 },
	{ "S2N_ERR_SHUTDOWN_PAUSED", (S2N_ERR_T_INTERNAL << 26) | 35, 80 },
	{ "S2N_ERR_NO_ALERT", S2N_ERR_T_USAGE << 26, -1 },
};

START_TEST(an_error_has_its_alert)
{
	uint8_t alert = 0;
	int r = s2n_error_get_alert(alerts[_i].error, &alert);

	ck_assert_str_eq(s2n_strerror_name(alerts[_i].error), alerts[_i].name);
	ck_assert_int_eq(r, alerts[_i].alert < 0 ? -1 : 0);
	if (r == 0)
		ck_assert_int_eq(alert, alerts[_i].alert);
	else
		ck_assert_str_eq(
		    s2n_strerror_name(s2n_errno), "S2N_ERR_NO_ALERT");
	ck_assert_int_lt(s2n_error_get_alert(alerts[_i].error, NULL), 0);
}
END_TEST

START_TEST(tickets_can_be_asked_for)
{
	struct peers peers;
	bool enabled = true;

	ck_assert_int_eq(s2n_enable_tls13(), 0);
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_connection_are_session_tickets_enabled(peers.client, &enabled),
	    0);
	ck_assert(!enabled);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers.client_config, 1), 0);
	ck_assert_int_eq(
	    s2n_connection_are_session_tickets_enabled(peers.client, &enabled),
	    0);
	ck_assert(enabled);
	peers_close(&peers);
}
END_TEST

static Suite *
unlisted_suite(void)
{
	Suite *suite = suite_create("unlisted");
	TCase *tcase = tcase_create("unlisted");

	with_library(tcase);
	tcase_add_test(tcase, a_chain_without_key_asks_the_callback);
	tcase_add_test(tcase, what_waits_can_be_written);
	tcase_add_loop_test(tcase, an_error_has_its_alert, 0, COUNT(alerts));
	tcase_add_test(tcase, tickets_can_be_asked_for);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(unlisted_suite)
