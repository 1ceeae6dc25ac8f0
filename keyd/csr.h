/*
 * Certificate requests (PKCS#10, RFC 2986). keyd makes what one is to say out
 * of its configuration; the process that has the key puts that beside the
 * public half, signs it, and gives it back.
 */
#ifndef KEYD_CSR_H
#define KEYD_CSR_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"

#define CSR_SUBJECT_MAX 1024
#define CSR_NAMES_MAX 4096
#define CSR_MAX 8192 /* with a public key and a signature of 8192 bits */

/* Both are DER: a Name, and GeneralNames; empty: none. */
struct csr_wanted {
	uint8_t subject[CSR_SUBJECT_MAX], names[CSR_NAMES_MAX];
	size_t subject_len, names_len;
};

/*
 * The subject from a text like "C=DE, O=Example\, Inc., CN=www.example.org", in
 * the order in which it stands there: C, ST, L, street, O, OU, CN, DC and
 * serialNumber; a backslash takes away what the character after it means. NULL,
 * or what is wrong with it.
 */
must_check const char *csr_subject(const char *text, struct csr_wanted *);
/* Adds one name: of a host (RFC 1123 2.1), perhaps with "*." before it, or an
 * address. NULL, or what is wrong with it. */
must_check const char *csr_name(const char *name, struct csr_wanted *);

/* Signs content under digest with the private half that is elsewhere, by RSA
 * (PKCS#1) or ECDSA; *len is the room, then the length. */
typedef bool csr_signs(EVP_PKEY *, const char *digest, struct slice content,
    uint8_t *signature, size_t *len);
/*
 * The signed request in DER. signs is NULL for a key that is whole. Its length;
 * 0: what is wanted is not well formed, it does not fit, or the key does not
 * sign.
 */
must_check size_t csr_sign(EVP_PKEY *, const struct keyproto_request *,
    csr_signs *, uint8_t *out, size_t room);

/* Whether it is a request that verifies, of the key with this SHA-256. */
must_check bool csr_good(struct slice der, const uint8_t spki[KEYPROTO_SPKI]);
/* As PEM, with an end; its length, or 0. */
size_t csr_pem(struct slice der, char *out, size_t room);

#endif
