/*
 * A signer's counts, answer by answer; the contract is in tally.h.
 */
#include "keyd/tally.h"

void
tally_begin(struct tally *tally)
{
	tally->whole = false;
	tally->count = 0;
}

bool
tally_lacks(struct tally *tally, const struct keyproto_counts *page)
{
	uint32_t room = COUNTS_ROWS - tally->count;
	uint32_t take = page->count < room ? page->count : room;

	tally->lost = page->lost;
	tally->channels = page->channels;
	tally->waiting = page->waiting;
	tally->queue = page->queue;
	tally->service = page->service;
	memcpy(tally->rows + tally->count, page->row, take * sizeof *page->row);
	tally->count += take;
	/* An empty answer ends it, whatever it says there is. */
	tally->whole = take == 0 || tally->count >= page->total ||
		       tally->count == COUNTS_ROWS;
	return !tally->whole;
}
