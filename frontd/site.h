/*
 * A site's certificate chain, as the master reads it: public or refused.
 */
#ifndef FRONTD_SITE_H
#define FRONTD_SITE_H

#include <time.h>

#include "frontd/pem_file.h"

#define SITE_SPKI 32
#define SITE_ID 32

struct site_chain {
	struct pem_file pem;
	uint8_t spki[SITE_SPKI]; /* SHA-256 of the leaf's public key, DER */
	uint8_t id[SITE_ID];     /* SHA-256 of the leaf, DER */
	struct x509_st *leaf;    /* X509_free() */
	time_t not_after;        /* its; 0: it has none that can be told */
	int kind;                /* of its key: EVP_PKEY_RSA, EVP_PKEY_EC ... */
};

/*
 * NULL, or why the file cannot be a chain: it cannot be read, is too large,
 * holds a private key, or no certificate. Fills chain only on success.
 */
const char *site_read_chain(const char *path, struct site_chain *chain);
/* The same of a chain whose text is there: fills in the rest. On failure, too,
 * there may be a leaf to be freed. */
const char *site_parse_chain(struct site_chain *);
/* The certificate of the chain that issued the leaf, which is X509_free()d;
 * NULL: it is not there. */
struct x509_st *site_issuer(const struct site_chain *);
void site_free_chain(struct site_chain *);
/* Only the leaf, which takes more memory than its text: from now on NULL. */
void site_forget_leaf(struct site_chain *);
/* True when the leaf stands for this host name (also "*.example.org"). */
bool site_covers(const struct site_chain *, const char *name);
/* Packs the host names of the leaf's subjectAltName (see names.h). False when
 * there are more bytes of them than room. */
must_check bool site_names(
    const struct site_chain *, uint8_t *list, size_t room, size_t *len);

#endif
