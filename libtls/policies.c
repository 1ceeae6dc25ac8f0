/*
 * Security policies by name (Guide: Security Policies), on a config and on a
 * connection. The tables are in registry/.
 */
#include "libtls/crypto/library.h"
#include "libtls/state/connection.h"

static int
set_preference(const char *name, const struct s2n_config *config,
    const struct preference **preference)
{
	const struct preference *found;
	int r;

	if (name == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if ((r = preference_find(name, &found)) != 0)
		return r;
	if (preference_wants_legacy(found))
		library_load_legacy();
	if (!preference_usable(found))
		return fail(ERR_UNUSABLE_POLICY);
	if (config != NULL && (r = cert_store_check(config->certs, found)) != 0)
		return r;
	*preference = found;
	return 0;
}

int
s2n_config_set_cipher_preferences(
    struct s2n_config *config, const char *version)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    set_preference(version, config, &config->preference));
}

int
s2n_connection_set_cipher_preferences(
    struct s2n_connection *conn, const char *version)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    set_preference(version, conn->config, &conn->preference_override));
}

static bool
suite_listed(const struct preference *preference, uint16_t number)
{
	for (size_t i = 0; i < preference->suites.count; i++)
		if (preference->suites.numbers[i] == number)
			return true;
	return false;
}

int
s2n_connection_is_valid_for_cipher_preferences(
    struct s2n_connection *conn, const char *version)
{
	const struct preference *preference;
	int r;

	if (conn == NULL || version == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((r = preference_find(version, &preference)) != 0)
		return errors_report(r);
	return conn->suite != NULL &&
	       conn->version >= preference->min_version &&
	       conn->version <= preference_most_version(preference) &&
	       suite_listed(preference, conn->suite->number);
}

int
s2n_config_get_supported_groups(struct s2n_config *config, uint16_t *groups,
    uint16_t groups_count_max, uint16_t *groups_count)
{
	const struct preference *preference;
	uint16_t count = 0;

	if (config == NULL || groups == NULL || groups_count == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*groups_count = 0;
	preference = config->preference;
	for (size_t i = 0; i < preference->groups.count; i++) {
		if (preference_group(
			preference, preference->groups.numbers[i]) == NULL)
			continue;
		if (count == groups_count_max)
			return errors_report(fail(ERR_INSUFFICIENT_MEM_SIZE));
		groups[count++] = preference->groups.numbers[i];
	}
	*groups_count = count;
	return S2N_SUCCESS;
}
