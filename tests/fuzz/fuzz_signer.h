/*
 * Target: a whole signer, from its first order to its end.
 */
#ifndef TESTS_FUZZ_FUZZ_SIGNER_H
#define TESTS_FUZZ_FUZZ_SIGNER_H

#include "base/reader.h"

void fuzz_signer_set_up(void);
void fuzz_signer(struct reader *);

#endif
