/*
 * One child process of the master's: started with what it needs to know, told
 * what is new, watched, and started again after a while when it has died.
 */
#ifndef FRONTD_CHILD_H
#define FRONTD_CHILD_H

#include <event2/event.h>

#include "frontd/control.h"
#include "ipc/backoff.h"

struct child;
struct fleet;

struct child_kind {
	const char *name; /* of the program */
	int program;      /* opened at the start */
	/*
	 * Tells it, in steps that count from 0, what it needs before it seals
	 * itself; false: this was the last. The next one is for when it has
	 * taken what was told, so that never much is on the way.
	 */
	bool (*prepare)(struct child *, uint32_t step);
	/* What it says, but for CONTROL_CONFINED. */
	void (*told)(struct child *, struct slice packet);
};

struct child {
	struct event_base *base;
	const struct child_kind *kind; /* NULL: there is no such child */
	struct fleet *fleet;
	uint32_t index;   /* of a worker in its fleet */
	uint32_t tag;     /* of a worker: at keyd */
	const int *files; /* that it inherits, and how many */
	size_t file_count;
	pid_t pid;               /* 0: not running */
	struct channel *control; /* NULL: it is to end, or not running */
	struct event *readable, *writable, *respawn;
	struct backoff backoff;
	uint32_t starts;
	uint32_t step; /* of its preparation: the next */
	bool prepared; /* there is none */
	bool may_join; /* a worker or frontd-connect: it knows the sites */
	struct confinement confinement;
	bool confined;                /* it has said so: sealed, and serving */
	struct census_worker *census; /* a worker's: see census.h */
	struct control_keyed keyed;   /* a worker: as last told */
	bool stopped;                 /* a worker: it accepts no more */
};

/*
 * Starts it the first time; what is not said here of the child was set before.
 * False when out of memory; a program that cannot be started is tried again.
 */
must_check bool child_init(struct child *, struct event_base *, struct fleet *,
    const struct child_kind *);

/* Queues a record (see control.h), maybe with a descriptor, which stays the
 * caller's. A child that is not running will be told at its start; one that
 * does not listen is killed. */
void child_tell(struct child *, const void *record, size_t size, int fd);

/* The bytes in as many struct control_part as it takes. */
void child_tell_parts(
    struct child *, enum control_type, uint32_t number, struct slice bytes);

/* Hears what it has said and was not heard yet: its last words. */
void child_listen(struct child *);
/* It was reaped. again: it is started once more, after a while. */
void child_reaped(struct child *, bool again);
/* Its control channel ends, so it does as well; still to be reaped. */
void child_release(struct child *);
void child_free(struct child *);

#endif
