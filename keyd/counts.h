/*
 * What a signer has done, counted in one table of a fixed size: requests that
 * were the same in key, type, scheme and status, and how long they took.
 */
#ifndef KEYD_COUNTS_H
#define KEYD_COUNTS_H

#include "ipc/keyproto.h"

#define COUNTS_ROWS 2048

/* Begins as zeroes. */
struct counts {
	struct keyproto_count rows[COUNTS_ROWS];
	uint32_t used;
	uint64_t lost;
	struct keyproto_times queue, service;
};

/* One more of the kind of what, whose count means nothing. */
void counts_add(struct counts *, const struct keyproto_count *what,
    uint64_t queue_us, uint64_t service_us);
/* All but the channels: as many rows as go into one answer, beginning with row
 * from. */
void counts_tell(
    const struct counts *, uint32_t from, struct keyproto_counts *);

#endif
