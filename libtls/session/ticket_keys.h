/*
 * The keys that tickets are sealed with (Guide: Session Ticket Key), a set that
 * handshakes of many threads read while one thread adds to it. A reader takes
 * no lock: it copies a key out, and again when somebody wrote meanwhile.
 */
#ifndef LIBTLS_SESSION_TICKET_KEYS_H
#define LIBTLS_SESSION_TICKET_KEYS_H

#include "libtls/core/errors.h"
#include "libtls/crypto/aead.h"

#define TICKET_KEYS_MAX 48
#define TICKET_KEY_NAME 16

/* A key as it is used. Whole words: see ticket_keys.c. */
struct ticket_key {
	uint8_t name[TICKET_KEY_NAME]; /* shorter ones end in zeroes */
	uint8_t secret[AEAD_KEY_MAX];
	uint8_t implicit[12];
	uint32_t present; /* 0: the place is free */
	uint64_t intro;   /* from when on it is used, seconds since 1970 */
};

/* What time it is, and how long a key is used, all in seconds. */
struct ticket_times {
	uint64_t now;
	uint64_t seals; /* from its introduction on: for tickets, new and old */
	uint64_t opens; /* then: for old ones only */
};

struct ticket_keys;

struct ticket_keys *ticket_keys_new(void);
/* Wipes them; NULL is fine. */
void ticket_keys_free(struct ticket_keys *);

/*
 * Adds a key of 1 to 16 bytes of name and any secret but an empty one; intro in
 * seconds since 1970, 0: now. Keys that are past all use are wiped. Locks.
 * ERR_TICKET_KEY_NAME (also for a name that is there), ERR_TICKET_KEY_LENGTH,
 * ERR_TICKET_KEY_NOT_UNIQUE, ERR_TICKET_KEY_LIMIT.
 */
must_check int ticket_keys_add(struct ticket_keys *, struct slice name,
    struct slice secret, uint64_t intro, const struct ticket_times *);

/*
 * A key to seal with, copied: one of those that may, drawn at random; a key is
 * drawn the more often the nearer it is to half its time, so that old tickets
 * and new keys go over into each other. False when there is none.
 */
bool ticket_keys_draw(
    struct ticket_keys *, const struct ticket_times *, struct ticket_key *);
/* The key of a name, if it may open tickets now, copied. */
bool ticket_keys_find(struct ticket_keys *, const uint8_t name[TICKET_KEY_NAME],
    const struct ticket_times *, struct ticket_key *);

/* Seconds until nobody can open what is sealed with the key now. */
uint64_t ticket_key_left(
    const struct ticket_key *, const struct ticket_times *);

#endif
