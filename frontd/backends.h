/*
 * The backends of one site: which is next, and which are down. For
 * frontd-connect; it knows no sockets.
 *
 * Each address that is connected to has a place of its own, also those that one
 * name of the configuration has. A backend is down when so many attempts in a
 * row have failed, and is tried again by one connection after a while; or,
 * where backends are looked at regardless of connections, when that finds it
 * there again. Where all are down any is as good as another.
 */
#ifndef FRONTD_BACKENDS_H
#define FRONTD_BACKENDS_H

#include "frontd/control.h"

#define BACKENDS_NONE (-1)

struct backend {
	bool used;    /* else nobody chooses it; another may have its place when
		       * nothing holds it any more */
	bool awaited; /* of a name that is still to be looked up */
	uint16_t number; /* of the configuration's */
	struct sockaddr_storage address;
	socklen_t address_len; /* 0: there is none */
	uint32_t open;         /* connections that there are, if counted */
	uint32_t on_way;       /* attempts */
	uint32_t failures;     /* in a row */
	bool down;
	uint64_t again_ms; /* down: tried again then */
	uint64_t check_ms; /* looked at then */
	/* To be seen. */
	uint64_t since_ms;    /* it is up, or down */
	uint64_t connections; /* given to workers */
	uint64_t failed;      /* attempts */
	int32_t error;        /* of the last that failed, errno */
};

struct backend_address {
	struct sockaddr_storage address;
	socklen_t len;
};

/* Zeroed means that the site has none. */
struct backends {
	struct control_balance how;
	struct backend *at; /* which moves when there is one more */
	unsigned count;     /* places in which one is or was */
	unsigned next;      /* whose turn it is */
};

/*
 * From now on these are the addresses of the configuration's backend number:
 * those that it had before stay as they are, the others leave. Without any
 * there is a place without an address, awaited or not. False: no memory, or
 * more than there are places for, and so many have one.
 */
must_check bool backends_set(struct backends *, uint16_t number,
    const struct backend_address *, size_t count, bool awaited,
    uint64_t now_ms);
void backends_free(struct backends *);

/*
 * The one for the next attempt of a connection that has tried those whose bits
 * are set; BACKENDS_NONE: it has tried all. One that is awaited is chosen where
 * no other is.
 */
int backends_choose(struct backends *, uint64_t tried, uint64_t now_ms);
/* It did not answer. True when it is down from now on. */
must_check bool backends_failed(
    struct backends *, unsigned place, int error, uint64_t now_ms);
/* It did. True when it was down until now. */
must_check bool backends_worked(
    struct backends *, unsigned place, uint64_t now_ms);
/* One that is to be looked at now, and then no more for a while;
 * BACKENDS_NONE: none is. */
int backends_check(struct backends *, uint64_t now_ms);
/* Attempts, at all of them. */
size_t backends_on_way(const struct backends *);
/* When backends_check() has something to say, at the earliest. */
uint64_t backends_due_ms(const struct backends *);

#endif
