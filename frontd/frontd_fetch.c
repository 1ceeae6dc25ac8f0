/*
 * frontd-fetch: asks OCSP responders over HTTP, and name servers for the
 * addresses of backends. It looks up names, connects, and passes on what comes,
 * of which it understands nothing: what a response is worth, frontd-prove says.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/util.h>

#include "base/log.h"
#include "frontd/control.h"
#include "frontd/staple.h"
#include "ipc/spawn.h"
#include "policy/profiles.h"

/* As many as the master asks for at one time. */
#define JOBS 16
/* From the request to the last byte, whatever is tried. */
#define TIMEOUT_S 15
/* For one of several addresses. */
#define ADDRESS_TIMEOUT_S 5
#define HEADERS_MAX 16384
#define ADDRESSES 4
#define QUEUE_MAX 1024
#define OK 200
/* Likewise, names; and for one name server to answer. */
#define LOOKUPS 64
#define SERVER_TIMEOUT "2"

#define ORDER_MAX                                                              \
	(sizeof(struct control_fetch) + CONTROL_HOST_MAX +                     \
	    CONTROL_TARGET_MAX + CONTROL_FETCH_BODY_MAX)

struct job {
	struct control_fetch what; /* its request is 0: free */
	uint8_t order[ORDER_MAX];  /* that it was told in */
	struct evutil_addrinfo *addresses, *address;
	struct evdns_getaddrinfo_request *lookup;
	struct evhttp_connection *connection;
	struct event *timeout, *next;
	unsigned tried;
	/* Of the answer. */
	enum control_fetch_error error;
	uint32_t status;
	uint8_t body[STAPLE_SIZE_MAX];
	uint32_t size;
	bool answered; /* somebody was there, so that no other is asked */
};

/* A name whose addresses are asked for, of both families. */
struct lookup {
	struct control_resolved answer; /* its request is 0: free */
	unsigned awaited;               /* answers */
};

static struct event_base *base;
static struct evdns_base *names;
static struct channel *control;
static struct event *writable;
static struct job jobs[JOBS];
static struct lookup lookups[LOOKUPS];
static bool started;

/* ---- the master ---- */

static void
flush(void)
{
	(void)channel_flush(control);
	if (channel_waiting(control))
		event_add(writable, NULL);
}

static void
send_record(const void *record, size_t size)
{
	if (!control_send(control, record, size, -1))
		exit(EXIT_FAILURE);
}

static void
answer(const struct job *job)
{
	const struct control_fetched record = { .type = CONTROL_FETCHED,
		.request = job->what.request,
		.error = job->error,
		.status = job->status,
		.size = job->error == FETCH_DONE ? job->size : 0 };

	struct control_part part = { .type = CONTROL_PART,
		.number = record.request };
	struct slice body = slice_of(job->body, record.size);

	send_record(&record, sizeof record);
	while (control_part_next(&part, &body))
		send_record(&part, sizeof part);
	flush();
}

/* ---- one request ---- */

static void
close_connection(struct job *job)
{
	if (job->connection != NULL)
		evhttp_connection_free(job->connection);
	job->connection = NULL;
}

static void
finish(struct job *job, enum control_fetch_error error)
{
	job->error = error;
	event_del(job->timeout);
	event_del(job->next);
	if (job->lookup != NULL)
		evdns_getaddrinfo_cancel(job->lookup);
	job->lookup = NULL;
	close_connection(job);
	if (job->addresses != NULL)
		evutil_freeaddrinfo(job->addresses);
	job->addresses = job->address = NULL;
	answer(job);
	job->what.request = 0;
}

static void
timed_out(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	finish(ctx, FETCH_TIMEOUT);
}

/* libevent's connection is not to be freed by its own callback. */
static void
later(struct job *job)
{
	event_active(job->next, EV_TIMEOUT, 1);
}

static void
failed(enum evhttp_request_error error, void *ctx)
{
	struct job *job = ctx;

	if (error == EVREQ_HTTP_DATA_TOO_LONG) {
		job->error = FETCH_TOO_LONG;
		job->answered = true;
	} else if (error == EVREQ_HTTP_EOF) {
		job->error = FETCH_BROKEN; /* another address may be better */
	} else if (error == EVREQ_HTTP_INVALID_HEADER ||
		   error == EVREQ_HTTP_BUFFER_ERROR) {
		job->error = FETCH_BROKEN;
		job->answered = true;
	}
}

static void
responded(struct evhttp_request *request, void *ctx)
{
	struct job *job = ctx;
	struct evbuffer *body;
	int status =
	    request != NULL ? evhttp_request_get_response_code(request) : 0;

	later(job);
	if (status == 0)
		return; /* failed() has said why, or nobody was there */
	job->answered = true;
	job->status = (uint32_t)status;
	body = evhttp_request_get_input_buffer(request);
	job->error = FETCH_DONE;
	if (status != OK)
		job->error = FETCH_STATUS;
	else if (evbuffer_get_length(body) > sizeof job->body)
		job->error = FETCH_TOO_LONG;
	else if (evbuffer_get_length(body) == 0)
		job->error = FETCH_BROKEN;
	else
		job->size = (uint32_t)evbuffer_remove(
		    body, job->body, sizeof job->body);
}

static bool
add_headers(struct evhttp_request *request, const struct control_fetch *what)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	const char *name = control_text(what->host);
	bool bare = strchr(name, ':') != NULL; /* IPv6 */
	char host[CONTROL_HOST_MAX + sizeof "[]:65535"];

	snprintf(host, sizeof host, bare ? "[%s]" : "%s", name);
	if (what->port != 80)
		snprintf(host + strlen(host), sizeof host - strlen(host), ":%u",
		    what->port);
	return evhttp_add_header(headers, "Host", host) == 0 &&
	       evhttp_add_header(headers, "Connection", "close") == 0 &&
	       (what->body.len == 0 ||
		   evhttp_add_header(headers, "Content-Type",
		       "application/ocsp-request") == 0);
}

/* A numeric address as text. */
static bool
print_address(const struct sockaddr *address, char *out, size_t room)
{
	const void *bytes;

	if (address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)(const void *)address)
			     ->sin_addr;
	else if (address->sa_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)(const void *)address)
			     ->sin6_addr;
	else
		return false;
	return inet_ntop(address->sa_family, bytes, out, (socklen_t)room) !=
	       NULL;
}

/* False: not even begun. */
static bool
ask(struct job *job, const struct sockaddr *address)
{
	struct evhttp_request *request;
	char host[INET6_ADDRSTRLEN];

	close_connection(job);
	if (!print_address(address, host, sizeof host) ||
	    (job->connection = evhttp_connection_base_new(
		 base, names, host, job->what.port)) == NULL)
		return false;
	evhttp_connection_set_max_headers_size(job->connection, HEADERS_MAX);
	evhttp_connection_set_max_body_size(job->connection, sizeof job->body);
	if (job->address->ai_next != NULL)
		evhttp_connection_set_timeout(
		    job->connection, ADDRESS_TIMEOUT_S);
	if ((request = evhttp_request_new(responded, job)) == NULL)
		return false;
	evhttp_request_set_error_cb(request, failed);
	if (!add_headers(request, &job->what) ||
	    evbuffer_add(evhttp_request_get_output_buffer(request),
		job->what.body.data, job->what.body.len) != 0) {
		evhttp_request_free(request);
		return false;
	}
	/* From here on it is the connection's. */
	return evhttp_make_request(job->connection, request,
		   job->what.body.len > 0 ? EVHTTP_REQ_POST : EVHTTP_REQ_GET,
		   control_text(job->what.target)) == 0;
}

/* The next address, unless somebody was there. */
static void
go_on(evutil_socket_t fd, short what, void *ctx)
{
	struct job *job = ctx;

	(void)fd;
	(void)what;
	if (job->answered) {
		finish(job, job->error);
		return;
	}
	if (job->tried > 0 && job->address != NULL)
		job->address = job->address->ai_next;
	while (job->address != NULL && job->tried++ < ADDRESSES) {
		if (ask(job, job->address->ai_addr))
			return;
		job->address = job->address->ai_next;
	}
	finish(job, job->error);
}

static void
looked_up(int error, struct evutil_addrinfo *found, void *ctx)
{
	struct job *job = ctx;

	if (error == EVUTIL_EAI_CANCEL)
		return; /* the job is another's by now */
	job->lookup = NULL;
	if (error != 0 || found == NULL) {
		job->answered = true; /* that there is nobody to ask */
		job->error = FETCH_NAME;
	} else {
		job->addresses = job->address = found;
	}
	later(job);
}

static void
fetch(struct slice packet)
{
	const struct timeval limit = { TIMEOUT_S, 0 };
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP };
	struct job *job = jobs;

	while (job < jobs + JOBS && job->what.request != 0)
		job++;
	if (job == jobs + JOBS || packet.len > sizeof job->order)
		exit(EXIT_FAILURE);
	memcpy(job->order, packet.data, packet.len);
	if (!control_take(slice_of(job->order, packet.len), &job->what,
		sizeof job->what) ||
	    job->what.request == 0)
		exit(EXIT_FAILURE);
	job->answered = false;
	job->status = job->size = 0;
	job->tried = 0;
	job->error = FETCH_CONNECT;
	event_add(job->timeout, &limit);
	/* It may call back before it returns, and has nothing to cancel then.
	 */
	job->lookup = evdns_getaddrinfo(
	    names, control_text(job->what.host), NULL, &hints, looked_up, job);
}

/* ---- addresses of a name ---- */

static enum control_resolve_error
resolve_error(int result, int count)
{
	if (result == DNS_ERR_NOTEXIST || result == DNS_ERR_NODATA ||
	    (result == DNS_ERR_NONE && count <= 0))
		return RESOLVE_NONE;
	return result == DNS_ERR_NONE ? RESOLVE_DONE : RESOLVE_FAILED;
}

static void
take_addresses(struct control_resolved *answer, uint8_t family,
    const uint8_t *bytes, int count)
{
	size_t size = family == AF_INET ? sizeof(struct in_addr)
					: sizeof(struct in6_addr);

	for (int i = 0; i < count && answer->count < COUNT(answer->at); i++) {
		struct control_address *to = &answer->at[answer->count++];

		to->family = family;
		memcpy(to->bytes, bytes + (size_t)i * size, size);
	}
}

static void
half_resolved(struct lookup *lookup)
{
	if (--lookup->awaited > 0)
		return;
	send_record(&lookup->answer, sizeof lookup->answer);
	flush();
	lookup->answer.request = 0;
}

static void
found(struct lookup *lookup, uint8_t family, int result, int count, int ttl,
    const void *addresses)
{
	struct control_resolved *answer = &lookup->answer;
	enum control_resolve_error error = resolve_error(result, count);

	if (family == AF_INET)
		answer->error_v4 = error;
	else
		answer->error_v6 = error;
	if (error == RESOLVE_DONE) {
		take_addresses(answer, family, addresses, count);
		if (ttl >= 0 && (uint32_t)ttl < answer->ttl_s)
			answer->ttl_s = (uint32_t)ttl;
	}
	half_resolved(lookup);
}

static void
found_v4(
    int result, char type, int count, int ttl, void *addresses, void *lookup)
{
	(void)type;
	found(lookup, AF_INET, result, count, ttl, addresses);
}

static void
found_v6(
    int result, char type, int count, int ttl, void *addresses, void *lookup)
{
	(void)type;
	found(lookup, AF_INET6, result, count, ttl, addresses);
}

static void
resolve(const struct control_resolve *what)
{
	const char *name = control_text(what->name);
	struct lookup *lookup = lookups;

	while (lookup < lookups + LOOKUPS && lookup->answer.request != 0)
		lookup++;
	if (lookup == lookups + LOOKUPS || what->request == 0)
		exit(EXIT_FAILURE);
	lookup->answer = (struct control_resolved){ .type = CONTROL_RESOLVED,
		.request = what->request,
		.error_v4 = RESOLVE_FAILED,
		.error_v6 = RESOLVE_FAILED,
		.ttl_s = UINT32_MAX };
	/* Not even asked: no answer comes. The third is our own, so that none
	 * is the last before both are asked. */
	lookup->awaited = 3;
	if (evdns_base_resolve_ipv4(
		names, name, DNS_QUERY_NO_SEARCH, found_v4, lookup) == NULL)
		half_resolved(lookup);
	if (evdns_base_resolve_ipv6(
		names, name, DNS_QUERY_NO_SEARCH, found_v6, lookup) == NULL)
		half_resolved(lookup);
	half_resolved(lookup);
}

/* ---- orders ---- */

static bool
make_jobs(void)
{
	for (size_t i = 0; i < JOBS; i++) {
		jobs[i].timeout = event_new(base, -1, 0, timed_out, &jobs[i]);
		jobs[i].next = event_new(base, -1, 0, go_on, &jobs[i]);
		if (jobs[i].timeout == NULL || jobs[i].next == NULL)
			return false;
	}
	return true;
}

static void
seal(const struct control_start *start)
{
	struct policy_request ask = { .strictness = start->strictness };
	struct control_confined report = { .type = CONTROL_CONFINED };

	policy_enter(&frontd_fetch_profile, &ask, &report.confinement);
	send_record(&report, sizeof report);
	flush();
	started = true;
}

static void
take_order(struct slice packet)
{
	static union {
		struct control_nameserver nameserver;
		struct control_start start;
		struct control_resolve resolve;
	} record;

	switch (control_type(packet)) {
	case CONTROL_NAMESERVER:
		if (!started && control_take(packet, &record.nameserver,
				    sizeof record.nameserver))
			(void)!evdns_base_nameserver_sockaddr_add(names,
			    (const struct sockaddr *)&record.nameserver.address,
			    record.nameserver.address_len, 0);
		return;
	case CONTROL_START:
		if (!started &&
		    control_take(packet, &record.start, sizeof record.start))
			seal(&record.start);
		return;
	case CONTROL_FETCH:
		if (started)
			fetch(packet);
		return;
	case CONTROL_RESOLVE:
		if (started && control_take(packet, &record.resolve,
				   sizeof record.resolve))
			resolve(&record.resolve);
		return;
	}
}

static void
control_ready(evutil_socket_t fd, short what, void *ctx)
{
	static uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	size_t len;

	(void)fd;
	(void)ctx;
	if ((what & EV_WRITE) != 0)
		flush();
	while ((event = channel_receive(control, packet, sizeof packet, &len,
		    NULL)) == CHANNEL_PACKET)
		take_order(slice_of(packet, len));
	if (event != CHANNEL_EMPTY)
		exit(EXIT_SUCCESS); /* the master is gone, and so are we */
}

int
main(void)
{
	struct event *readable;

	log_open("frontd-fetch", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	if ((base = event_base_new()) == NULL ||
	    (names = evdns_base_new(base, 0)) == NULL ||
	    evdns_base_set_option(names, "timeout:", SERVER_TIMEOUT) != 0 ||
	    !make_jobs() ||
	    (control = channel_new(SPAWN_CONTROL_FD, QUEUE_MAX)) == NULL)
		return EXIT_FAILURE;
	readable = event_new(
	    base, SPAWN_CONTROL_FD, EV_READ | EV_PERSIST, control_ready, NULL);
	writable =
	    event_new(base, SPAWN_CONTROL_FD, EV_WRITE, control_ready, NULL);
	if (readable == NULL || writable == NULL ||
	    event_add(readable, NULL) != 0)
		return EXIT_FAILURE;
	event_base_dispatch(base);
	return EXIT_FAILURE;
}
