/*
 * How each child of keyd begins: what the words on its command line, which are
 * keyd's, ask of it. What it does before its seal, and which one that is, is
 * for its main.
 */
#ifndef KEYD_START_H
#define KEYD_START_H

#include "policy/policy.h"

/* For policy_enter(): as strict as the word (SPAWN_REQUIRE or none) says. Opens
 * the log as name, too. */
struct policy_request start_of(int argc, char **argv, const char *name);

#endif
