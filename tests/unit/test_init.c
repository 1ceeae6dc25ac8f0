/*
 * libtls/init.c: start and end, and what may be said before the start.
 */
#include <openssl/evp.h>

#include "libtls/s2n.h"
#include "tests/unit/unit.h"
#include "unstable/cleanup.h"

#define ck_error(call, name)                                                   \
	do {                                                                   \
		ck_assert_int_eq(call, -1);                                    \
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);          \
	} while (0)

START_TEST(it_starts_once_until_it_has_ended)
{
	ck_error(s2n_cleanup_final(), "S2N_ERR_NOT_INITIALIZED");
	ck_assert_int_eq(s2n_init(), 0);
	ck_error(s2n_init(), "S2N_ERR_INITIALIZED");
	ck_assert_int_eq(s2n_cleanup(), 0);
	ck_assert_int_eq(s2n_cleanup_thread(), 0);
	ck_error(s2n_init(), "S2N_ERR_INITIALIZED");
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_error(s2n_cleanup_final(), "S2N_ERR_NOT_INITIALIZED");
	ck_assert_int_eq(s2n_init(), 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(some_things_are_said_before_the_start)
{
	ck_assert_int_eq(s2n_crypto_disable_init(), 0);
	ck_assert_int_eq(s2n_disable_atexit(), 0);
	ck_assert_int_eq(s2n_init(), 0);
	ck_error(s2n_crypto_disable_init(), "S2N_ERR_INITIALIZED");
	ck_error(s2n_disable_atexit(), "S2N_ERR_INITIALIZED");
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_int_eq(s2n_crypto_disable_init(), 0);
	ck_assert_int_eq(s2n_disable_atexit(), 0);
}
END_TEST

/* libcrypto is what says so. */
START_TEST(fips_mode_is_told)
{
	s2n_fips_mode mode = S2N_FIPS_MODE_ENABLED;
	bool was;

	ck_error(s2n_get_fips_mode(NULL), "S2N_ERR_NULL");
	ck_error(s2n_get_fips_mode(&mode), "S2N_ERR_NOT_INITIALIZED");
	ck_assert_int_eq(mode, S2N_FIPS_MODE_DISABLED);
	ck_assert_int_eq(s2n_init(), 0);
	was = EVP_default_properties_is_fips_enabled(NULL) != 0;
	ck_assert_int_eq(s2n_get_fips_mode(&mode), 0);
	ck_assert_int_eq(
	    mode, was ? S2N_FIPS_MODE_ENABLED : S2N_FIPS_MODE_DISABLED);
	ck_assert_int_eq(EVP_default_properties_enable_fips(NULL, !was), 1);
	ck_assert_int_eq(s2n_get_fips_mode(&mode), 0);
	ck_assert_int_eq(
	    mode, was ? S2N_FIPS_MODE_DISABLED : S2N_FIPS_MODE_ENABLED);
	ck_assert_int_eq(EVP_default_properties_enable_fips(NULL, was), 1);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

static int
never(void)
{
	ck_abort_msg("called");
	return -1;
}

static int
never_with(void *data, uint32_t size)
{
	(void)data;
	(void)size;
	return never();
}

START_TEST(entropy_callbacks_are_not_called)
{
	ck_assert_int_eq(
	    s2n_rand_set_callbacks(never, never, never_with, never_with), 0);
	ck_assert_int_eq(s2n_init(), 0);
	s2n_config_free(s2n_config_new_minimal());
	ck_assert_int_eq(s2n_rand_set_callbacks(NULL, NULL, NULL, NULL), 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

static Suite *
init_suite(void)
{
	Suite *suite = suite_create("init");
	TCase *tcase = tcase_create("init");

	tcase_add_test(tcase, it_starts_once_until_it_has_ended);
	tcase_add_test(tcase, some_things_are_said_before_the_start);
	tcase_add_test(tcase, fips_mode_is_told);
	tcase_add_test(tcase, entropy_callbacks_are_not_called);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(init_suite)
