/*
 * keyd's half of keyd-maker, a process for one thing with one key: a key is to
 * be made, or a certificate request of one to be signed. keyd gives it
 * descriptors, and never has a byte of a private key.
 */
#ifndef KEYD_MAKER_H
#define KEYD_MAKER_H

#include <event2/event.h>

#include "keyd/config.h"

/* How it ended: NULL, or why not (a sentence); of a request what came back. */
typedef void maker_done(void *ctx, const char *fault, struct slice request);

/* Opens the program, at keyd's start. False after saying why. */
must_check bool maker_open(struct event_base *);

/* That it is to be made, and its file is not there yet. */
must_check bool maker_lacks(const struct config_key *);
/*
 * Makes the key, and gives it its file's name when all of it is on the disk: a
 * file that is there already stays as it is. done is called from the loop, or
 * before this returns.
 */
void maker_generate(
    const struct config_key *, enum strictness, maker_done *, void *ctx);
/* Has the request of a key in a file signed, likewise. */
void maker_request(
    const struct config_key *, enum strictness, maker_done *, void *ctx);
/* What a refusal of a request means. */
const char *maker_fault(enum keyproto_status);

#endif
