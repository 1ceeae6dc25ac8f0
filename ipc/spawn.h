/*
 * Children of the masters: fork and exec of a separate small executable with
 * exactly the descriptors it is meant to have, at fixed numbers, an empty
 * environment but for what is passed, default signals and its own argv.
 */
#ifndef IPC_SPAWN_H
#define IPC_SPAWN_H

#include <sys/types.h>

#include "base/slice.h"

/* The control channel to the master; every child has it here. */
#define SPAWN_CONTROL_FD 3
/* The first descriptor of a child's own. */
#define SPAWN_FIRST_FD 4

/* The word of a child for which sandbox = require. */
#define SPAWN_REQUIRE "require"

struct spawn {
	int program;      /* the executable: spawn_open() */
	const char *name; /* argv[0], shown by ps */
	int control;      /* becomes SPAWN_CONTROL_FD */
	const int *fds;   /* become SPAWN_FIRST_FD, SPAWN_FIRST_FD + 1, ... */
	size_t fd_count;
	const char *word;        /* argv[1], or NULL */
	const char *environment; /* the whole of it, "NAME=value"; or NULL */
	/* In place of these three, or NULL: all of both, as execve takes it. */
	char *const *argv, *const *envp;
};

/*
 * Returns the child's pid, or -1 with errno; a failed exec is reported here
 * too (the child ends before this returns). The child dies with its parent
 * (PR_SET_PDEATHSIG) unless the master chooses otherwise later.
 */
pid_t spawn_child(const struct spawn *);

/*
 * Waits until these children (0: none) have ended, which they do when their
 * control channel is closed; who has not after grace_ms is killed.
 */
void spawn_end(pid_t *pids, size_t count, unsigned grace_ms);

/*
 * Opens an executable of the libexec directory: the one beside the running
 * master's bin directory when that exists (a build tree or a relocated
 * install), else the configured one. A master does so once, at its start: what
 * it starts later is of its own build, whatever is installed meanwhile. -1
 * after complaining.
 */
must_check int spawn_open(const char *name);

#endif
