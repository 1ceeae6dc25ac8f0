/*
 * Targets: after a handshake, one side sends what it likes under the right
 * keys.
 */
#ifndef TESTS_FUZZ_FUZZ_AFTER_H
#define TESTS_FUZZ_FUZZ_AFTER_H

#include "base/reader.h"

void fuzz_after_tls13(struct reader *);
void fuzz_after_older(struct reader *);

#endif
