/*
 * The backends of one site: which is next, and which are down. For
 * frontd-connect; it knows no sockets.
 *
 * A backend is down when so many attempts in a row have failed, and is tried
 * again by one connection after a while; or, where backends are looked at
 * regardless of connections, when that finds it there again. Where all are down
 * any is as good as another.
 */
#ifndef FRONTD_BACKENDS_H
#define FRONTD_BACKENDS_H

#include "frontd/control.h"

#define BACKENDS_NONE (-1)

struct backend {
	struct sockaddr_storage address;
	socklen_t address_len;
	uint32_t open;     /* connections that there are */
	uint32_t failures; /* in a row */
	bool down;
	uint64_t again_ms; /* down: tried again then */
	uint64_t check_ms; /* looked at then */
};

/* Zeroed means that the site has none. */
struct backends {
	struct control_balance how;
	struct backend at[CONTROL_BACKENDS_MAX];
	unsigned next; /* whose turn it is */
};

/*
 * The one for the next attempt of a connection that has tried those whose bits
 * are set; BACKENDS_NONE: it has tried all.
 */
int backends_choose(struct backends *, uint32_t tried, uint64_t now_ms);
/* It did not answer. True when it is down from now on. */
must_check bool backends_failed(
    struct backends *, unsigned number, uint64_t now_ms);
/* It did. True when it was down until now. */
must_check bool backends_worked(struct backends *, unsigned number);
/* One that is to be looked at now, and then no more for a while;
 * BACKENDS_NONE: none is. */
int backends_check(struct backends *, uint64_t now_ms);
/* When backends_check() has something to say, at the earliest. */
uint64_t backends_due_ms(const struct backends *);

#endif
