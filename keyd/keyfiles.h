/*
 * The files of keys and of a root, held open from keyd's start: a signer that
 * takes a dead one's place gets the same keys, whatever has happened to the
 * files since. keyd never reads them.
 */
#ifndef KEYD_KEYFILES_H
#define KEYD_KEYFILES_H

#include "keyd/config.h"

/* A key's: the key itself, and what it comes with. */
enum keyfiles_which {
	KEYFILES_KEY,
	KEYFILES_PASSPHRASE,
	KEYFILES_CERTIFICATE,
	KEYFILES_COUNT
};

struct keyfiles {
	/* By index into config.keys; -1: there is none, or it cannot be had. */
	int (*held)[KEYFILES_COUNT];
	unsigned count;
	int root; /* -1: none */
};

/* False after saying what is wrong with each file, not only the first. To be
 * closed in either case. */
must_check bool keyfiles_open(struct keyfiles *, const struct config *);
void keyfiles_close(struct keyfiles *);
/* The path of one of a key's files; empty: it has no such file, as a key in a
 * token has none. */
const char *keyfiles_path(const struct config_key *, enum keyfiles_which);
/*
 * The descriptor of one of the files of the key with this index, at its
 * beginning; it stays ours. Logs when its path leads to it no more. -1 when
 * there is none, too.
 */
int keyfiles_rewound(const struct keyfiles *, const struct config *,
    unsigned key, enum keyfiles_which);
/* Bytes that the key with this index has in a signer's arena, at most: as its
 * file is long. */
size_t keyfiles_room(const struct keyfiles *, unsigned key);
/* The same of the ticket keys' root. */
int keyfiles_root(const struct keyfiles *, const struct config *);

#endif
