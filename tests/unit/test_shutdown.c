/*
 * libtls/recv.c and shutdown.c: what is received, what is left, and every way
 * to the end: half close, close_notify, a lost transport, alerts.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

static struct peers peers;
static s2n_blocked_status blocked;
static uint8_t data[1000], got[4000];

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	memset(data, 'x', sizeof data);
}

static void
teardown(void)
{
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static void
assert_error(ssize_t result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

static ssize_t
receive(struct s2n_connection *conn, size_t len)
{
	return s2n_recv(conn, got, (ssize_t)len, &blocked);
}

static void
send_data(struct s2n_connection *conn, ssize_t len)
{
	ck_assert_int_eq(s2n_send(conn, data, len, &blocked), len);
}

/* ---- receiving ---- */

START_TEST(peek_tells_what_is_left_of_a_record)
{
	ck_assert_uint_eq(s2n_peek(NULL), 0);
	ck_assert_uint_eq(s2n_peek(peers.server), 0);
	send_data(peers.client, 100);
	ck_assert_uint_eq(s2n_peek(peers.server), 0);
	ck_assert_int_eq(receive(peers.server, 10), 10);
	ck_assert_uint_eq(s2n_peek(peers.server), 90);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(receive(peers.server, 1000), 90);
	ck_assert_uint_eq(s2n_peek(peers.server), 0);
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
	assert_error(receive(peers.server, 10), "S2N_ERR_IO_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
}
END_TEST

START_TEST(a_call_gives_one_record_or_all_that_fit)
{
	for (int i = 0; i < 5; i++)
		send_data(peers.client, 100);
	ck_assert_int_eq(receive(peers.server, 1000), 100);
	ck_assert_int_eq(
	    s2n_config_set_recv_multi_record(peers.server_config, true), 0);
	ck_assert_int_eq(receive(peers.server, 250), 250);
	ck_assert_int_eq(receive(peers.server, 1000), 150);
}
END_TEST

START_TEST(a_record_that_is_not_all_there_is_waited_for)
{
	size_t before = peers.to_server.bytes.len, after;

	send_data(peers.client, 10);
	after = peers.to_server.bytes.len;
	for (size_t len = before; len < after; len++) {
		peers.to_server.bytes.len = len;
		assert_error(receive(peers.server, 10), "S2N_ERR_IO_BLOCKED");
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	}
	peers.to_server.bytes.len = after;
	ck_assert_int_eq(receive(peers.server, 10), 10);
}
END_TEST

START_TEST(wrong_arguments_leave_the_connection_alone)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);

	assert_error(s2n_recv(NULL, got, 1, &blocked), "S2N_ERR_NULL");
	assert_error(s2n_recv(peers.server, NULL, 1, &blocked), "S2N_ERR_NULL");
	assert_error(s2n_recv(peers.server, got, 1, NULL), "S2N_ERR_NULL");
	assert_error(s2n_recv(peers.server, got, -1, &blocked),
	    "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(receive(peers.server, 0), 0);
	assert_error(
	    s2n_recv(conn, got, 1, &blocked), "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
	assert_error(s2n_shutdown(NULL, &blocked), "S2N_ERR_NULL");
	assert_error(s2n_shutdown(peers.server, NULL), "S2N_ERR_NULL");
	assert_error(s2n_shutdown_send(NULL, &blocked), "S2N_ERR_NULL");
	s2n_connection_free(conn);
	peers_transfer(peers.server, peers.client, 100);
	peers_transfer(peers.client, peers.server, 100);
}
END_TEST

/* ---- closing ---- */

static struct s2n_connection *
side(s2n_mode mode)
{
	return mode == S2N_SERVER ? peers.server : peers.client;
}

START_TEST(a_half_closed_connection_goes_on_the_other_way)
{
	struct s2n_connection *here = side((s2n_mode)_i);
	struct s2n_connection *there = side((s2n_mode)!_i);

	send_data(here, 10);
	ck_assert_int_eq(s2n_shutdown_send(here, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown_send(here, &blocked), 0);
	assert_error(s2n_send(here, data, 1, &blocked), "S2N_ERR_CLOSED");
	ck_assert_int_eq(receive(there, 100), 10);
	ck_assert_int_eq(receive(there, 100), 0);
	ck_assert_int_eq(receive(there, 100), 0);
	ck_assert_int_eq(s2n_connection_get_alert(there), ALERT_CLOSE_NOTIFY);
	peers_transfer(there, here, 20000);
	ck_assert_int_eq(s2n_shutdown(there, &blocked), 0);
	ck_assert_int_eq(receive(here, 100), 0);
	ck_assert_int_eq(s2n_shutdown(here, &blocked), 0);
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
}
END_TEST

/*
 * RFC 5246 7.2.1: "The other party MUST respond with a close_notify alert of
 * its own and close down the connection immediately, discarding any pending
 * writes." One loop a version, role and way to learn of it.
 */
START_TEST(below_tls13_a_close_ends_both_directions)
{
	static const uint8_t versions[] = { S2N_TLS12, S2N_TLS11, S2N_TLS10,
		S2N_SSLv3 };
	const struct peers_spec spec = { .version = versions[_i / 4],
		.suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA };
	struct s2n_connection *here, *there;
	size_t before;

	peers_close(&peers);
	peers_open(&peers, &spec);
	ck_assert(peers_negotiate(&peers));
	here = side((s2n_mode)(_i % 2));
	there = side((s2n_mode) !(_i % 2));
	send_data(here, 1);
	ck_assert_int_eq(s2n_shutdown_send(here, &blocked), 0);
	ck_assert_int_eq(receive(there, 100), 1);
	if (_i % 4 < 2) {
		/* It is told by reading; nothing but a close leaves then. */
		ck_assert_int_eq(receive(there, 100), 0);
		ck_assert_int_eq(
		    s2n_connection_get_alert(there), ALERT_CLOSE_NOTIFY);
		before = peers.to_server.bytes.len + peers.to_client.bytes.len;
		assert_error(
		    s2n_send(there, data, 1, &blocked), "S2N_ERR_CLOSED");
		ck_assert_uint_eq(before,
		    peers.to_server.bytes.len + peers.to_client.bytes.len);
	}
	ck_assert_int_eq(s2n_shutdown(there, &blocked), 0);
	assert_error(s2n_send(there, data, 1, &blocked), "S2N_ERR_CLOSED");
	ck_assert_int_eq(s2n_shutdown(here, &blocked), 0);
	ck_assert_int_eq(s2n_connection_get_alert(here), ALERT_CLOSE_NOTIFY);
	ck_assert_int_eq(receive(here, 1), 0);
	assert_error(s2n_send(here, data, 1, &blocked), "S2N_ERR_CLOSED");
}
END_TEST

START_TEST(both_close_and_wait_for_each_other)
{
	struct s2n_connection *here = side((s2n_mode)_i);
	struct s2n_connection *there = side((s2n_mode)!_i);

	assert_error(s2n_shutdown(here, &blocked), "S2N_ERR_IO_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(s2n_shutdown(there, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(here, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(here, &blocked), 0);
	ck_assert_int_eq(receive(here, 1), 0);
	assert_error(s2n_send(there, data, 1, &blocked), "S2N_ERR_CLOSED");
}
END_TEST

START_TEST(shutdown_drops_what_was_not_read)
{
	send_data(peers.server, 1000);
	ck_assert_int_eq(receive(peers.client, 1), 1);
	send_data(peers.server, 1000);
	ck_assert_int_eq(s2n_connection_request_key_update(
			     peers.server, S2N_KEY_UPDATE_NOT_REQUESTED),
	    0);
	send_data(peers.server, 1000);
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(peers.client, &blocked), 0);
}
END_TEST

START_TEST(close_notify_waits_for_a_full_transport)
{
	peers.to_client.room = 1;
	assert_error(
	    s2n_send(peers.server, data, 100, &blocked), "S2N_ERR_IO_BLOCKED");
	assert_error(
	    s2n_shutdown_send(peers.server, &blocked), "S2N_ERR_IO_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
	peers.to_client.room = 0;
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_assert_int_eq(receive(peers.client, 1000), 100);
	ck_assert_int_eq(receive(peers.client, 1000), 0);
}
END_TEST

START_TEST(a_transport_that_ends_is_no_close_notify)
{
	send_data(peers.client, 10);
	peers.to_server.closed = peers.to_client.closed = true;
	ck_assert_int_eq(receive(peers.server, 10), 10);
	assert_error(receive(peers.server, 10), "S2N_ERR_CLOSED");
	assert_error(receive(peers.server, 10), "S2N_ERR_CLOSED");
	/* The peer did not say that it would send no more. */
	assert_error(s2n_shutdown(peers.client, &blocked), "S2N_ERR_CLOSED");
	assert_error(
	    s2n_connection_get_alert(peers.client), "S2N_ERR_NO_ALERT");
}
END_TEST

START_TEST(close_notify_in_a_handshake_ends_it)
{
	struct peers early;

	peers_open(&early, &(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_shutdown(early.client, &blocked), 0);
	assert_error(s2n_negotiate(early.server, &blocked), "S2N_ERR_CLOSED");
	ck_assert_int_eq(
	    s2n_connection_get_alert(early.server), ALERT_CLOSE_NOTIFY);
	/* There is no alert to an end. */
	ck_assert_uint_eq(early.to_client.bytes.len, 0);
	assert_error(s2n_negotiate(early.server, &blocked), "S2N_ERR_CLOSED");
	peers_close(&early);
}
END_TEST

/* RFC 8446 6: the level is ignored, an unknown alert is an error alert. */
static const struct {
	const char *what;
	uint8_t level, description;
} fatals[] = {
	{ "handshake_failure", 2, ALERT_HANDSHAKE_FAILURE },
	{ "as a warning", 1, ALERT_DECODE_ERROR },
	{ "an unknown level", 77, ALERT_INTERNAL_ERROR },
	{ "an unknown alert", 1, 201 },
	{ "no_renegotiation", 1, ALERT_NO_RENEGOTIATION },
};

START_TEST(an_error_alert_ends_both_directions_without_an_answer)
{
	const uint8_t alert[] = { fatals[_i].level, fatals[_i].description };
	size_t before = peers.to_client.bytes.len;

	ck_assert_int_eq(record_write(&peers.client->records, CONTENT_ALERT,
			     slice_of(alert, 2)),
	    0);
	ck_assert_int_eq(io_flush(&peers.client->records.io), 0);
	assert_error(receive(peers.server, 10), "S2N_ERR_ALERT");
	ck_assert_msg(
	    s2n_connection_get_alert(peers.server) == fatals[_i].description,
	    "%s", fatals[_i].what);
	assert_error(receive(peers.server, 10), "S2N_ERR_CLOSED");
	assert_error(
	    s2n_send(peers.server, data, 1, &blocked), "S2N_ERR_CLOSED");
	ck_assert_uint_eq(peers.to_client.bytes.len, before);
}
END_TEST

static Suite *
shutdown_suite(void)
{
	Suite *suite = suite_create("shutdown");
	TCase *tcase = tcase_create("shutdown");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, peek_tells_what_is_left_of_a_record);
	tcase_add_test(tcase, a_call_gives_one_record_or_all_that_fit);
	tcase_add_test(tcase, a_record_that_is_not_all_there_is_waited_for);
	tcase_add_test(tcase, wrong_arguments_leave_the_connection_alone);
	tcase_add_loop_test(
	    tcase, a_half_closed_connection_goes_on_the_other_way, 0, 2);
	tcase_add_loop_test(tcase, both_close_and_wait_for_each_other, 0, 2);
	tcase_add_loop_test(
	    tcase, below_tls13_a_close_ends_both_directions, 0, 16);
	tcase_add_test(tcase, shutdown_drops_what_was_not_read);
	tcase_add_test(tcase, close_notify_waits_for_a_full_transport);
	tcase_add_test(tcase, a_transport_that_ends_is_no_close_notify);
	tcase_add_test(tcase, close_notify_in_a_handshake_ends_it);
	tcase_add_loop_test(tcase,
	    an_error_alert_ends_both_directions_without_an_answer, 0,
	    (int)COUNT(fatals));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(shutdown_suite)
