/*
 * Counting; the contract is in counts.h.
 */
#include "keyd/counts.h"

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
	    what->status == KEYPROTO_OK ? COUNTS_ROWS : COUNTS_ROWS / 2;
	struct keyproto_count *row = counts->rows;

	for (; row < counts->rows + counts->used; row++)
		if (row->slot == what->slot && row->type == what->type &&
		    row->scheme == what->scheme && row->status == what->status)
			return row;
	if (counts->used >= room)
		return NULL;
	counts->used++;
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
	if (told->count > 0)
		memcpy(told->row, counts->rows + from,
		    told->count * sizeof *told->row);
}
