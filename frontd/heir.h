/*
 * A frontd that was started to take another's place (upgrade.h): it is passed
 * what listens, starts as ever but accepts nothing, says when it could, and
 * serves when it is told to. What is wrong by then is told to the one there is,
 * and ends this one.
 */
#ifndef FRONTD_HEIR_H
#define FRONTD_HEIR_H

#include <event2/event.h>

#include "base/writer.h"
#include "frontd/heritage.h"

/* Workers of those before that are told of. */
#define HEIR_ROWS_MAX 256

struct master;

enum heir_state {
	HEIR_NONE,   /* nobody was there before */
	HEIR_STARTS, /* its children are not all sealed, or have not their keys
		      */
	HEIR_READY,  /* it has said so */
	HEIR_SERVES, /* it was told to, and is not yet the only one */
	HEIR_DONE
};

/* One that was there before, and has not ended. */
struct before {
	struct before *next;
	struct master *master;
	struct channel *channel;
	struct event *readable, *writable;
	/* Its workers, as last told, and as it is telling. */
	size_t row_count, coming_count;
	struct heritage rows[HEIR_ROWS_MAX], coming[HEIR_ROWS_MAX];
};

struct heir {
	enum heir_state state;
	pid_t whose;        /* place it takes */
	struct before *old; /* that one; NULL: it has ended, or none was */
	struct before *all; /* and those before it, which it passed on */
	int admin, page;    /* passed on; 0: not, or taken */
	bool shares_register;
	struct event *looking;
	unsigned looks, lacks;    /* so often it was looked, and keys lacked */
	struct writer complaints; /* about its configuration */
};

/*
 * Takes what is passed on, if the environment says that there is something.
 * False after a message. Before anything is read or bound.
 */
must_check bool heir_open(struct master *);
/* Watches the one before, before the seal. False: no memory. */
must_check bool heir_watch(struct master *);

/* What was passed on for this path, the caller's from now on; -1: nothing. */
int heir_admin(struct master *, const char *path);
int heir_page(struct master *, const char *path);

/* It is one, and not in force yet. */
bool heir_waits(const struct master *);
/* Who was before still drains. */
bool heir_has_before(const struct master *);
/* Of those before, as last told. */
uint64_t heir_workers_before(const struct master *);
uint64_t heir_open_before(const struct master *);
/* Those before are somebody else's to watch from now on, who was told. */
void heir_forget_before(struct master *);
/* Its children are sealed: it says that it is ready when the rest is. */
void heir_settled(struct master *);
/*
 * After the loop, or instead of it. Before it serves: tells why it does not.
 * Afterwards: who still drains ends, and is waited for.
 */
void heir_close(struct master *);

#endif
