/*
 * Targets: the pre-shared keys that a ClientHello offers, and which of them a
 * server takes.
 */
#ifndef TESTS_FUZZ_FUZZ_PSK_H
#define TESTS_FUZZ_FUZZ_PSK_H

#include "base/reader.h"

void fuzz_psk_set_up(void);
void fuzz_psk_hello(struct reader *);
void fuzz_psk_offer(struct reader *);

#endif
