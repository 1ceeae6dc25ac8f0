/*
 * frontd/tally.c: what is counted where, and that sums are sums.
 */
#include "frontd/tally.h"

#include <stdio.h>

#include "tests/unit/unit.h"

static const struct {
	const char *reason;
	enum tally_end end;
	const char *name;
} reasons[] = {
	{ "closed", TALLY_CLOSED, "closed" },
	{ "handshake: no shared cipher", TALLY_HANDSHAKE, "handshake" },
	{ "handshake timeout", TALLY_TIMEOUT, "timeout" },
	{ "idle timeout", TALLY_TIMEOUT, "timeout" },
	{ "client: the connection is closed", TALLY_CLIENT, "client" },
	{ "backend: Connection refused", TALLY_BACKEND, "backend" },
	{ "backend timeout", TALLY_TIMEOUT, "timeout" },
	{ "drained", TALLY_DRAINED, "drained" },
	{ "cut", TALLY_DRAINED, "drained" },
	{ "out of memory", TALLY_OTHER, "other" },
};

START_TEST(a_reason_is_of_one_kind)
{
	enum tally_end end = tally_end_of(reasons[_i].reason);

	ck_assert_msg(end == reasons[_i].end, "%s", reasons[_i].reason);
	ck_assert_str_eq(tally_end_name(end), reasons[_i].name);
}
END_TEST

START_TEST(a_duration_is_in_the_first_bucket_that_has_it)
{
	struct tally_times times = { 0 };

	tally_time(&times, 0);
	tally_time(&times, tally_bounds_us[0]);
	tally_time(&times, tally_bounds_us[0] + 1);
	tally_time(&times, tally_bounds_us[TALLY_BUCKETS - 2] + 1);
	ck_assert_uint_eq(times.buckets[0], 2);
	ck_assert_uint_eq(times.buckets[1], 1);
	ck_assert_uint_eq(times.buckets[TALLY_BUCKETS - 1], 1);
	ck_assert_uint_eq(times.sum_us,
	    tally_bounds_us[0] * 2u + 2 + tally_bounds_us[TALLY_BUCKETS - 2]);
}
END_TEST

START_TEST(what_was_agreed_on_has_a_row_until_all_are_taken)
{
	static struct tally_all a, b;
	char suite[64];

	for (unsigned i = 0; i < TALLY_AGREED_MAX + 3; i++) {
		snprintf(suite, sizeof suite, "SUITE_%u", i);
		tally_agree(&a, "TLSv1.3", suite);
		tally_agree(&a, "TLSv1.3", suite);
	}
	ck_assert_uint_eq(a.agreed[1].count, 2);
	ck_assert_uint_eq(a.agreed_lost, 6);
	/* The same suite of another version is another. */
	tally_agree(&b, "TLSv1.2", "SUITE_0");
	tally_agree(&b, "TLSv1.3", "SUITE_0");
	ck_assert_uint_eq(b.agreed[0].count, 1);
	ck_assert_uint_eq(b.agreed[1].count, 1);
	tally_add_all(&a, &b);
	ck_assert_uint_eq(a.agreed[0].count, 3);
	ck_assert_uint_eq(a.agreed_lost, 7);
}
END_TEST

/* Every number of it is in the sum. */
START_TEST(sums_are_of_all)
{
	static struct tally_all all, sum;
	struct tally_site site, site_sum = { 0 };
	uint64_t *number = (uint64_t *)&site;

	for (size_t i = 0; i < sizeof site / sizeof *number; i++)
		number[i] = i + 1;
	tally_add_site(&site_sum, &site);
	ck_assert(memcmp(&site_sum, &site, sizeof site) == 0);
	tally_add_site(&site_sum, &site);
	ck_assert_uint_eq(site_sum.backend_failed, 2 * site.backend_failed);

	memset(&all, 1, sizeof all);
	for (size_t i = 0; i < TALLY_AGREED_MAX; i++)
		memset(&all.agreed[i], 0, sizeof all.agreed[i]);
	tally_agree(&all, "TLSv1.3", "SUITE");
	tally_add_all(&sum, &all);
	ck_assert(memcmp(&sum, &all, sizeof all) == 0);
}
END_TEST

static Suite *
tally_suite(void)
{
	Suite *suite = suite_create("tally");
	TCase *tcase = tcase_create("tally");

	tcase_add_loop_test(
	    tcase, a_reason_is_of_one_kind, 0, (int)COUNT(reasons));
	tcase_add_test(tcase, a_duration_is_in_the_first_bucket_that_has_it);
	tcase_add_test(tcase, what_was_agreed_on_has_a_row_until_all_are_taken);
	tcase_add_test(tcase, sums_are_of_all);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(tally_suite)
