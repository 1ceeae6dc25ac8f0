/*
 * A signer's counts, answer by answer; the contract is in tally.h.
 */
#include "keyd/tally.h"

#include <stdlib.h>

void
tally_begin(struct tally *tally)
{
	tally->whole = false;
	tally->count = 0;
}

void
tally_free(struct tally *tally)
{
	free(tally->rows);
	*tally = (struct tally){ 0 };
}

/* Room for so many more rows, or as many as there may be. */
static uint32_t
make_room(struct tally *tally, uint32_t more)
{
	uint32_t room = 2 * (tally->count + more);
	struct keyproto_count *rows;

	if (more > TALLY_ROWS_MAX - tally->count)
		more = TALLY_ROWS_MAX - tally->count;
	if (tally->room - tally->count >= more)
		return more;
	if ((rows = reallocarray(tally->rows, room, sizeof *rows)) == NULL)
		return 0;
	tally->rows = rows;
	tally->room = room;
	return more;
}

bool
tally_lacks(struct tally *tally, const struct keyproto_counts *page)
{
	uint32_t take = make_room(tally, page->count);

	tally->lost = page->lost;
	tally->channels = page->channels;
	tally->waiting = page->waiting;
	tally->queue = page->queue;
	tally->service = page->service;
	if (take > 0)
		memcpy(tally->rows + tally->count, page->row,
		    take * sizeof *page->row);
	tally->count += take;
	/* An empty answer ends it, whatever it says there is. */
	tally->whole = take == 0 || tally->count >= page->total ||
		       tally->count == TALLY_ROWS_MAX;
	return !tally->whole;
}
