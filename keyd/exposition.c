/*
 * keyd's metrics; the contract is in exposition.h. Each family is a row of one
 * table: its name, type, help, and who writes its samples.
 */
#include "keyd/exposition.h"

#include "admin/metrics.h"
#include "keyd/vocabulary.h"

struct family {
	const char *name;
	enum metrics_type type;
	const char *help;
	void (*write)(const char *name, const struct daemon *, struct writer *);
};

/* ---- keyd itself ---- */

static void
write_info(const char *name, const struct daemon *daemon, struct writer *out)
{
	const struct label labels[] = { { "version", SALLYPORT_VERSION } };

	(void)daemon;
	metrics_sample(out, name, labels, COUNT(labels), 1);
}

static void
write_uptime(const char *name, const struct daemon *daemon, struct writer *out)
{
	metrics_seconds(
	    out, name, NULL, 0, (daemon->now_ms - daemon->started_ms) * 1000);
}

static void
write_reloads(const char *name, const struct daemon *daemon, struct writer *out)
{
	const struct label done[] = { { "result", "done" } };
	const struct label refused[] = { { "result", "refused" } };

	metrics_sample(out, name, done, 1, daemon->reloads_done);
	metrics_sample(out, name, refused, 1, daemon->reloads_refused);
}

static void
write_masters(const char *name, const struct daemon *daemon, struct writer *out)
{
	unsigned count;

	for (unsigned i = 0; i < daemon->config->client_count; i++) {
		const struct label labels[] = { { "client",
		    daemon->config->clients[i].name } };

		count = 0;
		for (unsigned m = 0; m < daemon->master_count; m++)
			count += strcmp(daemon->masters[m].client,
				     labels[0].value) == 0;
		metrics_sample(out, name, labels, COUNT(labels), count);
	}
}

/* ---- confinement ---- */

static void
write_levels(const char *name, const char *process, const char *group,
    const char *speed, const uint8_t *levels, struct writer *out)
{
	struct label labels[] = { { "process", process }, { "group", group },
		{ "speed", speed }, { "layer", NULL } };

	for (unsigned layer = 0; layer < LAYER_COUNT; layer++) {
		labels[3].value = policy_layer_name(layer);
		metrics_sample(out, name, labels, COUNT(labels), levels[layer]);
	}
}

static void
write_sandbox(const char *name, const struct daemon *daemon, struct writer *out)
{
	struct fleet_member member;

	write_levels(name, "keyd", "", "none", daemon->own->level, out);
	for (uint32_t i = 0; i < daemon->others.count; i++)
		write_levels(name, daemon->others.process[i].name, "", "none",
		    daemon->others.process[i].levels, out);
	for (unsigned i = 0; i < fleet_count(daemon->fleet); i++) {
		member = fleet_member(daemon->fleet, i);
		if (member.about.pid != 0)
			write_levels(name, member.about.name, member.group,
			    member.speed, member.about.levels, out);
	}
}

/* ---- signers, one sample each ---- */

typedef bool value_of(const struct fleet_member *, uint64_t *);

static bool
is_up(const struct fleet_member *member, uint64_t *value)
{
	*value = member->about.pid != 0;
	return true;
}

static bool
is_looping(const struct fleet_member *member, uint64_t *value)
{
	*value = member->looping;
	return true;
}

static bool
deaths(const struct fleet_member *member, uint64_t *value)
{
	*value = member->deaths;
	return true;
}

static bool
channels(const struct fleet_member *member, uint64_t *value)
{
	*value = member->tally != NULL ? member->tally->channels : 0;
	return member->tally != NULL;
}

static bool
waiting(const struct fleet_member *member, uint64_t *value)
{
	*value = member->tally != NULL ? member->tally->waiting : 0;
	return member->tally != NULL;
}

static bool
uncounted(const struct fleet_member *member, uint64_t *value)
{
	*value = member->tally != NULL ? member->tally->lost : 0;
	return member->tally != NULL;
}

static void
write_each(const char *name, const struct daemon *daemon, value_of *of,
    struct writer *out)
{
	struct label labels[] = { { "group", NULL }, { "speed", NULL } };
	struct fleet_member member;
	uint64_t value;

	for (unsigned i = 0; i < fleet_count(daemon->fleet); i++) {
		member = fleet_member(daemon->fleet, i);
		labels[0].value = member.group;
		labels[1].value = member.speed;
		if (of(&member, &value))
			metrics_sample(out, name, labels, COUNT(labels), value);
	}
}

#define WRITE_EACH(of)                                                         \
	static void write_##of(                                                \
	    const char *name, const struct daemon *daemon, struct writer *out) \
	{                                                                      \
		write_each(name, daemon, of, out);                             \
	}
WRITE_EACH(is_up)
WRITE_EACH(is_looping)
WRITE_EACH(deaths)
WRITE_EACH(channels)
WRITE_EACH(waiting)
WRITE_EACH(uncounted)

/* ---- what signers have counted ---- */

/* The name of a group's key by its slot; "": of none. */
static const char *
key_name(const struct config *config, unsigned group, uint16_t slot)
{
	const struct config_key *key = config_key_at(config, group, slot);

	return key != NULL ? key->name : "";
}

static void
write_operations(
    const char *name, const struct daemon *daemon, struct writer *out)
{
	const struct keyproto_count *row;
	struct fleet_member member;

	for (unsigned i = 0; i < fleet_count(daemon->fleet); i++) {
		member = fleet_member(daemon->fleet, i);
		for (uint32_t r = 0;
		     member.tally != NULL && r < member.tally->count; r++) {
			row = &member.tally->rows[r];
			const struct label labels[] = {
				{ "group", member.group },
				{ "speed", member.speed },
				{ "key", key_name(daemon->config,
					     member.group_number, row->slot) },
				{ "operation", vocabulary_type(row->type) },
				{ "scheme", vocabulary_scheme(row->scheme) },
				{ "status", keyproto_status_name(row->status) },
			};

			metrics_sample(
			    out, name, labels, COUNT(labels), row->count);
		}
	}
}

static void
write_times(const char *name, const struct daemon *daemon, bool service,
    struct writer *out)
{
	uint32_t bounds[KEYPROTO_BOUNDS];
	struct label labels[] = { { "group", NULL }, { "speed", NULL } };
	const struct keyproto_times *times;
	struct fleet_member member;

	for (size_t i = 0; i < KEYPROTO_BOUNDS; i++)
		bounds[i] = keyproto_bound_us(i);
	for (unsigned i = 0; i < fleet_count(daemon->fleet); i++) {
		member = fleet_member(daemon->fleet, i);
		if (member.tally == NULL)
			continue;
		labels[0].value = member.group;
		labels[1].value = member.speed;
		times = service ? &member.tally->service : &member.tally->queue;
		metrics_histogram(out, name, labels, COUNT(labels),
		    &(struct metrics_buckets){ bounds, KEYPROTO_BOUNDS,
			times->counts, times->sum_us });
	}
}

static void
write_queue(const char *name, const struct daemon *daemon, struct writer *out)
{
	write_times(name, daemon, false, out);
}

static void
write_service(const char *name, const struct daemon *daemon, struct writer *out)
{
	write_times(name, daemon, true, out);
}

/* ---- keys ---- */

static void
write_expiry(const char *name, const struct daemon *daemon, struct writer *out)
{
	const struct keyproto_keytold *told;

	for (unsigned i = 0; i < daemon->config->key_count; i++) {
		const struct label labels[] = { { "key",
		    daemon->config->keys[i].name } };

		told = fleet_key(daemon->fleet, i);
		if (told != NULL && told->expires != 0)
			metrics_sample(
			    out, name, labels, COUNT(labels), told->expires);
	}
}

/* clang-format off */
static const struct family families[] = {
	{ "keyd_info", METRICS_GAUGE, "What runs.", write_info },
	{ "keyd_uptime_seconds", METRICS_GAUGE, "Since keyd was started.", write_uptime },
	{ "keyd_reloads_total", METRICS_COUNTER, "Reloads by their result.", write_reloads },
	{ "keyd_masters", METRICS_GAUGE, "Programs that are connected.", write_masters },
	{ "keyd_sandbox_level", METRICS_GAUGE,
	    "How much of a layer of confinement is there: 0 not asked for, 1 missing, 2 partial, 3 full.", write_sandbox },
	{ "keyd_signer_up", METRICS_GAUGE, "Whether a group's signer serves.", write_is_up },
	{ "keyd_signer_looping", METRICS_GAUGE, "Whether a group's signer dies again and again.", write_is_looping },
	{ "keyd_signer_deaths_total", METRICS_COUNTER, "Signers that died and were started again.", write_deaths },
	{ "keyd_channels", METRICS_GAUGE, "Channels of workers to a signer.", write_channels },
	{ "keyd_channels_waiting", METRICS_GAUGE, "Channels whose answers wait to be taken.", write_waiting },
	{ "keyd_operations_total", METRICS_COUNTER, "Requests to a signer.", write_operations },
	{ "keyd_uncounted_total", METRICS_COUNTER, "Requests for which a signer had no row left.", write_uncounted },
	{ "keyd_queue_seconds", METRICS_HISTOGRAM, "From when a signer woke until it began with a request.", write_queue },
	{ "keyd_service_seconds", METRICS_HISTOGRAM, "From when a signer began with a request until it had answered.", write_service },
	{ "keyd_key_expiry_timestamp_seconds", METRICS_GAUGE, "When the certificate that a key was given with expires.", write_expiry },
};
/* clang-format on */

void
exposition_write(const struct daemon *daemon, struct writer *out)
{
	for (size_t i = 0; i < COUNT(families); i++) {
		metrics_family(
		    out, families[i].name, families[i].type, families[i].help);
		families[i].write(families[i].name, daemon, out);
	}
}
