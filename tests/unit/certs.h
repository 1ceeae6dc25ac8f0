/*
 * Certificates for tests, made when the test runs. A spec says what is special
 * about one; what it leaves out is ordinary:
 *
 *	const struct certs_cert *ca = certs_make(
 *	    &(struct certs_spec){ .name = "CA", .ca = true });
 *	const struct certs_cert *leaf = certs_make(&(struct certs_spec){
 *	    .name = "a.example", .issuer = ca, .key = CERTS_RSA });
 *	... certs_chain_pem(leaf), leaf->key_pem, ca->pem ...
 *
 * Everything but keys is freed by certs_free_all(). A failure aborts the test.
 */
#ifndef TESTS_CERTS_H
#define TESTS_CERTS_H

#include <openssl/x509.h>

#include "base/slice.h"

/* Inside every ordinary certificate's life: 2027-01-15 08:00:00 UTC. */
#define CERTS_NOW 1800000000
#define CERTS_DAY 86400

enum certs_key {
	CERTS_P256,
	CERTS_P384,
	CERTS_P521,
	CERTS_RSA,      /* 2048 bits, rsaEncryption */
	CERTS_RSA_PSS,  /* 2048 bits, id-RSASSA-PSS */
	CERTS_RSA_WEAK, /* 512 bits */
	CERTS_ED25519,
	CERTS_KEYS
};

/* libcrypto's configuration syntax: { "extendedKeyUsage", "serverAuth" }. */
struct certs_extension {
	const char *name;
	const char *value;
};

struct certs_cert {
	X509 *x509;
	EVP_PKEY *key;
	const struct certs_cert *issuer; /* itself when self-signed */
	const char *pem;
	const char *key_pem; /* PKCS#8 */
	struct slice der;
};

struct certs_spec {
	const char *name;                /* the subject's CN; NULL: none */
	const char *sans;                /* NULL: DNS:name; "": none */
	const struct certs_cert *issuer; /* NULL: self-signed */
	enum certs_key key;
	int key_number;   /* which key of its kind: see certs_key() */
	bool ca;          /* basicConstraints CA:TRUE, keyCertSign */
	bool bare;        /* no extension but sans and those below */
	int64_t from, to; /* seconds since 1970; 0: 2020 and 2049 */
	const char *hash; /* of the signature; NULL: what fits the issuer */
	struct certs_extension extensions[4];
};

const struct certs_cert *certs_make(const struct certs_spec *);

/*
 * Keys are made once a process and kind and number, since RSA takes long, and
 * stay: a test that forks makes them before (tcase_add_unchecked_fixture). When
 * key_number is 0 a CA has number 1 and others 0, so that the two differ.
 */
EVP_PKEY *certs_key(enum certs_key, int number);

/* The certificate and its issuers, but not a self-signed one at the end. */
const char *certs_chain_pem(const struct certs_cert *);
/* Two PEM texts, one behind the other. */
const char *certs_join(const char *, const char *);

/* The key as PKCS#1 or SEC 1, as openssl's old commands write it. */
const char *certs_traditional_key_pem(const struct certs_cert *);

void certs_free_all(void);

#endif
