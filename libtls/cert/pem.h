/*
 * PEM (RFC 7468): the blocks in a text, whatever stands around them. Our own
 * reading, since libcrypto's leaves pieces of a private key in memory that it
 * frees without wiping.
 */
#ifndef LIBTLS_CERT_PEM_H
#define LIBTLS_CERT_PEM_H

#include <openssl/evp.h>

#include "base/writer.h"
#include "libtls/core/errors.h"

/*
 * Takes text off *rest up to the end of its next certificate, and writes that
 * one's DER into an empty writer. ERR_PEM_OUT_OF_DATA when there is no more,
 * ERR_INVALID_PEM when a block is malformed.
 */
must_check int pem_certificate(struct slice *rest, struct writer *der);
/* The DER of the first CRL of a text; errors as pem_certificate. */
must_check int pem_crl(struct slice text, struct writer *der);
/*
 * The first private key of a text: PKCS#8, PKCS#1 or SEC 1, not encrypted.
 * ERR_INVALID_PEM when there is none, ERR_DECODE_PRIVATE_KEY.
 */
must_check int pem_private_key(struct slice text, EVP_PKEY **);

#endif
