/*
 * Choice of backends; the contract is in backends.h.
 */
#include "frontd/backends.h"

/* Down, and its time to be tried again has not come. */
static bool
is_shunned(const struct backends *backends, unsigned number, uint64_t now_ms)
{
	const struct backend *backend = &backends->at[number];

	return backend->down &&
	       (backends->how.check_ms != 0 || now_ms < backend->again_ms);
}

static bool
is_better(const struct backends *backends, unsigned a, int b)
{
	if (b == BACKENDS_NONE)
		return true;
	return backends->how.least_connections != 0 &&
	       backends->at[a].open < backends->at[b].open;
}

static int
choose(
    const struct backends *backends, uint32_t tried, bool any, uint64_t now_ms)
{
	unsigned count = backends->how.count, number;
	int best = BACKENDS_NONE;

	for (unsigned i = 0; i < count; i++) {
		number = (backends->next + i) % count;
		if ((tried >> number & 1) != 0 ||
		    (!any && is_shunned(backends, number, now_ms)))
			continue;
		if (is_better(backends, number, best))
			best = (int)number;
	}
	return best;
}

int
backends_choose(struct backends *backends, uint32_t tried, uint64_t now_ms)
{
	int best = choose(backends, tried, false, now_ms);

	if (best == BACKENDS_NONE)
		best = choose(backends, tried, true, now_ms);
	if (best == BACKENDS_NONE)
		return best;
	backends->next = ((unsigned)best + 1) % backends->how.count;
	/* One connection alone finds out. */
	if (backends->at[best].down)
		backends->at[best].again_ms = now_ms + backends->how.down_ms;
	return best;
}

bool
backends_failed(struct backends *backends, unsigned number, uint64_t now_ms)
{
	struct backend *backend = &backends->at[number];

	backend->failures++;
	if (backend->failures < backends->how.failures)
		return false;
	backend->again_ms = now_ms + backends->how.down_ms;
	if (backend->down)
		return false;
	backend->down = true;
	return true;
}

bool
backends_worked(struct backends *backends, unsigned number)
{
	struct backend *backend = &backends->at[number];
	bool was_down = backend->down;

	backend->failures = 0;
	backend->down = false;
	return was_down;
}

int
backends_check(struct backends *backends, uint64_t now_ms)
{
	if (backends->how.check_ms == 0)
		return BACKENDS_NONE;
	for (unsigned i = 0; i < backends->how.count; i++) {
		struct backend *backend = &backends->at[i];

		if (backend->check_ms > now_ms)
			continue;
		backend->check_ms = now_ms + backends->how.check_ms;
		return (int)i;
	}
	return BACKENDS_NONE;
}

uint64_t
backends_due_ms(const struct backends *backends)
{
	uint64_t due = UINT64_MAX;

	if (backends->how.check_ms == 0)
		return due;
	for (unsigned i = 0; i < backends->how.count; i++)
		if (backends->at[i].check_ms < due)
			due = backends->at[i].check_ms;
	return due;
}
