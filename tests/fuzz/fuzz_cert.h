/*
 * Targets: certificates and keys, as text from a file and as a peer sends them.
 */
#ifndef TESTS_FUZZ_FUZZ_CERT_H
#define TESTS_FUZZ_FUZZ_CERT_H

#include "base/reader.h"

void fuzz_pem_chain(struct reader *);
void fuzz_pem_key(struct reader *);
void fuzz_der_key(struct reader *);
void fuzz_trust(struct reader *);
void fuzz_peer_chain(struct reader *);
void fuzz_hostname(struct reader *);

void fuzz_cert_set_up(void);

#endif
