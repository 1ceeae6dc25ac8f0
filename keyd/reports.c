/*
 * keyd's reports; the contract is in reports.h.
 */
#include "keyd/reports.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "keyd/vocabulary.h"

/* ---- status ---- */

static void
add_daemon(struct report *report, const struct daemon *daemon)
{
	const struct config *config = daemon->config;

	report_object(report, "keyd");
	report_text(report, "version", SALLYPORT_VERSION);
	report_text(report, "state", daemon->state);
	report_number(report, "pid", (uint64_t)getpid());
	report_number(
	    report, "uptime_s", (daemon->now_ms - daemon->started_ms) / 1000);
	report_text(report, "configuration", daemon->config_path);
	report_text(report, "socket", config->socket);
	report_text(report, "sandbox",
	    config->strictness == SANDBOX_REQUIRE ? "require" : "best-effort");
	report_number(report, "groups", config->group_count);
	report_number(report, "keys", config->key_count);
	report_number(report, "clients", config->client_count);
	report_number(report, "reloads_done", daemon->reloads_done);
	report_number(report, "reloads_refused", daemon->reloads_refused);
}

static void
add_process(struct report *report, const char *name, const char *group,
    const char *speed, const struct keyproto_process *about)
{
	char namespaces[POLICY_NAMESPACES_MAX];

	report_row(report);
	report_text(report, "name", name);
	report_text(report, "group", group);
	report_text(report, "speed", speed);
	report_number(report, "pid", about->pid);
	report_number(report, "uid", about->uid);
	report_number(report, "seccomp", about->seccomp);
	report_words(report, "namespaces",
	    policy_namespaces(about->namespaces, namespaces));
}

static const char *
state_of(const struct fleet_member *member)
{
	if (member->about.pid != 0)
		return member->looping ? "recovering" : "serving";
	return member->looping ? "failed" : "starting";
}

static const char *
name_of(const struct fleet_member *member)
{
	return strcmp(member->group, "tickets") == 0 ? "keyd-tickets"
						     : "keyd-signer";
}

static void
add_member(
    struct report *report, const struct fleet_member *member, uint64_t now_ms)
{
	add_process(report, name_of(member), member->group, member->speed,
	    &member->about);
	report_text(report, "state", state_of(member));
	report_number(report, "keys", member->about.keys);
	report_number(report, "uptime_s",
	    member->about.pid != 0 ? (now_ms - member->since_ms) / 1000 : 0);
	report_number(report, "deaths", member->deaths);
}

static void
add_processes(struct report *report, const struct daemon *daemon)
{
	const struct keyproto_process own = { .pid = (uint32_t)getpid(),
		.uid = daemon->own->uid,
		.seccomp = daemon->own->seccomp_mode,
		.namespaces = daemon->own->namespaces };
	const struct keyproto_process *other;
	struct fleet_member member;

	report_table(report, "processes");
	add_process(report, "keyd", "", "none", &own);
	report_text(report, "state", daemon->state);
	report_number(report, "keys", 0);
	report_number(
	    report, "uptime_s", (daemon->now_ms - daemon->started_ms) / 1000);
	for (uint32_t i = 0; i < daemon->others.count; i++) {
		other = &daemon->others.process[i];
		add_process(report, other->name, "", "none", other);
		report_text(report, "state", "serving");
	}
	for (unsigned i = 0; i < fleet_count(daemon->fleet); i++) {
		member = fleet_member(daemon->fleet, i);
		add_member(report, &member, daemon->now_ms);
	}
}

static void
add_levels(struct report *report, const char *name, const char *group,
    const char *speed, const uint8_t *levels)
{
	report_row(report);
	report_text(report, "name", name);
	report_text(report, "group", group);
	report_text(report, "speed", speed);
	for (unsigned layer = 0; layer < LAYER_COUNT; layer++)
		report_text(report, policy_layer_name(layer),
		    policy_level_name(levels[layer]));
}

static void
add_confinement(struct report *report, const struct daemon *daemon)
{
	struct fleet_member member;

	report_table(report, "confinement");
	add_levels(report, "keyd", "", "none", daemon->own->level);
	for (uint32_t i = 0; i < daemon->others.count; i++)
		add_levels(report, daemon->others.process[i].name, "", "none",
		    daemon->others.process[i].levels);
	for (unsigned i = 0; i < fleet_count(daemon->fleet); i++) {
		member = fleet_member(daemon->fleet, i);
		if (member.about.pid != 0)
			add_levels(report, name_of(&member), member.group,
			    member.speed, member.about.levels);
	}
}

static void
add_masters(struct report *report, const struct daemon *daemon)
{
	const struct daemon_master *master;

	report_table(report, "masters");
	for (unsigned i = 0; i < daemon->master_count; i++) {
		master = &daemon->masters[i];
		report_row(report);
		report_text(report, "client", master->client);
		report_text(report, "role", vocabulary_role(master->role));
		report_number(report, "pid", (uint64_t)master->pid);
		report_number(report, "workers", master->workers);
	}
}

void
reports_status(struct report *report, const struct daemon *daemon)
{
	add_daemon(report, daemon);
	add_processes(report, daemon);
	add_confinement(report, daemon);
	add_masters(report, daemon);
}

/* ---- keys and ticket keys ---- */

/* RFC 3339, of seconds since 1970. */
static void
add_time(struct report *report, const char *name, uint64_t seconds)
{
	time_t when = (time_t)seconds;
	char text[32] = "";
	struct tm date;

	if (gmtime_r(&when, &date) != NULL)
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &date);
	report_text(report, name, text);
}

static void
add_told(struct report *report, const struct keyproto_keytold *told)
{
	char hex[2 * KEYPROTO_SPKI + 1];

	for (size_t i = 0; i < KEYPROTO_SPKI; i++)
		snprintf(hex + 2 * i, 3, "%02x", told->spki[i]);
	report_text(report, "algorithm", vocabulary_algorithm(told->algorithm));
	report_number(report, "bits", told->bits);
	if (told->expires != 0)
		add_time(report, "expires", told->expires);
	report_text(report, "spki_sha256", hex);
}

void
reports_keys(struct report *report, const struct daemon *daemon)
{
	const struct keyproto_keytold *told;
	const struct config_key *key;
	struct fleet_member signer;
	char operations[VOCABULARY_OPERATIONS_MAX];

	report_table(report, "keys");
	for (unsigned i = 0; i < daemon->config->key_count; i++) {
		key = &daemon->config->keys[i];
		told = fleet_key(daemon->fleet, i);
		signer = fleet_member_of(daemon->fleet, i);
		report_row(report);
		report_text(report, "name", key->name);
		report_text(report, "group", signer.group);
		report_text(report, "speed", signer.speed);
		report_text(report, "state",
		    told == NULL ? "starting" : state_of(&signer));
		report_words(report, "operations",
		    vocabulary_operations(key->operations, operations));
		report_number(report, "rate", key->rate.rate);
		report_number(report, "burst", key->rate.burst);
		if (told != NULL)
			add_told(report, told);
	}
}

void
reports_tickets(struct report *report, const struct daemon *daemon)
{
	const struct config_tickets *tickets = &daemon->config->tickets;
	uint64_t epoch = clock_day() / tickets->times.rotate;

	report_object(report, "tickets");
	report_flag(report, "wanted", tickets->wanted);
	report_text(report, "root",
	    tickets->root[0] != '\0' ? tickets->root : "random");
	report_number(report, "rotate_s", tickets->times.rotate);
	report_number(report, "lifetime_s", tickets->times.lifetime);
	report_number(report, "epoch", epoch);
	add_time(report, "begins", epoch * tickets->times.rotate);
	add_time(report, "ends", (epoch + 1) * tickets->times.rotate);
	add_time(report, "dies",
	    epoch * tickets->times.rotate + tickets->times.lifetime);
}
