/*
 * Targets: records under keys that are known, changed on their way; and records
 * of a peer that has the keys and puts into them what it likes.
 */
#ifndef TESTS_FUZZ_FUZZ_RECORD_H
#define TESTS_FUZZ_FUZZ_RECORD_H

#include "base/reader.h"

void fuzz_record_plain(struct reader *);
void fuzz_record_tls13(struct reader *);
void fuzz_record_aead(struct reader *);
void fuzz_record_cbc(struct reader *);
void fuzz_record_3des(struct reader *);
void fuzz_record_rc4(struct reader *);
void fuzz_record_sslv3(struct reader *);

void fuzz_crafted_tls13(struct reader *);
void fuzz_crafted_cbc(struct reader *);

/* RC4 is in libcrypto's legacy provider. */
void fuzz_record_set_up(void);

#endif
