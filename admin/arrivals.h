/*
 * Who comes to a master's listening socket. Where there are no descriptors (or
 * no memory) to take them with, they are left to wait for a second at a time,
 * instead of the loop being told of them again and again; a log line says so.
 */
#ifndef ADMIN_ARRIVALS_H
#define ADMIN_ARRIVALS_H

#include <stdbool.h>

#include <event2/event.h>

struct arrivals;

/*
 * Of a listener that stays the caller's; nobody is taken before
 * arrivals_watch(). take() owns the descriptor that it is given: one that does
 * not block and is closed by exec. NULL: out of memory.
 */
struct arrivals *arrivals_new(struct event_base *, int listener,
    void (*take)(int fd, void *ctx), void *ctx);
/* Whether they are taken, or wait in the listener's queue; 0 or -1. */
int arrivals_watch(struct arrivals *, bool);
int arrivals_listener(const struct arrivals *);
void arrivals_free(struct arrivals *);

#endif
