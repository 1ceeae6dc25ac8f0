/*
 * keyd-signer: holds one group's keys and signs with them, or, by the name of
 * keyd-tickets, the root of the ticket keys. It seals itself before it reads a
 * byte of either, then serves channels that keyd grants.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/arena.h"
#include "keyd/counts.h"
#include "keyd/decrypter.h"
#include "keyd/request.h"
#include "keyd/signer.h"
#include "keyd/tickets.h"
#include "policy/policy.h"
#include "policy/profiles.h"

#define CLIENTS_MAX 64
/* Packets taken from a channel before the next channel's turn. */
#define BATCH 16
#define ANSWERS_HELD 4096 /* bytes */
#define WARM_UP_BITS 2048

struct line {
	struct channel *channel; /* NULL: free */
	struct client client;
};

static const char *name;
static struct keystore *keys;
static struct tickets *tickets;
static struct channel *control;
static struct line lines[CLIENTS_MAX];
static uint8_t boot_id[16];
static struct counts counts;

static uint64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* A ServerKeyExchange's parameters: x25519, or the point of an EC key. */
static size_t
warm_parameters(EVP_PKEY *key, uint16_t curve, uint8_t out[4 + 133])
{
	uint8_t *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(key, &point);

	memset(out, 0, 4 + 133);
	if (len == 0 || len > 133) { /* RSA */
		curve = 29;
		len = 32;
	} else
		memcpy(out + 4, point, len);
	OPENSSL_free(point);
	ERR_clear_error();
	out[0] = 3;
	out[2] = (uint8_t)curve;
	out[3] = (uint8_t)len;
	return 4 + len;
}

static bool
warm_sign12(EVP_PKEY *key, uint16_t curve, uint16_t scheme)
{
	static const uint8_t random[KEYPROTO_RANDOM];
	uint8_t parameters[4 + 133], signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;
	const struct keyproto_sign12 sign = { .scheme = scheme,
		.client_random = slice_of(random, sizeof random),
		.server_random = slice_of(random, sizeof random),
		.parameters = slice_of(
		    parameters, warm_parameters(key, curve, parameters)) };

	return signer_sign12(key, &sign, signature, &len) == KEYPROTO_OK;
}

static bool
warm_sign13(EVP_PKEY *key, uint16_t scheme)
{
	static const uint8_t transcript[32];
	const struct keyproto_sign13 sign = { .scheme = scheme,
		.hash = KEYPROTO_SHA256,
		.transcript = slice_of(transcript, sizeof transcript) };
	uint8_t signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;

	return signer_sign(key, KEYPROTO_SERVER, &sign, signature, &len) ==
	       KEYPROTO_OK;
}

static bool
warm_premaster(EVP_PKEY *key)
{
	static const uint8_t ciphertext[WARM_UP_BITS / 8] = { 0, 1 };
	const struct keyproto_premaster asked = {
		.ciphertext = slice_of(ciphertext, sizeof ciphertext)
	};
	uint8_t premaster[KEYPROTO_PREMASTER_SIZE];

	return decrypter_premaster(key, &asked, premaster) == KEYPROTO_OK;
}

/* Uses everything once, so that libcrypto opens and fetches nothing later. */
static bool
warm_up(void)
{
	static const struct {
		const char *name; /* NULL: RSA */
		uint16_t curve, scheme13, scheme12, sha224, sha1;
	} kinds[] = { { "P-256", 23, 0x0403, 0x0403, 0x0303, 0x0203 },
		{ "P-384", 24, 0x0503, 0x0503, 0x0303, 0x0203 },
		{ "P-521", 25, 0x0603, 0x0603, 0x0303, 0x0203 },
		{ NULL, 0, 0x0804, 0x0401, 0x0301, 0xffff } };
	bool sound = true;
	EVP_PKEY *key;

	for (size_t i = 0; i < COUNT(kinds) && sound; i++) {
		key = kinds[i].name != NULL ? EVP_EC_gen(kinds[i].name)
					    : EVP_RSA_gen(WARM_UP_BITS);
		sound = key != NULL && warm_sign13(key, kinds[i].scheme13) &&
			warm_sign12(key, kinds[i].curve, kinds[i].scheme12) &&
			(kinds[i].name != NULL || warm_premaster(key));
		/* These a libcrypto may well refuse. */
		(void)(sound &&
		       warm_sign12(key, kinds[i].curve, kinds[i].sha224) &&
		       warm_sign12(key, kinds[i].curve, kinds[i].sha1));
		EVP_PKEY_free(key);
	}
	ERR_clear_error();
	return sound;
}

/* The same for ticket keys, of a root that nobody has. */
static bool
warm_up_tickets(void)
{
	const struct keyproto_ticketroot any = { .rotate = 1, .lifetime = 1 };
	struct tickets *own = tickets_new();
	struct keyproto_ticketkeys made;
	bool sound = own != NULL &&
		     tickets_load(own, &any, -1, 1) == KEYPROTO_OK &&
		     tickets_keys(own, "", 0, 1, &made) == KEYPROTO_OK;

	tickets_free(own);
	return sound;
}

static void
start_libcrypto(bool signs)
{
	if (RAND_bytes(boot_id, sizeof boot_id) == 1 &&
	    (signs ? decrypter_start() && warm_up() : warm_up_tickets()))
		return;
	log_event(
	    LOG_LEVEL_ERROR, "warm-up", "reason=\"libcrypto cannot sign\"");
	exit(EXIT_FAILURE);
}

/* Answers keyd. */
static void
tell(uint16_t type, uint64_t id, enum keyproto_status status,
    struct slice payload)
{
	struct keyproto_header header = { .type = type,
		.id = id,
		.flags = KEYPROTO_ANSWER,
		.status = status };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(&header, payload, packet, sizeof packet);

	if (len == 0 || !channel_send(control, slice_of(packet, len), -1))
		exit(EXIT_FAILURE);
}

static void
tell_confinement(uint64_t id, const struct confinement *reached)
{
	struct keyproto_processes what = { .count = 1 };
	uint8_t payload[KEYPROTO_PACKET_MAX];
	size_t len;

	snprintf(what.process[0].name, sizeof what.process[0].name, "%s", name);
	what.process[0].pid = (uint32_t)getpid();
	what.process[0].uid = reached->uid;
	what.process[0].seccomp = reached->seccomp_mode;
	what.process[0].namespaces = reached->namespaces;
	what.process[0].keys = keystore_count(keys);
	static_assert(LAYER_COUNT <= KEYPROTO_LAYERS, "each has its place");
	memcpy(what.process[0].levels, reached->level, sizeof reached->level);
	len = keyproto_processes_build(&what, payload, sizeof payload);
	tell(KEYPROTO_STATUS, id, KEYPROTO_OK, slice_of(payload, len));
}

static void
tell_counts(uint64_t id, struct slice payload)
{
	static struct keyproto_counts what;
	uint8_t answer[KEYPROTO_PACKET_MAX];
	uint32_t from;

	if (!keyproto_number_parse(payload, &from)) {
		tell(KEYPROTO_COUNTS, id, KEYPROTO_BADMSG, NO_BYTES);
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
	tell(KEYPROTO_COUNTS, id, KEYPROTO_OK,
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

/* keyd is trusted to mean well; a packet that is not sound ends us. */
static void
take_order(struct slice packet, int fd, const struct confinement *reached)
{
	struct keyproto_header header;
	struct keyproto_keyfile file;
	struct keyproto_ticketroot root;
	struct slice payload;
	enum keyproto_status status = keyproto_parse(packet, &header, &payload);

	if (status != KEYPROTO_OK)
		exit(EXIT_FAILURE);
	switch (header.type) {
	case KEYPROTO_KEYFILE:
		status = fd >= 0 && keyproto_keyfile_parse(payload, &file)
			     ? keystore_load(keys, &file, fd)
			     : KEYPROTO_BADMSG;
		break;
	case KEYPROTO_TICKETROOT:
		status = keyproto_ticketroot_parse(payload, &root)
			     ? tickets_load(tickets, &root, fd, clock_day())
			     : KEYPROTO_BADMSG;
		break;
	case KEYPROTO_GRANT:
		status = admit(payload, fd);
		fd = -1;
		break;
	case KEYPROTO_STATUS:
		tell_confinement(header.id, reached);
		return;
	case KEYPROTO_COUNTS:
		tell_counts(header.id, payload);
		return;
	default:
		status = KEYPROTO_UNSUPPORTED;
	}
	if (fd >= 0)
		close(fd);
	tell(header.type, header.id, status, NO_BYTES);
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
			exit(EXIT_SUCCESS);
		case CHANNEL_BROKEN:
			exit(EXIT_FAILURE);
		}
	}
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

static void
serve(const struct confinement *reached)
{
	struct pollfd fds[1 + CLIENTS_MAX];
	struct line *of[1 + CLIENTS_MAX];
	uint64_t woken;
	nfds_t count;

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

/* How well libcrypto's memory is kept from others, as a layer's level. */
static bool
make_arena(struct policy_request *ask)
{
	enum arena_kind kind;

	if (!arena_install(&kind, &ask->secrets_reason))
		return false;
	ask->secrets = kind == ARENA_SECRET   ? LEVEL_FULL
		       : kind == ARENA_LOCKED ? LEVEL_PARTIAL
					      : LEVEL_MISSING;
	return true;
}

int
main(int argc, char **argv)
{
	struct policy_request ask = {
		.strictness = SANDBOX_BEST_EFFORT,
		.keep_below = SPAWN_FIRST_FD,
	};
	struct confinement reached = { 0 };

	name = argc > 0 ? argv[0] : "keyd-signer";
	log_open(name, LOG_LEVEL_INFO);
	if (!make_arena(&ask) ||
	    (control = channel_new(SPAWN_CONTROL_FD, KEYPROTO_SLOTS + 64)) ==
		NULL ||
	    (keys = keystore_new()) == NULL ||
	    (tickets = tickets_new()) == NULL)
		return EXIT_FAILURE;
	start_libcrypto(strcmp(name, "keyd-tickets") != 0);
	policy_enter(&keyd_signer_profile, &ask, &reached);
	serve(&reached);
}
