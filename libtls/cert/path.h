/*
 * The search for a path among the certificates that a peer sent, when the one
 * that libcrypto takes first does not hold: it takes the first issuer that fits
 * by name and time, and never another.
 */
#ifndef LIBTLS_CERT_PATH_H
#define LIBTLS_CERT_PATH_H

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* Whether the leaf is good with these certificates above it and no others. */
typedef int path_try(void *arg, STACK_OF(X509) * issuers);

/*
 * Tries the others all together, then one path after another, the most of them
 * and the longest of them limited whatever the peer sent. 0 when one was good,
 * else what the first said.
 */
must_check int path_search(
    X509 *leaf, STACK_OF(X509) * others, size_t longest, path_try *, void *arg);

#endif
