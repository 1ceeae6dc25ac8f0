/*
 * When to fetch again; the contract is in refresh.h.
 */
#include "frontd/refresh.h"

#define LEAST 10
#define HOUR 3600
#define WEEK (7 * 24 * HOUR)

/* Up to an eighth sooner. */
static uint64_t
spread(uint64_t seconds, uint32_t chance)
{
	return seconds - seconds / 8 * (chance % 1024) / 1024;
}

static uint64_t
at_least(uint64_t seconds)
{
	return seconds < LEAST ? LEAST : seconds;
}

uint64_t
refresh_after(uint64_t from, uint64_t until, uint64_t now, uint32_t chance)
{
	uint64_t middle = from + (until - from) / 2;
	uint64_t wait = middle > now ? middle - now : 0;
	uint64_t half = until > now ? (until - now) / 2 : 0;

	if (wait < HOUR)
		wait = half < HOUR ? half : HOUR;
	if (wait > WEEK)
		wait = WEEK;
	return at_least(spread(wait, chance));
}

uint64_t
refresh_retry(unsigned failures, uint32_t chance)
{
	uint64_t wait = LEAST;

	for (unsigned i = 1; i < failures && wait < HOUR; i++)
		wait *= 2;
	return at_least(spread(wait < HOUR ? wait : HOUR, chance));
}
