/*
 * Keys in a PKCS#11 token, through its maker's library: found by the token's
 * label and the object's label or id, used by the mechanisms for RSA (PKCS #1
 * and PSS) and ECDSA. Only their public halves are ever here.
 *
 * A token that was taken out, or a session that has ended, is opened again when
 * the key is used next. A PIN that was wrong is never tried again: tokens lock
 * themselves after a few.
 */
#ifndef KEYD_P11_H
#define KEYD_P11_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"

/* Loads the library and initialises it: once, before the process seals itself.
 * False after a line that says why. */
must_check bool p11_load(const struct keyproto_module *);

/*
 * Finds a key and logs in with the PIN (of len 0: there is none), which is
 * copied. SERVED: *key is its public half, for p11_sign, and the caller's.
 * NO_KEY: no such token or key, or no public half beside it; MANY; PASSPHRASE:
 * a wrong PIN; KIND; CIPHER: the token fails otherwise.
 */
must_check enum keyproto_verdict p11_find(
    const struct keyproto_keytoken *, struct slice pin, EVP_PKEY **key);

/* signer_elsewhere: has the token sign. */
bool p11_sign(EVP_PKEY *, const char *digest, bool pss, struct slice content,
    uint8_t *signature, size_t *len);

#endif
