/*
 * Counting; the contract is in counts.h.
 */
#include "keyd/counts.h"

#include <stdlib.h>

bool
counts_open(struct counts *counts, uint32_t keys)
{
	counts->room = COUNTS_ROWS + COUNTS_ROWS_A_KEY * keys;
	counts->rows = calloc(counts->room, sizeof *counts->rows);
	return counts->rows != NULL;
}

static void
add_time(struct keyproto_times *times, uint64_t us)
{
	size_t i = 0;

	while (i < KEYPROTO_BOUNDS && us > keyproto_bound_us(i))
		i++;
	times->counts[i]++;
	times->sum_us += us;
}

/* A new row if need be; NULL: no room. What is refused takes no more than half
 * of it, so that nobody's nonsense leaves what is done uncounted. */
static struct keyproto_count *
find_row(struct counts *counts, const struct keyproto_count *what)
{
	uint32_t room =
	    what->status == KEYPROTO_OK ? counts->room : counts->room / 2;
	uint32_t *at = &counts->first[what->slot];
	struct keyproto_count *row;

	for (; *at != 0; at = &counts->rows[*at - 1].next) {
		row = &counts->rows[*at - 1].what;
		if (row->type == what->type && row->scheme == what->scheme &&
		    row->status == what->status)
			return row;
	}
	if (counts->used >= room)
		return NULL;
	row = &counts->rows[counts->used++].what;
	*at = counts->used;
	*row = *what;
	row->count = 0;
	return row;
}

void
counts_add(struct counts *counts, const struct keyproto_count *what,
    uint64_t queue_us, uint64_t service_us)
{
	struct keyproto_count *row = find_row(counts, what);

	if (row != NULL)
		row->count++;
	else
		counts->lost++;
	add_time(&counts->queue, queue_us);
	add_time(&counts->service, service_us);
}

void
counts_tell(
    const struct counts *counts, uint32_t from, struct keyproto_counts *told)
{
	uint32_t left = from < counts->used ? counts->used - from : 0;

	told->lost = counts->lost;
	told->queue = counts->queue;
	told->service = counts->service;
	told->total = counts->used;
	told->count = left < KEYPROTO_COUNTS_MAX ? left : KEYPROTO_COUNTS_MAX;
	for (uint32_t i = 0; i < told->count; i++)
		told->row[i] = counts->rows[from + i].what;
}
