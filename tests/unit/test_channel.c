/*
 * ipc/channel.c: packets, descriptors, the bounded queue, and bad peers.
 */
#include "ipc/channel.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct channel *left;
static int right;
static uint8_t buffer[CHANNEL_PACKET_MAX];
static size_t got;

static void
set_up(void)
{
	int fds[2];

	ck_assert_int_eq(channel_pair(fds), 0);
	left = channel_new(fds[0], 4);
	ck_assert_ptr_nonnull(left);
	right = fds[1];
}

static void
tear_down(void)
{
	channel_free(left);
	if (right != -1)
		close(right);
}

/* Sends one byte and count copies of standard input's descriptor. */
static void
send_descriptors(size_t count)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(16 * sizeof(int))];
	} control = { 0 };
	int fds[16], pipe_fds[2];
	struct iovec iov = { buffer, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)) };

	ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
	for (size_t i = 0; i < count; i++)
		fds[i] = pipe_fds[0];
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.align), fds, count * sizeof(int));
	ck_assert_int_eq(sendmsg(right, &msg, 0), 1);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

/* The lowest descriptor that is free tells whether one leaked. */
static int
lowest_free(void)
{
	int fd = dup(right);

	close(fd);
	return fd;
}

START_TEST(packets_keep_their_borders)
{
	ck_assert(channel_send(left, slice_of("ab", 2), -1));
	ck_assert(channel_send(left, slice_of("cde", 3), -1));
	ck_assert(channel_waiting(left));
	ck_assert_int_eq(channel_flush(left), CHANNEL_EMPTY);
	ck_assert(!channel_waiting(left));
	ck_assert_int_eq(read(right, buffer, sizeof buffer), 2);
	ck_assert_int_eq(read(right, buffer, sizeof buffer), 3);
	ck_assert_int_eq(write(right, "xyz", 3), 3);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, NULL),
	    CHANNEL_PACKET);
	ck_assert_uint_eq(got, 3);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, NULL),
	    CHANNEL_EMPTY);
}
END_TEST

START_TEST(a_full_queue_refuses_and_keeps_what_it_has)
{
	for (int i = 0; i < 4; i++)
		ck_assert(channel_send(left, slice_of("q", 1), -1));
	ck_assert(!channel_send(left, slice_of("q", 1), -1));
	ck_assert_int_eq(channel_flush(left), CHANNEL_EMPTY);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(read(right, buffer, sizeof buffer), 1);
	ck_assert_int_eq(read(right, buffer, sizeof buffer), -1);
}
END_TEST

START_TEST(a_peer_that_does_not_read_makes_packets_wait)
{
	enum channel_event event = CHANNEL_EMPTY;

	for (int i = 0; i < 100000 && event == CHANNEL_EMPTY; i++) {
		ck_assert(
		    channel_send(left, slice_of(buffer, sizeof buffer), -1));
		event = channel_flush(left);
	}
	ck_assert_int_eq(event, CHANNEL_PACKET);
	ck_assert(channel_waiting(left));
}
END_TEST

START_TEST(what_is_sent_now_leaves_at_once_and_in_its_order)
{
	int fd, before = lowest_free();

	ck_assert(channel_send_now(left, slice_of("ab", 2), right));
	ck_assert(!channel_waiting(left));
	ck_assert(channel_send(left, slice_of("c", 1), -1));
	ck_assert(channel_send_now(left, slice_of("de", 2), right));
	ck_assert(channel_waiting(left));
	ck_assert_int_eq(channel_flush(left), CHANNEL_EMPTY);
	ck_assert_int_eq(lowest_free(), before);
	channel_free(left);
	left = channel_new(right, 4);
	right = -1;
	for (size_t i = 0; i < 3; i++) {
		static const size_t sizes[] = { 2, 1, 2 };

		ck_assert_int_eq(
		    channel_receive(left, buffer, sizeof buffer, &got, &fd),
		    CHANNEL_PACKET);
		ck_assert_uint_eq(got, sizes[i]);
		ck_assert_int_eq(fd != -1, i != 1);
		if (fd != -1)
			close(fd);
	}
}
END_TEST

START_TEST(a_descriptor_travels_and_is_the_receivers)
{
	int fd, before = lowest_free();

	send_descriptors(1);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, &fd),
	    CHANNEL_PACKET);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
	ck_assert_int_eq(lowest_free(), before);
}
END_TEST

START_TEST(a_descriptor_that_there_is_no_room_for_is_lost_alone)
{
	struct rlimit all, few;
	int fd;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &all), 0);
	few = (struct rlimit){ (rlim_t)lowest_free(), all.rlim_max };
	send_descriptors(1);
	send_descriptors(1);
	send_descriptors(1);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, &fd),
	    CHANNEL_PACKET);
	ck_assert_int_eq(fd, -1);
	ck_assert_uint_gt(got, 0);
	/* Where none may come it still breaks. */
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, NULL),
	    CHANNEL_BROKEN);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &all), 0);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, &fd),
	    CHANNEL_PACKET);
	ck_assert_int_ne(fd, -1);
	close(fd);
}
END_TEST

START_TEST(an_unwanted_descriptor_breaks_and_is_closed)
{
	int before = lowest_free();

	send_descriptors(1);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, NULL),
	    CHANNEL_BROKEN);
	ck_assert_int_eq(lowest_free(), before);
}
END_TEST

START_TEST(several_descriptors_break_and_are_closed)
{
	int fd, before = lowest_free();

	send_descriptors(_i == 0 ? 2 : 16);
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, &fd),
	    CHANNEL_BROKEN);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(lowest_free(), before);
}
END_TEST

START_TEST(a_packet_larger_than_the_room_breaks)
{
	ck_assert_int_eq(write(right, "abcdef", 6), 6);
	ck_assert_int_eq(
	    channel_receive(left, buffer, 5, &got, NULL), CHANNEL_BROKEN);
}
END_TEST

START_TEST(a_closed_peer_is_seen_in_both_directions)
{
	close(right);
	right = -1;
	ck_assert_int_eq(
	    channel_receive(left, buffer, sizeof buffer, &got, NULL),
	    CHANNEL_CLOSED);
	ck_assert(channel_send(left, slice_of("a", 1), -1));
	ck_assert_int_eq(channel_flush(left), CHANNEL_CLOSED);
	ck_assert(channel_send_now(left, slice_of("a", 1), -1));
	ck_assert_int_eq(channel_flush(left), CHANNEL_CLOSED);
}
END_TEST

static Suite *
channel_suite(void)
{
	Suite *suite = suite_create("channel");
	TCase *tcase = tcase_create("channel");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, packets_keep_their_borders);
	tcase_add_test(tcase, a_full_queue_refuses_and_keeps_what_it_has);
	tcase_add_test(tcase, a_peer_that_does_not_read_makes_packets_wait);
	tcase_add_test(tcase, what_is_sent_now_leaves_at_once_and_in_its_order);
	tcase_add_test(tcase, a_descriptor_travels_and_is_the_receivers);
	tcase_add_test(
	    tcase, a_descriptor_that_there_is_no_room_for_is_lost_alone);
	tcase_add_test(tcase, an_unwanted_descriptor_breaks_and_is_closed);
	tcase_add_loop_test(
	    tcase, several_descriptors_break_and_are_closed, 0, 2);
	tcase_add_test(tcase, a_packet_larger_than_the_room_breaks);
	tcase_add_test(tcase, a_closed_peer_is_seen_in_both_directions);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(channel_suite)
