/* Tests that each begin and end the library. */
#ifndef TESTS_UNIT_LIBRARY_H
#define TESTS_UNIT_LIBRARY_H

#include <check.h>

#include "libtls/s2n.h"

static inline void
library_begin(void)
{
	ck_assert_int_eq(s2n_init(), S2N_SUCCESS);
}

static inline void
library_end(void)
{
	ck_assert_int_eq(s2n_cleanup_final(), S2N_SUCCESS);
}

static inline void
with_library(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, library_begin, library_end);
}

#endif
