/*
 * What a server asks of a chain's key; the contract is in
 * unstable/pkey_binding.h.
 */
#include "unstable/pkey_binding.h"

#include "libtls/serving.h"

int
s2n_config_get_pkey_needs(struct s2n_config *config,
    struct s2n_cert_chain_and_key *chain, uint32_t *needs)
{
	const struct preference *preference;
	const struct suite *suite;
	uint8_t most;

	if (config == NULL || chain == NULL || chain->public_key == NULL ||
	    needs == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*needs = 0;
	preference = config->preference;
	most = preference_most_version(preference);
	for (size_t i = 0; i < preference->suites.count; i++) {
		suite =
		    preference_suite(preference, preference->suites.numbers[i]);
		for (uint8_t version = preference->min_version;
		     suite != NULL && version <= most; version++)
			*needs |= serving_needs(config, suite, chain, version);
	}
	return S2N_SUCCESS;
}
