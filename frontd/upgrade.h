/*
 * Another frontd takes this one's place without closing the port: the program
 * that is installed now is started by frontd-upgrade, inherits what listens,
 * and when it serves this one drains. Until then nothing has changed; see
 * heritage.h for what the two say to each other, heir.h for the other side.
 */
#ifndef FRONTD_UPGRADE_H
#define FRONTD_UPGRADE_H

#include <event2/event.h>

#include "ipc/channel.h"

struct heritage;
struct master;

enum upgrade_state {
	UPGRADE_NONE,
	UPGRADE_BEGUN, /* it is started, and is to say that it could serve */
	UPGRADE_TAKES, /* it is to say that it does */
	UPGRADE_DONE   /* we drain */
};

struct upgrade {
	enum upgrade_state state;
	bool starting; /* frontd-upgrade has not answered yet */
	bool asked;    /* for when the reload that goes on is over */
	int unheard;   /* errno: something could not be passed on; 0: all was */
	pid_t pid;     /* of the heir */
	char version[64];
	uint64_t taken; /* bit by listener: the heir listens on it, too */
	struct channel *starter; /* NULL: frontd-upgrade is gone */
	struct event *starter_readable;
	struct channel *heir; /* NULL: there is none, or no more */
	struct event *readable, *writable, *patience;
};

/*
 * Starts frontd-upgrade, which is to start argv later. With the environment as
 * it is, and before anything is read that it would inherit. False after a
 * message.
 */
must_check bool upgrade_open(struct master *, char **argv);
/* Watches it, before the seal. False: no memory. */
must_check bool upgrade_watch(struct master *);

/*
 * Begins now, or when a reload is over that goes on. How it ends is logged, and
 * told by console_upgraded(), which may be before this returns.
 */
void upgrade(struct master *);
/* It goes on: a reload is to wait. */
bool upgrade_goes_on(const struct master *);
/* It does not: an heir that does not serve yet is ended. */
void upgrade_give_up(struct master *, const char *reason);
/* Tells the heir which workers drain. */
void upgrade_tell(struct master *);
/* After the loop. */
void upgrade_close(struct master *);

#endif
