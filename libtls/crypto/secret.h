/*
 * Where secrets become public, and how they are compared. What depends on a
 * secret decides neither a branch nor an address before it went through here;
 * tests/tools/constant_time.c has valgrind watch that.
 */
#ifndef LIBTLS_CRYPTO_SECRET_H
#define LIBTLS_CRYPTO_SECRET_H

#include "base/slice.h"

/* The same value, public from now on: the caller says why it may be. */
uint32_t secret_disclose(uint32_t);
/*
 * Whether len bytes are the same, in a time that depends on len alone. The
 * answer is public: the peer sees an alert, or none.
 */
must_check bool secret_equal(const void *, const void *, size_t len);

#endif
