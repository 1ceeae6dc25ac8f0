/*
 * Security policies by name (Guide: Security Policies), on a config and on a
 * connection. The tables are in registry/.
 */
#include "libtls/crypto/library.h"
#include "libtls/state/connection.h"

static int
set_preference(const char *name, const struct preference **preference)
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
	*preference = found;
	return 0;
}

int
s2n_config_set_cipher_preferences(
    struct s2n_config *config, const char *version)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(set_preference(version, &config->preference));
}

int
s2n_connection_set_cipher_preferences(
    struct s2n_connection *conn, const char *version)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    set_preference(version, &conn->preference_override));
}
