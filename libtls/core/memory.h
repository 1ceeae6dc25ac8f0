/*
 * Memory of what is ours: zeroed when it is made, wiped before it is freed, or
 * room for bytes, of which only what was written is wiped. It
 * is locked (locked.h), unless the environment has S2N_DONT_MLOCK or the
 * application has set callbacks to give it (Guide: Overriding memory hooks).
 * These are set before s2n_init, and constant from then on.
 */
#ifndef LIBTLS_CORE_MEMORY_H
#define LIBTLS_CORE_MEMORY_H

#include "libtls/core/errors.h"
#include "libtls/s2n.h"

struct memory_callbacks {
	s2n_mem_init_callback init;
	s2n_mem_cleanup_callback cleanup;
	s2n_mem_malloc_callback take;
	s2n_mem_free_callback give;
};

void memory_use(const struct memory_callbacks *);
/* The application's init callback: ERR_CANCELLED when it refuses. Without one
 * memory is locked from now on: ERR_MLOCK or ERR_MADVISE when it cannot be. */
must_check int memory_init(void);
/* The application's cleanup callback; from then on memory is taken from libc.
 */
must_check int memory_cleanup(void);

/* Zeroed; NULL when there is none. */
void *memory_new(size_t size);
/* With the old content, cut off or zeroes behind it; NULL, and the old piece as
 * it was, when there is none. A piece of NULL has no content. */
void *memory_resize(void *piece, size_t size);
/* A copy with a NUL behind it. */
void *memory_copy(struct slice);
/* Wipes all of it; NULL is fine. */
void memory_free(void *);
/* Room that is written before it is read: not zeroed. NULL when there is none.
 */
void *memory_room(size_t size);
/* Wipes it as far as it was ever written, what the application gave wholly;
 * NULL is fine. */
void memory_free_room(void *, size_t written);
/* Why there was none: ERR_NOMEM, or of locked memory ERR_MLOCK, ERR_MADVISE.
 * This thread's last. */
int memory_lack(void);

#endif
