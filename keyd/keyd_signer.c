/*
 * keyd-signer: holds one group's keys and signs with them, or, by the name of
 * keyd-tickets, the root of the ticket keys. It seals itself before it reads a
 * byte of either, then serves channels that keyd grants.
 */
#include <stdlib.h>

#include "base/log.h"
#include "keyd/arena.h"
#include "keyd/decrypter.h"
#include "keyd/serve.h"
#include "keyd/start.h"
#include "keyd/tickets.h"
#include "keyd/warm.h"
#include "policy/profiles.h"

int
main(int argc, char **argv)
{
	const char *name = argc > 0 ? argv[0] : "keyd-signer";
	struct start start = start_of(argc, argv, name);
	struct confinement reached = { 0 };
	struct tickets *tickets = NULL;
	bool signs = strcmp(name, "keyd-tickets") != 0;

	if (!arena_install(ARENA_SIZE + (size_t)start.kib * 1024, &start.ask) ||
	    (!signs && (tickets = tickets_new()) == NULL) ||
	    !serve_open(name, start.keys, tickets))
		return EXIT_FAILURE;
	keystore_one_speed(serve_keys());
	if (signs ? !decrypter_start() || !warm_keys() : !warm_tickets()) {
		log_event(LOG_LEVEL_ERROR, "warm-up",
		    "reason=\"libcrypto cannot sign\"");
		return EXIT_FAILURE;
	}
	policy_enter(&keyd_signer_profile, &start.ask, &reached);
	serve(&reached, NULL);
}
