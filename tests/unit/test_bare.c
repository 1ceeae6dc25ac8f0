/*
 * A platform without kernel TLS and without execinfo.h: what is of them is
 * there and says so, and all else works. The two files that know are compiled
 * here once more.
 */
#define WITHOUT_KERNEL_TLS
#define WITHOUT_BACKTRACE
#include "libtls/core/stacktrace.c"
#include "libtls/record/kernel.c"

#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "unstable/ktls.h"

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

START_TEST(kernel_tls_is_for_another_platform)
{
	struct peers peers;

	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &(struct peers_spec){ .slow = false });
	ck_assert(peers_negotiate(&peers));
	/* By descriptor, or it would be refused for that. */
	ck_assert_int_eq(s2n_connection_set_fd(peers.server, 0), 0);
	ck_assert_int_eq(
	    s2n_config_ktls_enable_unsafe_tls13(peers.server_config), 0);
	assert_error(s2n_connection_ktls_enable_send(peers.server),
	    "S2N_ERR_KTLS_UNSUPPORTED_PLATFORM");
	assert_error(s2n_connection_ktls_enable_recv(peers.server),
	    "S2N_ERR_KTLS_UNSUPPORTED_PLATFORM");
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(there_are_no_stack_traces)
{
	FILE *out = tmpfile();
	struct s2n_stacktrace *none = NULL;

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(s2n_stack_traces_enabled_set(true), 0);
	assert_error(s2n_calculate_stacktrace(), "S2N_ERR_UNIMPLEMENTED");
	assert_error(s2n_print_stacktrace(out), "S2N_ERR_UNIMPLEMENTED");
	ck_assert_int_ne(s2n_get_stacktrace(none), 0);
	assert_error(s2n_free_stacktrace(), "S2N_ERR_UNIMPLEMENTED");
	/* Nobody's errors are lost by that. */
	assert_error(s2n_connection_free(NULL), "S2N_ERR_NULL");
	fclose(out);
}
END_TEST

static Suite *
bare_suite(void)
{
	Suite *suite = suite_create("bare");
	TCase *tcase = tcase_create("lacks");

	tcase_add_test(tcase, kernel_tls_is_for_another_platform);
	tcase_add_test(tcase, there_are_no_stack_traces);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(bare_suite)
