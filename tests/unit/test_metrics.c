/*
 * admin/metrics.c: the text exposition format of Prometheus, byte for byte.
 */
#include "admin/metrics.h"

#include "tests/unit/unit.h"

static struct writer out;

static void
set_up(void)
{
	writer_init(&out, 1 << 16);
}

static void
tear_down(void)
{
	writer_free(&out);
}

static void
assert_written(const char *expected)
{
	struct slice all;

	writer_u8(&out, '\0');
	ck_assert(writer_result(&out, &all));
	ck_assert_str_eq((const char *)all.data, expected);
}

START_TEST(a_family_has_help_and_type)
{
	metrics_family(
	    &out, "a_total", METRICS_COUNTER, "How\nmany \\ \"as\".");
	metrics_sample(&out, "a_total", NULL, 0, 3);
	metrics_family(&out, "b", METRICS_GAUGE, "Bs.");
	assert_written("# HELP a_total How\\nmany \\\\ \"as\".\n"
		       "# TYPE a_total counter\n"
		       "a_total 3\n"
		       "# HELP b Bs.\n"
		       "# TYPE b gauge\n");
}
END_TEST

START_TEST(labels_are_escaped)
{
	const struct label labels[] = { { "key", "w\"w\\w\n" },
		{ "empty", "" } };

	metrics_sample(&out, "a", labels, COUNT(labels), UINT64_MAX);
	assert_written(
	    "a{key=\"w\\\"w\\\\w\\n\",empty=\"\"} 18446744073709551615\n");
}
END_TEST

START_TEST(seconds_have_their_millionths)
{
	metrics_seconds(&out, "a_seconds", NULL, 0, 0);
	metrics_seconds(&out, "a_seconds", NULL, 0, 1);
	metrics_seconds(&out, "a_seconds", NULL, 0, 61000001);
	assert_written("a_seconds 0.000000\n"
		       "a_seconds 0.000001\n"
		       "a_seconds 61.000001\n");
}
END_TEST

START_TEST(a_histogram_adds_up)
{
	static const uint32_t bounds[] = { 100, 1000000 };
	static const uint64_t counts[] = { 2, 3, 5 };
	const struct label labels[] = { { "group", "g" } };
	const struct metrics_buckets buckets = { bounds, COUNT(bounds), counts,
		2500000 };

	metrics_family(&out, "s_seconds", METRICS_HISTOGRAM, "S.");
	metrics_histogram(&out, "s_seconds", labels, COUNT(labels), &buckets);
	assert_written("# HELP s_seconds S.\n"
		       "# TYPE s_seconds histogram\n"
		       "s_seconds_bucket{group=\"g\",le=\"0.000100\"} 2\n"
		       "s_seconds_bucket{group=\"g\",le=\"1.000000\"} 5\n"
		       "s_seconds_bucket{group=\"g\",le=\"+Inf\"} 10\n"
		       "s_seconds_sum{group=\"g\"} 2.500000\n"
		       "s_seconds_count{group=\"g\"} 10\n");
}
END_TEST

static Suite *
metrics_suite(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_family_has_help_and_type);
	tcase_add_test(tcase, labels_are_escaped);
	tcase_add_test(tcase, seconds_have_their_millionths);
	tcase_add_test(tcase, a_histogram_adds_up);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(metrics_suite)
