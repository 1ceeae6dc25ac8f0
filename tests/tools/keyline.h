/*
 * What keyask's modes share: a master's connection to keyd, channels to its
 * signer, requests on them. A test tool: what goes wrong ends it with a line.
 */
#ifndef TESTS_KEYLINE_H
#define TESTS_KEYLINE_H

#include <openssl/evp.h>
#include <sys/types.h>

#include "ipc/channel.h"
#include "ipc/keymaster.h"

#define KEYLINE_WAIT_MS 10000

struct keyline {
	struct channel *channel;
	uint64_t id; /* of the last request */
	struct keyproto_key key;
	uint32_t key_count;
};

__attribute__((noreturn, format(printf, 1, 2))) void keyline_die(
    const char *format, ...);

/* Of a file in PEM. */
EVP_PKEY *keyline_public(const char *path);
/* Less than bound, by chance. */
uint32_t keyline_random(uint32_t bound);

/* Connected and welcomed; SIGPIPE is ignored from here on. */
struct keymaster *keyline_master(const char *socket_path);
/* The pid of the only process of this name. */
pid_t keyline_pid(struct keymaster *, const char *name);
/* The first channel that keyd gives to tag, asked for or not, with HELLO and
 * KEYS done. */
void keyline_open(struct keymaster *, uint32_t tag, struct keyline *);
void keyline_await(struct keymaster *, uint32_t tag, struct keyline *);
/* That of the channels that keyd gives to tag on which this key may be used. */
void keyline_find(
    struct keymaster *, uint32_t tag, EVP_PKEY *, struct keyline *);
/* The last of those that keyd gives, with HELLO done: to who has no keys. */
void keyline_open_last(struct keymaster *, uint32_t tag, struct keyline *);
/* The next of the channels that were asked for; what is told stays until the
 * next. */
struct keymaster_news *keyline_channel(struct keymaster *);
/* Takes such a channel, with HELLO done. */
void keyline_take(struct keyline *, int fd);
void keyline_close(struct keyline *);

/* Sends bytes as they are, fd may be -1; false when the signer has closed. */
bool keyline_send(struct keyline *, struct slice packet, int fd);
/* One packet with the next id. */
bool keyline_request(struct keyline *, uint16_t type, struct slice payload);
/* Waits for an answer: false when the signer closed the channel instead. */
bool keyline_answer(
    struct keyline *, struct keyproto_header *, struct slice *payload);

/* Has the line's key sign a transcript, and verifies it with the public key:
 * OK, or the status of the refusal. */
uint32_t keyline_sign(struct keyline *, EVP_PKEY *public_key);

#endif
