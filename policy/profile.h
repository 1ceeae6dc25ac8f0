/*
 * What a profile consists of; for policy/ only. The profiles themselves stand
 * in profiles.c.
 */
#ifndef POLICY_PROFILE_H
#define POLICY_PROFILE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "policy/policy.h"

/* What one argument of an allowed call must be. */
enum rule {
	RULE_NONE,   /* whatever it likes */
	RULE_CLEAR,  /* the operand's bits are 0 */
	RULE_BELOW,  /* less than the operand */
	RULE_EQUAL,  /* the operand */
	RULE_REFUSED /* no argument will do: ENOMEM, and nothing is executed */
};

/* A system call that is allowed, maybe on a condition; or that is refused. */
struct call {
	int number;
	const char *name;
	enum rule rule;
	uint8_t argument; /* 0 .. 5: which */
	uint64_t operand;
};

struct profile {
	const char *name;
	const char *user; /* account, if it exists */
	uint32_t uid;     /* else this number, when root; 0: stay who we are */
	bool master;      /* sets no layers that children must still change */
	bool empty_root;
	bool empty_network;
	bool lock_memory;
	bool no_files;      /* Landlock: nothing of the file system */
	uint32_t max_files; /* 0: as many as before, for a master's children */
	const struct call *calls;
	size_t call_count;
};

/*
 * The whole profile as text, calls by name: what a reviewer of a change to the
 * table reads, and what the golden file holds.
 */
void profile_print(const struct profile *, FILE *out);

/* The row of a system call's number; NULL: the profile has none. */
const struct call *profile_call(const struct profile *, int number);

/* Whom the process becomes when it was root. */
struct account {
	uid_t uid;
	gid_t gid;
};

/* Looks the account up: in files, so before the root is empty. */
void privdrop_resolve(
    const struct profile *, const char *user, struct account *);

/* How far a layer came, and the errno for which it came no further. */
struct outcome {
	enum level level;
	int reason;
};

/* FULL when r, an errno, is 0. */
static inline struct outcome
outcome_of(int r)
{
	return (struct outcome){ r == 0 ? LEVEL_FULL : LEVEL_MISSING, r };
}

struct outcome limits_enter(const struct profile *);
struct outcome limits_lock_memory(void);
struct outcome namespaces_enter(const struct profile *, uint32_t *entered);
struct outcome privdrop_enter(const struct account *);
/* Each: 0, or the errno for which the layer is missing. */
must_check int namespaces_empty_root(void);
must_check int landlock_enter(const struct profile *);
must_check int seccomp_enter(const struct profile *);

/* A system call's name, for the caller to free; NULL: unknown. */
char *seccomp_name(long number);

/* Past the last number that x86-64 and aarch64 use today. */
#define FORBIDDEN_NUMBERS 1024
/* The call that ends whoever made another forbidden one; no profile has it. */
#define FORBIDDEN_END SYS_personality

/* Before the filter is loaded: the handler, and the names it will need. */
void forbidden_name(int number, const char *name);
must_check int forbidden_watch(const struct profile *);

#endif
