/*
 * keyd, the loader: opens key files and passes the descriptors to its signers,
 * never reading a byte of them; answers masters, and gives them channels to the
 * signers. Nothing here is a client's word: those go to the signers.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "admin/service.h"
#include "base/clock.h"
#include "base/complain.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/endpoint.h"
#include "ipc/spawn.h"
#include "keyd/auditor.h"
#include "keyd/config.h"
#include "keyd/console.h"
#include "keyd/fleet.h"
#include "keyd/keyfiles.h"
#include "keyd/link.h"
#include "keyd/maker.h"
#include "policy/policy.h"
#include "policy/profiles.h"

#define MASTERS_MAX DAEMON_MASTERS_MAX
#define TAGS_MAX 256
#define STOP_MS 2000
/* For workers to be told of a new fleet and ask it for its keys. */
#define DRAIN_MS 1000
#define REAP_MS 100
#define REASONS_MAX 6144
/* Of as many keys as there can be. */
#define FILES_MAX (2 * KEYFILES_COUNT * KEYPROTO_SLOTS + 4096)

struct master {
	struct link link; /* closed: free */
	const struct config_client *client;
	pid_t pid;
	bool greeted;
	/* Its workers, by what they asked for: keys of ours, as server, and as
	 * client of others. */
	bool tags[TAGS_MAX], client_tags[TAGS_MAX];
};

static const char *config_path = SALLYPORT_SYSCONF "/keyd.conf";
static int signer_program, token_program;
static bool with_modules; /* at the start */
static struct event_base *base;
/* The fleet that serves; the one of a reload that is not yet sure to; the one
 * before it, which is still answering. */
static struct fleet *now, *next, *before;
static struct event *draining;
static struct master masters[MASTERS_MAX];
static bool testing, failed;
static bool lacking;                /* keys are to be made at the start */
static bool asked;                  /* for a reload that could not be yet */
static bool fleet_told, audit_told; /* of the start: good or not */
static bool ready; /* all keys of the start were answered for */
static bool stopping;
static struct confinement own;
static uint64_t started_ms;
/* Reloads: begun, and how they ended. What is said against the one that goes on
 * is kept. */
static unsigned begun, reloads_done, reloads_refused;
static struct writer reasons;

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
	memcpy(out->levels, own.level, sizeof own.level);
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
client_of(int fd, pid_t *pid)
{
	const struct config_client *client;
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return NULL;
	*pid = peer.pid;
	if ((client = first_by_uid(peer.uid)) == NULL)
		log_event(LOG_LEVEL_WARN, "refused", "uid=%u peer=%d", peer.uid,
		    (int)peer.pid);
	return client;
}

static void
master_arrived(evutil_socket_t listener, short what, void *ctx)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	const struct config_client *client;
	size_t i = 0;
	pid_t pid;

	(void)what;
	(void)ctx;
	if (fd < 0)
		return;
	while (i < MASTERS_MAX && masters[i].link.channel != NULL)
		i++;
	if (i == MASTERS_MAX || (client = client_of(fd, &pid)) == NULL) {
		close(fd);
		return;
	}
	masters[i] = (struct master){ .client = client, .pid = pid };
	if (!link_open(&masters[i].link, base, fd, master_ready, &masters[i]))
		return;
	log_event(LOG_LEVEL_INFO, "master", "client=%s", client->name);
}

/* ---- fleets ---- */

static void reload(evutil_socket_t, short, void *);

/* What came while another was not finished yet. */
static void
reload_if_asked(void)
{
	if (asked)
		reload(-1, 0, NULL);
}

/* Each worker of a master's has a channel to each signer that is its. */
static void
give_to_all(struct fleet *fleet, unsigned signer)
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

/* Workers that had a channel to a dead signer get one to this. */
static void
started(struct fleet *fleet, unsigned signer)
{
	if (fleet == now) {
		console_restarted();
		give_to_all(fleet, signer);
	}
}

static void
requested(struct fleet *fleet, uint64_t order, enum keyproto_status status,
    struct slice request)
{
	if (fleet == now)
		console_requested(order, status, request);
}

static void
counted(struct fleet *fleet)
{
	if (fleet == now)
		console_counted();
}

/* To the service manager, who shows it to people. */
static void
tell_ready(const char *why)
{
	char status[64];

	snprintf(status, sizeof status, "%u keys%s",
	    fleet_config(now)->key_count, why);
	service_ready(status);
}

static void
begin_reload(void)
{
	begun++;
	writer_clear(&reasons);
	complain_keep(&reasons);
	service_reloading();
}

static void
end_reload(bool done)
{
	char text[REASONS_MAX + 1];

	complain_keep(NULL);
	auditor_rotate(done);
	log_event(LOG_LEVEL_INFO, "reload", "result=%s keys=%u",
	    done ? "done" : "refused", fleet_config(now)->key_count);
	reloads_done += done ? 1 : 0;
	reloads_refused += done ? 0 : 1;
	/* What did not fit is in the log. */
	snprintf(text, sizeof text, "%.*s", (int)reasons.len,
	    reasons.len > 0 ? (const char *)reasons.data : "");
	console_reloaded(begun, done ? NULL : text);
	tell_ready(done ? "" : "; the last reload was refused");
}

/* Masters go on under what the new configuration says of their accounts. */
static void
move_masters(void)
{
	const struct config_client *client;

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

/* It is freed when its processes have ended, and not from inside of it. */
static void
let_go(struct fleet *fleet, unsigned after_ms)
{
	const struct timeval when = { after_ms / 1000,
		(suseconds_t)(after_ms % 1000 * 1000) };

	before = fleet;
	event_add(draining, &when);
}

static void
drained(evutil_socket_t fd, short what, void *ctx)
{
	pid_t pid;

	(void)fd;
	(void)what;
	(void)ctx;
	fleet_retire(before);
	if (fleet_running(before, &pid, 1) > 0) {
		let_go(before, REAP_MS);
		return;
	}
	fleet_free(before);
	before = NULL;
	reload_if_asked();
}

/* All keys of the new fleet are served: workers get channels to it, and the old
 * one goes on until they use them. */
static void
take_over(void)
{
	struct fleet *old = now;
	unsigned fresh = fleet_count(next);

	fleet_adopt(next, old);
	log_set_format(fleet_config(next)->log_format);
	now = next;
	next = NULL;
	move_masters();
	for (unsigned i = 0; i < fresh; i++)
		give_to_all(now, i);
	let_go(old, DRAIN_MS);
	console_readers(fleet_config(now));
	end_reload(true);
}

/* Nothing of it was ever used. */
static void
give_up(void)
{
	fleet_retire(next);
	let_go(next, 0);
	next = NULL;
	end_reload(false);
}

/* All that there is to find out at the start. */
static void
begun_or_not(void)
{
	if (ready || !fleet_told || !audit_told)
		return;
	ready = true;
	if (failed || testing) {
		event_base_loopbreak(base);
	} else {
		tell_ready("");
		reload_if_asked();
	}
}

static void
settled(struct fleet *fleet, bool good)
{
	if (fleet == now) {
		fleet_told = true;
		failed = failed || !good;
		begun_or_not();
	} else if (good) {
		take_over();
	} else {
		give_up();
	}
}

/* After the start what is wrong is said, and signers do as is configured. */
static void
audit_settled(bool good)
{
	if (audit_told)
		return;
	audit_told = true;
	failed = failed || !good;
	begun_or_not();
}

static void
audit_again(void)
{
	struct fleet *const all[] = { now, next, before };

	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i] != NULL)
			fleet_audit(all[i]);
}

static const struct auditor_events auditor_events = { audit_settled,
	audit_again };

static const struct fleet_events fleet_events = { settled, started, requested,
	counted };

static bool
same_audit(const struct config_audit *a, const struct config_audit *b)
{
	return a->wanted == b->wanted && strcmp(a->file, b->file) == 0 &&
	       strcmp(a->key, b->key) == 0 && a->checkpoint == b->checkpoint &&
	       a->stop == b->stop;
}

/* The sockets of masters stay, so keyd stays where it is. */
static bool
read_next(void)
{
	const struct config *config = fleet_config(now);

	if (!config_read(config_path, fleet_config(next), config))
		return false;
	if (strcmp(fleet_config(next)->socket, config->socket) != 0 ||
	    strcmp(fleet_config(next)->admin_socket, config->admin_socket) != 0)
		return complain(
		    "%s: another socket: this takes a restart", config_path);
	if (!same_audit(&fleet_config(next)->audit, &config->audit))
		return complain(
		    "%s: another audit: this takes a restart", config_path);
	/* The filter of now allows no such. */
	if (fleet_config(next)->module_count > 0 && !with_modules)
		return complain(
		    "%s: the first module: this takes a restart", config_path);
	return auditor_reopen(&config->audit) && fleet_open(next);
}

/* All or nothing: a second fleet is started beside the first. */
static void
reload(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	asked = !ready || next != NULL || before != NULL;
	if (asked)
		return;
	begin_reload();
	if ((next = fleet_new(
		 base, signer_program, token_program, &fleet_events)) == NULL ||
	    !read_next()) {
		fleet_free(next);
		next = NULL;
		end_reload(false);
		return;
	}
	fleet_start(next, now);
}

/* One that dies before its fleet is sure to serve ends the attempt. */
static void
reaped(pid_t pid, int status)
{
	if (next != NULL && fleet_reaped(next, pid, status)) {
		if (next != NULL) {
			complain("%s: a signer died before it had read its "
				 "keys",
			    config_path);
			give_up();
		}
	} else if (fleet_reaped(now, pid, status)) {
		failed = failed || testing;
		if (testing)
			event_base_loopbreak(base);
	} else if (before == NULL || !fleet_reaped(before, pid, status)) {
		(void)!auditor_reaped(pid, status);
		if (testing && !audit_told)
			audit_settled(false);
	}
}

static void
child_died(evutil_socket_t fd, short what, void *ctx)
{
	int status;
	pid_t pid;

	(void)fd;
	(void)what;
	(void)ctx;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		reaped(pid, status);
}

/* ---- administration ---- */

static unsigned
workers_of(const struct master *master)
{
	unsigned count = 0;

	for (size_t tag = 0; tag < TAGS_MAX; tag++)
		count += master->tags[tag] ? 1 : 0;
	return count;
}

static const char *
state(void)
{
	if (stopping)
		return "stopping";
	if (!ready)
		return "starting";
	return next != NULL ? "reloading" : "serving";
}

static void
describe(struct daemon *daemon)
{
	struct daemon_master *out;

	*daemon = (struct daemon){ .state = state(),
		.config_path = config_path,
		.config = fleet_config(now),
		.fleet = now,
		.own = &own,
		.now_ms = clock_ms(),
		.started_ms = started_ms,
		.reloads_done = reloads_done,
		.reloads_refused = reloads_refused };
	auditor_status(&daemon->others);
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

/* One that goes on has read what was there before. */
static unsigned
next_reload(void)
{
	return begun + 1;
}

static void
reload_now(void)
{
	reload(-1, 0, NULL);
}

static void
count(void)
{
	fleet_ask_counts(now);
}

static uint64_t
ask_request(unsigned key)
{
	return fleet_request(now, key);
}

static bool
new_root(void)
{
	return fleet_new_root(now);
}

static const struct console_events console_events = { describe, next_reload,
	reload_now, count, ask_request, new_root };

/* ---- start and end ---- */

static void
fail_start(void)
{
	failed = true;
	event_base_loopbreak(base);
}

static void make_keys(void);

static void
made(void *ctx, const char *fault, struct slice none)
{
	const struct config_key *key = ctx;

	(void)none;
	if (fault != NULL) {
		complain("%s: not made: %s", key->path, fault);
		fail_start();
		return;
	}
	log_event(LOG_LEVEL_INFO, "generate", "name=%s result=done", key->name);
	make_keys();
}

/* NULL: all are there. */
static struct config_key *
key_lacking(void)
{
	struct config *config = fleet_config(now);

	for (unsigned i = 0; i < config->key_count; i++)
		if (maker_lacks(&config->keys[i]))
			return &config->keys[i];
	return NULL;
}

/* One after the other; then the signers are started. */
static void
make_keys(void)
{
	struct config_key *key = key_lacking();

	if (key != NULL)
		maker_generate(key, fleet_config(now)->strictness, made, key);
	else if (fleet_open(now))
		fleet_start(now, NULL);
	else
		fail_start();
}

/* Without signers there is no more that a test could find out. */
static int
tell_lacking(void)
{
	const struct config *config = fleet_config(now);

	for (unsigned i = 0; i < config->key_count; i++)
		if (maker_lacks(&config->keys[i]))
			printf("%s: not there yet: it will be made\n",
			    config->keys[i].path);
	return EXIT_SUCCESS;
}

static void
stop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	stopping = true;
	service_stopping();
	event_base_loopbreak(base);
}

/* Signers end when their control channel does. */
static void
end_fleets(void)
{
	struct fleet *const all[] = { now, next, before };
	pid_t pids[COUNT(all) * FLEET_SIGNERS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(all); i++) {
		if (all[i] == NULL)
			continue;
		fleet_retire(all[i]);
		count +=
		    fleet_running(all[i], pids + count, COUNT(pids) - count);
	}
	spawn_end(pids, count, STOP_MS);
	/* What they told it is all there is, then. */
	pids[0] = auditor_stop();
	spawn_end(pids, 1, STOP_MS);
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
	       watch_signal(SIGCHLD, child_died) &&
	       watch_signal(SIGHUP, reload) && arrival != NULL &&
	       (testing || event_add(arrival, NULL) == 0);
}

/* Three files a key, twice during a reload, and copies of those on their way: a
 * soft limit of 1024 is soon reached, and where we may, we set the hard one. */
static void
raise_file_limit(void)
{
	struct rlimit files = { FILES_MAX, FILES_MAX };

	if (setrlimit(RLIMIT_NOFILE, &files) == 0 ||
	    getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

/* One that the service manager passed, or one of our own. */
static int
find_listener(const struct config *config, bool *passed)
{
	/* Who may talk is decided by uid, not by the file's mode. */
	const struct endpoint endpoint = { .program = "keyd",
		.path = config->socket,
		.type = SOCK_SEQPACKET,
		.mode = 0666,
		.backlog = MASTERS_MAX };
	int fd = service_socket("keyd", SOCK_SEQPACKET);

	*passed = fd >= 0;
	return *passed ? fd : endpoint_listen(&endpoint);
}

/* Only keyd's signers can tell whether a key is one: a test starts them, too,
 * and ends when they have told. */
static int
run(void)
{
	const struct config *config = fleet_config(now);
	const struct policy_request ask = { .strictness = config->strictness };
	bool passed = true;
	int listener = testing ? -1 : find_listener(config, &passed);
	int admin = service_socket("keyd-admin", SOCK_STREAM);

	if (listener < 0 && !testing)
		return EXIT_FAILURE;
	signal(SIGPIPE, SIG_IGN);
	draining = event_new(base, -1, 0, drained, NULL);
	writer_init(&reasons, REASONS_MAX);
	if (draining == NULL || !watch(listener))
		return EXIT_FAILURE;
	if (!testing && (!console_open(base, config, admin > 0 ? admin : 0,
			     &console_events) ||
			    !service_watch(base)))
		return EXIT_FAILURE;
	with_modules = config->module_count > 0;
	policy_enter(
	    with_modules ? &keyd_tokens_profile : &keyd_profile, &ask, &own);
	auditor_start(base, &auditor_events);
	if (lacking)
		make_keys();
	else
		fleet_start(now, NULL);
	log_event(LOG_LEVEL_INFO, "start", "version=%s socket=%s keys=%u",
	    SALLYPORT_VERSION, config->socket, config->key_count);
	/* A break from before the loop is forgotten by it. */
	if (!failed)
		event_base_dispatch(base);
	end_fleets();
	console_close();
	service_close();
	if (!passed)
		unlink(fleet_config(now)->socket);
	log_event(
	    LOG_LEVEL_INFO, "stop", "reason=%s", failed ? "keys" : "signal");
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	enum log_level level = LOG_LEVEL_INFO;
	int option;

	while ((option = getopt(argc, argv, "df:t")) != -1) {
		if (option == 'f') {
			config_path = optarg;
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
	started_ms = clock_ms();
	if (!testing)
		service_open();
	raise_file_limit();
	if ((signer_program = spawn_open("keyd-signer")) < 0 ||
	    (token_program = spawn_open("keyd-p11")) < 0 ||
	    (base = event_base_new()) == NULL ||
	    (now = fleet_new(
		 base, signer_program, token_program, &fleet_events)) == NULL ||
	    !maker_open(base) ||
	    !config_read(config_path, fleet_config(now), NULL))
		return EXIT_FAILURE;
	if ((lacking = key_lacking() != NULL) && testing)
		return tell_lacking();
	if ((!lacking && !fleet_open(now)) ||
	    !auditor_open(&fleet_config(now)->audit, testing))
		return EXIT_FAILURE;
	log_set_format(fleet_config(now)->log_format);
	return run();
}
