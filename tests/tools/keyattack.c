/*
 * Attacks over a worker's channel and over a master's; see keyattack.h.
 */
#include "tests/tools/keyattack.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "tests/tools/keyattack12.h"

enum { WITNESS = 1, ATTACKER = 2 };
enum { MINE = 0, OTHERS = 1, NOBODYS = 2 };
/* Answers that fit into the socket, and credits, many times over. */
#define FLOOD 20000
/* So long without room: it does not read. */
#define FLOOD_WAIT_MS 1000

static struct keymaster *master;
static struct keyline witness;
static EVP_PKEY *key;
static unsigned refused;

/* The attack is over: was it without effect? */
static void
check_witness(const char *what)
{
	uint32_t status = keyline_sign(&witness, key);

	if (status != KEYPROTO_OK)
		keyline_die("after %s others are refused: %s", what,
		    keyproto_status_name(status));
	refused++;
}

/* The channel is closed, and nothing was signed before. */
static void
expect_closed(struct keyline *line, const char *what)
{
	struct keyproto_header header;
	struct slice payload;

	while (keyline_answer(line, &header, &payload))
		if (header.status == KEYPROTO_OK)
			keyline_die("%s was answered", what);
	keyline_close(line);
	check_witness(what);
}

static void
expect_status(struct keyline *line, uint32_t status, const char *what)
{
	struct keyproto_header header;
	struct slice payload;

	if (!keyline_answer(line, &header, &payload))
		keyline_die("%s closed the channel", what);
	if (header.status != status)
		keyline_die("%s was answered with %s", what,
		    keyproto_status_name(header.status));
	check_witness(what);
}

/* A packet whose frame is lawful, whatever its payload's length. */
static void
send_frame(struct keyline *line, uint16_t type, struct slice payload, int fd)
{
	uint8_t packet[KEYPROTO_HEADER + KEYPROTO_GRANT_SIZE] = { 'S', 'P', 'K',
		'1', KEYPROTO_MAJOR, 0 };

	packet[6] = (uint8_t)type;
	packet[7] = (uint8_t)(type >> 8);
	packet[8] = (uint8_t)payload.len;
	packet[9] = (uint8_t)(payload.len >> 8);
	packet[16] = (uint8_t)++line->id;
	if (payload.len > 0)
		memcpy(packet + KEYPROTO_HEADER, payload.data, payload.len);
	keyline_send(line, slice_of(packet, KEYPROTO_HEADER + payload.len), fd);
}

static size_t
build_sign(uint16_t slot, uint16_t scheme, uint16_t hash, size_t len,
    uint8_t *out, size_t room)
{
	static const uint8_t digest[200] = { 0x5a };
	struct keyproto_sign sign = { .slot = slot,
		.scheme = scheme,
		.hash = hash,
		.generation = 1,
		.transcript = slice_of(digest, len) };

	return keyproto_sign13_build(&sign, out, room);
}

/* A digest to be signed as it is, of each length that some hash has. */
static void
ask_for_digests(void)
{
	struct keyline line;
	uint8_t bytes[256];
	size_t built;

	for (size_t len = 0; len <= 80; len++) {
		if (len == 32 || len == 48)
			continue;
		keyline_open(master, ATTACKER, &line);
		built = build_sign(
		    MINE, 0x0403, KEYPROTO_SHA256, len, bytes, sizeof bytes);
		send_frame(&line, KEYPROTO_SIGN13, slice_of(bytes, built), -1);
		expect_closed(&line, "a digest of no transcript's length");
	}
}

static void
ask_for_signatures(void)
{
	static const struct {
		const char *what;
		uint16_t slot, scheme, hash;
		size_t len;
		uint32_t status;
	} asks[] = {
		{ "another client's key", OTHERS, 0x0403, KEYPROTO_SHA256, 32,
		    KEYPROTO_NOKEY },
		{ "no key", NOBODYS, 0x0403, KEYPROTO_SHA256, 32,
		    KEYPROTO_NOKEY },
		{ "the last slot", KEYPROTO_SLOTS - 1, 0x0403, KEYPROTO_SHA256,
		    32, KEYPROTO_NOKEY },
		{ "a slot beyond", KEYPROTO_SLOTS, 0x0403, KEYPROTO_SHA256, 32,
		    KEYPROTO_NOKEY },
		{ "a hash of another's length", MINE, 0x0403, KEYPROTO_SHA384,
		    32, KEYPROTO_DENIED },
		{ "likewise", MINE, 0x0403, KEYPROTO_SHA256, 48,
		    KEYPROTO_DENIED },
		{ "an unknown hash", MINE, 0x0403, 2, 32, KEYPROTO_DENIED },
		{ "PKCS#1", MINE, 0x0401, KEYPROTO_SHA256, 32,
		    KEYPROTO_DENIED },
		{ "an unknown scheme", MINE, 0xfefe, KEYPROTO_SHA256, 32,
		    KEYPROTO_DENIED },
	};
	struct keyline line;
	uint8_t bytes[128];
	size_t len;

	keyline_open(master, ATTACKER, &line);
	if (line.key_count != 1 || line.key.slot != MINE)
		keyline_die("we are told of other keys than ours");
	for (size_t i = 0; i < COUNT(asks); i++) {
		len = build_sign(asks[i].slot, asks[i].scheme, asks[i].hash,
		    asks[i].len, bytes, sizeof bytes);
		keyline_request(&line, KEYPROTO_SIGN13, slice_of(bytes, len));
		expect_status(&line, asks[i].status, asks[i].what);
	}
	keyline_close(&line);
}

/* Types of later versions, of keyd's own channel, and of nobody. */
static void
ask_for_types(void)
{
	static const struct {
		uint16_t type;
		size_t len;
	} types[] = { { KEYPROTO_TICKETROOT, 8 }, { KEYPROTO_SIGN10, 108 },
		{ KEYPROTO_KEYFILE, 78 }, { KEYPROTO_RECORD, 208 },
		{ KEYPROTO_AUDIT, 68 }, { KEYPROTO_AUDITLOG, 8 },
		{ KEYPROTO_KEYPART, 4 },
		{ KEYPROTO_GRANT, KEYPROTO_GRANT_SIZE }, { KEYPROTO_STATUS, 0 },
		{ KEYPROTO_NEWCHANNEL, 4 }, { KEYPROTO_KEYCHANGED, 4 },
		{ KEYPROTO_GOAWAY, 4 }, { 0, 0 }, { 66, 0 }, { 67, 0 },
		{ 68, 0 }, { 100, 32 }, { 0xffff, 200 } };
	/* As a grant it would be one of every slot. */
	uint8_t bytes[KEYPROTO_GRANT_SIZE] = { KEYPROTO_SERVER };
	struct keyline line;

	memset(bytes + 4, 0xff, sizeof bytes - 4);
	keyline_open(master, ATTACKER, &line);
	for (size_t i = 0; i < COUNT(types); i++) {
		send_frame(
		    &line, types[i].type, slice_of(bytes, types[i].len), -1);
		expect_status(&line, KEYPROTO_UNSUPPORTED, "a type");
	}
	build_sign(OTHERS, 0x0403, KEYPROTO_SHA256, 32, bytes, sizeof bytes);
	send_frame(&line, KEYPROTO_SIGN13, slice_of(bytes, 44), -1);
	expect_status(&line, KEYPROTO_NOKEY, "a grant of our own");
	keyline_close(&line);
}

static void
pass_descriptors(void)
{
	static const struct {
		uint16_t type;
		size_t len;
	} types[] = { { KEYPROTO_KEYFILE, 78 }, { KEYPROTO_RECORD, 208 },
		{ KEYPROTO_AUDIT, 68 }, { KEYPROTO_AUDITLOG, 8 },
		{ KEYPROTO_KEYPART, 4 },
		{ KEYPROTO_GRANT, KEYPROTO_GRANT_SIZE },
		{ KEYPROTO_TICKETROOT, 8 }, { KEYPROTO_PING, 0 },
		{ KEYPROTO_HELLO, 8 } };
	static const uint8_t bytes[KEYPROTO_GRANT_SIZE] = { 1 };
	struct keyline line;
	int ends[2];

	for (size_t i = 0; i < COUNT(types); i++) {
		if (channel_pair(ends) != 0)
			keyline_die("no socket pair");
		keyline_open(master, ATTACKER, &line);
		send_frame(&line, types[i].type, slice_of(bytes, types[i].len),
		    ends[0]);
		close(ends[0]);
		expect_closed(&line, "a descriptor");
		/* Nobody may have kept the other end. */
		if (read(ends[1], &(char){ 0 }, 1) != 0)
			keyline_die("the signer kept a descriptor");
		close(ends[1]);
	}
}

static void
send_garbage(void)
{
	static const size_t lengths[] = { 1, 7, 31, 32, 33, 44, 76, 500, 4095,
		4096, 4097, 16000 };
	static uint8_t bytes[CHANNEL_PACKET_MAX];
	struct keyline line;

	for (size_t i = 0; i < COUNT(lengths); i++) {
		if (RAND_bytes(bytes, (int)lengths[i]) != 1)
			keyline_die("no random bytes");
		keyline_open(master, ATTACKER, &line);
		keyline_send(&line, slice_of(bytes, lengths[i]), -1);
		expect_closed(&line, "garbage");
	}
	keyline_open(master, ATTACKER, &line);
	if (send(channel_fd(line.channel), "", 0, MSG_NOSIGNAL) != 0)
		keyline_die("cannot send nothing");
	expect_closed(&line, "an empty packet");
	keyline_open(master, ATTACKER, &line);
	line.id = 0;
	send_frame(&line, KEYPROTO_PING, NO_BYTES, -1);
	expect_closed(&line, "an id again");
}

/* What was asked for without reading is all answered, once it is read. */
static void
read_flood(struct keyline *line, size_t sent)
{
	struct keyproto_header header;
	struct slice payload;

	for (size_t i = 0; i < sent; i++)
		if (!keyline_answer(line, &header, &payload) ||
		    header.id != line->id - sent + i + 1)
			keyline_die("answer %zu of %zu is missing", i, sent);
}

/* Requests and no reading: the signer must neither wait nor hoard. It reads no
 * more of them, and others are served. */
static void
flood(void)
{
	struct keyproto_header header = { .type = KEYPROTO_SIGN13 };
	uint8_t payload[128], packet[256];
	struct pollfd room;
	struct keyline line;
	size_t sent = 0, len, whole;

	len = build_sign(
	    MINE, 0x0403, KEYPROTO_SHA256, 32, payload, sizeof payload);
	keyline_open(master, ATTACKER, &line);
	room = (struct pollfd){ channel_fd(line.channel), POLLOUT, 0 };
	while (sent < FLOOD) {
		header.id = ++line.id;
		whole = keyproto_build(
		    &header, slice_of(payload, len), packet, sizeof packet);
		if (send(room.fd, packet, whole, MSG_NOSIGNAL | MSG_DONTWAIT) >=
		    0) {
			sent++;
			continue;
		}
		line.id--;
		if (errno != EAGAIN)
			keyline_die("closed after %zu requests", sent);
		if (poll(&room, 1, FLOOD_WAIT_MS) <= 0)
			break;
	}
	if (sent == FLOOD)
		keyline_die("%d requests without reading are accepted", FLOOD);
	if (sent <= KEYPROTO_CREDITS)
		keyline_die("stopped after %zu requests, within credits", sent);
	check_witness("a flood");
	read_flood(&line, sent);
	keyline_close(&line);
	check_witness("the end of a flood");
}

/* keyd itself reads masters' packets: only the connection may suffer. */
static void
send_garbage_as_master(const char *socket_path)
{
	static const char *const packets[] = { "SPK1", "garbage",
		"SPK1\1\0\105\0" };
	struct keymaster_news news;
	struct keymaster *other;
	struct pollfd wait;

	for (size_t i = 0; i < COUNT(packets); i++) {
		other = keyline_master(socket_path);
		wait = (struct pollfd){ keymaster_fd(other), POLLIN, 0 };
		if (send(wait.fd, packets[i], strlen(packets[i]) + 1,
			MSG_NOSIGNAL) < 0)
			keyline_die("cannot send to keyd");
		if (poll(&wait, 1, KEYLINE_WAIT_MS) != 1 ||
		    keymaster_receive(other, &news) != KEYMASTER_DISCONNECTED)
			keyline_die("keyd took garbage from a master");
		keymaster_free(other);
		check_witness("a master's garbage");
	}
}

static void
open_attacker(struct keyline *line)
{
	keyline_open(master, ATTACKER, line);
}

void
keyattack_run(
    const char *socket_path, struct keymaster *connected, EVP_PKEY *public_key)
{
	static const struct keyattack how = { open_attacker, expect_closed,
		expect_status };
	pid_t keyd, signer;

	master = connected;
	key = public_key;
	keyd = keyline_pid(master, "keyd");
	signer = keyline_pid(master, "keyd-signer");
	keyline_open(master, WITNESS, &witness);
	ask_for_digests();
	ask_for_signatures();
	ask_for_types();
	keyattack12_run(&how, key);
	pass_descriptors();
	send_garbage();
	flood();
	send_garbage_as_master(socket_path);
	if (keyline_pid(master, "keyd-signer") != signer ||
	    keyline_pid(master, "keyd") != keyd)
		keyline_die("a process was replaced");
	keyline_close(&witness);
	printf("%u attacks refused, signer %d lives\n", refused, (int)signer);
}
