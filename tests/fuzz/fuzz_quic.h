/*
 * A target: messages of QUIC, which come without records, so that any of them
 * can be anything.
 */
#ifndef TESTS_FUZZ_FUZZ_QUIC_H
#define TESTS_FUZZ_FUZZ_QUIC_H

#include "base/reader.h"

/* A byte whose first bit says who gets the messages, 1 for the server, and
 * whose rest how many honest ones; then all that comes behind these. */
void fuzz_quic(struct reader *);

#endif
