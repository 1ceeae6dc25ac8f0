/*
 * Counts; the contract is in tally.h.
 */
#include "frontd/tally.h"

const uint32_t tally_bounds_us[TALLY_BUCKETS - 1] = { 500, 1000, 2500, 5000,
	10000, 25000, 50000, 100000, 250000, 1000000, 5000000 };

static const struct {
	const char *name;
	const char *begins[4]; /* of reasons */
} ends[TALLY_ENDS] = {
	[TALLY_CLOSED] = { "closed", { "closed" } },
	[TALLY_HANDSHAKE] = { "handshake",
	    { "handshake: ", "early data: ", "proxy: " } },
	[TALLY_CLIENT] = { "client", { "client: " } },
	[TALLY_BACKEND] = { "backend", { "backend: " } },
	[TALLY_TIMEOUT] = { "timeout",
	    { "handshake timeout", "backend timeout", "idle timeout",
		"lifetime timeout" } },
	[TALLY_DRAINED] = { "drained", { "drained", "cut" } },
	[TALLY_LIMITED] = { "limited", { "limit: " } },
	[TALLY_OTHER] = { "other", { NULL } },
};

static const char *const pauses[TALLY_PAUSES] = {
	[TALLY_CONNECTIONS] = "connections",
	[TALLY_DESCRIPTORS] = "descriptors",
};

void
tally_time(struct tally_times *times, uint64_t us)
{
	size_t i = 0;

	while (i < COUNT(tally_bounds_us) && us > tally_bounds_us[i])
		i++;
	times->buckets[i]++;
	times->sum_us += us;
}

/* The row of these, a fresh one if need be; NULL when there is none. */
static struct tally_agreed *
agreed_row(struct tally_all *all, const char *version, const char *suite)
{
	struct tally_agreed *row;

	for (size_t i = 0; i < COUNT(all->agreed); i++) {
		row = &all->agreed[i];
		if (row->version[0] != '\0' &&
		    (strncmp(row->version, version, sizeof row->version) != 0 ||
			strncmp(row->suite, suite, sizeof row->suite) != 0))
			continue;
		if (row->version[0] == '\0') {
			strncpy(row->version, version, sizeof row->version - 1);
			strncpy(row->suite, suite, sizeof row->suite - 1);
		}
		return row;
	}
	return NULL;
}

void
tally_agree(struct tally_all *all, const char *version, const char *suite)
{
	struct tally_agreed *row = agreed_row(all, version, suite);

	if (row != NULL)
		row->count++;
	else
		all->agreed_lost++;
}

const char *
tally_end_name(enum tally_end end)
{
	return ends[end].name;
}

const char *
tally_pause_name(enum tally_pause pause)
{
	return pauses[pause];
}

enum tally_end
tally_end_of(const char *reason)
{
	for (size_t i = 0; i < COUNT(ends); i++)
		for (size_t j = 0; j < COUNT(ends[i].begins); j++) {
			const char *begin = ends[i].begins[j];

			if (begin != NULL &&
			    strncmp(reason, begin, strlen(begin)) == 0)
				return (enum tally_end)i;
		}
	return TALLY_OTHER;
}

void
tally_add_site(struct tally_site *to, const struct tally_site *what)
{
	to->open += what->open;
	to->connections += what->connections;
	to->agreed += what->agreed;
	to->failed += what->failed;
	to->resumed += what->resumed;
	to->early += what->early;
	to->bytes_in += what->bytes_in;
	to->bytes_out += what->bytes_out;
	to->backend_failed += what->backend_failed;
}

static void
add_times(struct tally_times *to, const struct tally_times *what)
{
	for (size_t i = 0; i < TALLY_BUCKETS; i++)
		to->buckets[i] += what->buckets[i];
	to->sum_us += what->sum_us;
}

void
tally_add_all(struct tally_all *to, const struct tally_all *what)
{
	for (size_t i = 0; i < TALLY_ENDS; i++)
		to->ends[i] += what->ends[i];
	for (size_t i = 0; i < TALLY_PAUSES; i++)
		to->pauses[i] += what->pauses[i];
	add_times(&to->handshake, &what->handshake);
	add_times(&to->key, &what->key);
	to->key_requested += what->key_requested;
	to->key_done += what->key_done;
	to->key_refused += what->key_refused;
	to->key_expired += what->key_expired;
	to->key_retried += what->key_retried;
	to->agreed_lost += what->agreed_lost;
	for (size_t i = 0; i < COUNT(what->agreed); i++) {
		const struct tally_agreed *from = &what->agreed[i];
		struct tally_agreed *row;

		if (from->version[0] == '\0')
			continue;
		row = agreed_row(to, from->version, from->suite);
		if (row != NULL)
			row->count += from->count;
		else
			to->agreed_lost += from->count;
	}
}
