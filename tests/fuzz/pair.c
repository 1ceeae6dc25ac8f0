/*
 * A client and a server; the contract is in pair.h.
 */
#include "tests/fuzz/pair.h"

#include "tests/fuzz/target.h"

#define ROUNDS_MAX 100

void
pair_open(struct pair *pair, const struct setup *setup)
{
	*pair = (struct pair){ .setup = setup };
	wire_open(&pair->to_client);
	wire_open(&pair->to_server);
	party_open(&pair->client, S2N_CLIENT, setup, &pair->to_client,
	    &pair->to_server);
	party_open(&pair->server, S2N_SERVER, setup, &pair->to_server,
	    &pair->to_client);
}

void
pair_close(struct pair *pair)
{
	party_close(&pair->client);
	party_close(&pair->server);
	wire_close(&pair->to_client);
	wire_close(&pair->to_server);
}

bool
pair_round(struct pair *pair)
{
	size_t before = pair->to_client.bytes.len + pair->to_server.bytes.len;

	party_run(&pair->client);
	party_run(&pair->server);
	return pair->to_client.bytes.len + pair->to_server.bytes.len != before;
}

void
pair_talk(struct pair *pair)
{
	int rounds = 0;

	while (pair_round(pair))
		must_hold(rounds++ < ROUNDS_MAX, "no end");
}
