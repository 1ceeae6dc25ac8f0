/*
 * Key exchange groups (RFC 8446 4.2.7, draft-ietf-tls-ecdhe-mlkem), as a table.
 * The shape is that of a KEM, which ECDHE fits as well as a hybrid: one side
 * starts (and keeps a key), the other answers (and has the secret at once), the
 * first finishes.
 */
#ifndef LIBTLS_CRYPTO_GROUP_H
#define LIBTLS_CRYPTO_GROUP_H

#include <openssl/evp.h>

#include "base/writer.h"
#include "libtls/core/errors.h"

#define GROUP_SECRET_MAX 98 /* P-521: 66; hybrids: 32 + 32, 48 + 32 */

enum group_kind { GROUP_EC, GROUP_XDH, GROUP_HYBRID };

struct group {
	uint16_t number;  /* IANA, TLS Supported Groups */
	const char *name; /* as s2n_connection_get_curve reports it */
	enum group_kind kind;
	const char *ec;       /* libcrypto's name of the curve part */
	const char *kem;      /* libcrypto's name of the KEM part, or NULL */
	bool kem_first;       /* order of the parts on the wire */
	uint16_t start_size;  /* bytes of the starter's (client's) share */
	uint16_t answer_size; /* bytes of the answerer's (server's) share */
};

/* What the starter keeps until it finishes. Zeroed means none. */
struct group_key {
	const struct group *group;
	EVP_PKEY *ec;
	EVP_PKEY *kem;
};

/* By number; NULL when unknown to the table. */
const struct group *group_find(uint16_t number);
/* The number of an EC key's curve; 0 when it is none of the table's. */
uint16_t group_of_key(const EVP_PKEY *);
/* Whether this libcrypto can do it (ML-KEM: OpenSSL 3.5). Decided at init. */
bool group_available(const struct group *);

/* Looks which KEMs libcrypto has; library_init calls it. */
void group_probe(void);

/* A fresh key; its share is appended to out. */
must_check int group_start(
    const struct group *, struct group_key *key, struct writer *out);
/*
 * Takes the starter's share, appends ours to out, gives the secret.
 * ERR_BAD_KEY_SHARE when the share is not a valid public key of the group
 * (wrong size, not on the curve, not uncompressed, point at infinity);
 * ERR_ECDHE_SHARED_SECRET when the secret would be all zero (RFC 8446 7.4.2).
 */
must_check int group_answer(const struct group *, struct slice share,
    struct writer *out, uint8_t secret[GROUP_SECRET_MAX], size_t *secret_len);
/* Takes the answerer's share; errors as group_answer. */
must_check int group_finish(const struct group_key *, struct slice share,
    uint8_t secret[GROUP_SECRET_MAX], size_t *secret_len);
void group_key_wipe(struct group_key *);

#endif
