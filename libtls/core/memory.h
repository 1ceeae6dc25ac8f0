/*
 * Memory of objects that hold secrets or the peer's bytes: zeroed when it is
 * made and wiped before it is freed, and the application's to give if it has
 * set callbacks (Guide: Overriding memory hooks). These are set before
 * s2n_init, and constant from then on.
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
/* The application's init callback: ERR_CANCELLED when it refuses. */
must_check int memory_init(void);
/* Its cleanup callback; from then on memory is taken from libc. */
must_check int memory_cleanup(void);

/* Zeroed; NULL when there is none. */
void *memory_new(size_t size);
/* Wipes all of it; NULL is fine. */
void memory_free(void *);

#endif
