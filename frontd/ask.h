/*
 * The master asks its workers something, all of them at once, and the
 * frontd-connect of the fleet that serves, and goes on when each has answered,
 * has died, or has taken too long.
 */
#ifndef FRONTD_ASK_H
#define FRONTD_ASK_H

#include "frontd/master.h"

struct ask;

struct ask_events {
	/* A connection; only of CONTROL_ASK_ROWS. */
	void (*row)(const struct child *, const struct control_row *, void *);
	/* Once: nothing more comes. left_out: connections that were not told
	 * of. The question is gone afterwards. */
	void (*answered)(struct master *, uint64_t left_out, void *);
	/* A backend; NULL: frontd-connect is not asked. Only its site's number
	 * and its texts have been looked at. */
	void (*backend)(const struct control_backend_row *, void *);
};

/* Tallies are taken as they come, whoever asked (see fleet.h). False: no
 * memory. answered() may be called before this returns. */
/* CONTROL_ASK_BACKENDS asks no worker. */
must_check bool ask_workers(
    struct master *, enum control_what, const struct ask_events *, void *ctx);

/* What fleets hear: a child has told rows, has answered, is gone. */
void ask_backends(const struct child *, const struct control_backend_rows *);
void ask_rows(const struct child *, const struct control_rows *);
void ask_answered(const struct child *, const struct control_answered *);
void ask_gone(const struct child *);
/* All questions are as if they had been answered. */
void ask_end(struct master *);

#endif
