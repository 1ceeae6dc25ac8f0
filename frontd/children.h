/*
 * frontd's children: started with what they need to know, watched, and started
 * again when they die.
 */
#ifndef FRONTD_CHILDREN_H
#define FRONTD_CHILDREN_H

#include "frontd/master.h"

/* Starts all. False when there is not the memory for it. */
must_check bool children_start(struct master *);
/* After SIGCHLD: who died is logged, and started again after a while. */
void children_reap(struct master *);
/* Ends all and waits for them. */
void children_end(struct master *);

/* A channel to a signer for a worker; fd stays the caller's. */
void children_give_keys(struct master *, uint32_t worker, int fd);
/* Tells frontd-page who runs. */
void children_show(struct master *);

#endif
