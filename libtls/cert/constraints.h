/*
 * Name constraints (RFC 5280 4.2.1.10), where libcrypto, which checks them
 * otherwise, takes what it should not.
 */
#ifndef LIBTLS_CERT_CONSTRAINTS_H
#define LIBTLS_CERT_CONSTRAINTS_H

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* Of a path that libcrypto found, leaf first: 0, ERR_CERT_BAD. */
must_check int constraints_check(const STACK_OF(X509) *);

#endif
