/*
 * A channel of keyd's in its event loop: what is said and does not fit into
 * the socket leaves when there is room again.
 */
#ifndef KEYD_LINK_H
#define KEYD_LINK_H

#include <event2/event.h>

#include "ipc/channel.h"
#include "ipc/keyproto.h"

struct link {
	struct channel *channel; /* NULL: closed */
	struct event *readable, *writable;
	bool in_turn, resting, gone; /* link_in_turn() */
};

/* Takes fd, also when it fails; ready is called with ctx when it can be read.
 */
must_check bool link_open(struct link *, struct event_base *, int fd,
    event_callback_fn ready, void *ctx);
/*
 * For who may be asked by somebody who does not read what is answered: from now
 * on nothing is read while something that was said still waits.
 */
void link_in_turn(struct link *);
/*
 * What came: take is called with each packet, and may close the link, after
 * which there is nothing more. EMPTY; CLOSED or BROKEN when no more will come.
 */
enum channel_event link_receive(
    struct link *, void (*take)(void *ctx, struct slice packet), void *ctx);
/* A closed one may be closed again. */
void link_close(struct link *);
/*
 * Builds and sends one packet; fd may be -1 and stays the caller's. False: it
 * is not of a length allowed, or too much waits, or the other side is gone.
 */
must_check bool link_say(struct link *, const struct keyproto_header *,
    struct slice payload, int fd);

#endif
