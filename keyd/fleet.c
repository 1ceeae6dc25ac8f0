/*
 * Signers and what they were passed; the contract is in fleet.h.
 */
#include "keyd/fleet.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/complain.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/fleet_state.h"
#include "keyd/orders.h"
#include "keyd/verdict.h"

/* Between the lives of one that dies again and again. */
#define LOOP_MS 30000

static struct signer *add_signer(struct fleet *, unsigned group, int speed);
static void signer_start(struct signer *);

static const char *
program_name(const struct signer *signer)
{
	return signer_is_tickets(signer)         ? "keyd-tickets"
	       : (signer_module(signer) != NULL) ? "keyd-p11"
						 : "keyd-signer";
}

static const char *
speed_name(const struct signer *signer)
{
	static const char *const names[KEYPROTO_SPEED_COUNT] = { "fast",
		"medium", "slow" };

	return signer->speed < 0 ? "none" : names[signer->speed];
}

/* ---- channels ---- */

/* What a client may use of a group, as its signer numbers the keys. */
static struct keyproto_grant
grant_of(const struct config *config, const struct config_client *client,
    unsigned group)
{
	struct keyproto_grant grant = { .role = client->role,
		.rate = client->rate };
	const struct config_key *key;

	strcpy(grant.client, client->name);
	for (unsigned i = 0; i < config->key_count; i++) {
		key = &config->keys[i];
		if (key->group == group && client->keys[i])
			grant.slots[key->slot / 8] |=
			    (uint8_t)(1u << key->slot % 8);
	}
	return grant;
}

/* Those that sign. */
static unsigned
count_signers(const struct fleet *fleet)
{
	unsigned count = 0;

	for (unsigned i = 0; i < fleet->count; i++)
		count += !signer_is_tickets(fleet->signers[i]);
	return count;
}

/* As masters count: the ticket keys come last. */
static unsigned
place_of(const struct signer *signer)
{
	const struct fleet *fleet = signer->fleet;
	unsigned place = 0;

	if (signer_is_tickets(signer))
		return count_signers(fleet);
	for (unsigned i = 0; fleet->signers[i] != signer; i++)
		place += !signer_is_tickets(fleet->signers[i]);
	return place;
}

bool
fleet_give(struct fleet *fleet, unsigned number,
    const struct config_client *client, struct link *master, uint16_t type,
    uint32_t tag, uint64_t id)
{
	struct signer *signer = fleet->signers[number];
	struct keyproto_grant grant =
	    grant_of(&fleet->config, client, signer->group);
	struct keyproto_newchannel what = { .tag = tag,
		.group = place_of(signer),
		.groups = count_signers(fleet) + (client->tickets ? 1 : 0) };
	struct keyproto_header header = {
		.type = type, .flags = KEYPROTO_ANSWER, .id = id
	};
	uint8_t payload[16];
	bool done = false;
	int ends[2];

	if (signer->control.channel == NULL || what.group >= what.groups ||
	    channel_pair(ends) != 0)
		return false;
	if (orders_grant(signer, &grant, ends[0]))
		done = link_say(master, &header,
		    slice_of(payload, keyproto_newchannel_build(
					  &what, payload, sizeof payload)),
		    ends[1]);
	close(ends[0]);
	close(ends[1]);
	return done;
}

/* ---- what it says ---- */

static void
settle(struct fleet *fleet)
{
	if (fleet->settled || fleet->retired)
		return;
	fleet->settled = true;
	fleet->events->settled(fleet, !fleet->failed);
}

/* What was passed first has been answered: counted once. */
static void
count_answer(struct fleet *fleet, bool *answered, enum keyproto_status status)
{
	if (*answered)
		return;
	*answered = true;
	fleet->failed = fleet->failed || status != KEYPROTO_OK;
	if (--fleet->unanswered == 0)
		settle(fleet);
}

static void
root_told(struct fleet *fleet, uint64_t id, enum keyproto_status status)
{
	if (id != fleet->root_order)
		return;
	if (status != KEYPROTO_OK)
		complain(
		    "%s: not a root of ticket keys: 32 to 1024 random bytes",
		    fleet->config.tickets.root);
	count_answer(fleet, &fleet->root_answered, status);
}

static int
told_speed(const struct keyproto_keytold *told)
{
	return (int)keyproto_speed(told->algorithm, told->bits);
}

/*
 * A group's first key decides how fast its first signer is. One of another
 * speed goes to the signer of that, which is started when all of them are known
 * and it can be told how many it has.
 */
static void
pass_on(struct fleet *fleet, unsigned key, int speed)
{
	unsigned group = fleet->config.keys[key].group;
	struct signer *signer = NULL;

	for (unsigned i = 0; i < fleet->count; i++)
		if (fleet->signers[i]->group == group &&
		    fleet->signers[i]->speed == speed)
			signer = fleet->signers[i];
	if (signer == NULL)
		signer = add_signer(fleet, group, speed);
	fleet->keys[key].signer = signer;
	if (signer->control.channel != NULL)
		orders_again(signer, key);
}

static void
start_others(struct fleet *fleet, unsigned group)
{
	for (unsigned i = 0; i < fleet->count; i++)
		if (fleet->signers[i]->group == group &&
		    !fleet->signers[i]->begun)
			signer_start(fleet->signers[i]);
}

/* Each time that it is read: nobody is to forget it. */
static void
warn_of_digests(const struct config_key *key)
{
	if ((key->operations & keyproto_operation(KEYPROTO_SIGNDIGEST)) != 0)
		log_event(LOG_LEVEL_WARN, "allow-digest",
		    "key=%s text=\"whoever may use it by role digest can have "
		    "anything signed\"",
		    key->name);
}

/* A key that is none is fatal to the fleet, once all such are named. */
static void
verdict_told(struct signer *signer, unsigned i, enum keyproto_status status,
    struct slice payload)
{
	struct keyproto_keytold told = { .verdict = KEYPROTO_NO_KEY };
	struct fleet *fleet = signer->fleet;

	if (status == KEYPROTO_OK && !keyproto_keytold_parse(payload, &told))
		status = KEYPROTO_BADMSG;
	if (told.verdict == KEYPROTO_SPEED) {
		pass_on(fleet, i, told_speed(&told));
		return;
	}
	/* The keys of a module are in one process, whatever they are. */
	if (told.verdict == KEYPROTO_SERVED && signer_module(signer) == NULL)
		signer->speed = told_speed(&told);
	if (told.verdict == KEYPROTO_SERVED)
		warn_of_digests(&fleet->config.keys[i]);
	if (told.verdict != KEYPROTO_SERVED) {
		verdict_say(&fleet->config.keys[i], told.verdict);
		status = KEYPROTO_CRYPTO;
	}
	fleet->keys[i].told = told;
	count_answer(fleet, &fleet->keys[i].answered, status);
}

static void
key_told(struct signer *signer, const struct keyproto_header *header,
    struct slice payload)
{
	struct fleet *fleet = signer->fleet;
	unsigned key;

	if (!orders_answered(signer, header->id, &key))
		return;
	verdict_told(signer, key, header->status, payload);
	/* That may have been the end of the fleet. */
	if (fleet->retired)
		return;
	orders_keys(signer);
	if (signer->awaited_count == 0)
		start_others(fleet, signer->group);
}

/* ---- what it has counted ---- */

static void
ask_counts(struct signer *signer)
{
	uint8_t payload[4];

	if (!orders_give(signer, KEYPROTO_COUNTS,
		slice_of(payload, keyproto_number_build(signer->tally.count,
				      payload, sizeof payload)),
		-1))
		log_event(LOG_LEVEL_ERROR, "signer", "reason=queue");
}

/* Tells, or can no more. */
static void
end_counting(struct signer *signer)
{
	if (!signer->counting)
		return;
	signer->counting = false;
	if (--signer->fleet->counting == 0)
		signer->fleet->events->counted(signer->fleet);
}

static void
counts_told(struct signer *signer, struct slice payload)
{
	static struct keyproto_counts page;

	if (!signer->counting)
		return;
	if (keyproto_counts_parse(payload, &page) &&
	    tally_lacks(&signer->tally, &page))
		ask_counts(signer);
	else
		end_counting(signer);
}

void
fleet_ask_counts(struct fleet *fleet)
{
	struct signer *signer;

	/* One more than there are: all are asked before the first answers. */
	fleet->counting++;
	for (unsigned i = 0; i < fleet->count; i++) {
		signer = fleet->signers[i];
		if (signer->about.pid == 0 || signer->counting)
			continue;
		signer->counting = true;
		fleet->counting++;
		tally_begin(&signer->tally);
		ask_counts(signer);
	}
	if (--fleet->counting == 0)
		fleet->events->counted(fleet);
}

/* ---- what it is and where it ends ---- */

static void
signer_told(void *ctx, struct slice packet)
{
	static struct log_seldom refused;
	struct signer *signer = ctx;
	unsigned untold;
	struct keyproto_processes what;
	struct keyproto_header header;
	struct slice payload;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK)
		return;
	if (header.type == KEYPROTO_KEYFILE ||
	    header.type == KEYPROTO_KEYTOKEN) {
		key_told(signer, &header, payload);
	} else if (header.type == KEYPROTO_TICKETROOT) {
		root_told(signer->fleet, header.id, header.status);
	} else if (header.type == KEYPROTO_COUNTS) {
		counts_told(signer, payload);
	} else if (header.type == KEYPROTO_REQUEST) {
		signer->fleet->events->requested(
		    signer->fleet, header.id, header.status, payload);
	} else if (header.type == KEYPROTO_STATUS &&
		   keyproto_processes_parse(payload, &what) &&
		   what.count == 1) {
		signer->about = what.process[0];
		log_event(LOG_LEVEL_INFO, "signer",
		    "group=%s speed=%s child=%d uid=%u seccomp=%u keys=%u",
		    signer_group(signer), speed_name(signer), (int)signer->pid,
		    signer->about.uid, signer->about.seccomp,
		    signer->about.keys);
	} else if (header.status != KEYPROTO_OK &&
		   log_seldom(&refused, clock_ms(), &untold)) {
		/* A client may have as many channels refused as it likes. */
		log_event(LOG_LEVEL_ERROR, "signer",
		    "group=%s request=%u reason=%s untold=%u",
		    signer_group(signer), header.type,
		    keyproto_status_name(header.status), untold);
	}
}

static void
signer_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct signer *signer = ctx;

	(void)fd;
	(void)what;
	/* Its end is seen by SIGCHLD; until then there is nothing to read. */
	if (link_receive(&signer->control, signer_told, signer) !=
	    CHANNEL_EMPTY)
		event_del(signer->control.readable);
}

static void
signer_stop(struct signer *signer)
{
	link_close(&signer->control);
	signer->pid = 0;
	signer->about = (struct keyproto_process){ 0 };
	tally_begin(&signer->tally);
	orders_forget(signer);
	end_counting(signer);
}

/* One that was in a loop of deaths has lived long enough. */
static void
recovered(const struct signer *signer)
{
	log_event(LOG_LEVEL_INFO, "crash-loop-over", "group=%s child=%d",
	    signer_group(signer), (int)signer->pid);
}

static void
respawn(evutil_socket_t fd, short what, void *ctx)
{
	struct signer *signer = ctx;

	(void)fd;
	(void)what;
	if (signer->pid == 0)
		signer_start(signer);
	else if (backoff_lived(&signer->backoff, clock_ms()))
		recovered(signer);
}

static void
wait_for(struct signer *signer, unsigned ms)
{
	struct timeval when = { ms / 1000, (ms % 1000) * 1000 };

	event_add(signer->respawn, &when);
}

static void
signer_later(struct signer *signer)
{
	unsigned wait = backoff_died(&signer->backoff, clock_ms());

	if (backoff_looping(&signer->backoff)) {
		wait = LOOP_MS;
		log_event(LOG_LEVEL_ERROR, "crash-loop",
		    "group=%s deaths=%u next_ms=%u", signer_group(signer),
		    signer->backoff.failures, wait);
	}
	wait_for(signer, wait);
}

static unsigned
number_of(const struct signer *signer)
{
	unsigned i = 0;

	while (signer->fleet->signers[i] != signer)
		i++;
	return i;
}

/* KiB in its arena. */
static size_t
room_of(const struct signer *signer)
{
	const struct fleet *fleet = signer->fleet;
	size_t room = 0;

	for (unsigned i = 0; i < fleet->config.key_count; i++)
		if (fleet->keys[i].signer == signer)
			room += keyfiles_room(&fleet->files, i);
	return room / 1024;
}

/* As start.h reads it. */
struct words {
	char name[16], strictness[16], keys[24], kib[24];
	char *argv[5];
};

static void
say_words(const struct signer *signer, struct words *words)
{
	*words = (struct words){ .argv = { words->name, words->strictness,
				     words->keys, words->kib } };
	strcpy(words->name, program_name(signer));
	strcpy(words->strictness,
	    signer->fleet->config.strictness == SANDBOX_REQUIRE
		? SPAWN_REQUIRE
		: "best-effort");
	snprintf(words->keys, sizeof words->keys, "%u", signer_keys(signer));
	snprintf(words->kib, sizeof words->kib, "%zu", room_of(signer));
}

static void
signer_start(struct signer *signer)
{
	struct words words;
	struct spawn spawn = { .program = (signer_module(signer) != NULL)
					      ? signer->fleet->token_program
					      : signer->fleet->program,
		.name = program_name(signer),
		.argv = words.argv,
		.environment = log_environment() };
	int ends[2];

	signer->begun = true;
	say_words(signer, &words);
	backoff_started(&signer->backoff, clock_ms());
	if (channel_pair(ends) != 0) {
		signer_later(signer);
		return;
	}
	spawn.control = ends[1];
	signer->pid = spawn_child(&spawn);
	close(ends[1]);
	if (!link_open(&signer->control, signer->fleet->base, ends[0],
		signer_ready, signer) ||
	    signer->pid < 0) {
		log_event(LOG_LEVEL_ERROR, "spawn", "name=%s reason=\"%s\"",
		    spawn.name, strerror(errno));
		signer_stop(signer);
		signer_later(signer);
		return;
	}
	if (signer_is_tickets(signer)) {
		orders_root(signer);
	} else {
		orders_module(signer);
		orders_audit(signer);
	}
	orders_keys(signer);
	if (backoff_looping(&signer->backoff))
		wait_for(signer, BACKOFF_RESET_MS);
	signer->fleet->events->started(signer->fleet, number_of(signer));
}

/* ---- the fleet ---- */

struct fleet *
fleet_new(struct event_base *base, int program, int token_program,
    const struct fleet_events *events)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);

	if (fleet == NULL)
		return NULL;
	fleet->base = base;
	fleet->program = program;
	fleet->token_program = token_program;
	fleet->events = events;
	fleet->files.root = -1;
	return fleet;
}

static void
signer_free(struct signer *signer)
{
	link_close(&signer->control);
	orders_forget(signer);
	tally_free(&signer->tally);
	if (signer->respawn != NULL)
		event_free(signer->respawn);
	free(signer);
}

void
fleet_free(struct fleet *fleet)
{
	if (fleet == NULL)
		return;
	for (unsigned i = 0; i < fleet->count; i++)
		signer_free(fleet->signers[i]);
	keyfiles_close(&fleet->files);
	config_free(&fleet->config);
	free(fleet->keys);
	free(fleet);
}

struct config *
fleet_config(struct fleet *fleet)
{
	return &fleet->config;
}

bool
fleet_open(struct fleet *fleet)
{
	fleet->keys = calloc(fleet->config.key_count, sizeof *fleet->keys);
	return fleet->keys != NULL
		   ? keyfiles_open(&fleet->files, &fleet->config)
		   : complain("keyd: out of memory");
}

static struct signer *
add_signer(struct fleet *fleet, unsigned group, int speed)
{
	struct signer *signer = calloc(1, sizeof *signer);

	if (signer == NULL)
		abort();
	signer->fleet = fleet;
	signer->group = group;
	signer->speed = speed;
	signer->respawn = event_new(fleet->base, -1, 0, respawn, signer);
	if (signer->respawn == NULL)
		abort();
	fleet->signers[fleet->count++] = signer;
	return signer;
}

/* The next that gets ticket keys, from i on. */
static unsigned
ticket_client(const struct config *config, unsigned i)
{
	while (i < config->client_count && !config->clients[i].tickets)
		i++;
	return i;
}

/* Channels that there are stay: to nobody who would not get one now. */
static bool
same_ticket_clients(const struct config *a, const struct config *b)
{
	unsigned i = 0, j = 0;

	for (;; i++, j++) {
		i = ticket_client(a, i);
		j = ticket_client(b, j);
		if (i == a->client_count || j == b->client_count)
			return i == a->client_count && j == b->client_count;
		if (a->clients[i].uid != b->clients[j].uid ||
		    strcmp(a->clients[i].name, b->clients[j].name) != 0)
			return false;
	}
}

/* A root that was made at random is in one process, which is then kept. */
static bool
may_adopt(const struct config *config, const struct config *other)
{
	const struct config_tickets *a = &config->tickets, *b = &other->tickets;

	return a->wanted && b->wanted && a->root[0] == '\0' &&
	       b->root[0] == '\0' && a->times.rotate == b->times.rotate &&
	       a->times.lifetime == b->times.lifetime &&
	       same_ticket_clients(config, other);
}

void
fleet_start(struct fleet *fleet, const struct fleet *before)
{
	const struct config *config = &fleet->config;
	bool tickets = config->tickets.wanted &&
		       (before == NULL || !may_adopt(config, &before->config));

	fleet->unanswered = config->key_count + (tickets ? 1 : 0);
	for (unsigned i = 0; i < config->group_count; i++)
		add_signer(fleet, i, -1);
	for (unsigned i = 0; i < config->key_count; i++)
		fleet->keys[i].signer = fleet->signers[config->keys[i].group];
	if (tickets)
		add_signer(fleet, config->group_count, -1);
	for (unsigned i = 0, count = fleet->count; i < count; i++)
		signer_start(fleet->signers[i]);
}

void
fleet_adopt(struct fleet *fleet, struct fleet *other)
{
	struct signer *signer;
	unsigned i = 0;

	while (i < other->count && !signer_is_tickets(other->signers[i]))
		i++;
	if (!may_adopt(&fleet->config, &other->config) || i == other->count)
		return;
	signer = other->signers[i];
	other->signers[i] = other->signers[--other->count];
	signer->fleet = fleet;
	signer->group = fleet->config.group_count;
	fleet->signers[fleet->count++] = signer;
	fleet->root_answered = true;
}

void
fleet_audit(struct fleet *fleet)
{
	for (unsigned i = 0; i < fleet->count; i++)
		if (!signer_is_tickets(fleet->signers[i]) &&
		    fleet->signers[i]->control.channel != NULL)
			orders_audit(fleet->signers[i]);
}

unsigned
fleet_count(const struct fleet *fleet)
{
	return fleet->count;
}

void
fleet_status(const struct fleet *fleet, struct keyproto_processes *all)
{
	for (unsigned i = 0; i < fleet->count; i++)
		if (fleet->signers[i]->about.pid != 0 &&
		    all->count < KEYPROTO_STATUS_MAX)
			all->process[all->count++] = fleet->signers[i]->about;
}

struct fleet_member
fleet_member(const struct fleet *fleet, unsigned number)
{
	const struct signer *signer = fleet->signers[number];

	return (struct fleet_member){ .group = signer_group(signer),
		.group_number = signer->group,
		.speed = speed_name(signer),
		.about = signer->about,
		.since_ms = signer->backoff.started_ms,
		.deaths = signer->deaths,
		.looping = backoff_looping(&signer->backoff),
		.tally = signer->tally.whole ? &signer->tally : NULL };
}

struct fleet_member
fleet_member_of(const struct fleet *fleet, unsigned key)
{
	return fleet_member(fleet, number_of(fleet->keys[key].signer));
}

const struct keyproto_keytold *
fleet_key(const struct fleet *fleet, unsigned key)
{
	return fleet->keys[key].answered ? &fleet->keys[key].told : NULL;
}

uint64_t
fleet_request(struct fleet *fleet, unsigned key)
{
	struct signer *signer = fleet->keys[key].signer;
	uint8_t payload[KEYPROTO_PACKET_MAX];
	size_t len =
	    config_request(&fleet->config.keys[key], payload, sizeof payload);

	return signer->about.pid != 0 && orders_give(signer, KEYPROTO_REQUEST,
					     slice_of(payload, len), -1)
		   ? fleet->last_order
		   : 0;
}

bool
fleet_new_root(struct fleet *fleet)
{
	struct signer *signer;
	unsigned i = 0;

	while (i < fleet->count && !signer_is_tickets(fleet->signers[i]))
		i++;
	if (i == fleet->count || fleet->config.tickets.root[0] != '\0')
		return false;
	signer = fleet->signers[i];
	/* Without its control channel it ends, and another is started. */
	signer->replaced = signer->pid != 0;
	link_close(&signer->control);
	return true;
}

/* It aborts where sandbox = require and a layer is missing: so would the next.
 */
static bool
could_not_seal(const struct signer *signer, int status)
{
	return signer->fleet->config.strictness == SANDBOX_REQUIRE &&
	       signer->about.pid == 0 && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}

static void
log_death(const struct signer *signer, pid_t pid, int status)
{
	log_event(signer->replaced ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
	    signer->replaced ? "signer-replaced" : "signer-died",
	    WIFSIGNALED(status) ? "group=%s child=%d signal=%d"
				: "group=%s child=%d exit=%d",
	    signer_group(signer), (int)pid,
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void
signer_died(struct signer *signer, pid_t pid, int status)
{
	bool replaced = signer->replaced;
	bool hopeless = could_not_seal(signer, status);

	log_death(signer, pid, status);
	signer_stop(signer);
	signer->replaced = false;
	if (replaced) {
		signer_start(signer);
		return;
	}
	signer->deaths++;
	signer_later(signer);
	if (!hopeless || signer->fleet->settled)
		return;
	complain("keyd: a signer of group \"%s\" cannot be sealed, and "
		 "sandbox is require",
	    signer_group(signer));
	signer->fleet->failed = true;
	settle(signer->fleet);
}

/* One that dies before all has been told is not waited for. */
bool
fleet_reaped(struct fleet *fleet, pid_t pid, int status)
{
	struct signer *signer;
	unsigned i = 0;

	while (i < fleet->count && fleet->signers[i]->pid != pid)
		i++;
	if (i == fleet->count)
		return false;
	signer = fleet->signers[i];
	if (fleet->retired)
		signer_stop(signer);
	else
		signer_died(signer, pid, status);
	return true;
}

void
fleet_retire(struct fleet *fleet)
{
	fleet->retired = true;
	for (unsigned i = 0; i < fleet->count; i++) {
		link_close(&fleet->signers[i]->control);
		event_del(fleet->signers[i]->respawn);
	}
}

size_t
fleet_running(const struct fleet *fleet, pid_t *pids, size_t room)
{
	size_t count = 0;

	for (unsigned i = 0; i < fleet->count; i++)
		if (fleet->signers[i]->pid > 0 && count < room)
			pids[count++] = fleet->signers[i]->pid;
	return count;
}
