/*
 * What one signer has counted, put together from its answers to COUNTS.
 */
#ifndef KEYD_TALLY_H
#define KEYD_TALLY_H

#include "keyd/counts.h"

struct tally {
	bool whole; /* all of it is here */
	uint64_t lost;
	uint32_t channels, waiting;
	struct keyproto_times queue, service;
	struct keyproto_count *rows;
	uint32_t count, room;
};

#define TALLY_ROWS_MAX (COUNTS_ROWS + COUNTS_ROWS_A_KEY * KEYPROTO_SLOTS)

/* Begins anew; the first time with zeroes. */
void tally_begin(struct tally *);
void tally_free(struct tally *);
/* Adds an answer. False when it is whole now, else the rows from tally->count
 * on are to be asked for. */
must_check bool tally_lacks(struct tally *, const struct keyproto_counts *);

#endif
