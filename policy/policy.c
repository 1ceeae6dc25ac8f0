/*
 * Entering a profile; the contract is in policy.h. The order is written once,
 * here: each step must still be possible when the ones before it are done.
 */
#include "policy/policy.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/profile.h"

/* More than a signer with all its slots filled uses. */
#define HEAP_SIZE (4 * 1024 * 1024)

static const char *const layer_names[LAYER_COUNT] = { "limits", "namespaces",
	"root", "uid", "dumpable", "landlock", "seccomp", "memory" };
static const char *const level_names[] = { "not-asked", "missing", "partial",
	"full" };

const char *
policy_layer_name(enum layer layer)
{
	return layer < LAYER_COUNT ? layer_names[layer] : "?";
}

const char *
policy_level_name(enum level level)
{
	return level <= LEVEL_FULL ? level_names[level] : "?";
}

const char *
policy_death(int status, long number)
{
	(void)number;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
		   ? "forbidden system call"
		   : NULL;
}

/* Notes what a layer's step came to; never silent, maybe fatal. */
static void
note(struct confinement *reached, enum layer layer, int error,
    const struct profile *profile, const struct policy_request *request)
{
	if (error != 0)
		reached->level[layer] = LEVEL_MISSING;
	else if (reached->level[layer] != LEVEL_PARTIAL)
		reached->level[layer] = LEVEL_FULL;
	else
		return;
	reached->reason[layer] = error;
	if (error == 0)
		return;
	log_event(LOG_LEVEL_WARN, "confinement",
	    "profile=%s layer=%s level=missing reason=\"%s\"", profile->name,
	    layer_names[layer], strerror(error));
	if (request->strictness == SANDBOX_REQUIRE)
		abort();
}

static int
set_limits(const struct profile *profile)
{
	const struct rlimit files = { profile->max_files, profile->max_files };
	const struct rlimit none = { 0, 0 };
	struct rlimit now;

	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return errno;
	if (profile->max_files == 0)
		return 0;
	if (setrlimit(RLIMIT_NOFILE, &files) == 0)
		return 0;
	/* Without the right to raise it, what we have must do. */
	return getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur > 64 ? 0
									: EPERM;
}

/*
 * While still root: afterwards the limit is the ordinary account's. Where it
 * cannot be raised, what is mapped later could not be locked and would fail:
 * then a heap of ample size is made now, kept by malloc, and locked.
 */
static int
lock_memory(struct confinement *reached)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	void *heap;

	if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
		return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : errno;
	reached->level[LAYER_MEMORY] = LEVEL_PARTIAL;
	reached->reason[LAYER_MEMORY] = errno;
	mallopt(M_MMAP_THRESHOLD, HEAP_SIZE);
	mallopt(M_TRIM_THRESHOLD, 16 * HEAP_SIZE);
	if ((heap = malloc(HEAP_SIZE / 2)) == NULL)
		return ENOMEM;
	memset(heap, 1, HEAP_SIZE / 2);
	free(heap);
	return mlockall(MCL_CURRENT) == 0 ? 0 : errno;
}

static int
forbid_dumps(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

/* An empty root needs the mount namespace that may be missing. */
static void
enter_spaces(const struct profile *profile,
    const struct policy_request *request, struct confinement *reached)
{
	int r = namespaces_enter(profile, &reached->namespaces);

	note(reached, LAYER_NAMESPACES, r, profile, request);
	if (profile->empty_root)
		note(reached, LAYER_ROOT, r != 0 ? r : namespaces_empty_root(),
		    profile, request);
}

/* What a master leaves to its children. */
static void
enter_child_layers(const struct profile *profile,
    const struct policy_request *request, struct confinement *reached)
{
	struct account account;

	privdrop_resolve(profile, request->user, &account);
	if (profile->lock_memory)
		note(reached, LAYER_MEMORY, lock_memory(reached), profile,
		    request);
	enter_spaces(profile, request, reached);
	note(reached, LAYER_UID, privdrop_enter(&account), profile, request);
	note(reached, LAYER_DUMPABLE, forbid_dumps(), profile, request);
	/* The change of uid took it away. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

void
policy_enter(const struct profile *profile,
    const struct policy_request *request, struct confinement *reached)
{
	int r;

	memset(reached, 0, sizeof *reached);
	if (request->keep_below > 0)
		syscall(SYS_close_range, request->keep_below, ~0u, 0);
	note(reached, LAYER_LIMITS, set_limits(profile), profile, request);
	if (!profile->master)
		enter_child_layers(profile, request, reached);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		abort();
	if (profile->no_files)
		note(reached, LAYER_LANDLOCK, landlock_enter(), profile,
		    request);
	reached->uid = (uint32_t)getuid();
	reached->gid = (uint32_t)getgid();
	r = seccomp_enter(profile);
	note(reached, LAYER_SECCOMP, r, profile, request);
	/* Loading it cannot succeed and leave another mode. */
	reached->seccomp_mode = r == 0 ? 2 : 0;
}
