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

#define UNIT_MAIN(suite)                                                       \
	int main(void)                                                         \
	{                                                                      \
		SRunner *runner = srunner_create(suite());                     \
		int failed;                                                    \
                                                                               \
		srunner_run_all(runner, CK_NORMAL);                            \
		failed = srunner_ntests_failed(runner);                        \
		srunner_free(runner);                                          \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;              \
	}

#endif
