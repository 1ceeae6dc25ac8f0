/*
 * libtls/ending.c: the blinding delay (Guide: Blinding). Clock and sleep are of
 * the test's making.
 */
#include "libtls/ending.h"

#include <errno.h>
#include <time.h>

#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define SECOND UINT64_C(1000000000)
#define START (1000 * SECOND)

static struct peers peers;
static s2n_blocked_status blocked;
static uint8_t data[1000], got[1000];

/* ---- time ---- */

static uint64_t now;
static bool clock_fails;

static int
read_clock(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	*nanoseconds = now;
	return clock_fails ? -1 : 0;
}

static uint64_t slept;
static unsigned interruptions; /* of the sleep to come */
static size_t sent_before;     /* bytes to the client when it began */

/* In the place of libc's, which this program does not want. */
int
nanosleep(const struct timespec *pause, struct timespec *left)
{
	uint64_t whole =
	    (uint64_t)pause->tv_sec * SECOND + (uint64_t)pause->tv_nsec;
	uint64_t part = interruptions > 0 ? whole / 3 : whole;

	ck_assert_int_lt(pause->tv_nsec, 1000000000);
	if (slept == 0)
		sent_before = peers.to_client.bytes.len;
	now += part;
	slept += part;
	if (interruptions == 0)
		return 0;
	interruptions--;
	left->tv_sec = (time_t)((whole - part) / SECOND);
	left->tv_nsec = (long)((whole - part) % SECOND);
	errno = EINTR;
	return -1;
}

/* ---- */

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &(struct peers_spec){ 0 });
	now = START;
	ck_assert_int_eq(s2n_config_set_monotonic_clock(
			     peers.server_config, read_clock, NULL),
	    0);
	ck_assert(peers_negotiate(&peers));
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

/* The server meets a record that somebody changed. */
static void
tamper(void)
{
	ck_assert_int_eq(s2n_send(peers.client, data, 10, &blocked), 10);
	peers.to_server.bytes.data[peers.to_server.bytes.len - 1] ^= 1;
	assert_error(s2n_recv(peers.server, got, sizeof got, &blocked),
	    "S2N_ERR_DECRYPT");
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
}

static void
assert_all_closed(void)
{
	assert_error(
	    s2n_recv(peers.server, got, 1, &blocked), "S2N_ERR_CLOSED");
	assert_error(
	    s2n_send(peers.server, got, 1, &blocked), "S2N_ERR_CLOSED");
}

/* ---- self-service ---- */

START_TEST(shutdown_is_refused_until_the_delay_has_elapsed)
{
	uint64_t delay;
	size_t sent;

	tamper();
	delay = s2n_connection_get_delay(peers.server);
	ck_assert_uint_ge(delay, 10 * SECOND);
	ck_assert_uint_lt(delay, 30 * SECOND);
	ck_assert_uint_eq(slept, 0);
	assert_all_closed();
	/* That these fail draws no other. */
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), delay);
	for (int i = 0; i < 2; i++) {
		assert_error(s2n_shutdown(peers.server, &blocked),
		    "S2N_ERR_SHUTDOWN_PAUSED");
		assert_error(s2n_shutdown_send(peers.server, &blocked),
		    "S2N_ERR_SHUTDOWN_PAUSED");
		now = START + delay - 1;
		ck_assert_uint_eq(s2n_connection_get_delay(peers.server), 1);
	}
	/* The alert did not wait; close_notify never comes after it. */
	sent = peers.to_client.bytes.len;
	assert_error(s2n_recv(peers.client, got, 1, &blocked), "S2N_ERR_ALERT");
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_BAD_RECORD_MAC);
	now = START + delay;
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), 0);
	ck_assert_int_eq(s2n_shutdown(peers.server, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_assert_uint_eq(peers.to_client.bytes.len, sent);
	ck_assert_uint_eq(slept, 0);
}
END_TEST

/* A server that is sent no TLS; gives its delay. */
static uint64_t
delay_of_garbage(void)
{
	peers_reconnect(&peers);
	pipe_send(&peers.to_server, (const uint8_t *)"GET / HTTP/1.1\r\n", 16);
	assert_error(
	    s2n_negotiate(peers.server, &blocked), "S2N_ERR_BAD_MESSAGE");
	return s2n_connection_get_delay(peers.server);
}

/* Ours is the default of 30 s, then what a config may say. */
static const uint32_t most[] = { 30, 1, 10, 100000, UINT32_MAX };

START_TEST(a_delay_is_anything_from_a_third_to_the_whole)
{
	uint64_t whole = most[_i] * SECOND, third = whole / 3, delay;
	uint64_t least = UINT64_MAX, longest = 0;

	if (_i > 0)
		ck_assert_int_eq(s2n_config_set_max_blinding_delay(
				     peers.server_config, most[_i]),
		    0);
	for (int i = 0; i < 300; i++) {
		delay = delay_of_garbage();
		ck_assert_uint_ge(delay, third);
		ck_assert_uint_lt(delay, whole);
		least = delay < least ? delay : least;
		longest = delay > longest ? delay : longest;
	}
	/* Not so in one of a million runs. */
	ck_assert_uint_lt(least, third + (whole - third) / 18);
	ck_assert_uint_gt(longest, whole - (whole - third) / 18);
}
END_TEST

START_TEST(without_a_delay_there_is_none)
{
	ck_assert_int_eq(
	    s2n_config_set_max_blinding_delay(peers.server_config, 0), 0);
	if (_i == 1)
		s2n_connection_set_blinding(
		    peers.server, S2N_BUILT_IN_BLINDING);
	tamper();
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), 0);
	ck_assert_uint_eq(slept, 0);
	ck_assert_int_eq(s2n_shutdown(peers.server, &blocked), 0);
}
END_TEST

/* ---- built in ---- */

START_TEST(the_call_that_fails_sleeps_and_so_does_its_alert)
{
	size_t before = peers.to_client.bytes.len;

	ck_assert_int_eq(
	    s2n_connection_set_blinding(peers.server, S2N_BUILT_IN_BLINDING),
	    0);
	interruptions = (unsigned)_i;
	tamper();
	ck_assert_uint_ge(slept, 10 * SECOND);
	ck_assert_uint_lt(slept, 30 * SECOND);
	ck_assert_uint_eq(sent_before, before);
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), 0);
	assert_all_closed();
	assert_error(s2n_recv(peers.client, got, 1, &blocked), "S2N_ERR_ALERT");
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_BAD_RECORD_MAC);
	ck_assert_int_eq(s2n_shutdown(peers.server, &blocked), 0);
}
END_TEST

START_TEST(built_in_is_what_a_new_or_wiped_connection_does)
{
	struct s2n_connection *conn;

	tamper();
	ck_assert_uint_gt(s2n_connection_get_delay(peers.server), 0);
	ck_assert_int_eq(s2n_connection_wipe(peers.server), 0);
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), 0);
	ck_assert_int_eq(peers.server->blinding, S2N_BUILT_IN_BLINDING);
	conn = s2n_connection_new(S2N_SERVER);
	ck_assert_int_eq(conn->blinding, S2N_BUILT_IN_BLINDING);
	s2n_connection_free(conn);
}
END_TEST

/* ---- what is blinded ---- */

static int
reset_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	(void)ctx, (void)buf, (void)len;
	errno = ECONNRESET;
	return -1;
}

static int
broken_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	(void)ctx, (void)buf, (void)len;
	errno = EPIPE;
	return -1;
}

static ssize_t
server_receives(void)
{
	return s2n_recv(peers.server, got, 1, &blocked);
}

static ssize_t
by_reset(void)
{
	s2n_connection_set_recv_cb(peers.server, reset_recv);
	return server_receives();
}

static ssize_t
by_broken_pipe(void)
{
	s2n_connection_set_send_cb(peers.server, broken_send);
	return s2n_send(peers.server, data, 10, &blocked);
}

static ssize_t
by_shutdown_on_a_broken_pipe(void)
{
	s2n_connection_set_send_cb(peers.server, broken_send);
	return s2n_shutdown(peers.server, &blocked);
}

static ssize_t
by_end_of_file(void)
{
	peers.to_server.closed = true;
	return server_receives();
}

static ssize_t
by_alert(void)
{
	uint8_t alert[] = { 2, ALERT_INTERNAL_ERROR };
	struct record_layer *records = &peers.client->records;

	ck_assert_int_eq(
	    record_write(records, CONTENT_ALERT, slice_of(alert, sizeof alert)),
	    0);
	ck_assert_int_eq(io_flush(&records->io), 0);
	return server_receives();
}

static ssize_t
by_wrong_use(void)
{
	return s2n_send(peers.server, data, -1, &blocked);
}

static int
refuse(struct s2n_connection *conn, void *ctx)
{
	(void)conn, (void)ctx;
	return -1;
}

/* A new client says hello. */
static ssize_t
server_greets(const char *policy)
{
	peers_reconnect(&peers);
	ck_assert_int_eq(
	    s2n_connection_set_cipher_preferences(peers.client, policy), 0);
	s2n_negotiate(peers.client, &blocked);
	return s2n_negotiate(peers.server, &blocked);
}

static ssize_t
by_callback(void)
{
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb(peers.server_config, refuse, NULL),
	    0);
	return server_greets("default_tls13");
}

static ssize_t
by_version(void)
{
	static struct preference only;

	only = *peers.server_config->preference;
	only.min_version = S2N_TLS13;
	peers.server_config->preference = &only;
	return server_greets("20170210");
}

static ssize_t
by_garbage(void)
{
	delay_of_garbage();
	return S2N_FAILURE;
}

static const struct {
	ssize_t (*fails)(void);
	const char *name;
	bool blinded;
} causes[] = {
	{ by_garbage, "S2N_ERR_BAD_MESSAGE", true },
	{ by_alert, "S2N_ERR_ALERT", true },
	{ by_reset, "S2N_ERR_IO", true },
	{ by_broken_pipe, "S2N_ERR_IO", false },
	{ by_shutdown_on_a_broken_pipe, "S2N_ERR_IO", false },
	{ by_end_of_file, "S2N_ERR_CLOSED", false },
	{ by_wrong_use, "S2N_ERR_INVALID_ARGUMENT", false },
	{ by_callback, "S2N_ERR_CANCELLED", false },
	{ by_version, "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED", false },
};

START_TEST(what_tells_a_prober_something_is_blinded)
{
	assert_error(causes[_i].fails(), causes[_i].name);
	ck_assert_msg(
	    (s2n_connection_get_delay(peers.server) > 0) == causes[_i].blinded,
	    "%s", causes[_i].name);
}
END_TEST

/* ---- what may be missing ---- */

START_TEST(a_clock_that_fails_does_not_shorten_a_delay)
{
	ck_assert_uint_eq(s2n_connection_get_delay(NULL), UINT64_MAX);
	assert_error(s2n_connection_set_blinding(NULL, S2N_BUILT_IN_BLINDING),
	    "S2N_ERR_NULL");
	if (_i == 0) /* when it begins; else later */
		clock_fails = true;
	tamper();
	clock_fails = true;
	ck_assert_uint_eq(s2n_connection_get_delay(peers.server), UINT64_MAX);
	assert_error(
	    s2n_shutdown(peers.server, &blocked), "S2N_ERR_SHUTDOWN_PAUSED");
}
END_TEST

START_TEST(built_in_blinding_needs_no_clock)
{
	s2n_connection_set_blinding(peers.server, S2N_BUILT_IN_BLINDING);
	clock_fails = true;
	tamper();
	ck_assert_uint_ge(slept, 10 * SECOND);
	ck_assert_int_eq(s2n_shutdown(peers.server, &blocked), 0);
}
END_TEST

START_TEST(a_connection_without_a_config_can_fail)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);

	s2n_connection_set_send_cb(conn, broken_send);
	assert_error(s2n_shutdown(conn, &blocked), "S2N_ERR_IO");
	ck_assert_uint_eq(s2n_connection_get_delay(conn), 0);
	ck_assert_uint_eq(slept, 0);
	s2n_connection_free(conn);
}
END_TEST

static Suite *
ending_suite(void)
{
	Suite *suite = suite_create("ending");
	TCase *tcase = tcase_create("ending");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, shutdown_is_refused_until_the_delay_has_elapsed);
	tcase_add_loop_test(tcase,
	    a_delay_is_anything_from_a_third_to_the_whole, 0, (int)COUNT(most));
	tcase_add_loop_test(tcase, without_a_delay_there_is_none, 0, 2);
	tcase_add_loop_test(
	    tcase, the_call_that_fails_sleeps_and_so_does_its_alert, 0, 4);
	tcase_add_test(tcase, built_in_is_what_a_new_or_wiped_connection_does);
	tcase_add_loop_test(tcase, what_tells_a_prober_something_is_blinded, 0,
	    (int)COUNT(causes));
	tcase_add_loop_test(
	    tcase, a_clock_that_fails_does_not_shorten_a_delay, 0, 2);
	tcase_add_test(tcase, built_in_blinding_needs_no_clock);
	tcase_add_test(tcase, a_connection_without_a_config_can_fail);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(ending_suite)
