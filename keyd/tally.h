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
	struct keyproto_count rows[COUNTS_ROWS];
	uint32_t count;
};

/* Begins anew. */
void tally_begin(struct tally *);
/* Adds an answer. False when it is whole now, else the rows from tally->count
 * on are to be asked for. */
must_check bool tally_lacks(struct tally *, const struct keyproto_counts *);

#endif
