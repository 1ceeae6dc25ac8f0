/*
 * The keys of a worker's session tickets: as keyd has them, the same in all
 * workers, in the configs of all listeners that give tickets.
 */
#ifndef FRONTD_TICKETING_H
#define FRONTD_TICKETING_H

#include "frontd/worker.h"

/* Once the listeners are configured. Their keys then come and go by
 * themselves. */
void ticketing_start(struct worker *);

#endif
