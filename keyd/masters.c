/*
 * Connected programs; the contract is in masters.h.
 */
#include "keyd/masters.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "keyd/auditor.h"
#include "keyd/link.h"

#define MASTERS_MAX DAEMON_MASTERS_MAX
#define TAGS_MAX 256

struct master {
	struct link link; /* closed: free */
	const struct config_client *client;
	pid_t pid;
	bool greeted;
	/* Its workers, by what they asked for: keys of ours, as server, and as
	 * client of others. */
	bool tags[TAGS_MAX], client_tags[TAGS_MAX];
};

static struct event_base *base;
static const struct confinement *own;
static struct fleet *now; /* that serves them */
static struct master masters[MASTERS_MAX];

void
masters_open(struct event_base *event_base, const struct confinement *of_keyd)
{
	base = event_base;
	own = of_keyd;
}

static void
master_close(struct master *master, const char *reason)
{
	log_event(LOG_LEVEL_INFO, "master-gone", "client=%s reason=%s",
	    master->client->name, reason);
	link_close(&master->link);
	*master = (struct master){ 0 };
}

static void
fill_process(struct keyproto_process *out, const char *name)
{
	*out = (struct keyproto_process){ .pid = (uint32_t)getpid(),
		.uid = own->uid,
		.seccomp = own->seccomp_mode,
		.namespaces = own->namespaces };
	snprintf(out->name, sizeof out->name, "%s", name);
	memcpy(out->levels, own->level, sizeof own->level);
}

static size_t
build_status(uint8_t *payload, size_t room)
{
	static struct keyproto_processes what;

	what.count = 0;
	fill_process(&what.process[what.count++], "keyd");
	fleet_status(now, &what);
	auditor_status(&what);
	return keyproto_processes_build(&what, payload, room);
}

static size_t
build_welcome(const struct master *master, uint8_t *payload, size_t room)
{
	struct keyproto_welcome welcome = { .version = KEYPROTO_MAJOR,
		.role = (uint16_t)master->client->role,
		.credits = KEYPROTO_CREDITS,
		.packet_max = KEYPROTO_PACKET_MAX,
		.keys_max = KEYPROTO_KEYS_MAX };

	return keyproto_welcome_build(&welcome, payload, room);
}

/* Of a role, or 0: of any. */
static const struct config_client *
client_by_uid(uid_t uid, uint32_t role)
{
	const struct config *config = fleet_config(now);

	for (unsigned i = 0; i < config->client_count; i++)
		if (config->clients[i].uid == uid &&
		    (role == 0 || config->clients[i].role == role))
			return &config->clients[i];
	return NULL;
}

/* Whoever asks as nothing in particular is a server, if it may be one. */
static const struct config_client *
first_by_uid(uid_t uid)
{
	const struct config_client *server =
	    client_by_uid(uid, KEYPROTO_SERVER);

	return server != NULL ? server : client_by_uid(uid, 0);
}

/* One channel from a signer, of the kind that the type asks for. */
static void
give(struct fleet *fleet, unsigned signer, struct master *master, uint16_t type,
    uint32_t tag, uint64_t id)
{
	const struct config_client *client = master->client;

	if (type == KEYPROTO_NEWCLIENTCHANNEL)
		client = client_by_uid(client->uid, KEYPROTO_CLIENT);
	if (client != NULL)
		(void)!fleet_give(
		    fleet, signer, client, &master->link, type, tag, id);
}

/* One channel for each signer; the tag gets new ones when a signer dies. */
static bool
answer_newchannel(struct master *master, const struct keyproto_header *header,
    struct slice payload)
{
	bool as_client = header->type == KEYPROTO_NEWCLIENTCHANNEL;
	struct keyproto_header refusal = *header;
	uint32_t tag;

	if (!keyproto_number_parse(payload, &tag) || tag >= TAGS_MAX)
		return false;
	(as_client ? master->client_tags : master->tags)[tag] = true;
	if (as_client &&
	    client_by_uid(master->client->uid, KEYPROTO_CLIENT) == NULL) {
		refusal.flags = KEYPROTO_ANSWER;
		refusal.status = KEYPROTO_DENIED;
		refusal.micros = 0;
		return link_say(&master->link, &refusal, NO_BYTES, -1);
	}
	for (unsigned i = 0; i < fleet_count(now); i++)
		give(now, i, master, header->type, tag, header->id);
	return true;
}

/* False: the frame is broken, or nobody reads the answers. */
static bool
master_asked(struct master *master, struct slice packet)
{
	struct keyproto_header header;
	struct slice payload;
	uint8_t answer[KEYPROTO_PACKET_MAX];
	size_t len = 0;
	enum keyproto_status status = keyproto_parse(packet, &header, &payload);

	if (status == KEYPROTO_BADMSG || status == KEYPROTO_VERSION ||
	    (header.flags & KEYPROTO_ANSWER) != 0)
		return false;
	if (header.type == KEYPROTO_HELLO) {
		master->greeted = true;
		len = build_welcome(master, answer, sizeof answer);
	} else if (!master->greeted) {
		return false;
	} else if (header.type == KEYPROTO_NEWCHANNEL ||
		   header.type == KEYPROTO_NEWCLIENTCHANNEL) {
		return answer_newchannel(master, &header, payload);
	} else if (header.type == KEYPROTO_STATUS) {
		len = build_status(answer, sizeof answer);
	} else if (header.type != KEYPROTO_PING) {
		status = KEYPROTO_UNSUPPORTED;
	}
	header.flags = KEYPROTO_ANSWER;
	header.status = status;
	header.micros = 0;
	return link_say(&master->link, &header, slice_of(answer, len), -1);
}

static void
take(void *ctx, struct slice packet)
{
	if (!master_asked(ctx, packet))
		master_close(ctx, "broken-packet");
}

static void
master_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;

	(void)fd;
	(void)what;
	switch (link_receive(&master->link, take, master)) {
	case CHANNEL_EMPTY:
	case CHANNEL_PACKET:
		return;
	case CHANNEL_CLOSED:
		master_close(master, "closed");
		return;
	case CHANNEL_BROKEN:
		master_close(master, "broken-channel");
	}
}

/* Each account has as much of the room as any other. */
static bool
has_room(uid_t uid)
{
	unsigned held = 0, accounts = fleet_config(now)->client_count;

	for (size_t i = 0; i < MASTERS_MAX; i++)
		held += masters[i].link.channel != NULL &&
			masters[i].client->uid == uid;
	return held < MASTERS_MAX / (accounts > 0 ? accounts : 1);
}

/* Who may: an account that the configuration names, and that has room. */
static const struct config_client *
client_of(int fd, pid_t *pid)
{
	static struct log_seldom refused;
	const struct config_client *client;
	struct ucred peer;
	socklen_t len = sizeof peer;
	unsigned untold;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return NULL;
	*pid = peer.pid;
	client = first_by_uid(peer.uid);
	if (client != NULL && has_room(peer.uid))
		return client;
	if (log_seldom(&refused, clock_ms(), &untold))
		log_event(LOG_LEVEL_WARN, "refused",
		    "uid=%u peer=%d reason=%s untold=%u", peer.uid,
		    (int)peer.pid, client == NULL ? "no-client" : "too-many",
		    untold);
	return NULL;
}

void
masters_arrived(int fd, void *ctx)
{
	const struct config_client *client;
	size_t i = 0;
	pid_t pid;

	(void)ctx;
	while (i < MASTERS_MAX && masters[i].link.channel != NULL)
		i++;
	if (i == MASTERS_MAX || (client = client_of(fd, &pid)) == NULL) {
		close(fd);
		return;
	}
	masters[i] = (struct master){ .client = client, .pid = pid };
	if (!link_open(&masters[i].link, base, fd, master_ready, &masters[i]))
		return;
	/* Each answer may hold memory, and a descriptor. */
	link_in_turn(&masters[i].link);
	log_event(LOG_LEVEL_INFO, "master", "client=%s", client->name);
}

void
masters_give(struct fleet *fleet, unsigned signer)
{
	for (size_t m = 0; m < MASTERS_MAX; m++)
		for (uint32_t tag = 0;
		     masters[m].link.channel != NULL && tag < TAGS_MAX; tag++) {
			if (masters[m].tags[tag])
				give(fleet, signer, &masters[m],
				    KEYPROTO_NEWCHANNEL, tag, 0);
			if (masters[m].client_tags[tag])
				give(fleet, signer, &masters[m],
				    KEYPROTO_NEWCLIENTCHANNEL, tag, 0);
		}
}

void
masters_serve(struct fleet *fleet)
{
	const struct config_client *client;

	now = fleet;
	for (size_t m = 0; m < MASTERS_MAX; m++) {
		if (masters[m].link.channel == NULL)
			continue;
		client = first_by_uid(masters[m].client->uid);
		if (client != NULL)
			masters[m].client = client;
		else
			master_close(&masters[m], "no-client-any-more");
	}
}

static unsigned
workers_of(const struct master *master)
{
	unsigned count = 0;

	for (size_t tag = 0; tag < TAGS_MAX; tag++)
		count += master->tags[tag] ? 1 : 0;
	return count;
}

void
masters_describe(struct daemon *daemon)
{
	struct daemon_master *out;

	for (size_t i = 0; i < MASTERS_MAX; i++) {
		if (masters[i].link.channel == NULL)
			continue;
		out = &daemon->masters[daemon->master_count++];
		out->client = masters[i].client->name;
		out->role = masters[i].client->role;
		out->pid = masters[i].pid;
		out->workers = workers_of(&masters[i]);
	}
}
