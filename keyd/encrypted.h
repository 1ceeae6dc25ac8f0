/*
 * What is encrypted with a passphrase: PKCS#8 (RFC 5958) by PBES2 or PBE with
 * SHA-1 and triple DES (RFC 8018, RFC 7292), as PEM and PKCS#12 files have it.
 * The time and memory that a file can ask for are bounded.
 */
#ifndef KEYD_ENCRYPTED_H
#define KEYD_ENCRYPTED_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ipc/keyproto.h"

/* Of any hash over a passphrase: a few seconds at most. */
#define ENCRYPTED_ITERATIONS_MAX 4000000

/* Borrowed; without one, data is NULL (an empty one has data). */
struct passphrase {
	const char *data;
	int len;
};

/* Whether a count of iterations is bounded; none (NULL) means one. */
must_check bool encrypted_few(const ASN1_INTEGER *);
/*
 * Whether what is encrypted so can be decrypted here: SERVED, CIPHER (scrypt,
 * which takes more memory than there is, RC2, DES and the like), ITERATIONS.
 */
must_check enum keyproto_verdict encrypted_known(const X509_ALGOR *);
/* Decrypts a private key, which is then the caller's. SERVED, or why not. */
must_check enum keyproto_verdict encrypted_key(
    const X509_SIG *, struct passphrase, EVP_PKEY **);

#endif
