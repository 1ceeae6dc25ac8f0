/*
 * What comes in parts (struct control_part): how much it will be is said
 * before the first.
 */
#ifndef FRONTD_GATHERED_H
#define FRONTD_GATHERED_H

#include "base/slice.h"

/* Zeroed means nothing, which is whole. */
struct gathered {
	uint8_t *bytes; /* with a zero behind the last that is here */
	size_t len, size;
};

/* Forgets what there was, and makes room. False: out of memory; it is as if
 * zeroed. */
must_check bool gathered_begin(struct gathered *, size_t size);
/* False when it is more than was said: nothing was taken. */
must_check bool gathered_take(struct gathered *, struct slice part);
/* All of it is here. */
bool gathered_whole(const struct gathered *);
struct slice gathered_slice(const struct gathered *);
void gathered_free(struct gathered *);

#endif
