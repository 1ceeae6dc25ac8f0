/*
 * Metrics; the contract is in exposition.h.
 */
#include "frontd/exposition.h"

#include "admin/metrics.h"
#include "base/clock.h"
#include "frontd/census.h"

static void
single(struct writer *out, const char *name, enum metrics_type type,
    const char *help, uint64_t value)
{
	metrics_family(out, name, type, help);
	metrics_sample(out, name, NULL, 0, value);
}

/* ---- sites ---- */

/* One sample a site, and direction or result where there are two. */
static const struct {
	const char *name;
	enum metrics_type type;
	const char *help;
	struct {
		size_t offset;
		struct label more; /* no name: none */
	} values[2];
} site_families[] = {
#define AT(member) offsetof(struct tally_site, member)
	{ "frontd_connections_open", METRICS_GAUGE,
	    "Connections that there are.", { { AT(open), { NULL, NULL } } } },
	{ "frontd_connections_total", METRICS_COUNTER,
	    "Connections, counted when their site was known.",
	    { { AT(connections), { NULL, NULL } } } },
	{ "frontd_handshakes_total", METRICS_COUNTER,
	    "Handshakes that ended, by how.",
	    { { AT(agreed), { "result", "agreed" } },
		{ AT(failed), { "result", "failed" } } } },
	{ "frontd_handshakes_resumed_total", METRICS_COUNTER,
	    "Handshakes that resumed a session, of those agreed.",
	    { { AT(resumed), { NULL, NULL } } } },
	{ "frontd_early_data_total", METRICS_COUNTER,
	    "Handshakes whose early data was taken.",
	    { { AT(early), { NULL, NULL } } } },
	{ "frontd_backend_failures_total", METRICS_COUNTER,
	    "Connections that ended because of the backend.",
	    { { AT(backend_failed), { NULL, NULL } } } },
	{ "frontd_bytes_total", METRICS_COUNTER,
	    "Bytes on the wire, of connections that ended.",
	    { { AT(bytes_in), { "direction", "in" } },
		{ AT(bytes_out), { "direction", "out" } } } },
#undef AT
};

static void
write_site_families(const struct master *master, struct writer *out)
{
	const struct options *options = &master->now->options;
	struct tally_site sum;
	uint64_t value;

	for (size_t i = 0; i < COUNT(site_families); i++) {
		metrics_family(out, site_families[i].name,
		    site_families[i].type, site_families[i].help);
		for (unsigned j = 0; j < 2 * options->site_count; j++) {
			const struct label more =
			    site_families[i].values[j % 2].more;
			const struct label labels[] = {
				{ "site", options->sites[j / 2]->title }, more
			};

			if (j % 2 == 1 && more.name == NULL)
				continue;
			census_site(master, j / 2, &sum);
			memcpy(&value,
			    (const uint8_t *)&sum +
				site_families[i].values[j % 2].offset,
			    sizeof value);
			metrics_sample(out, site_families[i].name, labels,
			    more.name != NULL ? 2 : 1, value);
		}
	}
}

static void
write_certificates(const struct master *master, struct writer *out)
{
	const struct options *options = &master->now->options;
	const struct site_staple *staple;
	static const char not_after[] = "frontd_certificate_not_after_seconds";
	static const char stapled[] = "frontd_ocsp_stapled";
	static const char until[] = "frontd_ocsp_until_seconds";
	static const char failures[] = "frontd_ocsp_fetch_failures";
	const struct option_site *site;
	const struct stapled *fetched;

	metrics_family(out, not_after, METRICS_GAUGE,
	    "When the certificate expires, in seconds since 1970.");
	for (unsigned i = 0; i < options->site_count; i++) {
		site = options->sites[i];
		metrics_sample(out, not_after,
		    &(struct label){ "site", site->title }, 1,
		    (uint64_t)site->chain.not_after);
	}
	metrics_family(out, stapled, METRICS_GAUGE,
	    "Whether an OCSP response is served with the certificate.");
	for (unsigned i = 0; i < options->site_count; i++) {
		site = options->sites[i];
		metrics_sample(out, stapled,
		    &(struct label){ "site", site->title }, 1,
		    stapler_served(&master->stapler, site) != NULL ? 1 : 0);
	}
	metrics_family(out, until, METRICS_GAUGE,
	    "Until when it is served, in seconds since 1970.");
	for (unsigned i = 0; i < options->site_count; i++) {
		site = options->sites[i];
		if ((staple = stapler_served(&master->stapler, site)) != NULL)
			metrics_sample(out, until,
			    &(struct label){ "site", site->title }, 1,
			    (uint64_t)staple->times.until);
	}
	metrics_family(out, failures, METRICS_GAUGE,
	    "How often in a row an OCSP response could not be fetched.");
	for (unsigned i = 0; i < options->site_count; i++) {
		site = options->sites[i];
		fetched = stapler_find(&master->stapler, site);
		if (fetched != NULL)
			metrics_sample(out, failures,
			    &(struct label){ "site", site->title }, 1,
			    fetched->failures);
	}
}

/* ---- backends ---- */

static const struct {
	const char *name;
	enum metrics_type type;
	const char *help;
	size_t offset; /* of struct control_backend_row; 0: whether it is up */
} backend_families[] = {
	{ "frontd_backend_up", METRICS_GAUGE,
	    "Whether a backend's address is tried before those that are down.",
	    0 },
	{ "frontd_backend_connections_total", METRICS_COUNTER,
	    "Connections to it.",
	    offsetof(struct control_backend_row, connections) },
	{ "frontd_backend_attempts_failed_total", METRICS_COUNTER,
	    "Attempts that failed.",
	    offsetof(struct control_backend_row, failures) },
};

static void
write_backends(const struct master *master,
    const struct exposition_backends *backends, struct writer *out)
{
	const struct options *options = &master->now->options;
	uint64_t value;

	for (size_t i = 0; i < COUNT(backend_families); i++) {
		metrics_family(out, backend_families[i].name,
		    backend_families[i].type, backend_families[i].help);
		for (size_t j = 0; j < backends->count; j++) {
			const struct control_backend_row *row =
			    &backends->rows[j];
			const char *title =
			    row->site < options->site_count
				? options->sites[row->site]->balance.title
				: "?";
			const struct label labels[] = { { "site", title },
				{ "address", row->address } };

			memcpy(&value,
			    (const uint8_t *)row + backend_families[i].offset,
			    sizeof value);
			if (backend_families[i].offset == 0)
				value = row->state == BACKEND_UP;
			metrics_sample(
			    out, backend_families[i].name, labels, 2, value);
		}
	}
}

static void
write_names(const struct master *master, struct writer *out)
{
	static const char lookups[] = "frontd_name_lookups_total";
	const struct resolver *resolver = &master->resolver;

	metrics_family(out, lookups, METRICS_COUNTER,
	    "Lookups of backends' names, by how they ended.");
	metrics_sample(out, lookups, &(struct label){ "result", "found" }, 1,
	    resolver->done);
	metrics_sample(out, lookups, &(struct label){ "result", "failed" }, 1,
	    resolver->failed);
}

/* ---- all ---- */

static void
write_all(const struct master *master, struct writer *out)
{
	static const char agreed[] = "frontd_agreed_total";
	static const char ends[] = "frontd_ends_total";
	static const char pauses[] = "frontd_accept_pauses_total";
	static struct tally_all all;
	struct metrics_buckets buckets = { .bounds_us = tally_bounds_us,
		.bound_count = COUNT(tally_bounds_us) };

	census_all(master, &all);
	metrics_family(out, agreed, METRICS_COUNTER,
	    "Handshakes that agreed on this version and cipher suite.");
	for (size_t i = 0; i < COUNT(all.agreed); i++) {
		const struct label labels[] = { { "version",
						    all.agreed[i].version },
			{ "cipher", all.agreed[i].suite } };

		if (all.agreed[i].version[0] != '\0')
			metrics_sample(
			    out, agreed, labels, 2, all.agreed[i].count);
	}
	metrics_family(
	    out, ends, METRICS_COUNTER, "Connections that ended, by why.");
	for (int i = 0; i < TALLY_ENDS; i++)
		metrics_sample(out, ends,
		    &(struct label){ "end", tally_end_name((enum tally_end)i) },
		    1, all.ends[i]);
	metrics_family(out, pauses, METRICS_COUNTER,
	    "Times that a worker stopped accepting for a while, by why.");
	for (int i = 0; i < TALLY_PAUSES; i++)
		metrics_sample(out, pauses,
		    &(struct label){
			"reason", tally_pause_name((enum tally_pause)i) },
		    1, all.pauses[i]);
	metrics_family(out, "frontd_handshake_seconds", METRICS_HISTOGRAM,
	    "How long handshakes took, of those agreed.");
	buckets.counts = all.handshake.buckets;
	buckets.sum_us = all.handshake.sum_us;
	metrics_histogram(out, "frontd_handshake_seconds", NULL, 0, &buckets);
	metrics_family(out, "frontd_keyd_wait_seconds", METRICS_HISTOGRAM,
	    "How long connections waited for keyd, each time they did.");
	buckets.counts = all.key.buckets;
	buckets.sum_us = all.key.sum_us;
	metrics_histogram(out, "frontd_keyd_wait_seconds", NULL, 0, &buckets);
	metrics_family(out, "frontd_keyd_operations_total", METRICS_COUNTER,
	    "Key operations that were asked of keyd, and what became of them.");
	{
		const struct {
			const char *result;
			uint64_t count;
		} results[] = { { "requested", all.key_requested },
			{ "done", all.key_done },
			{ "refused", all.key_refused },
			{ "expired", all.key_expired },
			{ "retried", all.key_retried } };

		for (size_t i = 0; i < COUNT(results); i++)
			metrics_sample(out, "frontd_keyd_operations_total",
			    &(struct label){ "result", results[i].result }, 1,
			    results[i].count);
	}
}

/* ---- processes ---- */

static void
write_levels(struct writer *out, const char *process,
    const struct confinement *confinement)
{
	for (int i = 0; i < LAYER_COUNT; i++) {
		const struct label labels[] = { { "process", process },
			{ "layer", policy_layer_name((enum layer)i) } };

		if (confinement->level[i] != LEVEL_NOT_ASKED)
			metrics_sample(out, "frontd_sandbox_level", labels, 2,
			    confinement->level[i]);
	}
}

/* The least of each layer that a worker has reached. */
static struct confinement
least_of_workers(const struct fleet *fleet)
{
	struct confinement least = { 0 };
	bool any = false;

	for (unsigned i = 0; i < fleet->options.workers; i++) {
		const struct child *worker = &fleet->workers[i];

		if (!worker->confined)
			continue;
		for (int j = 0; j < LAYER_COUNT; j++)
			if (!any ||
			    worker->confinement.level[j] < least.level[j])
				least.level[j] = worker->confinement.level[j];
		any = true;
	}
	return least;
}

static uint64_t
respawns(const struct child *child)
{
	return child->starts > 0 ? child->starts - 1 : 0;
}

static void
write_processes(const struct master *master, struct writer *out)
{
	static const char states[] = "frontd_workers";
	static const char respawned[] = "frontd_respawns_total";
	const struct fleet *now = master->now;
	const struct child *const others[] = { &now->connect, &now->fetch,
		&now->prove };
	const struct confinement workers = least_of_workers(now);
	uint64_t of_workers = 0, serving = 0, draining = 0;
	pid_t pids[FLEET_PROCESSES_MAX];

	for (unsigned i = 0; i < now->options.workers; i++) {
		of_workers += respawns(&now->workers[i]);
		serving += now->workers[i].confined ? 1 : 0;
	}
	for (const struct fleet *fleet = master->before; fleet != NULL;
	     fleet = fleet->next)
		if (fleet->state == FLEET_DRAINING)
			draining += fleet_workers(fleet, pids);
	metrics_family(out, states, METRICS_GAUGE,
	    "Workers that are sealed and accept, and that drain.");
	metrics_sample(
	    out, states, &(struct label){ "state", "serving" }, 1, serving);
	metrics_sample(
	    out, states, &(struct label){ "state", "draining" }, 1, draining);
	metrics_family(out, respawned, METRICS_COUNTER,
	    "Children that were started again since the last reload.");
	metrics_sample(out, respawned,
	    &(struct label){ "process", "frontd-worker" }, 1, of_workers);
	for (size_t i = 0; i < COUNT(others); i++)
		if (others[i]->kind != NULL)
			metrics_sample(out, respawned,
			    &(struct label){ "process", others[i]->kind->name },
			    1, respawns(others[i]));
	metrics_family(out, "frontd_sandbox_level", METRICS_GAUGE,
	    "How far a layer of confinement is there: 1 missing, 2 partial, "
	    "3 full; of workers the least.");
	write_levels(out, "frontd", &master->own);
	write_levels(out, "frontd-worker", &workers);
	for (size_t i = 0; i < COUNT(others); i++)
		if (others[i]->kind != NULL)
			write_levels(out, others[i]->kind->name,
			    &others[i]->confinement);
}

void
exposition_write(const struct master *master,
    const struct exposition_backends *backends, struct writer *out)
{
	const struct label results[] = { { "result", "done" },
		{ "result", "refused" } };

	metrics_family(
	    out, "frontd_info", METRICS_GAUGE, "The version that runs.");
	metrics_sample(out, "frontd_info",
	    &(struct label){ "version", SALLYPORT_VERSION }, 1, 1);
	single(out, "frontd_uptime_seconds", METRICS_GAUGE,
	    "Seconds since the start.",
	    (clock_ms() - master->started_ms) / 1000);
	single(out, "frontd_keyd_reached", METRICS_GAUGE,
	    "Whether keyd can be asked.", master->link.welcomed ? 1 : 0);
	metrics_family(out, "frontd_reloads_total", METRICS_COUNTER,
	    "Reloads, by how they ended.");
	metrics_sample(
	    out, "frontd_reloads_total", &results[0], 1, master->reloads_done);
	metrics_sample(out, "frontd_reloads_total", &results[1], 1,
	    master->reloads_refused);
	single(out, "frontd_upgrades_refused_total", METRICS_COUNTER,
	    "Upgrades that were refused; one that is done is a start.",
	    master->upgrades_refused);
	single(out, "frontd_before_workers", METRICS_GAUGE,
	    "Workers of those that this one took over from, which drain.",
	    heir_workers_before(master));
	single(out, "frontd_before_connections", METRICS_GAUGE,
	    "Connections of theirs.", heir_open_before(master));
	write_processes(master, out);
	write_site_families(master, out);
	write_certificates(master, out);
	write_backends(master, backends, out);
	write_names(master, out);
	write_all(master, out);
}
