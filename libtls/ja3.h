/*
 * JA3: version, suites, extensions, groups and point formats in decimal, as the
 * client has them.
 */
#ifndef LIBTLS_JA3_H
#define LIBTLS_JA3_H

#include "libtls/handshake/kept_hello.h"

#define JA3_MD5_SIZE 16

/* The string that is hashed. */
must_check int ja3_write(const struct s2n_client_hello *, struct writer *);
/* The hash of such a string, in hexadecimal. */
must_check int ja3_hash(struct slice string, struct writer *);

#endif
