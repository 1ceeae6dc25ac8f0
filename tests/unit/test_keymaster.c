/*
 * ipc/keymaster.c: what a master asks of keyd and makes of its answers.
 */
#include "ipc/keymaster.h"

#include <errno.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "tests/unit/unit.h"

static struct keymaster *master;
static struct channel *keyd;
static struct keymaster_news news;

static void
set_up(void)
{
	int fds[2];

	ck_assert_int_eq(channel_pair(fds), 0);
	master = keymaster_new(fds[0]);
	keyd = channel_new(fds[1], 8);
	ck_assert(master != NULL && keyd != NULL);
}

static void
tear_down(void)
{
	keymaster_free(master);
	channel_free(keyd);
}

/* Sends an answer as keyd would; descriptor -1 for none. */
static void
answer(uint16_t type, uint32_t status, struct slice payload, int fd)
{
	struct keyproto_header header = {
		.type = type, .flags = KEYPROTO_ANSWER, .status = status
	};
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(&header, payload, packet, sizeof packet);

	ck_assert_uint_gt(len, 0);
	ck_assert(channel_send(keyd, slice_of(packet, len), fd));
	ck_assert_int_eq(channel_flush(keyd), CHANNEL_EMPTY);
}

START_TEST(hello_goes_first_and_ids_increase)
{
	static const uint16_t types[] = { KEYPROTO_HELLO, KEYPROTO_NEWCHANNEL,
		KEYPROTO_STATUS, KEYPROTO_NEWCLIENTCHANNEL };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	struct keyproto_header header;
	struct slice payload;
	size_t len;

	ck_assert(keymaster_newchannel(master, 77));
	ck_assert(keymaster_status(master));
	ck_assert(keymaster_newclientchannel(master, 77));
	ck_assert(keymaster_flush(master));
	for (size_t i = 0; i < COUNT(types); i++) {
		ck_assert_int_eq(
		    channel_receive(keyd, packet, sizeof packet, &len, NULL),
		    CHANNEL_PACKET);
		ck_assert_int_eq(
		    keyproto_parse(slice_of(packet, len), &header, &payload),
		    KEYPROTO_OK);
		ck_assert_uint_eq(header.type, types[i]);
		ck_assert_uint_eq(header.id, i + 1);
	}
}
END_TEST

START_TEST(a_channel_arrives_with_its_descriptor)
{
	struct keyproto_newchannel channel = { 77, 1, 2 };
	uint8_t payload[12];
	size_t len = keyproto_newchannel_build(&channel, payload, 12);

	answer(KEYPROTO_NEWCHANNEL, KEYPROTO_OK, slice_of(payload, len),
	    channel_fd(keyd));
	ck_assert_int_eq(keymaster_receive(master, &news), KEYMASTER_CHANNEL);
	ck_assert_uint_eq(news.newchannel.tag, 77);
	ck_assert_int_ne(news.fd, -1);
	ck_assert(!news.of_client);
	close(news.fd);
	answer(KEYPROTO_NEWCLIENTCHANNEL, KEYPROTO_OK, slice_of(payload, len),
	    channel_fd(keyd));
	ck_assert_int_eq(keymaster_receive(master, &news), KEYMASTER_CHANNEL);
	ck_assert_int_ne(news.fd, -1);
	ck_assert(news.of_client);
	close(news.fd);
	ck_assert_int_eq(keymaster_receive(master, &news), KEYMASTER_NOTHING);
}
END_TEST

START_TEST(a_channel_without_descriptor_is_no_channel)
{
	struct keyproto_newchannel channel = { 77, 0, 1 };
	uint8_t payload[12];
	size_t len = keyproto_newchannel_build(&channel, payload, 12);

	answer(KEYPROTO_NEWCHANNEL, KEYPROTO_OK, slice_of(payload, len), -1);
	ck_assert_int_eq(
	    keymaster_receive(master, &news), KEYMASTER_DISCONNECTED);
}
END_TEST

START_TEST(a_refusal_tells_what_was_refused_and_why)
{
	answer(KEYPROTO_NEWCHANNEL, KEYPROTO_DENIED, NO_BYTES, -1);
	ck_assert_int_eq(keymaster_receive(master, &news), KEYMASTER_REFUSED);
	ck_assert_uint_eq(news.refused_type, KEYPROTO_NEWCHANNEL);
	ck_assert_uint_eq(news.status, KEYPROTO_DENIED);
}
END_TEST

START_TEST(keyd_gone_is_seen)
{
	channel_free(keyd);
	keyd = NULL;
	ck_assert_int_eq(
	    keymaster_receive(master, &news), KEYMASTER_DISCONNECTED);
	ck_assert(!keymaster_flush(master));
}
END_TEST

START_TEST(connecting_to_nothing_says_why)
{
	char longer[200] = { 0 };

	ck_assert_ptr_null(keymaster_connect("/nonexistent/keyd.sock"));
	ck_assert_int_eq(errno, ENOENT);
	memset(longer, 'x', sizeof longer - 1);
	ck_assert_ptr_null(keymaster_connect(longer));
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

static Suite *
keymaster_suite(void)
{
	Suite *suite = suite_create("keymaster");
	TCase *tcase = tcase_create("keymaster");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, hello_goes_first_and_ids_increase);
	tcase_add_test(tcase, a_channel_arrives_with_its_descriptor);
	tcase_add_test(tcase, a_channel_without_descriptor_is_no_channel);
	tcase_add_test(tcase, a_refusal_tells_what_was_refused_and_why);
	tcase_add_test(tcase, keyd_gone_is_seen);
	tcase_add_test(tcase, connecting_to_nothing_says_why);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(keymaster_suite)
