/*
 * Sessions; the contract is in session.h.
 */
#include "frontd/session.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "frontd/access.h"
#include "frontd/agreed.h"
#include "frontd/early.h"
#include "frontd/listener.h"
#include "frontd/proxy_accept.h"
#include "frontd/relay.h"

/* After our close_notify, for the client's. */
#define LINGER_MS 2000
/* At the end: for what the client still sends. */
#define DRAIN_MS 500
#define DRAIN_MAX 65536
/* Sessions that one tick frees, and writes a line of each. */
#define TICK_MOST 100

struct session {
	struct session *next, *previous;
	struct listener *listener;
	struct s2n_connection *conn;
	int fd;
	bool drained; /* of its client: read from only when that is told of */
	bool gone;    /* on the worker's list of those to be freed */
	struct session *next_gone;
	struct upstream backend;
	struct control_released release; /* said when that is closed, */
	uint32_t connector_number;       /* if that way is still the one */
	enum session_state state;
	bool counted; /* among its site's connections */
	uint16_t site;
	const struct terms_row *terms; /* the site's, here */
	uint32_t request;
	uint64_t deadline_ms;
	uint64_t free_ms; /* SESSION_ENDING: not before */
	size_t drained_bytes;
	struct event client_in, client_out, backend_in, backend_out;
	struct early early;
	struct relay relay;
	struct sockaddr_storage peer;
	struct sockaddr_storage local; /* that a proxy told; family 0: ask */
	struct proxy_coming *header;   /* that a proxy owes; NULL: none */
	sources_place place;
	uint64_t end_ms;         /* of its life, whatever it does; 0: none */
	struct identity *client; /* NULL: it has shown no certificate */
	struct access_times times;
	uint64_t key_wait_us; /* since when it waits for keyd; 0: it does not */
	char reason[128];
};

static void
log_end(const struct session *session)
{
	const struct listener *listener = session->listener;
	const struct access_line line = { .conn = session->conn,
		.peer = &session->peer,
		.site = control_text(
		    listener->worker->sites[session->site].what.title),
		.policy = session->terms->terms.policy,
		.client = session->client,
		.early = early_word(&session->early, session->conn),
		.end = session->reason,
		.times = &session->times };

	access_log(
	    listener->what.access_log != 0 ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
	    &line);
}

/* ---- counting ---- */

static struct tally_site *
tally_of(const struct session *session)
{
	return &session->listener->worker->sites[session->site].tally;
}

/* Once it is known whose it is, or will never be. */
static void
count_connection(struct session *session)
{
	if (!session->counted)
		tally_of(session)->connections++;
	session->counted = true;
}

static void
count_agreed(struct session *session)
{
	struct tally_all *all = &session->listener->worker->tally;
	struct tally_site *site = tally_of(session);

	site->agreed++;
	if (s2n_connection_is_session_resumed(session->conn) == 1)
		site->resumed++;
	if (session->early.taken)
		site->early++;
	tally_agree(all, agreed_version(session->conn),
	    s2n_connection_get_cipher(session->conn));
	tally_time(&all->handshake,
	    session->times.agreed_us - session->times.began_us);
}

static void
count_end(struct session *session)
{
	enum tally_end end = tally_end_of(session->reason);
	struct tally_site *site = tally_of(session);

	count_connection(session);
	session->listener->worker->tally.ends[end]++;
	if (session->times.agreed_us == 0)
		site->failed++;
	if (end == TALLY_BACKEND)
		site->backend_failed++;
	site->bytes_in += s2n_connection_get_wire_bytes_in(session->conn);
	site->bytes_out += s2n_connection_get_wire_bytes_out(session->conn);
}

static void
end_key_wait(struct session *session)
{
	uint64_t waited;

	if (session->key_wait_us == 0)
		return;
	waited = clock_us() - session->key_wait_us;
	session->key_wait_us = 0;
	session->times.key_us += waited;
	tally_time(&session->listener->worker->tally.key, waited);
}

static const struct site *
site_of(const struct session *session)
{
	return &session->listener->worker->sites[session->site];
}

static struct session **
waiting_place(const struct session *session)
{
	struct worker *worker = session->listener->worker;

	return &worker->waiting[session->request % COUNT(worker->waiting)];
}

static void
wait_for_backend(struct session *session, bool waits)
{
	struct worker *worker = session->listener->worker;
	const uint32_t one = waits ? 1 : UINT32_MAX;

	*waiting_place(session) = waits ? session : NULL;
	worker->sites[site_of(session)->what.backends].waiting += one;
	worker->waiting_count += one;
}

/* For whoever counts connections to choose a backend, if it does. */
static void
release(
    struct worker *worker, const struct control_released *what, uint32_t number)
{
	if (what->backend != CONTROL_UNCOUNTED && worker->connector != NULL &&
	    worker->connector_number == number &&
	    channel_send(worker->connector, slice_of(what, sizeof *what), -1))
		worker_turn(worker);
}

static void
release_backend(const struct session *session)
{
	release(session->listener->worker, &session->release,
	    session->connector_number);
}

static void
session_free(struct session *session)
{
	struct worker *worker = session->listener->worker;

	event_del(&session->client_in);
	event_del(&session->client_out);
	if (session->backend.fd >= 0) {
		event_del(&session->backend_in);
		event_del(&session->backend_out);
		if (session->backend.conn != NULL)
			keyclient_forget(
			    worker->backend_keys, session->backend.conn);
		upstream_close(&session->backend);
		release_backend(session);
	}
	log_end(session);
	count_end(session);
	keyclient_forget(worker->keys, session->conn);
	s2n_connection_free(session->conn);
	close(session->fd);
	identity_free(session->client);
	early_free(&session->early);
	relay_free(&session->relay);
	if (session->next != NULL)
		session->next->previous = session->previous;
	if (session->previous != NULL)
		session->previous->next = session->next;
	else
		worker->sessions = session->next;
	sources_go(worker->sources, session->place);
	free(session);
	worker_session_gone(worker);
}

/* Nothing holds it any more, but whoever has called us: freed when all that
 * happened in this turn of the loop was looked at. */
static void
session_gone(struct session *session)
{
	struct worker *worker = session->listener->worker;

	if (session->gone)
		return;
	session->gone = true;
	session->next_gone = worker->gone;
	worker->gone = session;
	worker_turn(worker);
}

/* True: the client has said all, or far too much. */
static bool
drain(struct session *session)
{
	uint8_t dropped[4096];
	ssize_t got = recv(session->fd, dropped, sizeof dropped, MSG_DONTWAIT);

	if (got > 0)
		session->drained_bytes += (size_t)got;
	if (got < 0 && errno == EAGAIN)
		return false;
	return got <= 0 || session->drained_bytes >= DRAIN_MAX;
}

/*
 * The one way out. What was being sent is given a moment to arrive: what the
 * client still sends is read and dropped, since closing over it would reset the
 * connection and take our alert along. A blinding delay is waited for; the tick
 * then frees the session. A client that has ended, too, has nothing to wait
 * for: closing tells it all.
 */
static void __attribute__((format(printf, 2, 3)))
session_end(struct session *session, const char *format, ...)
{
	uint64_t delay_ms;
	va_list args;

	if (session->state == SESSION_ENDING)
		return;
	va_start(args, format);
	vsnprintf(session->reason, sizeof session->reason, format, args);
	va_end(args);
	if (session->state == SESSION_CONNECTING &&
	    *waiting_place(session) == session)
		wait_for_backend(session, false);
	end_key_wait(session);
	session->state = SESSION_ENDING;
	event_del(&session->client_out);
	if (session->backend.fd >= 0) {
		event_del(&session->backend_in);
		event_del(&session->backend_out);
	}
	delay_ms = s2n_connection_get_delay(session->conn) / 1000000;
	session->free_ms = clock_ms() + delay_ms;
	session->deadline_ms = session->free_ms + DRAIN_MS;
	if (delay_ms == 0 && session->relay.up.source_done && drain(session)) {
		session_gone(session);
		return;
	}
	shutdown(session->fd, SHUT_WR);
	event_add(&session->client_in, NULL);
}

static void
session_drain(struct session *session)
{
	if (session->gone || !drain(session))
		return;
	event_del(&session->client_in);
	session->deadline_ms = session->free_ms;
	if (clock_ms() >= session->free_ms)
		session_gone(session);
}

static void
end_on_tls_error(struct session *session, const char *doing)
{
	session_end(session, "%s: %s", doing, s2n_strerror(s2n_errno, NULL));
}

/* ---- handshake ---- */

int
session_hello(struct s2n_connection *conn, void *ctx)
{
	struct session *session = s2n_connection_get_ctx(conn);

	(void)ctx;
	worker_drop_stale(session->listener->worker);
	session->site =
	    listener_site(session->listener, s2n_get_server_name(conn));
	session->terms = listener_terms(session->listener, session->site);
	count_connection(session);
	if (s2n_connection_set_config(conn, session->terms->config) !=
	    S2N_SUCCESS)
		return -1;
	if (s2n_connection_set_server_max_early_data_size(
		conn, site_of(session)->what.early_data) != S2N_SUCCESS)
		return -1;
	return 1; /* the name, if there is one, was of use */
}

int
session_early_data(
    struct s2n_connection *conn, struct s2n_offered_early_data *offered)
{
	struct session *session = s2n_connection_get_ctx(conn);

	return early_answer(&session->early, session->listener->worker->replay,
		   conn, offered)
		   ? 0
		   : -1;
}

/* A free number in the worker's table of those who wait; 0: none. Sites with
 * the same backends may have as many as are left, so that backends that hang
 * leave room for others. */
static uint32_t
wait_number(struct worker *worker, const struct site *site)
{
	if (worker->sites[site->what.backends].waiting >=
	    COUNT(worker->waiting) - worker->waiting_count)
		return 0;
	for (size_t i = 0; i < COUNT(worker->waiting); i++) {
		uint32_t request = ++worker->next_request;

		if (request != 0 &&
		    worker->waiting[request % COUNT(worker->waiting)] == NULL)
			return request;
	}
	return 0;
}

/* Without frontd-connect, or when that turns out to be gone, it waits for the
 * next one: session_ask_again(). */
static void
send_request(struct session *session)
{
	struct worker *worker = session->listener->worker;
	const struct control_connect ask = { .type = CONTROL_CONNECT,
		.request = session->request,
		.site = site_of(session)->what.backends };

	if (worker->connector == NULL)
		return;
	if (channel_send(worker->connector, slice_of(&ask, sizeof ask), -1))
		worker_turn(worker);
	else
		session_end(session, "backend: too many wait");
}

static void
ask_backend(struct session *session)
{
	struct worker *worker = session->listener->worker;

	session->state = SESSION_CONNECTING;
	session->deadline_ms = clock_ms() + site_of(session)->what.backend_ms;
	session->request = wait_number(worker, site_of(session));
	if (session->request == 0) {
		session_end(session, "backend: too many wait");
		return;
	}
	wait_for_backend(session, true);
	send_request(session);
}

/* Waiting for the client is what client_in is there for all the time, and
 * keyd's answer calls session_resume. */
static void
wait_or_end(struct session *session, s2n_blocked_status blocked)
{
	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		end_on_tls_error(session, "handshake");
	else if (blocked == S2N_BLOCKED_ON_WRITE)
		event_add(&session->client_out, NULL);
	else if (blocked == S2N_BLOCKED_ON_APPLICATION_INPUT &&
		 session->key_wait_us == 0)
		session->key_wait_us = clock_us();
}

/* Whose connection it is, as the proxy says. False when it has ended. */
static bool
take_client(struct session *session)
{
	struct worker *worker = session->listener->worker;
	struct sockaddr_storage peer;

	if (!proxy_accept_take(
		slice_of(session->header->bytes, session->header->len), &peer,
		&session->local)) {
		session_end(session, "proxy: a broken header");
		return false;
	}
	free(session->header);
	session->header = NULL;
	if (peer.ss_family != 0)
		session->peer = peer;
	switch (sources_come(
	    worker->sources, &session->peer, clock_us(), &session->place)) {
	case SOURCES_TAKEN:
		return true;
	case SOURCES_TOO_MANY:
		worker_say_limit(&session->peer, "source-connections");
		break;
	case SOURCES_TOO_FAST:
		worker_say_limit(&session->peer, "source-rate");
		break;
	}
	session_end(session, "limit: too much of one source");
	return false;
}

/* False while it waits, or when it has ended. */
static bool
receive_header(struct session *session)
{
	switch (proxy_accept_read(session->header, session->fd)) {
	case PROXY_ACCEPT_WHOLE:
		return take_client(session);
	case PROXY_ACCEPT_BAD:
		session_end(session, "proxy: no header");
		break;
	case PROXY_ACCEPT_GONE:
		session_end(session, "proxy: it is gone");
		break;
	case PROXY_ACCEPT_MORE:
		break;
	}
	return false;
}

/* The client's early data goes to the backend once the handshake is complete.
 * False while it waits, or when the session has ended. */
static bool
receive_early(struct session *session)
{
	s2n_blocked_status blocked;

	switch (early_receive(&session->early, session->conn, &blocked)) {
	case EARLY_OVER:
		return true;
	case EARLY_WAITS:
		wait_or_end(session, blocked);
		break;
	case EARLY_NO_ROOM:
		session_end(session, "early data: no room");
		break;
	}
	return false;
}

static void
session_handshake(struct session *session)
{
	s2n_blocked_status blocked;

	if (session->header != NULL && !receive_header(session))
		return;
	if (!session->early.over && !receive_early(session))
		return;
	if (s2n_negotiate(session->conn, &blocked) == S2N_SUCCESS) {
		if (!identity_take(session->conn, &session->client)) {
			session_end(session, "out of memory");
			return;
		}
		session->times.agreed_us = clock_us();
		count_agreed(session);
		/* The ClientHello, mostly: a session may be idle for long. */
		s2n_connection_free_handshake(session->conn);
		ask_backend(session);
		return;
	}
	wait_or_end(session, blocked);
}

/* ---- relay ---- */

static void
watch(struct event *event, bool wanted)
{
	if (wanted)
		event_add(event, NULL);
	else
		event_del(event);
}

/* Waiting to write is over with the first time that one can. */
static void
watch_for(struct session *session, unsigned waits)
{
	watch(&session->client_in, (waits & RELAY_CLIENT_READABLE) != 0);
	watch(&session->backend_in, (waits & RELAY_BACKEND_READABLE) != 0);
	if ((waits & RELAY_CLIENT_WRITABLE) != 0)
		event_add(&session->client_out, NULL);
	if ((waits & RELAY_BACKEND_WRITABLE) != 0)
		event_add(&session->backend_out, NULL);
	if ((waits & RELAY_MORE) != 0)
		event_active(&session->client_in, EV_READ, 0);
}

static void
end_on_backend_error(struct session *session)
{
	session_end(session, "backend: %s", upstream_error(&session->backend));
}

static void
session_relay(struct session *session)
{
	unsigned waits;

	switch (relay_turn(
	    &session->relay, session->conn, &session->backend, &waits)) {
	case RELAY_ON:
		session->deadline_ms =
		    clock_ms() +
		    (session->relay.down.told
			    ? LINGER_MS
			    : session->listener->what.idle_timeout_ms);
		watch_for(session, waits);
		break;
	case RELAY_CLOSED:
		session_end(session, "closed");
		break;
	case RELAY_CLIENT_FAILED:
		end_on_tls_error(session, "client");
		break;
	case RELAY_BACKEND_FAILED:
		/* Many servers are gone at once when they are told the end. The
		 * client is not told that theirs was one. */
		if (session->relay.up.told &&
		    s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED)
			session_end(session, "closed by the backend");
		else
			end_on_backend_error(session);
		break;
	case RELAY_NO_MEMORY:
		session_end(session, "out of memory");
		break;
	}
}

/* ---- backend ---- */

/* What came early goes up first. */
static void
start_relay(struct session *session)
{
	struct early *early = &session->early;

	session->state = SESSION_RELAY;
	if (!relay_put_up(&session->relay, slice_of(early->data, early->len))) {
		session_end(session, "out of memory");
		return;
	}
	early_free(early);
	session_relay(session);
}

static void
session_secure(struct session *session)
{
	enum upstream_wait wait;

	if (upstream_negotiate(&session->backend, &wait) == 0)
		start_relay(session);
	else if (wait == UPSTREAM_FAILED)
		end_on_backend_error(session);
	else if (wait == UPSTREAM_WRITABLE)
		event_add(&session->backend_out, NULL);
}

static void
start_tls(struct session *session, const struct site *site)
{
	const char *protocol = s2n_get_application_protocol(session->conn);

	session->state = SESSION_SECURING;
	session->deadline_ms = clock_ms() + site->what.backend_ms;
	if (!upstream_secure(&session->backend, site->backend_config,
		control_text(site->what.backend_name), protocol, session)) {
		session_end(session, "out of memory");
		return;
	}
	event_add(&session->backend_in, NULL);
	session_secure(session);
}

/* Who the client is, for the backend. */
static void
write_header(struct session *session, struct writer *header)
{
	struct sockaddr_storage local = session->local;
	socklen_t len = sizeof local;
	struct proxy_info info;

	if (local.ss_family == 0)
		getsockname(session->fd, (struct sockaddr *)&local, &len);
	if (site_of(session)->what.proxy == 1) {
		proxy_write_v1(header, &session->peer, &local);
	} else {
		agreed_tell(session->conn, session->terms->terms.policy, &info);
		identity_tell(session->client, &info);
		proxy_write(header, &info, &session->peer, &local);
	}
}

/* A header is plaintext, also before TLS: a new socket has room for it. */
static bool
send_header(struct session *session, struct slice header)
{
	enum upstream_wait wait;
	ssize_t sent = upstream_send(&session->backend, header, &wait);

	return sent >= 0 && (size_t)sent == header.len;
}

/* False when it has ended. */
static bool
introduce(struct session *session, bool plaintext)
{
	struct writer header;
	struct slice bytes;

	writer_init(&header, PROXY_HEADER_MAX);
	write_header(session, &header);
	if (!writer_result(&header, &bytes))
		session_end(session, "backend: the certificate is too large");
	else if (plaintext && !relay_put_up(&session->relay, bytes))
		session_end(session, "out of memory");
	else if (!plaintext && !send_header(session, bytes))
		session_end(session, "backend: it takes no header");
	writer_free(&header);
	return session->state != SESSION_ENDING;
}

/* The backend is connected. */
static void
start_backend(struct session *session)
{
	const struct site *site = site_of(session);

	if (site->what.proxy != 0 &&
	    !introduce(session, site->backend_config == NULL))
		return;
	identity_drop_certificate(session->client);
	if (site->backend_config != NULL)
		start_tls(session, site);
	else
		start_relay(session);
}

/* ---- events ---- */

/* Who waits has no buffers. They are not given back by each call, since a turn
 * has many. */
static void
rest(struct session *session)
{
	(void)!s2n_connection_release_buffers(session->conn);
	upstream_rest(&session->backend);
}

static void
session_run(struct session *session)
{
	switch (session->state) {
	case SESSION_HANDSHAKE:
		session_handshake(session);
		break;
	case SESSION_CONNECTING:
		break; /* session_connected() goes on */
	case SESSION_SECURING:
		session_secure(session);
		break;
	case SESSION_RELAY:
		session_relay(session);
		break;
	case SESSION_ENDING:
		session_drain(session);
		break;
	}
	rest(session);
}

static void
socket_ready(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	session_run(ctx);
}

/* Only the backend's. */
static void
backend_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct session *session = ctx;

	(void)fd;
	(void)what;
	session->backend.drained = false;
	session_run(session);
}

/* For libtls. A socket that gave less than it was asked for has no more, which
 * is known then without asking again; the loop tells when it has. */
static int
client_receive(void *ctx, uint8_t *out, uint32_t room)
{
	struct session *session = ctx;
	ssize_t got;

	if (session->drained) {
		errno = EAGAIN;
		return -1;
	}
	got = recv(session->fd, out, room, MSG_DONTWAIT);
	session->drained = got > 0 ? (size_t)got < room : got < 0;
	return (int)got;
}

/* Mostly it waits for an answer meanwhile: only one that does not is no longer
 * looked at, until the backend is there. */
static void
client_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct session *session = ctx;

	(void)fd;
	(void)what;
	session->drained = false;
	if (session->state == SESSION_CONNECTING ||
	    session->state == SESSION_SECURING)
		event_del(&session->client_in);
	else
		session_run(session);
}

/* Takes fd, and header, which may be NULL. */
static void
start(struct listener *listener, int fd, const struct sockaddr_storage *peer,
    sources_place place, struct proxy_coming *header)
{
	struct worker *worker = listener->worker;
	struct session *session = calloc(1, sizeof *session);
	const struct terms_row *terms =
	    listener_terms(listener, listener->what.default_site);

	if (session == NULL ||
	    (session->conn = s2n_connection_new(S2N_SERVER)) == NULL ||
	    s2n_connection_set_config(session->conn, terms->config) != 0 ||
	    s2n_connection_set_write_fd(session->conn, fd) != 0 ||
	    s2n_connection_set_recv_cb(session->conn, client_receive) != 0 ||
	    s2n_connection_set_recv_ctx(session->conn, session) != 0 ||
	    s2n_connection_set_blinding(
		session->conn, S2N_SELF_SERVICE_BLINDING) != 0 ||
	    s2n_connection_set_recv_buffering(session->conn, true) != 0 ||
	    s2n_connection_prefer_throughput(session->conn) != 0) {
		if (session != NULL && session->conn != NULL)
			s2n_connection_free(session->conn);
		free(session);
		free(header);
		close(fd);
		sources_go(worker->sources, place);
		return;
	}
	access_begin(&session->times);
	session->listener = listener;
	session->fd = fd;
	session->backend.fd = -1;
	session->peer = *peer;
	session->place = place;
	session->header = header;
	if (listener->what.lifetime_ms != 0)
		session->end_ms = clock_ms() + listener->what.lifetime_ms;
	session->site = listener->what.default_site;
	session->early.over = worker->replay == NULL;
	session->terms = terms;
	session->deadline_ms = clock_ms() + listener->what.handshake_timeout_ms;
	s2n_connection_set_ctx(session->conn, session);
	event_assign(&session->client_in, worker->base, fd,
	    EV_READ | EV_PERSIST, client_ready, session);
	event_assign(&session->client_out, worker->base, fd, EV_WRITE,
	    socket_ready, session);
	event_add(&session->client_in, NULL);
	session->next = worker->sessions;
	if (session->next != NULL)
		session->next->previous = session;
	worker->sessions = session;
	worker->session_count++;
	/* The handshake begins, and has its memory, when there is something to
	 * read: who only connects costs little. */
}

void
session_start(struct listener *listener, int fd,
    const struct sockaddr_storage *peer, sources_place place)
{
	start(listener, fd, peer, place, NULL);
}

void
session_start_proxied(
    struct listener *listener, int fd, const struct sockaddr_storage *proxy)
{
	struct proxy_coming *header = calloc(1, sizeof *header);

	if (header != NULL)
		start(listener, fd, proxy, SOURCES_NOWHERE, header);
	else
		close(fd);
}

void
session_resume(struct s2n_connection *conn, void *worker)
{
	struct session *session = s2n_connection_get_ctx(conn);

	(void)worker;
	end_key_wait(session);
	session_run(session);
}

void
session_resume_backend(struct s2n_connection *conn, void *worker)
{
	(void)worker;
	session_run(s2n_connection_get_ctx(conn));
}

void
session_connected(
    struct worker *worker, const struct control_connected *answer, int fd)
{
	struct session *session =
	    worker->waiting[answer->request % COUNT(worker->waiting)];
	const struct control_released released = { .type = CONTROL_RELEASED,
		.site = answer->site,
		.backend = answer->backend };

	if (session == NULL || session->request != answer->request) {
		if (answer->error != 0)
			return;
		if (fd >= 0)
			close(fd); /* it has ended meanwhile */
		release(worker, &released, worker->connector_number);
		return;
	}
	wait_for_backend(session, false);
	if (fd < 0 && answer->error == 0) { /* we had no room for it */
		session_end(session, "backend: no descriptor left");
		release(worker, &released, worker->connector_number);
		return;
	}
	if (fd < 0) {
		session_end(session, "backend: %s", strerror(answer->error));
		return;
	}
	session->backend.fd = fd;
	session->backend.drained = true;
	session->release = released;
	session->connector_number = worker->connector_number;
	event_assign(&session->backend_in, worker->base, fd,
	    EV_READ | EV_PERSIST, backend_ready, session);
	event_assign(&session->backend_out, worker->base, fd, EV_WRITE,
	    socket_ready, session);
	start_backend(session);
	rest(session);
}

void
session_ask_again(struct worker *worker)
{
	for (size_t i = 0; i < COUNT(worker->waiting); i++)
		if (worker->waiting[i] != NULL)
			send_request(worker->waiting[i]);
}

bool
session_tick(struct worker *worker)
{
	static const char *const waits[SESSION_STATES] = { [SESSION_HANDSHAKE] =
							       "handshake",
		[SESSION_CONNECTING] = "backend",
		[SESSION_SECURING] = "backend",
		[SESSION_RELAY] = "idle",
		[SESSION_ENDING] = "end" };
	uint64_t now = clock_ms();
	struct session *session, *next;
	unsigned freed = 0;

	for (session = worker->sessions; session != NULL && freed < TICK_MOST;
	     session = next) {
		next = session->next;
		if (session->end_ms != 0 && now >= session->end_ms)
			session_end(session, "lifetime timeout");
		if (now < session->deadline_ms || session->gone)
			continue;
		session_end(session, "%s timeout", waits[session->state]);
		session_gone(session);
		freed++;
	}
	return freed == TICK_MOST;
}

void
session_free_gone(struct worker *worker)
{
	struct session *session;

	while ((session = worker->gone) != NULL) {
		worker->gone = session->next_gone;
		session_free(session);
	}
}

void
session_end_all(struct worker *worker, const char *reason)
{
	for (struct session *session = worker->sessions; session != NULL;
	     session = session->next)
		session_end(session, "%s", reason);
}

const struct session *
session_next(const struct session *session)
{
	return session->next;
}

uint16_t
session_site(const struct session *session)
{
	return session->site;
}

void
session_tell(const struct session *session, struct control_row *row)
{
	struct s2n_connection *conn = session->conn;
	const char *name = s2n_get_server_name(conn);

	*row = (struct control_row){ .site = session->site,
		.state = (uint16_t)session->state,
		.age_ms = (clock_us() - session->times.began_us) / 1000,
		.bytes_in = s2n_connection_get_wire_bytes_in(conn),
		.bytes_out = s2n_connection_get_wire_bytes_out(conn) };
	access_peer(&session->peer, row->peer, sizeof row->peer);
	snprintf(row->name, sizeof row->name, "%s", name != NULL ? name : "");
	if (session->times.agreed_us == 0)
		return;
	snprintf(row->version, sizeof row->version, "%s", agreed_version(conn));
	snprintf(row->suite, sizeof row->suite, "%s",
	    s2n_connection_get_cipher(conn));
}

void
session_free_all(struct worker *worker, const char *reason)
{
	session_end_all(worker, reason);
	worker->gone = NULL;
	while (worker->sessions != NULL)
		session_free(worker->sessions);
}
