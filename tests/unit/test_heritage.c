/*
 * frontd/heritage.c: what two frontds say to each other stays what it is, for
 * builds to come.
 */
#include "frontd/heritage.h"

#include <unistd.h>

#include "tests/unit/unit.h"

static struct channel *here, *there;

static void
set_up(void)
{
	int ends[2];

	ck_assert_int_eq(channel_pair(ends), 0);
	here = channel_new(ends[0], 8);
	there = channel_new(ends[1], 8);
}

static void
tear_down(void)
{
	channel_free(here);
	channel_free(there);
}

static size_t
receive(uint8_t packet[CHANNEL_PACKET_MAX], int *fd)
{
	size_t len;

	ck_assert_int_eq(
	    channel_receive(there, packet, CHANNEL_PACKET_MAX, &len, fd),
	    CHANNEL_PACKET);
	return len;
}

START_TEST(what_is_said_is_heard)
{
	static char text[HERITAGE_TEXT_MAX + 1];
	struct heritage said = { .type = HERITAGE_READY,
		.numbers = { 1, 2, 3, [HERITAGE_NUMBERS - 1] = UINT64_MAX } };
	uint8_t packet[CHANNEL_PACKET_MAX];
	struct heritage heard;
	size_t len;
	int fd;

	ck_assert(heritage_say(here, said, "1.2.3", STDERR_FILENO));
	len = receive(packet, &fd);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert(heritage_parse(slice_of(packet, len), &heard, text));
	ck_assert_uint_eq(heard.type, HERITAGE_READY);
	ck_assert_mem_eq(heard.numbers, said.numbers, sizeof said.numbers);
	ck_assert_str_eq(text, "1.2.3");
}
END_TEST

/* A build to come reads these bytes. */
START_TEST(a_record_has_one_shape)
{
	static const uint8_t begin[] = { 1, 0, 0, 0, 6, 0, 0, 0, 7 };
	uint8_t packet[CHANNEL_PACKET_MAX];
	int fd;

	ck_assert(heritage_say(here,
	    (struct heritage){ .type = HERITAGE_REFUSED, .numbers = { 7 } },
	    "why", -1));
	ck_assert_uint_eq(receive(packet, &fd), 104 + 3);
	ck_assert_mem_eq(packet, begin, sizeof begin);
	ck_assert_mem_eq(packet + 104, "why", 3);
	ck_assert_int_eq(HERITAGE_END, 13);
	ck_assert_int_eq(HERITAGE_BEFORE, 14);
}
END_TEST

START_TEST(a_long_text_is_cut)
{
	static char text[HERITAGE_TEXT_MAX + 1], much[HERITAGE_TEXT_MAX + 100];
	uint8_t packet[CHANNEL_PACKET_MAX];
	struct heritage heard;
	size_t len;
	int fd;

	memset(much, 'x', sizeof much - 1);
	ck_assert(heritage_say(
	    here, (struct heritage){ .type = HERITAGE_REFUSED }, much, -1));
	len = receive(packet, &fd);
	ck_assert(heritage_parse(slice_of(packet, len), &heard, text));
	ck_assert_uint_eq(strlen(text), HERITAGE_TEXT_MAX);
}
END_TEST

START_TEST(what_is_short_or_of_another_version_is_none)
{
	static char text[HERITAGE_TEXT_MAX + 1];
	struct heritage record = { .version = HERITAGE_VERSION, .type = 1 };
	struct heritage heard;

	ck_assert(
	    heritage_parse(slice_of(&record, sizeof record), &heard, text));
	for (size_t len = 0; len < sizeof record; len++)
		ck_assert(
		    !heritage_parse(slice_of(&record, len), &heard, text));
	record.version = HERITAGE_VERSION + 1;
	ck_assert(
	    !heritage_parse(slice_of(&record, sizeof record), &heard, text));
}
END_TEST

static Suite *
heritage_suite(void)
{
	Suite *suite = suite_create("heritage");
	TCase *tcase = tcase_create("heritage");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_said_is_heard);
	tcase_add_test(tcase, a_record_has_one_shape);
	tcase_add_test(tcase, a_long_text_is_cut);
	tcase_add_test(tcase, what_is_short_or_of_another_version_is_none);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(heritage_suite)
