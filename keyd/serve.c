/*
 * What processes with keys do; the contract is in serve.h.
 */
#include "keyd/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
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

#define CLIENTS_MAX 64
/* Packets taken from a channel before the next channel's turn. */
#define BATCH 16
#define ANSWERS_HELD 4096 /* bytes */
#define DRAIN_US 1000000  /* for the last answers */

struct line {
	struct channel *channel; /* NULL: free */
	struct client client;
};

static const char *name;
static struct keystore *keys;
static struct tickets *tickets;
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
static serve_token *token_key; /* NULL: no token here */
static uint32_t channels;      /* that there were */

static uint64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void
tell_counts(uint64_t id, struct slice payload)
{
	static struct keyproto_counts what;
	uint8_t answer[KEYPROTO_PACKET_MAX];
	uint32_t from;

	if (!keyproto_number_parse(payload, &from)) {
		tell(control, KEYPROTO_COUNTS, id, KEYPROTO_BADMSG, NO_BYTES);
		return;
	}
	what.channels = what.waiting = 0;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (lines[i].channel == NULL)
			continue;
		what.channels++;
		what.waiting += channel_waiting(lines[i].channel);
	}
	counts_tell(&counts, from, &what);
	tell(control, KEYPROTO_COUNTS, id, KEYPROTO_OK,
	    slice_of(
		answer, keyproto_counts_build(&what, answer, sizeof answer)));
}

/* Takes fd. */
static enum keyproto_status
admit(struct slice payload, int fd)
{
	struct keyproto_grant grant;

	if (fd < 0 || !keyproto_grant_parse(payload, &grant)) {
		if (fd >= 0)
			close(fd);
		return KEYPROTO_BADMSG;
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (lines[i].channel != NULL)
			continue;
		lines[i] = (struct line){
			.channel = channel_new(fd, KEYPROTO_CREDITS),
			.client = { .keys = keys,
			    .tickets = tickets,
			    .audit = &audit,
			    .channel = ++channels,
			    .boot_id = boot_id,
			    .grant = grant,
			    .rate = rate_of(&grant.rate) },
		};
		return lines[i].channel != NULL ? KEYPROTO_OK
						: KEYPROTO_INTERNAL;
	}
	close(fd);
	return KEYPROTO_RATE;
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

/* Takes fd. */
static enum keyproto_status
keep_part(struct slice payload, int fd)
{
	struct keyproto_keypart what;
	int *place;

	if (fd < 0 || !keyproto_keypart_parse(payload, &what)) {
		drop(&fd);
		return KEYPROTO_BADMSG;
	}
	if (what.slot != parts.slot)
		drop_parts();
	parts.slot = what.slot;
	place = what.part == KEYPROTO_PART_PASSPHRASE ? &parts.passphrase
						      : &parts.certificate;
	drop(place);
	*place = fd;
	return KEYPROTO_OK;
}

static void
tell_verdict(uint16_t type, uint64_t id, const struct keyproto_keytold *told)
{
	uint8_t answer[64];
	size_t len = keyproto_keytold_build(told, answer, sizeof answer);

	drop_parts();
	tell(control, type, id, KEYPROTO_OK, slice_of(answer, len));
}

/* A key whose private half stays where it is. */
static void
take_token(uint64_t id, struct slice payload)
{
	struct keysource source = { -1, -1, -1 };
	struct keyproto_keytold told = { .verdict = KEYPROTO_NO_KEY };
	struct keyproto_keytoken what;
	EVP_PKEY *key = NULL;
	uint64_t expires = 0;
	enum keyproto_verdict verdict;

	if (token_key == NULL || !keyproto_keytoken_parse(payload, &what)) {
		tell(control, KEYPROTO_KEYTOKEN, id, KEYPROTO_BADMSG, NO_BYTES);
		return;
	}
	if (what.file.slot == parts.slot) {
		source.passphrase = parts.passphrase;
		source.certificate = parts.certificate;
	}
	verdict = token_key(&what, &source, &key, &expires);
	told.verdict = (uint16_t)verdict;
	if (verdict == KEYPROTO_SERVED)
		verdict = keystore_put(keys, &what.file, key, expires, &told);
	if (verdict != KEYPROTO_SERVED)
		EVP_PKEY_free(key);
	tell_verdict(KEYPROTO_KEYTOKEN, id, &told);
}

/* Answers with the verdict. */
static void
take_key(uint64_t id, struct slice payload, int fd)
{
	struct keysource source = { fd, -1, -1 };
	struct keyproto_keyfile file;
	struct keyproto_keytold told;

	if (fd < 0 || !keyproto_keyfile_parse(payload, &file)) {
		tell(control, KEYPROTO_KEYFILE, id, KEYPROTO_BADMSG, NO_BYTES);
		return;
	}
	if (file.slot == parts.slot) {
		source.passphrase = parts.passphrase;
		source.certificate = parts.certificate;
	}
	(void)!keystore_load(keys, &file, &source, &told);
	tell_verdict(KEYPROTO_KEYFILE, id, &told);
}

/* keyd is trusted to mean well; a packet that is not sound ends us. */
static void
take_order(struct slice packet, int fd, const struct confinement *reached)
{
	struct keyproto_header header;
	struct keyproto_ticketroot root;
	struct keyproto_audit told;
	struct slice payload;
	enum keyproto_status status = keyproto_parse(packet, &header, &payload);

	if (status != KEYPROTO_OK)
		exit(EXIT_FAILURE);
	switch (header.type) {
	case KEYPROTO_KEYFILE:
		take_key(header.id, payload, fd);
		drop(&fd);
		return;
	case KEYPROTO_KEYTOKEN:
		take_token(header.id, payload);
		drop(&fd);
		return;
	case KEYPROTO_KEYPART:
		status = keep_part(payload, fd);
		fd = -1;
		break;
	case KEYPROTO_TICKETROOT:
		status = keyproto_ticketroot_parse(payload, &root)
			     ? tickets_load(tickets, &root, fd, clock_day())
			     : KEYPROTO_BADMSG;
		break;
	case KEYPROTO_AUDIT:
		status = KEYPROTO_BADMSG;
		if (fd >= 0 && keyproto_audit_parse(payload, &told)) {
			status = audit_begin(&audit, &told, fd);
			fd = -1;
		}
		break;
	case KEYPROTO_GRANT:
		status = admit(payload, fd);
		fd = -1;
		break;
	case KEYPROTO_STATUS:
		tell_confinement(
		    control, header.id, name, keystore_count(keys), reached);
		return;
	case KEYPROTO_COUNTS:
		tell_counts(header.id, payload);
		return;
	default:
		status = KEYPROTO_UNSUPPORTED;
	}
	drop(&fd);
	tell(control, header.type, header.id, status, NO_BYTES);
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
	uint64_t began = now_us();
	bool closes, sent;

	line->client.now_ns = began * 1000;
	*len =
	    request_dispatch(&line->client, packet, waited_us, answer, &closes);
	if (*len > 0)
		counts_add(
		    &counts, &line->client.last, waited_us, now_us() - began);
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
	if (!line_answer(line, slice_of(packet, len), now_us() - since, &len))
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
	const struct keyproto_header goaway = { .type = KEYPROTO_GOAWAY };
	uint8_t now[4], packet[KEYPROTO_HEADER + sizeof now];
	size_t len = keyproto_number_build(0, now, sizeof now);

	len =
	    keyproto_build(&goaway, slice_of(now, len), packet, sizeof packet);
	for (int i = 0; i < KEYPROTO_CREDITS / BATCH; i++)
		if (line->channel != NULL && now_us() < until)
			line_ready(line, now_us());
	if (line->channel != NULL &&
	    channel_send(line->channel, slice_of(packet, len), -1))
		channel_flush(line->channel);
}

static void
drain(void)
{
	uint64_t until = now_us() + DRAIN_US;

	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (lines[i].channel != NULL)
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
			take_order(slice_of(packet, len), fd, reached);
			break;
		case CHANNEL_CLOSED: /* keyd is gone, and so are we */
			drain();
			exit(EXIT_SUCCESS);
		case CHANNEL_BROKEN:
			exit(EXIT_FAILURE);
		}
	}
}

/* Of a client that takes no answers nothing is read, see line_ready. */
static struct pollfd
watch_line(const struct channel *channel)
{
	short events = channel_waiting(channel) ? POLLOUT : POLLIN;

	return (struct pollfd){ channel_fd(channel), events, 0 };
}

static struct pollfd
watch_control(void)
{
	short events = channel_waiting(control) ? POLLIN | POLLOUT : POLLIN;

	return (struct pollfd){ channel_fd(control), events, 0 };
}

void
serve(const struct confinement *reached, serve_token *token)
{
	struct pollfd fds[1 + CLIENTS_MAX];
	struct line *of[1 + CLIENTS_MAX];
	uint64_t woken;
	nfds_t count;

	token_key = token;
	for (;;) {
		count = 0;
		fds[count++] = watch_control();
		for (size_t i = 0; i < CLIENTS_MAX; i++) {
			if (lines[i].channel == NULL)
				continue;
			of[count] = &lines[i];
			fds[count++] = watch_line(lines[i].channel);
		}
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			exit(EXIT_FAILURE);
		woken = now_us();
		for (nfds_t i = 1; i < count; i++)
			if (fds[i].revents != 0)
				line_ready(of[i], woken);
		if (fds[0].revents != 0)
			control_ready(reached);
		channel_flush(control);
	}
}

bool
serve_open(const char *as)
{
	name = as;
	control = channel_new(SPAWN_CONTROL_FD, KEYPROTO_SLOTS + 64);
	keys = keystore_new();
	tickets = tickets_new();
	if (control == NULL || keys == NULL || tickets == NULL ||
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

void
serve_one_speed(void)
{
	keystore_one_speed(keys);
}
