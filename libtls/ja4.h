/*
 * JA4: "a_b_c", where a tells transport, version, whether there is a server
 * name, how many suites and extensions, and the first ALPN protocol; b the
 * suites, sorted; c the extensions, sorted, and the signature algorithms. In
 * the hash b and c are the first half-dozen bytes of their SHA-256.
 */
#ifndef LIBTLS_JA4_H
#define LIBTLS_JA4_H

#include "libtls/handshake/kept_hello.h"

/* The string before hashing. */
must_check int ja4_write(const struct s2n_client_hello *, struct writer *);
/* The fingerprint from such a string. */
must_check int ja4_hash(struct slice string, struct writer *);

#endif
