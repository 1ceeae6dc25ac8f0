/*
 * Targets: one message of a handshake, in either direction, is not what it
 * should be.
 */
#ifndef TESTS_FUZZ_FUZZ_HANDSHAKE_H
#define TESTS_FUZZ_FUZZ_HANDSHAKE_H

#include "base/reader.h"

void fuzz_handshake_tls13(struct reader *);
void fuzz_handshake_tls12(struct reader *);
void fuzz_handshake_tls11(struct reader *);
void fuzz_handshake_tls10(struct reader *);
void fuzz_handshake_sslv3(struct reader *);

#endif
