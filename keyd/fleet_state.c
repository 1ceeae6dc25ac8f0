/*
 * Signers as they are; the contract is in fleet_state.h.
 */
#include "keyd/fleet_state.h"

bool
signer_is_tickets(const struct signer *signer)
{
	return signer->group == signer->fleet->config.group_count;
}

const struct config_module *
signer_module(const struct signer *signer)
{
	return signer_is_tickets(signer)
		   ? NULL
		   : signer->fleet->config.group_modules[signer->group];
}

const char *
signer_group(const struct signer *signer)
{
	return signer_is_tickets(signer)
		   ? "tickets"
		   : signer->fleet->config.groups[signer->group];
}

unsigned
signer_keys(const struct signer *signer)
{
	return signer_is_tickets(signer)
		   ? 0
		   : signer->fleet->config.group_keys[signer->group];
}
