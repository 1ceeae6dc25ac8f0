/*
 * Signs what TLS signs: the content is made or looked through by content.c. A
 * digest is taken from a client for one type alone, which request.c lets
 * through for those who were given it.
 */
#ifndef KEYD_SIGNER_H
#define KEYD_SIGNER_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"

/*
 * Gives a signature, checked before it is given out, for a request of a type:
 * SIGN13, a CertificateVerify of TLS 1.3, by a channel of this role; SIGN12, a
 * ServerKeyExchange of TLS 1.2 and older, whose version is not part of what is
 * signed: the scheme stands for it; SIGN12CV, a client's CertificateVerify of
 * TLS 1.0 to 1.2; and SIGNDIGEST, whatever has this hash, which is why who asks
 * must have been allowed to.
 *
 * DENIED: the scheme does not fit the key or the version, or the parts are not
 * what they are to be (content.h); CRYPTO: libcrypto failed. *len is the room
 * of signature, then its length; nothing is left there unless OK.
 */
must_check enum keyproto_status signer_sign(EVP_PKEY *, enum keyproto_role,
    uint16_t type, const struct keyproto_sign *, uint8_t *signature,
    size_t *len);

/*
 * Signs in libcrypto's place, with a key of which it has the public half only:
 * content under digest, RSA-PSS or not. *len is the room, then the length.
 */
typedef bool signer_elsewhere(EVP_PKEY *, const char *digest, bool pss,
    struct slice content, uint8_t *signature, size_t *len);
/* From now on it signs with all keys; each is verified all the same, and what
 * fails is BACKEND. */
void signer_use(signer_elsewhere *);

/* The schemes of TLS 1.3 that fit the key, as keyproto_scheme_bit(); 0: no key
 * of ours. */
uint32_t signer_schemes(EVP_PKEY *);

/* True when the key's two halves belong together, shown by a signature. */
must_check bool signer_sound(EVP_PKEY *);

#endif
