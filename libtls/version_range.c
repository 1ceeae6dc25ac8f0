/*
 * Versions in which a server's config can serve somebody; the contract is in
 * unstable/version_range.h. What one client offers is choose.c's business.
 */
#include "unstable/version_range.h"
#include "libtls/state/config.h"

static bool
has_group(const struct preference *preference,
    const struct group *(*find)(const struct preference *, uint16_t))
{
	for (size_t i = 0; i < preference->groups.count; i++)
		if (find(preference, preference->groups.numbers[i]) != NULL)
			return true;
	return false;
}

static bool
can_sign(const struct preference *preference,
    const struct s2n_cert_chain_and_key *chain, uint8_t version)
{
	const struct scheme *scheme;

	/* RFC 4346 7.4.3: the kind of key says it all, and PSS is none. */
	if (version < S2N_TLS12)
		return key_kind_of(chain->public_key) != KEY_RSA_PSS;
	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		if (scheme != NULL &&
		    scheme_fits(scheme, chain->public_key, version))
			return true;
	}
	return false;
}

/* Whether the suite works with a chain of this kind. */
static bool
suite_works(const struct s2n_config *config, const struct suite *suite,
    const struct s2n_cert_chain_and_key *chain, uint8_t version)
{
	const struct preference *preference = config->preference;

	if (!suite_takes(suite, key_kind_of(chain->public_key)))
		return false;
	switch (suite->key_exchange) {
	case KX_RSA:
		return true;
	case KX_DHE:
		return config->dh != NULL &&
		       can_sign(preference, chain, version);
	case KX_ECDHE:
		return has_group(preference, preference_curve) &&
		       can_sign(preference, chain, version);
	case KX_TLS13:
		return has_group(preference, preference_group) &&
		       can_sign(preference, chain, version);
	}
	return false;
}

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
		if (suite == NULL || !suite_fits(suite, version))
			continue;
		for (size_t kind = 0; kind < COUNT(choice.chain); kind++)
			if (choice.chain[kind] != NULL &&
			    suite_works(
				config, suite, choice.chain[kind], version))
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
