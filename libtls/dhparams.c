/*
 * A server's Diffie-Hellman parameters, which it needs for DHE suites.
 */
#include "libtls/state/config.h"

int
s2n_config_add_dhparams(struct s2n_config *config, const char *dhparams_pem)
{
	struct dhe_parameters *parameters;
	int r;

	if (config == NULL || dhparams_pem == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((r = dhe_parameters_from_pem(dhparams_pem, &parameters)) != 0)
		return errors_report(r);
	dhe_parameters_free(config->dh);
	config->dh = parameters;
	return S2N_SUCCESS;
}

int
s2n_config_free_dhparams(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	dhe_parameters_free(config->dh);
	config->dh = NULL;
	return S2N_SUCCESS;
}
