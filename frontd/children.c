/*
 * Children; the contract is in children.h.
 */
#include "frontd/children.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "frontd/keylink.h"
#include "libtls/unstable/pkey_binding.h"

/* All that a worker with the most sites is told. */
#define QUEUE_MAX 8192
#define END_MS 2000

/* One row a program: what it is told before it seals itself. */
struct child_kind {
	const char *name;
	void (*prepare)(struct child *);
	int first_fd; /* 1: it inherits frontd-page's socket */
};

static bool child_start(struct child *);

/* ---- telling ---- */

/* Sends what waits, and watches for room when it cannot. */
static void
flush(struct child *child)
{
	(void)channel_flush(child->control);
	if (channel_waiting(child->control))
		event_add(child->writable, NULL);
}

/* A child that is not running, or does not listen, will be told at its start.
 */
static void
tell(struct child *child, const void *record, size_t size, int fd)
{
	if (child->pid == 0)
		return;
	if (!channel_send(child->control, slice_of(record, size), fd)) {
		log_event(LOG_LEVEL_ERROR, "tell",
		    "child=%s number=%d reason=queue-full", child->kind->name,
		    (int)child->pid);
		kill(child->pid, SIGKILL);
		return;
	}
	flush(child);
}

static void
tell_start(struct child *child)
{
	const struct options *options = &child->master->options;
	const struct control_start start = { .type = CONTROL_START,
		.strictness = options->strictness,
		.max_connections = options->max_connections,
		.debug = child->master->debug };

	tell(child, &start, sizeof start, -1);
}

/* In as many records as it takes. */
static void
tell_bytes(struct child *child, enum control_type type, uint16_t site,
    struct slice bytes)
{
	struct control_chain part = { .type = type, .site = site };

	while (bytes.len > 0) {
		part.len = (uint16_t)(bytes.len < sizeof part.bytes
					  ? bytes.len
					  : sizeof part.bytes);
		memcpy(part.bytes, bytes.data, part.len);
		tell(child, &part, sizeof part, -1);
		bytes = slice_of(bytes.data + part.len, bytes.len - part.len);
	}
}

static void
tell_site(struct child *child, const struct option_site *site)
{
	uint16_t number = site->what.site;

	tell(child, &site->what, sizeof site->what, -1);
	tell_bytes(child, CONTROL_CHAIN, number,
	    slice_of(site->chain.pem.text, site->chain.pem.len));
	tell_bytes(child, CONTROL_STAPLE, number,
	    slice_of(site->staple.der, site->what.staple_size));
}

static void
tell_client_ca(struct child *child, uint16_t number)
{
	const struct pem_file *pem =
	    &child->master->options.client_cas.at[number - 1].pem;
	struct control_client_ca part = { .type = CONTROL_CLIENT_CA,
		.number = number,
		.size = (uint32_t)pem->len };

	for (size_t at = 0; at < pem->len; at += part.len) {
		part.len = pem->len - at < sizeof part.pem
			       ? (uint16_t)(pem->len - at)
			       : (uint16_t)sizeof part.pem;
		memcpy(part.pem, pem->text + at, part.len);
		tell(child, &part, sizeof part, -1);
	}
}

/* A fresh way between a worker and frontd-connect. */
static void
join(struct child *worker, struct child *connect)
{
	static const struct control_plain what = { CONTROL_CONNECTOR };
	int ends[2];

	if (worker->pid == 0 || connect->pid == 0 || channel_pair(ends) != 0)
		return; /* the one that starts later joins them */
	tell(worker, &what, sizeof what, ends[0]);
	tell(connect, &what, sizeof what, ends[1]);
	close(ends[0]);
	close(ends[1]);
}

static void
prepare_worker(struct child *child)
{
	static const struct control_plain replay = { CONTROL_REPLAY };
	struct master *master = child->master;
	const struct options *options = &master->options;

	for (uint16_t i = 1; i <= options->client_cas.count; i++)
		tell_client_ca(child, i);
	for (unsigned i = 0; i < options->site_count; i++)
		tell_site(child, options->sites[i]);
	for (unsigned i = 0; i < options->listen_count; i++)
		tell(child, &options->listens[i].what,
		    sizeof options->listens[i].what,
		    master->sockets[i][child->index]);
	if (master->replay >= 0)
		tell(child, &replay, sizeof replay, master->replay);
	join(child, &master->connect);
	keylink_ask(master, child->index);
	tell_start(child);
}

static void
prepare_connect(struct child *child)
{
	struct master *master = child->master;
	const struct options *options = &master->options;

	for (unsigned i = 0; i < options->site_count; i++)
		tell(child, &options->sites[i]->backend,
		    sizeof options->sites[i]->backend, -1);
	for (unsigned i = 0; i < options->workers; i++)
		join(&master->workers[i], child);
	tell_start(child);
}

static void
prepare_page(struct child *child)
{
	tell_start(child);
	children_show(child->master);
}

static const struct child_kind worker_kind = { "frontd-worker", prepare_worker,
	0 };
static const struct child_kind connect_kind = { "frontd-connect",
	prepare_connect, 0 };
static const struct child_kind page_kind = { "frontd-page", prepare_page, 1 };

void
children_give_keys(struct master *master, uint32_t worker, int fd)
{
	static const struct control_plain what = { CONTROL_KEYS };

	if (worker < master->options.workers)
		tell(&master->workers[worker], &what, sizeof what, fd);
}

/* ---- who runs ---- */

static void
show_process(struct control_processes *out, const char *name, pid_t pid,
    const struct confinement *confinement)
{
	struct keyproto_process *row = &out->processes[out->count];

	if (out->count == CONTROL_PROCESSES_MAX)
		return;
	out->count++;
	*row = (struct keyproto_process){ .pid = (uint32_t)pid,
		.uid = confinement->uid,
		.seccomp = confinement->seccomp_mode,
		.namespaces = confinement->namespaces };
	snprintf(row->name, sizeof row->name, "%s", name);
}

static void
show_child(struct control_processes *out, const struct child *child)
{
	if (child->confined)
		show_process(
		    out, child->kind->name, child->pid, &child->confinement);
}

void
children_show(struct master *master)
{
	static struct control_processes all;
	const struct keyproto_processes *keyd = &master->link.processes;

	all = (struct control_processes){ .type = CONTROL_PROCESSES };
	show_process(&all, "frontd", getpid(), &master->own);
	for (unsigned i = 0; i < master->options.workers; i++)
		show_child(&all, &master->workers[i]);
	show_child(&all, &master->connect);
	show_child(&all, &master->page);
	for (unsigned i = 0;
	     i < keyd->count && all.count < CONTROL_PROCESSES_MAX; i++)
		all.processes[all.count++] = keyd->process[i];
	tell(&master->page, &all, sizeof all, -1);
}

static void
told_confined(struct child *child, const struct control_confined *what)
{
	child->confinement = what->confinement;
	child->confined = true;
	log_event(LOG_LEVEL_INFO, "child",
	    "name=%s number=%d uid=%u seccomp=%u namespaces=%#x",
	    child->kind->name, (int)child->pid, what->confinement.uid,
	    what->confinement.seccomp_mode, what->confinement.namespaces);
	children_show(child->master);
}

/* Each operation of a site once, whatever the workers say. */
static void
told_lacks(struct child *child, const struct control_lacks *what)
{
	/* the words of keyd.conf */
	static const struct {
		uint32_t need;
		const char *word;
	} words[] = { { S2N_PKEY_NEED_TLS13, "sign13" },
		{ S2N_PKEY_NEED_TLS12, "sign12" },
		{ S2N_PKEY_NEED_SHA1, "sign10" },
		{ S2N_PKEY_NEED_PREMASTER, "premaster" } };
	const struct options *options = &child->master->options;
	struct option_site *site;
	uint32_t fresh;

	if (child->kind != &worker_kind || what->site >= options->site_count)
		return;
	site = options->sites[what->site];
	fresh = what->needs & ~site->lacks;
	site->lacks |= what->needs;
	for (size_t i = 0; i < COUNT(words); i++)
		if ((fresh & words[i].need) != 0)
			log_event(LOG_LEVEL_WARN, "key-lacks",
			    "site=%s operation=%s", site->title, words[i].word);
}

/* Likewise. */
static void
told_stale(struct child *child, const struct control_stale *what)
{
	const struct options *options = &child->master->options;
	struct option_site *site;

	if (child->kind != &worker_kind || what->site >= options->site_count)
		return;
	site = options->sites[what->site];
	if (site->stale != NULL)
		return;
	site->stale = "expired";
	log_event(LOG_LEVEL_WARN, "ocsp", "site=%s reason=%s", site->title,
	    site->stale);
}

static void
told(struct child *child, struct slice packet)
{
	union {
		struct control_stale stale;
		struct control_confined confined;
		struct control_lacks lacks;
	} record;

	if (control_type(packet) == CONTROL_CONFINED &&
	    control_take(packet, &record.confined, sizeof record.confined))
		told_confined(child, &record.confined);
	else if (control_type(packet) == CONTROL_LACKS &&
		 control_take(packet, &record.lacks, sizeof record.lacks))
		told_lacks(child, &record.lacks);
	else if (control_type(packet) == CONTROL_STALE &&
		 control_take(packet, &record.stale, sizeof record.stale))
		told_stale(child, &record.stale);
}

/* ---- life and death ---- */

static void
control_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct child *child = ctx;
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	size_t len;

	(void)fd;
	if ((what & EV_WRITE) != 0)
		flush(child);
	while ((event = channel_receive(child->control, packet, sizeof packet,
		    &len, NULL)) == CHANNEL_PACKET)
		told(child, slice_of(packet, len));
	if (event != CHANNEL_EMPTY)
		event_del(child->readable); /* SIGCHLD tells the rest */
}

/* Forgets a child that does not run. */
static void
child_clear(struct child *child)
{
	if (child->readable != NULL)
		event_free(child->readable);
	if (child->writable != NULL)
		event_free(child->writable);
	child->readable = child->writable = NULL;
	channel_free(child->control);
	child->control = NULL;
	child->pid = 0;
	child->confined = false;
}

static void
start_later(struct child *child)
{
	unsigned wait = backoff_died(&child->backoff, clock_ms());
	const struct timeval when = { wait / 1000, (wait % 1000) * 1000 };

	child_clear(child);
	event_add(child->respawn, &when);
}

static void
respawn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)child_start(ctx);
}

static bool
spawn(struct child *child)
{
	char path[PATH_MAX];
	struct spawn what = { .path = path,
		.name = child->kind->name,
		.fds = &child->master->page_socket,
		.fd_count = (size_t)child->kind->first_fd,
		.environment = log_environment() };
	int ends[2];

	if (!spawn_path(child->kind->name, path, sizeof path) ||
	    channel_pair(ends) != 0)
		return false;
	what.control = ends[1];
	child->pid = spawn_child(&what);
	close(ends[1]);
	child->control = channel_new(ends[0], QUEUE_MAX);
	if (child->pid > 0 && child->control != NULL)
		return true;
	if (child->pid > 0)
		kill(child->pid, SIGKILL); /* to be reaped as anyone */
	log_event(LOG_LEVEL_ERROR, "spawn", "path=%s reason=\"%s\"", path,
	    strerror(errno));
	return false;
}

static bool
child_start(struct child *child)
{
	struct event_base *base = child->master->base;

	backoff_started(&child->backoff, clock_ms());
	if (!spawn(child)) {
		start_later(child);
		return false;
	}
	child->readable = event_new(base, channel_fd(child->control),
	    EV_READ | EV_PERSIST, control_ready, child);
	child->writable = event_new(
	    base, channel_fd(child->control), EV_WRITE, control_ready, child);
	if (child->readable == NULL || child->writable == NULL ||
	    event_add(child->readable, NULL) != 0) {
		kill(child->pid, SIGKILL);
		start_later(child);
		return false;
	}
	child->kind->prepare(child);
	return true;
}

static bool
child_init(
    struct master *master, struct child *child, const struct child_kind *kind)
{
	child->master = master;
	child->kind = kind;
	child->respawn = event_new(master->base, -1, 0, respawn, child);
	return child->respawn != NULL && child_start(child);
}

bool
children_start(struct master *master)
{
	if (!child_init(master, &master->connect, &connect_kind))
		return false;
	for (unsigned i = 0; i < master->options.workers; i++) {
		master->workers[i].index = i;
		if (!child_init(master, &master->workers[i], &worker_kind))
			return false;
	}
	return master->options.page_socket[0] == '\0' ||
	       child_init(master, &master->page, &page_kind);
}

static struct child *
find(struct master *master, pid_t pid)
{
	if (master->connect.pid == pid)
		return &master->connect;
	if (master->page.pid == pid)
		return &master->page;
	for (unsigned i = 0; i < master->options.workers; i++)
		if (master->workers[i].pid == pid)
			return &master->workers[i];
	return NULL;
}

static void
log_death(const struct child *child, int status)
{
	const char *reason = policy_death(status, -1);

	if (reason == NULL)
		reason =
		    WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit";
	log_event(LOG_LEVEL_ERROR, "child-died",
	    "name=%s number=%d status=%d reason=\"%s\"", child->kind->name,
	    (int)child->pid, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
	    reason);
}

/* It aborts where sandbox = require and a layer is missing: so would the next.
 */
static bool
could_not_seal(const struct child *child, int status)
{
	return !child->confined && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT &&
	       child->master->options.strictness == SANDBOX_REQUIRE;
}

void
children_reap(struct master *master)
{
	struct child *child;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((child = find(master, pid)) == NULL)
			continue;
		log_death(child, status);
		if (could_not_seal(child, status)) {
			master->failed = true;
			event_base_loopbreak(master->base);
		}
		start_later(child);
	}
	children_show(master);
}

/* They end when their control channel does. */
void
children_end(struct master *master)
{
	pid_t pids[CONTROL_WORKERS_MAX + 2];
	size_t count = 0;

	pids[count++] = master->connect.pid;
	pids[count++] = master->page.pid;
	child_clear(&master->connect);
	child_clear(&master->page);
	for (unsigned i = 0; i < master->options.workers; i++) {
		pids[count++] = master->workers[i].pid;
		child_clear(&master->workers[i]);
	}
	spawn_end(pids, count, END_MS);
}
