/*
 * Targets: a first message, or first bytes, of anyone.
 */
#ifndef TESTS_FUZZ_FUZZ_HELLO_H
#define TESTS_FUZZ_FUZZ_HELLO_H

#include "base/reader.h"

/* To a server: a ClientHello's body, one of SSL 2.0, bytes on the wire. */
void fuzz_client_hello(struct reader *);
void fuzz_client_hello_v2(struct reader *);
void fuzz_server_wire(struct reader *);
/* To a client: a ServerHello's body, bytes on the wire. */
void fuzz_server_hello(struct reader *);
void fuzz_client_wire(struct reader *);

#endif
