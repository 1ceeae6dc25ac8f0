/*
 * Entering a profile; the contract is in policy.h. The order is written once,
 * here: each step must still be possible when the ones before it are done.
 */
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/profile.h"

static const char *const layer_names[LAYER_COUNT] = { "limits", "namespaces",
	"root", "uid", "dumpable", "landlock", "seccomp", "memory", "secrets" };
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

char *
policy_namespaces(uint32_t bits, char out[POLICY_NAMESPACES_MAX])
{
	static const struct {
		uint32_t bit;
		const char *word;
	} known[] = { { CLONE_NEWNET, "net" }, { CLONE_NEWNS, "mnt" },
		{ CLONE_NEWIPC, "ipc" }, { CLONE_NEWUTS, "uts" },
		{ CLONE_NEWUSER, "user" }, { CLONE_NEWPID, "pid" } };
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < COUNT(known); i++)
		if ((bits & known[i].bit) != 0)
			len += (size_t)snprintf(out + len,
			    POLICY_NAMESPACES_MAX - len, "%s%s",
			    len > 0 ? " " : "", known[i].word);
	return out;
}

const char *
policy_death(int status, long number)
{
	static char name[32];
	char *known;

	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
		return NULL;
	known = seccomp_name(number);
	snprintf(name, sizeof name, "%s",
	    known != NULL ? known : "forbidden system call");
	free(known);
	return name;
}

/* A profile on its way in. */
struct entry {
	const struct profile *profile;
	const struct policy_request *request;
	struct confinement *reached;
};

/* What a layer's step came to: never silent, maybe fatal. */
static void
note(const struct entry *entry, enum layer layer, struct outcome outcome)
{
	entry->reached->level[layer] = (uint8_t)outcome.level;
	entry->reached->reason[layer] = outcome.reason;
	if (outcome.level == LEVEL_FULL)
		return;
	log_event(LOG_LEVEL_WARN, "confinement",
	    "profile=%s layer=%s level=%s reason=\"%s\"", entry->profile->name,
	    layer_names[layer], level_names[outcome.level],
	    strerror(outcome.reason));
	if (outcome.level == LEVEL_MISSING &&
	    entry->request->strictness == SANDBOX_REQUIRE)
		abort();
}

static int
forbid_dumps(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

/* An empty root needs the mount namespace that may be missing. */
static void
enter_spaces(const struct entry *entry)
{
	const struct profile *profile = entry->profile;
	uint32_t *entered = &entry->reached->namespaces;
	struct outcome outcome = namespaces_enter(profile, entered);

	note(entry, LAYER_NAMESPACES, outcome);
	if (!profile->empty_root)
		return;
	if (outcome.level != LEVEL_MISSING)
		outcome = outcome_of(namespaces_empty_root());
	note(entry, LAYER_ROOT, outcome);
}

/*
 * The change of account took it away. A parent that died in between sends no
 * signal any more.
 */
static void
die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		abort();
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
}

/* What a master leaves to its children. */
static void
enter_child_layers(const struct entry *entry, const struct account *account)
{
	pid_t parent = getppid();

	if (entry->profile->lock_memory)
		note(entry, LAYER_MEMORY, limits_lock_memory());
	if (entry->request->secrets != LEVEL_NOT_ASKED)
		note(entry, LAYER_SECRETS,
		    (struct outcome){ entry->request->secrets,
			entry->request->secrets_reason });
	enter_spaces(entry);
	note(entry, LAYER_UID, privdrop_enter(account));
	die_with(parent);
}

/*
 * Of what the master may have been started with, a terminal for instance, a
 * child needs standard error only.
 */
static void
close_descriptors(const struct profile *profile, unsigned first)
{
	int null = profile->master ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 &&
	    (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0))
		abort();
	if (null > STDERR_FILENO)
		close(null);
	if (first > 0 && syscall(SYS_close_range, first, ~0u, 0) != 0)
		abort();
}

void
policy_enter(const struct profile *profile,
    const struct policy_request *request, struct confinement *reached)
{
	const struct entry entry = { profile, request, reached };
	struct account account;
	int r;

	memset(reached, 0, sizeof *reached);
	/* First, while there are files. */
	privdrop_resolve(profile, request->user, &account);
	close_descriptors(profile, request->keep_below);
	note(&entry, LAYER_LIMITS, limits_enter(profile));
	if (!profile->master) {
		/* It was started by a descriptor, whose number it is called. */
		prctl(PR_SET_NAME, profile->name, 0, 0, 0);
		enter_child_layers(&entry, &account);
	}
	/* After the change of account, which sets it as the system likes. */
	note(&entry, LAYER_DUMPABLE, outcome_of(forbid_dumps()));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		abort();
	if (profile->no_files)
		note(&entry, LAYER_LANDLOCK,
		    outcome_of(landlock_enter(profile)));
	reached->uid = (uint32_t)getuid();
	reached->gid = (uint32_t)getgid();
	r = seccomp_enter(profile);
	/* Loading it cannot succeed and leave another mode. */
	reached->seccomp_mode = r == 0 ? 2 : 0;
	note(&entry, LAYER_SECCOMP, outcome_of(r));
}
