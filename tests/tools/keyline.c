/*
 * Channels to keyd's signers; the contract is in keyline.h.
 */
#include "tests/tools/keyline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define LINES_MAX 64

void
keyline_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("keyask: ", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

EVP_PKEY *
keyline_public(const char *path)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *key = NULL;

	if (file != NULL)
		key = PEM_read_PUBKEY(file, NULL, NULL, NULL);
	if (key == NULL)
		keyline_die("%s: no public key", path);
	fclose(file);
	return key;
}

uint32_t
keyline_random(uint32_t bound)
{
	uint32_t number;

	if (RAND_bytes((uint8_t *)&number, sizeof number) != 1)
		keyline_die("no random bytes");
	return number % bound;
}

static void
wait_for(int fd, short events, const char *what)
{
	struct pollfd poll_fd = { fd, events, 0 };

	if (poll(&poll_fd, 1, KEYLINE_WAIT_MS) <= 0)
		keyline_die("waited in vain: %s", what);
}

static void
next_news(struct keymaster *master, struct keymaster_news *news,
    enum keymaster_event wanted, const char *what)
{
	enum keymaster_event event;

	if (!keymaster_flush(master))
		keyline_die("keyd is gone: %s", what);
	while ((event = keymaster_receive(master, news)) == KEYMASTER_NOTHING)
		wait_for(keymaster_fd(master), POLLIN, what);
	if (event != wanted)
		keyline_die("%s: event %d, status %s", what, (int)event,
		    keyproto_status_name(news->status));
}

struct keymaster *
keyline_master(const char *socket_path)
{
	struct keymaster *master = keymaster_connect(socket_path);
	static struct keymaster_news news;

	signal(SIGPIPE, SIG_IGN);
	if (master == NULL)
		keyline_die("%s: %s", socket_path, strerror(errno));
	next_news(master, &news, KEYMASTER_WELCOME, "welcome");
	return master;
}

pid_t
keyline_pid(struct keymaster *master, const char *name)
{
	static struct keymaster_news news;
	pid_t pid = 0;

	if (!keymaster_status(master))
		keyline_die("cannot ask for the status");
	next_news(master, &news, KEYMASTER_STATUS, "status");
	for (uint32_t i = 0; i < news.processes.count; i++) {
		if (strcmp(news.processes.process[i].name, name) != 0)
			continue;
		if (pid != 0)
			keyline_die("several processes %s", name);
		pid = (pid_t)news.processes.process[i].pid;
	}
	if (pid == 0)
		keyline_die("no process %s", name);
	return pid;
}

static void
say_hello(struct keyline *line)
{
	struct keyproto_hello hello = { KEYPROTO_MAJOR, KEYPROTO_MAJOR, 0 };
	uint8_t bytes[8];
	size_t len = keyproto_hello_build(&hello, bytes, sizeof bytes);

	if (line->channel == NULL ||
	    !keyline_request(line, KEYPROTO_HELLO, slice_of(bytes, len)))
		keyline_die("HELLO cannot be said");
}

struct keymaster_news *
keyline_channel(struct keymaster *master)
{
	static struct keymaster_news news;

	next_news(master, &news, KEYMASTER_CHANNEL, "a channel");
	return &news;
}

static void
greet(struct keyline *line)
{
	struct keyproto_header header;
	struct slice payload;

	say_hello(line);
	if (!keyline_answer(line, &header, &payload) ||
	    header.status != KEYPROTO_OK)
		keyline_die("HELLO was refused");
}

static void
ask_for_keys(struct keyline *line)
{
	static struct keyproto_keys keys;
	struct keyproto_header header;
	uint8_t bytes[8];
	struct slice payload;
	size_t len = keyproto_number_build(0, bytes, sizeof bytes);

	if (!keyline_request(line, KEYPROTO_KEYS, slice_of(bytes, len)) ||
	    !keyline_answer(line, &header, &payload) ||
	    !keyproto_keys_parse(payload, &keys) || keys.count == 0)
		keyline_die("KEYS told of no key");
	line->key_count = keys.total;
	line->key = keys.key[0];
}

void
keyline_take(struct keyline *line, int fd)
{
	*line =
	    (struct keyline){ .channel = channel_new(fd, KEYPROTO_CREDITS) };
	if (line->channel == NULL)
		keyline_die("no memory");
	greet(line);
}

void
keyline_await(struct keymaster *master, uint32_t tag, struct keyline *line)
{
	static struct keymaster_news news;

	next_news(master, &news, KEYMASTER_CHANNEL, "a channel");
	if (news.newchannel.tag != tag || news.newchannel.groups != 1)
		keyline_die("another channel than was asked for");
	keyline_take(line, news.fd);
	ask_for_keys(line);
}

void
keyline_open_last(struct keymaster *master, uint32_t tag, struct keyline *line)
{
	static struct keymaster_news news;

	if (!keymaster_newchannel(master, tag))
		keyline_die("cannot ask for a channel");
	do {
		if (news.newchannel.groups > 0)
			close(news.fd);
		next_news(master, &news, KEYMASTER_CHANNEL, "a channel");
	} while (news.newchannel.group + 1 < news.newchannel.groups);
	keyline_take(line, news.fd);
}

void
keyline_open(struct keymaster *master, uint32_t tag, struct keyline *line)
{
	if (!keymaster_newchannel(master, tag))
		keyline_die("cannot ask for a channel");
	keyline_await(master, tag, line);
}

/* Whether the line has the key, which it then is of. */
static bool
has_key(struct keyline *line, const uint8_t spki[KEYPROTO_SPKI])
{
	static struct keyproto_keys keys;
	struct keyproto_header header;
	uint8_t bytes[8];
	struct slice payload;
	size_t len = keyproto_number_build(0, bytes, sizeof bytes);

	if (!keyline_request(line, KEYPROTO_KEYS, slice_of(bytes, len)) ||
	    !keyline_answer(line, &header, &payload) ||
	    !keyproto_keys_parse(payload, &keys))
		keyline_die("KEYS has no answer");
	line->key_count = keys.total;
	for (uint32_t i = 0; i < keys.count; i++) {
		line->key = keys.key[i];
		if (memcmp(line->key.spki, spki, KEYPROTO_SPKI) == 0)
			return true;
	}
	return false;
}

static void
hash_key(EVP_PKEY *key, uint8_t spki[KEYPROTO_SPKI])
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);

	if (len <= 0 || EVP_Q_digest(NULL, "SHA256", NULL, der, (size_t)len,
			    spki, NULL) != 1)
		keyline_die("no hash of the key");
	OPENSSL_free(der);
}

/* One that does not answer is not waited for: the first that does. */
static struct keyline *
first_ready(struct keyline *lines, uint32_t count)
{
	struct pollfd fds[LINES_MAX];

	for (uint32_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){ lines[i].channel != NULL
					      ? channel_fd(lines[i].channel)
					      : -1,
			POLLIN, 0 };
	if (poll(fds, count, KEYLINE_WAIT_MS) <= 0)
		keyline_die("no channel has the key");
	for (uint32_t i = 0; i < count; i++)
		if (fds[i].revents != 0)
			return &lines[i];
	keyline_die("a channel that is none");
}

void
keyline_find(
    struct keymaster *master, uint32_t tag, EVP_PKEY *key, struct keyline *line)
{
	static struct keymaster_news news;
	struct keyline lines[LINES_MAX], *ready;
	struct keyproto_header header;
	uint8_t spki[KEYPROTO_SPKI];
	struct slice payload;
	uint32_t count = 0;

	hash_key(key, spki);
	if (!keymaster_newchannel(master, tag))
		keyline_die("cannot ask for a channel");
	do {
		next_news(master, &news, KEYMASTER_CHANNEL, "a channel");
		lines[count] = (struct keyline){ .channel = channel_new(news.fd,
						     KEYPROTO_CREDITS) };
		say_hello(&lines[count]);
	} while (++count < news.newchannel.groups && count < LINES_MAX);
	for (;;) {
		ready = first_ready(lines, count);
		if (!keyline_answer(ready, &header, &payload) ||
		    header.status != KEYPROTO_OK)
			keyline_die("HELLO was refused");
		if (has_key(ready, spki))
			break;
		keyline_close(ready);
	}
	*line = *ready;
	for (uint32_t i = 0; i < count; i++)
		if (&lines[i] != ready && lines[i].channel != NULL)
			keyline_close(&lines[i]);
}

void
keyline_close(struct keyline *line)
{
	channel_free(line->channel);
	line->channel = NULL;
}

bool
keyline_send(struct keyline *line, struct slice packet, int fd)
{
	enum channel_event event;

	if (!channel_send(line->channel, packet, fd))
		keyline_die("cannot send %zu bytes", packet.len);
	while ((event = channel_flush(line->channel)) == CHANNEL_PACKET)
		wait_for(channel_fd(line->channel), POLLOUT, "room to send");
	return event == CHANNEL_EMPTY;
}

bool
keyline_request(struct keyline *line, uint16_t type, struct slice payload)
{
	struct keyproto_header header = { .type = type, .id = ++line->id };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(&header, payload, packet, sizeof packet);

	if (len == 0)
		keyline_die(
		    "type %u of %zu bytes cannot be built", type, payload.len);
	return keyline_send(line, slice_of(packet, len), -1);
}

bool
keyline_answer(
    struct keyline *line, struct keyproto_header *header, struct slice *payload)
{
	static uint8_t packet[KEYPROTO_PACKET_MAX];
	enum keyproto_status status;
	enum channel_event event;
	size_t len;

	while ((event = channel_receive(line->channel, packet, sizeof packet,
		    &len, NULL)) == CHANNEL_EMPTY)
		wait_for(channel_fd(line->channel), POLLIN, "an answer");
	if (event != CHANNEL_PACKET)
		return false;
	status = keyproto_parse(slice_of(packet, len), header, payload);
	if ((status != KEYPROTO_OK && status != KEYPROTO_UNSUPPORTED) ||
	    (header->flags & KEYPROTO_ANSWER) == 0)
		keyline_die("an answer that is none");
	return true;
}

/* RFC 8446 4.2.3: the first that a key of the kind has. */
static const struct scheme {
	uint16_t algorithm;
	uint32_t bits; /* of a curve; 0: any */
	uint16_t number;
	const char *digest;
} schemes[] = {
	{ KEYPROTO_EC, 256, 0x0403, "SHA256" },
	{ KEYPROTO_EC, 384, 0x0503, "SHA384" },
	{ KEYPROTO_EC, 521, 0x0603, "SHA512" },
	{ KEYPROTO_RSA, 0, 0x0804, "SHA256" },
	{ KEYPROTO_RSA_PSS, 0, 0x0809, "SHA256" },
	{ KEYPROTO_ED25519, 0, 0x0807, NULL },
};

static const struct scheme *
scheme_of(const struct keyproto_key *key)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i].algorithm == key->algorithm &&
		    (schemes[i].bits == 0 || schemes[i].bits == key->bits))
			return &schemes[i];
	keyline_die("a key of a kind that is not known");
}

/* RFC 8446 4.4.3 */
static bool
verifies(EVP_PKEY *key, const struct scheme *scheme, struct slice hash,
    struct slice signature)
{
	static const char context[] = "TLS 1.3, server CertificateVerify";
	uint8_t content[64 + sizeof context + 32];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool ok;

	memset(content, ' ', 64);
	memcpy(content + 64, context, sizeof context);
	memcpy(content + 64 + sizeof context, hash.data, 32);
	ok = EVP_DigestVerifyInit_ex(
		 md, &ctx, scheme->digest, NULL, NULL, key, NULL) == 1;
	if (ok && (scheme->number == 0x0804 || scheme->number == 0x0809))
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) ==
			 1 &&
		     EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) == 1;
	ok = ok && EVP_DigestVerify(md, signature.data, signature.len, content,
		       sizeof content) == 1;
	EVP_MD_CTX_free(md);
	return ok;
}

uint32_t
keyline_sign(struct keyline *line, EVP_PKEY *public_key)
{
	const struct scheme *scheme = scheme_of(&line->key);
	uint8_t hash[32], bytes[128];
	struct keyproto_sign sign = { .slot = line->key.slot,
		.generation = line->key.generation,
		.hash = KEYPROTO_SHA256,
		.transcript = slice_of(hash, sizeof hash) };
	struct keyproto_header header;
	struct slice payload;
	size_t len;

	sign.scheme = scheme->number;
	if (RAND_bytes(hash, sizeof hash) != 1)
		keyline_die("no random bytes");
	len = keyproto_sign13_build(&sign, bytes, sizeof bytes);
	if (!keyline_request(line, KEYPROTO_SIGN13, slice_of(bytes, len)) ||
	    !keyline_answer(line, &header, &payload))
		keyline_die("the channel is closed");
	if (header.id != line->id)
		keyline_die("an answer to another request");
	if (header.status == KEYPROTO_OK &&
	    !verifies(public_key, scheme, sign.transcript, payload))
		keyline_die("the signature does not verify");
	return header.status;
}
