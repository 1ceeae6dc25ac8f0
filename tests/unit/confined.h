/*
 * A forked child that enters a profile for real, reports how far it came, waits
 * to be looked at, and then does one deed, which it may not survive.
 */
#ifndef TESTS_CONFINED_H
#define TESTS_CONFINED_H

#include <sys/types.h>

#include "policy/policy.h"

enum who {
	AS_ROOT,   /* only where the tests run as root */
	AS_NOBODY, /* who runs the tests, or when that is root, nobody */
	AS_CRAMPED /* root of a user namespace that lets nothing be unshared */
};
#define WHO_COUNT 3

struct confined {
	/* Set before it starts, or 0. */
	const struct profile *under; /* a master's, entered first */
	unsigned keep_below;
	int gifts, gift; /* how many descriptors from 4 on; what each is of */

	pid_t pid;
	int link, log;
	struct confinement reached;
	int status;      /* as waitpid gave it, once ended */
	char said[4096]; /* its standard error */
};

/* Ends the child of its own accord, with what it returns. */
typedef int confined_deed(long argument);

/* False, and one line says so, when this user cannot be that one. */
bool confined_possible(enum who);
/* Becomes that user, in a forked child; exits when it cannot. */
void confined_become(enum who);
/* Enters; the test fails when the child does not come to report. */
void confined_start(struct confined *, const struct profile *, enum who,
    confined_deed *, long argument);
/* Lets it do its deed, and waits for its end. */
void confined_end(struct confined *);
/* The same with the filter alone: for many deeds. */
void confined_filter(
    struct confined *, const struct profile *, confined_deed *, long argument);
/* Some work in a child: its exit status, or minus the signal of its death. */
int confined_forked(int (*work)(pid_t), pid_t argument);

#endif
