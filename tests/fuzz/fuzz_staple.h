/*
 * Targets: OCSP responses, and the forms in which they and SCT lists travel.
 */
#ifndef TESTS_FUZZ_FUZZ_STAPLE_H
#define TESTS_FUZZ_FUZZ_STAPLE_H

#include "base/reader.h"

void fuzz_ocsp(struct reader *);
void fuzz_staples(struct reader *);

void fuzz_ocsp_set_up(void);

/* The unchanged response of a row, counted round. */
struct slice fuzz_ocsp_response(unsigned row);

#endif
