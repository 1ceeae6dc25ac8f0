/*
 * What can be seen of a confined process from outside, in /proc, against what
 * it reports. The test fails where they differ.
 */
#ifndef TESTS_SEEN_H
#define TESTS_SEEN_H

#include "tests/unit/confined.h"

/* While it waits: whatever it says it reached must be visible. */
void seen_as_reported(const struct confined *, const struct profile *);
/*
 * When it has ended: no level short of full without its reason, no reason
 * without its line in the log.
 */
void seen_reasons(const struct confined *, const struct profile *);

#endif
