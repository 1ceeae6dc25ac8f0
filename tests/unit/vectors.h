/*
 * Known answers from tests/vectors/, and bytes from hex text.
 * A row that is not there or a file that cannot be read fails the test.
 */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include "base/slice.h"

/*
 * The value of a row of rfc8448.tsv, by section ("3"), side ("client",
 * "server", "both") and name. Lives until vectors_free(). Tests run from the
 * repository's root.
 */
struct slice vectors_find(
    const char *section, const char *side, const char *name);
/* Likewise of another file of that form. */
struct slice vectors_find_in(
    const char *file, const char *section, const char *side, const char *name);
/* The bytes of a hex string, likewise; spaces are skipped. */
struct slice vectors_hex(const char *hex);
void vectors_free(void);

#endif
