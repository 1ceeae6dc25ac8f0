/*
 * keyd-audit, as keyd has it: one process for as long as keyd runs, whatever
 * fleets come and go, since a log has one writer. It is started again when it
 * dies, and passed the same key and file.
 */
#ifndef KEYD_AUDITOR_H
#define KEYD_AUDITOR_H

#include "keyd/config.h"
#include "keyd/link.h"

struct auditor_events {
	/* Its key and file are good, or not, after saying why: at the start,
	 * and of each file after it. */
	void (*told)(bool good);
	/* It was started again: signers need new channels to it. */
	void (*again)(void);
};

/*
 * Opens key and file, and its program. The file is made when it is not there,
 * but not by a test, which leaves it alone. False after saying what is wrong.
 */
must_check bool auditor_open(const struct config_audit *, bool testing);
/* Starts it. */
void auditor_start(struct event_base *, const struct auditor_events *);
/* Whether there is one. */
bool auditor_wanted(void);
/*
 * A signer's end of a channel to it, the caller's; its records are of this
 * group. When it is not running, the other end is closed. -1: no descriptors.
 */
int auditor_connect(const char *group);

/* Opens the file of this name anew; false after saying why not. */
must_check bool auditor_reopen(const struct config_audit *);
/* It writes to that file from now on, or (false) it is not needed. */
void auditor_rotate(bool);

/* Appends it. */
void auditor_status(struct keyproto_processes *);
/* It has ended; false: that was another. */
must_check bool auditor_reaped(pid_t, int status);
/* It is to write what it has, and end: its pid; 0: there is none. */
pid_t auditor_stop(void);

#endif
