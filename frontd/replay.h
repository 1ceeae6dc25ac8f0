/*
 * Early data is taken once: a register of what was taken lately, in memory that
 * the workers share (RFC 8446 8.2). It is bounded; when it does not know, the
 * answer is no, and the client sends its data once more, after the handshake.
 */
#ifndef FRONTD_REPLAY_H
#define FRONTD_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct replay;

/* What is in the memory, and how: a register of another build is of use to who
 * has the same number. */
#define REPLAY_LAYOUT 1

/* The master's: a descriptor of the memory, to be passed to each worker, or -1
 * with errno. Here and below: now, the wall clock's seconds since 1970. */
int replay_make(uint64_t now);
/* A worker's, before it seals itself; fd stays the caller's. NULL with errno.
 */
struct replay *replay_map(int fd);
/* The register is of this size. */
must_check bool replay_fits(int fd);
/* The master's: nothing is taken any more by those that have this register,
 * since others have another one. */
void replay_end(int fd);
/*
 * True once for an identity, of all workers together. Nothing is taken in the
 * first seconds after the register was made: it does not know what was taken
 * before. Nor while the clock shows a time that has been: what was taken then
 * may be forgotten.
 */
must_check bool replay_first(
    struct replay *, struct slice identity, uint64_t now);

#endif
