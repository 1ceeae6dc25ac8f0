/*
 * keyd, the loader: opens key files and passes the descriptors to its signers,
 * never reading a byte of them; answers masters, and gives them channels to the
 * signers. Nothing here is a client's word: those go to the signers.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/config.h"
#include "keyd/endpoint.h"
#include "keyd/keyfiles.h"
#include "keyd/link.h"
#include "policy/policy.h"
#include "policy/profiles.h"

#define MASTERS_MAX 16
#define TAGS_MAX 256
#define STOP_MS 2000

struct signer {
	unsigned group;
	pid_t pid; /* 0: not running */
	struct link control;
	struct event *respawn;
	struct backoff backoff;
	struct keyproto_process about;
};

struct master {
	struct link link; /* closed: free */
	const struct config_client *client;
	bool greeted;
	bool tags[TAGS_MAX];
};

static struct config config;
static struct event_base *base;
/* By group; behind them the process of the ticket keys, if there is one. */
static struct signer signers[CONFIG_GROUPS_MAX + 1];
static unsigned signer_count;
static struct master masters[MASTERS_MAX];
static char signer_path[PATH_MAX];
/* By index into config.keys: the order that passed it, and whether a signer has
 * answered to one. Until each has, keyd is starting. */
static uint64_t key_orders[KEYPROTO_SLOTS];
static bool key_answered[KEYPROTO_SLOTS];
static uint64_t root_order;
static bool root_answered;
static unsigned unanswered;
static bool testing, failed;
static struct confinement own;

static void signer_start(struct signer *);

/* ---- signers ---- */

static uint64_t order_id;

static bool
is_tickets(const struct signer *signer)
{
	return signer->group == config.group_count;
}

static const char *
group_name(const struct signer *signer)
{
	return is_tickets(signer) ? "tickets" : config.groups[signer->group];
}

/* The channels that each worker of a client gets: signers', tickets' last. */
static unsigned
channel_count(const struct config_client *client)
{
	return config.group_count + (client->tickets ? 1 : 0);
}

static bool
order(struct signer *signer, uint16_t type, struct slice payload, int fd)
{
	struct keyproto_header header = { .type = type, .id = ++order_id };

	return link_say(&signer->control, &header, payload, fd);
}

/* What a client may use of a group, as its signer numbers the keys. */
static struct keyproto_grant
grant_of(const struct config_client *client, unsigned group)
{
	struct keyproto_grant grant = { .role = client->role,
		.rate = client->rate };
	const struct config_key *key;

	strcpy(grant.client, client->name);
	for (unsigned i = 0; i < config.key_count; i++) {
		key = &config.keys[i];
		if (key->group == group && client->keys[i] != 0)
			grant.slots[key->slot / 8] |=
			    (uint8_t)(1u << key->slot % 8);
	}
	return grant;
}

/* A fresh channel between a signer and one of a master's workers. */
static bool
give_channel(
    struct master *master, struct signer *signer, uint32_t tag, uint64_t id)
{
	struct keyproto_grant grant = grant_of(master->client, signer->group);
	struct keyproto_newchannel what = { .tag = tag,
		.group = signer->group,
		.groups = channel_count(master->client) };
	struct keyproto_header header = {
		.type = KEYPROTO_NEWCHANNEL, .flags = KEYPROTO_ANSWER, .id = id
	};
	uint8_t payload[KEYPROTO_PACKET_MAX];
	bool done = false;
	int ends[2];

	if (signer->control.channel == NULL || signer->group >= what.groups ||
	    channel_pair(ends) != 0)
		return false;
	if (order(signer, KEYPROTO_GRANT,
		slice_of(payload,
		    keyproto_grant_build(&grant, payload, sizeof payload)),
		ends[0]))
		done = link_say(&master->link, &header,
		    slice_of(payload, keyproto_newchannel_build(
					  &what, payload, sizeof payload)),
		    ends[1]);
	close(ends[0]);
	close(ends[1]);
	return done;
}

static void
pass_keys(struct signer *signer)
{
	struct keyproto_keyfile file;
	uint8_t payload[32];
	size_t len;
	int fd;

	for (unsigned i = 0; i < config.key_count; i++) {
		const struct config_key *key = &config.keys[i];

		if (key->group != signer->group)
			continue;
		file.slot = key->slot;
		file.operations = key->operations;
		file.rate = key->rate;
		len = keyproto_keyfile_build(&file, payload, sizeof payload);
		fd = keyfiles_rewound(&config, i);
		key_orders[i] = order_id + 1;
		if (fd < 0 || !order(signer, KEYPROTO_KEYFILE,
				  slice_of(payload, len), fd))
			log_event(LOG_LEVEL_ERROR, "key",
			    "name=%s file=\"%s\" reason=not-passed", key->name,
			    key->path);
	}
}

/* No descriptor: it makes one. */
static void
pass_root(struct signer *signer)
{
	uint8_t payload[16];
	size_t len = keyproto_ticketroot_build(
	    &config.tickets.times, payload, sizeof payload);
	int fd = keyfiles_root(&config);

	root_order = order_id + 1;
	if ((fd < 0 && config.tickets.root[0] != '\0') ||
	    !order(signer, KEYPROTO_TICKETROOT, slice_of(payload, len), fd))
		log_event(LOG_LEVEL_ERROR, "key",
		    "name=root file=\"%s\" reason=not-passed",
		    config.tickets.root);
}

/* What was passed first has been answered: counted once. */
static void
count_answer(bool *answered, enum keyproto_status status)
{
	if (*answered)
		return;
	*answered = true;
	failed = failed || status != KEYPROTO_OK;
	if (--unanswered == 0 && (failed || testing))
		event_base_loopbreak(base);
}

static void
root_told(uint64_t id, enum keyproto_status status)
{
	if (id != root_order)
		return;
	if (status != KEYPROTO_OK)
		fprintf(stderr,
		    "%s: not a root of ticket keys: 32 to 1024 random bytes\n",
		    config.tickets.root);
	count_answer(&root_answered, status);
}

/* At the start a key that is none ends keyd, once all such are named. */
static void
key_told(uint64_t id, enum keyproto_status status)
{
	unsigned i = 0;

	while (i < config.key_count && key_orders[i] != id)
		i++;
	if (i == config.key_count)
		return;
	if (status == KEYPROTO_DENIED)
		fprintf(stderr, "%s: premaster is for RSA keys alone\n",
		    config.keys[i].path);
	else if (status != KEYPROTO_OK)
		fprintf(stderr,
		    "%s: not a private key that is served: unencrypted PEM, "
		    "EC P-256, P-384 or P-521, RSA of 2048 to 8192 bits\n",
		    config.keys[i].path);
	count_answer(&key_answered[i], status);
}

static void
signer_told(struct signer *signer, struct slice packet)
{
	struct keyproto_processes what;
	struct keyproto_header header;
	struct slice payload;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK)
		return;
	if (header.type == KEYPROTO_KEYFILE) {
		key_told(header.id, header.status);
	} else if (header.type == KEYPROTO_TICKETROOT) {
		root_told(header.id, header.status);
	} else if (header.type == KEYPROTO_STATUS &&
		   keyproto_processes_parse(payload, &what) &&
		   what.count == 1) {
		signer->about = what.process[0];
		log_event(LOG_LEVEL_INFO, "signer",
		    "group=%s child=%d uid=%u seccomp=%u keys=%u",
		    group_name(signer), (int)signer->pid, signer->about.uid,
		    signer->about.seccomp, signer->about.keys);
	} else if (header.status != KEYPROTO_OK) {
		log_event(LOG_LEVEL_ERROR, "signer",
		    "group=%s request=%u reason=%s", group_name(signer),
		    header.type, keyproto_status_name(header.status));
	}
}

static void
signer_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct signer *signer = ctx;
	uint8_t packet[KEYPROTO_PACKET_MAX];
	enum channel_event event;
	size_t len;

	(void)fd;
	(void)what;
	while ((event = channel_receive(signer->control.channel, packet,
		    sizeof packet, &len, NULL)) == CHANNEL_PACKET)
		signer_told(signer, slice_of(packet, len));
	/* Its end is seen by SIGCHLD; until then there is nothing to read. */
	if (event != CHANNEL_EMPTY)
		event_del(signer->control.readable);
}

static void
signer_stop(struct signer *signer)
{
	link_close(&signer->control);
	signer->pid = 0;
	signer->about = (struct keyproto_process){ 0 };
}

static void
respawn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	signer_start(ctx);
}

static void
signer_later(struct signer *signer)
{
	unsigned wait = backoff_died(&signer->backoff, clock_ms());
	struct timeval when = { wait / 1000, (wait % 1000) * 1000 };

	event_add(signer->respawn, &when);
}

static void
signer_start(struct signer *signer)
{
	struct spawn spawn = { .path = signer_path,
		.name = is_tickets(signer) ? "keyd-tickets" : "keyd-signer" };
	int ends[2];

	backoff_started(&signer->backoff, clock_ms());
	if (channel_pair(ends) != 0) {
		signer_later(signer);
		return;
	}
	spawn.control = ends[1];
	signer->pid = spawn_child(&spawn);
	close(ends[1]);
	if (!link_open(&signer->control, base, ends[0], signer_ready, signer) ||
	    signer->pid < 0) {
		log_event(LOG_LEVEL_ERROR, "spawn", "path=%s reason=\"%s\"",
		    signer_path, strerror(errno));
		signer_stop(signer);
		signer_later(signer);
		return;
	}
	if (is_tickets(signer))
		pass_root(signer);
	else
		pass_keys(signer);
	if (!order(signer, KEYPROTO_STATUS, NO_BYTES, -1))
		log_event(LOG_LEVEL_ERROR, "signer", "reason=queue");
	/* Workers that had a channel to the one before get one to this. */
	for (size_t m = 0; m < MASTERS_MAX; m++)
		for (uint32_t tag = 0; tag < TAGS_MAX; tag++)
			if (masters[m].link.channel != NULL &&
			    masters[m].tags[tag])
				(void)!give_channel(
				    &masters[m], signer, tag, 0);
}

static void
child_died(evutil_socket_t fd, short what, void *ctx)
{
	int status;
	pid_t pid;

	(void)fd;
	(void)what;
	(void)ctx;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (unsigned i = 0; i < signer_count; i++) {
			if (signers[i].pid != pid)
				continue;
			log_event(LOG_LEVEL_WARN, "signer-died",
			    "group=%s child=%d %s=%d", group_name(&signers[i]),
			    (int)pid, WIFSIGNALED(status) ? "signal" : "exit",
			    WIFSIGNALED(status) ? WTERMSIG(status)
						: WEXITSTATUS(status));
			signer_stop(&signers[i]);
			signer_later(&signers[i]);
			if (testing) {
				failed = true;
				event_base_loopbreak(base);
			}
		}
	}
}

/* ---- masters ---- */

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
		.uid = own.uid,
		.seccomp = own.seccomp_mode,
		.namespaces = own.namespaces };
	snprintf(out->name, sizeof out->name, "%s", name);
}

static size_t
build_status(uint8_t *payload, size_t room)
{
	static struct keyproto_processes what;

	what.count = 0;
	fill_process(&what.process[what.count++], "keyd");
	for (unsigned i = 0; i < signer_count; i++)
		if (signers[i].about.pid != 0)
			what.process[what.count++] = signers[i].about;
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

/* One channel for each signer; the tag gets new ones when a signer dies. */
static bool
answer_newchannel(struct master *master, struct slice payload, uint64_t id)
{
	uint32_t tag;

	if (!keyproto_number_parse(payload, &tag) || tag >= TAGS_MAX)
		return false;
	master->tags[tag] = true;
	for (unsigned i = 0; i < signer_count; i++)
		(void)!give_channel(master, &signers[i], tag, id);
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
	} else if (header.type == KEYPROTO_NEWCHANNEL) {
		return answer_newchannel(master, payload, header.id);
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
master_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;

	(void)fd;
	(void)what;
	for (;;) {
		switch (channel_receive(
		    master->link.channel, packet, sizeof packet, &len, NULL)) {
		case CHANNEL_EMPTY:
			return;
		case CHANNEL_PACKET:
			if (master_asked(master, slice_of(packet, len)))
				continue;
			master_close(master, "broken-packet");
			return;
		case CHANNEL_CLOSED:
			master_close(master, "closed");
			return;
		case CHANNEL_BROKEN:
			master_close(master, "broken-channel");
			return;
		}
	}
}

/* Who may: an account that the configuration names. */
static const struct config_client *
client_of(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return NULL;
	for (unsigned i = 0; i < config.client_count; i++)
		if (config.clients[i].uid == peer.uid)
			return &config.clients[i];
	log_event(LOG_LEVEL_WARN, "refused", "uid=%u peer=%d", peer.uid,
	    (int)peer.pid);
	return NULL;
}

static void
master_arrived(evutil_socket_t listener, short what, void *ctx)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	const struct config_client *client;
	size_t i = 0;

	(void)what;
	(void)ctx;
	if (fd < 0)
		return;
	while (i < MASTERS_MAX && masters[i].link.channel != NULL)
		i++;
	if (i == MASTERS_MAX || (client = client_of(fd)) == NULL) {
		close(fd);
		return;
	}
	masters[i] = (struct master){ .client = client };
	if (!link_open(&masters[i].link, base, fd, master_ready, &masters[i]))
		return;
	log_event(LOG_LEVEL_INFO, "master", "client=%s", client->name);
}

/* ---- start and end ---- */

static void
stop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	event_base_loopbreak(base);
}

/* Signers end when their control channel does. */
static void
end_signers(void)
{
	pid_t pids[CONFIG_GROUPS_MAX + 1];

	for (unsigned i = 0; i < signer_count; i++) {
		pids[i] = signers[i].pid;
		signer_stop(&signers[i]);
	}
	spawn_end(pids, signer_count, STOP_MS);
}

static bool
watch_signal(int number, event_callback_fn seen)
{
	struct event *event = evsignal_new(base, number, seen, NULL);

	return event != NULL && event_add(event, NULL) == 0;
}

static bool
watch(int listener)
{
	struct event *arrival = event_new(
	    base, listener, EV_READ | EV_PERSIST, master_arrived, NULL);

	return watch_signal(SIGTERM, stop) && watch_signal(SIGINT, stop) &&
	       watch_signal(SIGCHLD, child_died) && arrival != NULL &&
	       (testing || event_add(arrival, NULL) == 0);
}

/* Only keyd's signers can tell whether a key is one: a test starts them, too,
 * and ends when they have told. */
static int
run(void)
{
	static const struct policy_request ask = { .strictness =
						       SANDBOX_BEST_EFFORT };
	int listener =
	    testing ? -1 : endpoint_listen(config.socket, MASTERS_MAX);

	if (listener < 0 && !testing)
		return EXIT_FAILURE;
	signal(SIGPIPE, SIG_IGN);
	if (!spawn_path("keyd-signer", signer_path, sizeof signer_path) ||
	    (base = event_base_new()) == NULL || !watch(listener))
		return EXIT_FAILURE;
	policy_enter(&keyd_profile, &ask, &own);
	signer_count = config.group_count + (config.tickets.wanted ? 1 : 0);
	unanswered = config.key_count + (config.tickets.wanted ? 1 : 0);
	for (unsigned i = 0; i < signer_count; i++) {
		signers[i].group = i;
		signers[i].respawn =
		    event_new(base, -1, 0, respawn, &signers[i]);
		signer_start(&signers[i]);
	}
	log_event(LOG_LEVEL_INFO, "start", "version=%s socket=%s keys=%u",
	    SALLYPORT_VERSION, config.socket, config.key_count);
	event_base_dispatch(base);
	end_signers();
	if (!testing)
		unlink(config.socket);
	log_event(
	    LOG_LEVEL_INFO, "stop", "reason=%s", failed ? "keys" : "signal");
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	const char *file = SALLYPORT_SYSCONF "/keyd.conf";
	enum log_level level = LOG_LEVEL_INFO;
	int option;

	while ((option = getopt(argc, argv, "df:t")) != -1) {
		if (option == 'f') {
			file = optarg;
		} else if (option == 't') {
			testing = true;
			level = LOG_LEVEL_ERROR;
		} else if (option == 'd') {
			level = LOG_LEVEL_DEBUG;
		} else {
			fprintf(stderr, "usage: keyd [-dt] [-f file]\n");
			return EXIT_FAILURE;
		}
	}
	log_open("keyd", level);
	if (!config_read(file, &config) || !keyfiles_open(&config))
		return EXIT_FAILURE;
	return run();
}
