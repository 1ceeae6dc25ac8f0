/*
 * keyd-signer: holds one group's keys and signs with them, or, by the name of
 * keyd-tickets, the root of the ticket keys. It seals itself before it reads a
 * byte of either, then serves channels that keyd grants.
 */
#include <stdlib.h>

#include "base/log.h"
#include "ipc/spawn.h"
#include "keyd/arena.h"
#include "keyd/decrypter.h"
#include "keyd/serve.h"
#include "keyd/tickets.h"
#include "keyd/warm.h"
#include "policy/profiles.h"

/* How well libcrypto's memory is kept from others, as a layer's level. */
static bool
make_arena(struct policy_request *ask)
{
	enum arena_kind kind;

	if (!arena_install(&kind, &ask->secrets_reason))
		return false;
	ask->secrets = kind == ARENA_SECRET   ? LEVEL_FULL
		       : kind == ARENA_LOCKED ? LEVEL_PARTIAL
					      : LEVEL_MISSING;
	return true;
}

int
main(int argc, char **argv)
{
	struct policy_request ask = {
		.strictness = SANDBOX_BEST_EFFORT,
		.keep_below = SPAWN_FIRST_FD,
	};
	struct confinement reached = { 0 };
	const char *name = argc > 0 ? argv[0] : "keyd-signer";
	struct tickets *tickets = NULL;
	bool signs = strcmp(name, "keyd-tickets") != 0;

	if (argc > 1 && strcmp(argv[1], SPAWN_REQUIRE) == 0)
		ask.strictness = SANDBOX_REQUIRE;
	log_open(name, LOG_LEVEL_INFO);
	if (!make_arena(&ask) ||
	    (!signs && (tickets = tickets_new()) == NULL) ||
	    !serve_open(name, tickets))
		return EXIT_FAILURE;
	keystore_one_speed(serve_keys());
	if (signs ? !decrypter_start() || !warm_keys() : !warm_tickets()) {
		log_event(LOG_LEVEL_ERROR, "warm-up",
		    "reason=\"libcrypto cannot sign\"");
		return EXIT_FAILURE;
	}
	policy_enter(&keyd_signer_profile, &ask, &reached);
	serve(&reached, NULL);
}
