/*
 * keyd's door, for a program that is master and worker at once: it asks for a
 * channel to each signer and gives them to a keyclient, as often as signers are
 * replaced or keyd comes back.
 */
#ifndef IPC_KEYDOOR_H
#define IPC_KEYDOOR_H

#include "ipc/keyclient.h"

struct keydoor;

/* NULL and errno: the path is too long, nobody answers there, no memory. */
struct keydoor *keydoor_new(
    struct keyclient *, struct event_base *, const char *socket_path);
/* NULL is fine. */
void keydoor_free(struct keydoor *);

#endif
