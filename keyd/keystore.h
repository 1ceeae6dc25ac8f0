/*
 * The keys of one signer, by slot. They are parsed here, after the process has
 * sealed itself, from descriptors that keyd opened.
 */
#ifndef KEYD_KEYSTORE_H
#define KEYD_KEYSTORE_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"
#include "keyd/rate.h"

struct keystore;

/* NULL when out of memory. */
struct keystore *keystore_new(void);
/* Frees the keys, wiping them. */
void keystore_free(struct keystore *);
/*
 * Reads a PEM private key (PKCS#8, PKCS#1, SEC 1; at most 64 KiB) from fd,
 * which stays the caller's, into a slot: a new generation of it. CRYPTO: not
 * one, or of a kind or size that is not served, or its public half belongs to
 * another; DENIED: it cannot do what it is for. The slot then stays as it was.
 * BADMSG: there is no such slot.
 */
must_check enum keyproto_status keystore_load(
    struct keystore *, const struct keyproto_keyfile *, int fd);
/* What is told of a slot; false when it is empty. */
must_check bool keystore_describe(
    const struct keystore *, uint16_t slot, struct keyproto_key *);
/* The key of a slot, borrowed; NULL when it is empty. */
EVP_PKEY *keystore_key(const struct keystore *, uint16_t slot);
/* How often it may be used, counted over all who do; NULL likewise. */
struct rate *keystore_rate(const struct keystore *, uint16_t slot);
uint32_t keystore_count(const struct keystore *);

#endif
