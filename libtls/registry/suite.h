/*
 * Cipher suites, as a table.
 */
#ifndef LIBTLS_REGISTRY_SUITE_H
#define LIBTLS_REGISTRY_SUITE_H

#include "libtls/crypto/aead.h"
#include "libtls/crypto/digest.h"

struct suite {
	uint16_t number;          /* IANA */
	const char *name;         /* IANA */
	const char *openssl_name; /* as s2n_connection_get_cipher reports it */
	uint8_t min_version;      /* S2N_TLS13 ... */
	const struct aead *aead;
	const struct digest *digest; /* of the key schedule */
};

/* By number; NULL when unknown to the table. */
const struct suite *suite_find(uint16_t number);

#endif
