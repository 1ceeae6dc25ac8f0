/*
 * keyd, the loader: opens key files and passes the descriptors to its signers,
 * never reading a byte of them, has one fleet of signers after the other, and
 * gives masters channels to them. Nothing here is a client's word: those go to
 * the signers.
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

#include "admin/arrivals.h"
#include "admin/service.h"
#include "base/clock.h"
#include "base/complain.h"
#include "base/log.h"
#include "ipc/endpoint.h"
#include "ipc/spawn.h"
#include "keyd/auditor.h"
#include "keyd/config.h"
#include "keyd/console.h"
#include "keyd/fleet.h"
#include "keyd/keyfiles.h"
#include "keyd/link.h"
#include "keyd/maker.h"
#include "keyd/masters.h"
#include "policy/policy.h"
#include "policy/profiles.h"

#define STOP_MS 2000
/* For workers to be told of a new fleet and ask it for its keys. */
#define DRAIN_MS 1000
#define REAP_MS 100
#define REASONS_MAX 6144
/* Of as many keys as there can be. */
#define FILES_MAX (2 * KEYFILES_COUNT * KEYPROTO_SLOTS + 4096)

static const char *config_path = SALLYPORT_SYSCONF "/keyd.conf";
static int signer_program, token_program;
static bool with_modules; /* at the start */
static struct event_base *base;
/* The fleet that serves; the one of a reload that is not yet sure to; the one
 * before it, which is still answering. */
static struct fleet *now, *next, *before;
static struct event *draining;
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

/* ---- fleets ---- */

static void reload(evutil_socket_t, short, void *);

/* What came while another was not finished yet. */
static void
reload_if_asked(void)
{
	if (asked)
		reload(-1, 0, NULL);
}

/* Workers that had a channel to a dead signer get one to this. */
static void
started(struct fleet *fleet, unsigned signer)
{
	if (fleet == now) {
		console_restarted();
		masters_give(fleet, signer);
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
	masters_serve(now);
	for (unsigned i = 0; i < fresh; i++)
		masters_give(now, i);
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
	masters_describe(daemon);
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

static void make_keys(unsigned from);

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
	make_keys((unsigned)(key - fleet_config(now)->keys) + 1);
}

/* The next one; NULL: all from there on are there. */
static struct config_key *
key_lacking(unsigned from)
{
	struct config *config = fleet_config(now);

	for (unsigned i = from; i < config->key_count; i++)
		if (maker_lacks(&config->keys[i]))
			return &config->keys[i];
	return NULL;
}

/* One after the other; then the signers are started. */
static void
make_keys(unsigned from)
{
	struct config_key *key = key_lacking(from);

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
	struct arrivals *arrivals =
	    arrivals_new(base, listener, masters_arrived, NULL);

	return watch_signal(SIGTERM, stop) && watch_signal(SIGINT, stop) &&
	       watch_signal(SIGCHLD, child_died) &&
	       watch_signal(SIGHUP, reload) && arrivals != NULL &&
	       (testing || arrivals_watch(arrivals, true) == 0);
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
		.backlog = DAEMON_MASTERS_MAX };
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
	masters_open(base, &own);
	masters_serve(now);
	auditor_start(base, &auditor_events);
	if (lacking)
		make_keys(0);
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
	if ((lacking = key_lacking(0) != NULL) && testing)
		return tell_lacking();
	if ((!lacking && !fleet_open(now)) ||
	    !auditor_open(&fleet_config(now)->audit, testing))
		return EXIT_FAILURE;
	log_set_format(fleet_config(now)->log_format);
	return run();
}
