/*
 * How each child of keyd begins: what the words on its command line, which are
 * keyd's, ask of it. What it does before its seal, and which one that is, is
 * for its main.
 */
#ifndef KEYD_START_H
#define KEYD_START_H

#include "policy/policy.h"

/* The words are SPAWN_REQUIRE or another; then, of those that hold keys, for
 * how many, and how many KiB these have in the arena: decimal numbers, 0 where
 * they lack. */
struct start {
	struct policy_request ask;
	uint32_t keys, kib;
};

/* Opens the log as name, too. */
struct start start_of(int argc, char **argv, const char *name);

#endif
