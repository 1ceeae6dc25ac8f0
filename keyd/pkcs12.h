/*
 * The key in a PKCS#12 file (RFC 7292). Of its certificates only one matters:
 * that of the key.
 */
#ifndef KEYD_PKCS12_H
#define KEYD_PKCS12_H

#include "keyd/encrypted.h"

/*
 * SERVED: *key is the file's one private key, and *certificate the key's own
 * (NULL: the file has none that can be read), both the caller's. Otherwise why
 * not; MISMATCH: it has certificates, and none is the key's.
 */
must_check enum keyproto_verdict pkcs12_read(
    struct slice file, struct passphrase, EVP_PKEY **key, X509 **certificate);

#endif
