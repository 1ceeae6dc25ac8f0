/*
 * What processes with keys do; the contract is in serve.h.
 */
#include "keyd/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/counts.h"
#include "keyd/request.h"
#include "keyd/telling.h"
#include "keyd/tickets.h"
#include "policy/policy.h"

#define CLIENTS_MAX 128
#define SHARE_MAX (CLIENTS_MAX / 2) /* of one client's, by name */
/* Packets taken from a channel before the next channel's turn. */
#define BATCH 16
#define ANSWERS_HELD 4096 /* bytes */
#define ORDERS_MAX 1024   /* whose answers wait */
#define DRAIN_US 1000000  /* for the last answers */

struct line {
	struct channel *channel; /* NULL: free */
	struct client client;
};

static const char *name;
static struct keystore *keys;
static struct tickets *tickets; /* NULL: private keys instead */
static struct channel *control;
/* What came with KEYPARTs for the next KEYFILE. */
static struct {
	uint16_t slot;
	int passphrase, certificate;
} parts = { 0, -1, -1 };
static struct line lines[CLIENTS_MAX];
static uint8_t boot_id[16];
static struct counts counts;
static struct audit audit;
static serve_order *further; /* NULL: none */
static uint32_t channels;    /* that there were */

static enum keyproto_status
tell_counts(struct order *order)
{
	static struct keyproto_counts what;
	uint32_t from;

	if (!keyproto_number_parse(order->payload, &from))
		return KEYPROTO_BADMSG;
	what.channels = what.waiting = 0;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		what.channels += lines[i].channel != NULL;
		what.waiting += lines[i].channel != NULL &&
				channel_waiting(lines[i].channel);
	}
	counts_tell(&counts, from, &what);
	order->len =
	    keyproto_counts_build(&what, order->answer, sizeof order->answer);
	return KEYPROTO_OK;
}

/* Nobody else closes it then. */
static int
keep_fd(struct order *order)
{
	int fd = order->fd;

	order->fd = -1;
	return fd;
}

/* Whoever opens channels by the thousand leaves room for others. */
static enum keyproto_status
admit(struct order *order)
{
	struct keyproto_grant grant;
	struct line *place = NULL;
	size_t own = 0;

	if (order->fd < 0 || !keyproto_grant_parse(order->payload, &grant))
		return KEYPROTO_BADMSG;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (lines[i].channel == NULL)
			place = &lines[i];
		else
			own += strcmp(lines[i].client.grant.client,
				   grant.client) == 0;
	if (place == NULL || own >= SHARE_MAX)
		return KEYPROTO_RATE;
	/* A batch of answers waits at most, and GOAWAY. */
	place->channel = channel_new(keep_fd(order), BATCH + 1);
	place->client = (struct client){ .keys = keys,
		.tickets = tickets,
		.audit = &audit,
		.channel = ++channels,
		.boot_id = boot_id,
		.grant = grant,
		.rate = rate_of(&grant.rate) };
	return place->channel != NULL ? KEYPROTO_OK : KEYPROTO_INTERNAL;
}

static void
drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
drop_parts(void)
{
	drop(&parts.passphrase);
	drop(&parts.certificate);
}

static enum keyproto_status
keep_part(struct order *order)
{
	struct keyproto_keypart what;
	int *place;

	if (order->fd < 0 || !keyproto_keypart_parse(order->payload, &what))
		return KEYPROTO_BADMSG;
	if (what.slot != parts.slot)
		drop_parts();
	parts.slot = what.slot;
	place = what.part == KEYPROTO_PART_PASSPHRASE ? &parts.passphrase
						      : &parts.certificate;
	drop(place);
	*place = keep_fd(order);
	return KEYPROTO_OK;
}

struct keysource
serve_source(uint16_t slot, int fd)
{
	bool own = slot == parts.slot;

	return (struct keysource){ fd, own ? parts.passphrase : -1,
		own ? parts.certificate : -1 };
}

void
serve_verdict(struct order *order, const struct keyproto_keytold *told)
{
	drop_parts();
	order->len =
	    keyproto_keytold_build(told, order->answer, sizeof order->answer);
}

static enum keyproto_status
take_key(struct order *order)
{
	struct keysource source;
	struct keyproto_keyfile file;
	struct keyproto_keytold told;

	if (order->fd < 0 || !keyproto_keyfile_parse(order->payload, &file))
		return KEYPROTO_BADMSG;
	source = serve_source(file.slot, order->fd);
	(void)!keystore_load(keys, &file, &source, &told);
	serve_verdict(order, &told);
	return KEYPROTO_OK;
}

static enum keyproto_status
begin_audit(struct order *order)
{
	struct keyproto_audit what;

	return order->fd >= 0 && keyproto_audit_parse(order->payload, &what)
		   ? audit_begin(&audit, &what, keep_fd(order))
		   : KEYPROTO_BADMSG;
}

static enum keyproto_status
take_order(struct order *order, const struct confinement *reached)
{
	switch (order->type) {
	case KEYPROTO_KEYFILE:
		return take_key(order);
	case KEYPROTO_KEYPART:
		return keep_part(order);
	case KEYPROTO_TICKETROOT:
		return tickets != NULL
			   ? tickets_ordered(tickets, order->payload, order->fd,
				 clock_day())
			   : KEYPROTO_UNSUPPORTED;
	case KEYPROTO_AUDIT:
		return begin_audit(order);
	case KEYPROTO_GRANT:
		return admit(order);
	case KEYPROTO_STATUS:
		order->len = telling_confinement(name, keystore_count(keys),
		    reached, order->answer, sizeof order->answer);
		return KEYPROTO_OK;
	case KEYPROTO_COUNTS:
		return tell_counts(order);
	}
	return further != NULL ? further(order) : KEYPROTO_UNSUPPORTED;
}

/* keyd is trusted to mean well; a packet that is not sound ends us. */
static void
control_step(struct slice packet, int fd, const struct confinement *reached)
{
	struct keyproto_header header;
	static struct order order;
	enum keyproto_status status =
	    keyproto_parse(packet, &header, &order.payload);

	if (status != KEYPROTO_OK)
		exit(EXIT_FAILURE);
	order.type = header.type;
	order.fd = fd;
	order.len = 0;
	status = take_order(&order, reached);
	drop(&order.fd);
	telling(control, header.type, header.id, status,
	    slice_of(order.answer, order.len));
}

static void
line_close(struct line *line)
{
	channel_free(line->channel);
	*line = (struct line){ 0 };
}

/* Queues the answer, of *len bytes. False: the channel is to be closed, alone.
 */
static bool
line_answer(
    struct line *line, struct slice packet, uint64_t waited_us, size_t *len)
{
	uint8_t answer[KEYPROTO_PACKET_MAX];
	uint64_t began = clock_us();
	bool closes, sent;

	line->client.now_ns = began * 1000;
	*len =
	    request_dispatch(&line->client, packet, waited_us, answer, &closes);
	if (*len > 0)
		counts_add(
		    &counts, &line->client.last, waited_us, clock_us() - began);
	sent =
	    *len > 0 && channel_send(line->channel, slice_of(answer, *len), -1);
	OPENSSL_cleanse(answer, *len);
	return sent && !closes;
}

/* One request: EMPTY when there is none, PACKET when it is answered. */
static enum channel_event
line_step(struct line *line, uint64_t since, size_t *held)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	enum channel_event event;
	size_t len;

	event =
	    channel_receive(line->channel, packet, sizeof packet, &len, NULL);
	if (event != CHANNEL_PACKET)
		return event;
	if (!line_answer(line, slice_of(packet, len), clock_us() - since, &len))
		return CHANNEL_BROKEN;
	*held += len;
	return CHANNEL_PACKET;
}

/*
 * since: when there was first a chance to see what waits.
 *
 * Nothing is read from a client while answers to it wait. So a channel holds
 * back no more than ANSWERS_HELD and the answer that goes beyond it: together
 * they have only what memory there is.
 */
static void
line_ready(struct line *line, uint64_t since)
{
	enum channel_event event = channel_flush(line->channel), sent;
	size_t held = 0;

	if (event == CHANNEL_PACKET)
		return;
	if (event == CHANNEL_EMPTY)
		event = CHANNEL_PACKET;
	for (int i = 0; i < BATCH && held <= ANSWERS_HELD; i++)
		if (event == CHANNEL_PACKET)
			event = line_step(line, since, &held);
	sent = channel_flush(line->channel);
	if (event > CHANNEL_PACKET || sent > CHANNEL_PACKET)
		line_close(line);
}

/* What a client has asked before it heard of the end is answered, if it takes
 * answers and there is time. */
static void
line_end(struct line *line, uint64_t until)
{
	const struct keyproto_header away = { .type = KEYPROTO_GOAWAY };
	uint8_t now[4], packet[KEYPROTO_HEADER + sizeof now];
	size_t len = keyproto_number_build(0, now, sizeof now);

	len = keyproto_build(&away, slice_of(now, len), packet, sizeof packet);
	for (int i = 0; i < KEYPROTO_CREDITS / BATCH; i++)
		if (line->channel != NULL && clock_us() < until)
			line_ready(line, clock_us());
	if (line->channel != NULL &&
	    channel_send(line->channel, slice_of(packet, len), -1))
		channel_flush(line->channel);
}

static void
drain(void)
{
	uint64_t until = clock_us() + DRAIN_US;

	for (size_t i = 0; i < CLIENTS_MAX; i++)
		line_end(&lines[i], until);
}

static void
control_ready(const struct confinement *reached)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;
	int fd;

	for (;;) {
		switch (channel_receive(
		    control, packet, sizeof packet, &len, &fd)) {
		case CHANNEL_EMPTY:
			return;
		case CHANNEL_PACKET:
			control_step(slice_of(packet, len), fd, reached);
			break;
		case CHANNEL_CLOSED: /* keyd is gone, and so are we */
			drain();
			exit(EXIT_SUCCESS);
		case CHANNEL_BROKEN:
			exit(EXIT_FAILURE);
		}
	}
}

static struct pollfd
watch(const struct channel *channel, short always)
{
	short events = channel_waiting(channel) ? POLLOUT | always : POLLIN;

	return (struct pollfd){ channel_fd(channel), events, 0 };
}

void
serve(const struct confinement *reached, serve_order *more)
{
	struct pollfd fds[1 + CLIENTS_MAX];
	struct line *of[1 + CLIENTS_MAX];
	uint64_t woken;
	nfds_t count;

	further = more;
	for (;;) {
		count = 0;
		fds[count++] = watch(control, POLLIN);
		for (size_t i = 0; i < CLIENTS_MAX; i++) {
			if (lines[i].channel == NULL)
				continue;
			of[count] = &lines[i];
			/* Of one that takes no answers nothing is read. */
			fds[count++] = watch(lines[i].channel, 0);
		}
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			exit(EXIT_FAILURE);
		woken = clock_us();
		for (nfds_t i = 1; i < count; i++)
			if (fds[i].revents != 0)
				line_ready(of[i], woken);
		if (fds[0].revents != 0)
			control_ready(reached);
		channel_flush(control);
	}
}

bool
serve_open(const char *as, uint32_t slots, struct tickets *own)
{
	name = as;
	tickets = own;
	control = channel_new(SPAWN_CONTROL_FD, ORDERS_MAX);
	keys = keystore_new(slots);
	if (control == NULL || keys == NULL || !counts_open(&counts, slots) ||
	    RAND_bytes(boot_id, sizeof boot_id) != 1)
		return false;
	audit =
	    audit_of((uint32_t)boot_id[0] << 24 | (uint32_t)boot_id[1] << 16 |
		     (uint32_t)boot_id[2] << 8 | boot_id[3]);
	return true;
}

struct channel *
serve_control(void)
{
	return control;
}

struct keystore *
serve_keys(void)
{
	return keys;
}
