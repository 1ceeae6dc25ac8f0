/*
 * frontd/relay.c: bytes both ways between a TLS client and a backend's socket,
 * the ends of both, and who waits for what.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frontd/relay.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define BOTH_READABLE (RELAY_CLIENT_READABLE | RELAY_BACKEND_READABLE)

static struct peers peers;
static struct relay relay;
static struct upstream backend;
static int far; /* the backend's own end */
static unsigned waits;
static s2n_blocked_status blocked;
static uint8_t data[100000], got[100000];

static void
setup(void)
{
	int pair[2];

	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	backend = (struct upstream){ .fd = pair[0] };
	far = pair[1];
	relay = (struct relay){ 0 };
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
}

static void
teardown(void)
{
	relay_free(&relay);
	close(backend.fd);
	if (far >= 0)
		close(far);
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static enum relay_state
turn(void)
{
	backend.drained = false; /* as an event would tell */
	return relay_turn(&relay, peers.server, &backend, &waits);
}

static void
client_says(ssize_t len)
{
	ck_assert_int_eq(s2n_send(peers.client, data, len, &blocked), len);
}

/* What the client receives from here on, until it would wait. */
static size_t
client_hears(void)
{
	size_t len = 0;
	ssize_t r;

	while ((r = s2n_recv(peers.client, got + len,
		    (ssize_t)(sizeof got - len), &blocked)) > 0)
		len += (size_t)r;
	return len;
}

START_TEST(bytes_go_both_ways)
{
	client_says(1000);
	ck_assert_int_eq(send(far, data + 5000, 300, 0), 300);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, BOTH_READABLE);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 1000);
	ck_assert_mem_eq(got, data, 1000);
	ck_assert_uint_eq(client_hears(), 300);
	ck_assert_mem_eq(got, data + 5000, 300);
}
END_TEST

START_TEST(who_is_idle_has_no_buffer)
{
	client_says(1000);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_ptr_null(relay.up.kept);
	ck_assert_ptr_null(relay.down.kept);
}
END_TEST

START_TEST(what_is_put_goes_first)
{
	ck_assert(relay_put_up(&relay, slice_of("a header, ", 10)));
	ck_assert(relay_put_up(&relay, slice_of(NULL, 0)));
	ck_assert(relay_put_up(&relay, slice_of("early data, ", 12)));
	client_says(5);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 27);
	ck_assert_mem_eq(got, "a header, early data, ", 22);
	ck_assert_mem_eq(got + 22, data, 5);
}
END_TEST

/* What most connections have to put. */
START_TEST(nothing_costs_nothing)
{
	size_t before = mallinfo2().uordblks;

	for (unsigned i = 0; i < 100; i++)
		ck_assert(relay_put_up(&relay, NO_BYTES));
	ck_assert_uint_eq(mallinfo2().uordblks, before);
	ck_assert_ptr_null(relay.up.kept);
}
END_TEST

/* A backend that takes nothing: its client is no longer read from, and what
 * was read is not lost. */
START_TEST(a_backend_that_is_full_stops_its_client)
{
	size_t sent = 0, len = 0;
	ssize_t r;

	for (unsigned i = 0; i < 100; i++) {
		client_says(16000);
		sent += 16000;
		ck_assert_int_eq(turn(), RELAY_ON);
		if ((waits & RELAY_CLIENT_READABLE) == 0)
			break;
	}
	ck_assert_uint_eq(
	    waits, RELAY_BACKEND_WRITABLE | RELAY_BACKEND_READABLE);
	ck_assert_ptr_nonnull(relay.up.kept);
	/* The other direction is not held up. */
	ck_assert_int_eq(send(far, data, 10, 0), 10);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(client_hears(), 10);
	while (len < sent) {
		r = recv(far, got, 16000, 0);
		if (r < 0) {
			ck_assert_int_eq(turn(), RELAY_ON);
			continue;
		}
		for (ssize_t i = 0; i < r; i++)
			ck_assert_uint_eq(
			    got[i], data[(len + (size_t)i) % 16000]);
		len += (size_t)r;
	}
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, BOTH_READABLE);
	ck_assert_ptr_null(relay.up.kept);
}
END_TEST

START_TEST(a_client_that_is_full_stops_its_backend)
{
	size_t len = 0;

	peers.to_client.room = 20000;
	ck_assert_int_eq(send(far, data, 60000, 0), 60000);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, RELAY_CLIENT_READABLE | RELAY_CLIENT_WRITABLE);
	for (unsigned i = 0; i < 100 && len < 60000; i++) {
		size_t more = client_hears();

		ck_assert_mem_eq(got, data + len, more);
		len += more;
		ck_assert_int_eq(turn(), RELAY_ON);
	}
	ck_assert_uint_eq(len, 60000);
	ck_assert_uint_eq(waits, BOTH_READABLE);
	ck_assert_ptr_null(relay.down.kept);
}
END_TEST

START_TEST(one_connection_does_not_take_every_turn)
{
	static const ssize_t each = 2000;

	for (unsigned i = 0; i < 40; i++)
		client_says(each);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, BOTH_READABLE | RELAY_MORE);
	while ((waits & RELAY_MORE) != 0)
		ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 40 * each);
}
END_TEST

START_TEST(the_clients_end_is_told_and_the_backend_goes_on)
{
	client_says(10);
	ck_assert_int_eq(s2n_shutdown_send(peers.client, &blocked), 0);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, RELAY_BACKEND_READABLE);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 10);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 0);
	ck_assert_int_eq(send(far, data, 500, 0), 500);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(client_hears(), 500);
	close(far);
	far = -1;
	ck_assert_int_eq(turn(), RELAY_CLOSED);
	ck_assert_int_eq(s2n_recv(peers.client, got, 1, &blocked), 0);
}
END_TEST

START_TEST(the_backends_end_is_told_and_the_client_goes_on)
{
	ck_assert_int_eq(send(far, data, 500, 0), 500);
	ck_assert_int_eq(shutdown(far, SHUT_WR), 0);
	/* what was less than there was room for is all, until told of more */
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, BOTH_READABLE);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_uint_eq(waits, RELAY_CLIENT_READABLE);
	ck_assert(relay.down.told);
	ck_assert_uint_eq(client_hears(), 500);
	ck_assert_int_eq(s2n_recv(peers.client, got, 1, &blocked), 0);
	client_says(10);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 10);
	ck_assert_int_eq(s2n_shutdown_send(peers.client, &blocked), 0);
	ck_assert_int_eq(turn(), RELAY_CLOSED);
}
END_TEST

/* An end that TLS did not announce may be somebody else's. */
START_TEST(a_client_that_is_cut_off_has_failed)
{
	client_says(10);
	peers.to_server.closed = true;
	ck_assert_int_eq(turn(), RELAY_CLIENT_FAILED);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_CLOSED");
	ck_assert_int_eq(recv(far, got, sizeof got, 0), 10);
}
END_TEST

START_TEST(a_client_that_breaks_a_record_has_failed)
{
	client_says(10);
	peers.to_server.bytes.data[peers.to_server.bytes.len - 1] ^= 1;
	ck_assert_int_eq(turn(), RELAY_CLIENT_FAILED);
	ck_assert_int_eq(recv(far, got, sizeof got, 0), -1);
}
END_TEST

START_TEST(a_backend_that_takes_no_more_has_failed)
{
	close(far);
	far = -1;
	client_says(10);
	ck_assert_int_eq(turn(), RELAY_BACKEND_FAILED);
	ck_assert_str_ne(upstream_error(&backend), "");
}
END_TEST

/* On Unix sockets, too: it closes over what it has not read. */
static void
backend_resets(void)
{
	close(far);
	far = -1;
}

START_TEST(what_a_backend_said_before_it_was_reset_has_no_end)
{
	client_says(10);
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_int_eq(send(far, data, 300, 0), 300);
	backend_resets();
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_int_eq(turn(), RELAY_BACKEND_FAILED);
	ck_assert_str_eq(upstream_error(&backend), strerror(ECONNRESET));
	ck_assert_uint_eq(client_hears(), 300);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
}
END_TEST

START_TEST(an_answer_before_all_was_asked_arrives)
{
	ck_assert_int_eq(send(far, data, 300, 0), 300);
	backend_resets();
	client_says(10); /* which nobody takes */
	ck_assert_int_eq(turn(), RELAY_ON);
	ck_assert_int_eq(turn(), RELAY_BACKEND_FAILED);
	ck_assert_str_eq(upstream_error(&backend), strerror(EPIPE));
	ck_assert_uint_eq(client_hears(), 300);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
}
END_TEST

START_TEST(a_backend_that_is_gone_when_it_was_told_the_end_has_ended)
{
	client_says(10);
	ck_assert_int_eq(
	    s2n_shutdown_send(peers.client, &blocked), S2N_SUCCESS);
	ck_assert_int_eq(turn(), RELAY_ON);
	backend_resets();
	ck_assert_int_eq(turn(), RELAY_CLOSED);
	ck_assert_int_eq(s2n_recv(peers.client, got, sizeof got, &blocked), 0);
}
END_TEST

static Suite *
relay_suite(void)
{
	Suite *s = suite_create("relay");
	TCase *t = tcase_create("relay");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bytes_go_both_ways);
	tcase_add_test(t, who_is_idle_has_no_buffer);
	tcase_add_test(t, what_is_put_goes_first);
	tcase_add_test(t, nothing_costs_nothing);
	tcase_add_test(t, a_backend_that_is_full_stops_its_client);
	tcase_add_test(t, a_client_that_is_full_stops_its_backend);
	tcase_add_test(t, one_connection_does_not_take_every_turn);
	tcase_add_test(t, the_clients_end_is_told_and_the_backend_goes_on);
	tcase_add_test(t, the_backends_end_is_told_and_the_client_goes_on);
	tcase_add_test(t, a_client_that_is_cut_off_has_failed);
	tcase_add_test(t, a_client_that_breaks_a_record_has_failed);
	tcase_add_test(t, a_backend_that_takes_no_more_has_failed);
	tcase_add_test(t, what_a_backend_said_before_it_was_reset_has_no_end);
	tcase_add_test(t, an_answer_before_all_was_asked_arrives);
	tcase_add_test(
	    t, a_backend_that_is_gone_when_it_was_told_the_end_has_ended);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(relay_suite)
