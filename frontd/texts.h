/*
 * Texts and other bytes that are kept until all of them are let go: what a
 * configuration says, in no more memory than it takes to say it.
 */
#ifndef FRONTD_TEXTS_H
#define FRONTD_TEXTS_H

#include "base/slice.h"

/* Zeroed means none. */
struct texts {
	struct texts_block *blocks;
};

/* A copy of bytes, which does not move; false when out of memory. */
must_check bool texts_keep(
    struct texts *, struct slice bytes, struct slice *kept);
void texts_free(struct texts *);

#endif
