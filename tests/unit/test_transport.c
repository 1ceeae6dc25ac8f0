/*
 * libtls/transport.c: what is done to a descriptor of ours. Over TCP on the
 * loopback, since only TCP has a cork.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

/* Two ends of a connection, neither of which blocks. */
static void
tcp_pair(int ends[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(
	    bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)&address, &len), 0);
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
	    connect(ends[0], (struct sockaddr *)&address, sizeof address), 0);
	ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ck_assert_int_ge(ends[1], 0);
	ck_assert_int_eq(close(listener), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(fcntl(ends[i], F_SETFL, O_NONBLOCK), 0);
}

static int
cork(int fd)
{
	int on = -1;
	socklen_t len = sizeof on;

	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, &len), 0);
	return on;
}

/* Fills a socket until it takes nothing more. */
static void
fill(int fd)
{
	static const uint8_t bytes[65536];

	while (write(fd, bytes, sizeof bytes) > 0)
		;
	while (write(fd, bytes, 1) > 0)
		;
}

static void
drain(int fd)
{
	static uint8_t bytes[65536];

	while (read(fd, bytes, sizeof bytes) > 0)
		;
	usleep(1000); /* what it made room for is on its way */
}

START_TEST(a_flight_is_corked_until_it_has_left)
{
	struct peers peers;
	s2n_blocked_status blocked;
	int ends[2];

	peers_open(&peers, &(struct peers_spec){ 0 });
	tcp_pair(ends);
	ck_assert_int_eq(s2n_connection_set_fd(peers.client, ends[0]), 0);
	ck_assert_int_eq(s2n_connection_use_corked_io(peers.client), 0);
	fill(ends[0]);
	ck_assert_int_eq(cork(ends[0]), 0);
	ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
	ck_assert_int_eq(cork(ends[0]), 1);
	/* as soon as there is room it goes, and the cork with it */
	for (int i = 0; i < 100 && blocked == S2N_BLOCKED_ON_WRITE; i++) {
		drain(ends[1]);
		ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	}
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(cork(ends[0]), 0);
	close(ends[0]);
	close(ends[1]);
	peers_close(&peers);
}
END_TEST

START_TEST(handshakes_work_with_a_cork)
{
	struct peers peers;
	int ends[2];

	peers_open(&peers, &(struct peers_spec){ 0 });
	tcp_pair(ends);
	ck_assert_int_eq(s2n_connection_set_fd(peers.client, ends[0]), 0);
	ck_assert_int_eq(s2n_connection_set_fd(peers.server, ends[1]), 0);
	ck_assert_int_eq(s2n_connection_use_corked_io(peers.client), 0);
	ck_assert_int_eq(s2n_connection_use_corked_io(peers.server), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(cork(ends[0]), 0);
	ck_assert_int_eq(cork(ends[1]), 0);
	peers_transfer(peers.client, peers.server, 100);
	close(ends[0]);
	close(ends[1]);
	peers_close(&peers);
}
END_TEST

/* A pipe has no cork: it is done without. */
START_TEST(other_descriptors_do_without)
{
	struct peers peers;
	int ends[2];

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	ck_assert_int_eq(s2n_connection_set_fd(peers.client, ends[0]), 0);
	ck_assert_int_eq(s2n_connection_set_fd(peers.server, ends[1]), 0);
	ck_assert_int_eq(s2n_connection_use_corked_io(peers.client), 0);
	ck_assert(peers_negotiate(&peers));
	close(ends[0]);
	close(ends[1]);
	peers_close(&peers);
}
END_TEST

START_TEST(only_descriptors_of_ours_are_corked)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_connection_use_corked_io(NULL), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_use_corked_io(peers.server), -1);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_CORK_SET_ON_UNMANAGED");
	peers_close(&peers);
}
END_TEST

static Suite *
transport_suite(void)
{
	Suite *suite = suite_create("transport");
	TCase *tcase = tcase_create("transport");

	with_library(tcase);
	tcase_add_test(tcase, a_flight_is_corked_until_it_has_left);
	tcase_add_test(tcase, handshakes_work_with_a_cork);
	tcase_add_test(tcase, other_descriptors_do_without);
	tcase_add_test(tcase, only_descriptors_of_ours_are_corked);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(transport_suite)
