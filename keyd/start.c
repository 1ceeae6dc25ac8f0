/*
 * The beginning of a child; the contract is in start.h.
 */
#include "keyd/start.h"

#include "base/log.h"
#include "ipc/spawn.h"

struct policy_request
start_of(int argc, char **argv, const char *name)
{
	bool require = argc > 1 && strcmp(argv[1], SPAWN_REQUIRE) == 0;

	log_open(name, LOG_LEVEL_INFO);
	return (struct policy_request){
		.strictness = require ? SANDBOX_REQUIRE : SANDBOX_BEST_EFFORT,
		.keep_below = SPAWN_FIRST_FD,
	};
}
