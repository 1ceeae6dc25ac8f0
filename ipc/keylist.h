/*
 * The keys that a signer has told of, answer by answer of KEYS, and each found
 * by what a certificate knows it by. While a new list comes the one before it
 * stays in force.
 */
#ifndef IPC_KEYLIST_H
#define IPC_KEYLIST_H

#include "ipc/keyproto.h"

/* One list: rows in the order in which they came, and a table of hashing with
 * the numbers (from 1; 0: none) of those whose SPKI leads there. */
struct keylist_rows {
	struct keyproto_key *key;
	uint32_t count, room;
	uint32_t *table; /* twice as many as there is room */
};
/* Begins as zeroes. */
struct keylist {
	struct keylist_rows known, coming;
};

enum keylist_step {
	KEYLIST_MORE, /* ask for those from keylist_next() on */
	KEYLIST_WHOLE,
	KEYLIST_FAILED /* out of memory, or more than a signer can have */
};

/* A new list is asked for, from its first key on. */
void keylist_begin(struct keylist *);
/* An answer. WHOLE: that was the last one, and the list is in force. Memory is
 * taken for keys that came, never for a number that was told. */
must_check enum keylist_step keylist_add(
    struct keylist *, const struct keyproto_keys *);
/* From which key on the next answer is to be. */
uint32_t keylist_next(const struct keylist *);
/* NULL: the list in force has none. It is the list's, until the next one. */
const struct keyproto_key *keylist_find(
    const struct keylist *, const uint8_t spki[KEYPROTO_SPKI]);
/* How many the list in force has. */
uint32_t keylist_count(const struct keylist *);
void keylist_free(struct keylist *);

#endif
