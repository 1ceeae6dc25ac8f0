/*
 * What all processes with keys do: they take keyd's orders, and answer the
 * channels that keyd grants. Each has a main that prepares and seals it.
 */
#ifndef KEYD_SERVE_H
#define KEYD_SERVE_H

#include "keyd/keyread.h"
#include "policy/policy.h"

struct channel;

/* Before the seal: what there is to have, and the channel to keyd. */
must_check bool serve_open(const char *name);
/* keyd's orders, for who must know of the first before the seal. */
struct channel *serve_control(void);
/* Only keys of one speed are taken (keystore.h). */
void serve_one_speed(void);

/*
 * Finds a key in a token: its public half, which is the caller's, and when its
 * certificate expires (0: there is none). source has the PIN as passphrase.
 */
typedef enum keyproto_verdict serve_token(const struct keyproto_keytoken *,
    const struct keysource *source, EVP_PKEY **, uint64_t *expires);

/* After the seal, until keyd ends. token may be NULL. */
__attribute__((noreturn)) void serve(
    const struct confinement *, serve_token *token);

#endif
