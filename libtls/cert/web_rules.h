/*
 * What the CA/Browser Forum's Baseline Requirements ask of servers'
 * certificates from public authorities, as far as it can be seen in them.
 * Private authorities are not held to it.
 */
#ifndef LIBTLS_CERT_WEB_RULES_H
#define LIBTLS_CERT_WEB_RULES_H

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* Of a path that libcrypto found, leaf first, anchor last: 0, ERR_CERT_BAD. */
must_check int web_rules_check(const STACK_OF(X509) *);
/* What they ask of extKeyUsage: 0, ERR_CERT_INTENT. */
must_check int web_rules_check_intent(const STACK_OF(X509) *);

#endif
