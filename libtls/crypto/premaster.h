/*
 * The RSA key exchange's premaster secret (RFC 5246 7.4.7.1): 48 bytes that
 * begin with the ClientHello's version. Whoever decrypts learns nothing of what
 * was wrong with a ciphertext, neither from the result nor from its time.
 */
#ifndef LIBTLS_CRYPTO_PREMASTER_H
#define LIBTLS_CRYPTO_PREMASTER_H

#include <openssl/evp.h>

#include "base/writer.h"
#include "libtls/core/errors.h"

#define PREMASTER_SIZE 48

/* A fresh one for a version (0x0303 ...), and its ciphertext appended. */
must_check int premaster_encrypt(EVP_PKEY *, uint16_t version,
    uint8_t premaster[PREMASTER_SIZE], struct writer *ciphertext);
/*
 * Decrypts with an RSA key. A ciphertext that is not well padded, of another
 * length, or for another version gives random bytes, not an error.
 */
must_check int premaster_decrypt(EVP_PKEY *, uint16_t version,
    struct slice ciphertext, uint8_t premaster[PREMASTER_SIZE]);
/*
 * The same rule for what an application decrypted: random bytes in the place of
 * one that has another length or version.
 */
must_check int premaster_accept(uint16_t version, struct slice decrypted,
    uint8_t premaster[PREMASTER_SIZE]);

#endif
