/*
 * keyd/link.c: nothing that was said is lost, and nobody who does not read
 * makes keyd wait or hoard.
 */
#include "keyd/link.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct event_base *base;
static struct link link_here;
static struct channel *there;
static unsigned called;

static void
ready(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	called++;
	event_base_loopbreak(base);
}

static void
set_up(void)
{
	int ends[2];

	ck_assert_ptr_nonnull(base = event_base_new());
	ck_assert_int_eq(channel_pair(ends), 0);
	ck_assert(link_open(&link_here, base, ends[0], ready, NULL));
	ck_assert_ptr_nonnull(there = channel_new(ends[1], 4));
}

static void
tear_down(void)
{
	link_close(&link_here);
	link_close(&link_here);
	channel_free(there);
	event_base_free(base);
}

static bool
ping(uint64_t id)
{
	struct keyproto_header header = { .type = KEYPROTO_PING, .id = id };

	return link_say(&link_here, &header, NO_BYTES, -1);
}

/* Packets that the other side finds, which must have these ids in a row. */
static unsigned
take_all(uint64_t first)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	struct keyproto_header header;
	struct slice payload;
	unsigned count = 0;
	size_t len;

	while (channel_receive(there, packet, sizeof packet, &len, NULL) ==
	       CHANNEL_PACKET) {
		ck_assert_int_eq(
		    keyproto_parse(slice_of(packet, len), &header, &payload),
		    KEYPROTO_OK);
		ck_assert_uint_eq(header.id, first + count);
		count++;
	}
	return count;
}

START_TEST(what_does_not_fit_leaves_when_there_is_room)
{
	unsigned said = 900, taken = 0;

	for (unsigned i = 0; i < said; i++)
		ck_assert(ping(i));
	ck_assert(channel_waiting(link_here.channel));
	for (int round = 0; round < 1000 && taken < said; round++) {
		taken += take_all(taken);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	ck_assert_uint_eq(taken, said);
	ck_assert(!channel_waiting(link_here.channel));
	/* Then nothing is watched but reading. */
	ck_assert(!event_pending(link_here.writable, EV_WRITE, NULL));
}
END_TEST

START_TEST(who_never_reads_is_given_up)
{
	unsigned said = 0;

	while (said < 100000 && ping(said))
		said++;
	ck_assert_uint_gt(said, 1000);
	ck_assert_uint_lt(said, 100000);
}
END_TEST

/* Requests that a socket holds, which somebody sent who reads nothing. */
static void
take_none(void *ctx, struct slice packet)
{
	(void)ctx;
	ck_abort_msg("%zu bytes were taken", packet.len);
}

static void
fill_in_turn(unsigned *said)
{
	link_in_turn(&link_here);
	while (!channel_waiting(link_here.channel))
		ck_assert(ping((*said)++));
	ck_assert(channel_send(there, slice_of("more", 4), -1));
	ck_assert_int_eq(channel_flush(there), CHANNEL_EMPTY);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
		    link_receive(&link_here, take_none, NULL), CHANNEL_EMPTY);
	for (int i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_uint_eq(called, 0);
}

START_TEST(who_does_not_read_is_not_asked_for_more_until_then)
{
	unsigned said = 0, taken = 0;

	fill_in_turn(&said);
	for (int round = 0; round < 1000 && called == 0; round++) {
		taken += take_all(taken);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	ck_assert_uint_eq(called, 1);
	ck_assert_uint_eq(taken + take_all(taken), said);
}
END_TEST

START_TEST(who_goes_instead_of_reading_is_found_out)
{
	unsigned said = 0;

	fill_in_turn(&said);
	channel_free(there);
	there = NULL;
	for (int round = 0; round < 10 && called == 0; round++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_uint_ge(called, 1);
}
END_TEST

START_TEST(who_is_gone_is_told_to_nobody)
{
	int ends[2];

	ck_assert_int_eq(channel_pair(ends), 0);
	channel_free(there);
	there = channel_new(ends[0], 4);
	close(ends[1]);
	ck_assert(!ping(1));
	event_base_loop(base, EVLOOP_ONCE);
	ck_assert_uint_eq(called, 1);
}
END_TEST

START_TEST(what_no_packet_may_be_is_not_said)
{
	static const uint8_t bytes[3];
	struct keyproto_header header = { .type = KEYPROTO_PING };

	ck_assert(
	    !link_say(&link_here, &header, slice_of(bytes, sizeof bytes), -1));
	ck_assert_uint_eq(take_all(0), 0);
}
END_TEST

START_TEST(a_closed_link_has_closed_its_descriptor)
{
	int fd = channel_fd(link_here.channel);

	link_close(&link_here);
	ck_assert_ptr_null(link_here.channel);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

static unsigned taken;

static void
take(void *ctx, struct slice packet)
{
	ck_assert_ptr_eq(ctx, &taken);
	ck_assert_uint_eq(packet.len, 1);
	ck_assert_uint_eq(packet.data[0], ++taken);
	if (taken == 3)
		link_close(&link_here);
}

static void
send_byte(uint8_t byte)
{
	ck_assert(channel_send_now(there, slice_of(&byte, 1), -1));
}

START_TEST(what_came_is_taken_until_the_link_is_closed)
{
	ck_assert_int_eq(link_receive(&link_here, take, &taken), CHANNEL_EMPTY);
	send_byte(1);
	send_byte(2);
	ck_assert_int_eq(link_receive(&link_here, take, &taken), CHANNEL_EMPTY);
	ck_assert_uint_eq(taken, 2);
	send_byte(3);
	send_byte(4);
	ck_assert_int_eq(link_receive(&link_here, take, &taken), CHANNEL_EMPTY);
	ck_assert_uint_eq(taken, 3);
}
END_TEST

START_TEST(the_end_of_the_other_side_is_told_after_what_it_said)
{
	send_byte(1);
	channel_free(there);
	there = NULL;
	ck_assert_int_eq(
	    link_receive(&link_here, take, &taken), CHANNEL_CLOSED);
	ck_assert_uint_eq(taken, 1);
}
END_TEST

static Suite *
link_suite(void)
{
	Suite *suite = suite_create("link");
	TCase *tcase = tcase_create("link");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_does_not_fit_leaves_when_there_is_room);
	tcase_add_test(tcase, who_never_reads_is_given_up);
	tcase_add_test(
	    tcase, who_does_not_read_is_not_asked_for_more_until_then);
	tcase_add_test(tcase, who_goes_instead_of_reading_is_found_out);
	tcase_add_test(tcase, who_is_gone_is_told_to_nobody);
	tcase_add_test(tcase, what_no_packet_may_be_is_not_said);
	tcase_add_test(tcase, a_closed_link_has_closed_its_descriptor);
	tcase_add_test(tcase, what_came_is_taken_until_the_link_is_closed);
	tcase_add_test(
	    tcase, the_end_of_the_other_side_is_told_after_what_it_said);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(link_suite)
