/*
 * Memory for what is secret: a region of a fixed size that nobody else can read
 * (memfd_secret: not even the kernel's own ways to another process's memory
 * lead there), from which libcrypto takes all it uses. What is given back is
 * zeroed. Made before the process seals itself, and never larger: afterwards
 * memory is a question for nobody but the region.
 */
#ifndef KEYD_ARENA_H
#define KEYD_ARENA_H

#include "policy/policy.h"

/* Beside keys: whatever libcrypto does, it uses a third of it. Keys have as
 * much more as keyfiles_room() says. */
#define ARENA_SIZE (2 * 1024 * 1024)
/* One block has no more. */
#define ARENA_BLOCK_MAX (256 * 1024)

/*
 * Makes the region, and all of it there at once; a process has one. How well it
 * is kept from others, no better than most says: FULL by memfd_secret; PARTIAL
 * where it is only locked, and in no core dump; MISSING where it is that alone.
 * *reason is the errno for which it is not better. False: out of memory.
 */
must_check bool arena_open(
    size_t size, enum level most, enum level *, int *reason);
/* The same for libcrypto, whose first caller this has to be, as well as can be,
 * which is noted as the secrets of ask. */
must_check bool arena_install(size_t size, struct policy_request *ask);

/*
 * As malloc, realloc and free; aligned to 16 bytes. NULL: the arena is full, or
 * len is 0 or more than ARENA_BLOCK_MAX. A block that is not one, or was freed
 * before, ends the process.
 */
void *arena_take(size_t len);
void *arena_move(void *, size_t len);
void arena_release(void *);

/* Bytes of the region that were ever in use. */
size_t arena_used(void);

#endif
