/*
 * frontd-page: the demo origin. Serves one page over a Unix socket to
 * frontd-worker, whose PROXY header tells what TLS agreed on, and shows with it
 * the processes that the master reports.
 *
 * evhttp accepts and speaks HTTP. The header is taken off the front of each
 * connection's input before evhttp sees it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "base/log.h"
#include "frontd/control.h"
#include "frontd/page.h"
#include "ipc/spawn.h"
#include "policy/profiles.h"

#define LISTENING_FD SPAWN_FIRST_FD
#define CONNECTIONS_MAX 1024
/* From accept to the end of the first request's headers. */
#define REQUEST_SECONDS 10
#define IDLE_SECONDS 60
#define REQUEST_HEADERS_MAX 16384
#define REQUEST_BODY_MAX 4096

struct connection {
	struct bufferevent *stream; /* we hold a reference; NULL: free */
	struct event tick;          /* once a second, until the first request */
	unsigned seconds;
	uint8_t fixed[PROXY_FIXED];
	uint8_t *header; /* all of it, once the fixed part is here */
	size_t got, whole;
	bool known, refused;
	struct proxy_info tls;
};

static struct connection connections[CONNECTIONS_MAX];
static size_t connection_count;
static struct control_processes processes;
static struct event_base *base;
static struct evconnlistener *listener;
static struct channel *control;
static char content_policy[PAGE_POLICY_MAX];

static void input_grew(
    struct evbuffer *, const struct evbuffer_cb_info *, void *);

/* ---- connections: from accept to the first request ---- */

static void
connection_free(struct connection *connection)
{
	event_del(&connection->tick);
	evbuffer_remove_cb(
	    bufferevent_get_input(connection->stream), input_grew, connection);
	bufferevent_decref(connection->stream);
	connection->stream = NULL;
	free(connection->header);
	connection->header = NULL;
	if (connection_count-- == CONNECTIONS_MAX)
		evconnlistener_enable(listener);
}

/* evhttp sees the end of the stream and closes; nothing more is read. */
static void
connection_refuse(struct connection *connection, const char *reason)
{
	if (!connection->refused)
		log_event(LOG_LEVEL_WARN, "proxy", "reason=%s", reason);
	connection->refused = true;
	shutdown(bufferevent_getfd(connection->stream), SHUT_RDWR);
}

/*
 * Until the first request evhttp does not tell when it closes; but then it
 * takes its callbacks away. The descriptor stays ours until that was seen, so
 * shutdown() above never meets another's.
 */
static void
connection_ticks(evutil_socket_t fd, short what, void *ctx)
{
	struct connection *connection = ctx;
	bufferevent_data_cb reading;

	(void)fd;
	(void)what;
	bufferevent_getcb(connection->stream, &reading, NULL, NULL, NULL);
	if (reading != NULL) {
		if (++connection->seconds == REQUEST_SECONDS)
			connection_refuse(connection, "late");
		return;
	}
	if (!connection->known && !connection->refused)
		log_event(LOG_LEVEL_WARN, "proxy", "reason=none");
	connection_free(connection);
}

/* Moves bytes from the input into the header, up to a length of goal. */
static bool
header_reaches(
    struct connection *connection, struct evbuffer *input, size_t goal)
{
	uint8_t *to =
	    connection->header != NULL ? connection->header : connection->fixed;
	int moved = evbuffer_remove(
	    input, to + connection->got, goal - connection->got);

	if (moved > 0)
		connection->got += (size_t)moved;
	return connection->got == goal;
}

static void
header_take(struct connection *connection, struct evbuffer *input)
{
	if (connection->header == NULL) {
		if (!header_reaches(connection, input, PROXY_FIXED))
			return;
		connection->whole = proxy_length(connection->fixed);
		if (connection->whole == 0 ||
		    (connection->header = malloc(connection->whole)) == NULL) {
			connection_refuse(connection, "not-a-header");
			return;
		}
		memcpy(connection->header, connection->fixed, PROXY_FIXED);
	}
	if (!header_reaches(connection, input, connection->whole))
		return;
	connection->known = proxy_parse(
	    slice_of(connection->header, connection->whole), &connection->tls);
	connection->tls.certificate = NO_BYTES; /* it goes with the header */
	free(connection->header);
	connection->header = NULL;
	if (!connection->known)
		connection_refuse(connection, "broken");
}

/* Bytes have come, and evhttp is not told before this returns. */
static void
input_grew(
    struct evbuffer *input, const struct evbuffer_cb_info *info, void *ctx)
{
	struct connection *connection = ctx;

	if (info->n_added == 0 || connection->known)
		return;
	if (!connection->refused)
		header_take(connection, input);
	if (connection->refused)
		evbuffer_drain(input, evbuffer_get_length(input));
}

/* What evhttp asks for when it has accepted; it sets the descriptor itself. */
static struct bufferevent *
connection_new(struct event_base *loop, void *ctx)
{
	const struct timeval second = { 1, 0 };
	struct connection *connection = connections;
	struct evbuffer *input;

	(void)ctx;
	while (connection->stream != NULL)
		connection++; /* one is free, or nothing would be accepted */
	*connection =
	    (struct connection){ .stream = bufferevent_socket_new(
				     loop, -1, BEV_OPT_CLOSE_ON_FREE) };
	if (connection->stream == NULL)
		exit(EXIT_FAILURE);
	input = bufferevent_get_input(connection->stream);
	if (evbuffer_add_cb(input, input_grew, connection) == NULL ||
	    event_assign(&connection->tick, loop, -1, EV_PERSIST,
		connection_ticks, connection) != 0 ||
	    event_add(&connection->tick, &second) != 0)
		exit(EXIT_FAILURE);
	bufferevent_incref(connection->stream);
	if (++connection_count == CONNECTIONS_MAX)
		evconnlistener_disable(listener);
	return connection->stream;
}

static struct connection *
connection_of(struct evhttp_connection *http)
{
	struct bufferevent *stream = evhttp_connection_get_bufferevent(http);

	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (connections[i].stream == stream)
			return &connections[i];
	return NULL;
}

static void
http_closed(struct evhttp_connection *http, void *ctx)
{
	evhttp_connection_set_closecb(http, NULL, NULL);
	connection_free(ctx);
}

/* ---- requests ---- */

static void
reply(struct evhttp_request *request, int code, const char *reason,
    const char *type, struct slice body)
{
	const char *const added[][2] = {
		{ "Cache-Control", "no-store" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Content-Security-Policy", content_policy },
		{ "Content-Type", type },
	};
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	char length[24];

	for (size_t i = 0; i < COUNT(added); i++)
		evhttp_add_header(headers, added[i][0], added[i][1]);
	snprintf(length, sizeof length, "%zu", body.len);
	evhttp_add_header(headers, "Content-Length", length);
	/* evhttp would send the body of an answer to HEAD. */
	if (evhttp_request_get_command(request) != EVHTTP_REQ_HEAD)
		evbuffer_add(evhttp_request_get_output_buffer(request),
		    body.data, body.len);
	evhttp_send_reply(request, code, reason, NULL);
}

static void
reply_text(struct evhttp_request *request, int code, const char *reason)
{
	reply(request, code, reason, "text/plain; charset=utf-8",
	    slice_of_string(reason));
}

struct resource {
	const char *path, *type;
	void (*put)(struct writer *, const struct page_facts *);
};

static const struct resource resources[] = {
	{ "/", "text/html; charset=utf-8", page_html },
	{ "/status.json", "application/json", page_json },
};

static void
reply_resource(struct evhttp_request *request, const struct resource *resource,
    const struct proxy_info *tls)
{
	const struct page_facts facts = { tls, processes.processes,
		processes.count };
	struct writer out;
	struct slice body;

	writer_init(&out, PAGE_MAX);
	resource->put(&out, &facts);
	if (writer_result(&out, &body)) {
		reply(request, HTTP_OK, "OK", resource->type, body);
	} else {
		log_event(LOG_LEVEL_ERROR, "page", "reason=too-long");
		reply_text(request, HTTP_INTERNAL, "Internal Server Error");
	}
	writer_free(&out);
}

static void
answer(struct evhttp_request *request, const struct proxy_info *tls)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
	enum evhttp_cmd_type method = evhttp_request_get_command(request);

	for (size_t i = 0; path != NULL && i < COUNT(resources); i++) {
		if (strcmp(path, resources[i].path) != 0)
			continue;
		if (method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD) {
			reply_resource(request, &resources[i], tls);
			return;
		}
		evhttp_add_header(evhttp_request_get_output_headers(request),
		    "Allow", "GET, HEAD");
		reply_text(request, HTTP_BADMETHOD, "Method Not Allowed");
		return;
	}
	reply_text(request, HTTP_NOTFOUND, "Not Found");
}

static void
requested(struct evhttp_request *request, void *ctx)
{
	struct evhttp_connection *http = evhttp_request_get_connection(request);
	struct connection *connection = connection_of(http);

	(void)ctx;
	if (connection == NULL || !connection->known) {
		/* Not reached: without a header evhttp has seen no byte. */
		reply_text(request, HTTP_BADREQUEST, "Bad Request");
		return;
	}
	event_del(&connection->tick);
	evhttp_connection_set_closecb(http, http_closed, connection);
	answer(request, &connection->tls);
}

/* ---- the master ---- */

static void
serve(void)
{
	struct evhttp *http;

	listener = evconnlistener_new(
	    base, NULL, NULL, LEV_OPT_CLOSE_ON_EXEC, 0, LISTENING_FD);
	if (listener == NULL || (http = evhttp_new(base)) == NULL ||
	    evhttp_bind_listener(http, listener) == NULL ||
	    !page_policy(content_policy))
		exit(EXIT_FAILURE);
	evhttp_set_bevcb(http, connection_new, NULL);
	evhttp_set_gencb(http, requested, NULL);
	evhttp_set_timeout(http, IDLE_SECONDS);
	evhttp_set_max_headers_size(http, REQUEST_HEADERS_MAX);
	evhttp_set_max_body_size(http, REQUEST_BODY_MAX);
	/* All that it knows: a wrong one is told 405 and what is allowed. */
	evhttp_set_allowed_methods(
	    http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
		      EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
		      EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
}

static void
seal(const struct control_start *order)
{
	struct policy_request ask = { .strictness = order->strictness };
	struct control_confined report = { .type = CONTROL_CONFINED };

	policy_enter(&frontd_page_profile, &ask, &report.confinement);
	if (!control_send(control, &report, sizeof report, -1))
		exit(EXIT_FAILURE);
	channel_flush(control);
}

static void
take_order(struct slice packet)
{
	static struct control_processes fresh;
	struct control_start start;

	switch (control_type(packet)) {
	case CONTROL_PROCESSES:
		if (!control_take(packet, &fresh, sizeof fresh) ||
		    fresh.count > CONTROL_PROCESSES_MAX)
			break;
		processes = fresh;
		for (size_t i = 0; i < CONTROL_PROCESSES_MAX; i++)
			processes.processes[i].name[KEYPROTO_NAME - 1] = '\0';
		break;
	case CONTROL_START:
		if (listener != NULL ||
		    !control_take(packet, &start, sizeof start))
			break;
		serve();
		seal(&start);
		break;
	}
}

static void
control_ready(evutil_socket_t fd, short what, void *ctx)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	size_t len;

	(void)fd;
	(void)what;
	(void)ctx;
	while ((event = channel_receive(control, packet, sizeof packet, &len,
		    NULL)) == CHANNEL_PACKET)
		take_order(slice_of(packet, len));
	if (event != CHANNEL_EMPTY)
		exit(EXIT_SUCCESS); /* the master is gone, and so are we */
}

static void
libevent_says(int severity, const char *text)
{
	char escaped[256];

	log_event(severity >= EVENT_LOG_WARN ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG,
	    "libevent", "text=\"%s\"",
	    log_escaped(slice_of_string(text), escaped, sizeof escaped));
}

int
main(void)
{
	struct event *readable;

	log_open("frontd-page", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	event_set_log_callback(libevent_says);
	if ((base = event_base_new()) == NULL ||
	    (control = channel_new(SPAWN_CONTROL_FD, 16)) == NULL)
		return EXIT_FAILURE;
	readable = event_new(
	    base, SPAWN_CONTROL_FD, EV_READ | EV_PERSIST, control_ready, NULL);
	if (readable == NULL || event_add(readable, NULL) != 0)
		return EXIT_FAILURE;
	event_base_dispatch(base);
	return EXIT_FAILURE;
}
