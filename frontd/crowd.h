/*
 * What each worker counts of the sources of its connections, for the others to
 * see, so that a limit is one for all workers: a memory file in which each
 * worker has a region of its own, with what stands in its table of sources (see
 * sources.h). It writes there alone and reads the others'; a region is used
 * from its worker's start to its end, which the master sees.
 *
 * No worker believes it in anything but numbers: what a source has elsewhere.
 * Who takes over a worker can have others refuse sources, or take more of them
 * than they should; what a worker has of its own it knows without it.
 */
#ifndef FRONTD_CROWD_H
#define FRONTD_CROWD_H

#include "base/slice.h"

#define CROWD_REGIONS 256  /* one for each tag of a worker at keyd */
#define CROWD_SLOTS 131072 /* of a region */
#define CROWD_WINDOW                                                           \
	16 /* slots in which a source may stand, from its own on               \
	    */
#define CROWD_NOBODY UINT32_MAX

struct crowd;

struct crowd_sum {
	uint32_t open;   /* connections, of all the others together */
	uint64_t due_us; /* the latest of theirs; see sources.c */
};

/* Before the seal of whoever makes it. -1 with errno. */
int crowd_make(void);
/* Maps it, with a region for what is told; CROWD_NOBODY: for none. fd stays the
 * caller's. NULL with errno. */
struct crowd *crowd_map(int fd, uint32_t region);
void crowd_free(struct crowd *);

/* A worker is about to count: its region is empty, and used from now on with so
 * many slots, a power of two. False with errno. */
must_check bool crowd_begin(struct crowd *, size_t slots);
/* The worker of a region has ended. */
void crowd_end(struct crowd *, uint32_t region);

/* The same for all: by it they find one source in each other's regions. */
uint64_t crowd_seed(const struct crowd *);
/* A slot of ours holds this now; key is the source's hash, and not 0. */
void crowd_tell(
    struct crowd *, size_t slot, uint64_t key, uint32_t open, uint64_t due_us);
struct crowd_sum crowd_others(const struct crowd *, uint64_t key);

#endif
