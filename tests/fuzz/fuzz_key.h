/*
 * Targets: what keyd is told by its clients, by its masters, and by key files.
 */
#ifndef TESTS_FUZZ_FUZZ_KEY_H
#define TESTS_FUZZ_FUZZ_KEY_H

#include "base/reader.h"

void fuzz_keyproto(struct reader *);
void fuzz_request(struct reader *);
void fuzz_content(struct reader *);
void fuzz_keyfile(struct reader *);
void fuzz_tickets(struct reader *);
void fuzz_p11_uri(struct reader *);

void fuzz_key_set_up(void);

#endif
