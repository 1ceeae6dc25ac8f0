/*
 * Builds what TLS signs and signs it. Nothing else can be signed: the content
 * is made here from its parts, never taken from a client.
 */
#ifndef KEYD_SIGNER_H
#define KEYD_SIGNER_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"

/*
 * The TLS 1.3 CertificateVerify signature (RFC 8446 4.4.3) by a channel of this
 * role, checked before it is given out. DENIED: the scheme does not fit the key
 * or the transcript's length does not fit its hash; CRYPTO: libcrypto failed.
 * *len is the room of signature, then its length; nothing is left there unless
 * OK.
 */
must_check enum keyproto_status signer_sign(EVP_PKEY *, enum keyproto_role,
    const struct keyproto_sign13 *, uint8_t *signature, size_t *len);

/* The schemes that fit the key, as keyproto_scheme_bit(); 0: no key of ours. */
uint32_t signer_schemes(EVP_PKEY *);

/* True when the key's two halves belong together, shown by a signature. */
must_check bool signer_sound(EVP_PKEY *);

#endif
