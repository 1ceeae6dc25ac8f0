/*
 * The files of keys and of a root, held open from keyd's start: a signer that
 * takes a dead one's place gets the same keys, whatever has happened to the
 * files since. keyd never reads them.
 */
#ifndef KEYD_KEYFILES_H
#define KEYD_KEYFILES_H

#include "keyd/config.h"

struct keyfiles {
	int held[KEYPROTO_SLOTS]; /* by index into config.keys */
	unsigned count;
	int root; /* -1: none */
};

/* False after saying what is wrong with each file, not only the first. To be
 * closed in either case. */
must_check bool keyfiles_open(struct keyfiles *, const struct config *);
void keyfiles_close(struct keyfiles *);
/*
 * The descriptor of the key with this index, at its beginning; it stays ours.
 * Logs when its path leads to it no more.
 */
int keyfiles_rewound(
    const struct keyfiles *, const struct config *, unsigned key);
/* The same of the ticket keys' root; -1 when there is no file, too. */
int keyfiles_root(const struct keyfiles *, const struct config *);

#endif
