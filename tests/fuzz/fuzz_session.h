/*
 * Targets: what comes back of a session, from a client or from an application.
 */
#ifndef TESTS_FUZZ_FUZZ_SESSION_H
#define TESTS_FUZZ_FUZZ_SESSION_H

#include "base/reader.h"

void fuzz_ticket(struct reader *);
void fuzz_state(struct reader *);
void fuzz_session(struct reader *);

#endif
