/*
 * The contract is in backoff.h.
 */
#include "ipc/backoff.h"

#define FIRST_MS 100
#define MOST_MS 5000

void
backoff_started(struct backoff *backoff, uint64_t now_ms)
{
	backoff->started_ms = now_ms;
}

unsigned
backoff_died(struct backoff *backoff, uint64_t now_ms)
{
	unsigned wait = FIRST_MS;

	if (now_ms - backoff->started_ms >= BACKOFF_RESET_MS)
		backoff->failures = 0;
	for (unsigned i = 0; i < backoff->failures && wait < MOST_MS; i++)
		wait *= 2;
	backoff->failures++;
	return wait < MOST_MS ? wait : MOST_MS;
}

bool
backoff_looping(const struct backoff *backoff)
{
	return backoff->failures >= BACKOFF_LOOP;
}

bool
backoff_lived(struct backoff *backoff, uint64_t now_ms)
{
	if (!backoff_looping(backoff) ||
	    now_ms - backoff->started_ms < BACKOFF_RESET_MS)
		return false;
	backoff->failures = 0;
	return true;
}
