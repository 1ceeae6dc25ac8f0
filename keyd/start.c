/*
 * The beginning of a child; the contract is in start.h.
 */
#include "keyd/start.h"

#include <stdlib.h>

#include "base/log.h"
#include "ipc/spawn.h"

struct start
start_of(int argc, char **argv, const char *name)
{
	bool require = argc > 1 && strcmp(argv[1], SPAWN_REQUIRE) == 0;

	log_open(name, LOG_LEVEL_INFO);
	return (struct start){
		.ask = { .strictness =
			     require ? SANDBOX_REQUIRE : SANDBOX_BEST_EFFORT,
		    .keep_below = SPAWN_FIRST_FD },
		.keys = argc > 2 ? (uint32_t)atoi(argv[2]) : 0,
		.kib = argc > 3 ? (uint32_t)atoi(argv[3]) : 0,
	};
}
