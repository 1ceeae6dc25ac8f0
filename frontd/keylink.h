/*
 * The master's way to keyd: it asks for channels to the signers for each
 * worker, hands on those that replace them, and connects again when keyd comes
 * back.
 */
#ifndef FRONTD_KEYLINK_H
#define FRONTD_KEYLINK_H

#include "frontd/master.h"

/* Connects now if keyd is there, or later. False when out of memory. */
must_check bool keylink_start(struct master *);
/* Channels for the worker with this tag; without keyd, as soon as it is back.
 */
void keylink_ask(struct master *, uint32_t tag);
void keylink_end(struct master *);

#endif
