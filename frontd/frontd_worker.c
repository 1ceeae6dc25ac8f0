/*
 * frontd-worker: takes its records from the master, seals itself, and serves.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/shortage.h"
#include "frontd/access.h"
#include "frontd/answer.h"
#include "frontd/crowd.h"
#include "frontd/listener.h"
#include "frontd/proxy_accept.h"
#include "frontd/replay.h"
#include "frontd/session.h"
#include "frontd/staple.h"
#include "frontd/ticketing.h"
#include "frontd/upstream.h"
#include "ipc/spawn.h"
#include "libtls/unstable/pkey_binding.h"
#include "policy/profiles.h"

#define TICK_MS 100
#define ACCEPT_BATCH 16
/* Less than handshake-timeout as it is if not said. */
#define KEY_DEADLINE_MS 8000
#define CONNECTOR_QUEUE 1024
/* For what is sent to arrive, after the drain timeout. */
#define LAST_MS 1000
/* Descriptors: most that the profile allows, and those of no connection. */
#define FILES_MAX 65536u
#define FILES_OWN 64u

static struct worker worker;

/* What signers have told of, and what the master was told of that. */
static struct {
	uint32_t signers, backend_signers;
	bool sealed;
	struct control_keyed last;
} keys;

void
worker_flush(struct worker *w)
{
	(void)channel_flush(w->control);
	if (channel_waiting(w->control))
		event_add(w->control_writable, NULL);
}

void
worker_turn(struct worker *w)
{
	event_active(w->turn, EV_TIMEOUT, 0);
}

/* What frontd-connect has no room for goes when it has answered. */
static void
turn_ended(evutil_socket_t fd, short what, void *ctx)
{
	struct worker *w = ctx;

	(void)fd;
	(void)what;
	session_free_gone(w);
	if (w->connector != NULL)
		(void)channel_flush(w->connector);
}

static void
control_writable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	worker_flush(ctx);
}

/* Accepts, or does not: before it is told to, at the connection limit, and when
 * it drains. */
static void
watch_listeners(void)
{
	bool accept = worker.serving && !worker.paused;

	for (size_t i = 0; i < worker.listener_count; i++)
		for (struct acceptor *a = worker.listeners[i].acceptors;
		     a != NULL; a = a->next) {
			if (accept)
				event_add(a->acceptable, NULL);
			else
				event_del(a->acceptable);
		}
}

void
worker_say_limit(const struct sockaddr_storage *peer, const char *reason)
{
	char text[64] = "-";
	uint64_t now = clock_ms();

	if (worker.limit_said_ms != 0 && now - worker.limit_said_ms < 1000)
		return;
	worker.limit_said_ms = now;
	if (peer != NULL)
		access_peer(peer, text, sizeof text);
	log_event(LOG_LEVEL_WARN, "limit", "reason=%s peer=%s connections=%u",
	    reason, text, worker.session_count);
}

/* Reset, and nothing is kept of it. */
static void
turn_away(int client)
{
	static const struct linger at_once = { 1, 0 };

	setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(client);
	worker.tally.ends[TALLY_LIMITED]++;
}

static bool
is_trusted(const struct listener *listener, const struct sockaddr_storage *peer)
{
	for (unsigned i = 0; i < listener->what.trusted_count; i++)
		if (proxy_network_has(&listener->what.trusted[i], peer))
			return true;
	return false;
}

/* A proxy that is trusted says whose the connection is, who then counts. */
static void
start_session(
    struct listener *listener, int client, const struct sockaddr_storage *peer)
{
	sources_place place;

	if (is_trusted(listener, peer)) {
		session_start_proxied(listener, client, peer);
		return;
	}
	switch (sources_come(worker.sources, peer, clock_us(), &place)) {
	case SOURCES_TAKEN:
		session_start(listener, client, peer, place);
		return;
	case SOURCES_TOO_MANY:
		worker_say_limit(peer, "source-connections");
		break;
	case SOURCES_TOO_FAST:
		worker_say_limit(peer, "source-rate");
		break;
	}
	turn_away(client);
}

static void
pause_accepting(enum tally_pause why)
{
	worker_say_limit(NULL, tally_pause_name(why));
	worker.tally.pauses[why]++;
	worker.no_files = why == TALLY_DESCRIPTORS;
	worker.paused = true;
	watch_listeners();
}

/* False when nobody waits there, or nobody can be taken. */
static bool
accept_one(struct acceptor *acceptor)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer;
	int client = accept4(acceptor->fd, (struct sockaddr *)&peer, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client >= 0) {
		start_session(acceptor->listener, client, &peer);
		return true;
	}
	if (errno == EINVAL)
		event_del(acceptor->acceptable); /* it does not listen */
	if (is_shortage(errno))
		pause_accepting(TALLY_DESCRIPTORS);
	return false;
}

static void
acceptable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		if (worker.session_count >= worker.session_max) {
			pause_accepting(TALLY_CONNECTIONS);
			return;
		}
		if (!accept_one(ctx))
			return;
	}
}

void
worker_session_gone(struct worker *w)
{
	w->session_count--;
	if (w->drained_ms != 0 && w->session_count == 0)
		event_base_loopbreak(w->base);
	if (!w->paused)
		return;
	w->paused = false;
	watch_listeners();
}

/* ---- the end ---- */

/* Its sockets are somebody else's now; what waits at one that is nobody's is
 * accepted still, as far as there is room. */
static void
close_listener(struct listener *listener, bool last)
{
	struct acceptor *acceptor;

	while ((acceptor = listener->acceptors) != NULL) {
		/* While others have the socket the kernel would go on to tell
		 * of it, closed or not. */
		event_del(acceptor->acceptable);
		while (last && worker.session_count < worker.session_max &&
		       accept_one(acceptor))
			;
		event_free(acceptor->acceptable);
		close(acceptor->fd);
		listener->acceptors = acceptor->next;
		free(acceptor);
	}
}

static void
drain(const struct control_drain *order)
{
	static const struct control_plain stopped = { CONTROL_STOPPED };

	if (worker.drained_ms != 0)
		return;
	worker.serving = false;
	for (size_t i = 0; i < worker.listener_count; i++)
		close_listener(
		    &worker.listeners[i], (order->last_of >> i & 1) != 0);
	worker.drained_ms = clock_ms() + order->timeout_ms;
	if (control_send(worker.control, &stopped, sizeof stopped, -1))
		worker_flush(&worker);
	if (worker.session_count == 0)
		event_base_loopbreak(worker.base);
}

/* Where frontd-connect has died this has no effect: the next one's start brings
 * another. */
static void
ask_for_connector(void)
{
	static const struct control_plain unjoined = { CONTROL_UNJOINED };

	worker.connector_lost = false;
	if (control_send(worker.control, &unjoined, sizeof unjoined, -1))
		worker_flush(&worker);
}

/* Thousands may be late at once: between so many the others have their turn. */
static void
tick_sessions(evutil_socket_t fd, short what, void *ctx)
{
	const struct timeval soon = { 0, 1000 };

	(void)fd;
	(void)what;
	if (session_tick(ctx))
		event_add(worker.more_ticks, &soon);
}

static void
tick(evutil_socket_t fd, short what, void *ctx)
{
	tick_sessions(fd, what, ctx);
	if (worker.no_files) { /* whoever had them may have let go */
		worker.no_files = worker.paused = false;
		watch_listeners();
	}
	if (worker.connector_lost)
		ask_for_connector();
	if (worker.drained_ms == 0 || clock_ms() < worker.drained_ms)
		return;
	session_end_all(ctx, "drained");
	if (clock_ms() >= worker.drained_ms + LAST_MS)
		event_base_loopbreak(worker.base);
}

/* Of the master's; before the seal. */
static void
set_limits(const struct control_start *order)
{
	const struct rlimit most = { FILES_MAX, FILES_MAX };
	struct rlimit files;
	uint32_t room;

	/* As the profile will do, or less if we may not. */
	(void)setrlimit(RLIMIT_NOFILE, &most);
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		exit(EXIT_FAILURE);
	room =
	    files.rlim_max < FILES_MAX ? (uint32_t)files.rlim_max : FILES_MAX;
	room = room > FILES_OWN ? (room - FILES_OWN) / 2 : 1;
	worker.session_max = order->max_connections;
	if (worker.session_max > room) {
		worker.session_max = room;
		log_event(LOG_LEVEL_WARN, "limit",
		    "reason=descriptors connections=%u", room);
	}
	worker.sources = sources_new(&order->sources, worker.session_max);
	if (worker.sources == NULL && errno != 0)
		exit(EXIT_FAILURE);
	if (worker.sources != NULL && worker.crowd != NULL &&
	    !sources_share(worker.sources, worker.crowd))
		exit(EXIT_FAILURE);
}

static void
drop_connector(void)
{
	if (worker.connector == NULL)
		return;
	event_del(&worker.connector_readable);
	channel_free(worker.connector);
	worker.connector = NULL;
}

static void
connector_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct control_connected answer;
	uint8_t packet[256];
	enum channel_event event;
	size_t len;
	int socket_fd;

	(void)fd;
	(void)what;
	(void)ctx;
	while ((event = channel_receive(worker.connector, packet, sizeof packet,
		    &len, &socket_fd)) == CHANNEL_PACKET)
		if (control_take(slice_of(packet, len), &answer, sizeof answer))
			session_connected(&worker, &answer, socket_fd);
	if (event == CHANNEL_EMPTY) {
		(void)channel_flush(worker.connector);
		return;
	}
	drop_connector();
	ask_for_connector();
}

/* Takes fd; -1: there was no room for it, and it is asked for again. */
static void
take_connector(int fd)
{
	drop_connector();
	worker.connector_lost = fd < 0;
	if (fd < 0)
		return;
	if ((worker.connector = channel_new(fd, CONNECTOR_QUEUE)) == NULL)
		return;
	worker.connector_number++;
	event_assign(&worker.connector_readable, worker.base, fd,
	    EV_READ | EV_PERSIST, connector_ready, NULL);
	event_add(&worker.connector_readable, NULL);
	session_ask_again(&worker);
}

/* Takes the record out of a copy that stays. */
static void
take_kept(struct slice packet, void *record, size_t size)
{
	struct slice kept;

	if (!texts_keep(&worker.texts, packet, &kept) ||
	    !control_take(kept, record, size))
		exit(EXIT_FAILURE);
}

/* At the powers of two there is room for twice as many. */
static struct site *
add_site(void)
{
	size_t count = worker.site_count, room = count > 0 ? 2 * count : 1;
	struct site *grown;

	if (count == CONTROL_SITES_MAX)
		exit(EXIT_FAILURE);
	if ((count & (count - 1)) == 0) {
		grown = realloc(worker.sites, room * sizeof *grown);
		if (grown == NULL)
			exit(EXIT_FAILURE);
		worker.sites = grown;
	}
	worker.sites[count] = (struct site){ 0 };
	worker.site_count++;
	return &worker.sites[count];
}

static void
take_site(struct slice packet)
{
	struct site *site = add_site();

	take_kept(packet, &site->what, sizeof site->what);
	if (site->what.site != worker.site_count - 1 ||
	    site->what.beside > site->what.site ||
	    site->what.backends > site->what.site ||
	    site->what.chain_size > PEM_FILE_MAX ||
	    !gathered_begin(&site->pem, site->what.chain_size) ||
	    site->what.backend_chain_size > PEM_FILE_MAX ||
	    !gathered_begin(
		&site->backend_pem, site->what.backend_chain_size) ||
	    !lookup_add(&worker.lookup, site->what.names, site->what.site))
		exit(EXIT_FAILURE);
}

/* NULL: there is no such site, or not yet. */
static struct site *
site_numbered(uint32_t number)
{
	return number < worker.site_count ? &worker.sites[number] : NULL;
}

void
worker_must(int r, const char *what)
{
	if (r >= S2N_SUCCESS)
		return;
	log_event(LOG_LEVEL_ERROR, "setup", "what=%s reason=\"%s\"", what,
	    s2n_strerror_debug(s2n_errno, NULL));
	exit(EXIT_FAILURE);
}

/* Connections that are at their handshake have it, or have not, by then. */
static void
serve_staple(struct site *site)
{
	if (site->chain != NULL)
		worker_must(s2n_cert_chain_and_key_set_ocsp_data(site->chain,
				site->staple.bytes, (uint32_t)site->staple.len),
		    "ocsp");
}

static struct s2n_cert_chain_and_key *
load_chain(struct gathered *gathered)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct slice pem = gathered_slice(gathered);

	if (chain == NULL)
		exit(EXIT_FAILURE);
	worker_must(s2n_cert_chain_and_key_load_public_pem_bytes(chain,
			(uint8_t *)(uintptr_t)pem.data, (uint32_t)pem.len),
	    "chain");
	gathered_free(gathered);
	return chain;
}

static void
take_chain(const struct control_part *part)
{
	struct site *site = site_numbered(part->number);

	if (site == NULL || site->chain != NULL ||
	    !gathered_take(&site->pem, part->bytes))
		exit(EXIT_FAILURE);
	if (gathered_whole(&site->pem))
		site->chain = load_chain(&site->pem);
}

static void
take_backend_chain(const struct control_part *part)
{
	struct site *site = site_numbered(part->number);

	if (site == NULL || site->backend_chain != NULL ||
	    !gathered_take(&site->backend_pem, part->bytes))
		exit(EXIT_FAILURE);
	if (gathered_whole(&site->backend_pem))
		site->backend_chain = load_chain(&site->backend_pem);
}

/* All of the new one is here. */
static void
change_staple(struct site *site)
{
	gathered_free(&site->staple);
	site->staple = site->coming;
	site->staple_until = site->coming_what.until;
	worker.stale_looked = 0;
	site->coming = (struct gathered){ 0 };
	serve_staple(site);
}

/* Until all of the new one is here, the old one stays. */
static void
take_staple(const struct control_staple *what)
{
	struct site *site = site_numbered(what->site);

	if (site == NULL)
		return; /* it will be told with its site */
	if (what->size > STAPLE_SIZE_MAX ||
	    !gathered_begin(&site->coming, what->size))
		exit(EXIT_FAILURE);
	site->coming_what = *what;
	if (gathered_whole(&site->coming))
		change_staple(site);
}

static void
take_staple_part(const struct control_part *part)
{
	struct site *site = site_numbered(part->number);

	if (site == NULL || !gathered_take(&site->coming, part->bytes))
		return;
	if (gathered_whole(&site->coming))
		change_staple(site);
}

/* A config that shows backends the site's certificate. */
static struct s2n_config *
config_with_chain(const struct site *site)
{
	struct s2n_config *config = upstream_config(
	    client_ca_pem(&worker.client_cas, site->what.backend_ca),
	    site->backend_chain);

	worker_must(config != NULL ? 0 : -1, "backend");
	worker_must(keyclient_add(worker.backend_keys, config,
			site->backend_chain, site->what.backend_spki),
	    "key");
	return config;
}

/* Sites that show none share one for each file of authorities. */
static void
configure_backends(void)
{
	struct s2n_config *of[CONTROL_CLIENT_CAS_MAX + 1] = { NULL };
	uint16_t ca;

	for (size_t i = 0; i < worker.site_count; i++) {
		struct site *site = &worker.sites[i];

		if (site->what.backends != i) {
			site->backend_config =
			    worker.sites[site->what.backends].backend_config;
			continue;
		}
		ca = site->what.backend_ca;
		if (ca == 0)
			continue;
		if (ca >= COUNT(of))
			exit(EXIT_FAILURE);
		if (site->backend_chain != NULL) {
			site->backend_config = config_with_chain(site);
			continue;
		}
		if (of[ca] == NULL)
			of[ca] = upstream_config(
			    client_ca_pem(&worker.client_cas, ca), NULL);
		worker_must(of[ca] != NULL ? 0 : -1, "backend");
		site->backend_config = of[ca];
	}
}

static void
drop_staple(uint16_t number)
{
	const struct control_stale record = { CONTROL_STALE, number };
	struct site *site = &worker.sites[number];

	gathered_free(&site->staple);
	serve_staple(site);
	if (control_send(worker.control, &record, sizeof record, -1))
		(void)channel_flush(worker.control);
}

void
worker_drop_stale(struct worker *w)
{
	uint64_t now = clock_day();

	/* Times are seconds, sites thousands. */
	if (now == w->stale_looked)
		return;
	w->stale_looked = now;
	for (uint16_t i = 0; i < w->site_count; i++)
		if (w->sites[i].staple.len > 0 &&
		    w->sites[i].staple_until <= now)
			drop_staple(i);
}

static int
no_transport(void *ctx, uint8_t *buf, uint32_t len)
{
	(void)ctx;
	(void)buf;
	(void)len;
	errno = EAGAIN;
	return -1;
}

static int
swallow(void *ctx, const uint8_t *buf, uint32_t len)
{
	(void)ctx;
	(void)buf;
	return (int)len;
}

/* A ClientHello of our own: libcrypto loads and seeds what it needs. */
static void
warm_up(void)
{
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	s2n_blocked_status blocked;

	if (config == NULL || conn == NULL)
		exit(EXIT_FAILURE);
	worker_must(s2n_connection_set_config(conn, config), "warm-up");
	s2n_connection_set_recv_cb(conn, no_transport);
	s2n_connection_set_send_cb(conn, swallow);
	(void)!s2n_negotiate(conn, &blocked);
	s2n_connection_free(conn);
	s2n_config_free(config);
}

/* What a site's key may be asked for, at any listener. */
static uint32_t
needs_of(uint16_t site)
{
	uint32_t needs = 0;

	for (size_t i = 0; i < worker.listener_count; i++)
		needs |= listener_needs(&worker.listeners[i], site);
	return needs;
}

static void
tell_master(const void *record, size_t size)
{
	if (control_send(worker.control, record, size, -1))
		(void)channel_flush(worker.control);
}

/* What keyd does not permit and some listener may need, once for each site. */
static void
tell_lacks(uint16_t number, uint32_t lacks)
{
	const struct control_lacks record = { CONTROL_LACKS, number, lacks };

	if (lacks == worker.sites[number].lacks)
		return;
	worker.sites[number].lacks = lacks;
	tell_master(&record, sizeof record);
}

static void
add_keyless(struct control_keyed *keyed, uint16_t site, bool of_backend)
{
	if (keyed->count < COUNT(keyed->sites)) {
		keyed->sites[keyed->count] = site;
		keyed->of_backend[keyed->count] = of_backend;
	}
	keyed->count++;
}

static bool
have_told(const struct keyclient *client, uint32_t signers)
{
	struct keyclient_stats stats;

	keyclient_stats(client, &stats);
	return signers > 0 && stats.told >= signers;
}

/* A backend chooses the version. */
static bool
lacks_backend_key(const struct site *site)
{
	const uint32_t needs = S2N_PKEY_NEED_TLS13 | S2N_PKEY_NEED_TLS12;
	uint32_t lacks = needs;

	return site->backend_chain != NULL &&
	       (!keyclient_lacks(worker.backend_keys, site->what.backend_spki,
		    needs, &lacks) ||
		   lacks == needs);
}

static void
look_at_keys(void)
{
	struct control_keyed keyed = { .type = CONTROL_KEYED };
	bool of_backends = false;
	uint32_t needs, lacks;

	for (uint16_t i = 0; i < worker.site_count; i++) {
		needs = needs_of(i);
		lacks = needs;
		if (lacks_backend_key(&worker.sites[i])) {
			add_keyless(&keyed, i, true);
			of_backends = true;
		}
		if (worker.sites[i].chain == NULL)
			continue;
		if (keyclient_lacks(
			worker.keys, worker.sites[i].what.spki, needs, &lacks))
			tell_lacks(i, lacks);
		if (lacks == needs && needs != 0)
			add_keyless(&keyed, i, false);
	}
	keyed.whole = have_told(worker.keys, keys.signers) &&
		      (!of_backends ||
			  have_told(worker.backend_keys, keys.backend_signers));
	if (memcmp(&keyed, &keys.last, sizeof keyed) == 0)
		return;
	keys.last = keyed;
	tell_master(&keyed, sizeof keyed);
}

static void
keys_told(void *ctx)
{
	(void)ctx;
	if (keys.sealed)
		look_at_keys();
}

static void
start(const struct control_start *order)
{
	const struct timeval every = { 0, TICK_MS * 1000 };
	struct policy_request ask = { .strictness = order->strictness };
	struct control_confined report = { .type = CONTROL_CONFINED };
	struct event *ticker;

	if (order->debug != 0)
		log_open("frontd-worker", LOG_LEVEL_DEBUG);
	set_limits(order);
	configure_backends();
	lookup_sort(&worker.lookup);
	for (size_t i = 0; i < worker.listener_count; i++)
		listener_configure(&worker.listeners[i], session_hello);
	ticker = event_new(worker.base, -1, EV_PERSIST, tick, &worker);
	worker.more_ticks =
	    event_new(worker.base, -1, 0, tick_sessions, &worker);
	if (ticker == NULL || worker.more_ticks == NULL ||
	    event_add(ticker, &every) != 0)
		exit(EXIT_FAILURE);
	warm_up();
	policy_enter(&frontd_worker_profile, &ask, &report.confinement);
	if (!control_send(worker.control, &report, sizeof report, -1))
		exit(EXIT_FAILURE);
	channel_flush(worker.control);
	ticketing_start(&worker);
	keys.sealed = true;
	look_at_keys(); /* it may have been told before */
}

/* Takes fd. */
static void
take_socket(struct listener *listener, int fd)
{
	struct acceptor *acceptor = malloc(sizeof *acceptor);
	const int yes = 1;

	if (acceptor == NULL)
		exit(EXIT_FAILURE);
	/* What it accepts has it from there. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	*acceptor = (struct acceptor){ .next = listener->acceptors,
		.listener = listener,
		.fd = fd,
		.acceptable = event_new(worker.base, fd, EV_READ | EV_PERSIST,
		    acceptable, acceptor) };
	if (acceptor->acceptable == NULL)
		exit(EXIT_FAILURE);
	listener->acceptors = acceptor;
}

/* Takes fd. */
static void
take_listener(struct slice packet, int fd)
{
	struct listener *listener = &worker.listeners[worker.listener_count];

	if (fd < 0 || worker.listener_count == CONTROL_LISTENERS_MAX)
		exit(EXIT_FAILURE);
	*listener = (struct listener){ .worker = &worker };
	take_kept(packet, &listener->what, sizeof listener->what);
	if (listener->what.trusted_count > CONTROL_NETWORKS_MAX ||
	    listener->what.default_site >= worker.site_count)
		exit(EXIT_FAILURE);
	take_socket(listener, fd);
	worker.listener_count++;
}

/* Takes fd. Nobody would bring it again: without room for it the next worker
 * has to do. */
static void
attach_keys(struct keyclient *client, int fd)
{
	if (fd < 0) {
		log_event(LOG_LEVEL_ERROR, "keys", "reason=descriptors");
		exit(EXIT_FAILURE);
	}
	if (keyclient_attach(client, fd) != 0)
		log_event(LOG_LEVEL_ERROR, "keys", "reason=attach");
}

static void
take_order(struct slice packet, int fd)
{
	static union {
		struct control_part part;
		struct control_staple staple;
		struct control_client_ca client_ca;
		struct control_socket socket;
		struct control_crowd crowd;
		struct control_start start;
		struct control_keys keys;
		struct control_drain drain;
		struct control_ask ask;
	} record;

	switch (control_type(packet)) {
	case CONTROL_SITE:
		take_site(packet);
		return;
	case CONTROL_CHAIN:
		if (control_take(packet, &record.part, sizeof record.part))
			take_chain(&record.part);
		return;
	case CONTROL_BACKEND_CHAIN:
		if (control_take(packet, &record.part, sizeof record.part))
			take_backend_chain(&record.part);
		return;
	case CONTROL_STAPLE:
		if (control_take(packet, &record.staple, sizeof record.staple))
			take_staple(&record.staple);
		return;
	case CONTROL_STAPLE_PART:
		if (control_take(packet, &record.part, sizeof record.part))
			take_staple_part(&record.part);
		return;
	case CONTROL_CLIENT_CA:
		if (control_take(
			packet, &record.client_ca, sizeof record.client_ca) &&
		    !client_ca_told(&worker.client_cas, &record.client_ca))
			exit(EXIT_FAILURE);
		return;
	case CONTROL_CLIENT_CA_PART:
		if (control_take(packet, &record.part, sizeof record.part) &&
		    !client_ca_told_part(&worker.client_cas, &record.part))
			exit(EXIT_FAILURE);
		return;
	case CONTROL_LISTEN:
		take_listener(packet, fd);
		return;
	case CONTROL_SOCKET:
		if (fd < 0 ||
		    !control_take(
			packet, &record.socket, sizeof record.socket) ||
		    record.socket.listener >= worker.listener_count)
			exit(EXIT_FAILURE);
		take_socket(&worker.listeners[record.socket.listener], fd);
		return;
	case CONTROL_KEYS:
		if (control_take(packet, &record.keys, sizeof record.keys))
			keys.signers = record.keys.signers;
		attach_keys(worker.keys, fd);
		return;
	case CONTROL_BACKEND_KEYS:
		if (control_take(packet, &record.keys, sizeof record.keys))
			keys.backend_signers = record.keys.signers;
		attach_keys(worker.backend_keys, fd);
		return;
	case CONTROL_CONNECTOR:
		take_connector(fd);
		return;
	case CONTROL_REPLAY:
		if (fd < 0 || (worker.replay = replay_map(fd)) == NULL)
			exit(EXIT_FAILURE);
		close(fd);
		return;
	case CONTROL_CROWD:
		if (fd < 0 ||
		    !control_take(packet, &record.crowd, sizeof record.crowd) ||
		    (worker.crowd = crowd_map(fd, record.crowd.region)) == NULL)
			exit(EXIT_FAILURE);
		close(fd);
		return;
	case CONTROL_START:
		if (control_take(packet, &record.start, sizeof record.start))
			start(&record.start);
		return;
	case CONTROL_SERVE:
		worker.serving = true;
		watch_listeners();
		return;
	case CONTROL_ASK:
		if (control_take(packet, &record.ask, sizeof record.ask))
			answer(&worker, &record.ask);
		return;
	case CONTROL_DRAIN:
		if (control_take(packet, &record.drain, sizeof record.drain))
			drain(&record.drain);
		return;
	}
}

static void
control_ready(evutil_socket_t fd, short what, void *ctx)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	size_t len;
	int passed;

	(void)fd;
	(void)what;
	(void)ctx;
	while ((event = channel_receive(worker.control, packet, sizeof packet,
		    &len, &passed)) == CHANNEL_PACKET)
		take_order(slice_of(packet, len), passed);
	if (event != CHANNEL_EMPTY) /* the master is gone, and so are we */
		event_base_loopbreak(worker.base);
}

int
main(void)
{
	struct event *readable;

	log_open("frontd-worker", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	/* The filter has no call that locks what comes after the seal. */
	if (setenv("S2N_DONT_MLOCK", "1", 1) != 0 ||
	    s2n_init() != S2N_SUCCESS ||
	    (worker.base = event_base_new()) == NULL ||
	    (worker.keys = keyclient_new(worker.base, KEY_DEADLINE_MS,
		 session_resume, &worker)) == NULL ||
	    (worker.backend_keys = keyclient_new(worker.base, KEY_DEADLINE_MS,
		 session_resume_backend, &worker)) == NULL ||
	    (worker.control = channel_new(SPAWN_CONTROL_FD, ANSWER_QUEUE)) ==
		NULL)
		return EXIT_FAILURE;
	keyclient_when_told(worker.keys, keys_told);
	keyclient_when_told(worker.backend_keys, keys_told);
	readable = event_new(worker.base, SPAWN_CONTROL_FD,
	    EV_READ | EV_PERSIST, control_ready, NULL);
	worker.turn = event_new(worker.base, -1, 0, turn_ended, &worker);
	worker.control_writable = event_new(
	    worker.base, SPAWN_CONTROL_FD, EV_WRITE, control_writable, &worker);
	if (readable == NULL || worker.control_writable == NULL ||
	    worker.turn == NULL || event_add(readable, NULL) != 0)
		return EXIT_FAILURE;
	if (event_base_dispatch(worker.base) != 0)
		return EXIT_FAILURE;
	session_free_all(&worker, "cut");
	answer_at_end(&worker);
	return EXIT_SUCCESS;
}
