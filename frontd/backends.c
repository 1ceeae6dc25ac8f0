/*
 * Choice of backends; the contract is in backends.h.
 */
#include "frontd/backends.h"

#include <stdlib.h>

/* ---- places ---- */

static bool
is_same(const struct backend *backend, const struct backend_address *address)
{
	return backend->address_len == address->len &&
	       memcmp(&backend->address, &address->address, address->len) == 0;
}

static struct backend *
find(struct backends *backends, uint16_t number,
    const struct backend_address *address)
{
	for (unsigned i = 0; i < backends->count; i++) {
		struct backend *backend = &backends->at[i];

		if (backend->used && backend->number == number &&
		    is_same(backend, address))
			return backend;
	}
	return NULL;
}

/* One that nobody has, with its address; NULL: all have somebody, or there is
 * no memory for another. */
static struct backend *
take_place(struct backends *backends, uint16_t number,
    const struct backend_address *address, uint64_t now_ms)
{
	struct backend *grown;
	unsigned i = 0;

	while (i < backends->count &&
	       (backends->at[i].used || backends->at[i].open > 0 ||
		   backends->at[i].on_way > 0))
		i++;
	if (i == CONTROL_PLACES_MAX)
		return NULL;
	if (i == backends->count) {
		grown = reallocarray(backends->at, i + 1, sizeof *grown);
		if (grown == NULL)
			return NULL;
		backends->at = grown;
		backends->count++;
	}
	backends->at[i] = (struct backend){ .used = true,
		.number = number,
		.address = address->address,
		.address_len = address->len,
		.since_ms = now_ms };
	return &backends->at[i];
}

static bool
is_among(const struct backend *backend, const struct backend_address *addresses,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(backend, &addresses[i]))
			return true;
	return false;
}

bool
backends_set(struct backends *backends, uint16_t number,
    const struct backend_address *addresses, size_t count, bool awaited,
    uint64_t now_ms)
{
	static const struct backend_address nowhere;
	struct backend *backend;
	bool all = true;

	awaited = awaited && count == 0;
	if (count == 0) {
		addresses = &nowhere;
		count = 1;
	}
	for (unsigned i = 0; i < backends->count; i++)
		if (backends->at[i].number == number &&
		    !is_among(&backends->at[i], addresses, count))
			backends->at[i].used = false;
	for (size_t i = 0; i < count; i++) {
		backend = find(backends, number, &addresses[i]);
		if (backend == NULL)
			backend =
			    take_place(backends, number, &addresses[i], now_ms);
		if (backend != NULL)
			backend->awaited = awaited;
		else
			all = false;
	}
	return all;
}

void
backends_free(struct backends *backends)
{
	free(backends->at);
	*backends = (struct backends){ 0 };
}

/* ---- choice ---- */

/* Down, and its time to be tried again has not come; or nothing is known of
 * it. */
static bool
is_shunned(const struct backends *backends, unsigned place, uint64_t now_ms)
{
	const struct backend *backend = &backends->at[place];

	return backend->awaited ||
	       (backend->down &&
		   (backends->how.check_ms != 0 || now_ms < backend->again_ms));
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
    const struct backends *backends, uint64_t tried, bool any, uint64_t now_ms)
{
	unsigned count = backends->count, place;
	int best = BACKENDS_NONE;

	for (unsigned i = 0; i < count; i++) {
		place = (backends->next + i) % count;
		if ((tried >> place & 1) != 0 || !backends->at[place].used ||
		    (!any && is_shunned(backends, place, now_ms)))
			continue;
		if (is_better(backends, place, best))
			best = (int)place;
	}
	return best;
}

int
backends_choose(struct backends *backends, uint64_t tried, uint64_t now_ms)
{
	int best = choose(backends, tried, false, now_ms);

	if (best == BACKENDS_NONE)
		best = choose(backends, tried, true, now_ms);
	if (best == BACKENDS_NONE)
		return best;
	backends->next = ((unsigned)best + 1) % backends->count;
	/* One connection alone finds out. */
	if (backends->at[best].down)
		backends->at[best].again_ms = now_ms + backends->how.down_ms;
	return best;
}

bool
backends_failed(
    struct backends *backends, unsigned place, int error, uint64_t now_ms)
{
	struct backend *backend = &backends->at[place];

	backend->failed++;
	backend->error = error;
	backend->failures++;
	if (backend->failures < backends->how.failures)
		return false;
	backend->again_ms = now_ms + backends->how.down_ms;
	if (backend->down)
		return false;
	backend->down = true;
	backend->since_ms = now_ms;
	return true;
}

bool
backends_worked(struct backends *backends, unsigned place, uint64_t now_ms)
{
	struct backend *backend = &backends->at[place];
	bool was_down = backend->down;

	backend->failures = 0;
	backend->down = false;
	if (was_down)
		backend->since_ms = now_ms;
	return was_down;
}

static bool
is_checked(const struct backends *backends, unsigned place)
{
	return backends->how.check_ms != 0 && backends->at[place].used &&
	       backends->at[place].address_len > 0;
}

int
backends_check(struct backends *backends, uint64_t now_ms)
{
	for (unsigned i = 0; i < backends->count; i++) {
		struct backend *backend = &backends->at[i];

		if (!is_checked(backends, i) || backend->check_ms > now_ms)
			continue;
		backend->check_ms = now_ms + backends->how.check_ms;
		return (int)i;
	}
	return BACKENDS_NONE;
}

size_t
backends_on_way(const struct backends *backends)
{
	size_t count = 0;

	for (unsigned i = 0; i < backends->count; i++)
		count += backends->at[i].on_way;
	return count;
}

uint64_t
backends_due_ms(const struct backends *backends)
{
	uint64_t due = UINT64_MAX;

	for (unsigned i = 0; i < backends->count; i++)
		if (is_checked(backends, i) && backends->at[i].check_ms < due)
			due = backends->at[i].check_ms;
	return due;
}
