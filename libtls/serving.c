/*
 * What a server's config comes to; the contract is in serving.h.
 */
#include "libtls/serving.h"

#include "unstable/pkey_binding.h"

static bool
has_group(const struct preference *preference,
    const struct group *(*find)(const struct preference *, uint16_t))
{
	for (size_t i = 0; i < preference->groups.count; i++)
		if (find(preference, preference->groups.numbers[i]) != NULL)
			return true;
	return false;
}

static uint32_t
need_of(const struct scheme *scheme, uint8_t version)
{
	if (version >= S2N_TLS13)
		return S2N_PKEY_NEED_TLS13;
	return scheme->digest == &digest_sha1 ? S2N_PKEY_NEED_SHA1
					      : S2N_PKEY_NEED_TLS12;
}

/* With any scheme that the policy has and the key can do. */
static uint32_t
sign_needs(const struct preference *preference,
    const struct s2n_cert_chain_and_key *chain, uint8_t version)
{
	const struct scheme *scheme;
	uint32_t needs = 0;

	/* RFC 4346 7.4.3: the kind of key says it all, and PSS is none. */
	if (version < S2N_TLS12)
		return chain->kind == KEY_RSA || chain->kind == KEY_ECDSA
			   ? S2N_PKEY_NEED_SHA1
			   : 0;
	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		if (scheme != NULL &&
		    scheme_fits(scheme, chain->public_key, version))
			needs |= need_of(scheme, version);
	}
	return needs;
}

uint32_t
serving_needs(const struct s2n_config *config, const struct suite *suite,
    const struct s2n_cert_chain_and_key *chain, uint8_t version)
{
	const struct preference *preference = config->preference;
	bool shares = false;

	if (!suite_fits(suite, version) || !suite_takes(suite, chain->kind))
		return 0;
	switch (suite->key_exchange) {
	case KX_RSA:
		return S2N_PKEY_NEED_PREMASTER;
	case KX_DHE:
		shares = config->dh != NULL;
		break;
	case KX_ECDHE:
		shares = has_group(preference, preference_curve);
		break;
	case KX_TLS13:
		shares = has_group(preference, preference_group);
		break;
	}
	return shares ? sign_needs(preference, chain, version) : 0;
}
