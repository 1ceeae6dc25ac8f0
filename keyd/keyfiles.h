/*
 * The files of keys and of a root, held open from keyd's start: a signer that
 * takes a dead one's place gets the same keys, whatever has happened to the
 * files since. keyd never reads them.
 */
#ifndef KEYD_KEYFILES_H
#define KEYD_KEYFILES_H

#include "keyd/config.h"

/* False after saying what is wrong with each file, not only the first. */
must_check bool keyfiles_open(const struct config *);
/*
 * The descriptor of the key with this index, at its beginning; it stays ours.
 * Logs when its path leads to it no more.
 */
int keyfiles_rewound(const struct config *, unsigned key);
/* The same of the ticket keys' root; -1 when there is no file, too. */
int keyfiles_root(const struct config *);

#endif
