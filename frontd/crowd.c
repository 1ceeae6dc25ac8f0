/*
 * Counts of all workers; the contract is in crowd.h.
 *
 * Each word of a region has one writer, so that nothing has to be locked. A
 * reader may see a slot between two of its sources: it looks at the key before
 * and after, and what it misses or counts twice then is one connection.
 */
#include "frontd/crowd.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

struct slot {
	_Atomic uint64_t key; /* 0: free */
	_Atomic uint64_t due_us;
	_Atomic uint32_t open;
};

struct shared {
	uint64_t seed;
	_Atomic uint32_t slots[CROWD_REGIONS]; /* 0: not used */
	_Alignas(4096) struct slot regions[CROWD_REGIONS][CROWD_SLOTS];
};

struct crowd {
	struct shared *shared;
	uint32_t region;
};

int
crowd_make(void)
{
	int fd = memfd_create("crowd", MFD_CLOEXEC);
	uint64_t seed;

	/* What nobody writes to takes no memory. */
	if (fd >= 0 && ftruncate(fd, sizeof(struct shared)) == 0 &&
	    getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed &&
	    pwrite(fd, &seed, sizeof seed, 0) == (ssize_t)sizeof seed)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

struct crowd *
crowd_map(int fd, uint32_t region)
{
	struct crowd *crowd = calloc(1, sizeof *crowd);
	void *shared;

	if (crowd == NULL)
		return NULL;
	shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) {
		free(crowd);
		return NULL;
	}
	*crowd = (struct crowd){ .shared = shared, .region = region };
	return crowd;
}

void
crowd_free(struct crowd *crowd)
{
	if (crowd != NULL)
		munmap(crowd->shared, sizeof *crowd->shared);
	free(crowd);
}

bool
crowd_begin(struct crowd *crowd, size_t slots)
{
	if (crowd->region >= CROWD_REGIONS || slots > CROWD_SLOTS ||
	    slots == 0 || (slots & (slots - 1)) != 0) {
		errno = EINVAL;
		return false;
	}
	/* Also the memory of one that was here before is given back. */
	if (madvise(crowd->shared->regions[crowd->region],
		sizeof crowd->shared->regions[0], MADV_REMOVE) != 0)
		return false;
	atomic_store(&crowd->shared->slots[crowd->region], (uint32_t)slots);
	return true;
}

void
crowd_end(struct crowd *crowd, uint32_t region)
{
	if (crowd != NULL && region < CROWD_REGIONS)
		atomic_store(&crowd->shared->slots[region], 0);
}

uint64_t
crowd_seed(const struct crowd *crowd)
{
	return crowd->shared->seed;
}

void
crowd_tell(struct crowd *crowd, size_t slot, uint64_t key, uint32_t open,
    uint64_t due_us)
{
	struct slot *to =
	    &crowd->shared->regions[crowd->region][slot % CROWD_SLOTS];

	if (atomic_load_explicit(&to->key, memory_order_relaxed) != key)
		atomic_store(&to->key, 0);
	atomic_store(&to->due_us, due_us);
	atomic_store(&to->open, open);
	atomic_store(&to->key, key);
}

/* What a region has of a source. */
static void
add(const struct slot *slots, uint32_t count, uint64_t key,
    struct crowd_sum *sum)
{
	for (uint32_t i = 0; i < CROWD_WINDOW; i++) {
		const struct slot *slot = &slots[(key + i) & (count - 1)];
		uint64_t due_us;
		uint32_t open;

		if (atomic_load(&slot->key) != key)
			continue;
		due_us = atomic_load(&slot->due_us);
		open = atomic_load(&slot->open);
		if (atomic_load(&slot->key) != key)
			return;
		sum->open = open < UINT32_MAX - sum->open ? sum->open + open
							  : UINT32_MAX;
		if (due_us > sum->due_us)
			sum->due_us = due_us;
		return;
	}
}

struct crowd_sum
crowd_others(const struct crowd *crowd, uint64_t key)
{
	struct crowd_sum sum = { 0 };
	uint32_t count;

	for (uint32_t i = 0; i < CROWD_REGIONS; i++) {
		count = atomic_load_explicit(
		    &crowd->shared->slots[i], memory_order_acquire);
		/* Another may have written anything there. */
		if (i != crowd->region && count > 0 && count <= CROWD_SLOTS &&
		    (count & (count - 1)) == 0)
			add(crowd->shared->regions[i], count, key, &sum);
	}
	return sum;
}
