/*
 * Decrypts the RSA key exchange's premaster secret (RFC 5246 7.4.7.1), and
 * nothing else: whoever asks learns neither from the answer nor from its time
 * whether the ciphertext was one.
 */
#ifndef KEYD_DECRYPTER_H
#define KEYD_DECRYPTER_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"

/* Draws the secret that wrong ciphertexts are answered from. */
must_check bool decrypter_start(void);

/*
 * Always OK, with 48 bytes that begin with the version asked for, whatever the
 * ciphertext: a wrong one gives bytes that follow from it and from a secret of
 * this process. So neither looking at them nor asking again tells anything,
 * where libcrypto's RSA_PKCS1_WITH_TLS_PADDING gives others each time. But
 * DENIED for a key that is not RSA, and CRYPTO when libcrypto is out of memory.
 */
must_check enum keyproto_status decrypter_premaster(EVP_PKEY *,
    const struct keyproto_sign *, uint8_t out[KEYPROTO_PREMASTER_SIZE]);
/*
 * The premaster secret in a block of len bytes that RSA gave, or rejected in
 * the place of one that is not well padded or for another version. What is in
 * the block decides neither a branch nor an address.
 */
void decrypter_choose(const uint8_t *block, size_t len, uint16_t version,
    const uint8_t rejected[KEYPROTO_PREMASTER_SIZE],
    uint8_t out[KEYPROTO_PREMASTER_SIZE]);

#endif
