/*
 * What tests/unit's helpers need of Check, where Check runs no test: places are
 * not noted, and an assertion that fails ends the process.
 */
#include <check.h>

#include "tests/fuzz/target.h"

void
_mark_point(const char *file, int line)
{
	(void)file;
	(void)line;
}

void
_ck_assert_failed(
    const char *file, int line, const char *expr, const char *msg, ...)
{
	target_broken(file, line, expr, "%s", msg != NULL ? msg : "");
}
