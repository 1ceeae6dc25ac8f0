/*
 * libtls/core/stacktrace.c: kept where an error is raised, if that is wanted.
 */
#include "libtls/core/stacktrace.h"

#include <pthread.h>

#include "libtls/core/errors.h"
#include "libtls/s2n.h"
#include "tests/unit/unit.h"

#define ROOM 16384

static void
setup(void)
{
	unsetenv("S2N_PRINT_STACKTRACE");
	ck_assert_int_eq(s2n_init(), 0);
}

static void
teardown(void)
{
	(void)!s2n_free_stacktrace();
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static void
print(char text[ROOM])
{
	FILE *file = fmemopen(text, ROOM, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(s2n_print_stacktrace(file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static int
frames(void)
{
	struct s2n_stacktrace trace = { (char **)-1, -1 };

	ck_assert_int_eq(s2n_get_stacktrace(&trace), 0);
	ck_assert((trace.trace != NULL) == (trace.trace_size > 0));
	return trace.trace_size;
}

START_TEST(nothing_is_kept_unless_it_is_wanted)
{
	char text[ROOM];

	ck_assert(!s2n_stack_traces_enabled());
	ck_assert_int_eq(s2n_connection_free(NULL), -1);
	ck_assert_int_eq(frames(), 0);
	ck_assert_int_eq(s2n_calculate_stacktrace(), 0);
	ck_assert_int_eq(frames(), 0);
	print(text);
	ck_assert_ptr_nonnull(strstr(text, "S2N_PRINT_STACKTRACE"));
}
END_TEST

START_TEST(an_error_keeps_its_frames)
{
	char text[ROOM];
	struct s2n_stacktrace trace;

	ck_assert_int_eq(s2n_stack_traces_enabled_set(true), 0);
	ck_assert(s2n_stack_traces_enabled());
	ck_assert_int_eq(frames(), 0);
	ck_assert_int_eq(s2n_connection_free(NULL), -1);
	ck_assert_int_gt(frames(), 2);
	ck_assert_int_le(frames(), STACKTRACE_MAX);
	print(text);
	ck_assert_int_eq(s2n_get_stacktrace(&trace), 0);
	for (int i = 0; i < trace.trace_size; i++)
		ck_assert_ptr_nonnull(strstr(text, trace.trace[i]));
	ck_assert_int_eq(s2n_free_stacktrace(), 0);
	ck_assert_int_eq(frames(), 0);
	ck_assert_int_eq(s2n_calculate_stacktrace(), 0);
	ck_assert_int_gt(frames(), 1);
	ck_assert_int_eq(s2n_stack_traces_enabled_set(false), 0);
	ck_assert(!s2n_stack_traces_enabled());
}
END_TEST

static int
deep(int depth)
{
	volatile int result;

	if (depth == 0)
		return s2n_calculate_stacktrace();
	result = deep(depth - 1);
	return result;
}

START_TEST(there_are_twenty_at_most)
{
	ck_assert_int_eq(s2n_stack_traces_enabled_set(true), 0);
	ck_assert_int_eq(deep(400), 0);
	ck_assert_int_eq(frames(), STACKTRACE_MAX);
	ck_assert_int_eq(s2n_stack_traces_enabled_set(false), 0);
}
END_TEST

static void *
other_thread(void *seen)
{
	*(int *)seen = frames();
	return NULL;
}

START_TEST(each_thread_has_its_own)
{
	pthread_t thread;
	int seen = -1;

	ck_assert_int_eq(s2n_stack_traces_enabled_set(true), 0);
	ck_assert_int_eq(s2n_calculate_stacktrace(), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, &seen), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(seen, 0);
	ck_assert_int_gt(frames(), 0);
	ck_assert_int_eq(s2n_stack_traces_enabled_set(false), 0);
}
END_TEST

/* Read at the start; what is empty or 0 says nothing. */
START_TEST(the_environment_may_ask_for_it)
{
	static const struct {
		const char *value;
		bool on;
	} rows[] = { { "1", true }, { "", false }, { "0", false } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_int_eq(s2n_cleanup_final(), 0);
		ck_assert_int_eq(s2n_stack_traces_enabled_set(false), 0);
		setenv("S2N_PRINT_STACKTRACE", rows[i].value, 1);
		ck_assert_int_eq(s2n_init(), 0);
		ck_assert_int_eq(s2n_stack_traces_enabled(), rows[i].on);
	}
}
END_TEST

START_TEST(nothing_is_refused)
{
	ck_assert_int_eq(s2n_print_stacktrace(NULL), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_get_stacktrace(NULL), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
}
END_TEST

static Suite *
stacktrace_suite(void)
{
	Suite *suite = suite_create("stacktrace");
	TCase *tcase = tcase_create("stacktrace");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_is_kept_unless_it_is_wanted);
	tcase_add_test(tcase, an_error_keeps_its_frames);
	tcase_add_test(tcase, there_are_twenty_at_most);
	tcase_add_test(tcase, each_thread_has_its_own);
	tcase_add_test(tcase, the_environment_may_ask_for_it);
	tcase_add_test(tcase, nothing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(stacktrace_suite)
