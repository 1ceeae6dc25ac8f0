/*
 * Versions in which a server's config can serve somebody; the contract is in
 * unstable/version_range.h.
 */
#include "unstable/version_range.h"

#include "libtls/serving.h"

static bool
version_works(const struct s2n_config *config, uint8_t version)
{
	const struct preference *preference = config->preference;
	const struct suite *suite;
	struct cert_choice choice;

	cert_store_choose(config->certs, NO_BYTES, &choice);
	for (size_t i = 0; i < preference->suites.count; i++) {
		suite =
		    preference_suite(preference, preference->suites.numbers[i]);
		for (size_t kind = 0;
		     suite != NULL && kind < COUNT(choice.chain); kind++)
			if (choice.chain[kind] != NULL &&
			    serving_needs(config, suite, choice.chain[kind],
				version) != 0)
				return true;
	}
	return false;
}

int
s2n_config_get_version_range(struct s2n_config *config, int *least, int *most)
{
	uint8_t version;
	bool any = false;

	if (config == NULL || least == NULL || most == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	version = preference_most_version(config->preference);
	for (; version >= S2N_SSLv3; version--) {
		if (version < config->preference->min_version ||
		    !version_works(config, version))
			continue;
		if (!any)
			*most = version;
		any = true;
		*least = version;
	}
	return any ? S2N_SUCCESS : errors_report(fail(ERR_UNUSED_POLICY));
}
