/*
 * Critical extensions that the application looks after
 * (unstable/custom_x509_extensions.h).
 */
#ifndef LIBTLS_CERT_CUSTOM_H
#define LIBTLS_CERT_CUSTOM_H

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* Adds a dotted OID, to a list made when it is NULL. */
must_check int custom_add(STACK_OF(ASN1_OBJECT) **, struct slice oid);
void custom_free(STACK_OF(ASN1_OBJECT) *);
/* Whether all of its critical extensions are libcrypto's or on the list; false
 * without one. */
bool custom_covers(const STACK_OF(ASN1_OBJECT) *, X509 *);

#endif
