/*
 * What a server asks of a chain's key; the contract is in
 * unstable/pkey_binding.h.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/config.h"
#include "unstable/pkey_binding.h"

/* RFC 4346 7.4.3: the kind of key says it all, and PSS is none. */
static uint32_t
signs_before_tls12(enum key_kind kind)
{
	return kind == KEY_RSA_PSS ? 0 : S2N_PKEY_NEED_SHA1;
}

static uint32_t
signs_tls12(const struct preference *preference,
    const struct s2n_cert_chain_and_key *chain)
{
	const struct scheme *scheme;
	uint32_t needs = 0;

	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		if (scheme != NULL &&
		    scheme_fits(scheme, chain->public_key, S2N_TLS12))
			needs |= scheme->digest == &digest_sha1
				     ? S2N_PKEY_NEED_SHA1
				     : S2N_PKEY_NEED_TLS12;
	}
	return needs;
}

/* Of one suite in a version that has it. */
static uint32_t
suite_needs(const struct s2n_config *config, const struct suite *suite,
    const struct s2n_cert_chain_and_key *chain, uint8_t version)
{
	switch (suite->key_exchange) {
	case KX_RSA:
		return S2N_PKEY_NEED_PREMASTER;
	case KX_TLS13:
		return S2N_PKEY_NEED_TLS13;
	case KX_DHE:
		if (config->dh == NULL)
			return 0;
		break;
	case KX_ECDHE:
		break;
	}
	return version < S2N_TLS12 ? signs_before_tls12(chain->kind)
				   : signs_tls12(config->preference, chain);
}

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
		if (suite == NULL || !suite_takes(suite, chain->kind))
			continue;
		for (uint8_t version = preference->min_version; version <= most;
		     version++)
			if (suite_fits(suite, version))
				*needs |=
				    suite_needs(config, suite, chain, version);
	}
	return S2N_SUCCESS;
}
