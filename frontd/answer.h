/*
 * What a worker tells the master when it is asked: its tallies, its sessions.
 */
#ifndef FRONTD_ANSWER_H
#define FRONTD_ANSWER_H

#include "frontd/worker.h"

/* The channel's queue has room for one whole answer. */
#define ANSWER_QUEUE 1024

void answer(struct worker *, const struct control_ask *);
/* Its tallies, unasked: the last ones. */
void answer_at_end(struct worker *);

#endif
