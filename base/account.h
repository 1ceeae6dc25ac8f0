/*
 * Accounts that a configuration names. They are read from /etc/passwd itself: a
 * sealed process cannot ask a name service, which wants sockets and libraries.
 */
#ifndef BASE_ACCOUNT_H
#define BASE_ACCOUNT_H

#include <sys/types.h>

#include "base/slice.h"

/* A number, as which an account may be given. False: it is none. */
must_check bool account_number(const char *word, uid_t *uid);
/* False: the file has no account of this name. gid may be NULL. */
must_check bool account_named(const char *word, uid_t *uid, gid_t *gid);

#endif
