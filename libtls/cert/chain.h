/*
 * A certificate chain and (maybe) its private key: struct
 * s2n_cert_chain_and_key, loaded from PEM. Which chain serves a name is
 * select.h's matter; whether a peer's chain can be trusted is validate.h's.
 */
#ifndef LIBTLS_CERT_CHAIN_H
#define LIBTLS_CERT_CHAIN_H

#include <openssl/x509.h>

#include "libtls/cert/staple.h"
#include "libtls/crypto/scheme.h"

/* One certificate as it travels: the public struct s2n_cert. */
struct s2n_cert {
	uint8_t *der;
	uint32_t len;
};

/* The public s2n_cert_private_key. */
struct s2n_pkey {
	EVP_PKEY *pkey; /* NULL: the key is elsewhere */
};

struct s2n_cert_chain_and_key {
	struct s2n_cert *certs; /* leaf first */
	size_t count;
	X509 *leaf;
	/* A peer's, from the leaf to the anchor; NULL: not validated. */
	STACK_OF(X509) * path;
	EVP_PKEY *public_key; /* the leaf's */
	enum key_kind kind;
	struct s2n_pkey key;
	char **names; /* DNS SANs, else CNs; lower case */
	size_t name_count;
	uint8_t *list;            /* of certificates, as TLS 1.2 sends it: see
				     chain_list() */
	struct staple ocsp, scts; /* to go with our leaf */
	void *ctx;
};

/*
 * Fills an empty chain from PEM; key is NULL when it is elsewhere. On failure
 * the chain is empty as before.
 */
must_check int chain_load(struct s2n_cert_chain_and_key *, struct slice certs,
    const struct slice *key);
/*
 * Fills an empty chain from what a peer sent: count DER certificates, leaf
 * first. ERR_DECODE_CERTIFICATE, ERR_CERT_TYPE.
 */
must_check int chain_from_der(
    struct s2n_cert_chain_and_key *, const struct slice *der, size_t count);
/* Deep copy into an empty chain, without the private key. */
must_check int chain_copy(
    struct s2n_cert_chain_and_key *out, const struct s2n_cert_chain_and_key *);
/* The certificates of the path of another into an empty chain. */
must_check int chain_copy_path(
    struct s2n_cert_chain_and_key *out, const struct s2n_cert_chain_and_key *);
/* Who issued a peer's leaf, by its path; NULL when that does not tell. */
X509 *chain_issuer(const struct s2n_cert_chain_and_key *);
/*
 * All certificates, each behind its length in three bytes; the chain's until
 * it changes.
 */
must_check int chain_list(struct s2n_cert_chain_and_key *, struct slice *);
/* The caller's; NULL when it is not one certificate and nothing else. */
X509 *chain_decode(const struct s2n_cert *);

#endif
