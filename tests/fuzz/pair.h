/*
 * A client and a server that are watched, and the two wires between them.
 */
#ifndef TESTS_FUZZ_PAIR_H
#define TESTS_FUZZ_PAIR_H

#include "tests/fuzz/party.h"

struct pair {
	const struct setup *setup;
	struct wire to_client, to_server;
	struct party client, server;
};

void pair_open(struct pair *, const struct setup *);
void pair_close(struct pair *);
/* Runs each once; false when neither had anything to say. */
bool pair_round(struct pair *);
/* Until neither has. */
void pair_talk(struct pair *);

#endif
