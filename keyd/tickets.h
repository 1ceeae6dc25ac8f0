/*
 * Session ticket keys: one for each epoch, which is a time of so many seconds
 * counted from 1970, derived from a root (HKDF, RFC 5869). So whoever has the
 * same root has the same keys, at any time and after any restart. The root
 * stays here; what leaves are keys whose tickets are still taken, and the next.
 */
#ifndef KEYD_TICKETS_H
#define KEYD_TICKETS_H

#include "ipc/keyproto.h"

/* Of a file with a root. */
#define TICKETS_ROOT_MIN 32
#define TICKETS_ROOT_MAX 1024

struct tickets;

/* NULL when out of memory. Has no root yet. */
struct tickets *tickets_new(void);
/* Wipes the root. */
void tickets_free(struct tickets *);
/*
 * Takes the root from fd, which stays the caller's, or makes one at random (fd
 * -1; the keys of epochs before now then are nobody's, and are not given).
 * CRYPTO: the file is too short, too long, or one byte over and over; then
 * nothing has changed. now: seconds since 1970.
 */
must_check enum keyproto_status tickets_load(
    struct tickets *, const struct keyproto_ticketroot *, int fd, uint64_t now);
/*
 * The keys that client (a name) gets of an epoch and the one after it; epoch 0
 * is that of now. No two clients have a key in common. STALE: the epoch's key
 * decrypts no more, or it has not begun. NOKEY: there is no root.
 */
must_check enum keyproto_status tickets_keys(const struct tickets *,
    const char *client, uint64_t epoch, uint64_t now,
    struct keyproto_ticketkeys *);

/* A packet's TICKETROOT and TICKETKEYS, taken apart and put together: out has
 * room for a packet. BADMSG, too. */
must_check enum keyproto_status tickets_ordered(
    struct tickets *, struct slice payload, int fd, uint64_t now);
must_check enum keyproto_status tickets_answer(const struct tickets *,
    const char *client, struct slice payload, uint64_t now, uint8_t *out,
    size_t *len);

#endif
