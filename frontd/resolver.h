/*
 * The addresses of backends that the configuration names. The master has
 * frontd-fetch ask for them, and again when they have lived as long as their
 * name server lets them, and tells frontd-connect. It parses no answer of a
 * name server's; an address is bytes to it. What was found last stays until
 * something else is found.
 */
#ifndef FRONTD_RESOLVER_H
#define FRONTD_RESOLVER_H

#include <event2/event.h>

#include "frontd/control.h"

struct child;
struct fleet;
struct master;
struct option_site;

struct resolved {
	struct resolved *next;
	struct control_address at[CONTROL_ADDRESSES_MAX];
	uint16_t count;
	bool answered; /* well or badly; until then connections wait for it */
	bool wanted;   /* while resolver_serve() looks for those that are not */
	uint32_t request;  /* that it is asked for by; 0: it is not, now */
	uint64_t due_ms;   /* it is asked for then, or has no answer by then */
	unsigned failures; /* in a row */
	char host[];
};

struct resolver {
	struct resolved *all;
	void *by_host; /* a tree of them */
	uint32_t requests;
	unsigned asked;
	uint64_t done, failed; /* lookups */
	struct event *timer;
};

/* False when out of memory. */
must_check bool resolver_init(struct master *);
void resolver_free(struct resolver *);

/* A fleet is about to start: its names are asked for as soon as somebody is
 * there to ask. False when out of memory. */
must_check bool resolver_want(struct fleet *);
/* The fleet that serves is another: names that no fleet has are forgotten. */
void resolver_serve(struct master *);

/* frontd-connect is started: what is known of a site's names. */
void resolver_tell(struct child *connect, const struct option_site *);
/* frontd-fetch is started, and has been told to seal itself. */
void resolver_started(struct child *fetch);
/* It has said something; false: nothing of ours. */
must_check bool resolver_told(struct child *fetch, struct slice packet);

/* NULL: nobody wants it. */
const struct resolved *resolver_find(const struct resolver *, const char *host);

#endif
