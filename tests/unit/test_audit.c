/*
 * keyd/audit.c: what a signer tells before a result leaves, and what it does
 * when it cannot.
 */
#include "keyd/audit.h"

#include <unistd.h>

#include "ipc/channel.h"
#include "tests/unit/unit.h"

static struct audit audit;
static struct channel *reader;
static int ends[2];

static void
begin(uint32_t stop)
{
	const struct keyproto_audit what = { .stop = stop };

	ck_assert_int_eq(channel_pair(ends), 0);
	ck_assert_int_eq(audit_begin(&audit, &what, ends[0]), KEYPROTO_OK);
	channel_free(reader);
	ck_assert_ptr_nonnull(reader = channel_new(ends[1], 1));
}

static void
set_up(void)
{
	audit = audit_of(0x1234);
	reader = NULL;
}

static void
tear_down(void)
{
	channel_free(audit.channel);
	channel_free(reader);
}

static bool
tell(uint16_t status)
{
	struct keyproto_record record = { .operation = KEYPROTO_SIGN13,
		.status = status };

	return audit_tell(&audit, &record, 1000000000);
}

/* False: nothing was told. */
static bool
hear(uint64_t *told, struct keyproto_record *record)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	struct keyproto_header header;
	struct slice payload;
	size_t len;

	if (channel_receive(reader, packet, sizeof packet, &len, NULL) !=
	    CHANNEL_PACKET)
		return false;
	ck_assert_int_eq(
	    keyproto_parse(slice_of(packet, len), &header, &payload),
	    KEYPROTO_OK);
	ck_assert_uint_eq(header.type, KEYPROTO_RECORD);
	ck_assert(keyproto_record_parse(payload, record));
	*told = header.id;
	return true;
}

START_TEST(without_an_audit_all_goes_on)
{
	ck_assert(tell(KEYPROTO_OK));
	ck_assert(tell(KEYPROTO_DENIED));
	ck_assert_uint_eq(audit.told, 0);
}
END_TEST

START_TEST(each_operation_is_told_and_numbered)
{
	struct keyproto_record record;
	uint64_t told;

	begin(1);
	for (uint64_t i = 1; i <= 3; i++) {
		ck_assert(tell(KEYPROTO_OK));
		ck_assert(hear(&told, &record));
		ck_assert_uint_eq(told, i);
		ck_assert_uint_eq(record.signer, 0x1234);
		ck_assert_uint_eq(record.lost, 0);
	}
}
END_TEST

/* How many are taken while nobody reads, and the first that is not. */
static int
fill(void)
{
	int taken = 0;

	while (taken < 100000 && tell(KEYPROTO_OK))
		taken++;
	return taken;
}

START_TEST(what_nobody_reads_stops_the_operations)
{
	struct keyproto_record record;
	uint64_t told;
	int taken;

	begin(1);
	taken = fill();
	ck_assert_int_gt(taken, 1);
	ck_assert_int_lt(taken, 100000);
	ck_assert(!tell(KEYPROTO_OK));
	for (int i = 1; i < taken; i++) /* the last one waits here */
		ck_assert(hear(&told, &record));
	ck_assert(tell(KEYPROTO_OK));
	ck_assert(hear(&told, &record));
	ck_assert(hear(&told, &record));
	ck_assert_uint_eq(told, (uint64_t)taken + 1);
	ck_assert_uint_eq(record.lost, 0);
}
END_TEST

START_TEST(or_is_counted)
{
	struct keyproto_record record;
	uint64_t told;

	begin(0);
	for (int i = 0; i < 100000 && audit.lost < 5; i++)
		ck_assert(tell(KEYPROTO_OK));
	ck_assert_uint_eq(audit.lost, 5);
	while (hear(&told, &record))
		ck_assert_uint_eq(record.lost, 0);
	ck_assert(tell(KEYPROTO_OK));
	while (hear(&told, &record))
		;
	ck_assert_uint_eq(record.lost, 5);
	ck_assert_uint_eq(audit.lost, 0);
}
END_TEST

START_TEST(when_the_other_side_is_gone_it_is_as_full)
{
	begin(1);
	ck_assert(tell(KEYPROTO_OK));
	channel_free(reader);
	reader = NULL;
	ck_assert(!tell(KEYPROTO_OK));
	ck_assert(!tell(KEYPROTO_OK));
	begin(1);
	ck_assert(tell(KEYPROTO_OK));
	channel_free(reader);
	reader = NULL;
	begin(0);
	channel_free(reader);
	reader = NULL;
	ck_assert(tell(KEYPROTO_OK));
	ck_assert_uint_eq(audit.lost, 1);
}
END_TEST

START_TEST(refusals_fill_no_disk)
{
	struct keyproto_record record;
	uint64_t told;
	int heard = 0;

	begin(1);
	for (int i = 0; i < 1000; i++) {
		ck_assert(tell(KEYPROTO_DENIED));
		heard += hear(&told, &record);
	}
	ck_assert_int_ge(heard, 100);
	ck_assert_int_le(heard, 102);
	ck_assert(tell(KEYPROTO_OK));
	ck_assert(hear(&told, &record));
	ck_assert_uint_eq(record.skipped, 1000u - (unsigned)heard);
	ck_assert_uint_eq(record.status, KEYPROTO_OK);
}
END_TEST

static Suite *
audit_suite(void)
{
	Suite *suite = suite_create("audit");
	TCase *tcase = tcase_create("audit");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, without_an_audit_all_goes_on);
	tcase_add_test(tcase, each_operation_is_told_and_numbered);
	tcase_add_test(tcase, what_nobody_reads_stops_the_operations);
	tcase_add_test(tcase, or_is_counted);
	tcase_add_test(tcase, when_the_other_side_is_gone_it_is_as_full);
	tcase_add_test(tcase, refusals_fill_no_disk);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(audit_suite)
