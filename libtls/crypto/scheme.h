/*
 * Signature schemes (RFC 8446 4.2.3), as a table: sign and verify. What is
 * signed of content is its digest, or with Ed25519 the content itself, since
 * that hashes it twice (RFC 8032 5.1.6).
 */
#ifndef LIBTLS_CRYPTO_SCHEME_H
#define LIBTLS_CRYPTO_SCHEME_H

#include <openssl/evp.h>

#include "libtls/crypto/digest.h"
#include "libtls/s2n.h"

#define SIGNATURE_MAX 1024 /* RSA-8192 */

/* The kinds of certificate key: one default certificate each. */
enum key_kind {
	KEY_RSA,
	KEY_ECDSA,
	KEY_RSA_PSS,
	KEY_ED25519,
	KEY_KINDS,
	KEY_UNKNOWN = KEY_KINDS
};

struct scheme {
	uint16_t number;             /* IANA, TLS SignatureScheme */
	const char *name;            /* reported in TLS 1.3 */
	const char *name_tls12;      /* reported below */
	const struct digest *digest; /* NULL: it signs the content whole */
	enum key_kind key;
	bool pss;
	const char *curve; /* TLS 1.3: the key's group must be this */
	s2n_tls_signature_algorithm algorithm;
	s2n_tls_hash_algorithm hash;
	uint8_t min_version; /* S2N_TLS12 ...: where handshake */
	uint8_t max_version; /* signatures may use it */
};

/* By number; NULL when unknown to the table. */
const struct scheme *scheme_find(uint16_t number);

/* The one scheme of TLS 1.1 and older for an RSA or an ECDSA key; it does not
 * fit one of another kind. */
const struct scheme *scheme_before_tls12(enum key_kind);

/* The kind of a public or private key; KEY_UNKNOWN when unsupported. */
enum key_kind key_kind_of(const EVP_PKEY *);

/* Whether a key can make a handshake signature of the scheme in this version
 * (S2N_TLS13 ...). */
bool scheme_fits(const struct scheme *, const EVP_PKEY *, uint8_t version);

/* What is signed of content: borrowed from digest or from the content. */
must_check int scheme_input(const struct scheme *, struct slice content,
    uint8_t digest[DIGEST_MAX], struct slice *input);
/*
 * Signs an input. The PSS salt is as long as the digest (RFC 8446 4.2.3). *len:
 * room in (SIGNATURE_MAX is enough), length out.
 */
must_check int scheme_sign(const struct scheme *, EVP_PKEY *,
    struct slice input, uint8_t *signature, size_t *len);
/* 0 or ERR_VERIFY_SIGNATURE. */
must_check int scheme_verify(const struct scheme *, EVP_PKEY *,
    struct slice input, struct slice signature);

#endif
