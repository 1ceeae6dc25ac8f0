/*
 * Memory that is not written to swap nor to core dumps: what libtls has from
 * where the application sets no callbacks of its own (Guide: mlock() and system
 * limits). Regions are locked as a whole and pieces cut from them, since a page
 * for each piece would be beyond RLIMIT_MEMLOCK after a few connections. What
 * is released is used again and stays locked until all of it is released.
 */
#ifndef LIBTLS_CORE_LOCKED_H
#define LIBTLS_CORE_LOCKED_H

#include "libtls/core/errors.h"

/* What is mapped and locked at a time; larger pieces have a mapping each. */
#define LOCKED_REGION (256 * 1024)
#define LOCKED_PIECE_MAX (32 * 1024)
/* What a thread keeps for itself of what it gave back. */
#define LOCKED_CACHE_MAX (64 * 1024)

/* As s2n_mem_set_callbacks has them. The first maps a region, so that a
 * limit that allows none shows at once. Pieces may outlive the cleanup. */
int locked_init(void);
int locked_cleanup(void);
int locked_take(void **piece, uint32_t requested, uint32_t *given);
int locked_give(void *piece, uint32_t size);

/* Why this thread's last locked_take or locked_init failed: ERR_NOMEM,
 * ERR_MADVISE or ERR_MLOCK. */
int locked_lack(void);

#endif
