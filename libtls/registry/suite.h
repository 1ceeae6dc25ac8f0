/*
 * Cipher suites, as a table.
 */
#ifndef LIBTLS_REGISTRY_SUITE_H
#define LIBTLS_REGISTRY_SUITE_H

#include "libtls/crypto/aead.h"
#include "libtls/crypto/cipher.h"
#include "libtls/crypto/digest.h"
#include "libtls/crypto/scheme.h"

/* KX_TLS13: what the extensions say. */
enum key_exchange { KX_TLS13, KX_RSA, KX_DHE, KX_ECDHE };

/* Whose signature, or decryption, authenticates the server. */
enum authentication { AUTH_ANY, AUTH_RSA, AUTH_ECDSA };

struct suite {
	uint16_t number;          /* IANA */
	const char *name;         /* IANA */
	const char *openssl_name; /* as s2n_connection_get_cipher reports it */
	uint8_t min_version;      /* S2N_TLS13 ... */
	enum key_exchange key_exchange;
	enum authentication authentication;
	/* Of the key schedule; below TLS 1.2 that is MD5 and SHA-1. */
	const struct digest *digest;
	/* Either an AEAD, or a cipher and the hash function of its HMAC. */
	const struct aead *aead;
	const struct cipher *cipher;
	const struct digest *mac;
};

/* By number; NULL when unknown to the table. */
const struct suite *suite_find(uint16_t number);
/* Whether this libcrypto can do it. */
bool suite_available(const struct suite *);
/* Whether it is for servers with such a key. */
bool suite_takes(const struct suite *, enum key_kind);
/* Whether a version (S2N_TLS13 ...) may use it. */
bool suite_fits(const struct suite *, uint8_t version);

#endif
