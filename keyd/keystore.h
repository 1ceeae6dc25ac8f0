/*
 * The keys of one signer, by slot. They are parsed here, after the process has
 * sealed itself, from descriptors that keyd opened.
 */
#ifndef KEYD_KEYSTORE_H
#define KEYD_KEYSTORE_H

#include <openssl/evp.h>

#include "keyd/keyread.h"
#include "keyd/rate.h"

struct keystore;

/* With so many slots; NULL when out of memory. */
struct keystore *keystore_new(uint32_t slots);
/* From now on takes keys of one speed alone, that of the first: others are
 * judged in full, and not kept. */
void keystore_one_speed(struct keystore *);
/* Frees the keys, wiping them. */
void keystore_free(struct keystore *);
/*
 * Reads a private key (keyread.h) into a slot: a new generation of it. The
 * verdict, which is told as well; unless SERVED the slot stays as it was.
 * NO_KEY for a slot that there is not, too.
 */
must_check enum keyproto_verdict keystore_load(struct keystore *,
    const struct keyproto_keyfile *, const struct keysource *,
    struct keyproto_keytold *);
/*
 * The same of a key that was read already, or whose public half was, and which
 * is the store's from now on; expires as keyread() tells.
 */
must_check enum keyproto_verdict keystore_put(struct keystore *,
    const struct keyproto_keyfile *, EVP_PKEY *, uint64_t expires,
    struct keyproto_keytold *);
/* What is told of a slot, borrowed; NULL when it is empty. */
const struct keyproto_key *keystore_describe(
    const struct keystore *, uint16_t slot);
/* The key of a slot, borrowed; NULL when it is empty. */
EVP_PKEY *keystore_key(const struct keystore *, uint16_t slot);
/* Its name in the configuration; "" likewise. */
const char *keystore_name(const struct keystore *, uint16_t slot);
/* How often it may be used, counted over all who do; NULL likewise. */
struct rate *keystore_rate(struct keystore *, uint16_t slot);
uint32_t keystore_count(const struct keystore *);

#endif
