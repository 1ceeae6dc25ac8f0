/*
 * One channel misbehaves, and another is to notice nothing of it:
 *
 *	keyabuse malformed COUNT SOCKET PUBLIC.pem
 *		sends COUNT packets that are none, many to a channel; each time
 *		that channel ends, and another goes on signing
 *	keyabuse quota ROUNDS SOCKET PUBLIC.pem
 *		asks for twice as much as the client's rate allows on a channel;
 *		tells how many it got, and how long another channel waits for
 *		its signatures, with that and without; of 0 rounds no time
 *
 * Exits 0 only when all was as it must be. The first takes a key without a
 * rate, the second a client with "rate = 500 burst = 50".
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "tests/tools/keyline.h"

enum { WITNESS = 1, ATTACKER = 2 };
/* Malformed packets to a channel, of which the first ends it. */
#define BURST 20
#define RATE 500
#define RATE_BURST 50
#define ROUND 400 /* signatures that are timed, with and without */
#define WITHIN 2  /* times as long as without, at most */

static struct keymaster *master;
static struct keyline witness;
static EVP_PKEY *key;

static void
witness_signs(void)
{
	uint32_t status = keyline_sign(&witness, key);

	if (status != KEYPROTO_OK)
		keyline_die("another channel is refused: %s",
		    keyproto_status_name(status));
}

/* ---- packets that are none ---- */

/* A PING, with something wrong about it. */
static size_t
malform(uint8_t packet[CHANNEL_PACKET_MAX + 1000])
{
	static const struct {
		uint8_t at, value;
	} wrong[] = { { 0, 'X' }, { 3, '2' }, { 4, 0 }, { 8, 1 }, { 11, 0xff },
		{ 12, 1 }, { 13, 1 }, { 15, 0x80 }, { 16, 0 } };
	uint32_t which = keyline_random(COUNT(wrong) + 4);

	memset(packet, 0, KEYPROTO_HEADER);
	memcpy(packet, "SPK1\1\0\11", 7);
	packet[16] = 1;
	if (which < COUNT(wrong)) {
		packet[wrong[which].at] = wrong[which].value;
		return KEYPROTO_HEADER;
	}
	switch (which - COUNT(wrong)) {
	case 0:
		return keyline_random(KEYPROTO_HEADER); /* of no bytes, too */
	case 1:
		return KEYPROTO_HEADER + 1;
	case 2:
		memset(packet, (int)keyline_random(256),
		    CHANNEL_PACKET_MAX + 1000);
		return CHANNEL_PACKET_MAX + 1 + keyline_random(999);
	default:
		RAND_bytes(packet, 100);
		packet[0] = 0;
		return 1 + keyline_random(99);
	}
}

/* It ends, perhaps with a word why. */
static void
await_end(int fd)
{
	uint8_t packet[KEYPROTO_HEADER + 1];
	struct pollfd end = { fd, POLLIN, 0 };
	struct keyproto_header header;
	struct slice payload;
	ssize_t got;

	do {
		if (poll(&end, 1, KEYLINE_WAIT_MS) != 1)
			keyline_die("a channel stays open");
		got = recv(fd, packet, sizeof packet, MSG_DONTWAIT);
		if (got > 0 && (keyproto_parse(slice_of(packet, (size_t)got),
				    &header, &payload) != KEYPROTO_OK ||
				   !keyproto_status_closes(
				       (enum keyproto_status)header.status)))
			keyline_die("an answer");
	} while (got > 0);
}

/* Gives how many were sent before it ended. */
static unsigned long
attack_channel(unsigned long most)
{
	static uint8_t packet[CHANNEL_PACKET_MAX + 1000];
	struct keymaster_news *news;
	unsigned long sent = 0;

	if (!keymaster_newchannel(master, ATTACKER))
		keyline_die("cannot ask for a channel");
	news = keyline_channel(master);
	while (sent < most && sent < BURST &&
	       send(news->fd, packet, malform(packet),
		   MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		sent++;
	await_end(news->fd);
	close(news->fd);
	return sent;
}

static void
malformed(unsigned long count)
{
	pid_t signer = keyline_pid(master, "keyd-signer");
	unsigned long sent = 0, ended = 0, signatures = 0;

	keyline_open(master, WITNESS, &witness);
	while (sent < count) {
		sent += attack_channel(count - sent);
		if (ended++ % 4 == 0) {
			witness_signs();
			signatures++;
		}
	}
	if (keyline_pid(master, "keyd-signer") != signer)
		keyline_die("the signer was replaced");
	printf("malformed: %lu packets, %lu channels ended, %lu signatures on "
	       "another meanwhile, none failed, signer %d lives\n",
	    sent, ended, signatures, (int)signer);
}

/* ---- too much ---- */

static uint64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void
wait_until(uint64_t us)
{
	uint64_t now = now_us();

	if (now < us)
		usleep((useconds_t)(us - now));
}

struct taken {
	unsigned long done, refused;
	uint64_t took_us;
};

/* Twice the rate, so long as go is open; then what came of it, on told. A
 * process of its own, with a connection of its own. */
__attribute__((noreturn)) static void
ask_too_much(const char *socket_path, int go, int told)
{
	struct keymaster *own = keyline_master(socket_path);
	struct pollfd end = { go, POLLIN, 0 };
	struct taken taken = { 0 };
	struct keyline line;
	uint64_t began;
	uint32_t status;

	keyline_open(own, ATTACKER, &line);
	began = now_us();
	for (uint64_t i = 0; poll(&end, 1, 0) == 0; i++) {
		wait_until(began + i * 1000000 / (2 * RATE));
		status = keyline_sign(&line, key);
		if (status == KEYPROTO_OK)
			taken.done++;
		else if (status == KEYPROTO_RATE)
			taken.refused++;
		else
			keyline_die("neither signed nor refused: %s",
			    keyproto_status_name(status));
	}
	taken.took_us = now_us() - began;
	if (write(told, &taken, sizeof taken) != sizeof taken)
		exit(1);
	exit(0);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
p99(uint64_t *times, size_t count)
{
	qsort(times, count, sizeof *times, compare);
	return times[count * 99 / 100];
}

/* At a fifth of the rate, which nobody refuses. */
static void
time_round(uint64_t *times)
{
	uint64_t began = now_us(), before;

	for (uint64_t i = 0; i < ROUND; i++) {
		wait_until(began + i * 1000000 * 5 / RATE);
		before = now_us();
		witness_signs();
		times[i] = now_us() - before;
	}
}

/* Within what the rate allows, and no less than half of it, so that the
 * refusals are for having asked too much. */
static void
with_abuse(const char *socket_path, uint64_t *times, struct taken *sum)
{
	struct taken taken;
	int go[2], told[2], status;
	pid_t child;

	if (pipe(go) != 0 || pipe(told) != 0 || (child = fork()) < 0)
		keyline_die("no process");
	if (child == 0) {
		close(go[1]);
		ask_too_much(socket_path, go[0], told[1]);
	}
	close(go[0]);
	close(told[1]);
	time_round(times);
	close(go[1]);
	if (read(told[0], &taken, sizeof taken) != sizeof taken ||
	    waitpid(child, &status, 0) != child || status != 0)
		keyline_die("who asks too much has failed");
	close(told[0]);
	if (taken.done > RATE_BURST + 1 + taken.took_us * RATE / 1000000)
		keyline_die("%lu signatures in %lu us", taken.done,
		    (unsigned long)taken.took_us);
	sum->done += taken.done;
	sum->refused += taken.refused;
}

static void
quota(const char *socket_path, size_t rounds)
{
	size_t count = rounds > 0 ? rounds : 1;
	uint64_t *alone = calloc(count * ROUND, sizeof *alone);
	uint64_t *along = calloc(count * ROUND, sizeof *along);
	uint64_t before = 0, after = 0;
	struct taken sum = { 0 };

	if (alone == NULL || along == NULL)
		keyline_die("no memory");
	keyline_open(master, WITNESS, &witness);
	for (size_t i = 0; i < count; i++) {
		if (rounds > 0)
			time_round(alone + i * ROUND);
		with_abuse(socket_path, along + i * ROUND, &sum);
	}
	printf("quota: of one channel %lu signed, %lu refused; of the other "
	       "%zu signed, none refused\n",
	    sum.done, sum.refused, count * ROUND);
	if (rounds > 0) {
		if (sum.refused == 0)
			keyline_die("nothing was asked beyond the rate");
		before = p99(alone, count * ROUND);
		after = p99(along, count * ROUND);
		printf("quota: p99 of the other %lu us alone, %lu us along "
		       "with it\n",
		    (unsigned long)before, (unsigned long)after);
	}
	free(alone);
	free(along);
	if (after > WITHIN * before && rounds > 0)
		keyline_die("that is more than %d times as long", WITHIN);
}

int
main(int argc, char **argv)
{
	if (argc != 5)
		keyline_die("malformed|quota COUNT SOCKET PUBLIC.pem");
	key = keyline_public(argv[4]);
	master = keyline_master(argv[3]);
	if (strcmp(argv[1], "malformed") == 0)
		malformed(strtoul(argv[2], NULL, 10));
	else if (strcmp(argv[1], "quota") == 0)
		quota(argv[3], strtoul(argv[2], NULL, 10));
	else
		keyline_die("unknown: %s", argv[1]);
	return 0;
}
