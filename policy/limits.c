/*
 * Resource limits, and memory that is never written to swap.
 */
#include <errno.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "policy/profile.h"

/* More than a signer with all its slots filled uses. */
#define HEAP_SIZE (2 * 1024 * 1024)

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
 * What is mapped later could not be locked, and then would fail. So a heap of
 * ample size is made now, which malloc keeps, and locked: with all there is if
 * the limit allows, else alone.
 */
static int
lock_a_heap(void)
{
	void *heap;
	int r = 0;

	mallopt(M_MMAP_THRESHOLD, 2 * HEAP_SIZE);
	mallopt(M_TRIM_THRESHOLD, 32 * HEAP_SIZE);
	if ((heap = malloc(HEAP_SIZE)) == NULL)
		return ENOMEM;
	/* Not memset, which goes as free() follows. */
	explicit_bzero(heap, HEAP_SIZE);
	if (mlockall(MCL_CURRENT) != 0 && mlock(heap, HEAP_SIZE) != 0)
		r = errno;
	free(heap);
	return r;
}

/* While still root: afterwards the limit is the ordinary account's. */
struct outcome
limits_lock_memory(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int refused, r;

	if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
		return outcome_of(
		    mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : errno);
	refused = errno;
	if ((r = lock_a_heap()) != 0)
		return outcome_of(r);
	return (struct outcome){ LEVEL_PARTIAL, refused };
}
