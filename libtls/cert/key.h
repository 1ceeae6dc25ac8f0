/*
 * Private keys in DER: PKCS#8 (RFC 5208), PKCS#1 (RFC 8017 A.1.2), SEC 1 (RFC
 * 5915). libcrypto 3.0's decoders try one form after the other on copies that
 * they free without wiping, so the ordinary forms are read here.
 */
#ifndef LIBTLS_CERT_KEY_H
#define LIBTLS_CERT_KEY_H

#include <openssl/evp.h>

#include "libtls/core/errors.h"

/* ERR_DECODE_PRIVATE_KEY when it is not one key and nothing else. */
must_check int key_decode(struct slice der, EVP_PKEY **);

#endif
