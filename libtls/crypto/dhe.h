/*
 * Finite field Diffie-Hellman of TLS 1.2 and older (RFC 5246 7.4.3, 8.1.2),
 * with the server's own parameters.
 */
#ifndef LIBTLS_CRYPTO_DHE_H
#define LIBTLS_CRYPTO_DHE_H

#include <openssl/evp.h>

#include "base/reader.h"
#include "base/writer.h"
#include "libtls/core/errors.h"

#define DHE_PRIME_MAX 1024 /* bytes: 8192 bits */

/* A prime and a generator. */
struct dhe_parameters;

/* What the server keeps until it finishes. Zeroed means none. */
struct dhe_key {
	EVP_PKEY *pkey;
};

/*
 * From PEM ("DH PARAMETERS"). ERR_DH_PARAMETERS when it holds none,
 * ERR_DH_ENCODING when they are malformed,
 * ERR_DH_TOO_SMALL below 2048 bits, ERR_DH_CHECK when they are not sound.
 */
must_check int dhe_parameters_from_pem(
    const char *pem, struct dhe_parameters **);
void dhe_parameters_free(struct dhe_parameters *);

/* Server: a fresh key; the ServerDHParams are appended to out. */
must_check int dhe_start(
    const struct dhe_parameters *, struct dhe_key *, struct writer *out);
/*
 * Client: takes ServerDHParams, appends Yc with its length to out, gives the
 * secret, whose leading zero bytes are left out (RFC 5246 8.1.2).
 * ERR_DH_WEAK for a prime below 2048 bits, ERR_BAD_KEY_SHARE for values that
 * cannot be, ERR_DECODE.
 */
must_check int dhe_answer(struct reader *, struct writer *out,
    uint8_t secret[DHE_PRIME_MAX], size_t *secret_len);
/* Server: takes Yc; errors and secret as dhe_answer. */
must_check int dhe_finish(const struct dhe_key *, struct slice share,
    uint8_t secret[DHE_PRIME_MAX], size_t *secret_len);
void dhe_key_wipe(struct dhe_key *);

#endif
