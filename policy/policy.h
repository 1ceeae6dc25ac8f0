/*
 * What each process may do, as one declaration, entered by one call.
 *
 * policy_enter(&worker_profile, ...) is the last line before a process's loop:
 * it does all or aborts the process, in the one right order (descriptors,
 * limits, namespaces, root, uid, capabilities, dumpable, no_new_privs,
 * Landlock, seccomp), and records which level each layer reached.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/slice.h"

enum layer {
	LAYER_LIMITS,     /* setrlimit */
	LAYER_NAMESPACES, /* network, mount, ipc, uts (user when not root) */
	LAYER_ROOT,       /* an empty root directory */
	LAYER_UID,        /* an account of its own; else no capabilities */
	LAYER_DUMPABLE,   /* no core dump, no ptrace by the same uid */
	LAYER_LANDLOCK,
	LAYER_SECCOMP,
	LAYER_MEMORY,  /* memory locked */
	LAYER_SECRETS, /* a region that no other process can read */
	LAYER_COUNT
};

enum level {
	LEVEL_NOT_ASKED, /* the profile does not want this layer */
	LEVEL_MISSING,   /* wanted, and this machine or user cannot have it */
	LEVEL_PARTIAL,   /* some of it */
	LEVEL_FULL
};

/* Filled by policy_enter(); fixed layout, so a child can send it as it is. */
struct confinement {
	uint8_t level[LAYER_COUNT];  /* enum level, by enum layer */
	int32_t reason[LAYER_COUNT]; /* errno where MISSING or PARTIAL */
	uint8_t seccomp_mode;        /* 2 once the filter is loaded, else 0 */
	uint32_t uid, gid;
	uint32_t namespaces; /* CLONE_NEW* bits that were entered */
};

enum strictness {
	SANDBOX_REQUIRE,    /* a missing layer ends the process */
	SANDBOX_BEST_EFFORT /* a missing layer is recorded */
};

struct profile; /* policy/profiles.h */

/* What the caller decides, not the profile. */
struct policy_request {
	enum strictness strictness;
	/* Account in /etc/passwd instead of the profile's, or NULL. */
	const char *user;
	unsigned keep_below; /* descriptors >= this are closed; 0 keeps all */
	/* What the caller's secrets lie in, made before: only to be told. */
	enum level secrets;
	int secrets_reason; /* errno */
};

/*
 * Enters the profile for good. Does not return on failure: logs which layer
 * failed and aborts. A missing layer is MISSING in *reached and, under
 * SANDBOX_REQUIRE, fatal as well. Every layer that is wanted and not reached in
 * full is logged once as a warning. FULL is what can be seen from outside.
 */
void policy_enter(const struct profile *, const struct policy_request *,
    struct confinement *reached);

/* "limits", "namespaces", ...; "full", "partial", "missing", "not-asked". */
const char *policy_layer_name(enum layer);
const char *policy_level_name(enum level);

/* "net mnt", ... for bits of confinement.namespaces, in out, which is returned.
 */
#define POLICY_NAMESPACES_MAX 32
char *policy_namespaces(uint32_t bits, char out[POLICY_NAMESPACES_MAX]);

/*
 * What killed a child, for the master's log: NULL when status (from waitpid)
 * is not a death by SIGSYS; the call's name when its number is known, else
 * (number -1) "forbidden system call". waitpid does not tell the number; the
 * child itself does, in its last line on standard error:
 * "event=forbidden-call call=socket number=41". Good until the next call.
 */
const char *policy_death(int status, long number);

#endif
