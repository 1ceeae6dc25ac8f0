/*
 * Rates by the generic cell rate algorithm (a leaky bucket that is told by one
 * time); the contract is in rate.h.
 */
#include "keyd/rate.h"

#define SECOND 1000000000u

struct rate
rate_of(const struct keyproto_rate *what)
{
	struct rate rate = { 0 };

	if (what->rate == 0)
		return rate;
	rate.interval_ns = SECOND / what->rate;
	/* More than one a nanosecond is no limit that anybody reaches. */
	if (rate.interval_ns > 0 && what->burst > 1)
		rate.tolerance_ns = rate.interval_ns * (what->burst - 1);
	return rate;
}

bool
rate_allows(const struct rate *rate, uint64_t now_ns)
{
	return rate->interval_ns == 0 ||
	       rate->due_ns <= now_ns + rate->tolerance_ns;
}

void
rate_count(struct rate *rate, uint64_t now_ns)
{
	if (rate->due_ns < now_ns)
		rate->due_ns = now_ns;
	rate->due_ns += rate->interval_ns;
}
