/*
 * What every unit test shares: Check, slices from literals, and the main that
 * runs one suite. A test file ends with UNIT_MAIN(suite_function).
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdlib.h>

#include <check.h>

#include "base/slice.h"

/* A slice of the bytes listed. */
#define BYTES(...)                                                             \
	{                                                                      \
		(const uint8_t[]){ __VA_ARGS__ },                              \
		    sizeof((const uint8_t[]){ __VA_ARGS__ })                   \
	}

/* Seconds after which a test hangs: many, since the machine may be busy, and a
 * test may have to make RSA keys. */
#define UNIT_TIMEOUT "120"

#define UNIT_MAIN(suite)                                                       \
	int main(void)                                                         \
	{                                                                      \
		SRunner *runner;                                               \
		int failed;                                                    \
                                                                               \
		setenv("CK_DEFAULT_TIMEOUT", UNIT_TIMEOUT, 0);                 \
		runner = srunner_create(suite());                              \
		srunner_run_all(runner, CK_NORMAL);                            \
		failed = srunner_ntests_failed(runner);                        \
		srunner_free(runner);                                          \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;              \
	}

#endif
