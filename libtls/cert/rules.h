/*
 * What RFC 5280 asks of the certificates of a path and libcrypto does not look
 * at. Rules that certificates of private authorities often break and that cost
 * nobody anything, such as a missing key identifier, are not among them.
 */
#ifndef LIBTLS_CERT_RULES_H
#define LIBTLS_CERT_RULES_H

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* Of a path that libcrypto found, leaf first, anchor last: 0, ERR_CERT_BAD. */
must_check int rules_check(const STACK_OF(X509) *);

#endif
