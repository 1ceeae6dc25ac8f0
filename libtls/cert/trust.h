/*
 * Trust anchors, over libcrypto's X509_STORE. Read-only once in use, so that
 * connections and threads share it.
 */
#ifndef LIBTLS_CERT_TRUST_H
#define LIBTLS_CERT_TRUST_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "libtls/core/errors.h"

/* A config's anchors. */
struct trust_store;

struct trust_store *trust_store_new(void);
void trust_store_free(struct trust_store *);
void trust_store_wipe(struct trust_store *);
/* ERR_PEM_OUT_OF_DATA when there is no certificate in it. */
must_check int trust_store_add_pem(struct trust_store *, const char *pem);
/* Either may be NULL, not both. On failure the store is wiped. */
must_check int trust_store_add_location(
    struct trust_store *, const char *file, const char *directory);
/* The system's anchors; ERR_TRUST_STORE when they were loaded already. */
must_check int trust_store_add_system(struct trust_store *);

/*
 * Whether its anchors are the system's and no others, none that this process or
 * who started it chose: such are held to the rules of public authorities.
 */
bool trust_store_public(const struct trust_store *);
/* Whether the system's are among them. */
bool trust_store_has_system(const struct trust_store *);

/* For validate.c; borrowed. */
X509_STORE *trust_store_x509(const struct trust_store *);

#endif
