/*
 * A server's session cache for tests: the last few sessions of this process, in
 * a table. TLS 1.2 and older (RFC 5246 7.4.1.2).
 */
#ifndef TESTS_CACHE_H
#define TESTS_CACHE_H

#include "s2n.h"

/* The config's connections keep their sessions here; ends the program when it
 * cannot be set. The config needs a ticket key beside. */
void cache_use(struct s2n_config *config);

#endif
