/*
 * Sums of tallies; the contract is in census.h.
 */
#include "frontd/census.h"

#include <stdlib.h>

#include "frontd/master.h"

struct census_worker *
census_worker_new(unsigned sites)
{
	return calloc(1,
	    sizeof(struct census_worker) + sites * sizeof(struct tally_site));
}

static void
take_sites(struct child *worker, const struct control_tally_sites *part)
{
	unsigned sites = worker->fleet->options.site_count;
	size_t count = part->sites.len / sizeof(struct tally_site);

	if (part->first > sites || count > sites - part->first || count == 0)
		return;
	memcpy(worker->census->sites + part->first, part->sites.data,
	    part->sites.len);
}

/* Texts of a worker's are cut, whatever it says. */
static void
take_all(struct child *worker, const struct control_tally *what)
{
	struct census_worker *census = worker->census;

	census->open = what->open;
	census->key_pending = what->key_pending;
	census->all = what->all;
	for (size_t i = 0; i < COUNT(census->all.agreed); i++) {
		struct tally_agreed *row = &census->all.agreed[i];

		row->version[sizeof row->version - 1] = '\0';
		row->suite[sizeof row->suite - 1] = '\0';
	}
}

void
census_take(struct child *worker, struct slice packet)
{
	static union {
		struct control_tally_sites sites;
		struct control_tally all;
	} record;

	if (control_type(packet) == CONTROL_TALLY_SITES &&
	    control_take(packet, &record.sites, sizeof record.sites))
		take_sites(worker, &record.sites);
	else if (control_type(packet) == CONTROL_TALLY &&
		 control_take(packet, &record.all, sizeof record.all))
		take_all(worker, &record.all);
}

void
census_bury(struct child *worker)
{
	const struct options *options = &worker->fleet->options;
	struct master *master = worker->fleet->master;
	struct census_worker *census = worker->census;
	struct fleet *now = master->now;
	unsigned to;

	tally_add_all(&master->ended, &census->all);
	census->all = (struct tally_all){ 0 };
	census->open = census->key_pending = 0;
	for (unsigned i = 0; i < options->site_count; i++) {
		census->sites[i].open = 0;
		if (census->sites[i].connections == 0)
			continue;
		to = now == worker->fleet ? i
					  : options_find_site(&now->options,
						options->sites[i]->title);
		if (to < now->options.site_count)
			tally_add_site(&now->ended[to], &census->sites[i]);
		census->sites[i] = (struct tally_site){ 0 };
	}
}

void
census_move(const struct fleet *from, struct fleet *to)
{
	for (unsigned i = 0; i < to->options.site_count; i++) {
		unsigned before = options_find_site(
		    &from->options, to->options.sites[i]->title);

		if (before < from->options.site_count)
			to->ended[i] = from->ended[before];
	}
}

static void
add_fleet_site(
    const struct fleet *fleet, unsigned number, struct tally_site *sum)
{
	for (unsigned i = 0; i < fleet->options.workers; i++)
		if (fleet->workers[i].census != NULL)
			tally_add_site(
			    sum, &fleet->workers[i].census->sites[number]);
}

void
census_site(const struct master *master, unsigned site, struct tally_site *sum)
{
	const char *title = master->now->options.sites[site]->title;
	unsigned number;

	*sum = master->now->ended[site];
	add_fleet_site(master->now, site, sum);
	for (const struct fleet *fleet = master->before; fleet != NULL;
	     fleet = fleet->next) {
		number = options_find_site(&fleet->options, title);
		if (number < fleet->options.site_count)
			add_fleet_site(fleet, number, sum);
	}
}

void
census_all(const struct master *master, struct tally_all *sum)
{
	*sum = master->ended;
	for (size_t i = 0; i < MASTER_TAGS_MAX; i++)
		if (master->tags[i] != NULL && master->tags[i]->census != NULL)
			tally_add_all(sum, &master->tags[i]->census->all);
}
