/*
 * frontd/control.c: records as packets, and what of a packet is taken.
 * frontd/gathered.c: parts put together again.
 */
#include "frontd/control.h"
#include "frontd/gathered.h"

#include "tests/unit/unit.h"

static uint8_t packet[CHANNEL_PACKET_MAX];
static uint8_t long_bytes[CHANNEL_PACKET_MAX];

static struct control_site
a_site(void)
{
	return (struct control_site){ .type = CONTROL_SITE,
		.site = 7,
		.early_data = 9,
		.title = control_text_of("title"),
		.names = slice_of("\1a\2bc", 5),
		.backend_name = control_text_of("backend"),
		.terms = {
		    .policy = control_text_of("default"), .client_ca = 3 } };
}

START_TEST(what_is_built_is_taken)
{
	struct control_site site = a_site(), taken;
	size_t len = control_build(&site, sizeof site, packet);

	ck_assert_uint_eq(len, sizeof site + 6 + 5 + 8 + 8);
	ck_assert_uint_eq(control_type(slice_of(packet, len)), CONTROL_SITE);
	ck_assert(control_take(slice_of(packet, len), &taken, sizeof taken));
	ck_assert_uint_eq(taken.site, 7);
	ck_assert_uint_eq(taken.early_data, 9);
	ck_assert_uint_eq(taken.terms.client_ca, 3);
	ck_assert_str_eq(control_text(taken.title), "title");
	ck_assert(slice_equal(taken.names, site.names));
	ck_assert_uint_eq(taken.terms.alpn.len, 0);
	ck_assert_str_eq(control_text(taken.backend_name), "backend");
	ck_assert_str_eq(control_text(taken.terms.policy), "default");
	ck_assert_str_eq(control_text(taken.terms.dh), "");
}
END_TEST

START_TEST(where_bytes_lie_here_is_not_told)
{
	struct control_site site = a_site(), raw;

	ck_assert_uint_gt(control_build(&site, sizeof site, packet), 0);
	memcpy(&raw, packet, sizeof raw);
	ck_assert_ptr_null(raw.title.data);
	ck_assert_ptr_null(raw.names.data);
	ck_assert_ptr_null(raw.terms.policy.data);
}
END_TEST

START_TEST(a_packet_of_another_length_is_refused)
{
	struct control_site site = a_site(), taken;
	size_t len = control_build(&site, sizeof site, packet);

	for (size_t i = 0; i <= len + 1; i++)
		ck_assert(control_take(slice_of(packet, i), &taken,
			      sizeof taken) == (i == len));
}
END_TEST

START_TEST(a_packet_of_another_type_is_refused)
{
	struct control_plain plain = { .type = CONTROL_SERVE };
	struct control_stale stale;
	uint32_t strange[] = { 0, CONTROL_TYPES, UINT32_MAX };

	ck_assert_uint_eq(control_build(&plain, sizeof plain, packet), 4);
	ck_assert(control_take(slice_of(packet, 4), &plain, sizeof plain));
	ck_assert(!control_take(
	    slice_of(packet, sizeof stale), &stale, sizeof stale));
	for (size_t i = 0; i < COUNT(strange); i++) {
		memcpy(packet, &strange[i], sizeof strange[i]);
		ck_assert(
		    !control_take(slice_of(packet, 4), &plain, sizeof plain));
	}
	ck_assert_uint_eq(control_type(slice_of(packet, 3)), 0);
}
END_TEST

/* A length of a slice, which a hostile sender chooses. */
static const size_t lengths[] = { 1, 4, 7, CONTROL_TITLE_MAX + 1, SIZE_MAX,
	SIZE_MAX - 5, (size_t)1 << 32 };

START_TEST(a_slice_stays_in_its_packet)
{
	struct control_site site = a_site(), taken;
	size_t len = control_build(&site, sizeof site, packet);

	memcpy(&taken, packet, sizeof taken);
	taken.title.len = lengths[_i];
	memcpy(packet, &taken, sizeof taken);
	ck_assert(!control_take(slice_of(packet, len), &taken, sizeof taken));
}
END_TEST

START_TEST(what_is_longer_than_its_bound_is_not_built_and_not_taken)
{
	struct control_part part = { .type = CONTROL_PART }, taken;
	size_t len;

	part.bytes = slice_of(long_bytes, CONTROL_PART_MAX);
	len = control_build(&part, sizeof part, packet);
	ck_assert_uint_eq(len, sizeof part + CONTROL_PART_MAX);
	ck_assert(control_take(slice_of(packet, len), &taken, sizeof taken));
	part.bytes.len++;
	ck_assert_uint_eq(control_build(&part, sizeof part, packet), 0);
	memcpy(packet, &part, sizeof part);
	ck_assert(
	    !control_take(slice_of(packet, len + 1), &taken, sizeof taken));
}
END_TEST

static const struct {
	const char *what;
	struct slice text;
	bool good;
} texts[] = {
	{ "empty", { NULL, 0 }, true },
	{ "terminated", { (const uint8_t *)"a", 2 }, true },
	{ "only terminated", { (const uint8_t *)"", 1 }, true },
	{ "not terminated", { (const uint8_t *)"ab", 2 }, false },
	{ "terminated before its end", { (const uint8_t *)"a\0b", 4 }, false },
	{ "terminated twice", { (const uint8_t *)"a\0", 3 }, false },
};

START_TEST(a_text_ends_with_its_only_zero)
{
	struct control_site site = a_site(), taken;
	size_t len;

	site.title = texts[_i].text;
	len = control_build(&site, sizeof site, packet);
	ck_assert_msg((len > 0) == texts[_i].good, "%s", texts[_i].what);
	if (len > 0)
		return;
	/* As one would build it who does not look. */
	site = (struct control_site){ .type = CONTROL_SITE };
	site.title.len = texts[_i].text.len;
	memcpy(packet, &site, sizeof site);
	memcpy(packet + sizeof site, texts[_i].text.data, texts[_i].text.len);
	ck_assert_msg(
	    !control_take(slice_of(packet, sizeof site + texts[_i].text.len),
		&taken, sizeof taken),
	    "%s", texts[_i].what);
}
END_TEST

START_TEST(rows_come_whole)
{
	static const struct tally_site rows[2] = { { .open = 1 },
		{ .open = 2 } };
	struct control_tally_sites part = { .type = CONTROL_TALLY_SITES,
		.sites = slice_of(rows, sizeof rows) },
				   taken;
	size_t len = control_build(&part, sizeof part, packet);

	ck_assert(control_take(slice_of(packet, len), &taken, sizeof taken));
	ck_assert_mem_eq(taken.sites.data, rows, sizeof rows);
	part.sites.len--;
	ck_assert_uint_eq(control_build(&part, sizeof part, packet), 0);
	memcpy(packet, &part, sizeof part);
	ck_assert(
	    !control_take(slice_of(packet, len - 1), &taken, sizeof taken));
}
END_TEST

START_TEST(the_longest_site_fits_into_a_packet)
{
	static char text[CONTROL_DH_MAX];
	struct control_site site = { .type = CONTROL_SITE };

	memset(text, 'a', sizeof text - 1);
	site.title = control_text_of(text + sizeof text - CONTROL_TITLE_MAX);
	site.names = slice_of(long_bytes, CONTROL_NAMES_MAX);
	site.terms.alpn = slice_of(long_bytes, CONTROL_ALPN_MAX);
	site.backend_name =
	    control_text_of(text + sizeof text - CONTROL_BACKEND_NAME_MAX);
	site.terms.policy =
	    control_text_of(text + sizeof text - CONTROL_POLICY_MAX);
	site.terms.dh = control_text_of(text);
	ck_assert_uint_gt(control_build(&site, sizeof site, packet), 0);
}
END_TEST

static const size_t sizes[] = { 0, 1, CONTROL_PART_MAX - 1, CONTROL_PART_MAX,
	CONTROL_PART_MAX + 1, CHANNEL_PACKET_MAX };

START_TEST(parts_are_gathered_again)
{
	struct control_part part = { .type = CONTROL_PART, .number = 1 }, taken;
	struct slice bytes = slice_of(long_bytes, sizes[_i]);
	struct gathered all = { 0 };
	size_t len, count = 0;

	for (size_t i = 0; i < sizeof long_bytes; i++)
		long_bytes[i] = (uint8_t)(i * 7 + i / 256);
	ck_assert(gathered_begin(&all, sizes[_i]));
	for (; control_part_next(&part, &bytes); count++) {
		ck_assert(!gathered_whole(&all));
		len = control_build(&part, sizeof part, packet);
		ck_assert(
		    control_take(slice_of(packet, len), &taken, sizeof taken));
		ck_assert(gathered_take(&all, taken.bytes));
	}
	ck_assert_uint_eq(
	    count, (sizes[_i] + CONTROL_PART_MAX - 1) / CONTROL_PART_MAX);
	ck_assert(gathered_whole(&all));
	ck_assert(
	    slice_equal(gathered_slice(&all), slice_of(long_bytes, sizes[_i])));
	ck_assert_uint_eq(all.bytes[all.len], 0);
	ck_assert(!gathered_take(&all, slice_of(long_bytes, 1)));
	gathered_free(&all);
	ck_assert(gathered_whole(&all));
}
END_TEST

static Suite *
control_suite(void)
{
	Suite *suite = suite_create("control");
	TCase *tcase = tcase_create("records");

	tcase_add_test(tcase, what_is_built_is_taken);
	tcase_add_test(tcase, where_bytes_lie_here_is_not_told);
	tcase_add_test(tcase, a_packet_of_another_length_is_refused);
	tcase_add_test(tcase, a_packet_of_another_type_is_refused);
	tcase_add_loop_test(
	    tcase, a_slice_stays_in_its_packet, 0, COUNT(lengths));
	tcase_add_test(
	    tcase, what_is_longer_than_its_bound_is_not_built_and_not_taken);
	tcase_add_loop_test(
	    tcase, a_text_ends_with_its_only_zero, 0, COUNT(texts));
	tcase_add_test(tcase, rows_come_whole);
	tcase_add_test(tcase, the_longest_site_fits_into_a_packet);
	tcase_add_loop_test(tcase, parts_are_gathered_again, 0, COUNT(sizes));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(control_suite)
