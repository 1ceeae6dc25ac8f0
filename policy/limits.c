/*
 * Resource limits, and memory that is never written to swap.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "policy/profile.h"

/* More than a signer with all its channels full uses beside its arena. */
#define HEAP_SIZE (1536 * 1024)

static int
limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit now, wanted = { most, most };

	if (getrlimit(resource, &now) != 0)
		return errno;
	/* What we may not raise is stricter than asked. */
	if (now.rlim_max < most)
		wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
	if (setrlimit(resource, &(struct rlimit){ most, most }) == 0 ||
	    setrlimit(resource, &wanted) == 0)
		return 0;
	return errno;
}

struct outcome
limits_enter(const struct profile *profile)
{
	int r = limit(RLIMIT_CORE, 0);

	if (r == 0 && profile->max_files != 0)
		r = limit(RLIMIT_NOFILE, profile->max_files);
	if (r == 0 && !profile->master)
		r = limit(RLIMIT_NPROC, 0);
	return outcome_of(r);
}

/*
 * A heap of ample size, which malloc keeps: the filter may allow no more, and
 * what is mapped later could perhaps not be locked. Never in a mapping of its
 * own, which free() would unmap.
 */
static void *
make_heap(void)
{
	void *heap;

	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	if ((heap = malloc(HEAP_SIZE)) != NULL)
		explicit_bzero(heap, HEAP_SIZE); /* memset goes before free */
	return heap;
}

/* Locks all there is, and what is to come; if the limit does not allow that,
 * what there is, or at least the heap. */
static struct outcome
lock(void *heap)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int refused;

	if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
		return outcome_of(
		    mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : errno);
	refused = errno;
	if (mlockall(MCL_CURRENT) != 0 && mlock(heap, HEAP_SIZE) != 0)
		return outcome_of(errno);
	return (struct outcome){ LEVEL_PARTIAL, refused };
}

/* While still root: afterwards the limit is the ordinary account's. */
struct outcome
limits_lock_memory(void)
{
	void *heap = make_heap();
	struct outcome outcome = heap != NULL ? lock(heap) : outcome_of(ENOMEM);

	free(heap);
	return outcome;
}
