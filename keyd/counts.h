/*
 * What a signer has done, counted in one table of a fixed size: requests that
 * were the same in key, type, scheme and status, and how long they took.
 */
#ifndef KEYD_COUNTS_H
#define KEYD_COUNTS_H

#include "ipc/keyproto.h"

/* Rows there are beside those for keys. */
#define COUNTS_ROWS 2048
#define COUNTS_ROWS_A_KEY 4

struct counts_row {
	struct keyproto_count what;
	uint32_t next; /* row of the same slot, from 1; 0: none */
};
struct counts {
	struct counts_row *rows;
	uint32_t first[KEYPROTO_SLOTS + 1]; /* of each slot, likewise */
	uint32_t room, used;
	uint64_t lost;
	struct keyproto_times queue, service;
};

/* Of zeroes; false: out of memory. */
must_check bool counts_open(struct counts *, uint32_t keys);
/* One more of the kind of what, whose count means nothing. */
void counts_add(struct counts *, const struct keyproto_count *what,
    uint64_t queue_us, uint64_t service_us);
/* All but the channels: as many rows as go into one answer, beginning with row
 * from. */
void counts_tell(
    const struct counts *, uint32_t from, struct keyproto_counts *);

#endif
