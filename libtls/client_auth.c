/*
 * Client authentication (Guide: Certificates and Authentication): who asks and
 * who answers. The messages are in handshake/certificate*.c.
 */
#include "libtls/state/connection.h"

static int
choose(struct auth_choice *choice, s2n_cert_auth_type type)
{
	switch (type) {
	case S2N_CERT_AUTH_NONE:
	case S2N_CERT_AUTH_REQUIRED:
	case S2N_CERT_AUTH_OPTIONAL:
		*choice = (struct auth_choice){ .made = true, .type = type };
		return 0;
	}
	return fail(ERR_INVALID_ARGUMENT);
}

int
s2n_config_set_client_auth_type(
    struct s2n_config *config, s2n_cert_auth_type client_auth_type)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(choose(&config->client_auth, client_auth_type));
}

int
s2n_connection_set_client_auth_type(
    struct s2n_connection *conn, s2n_cert_auth_type client_auth_type)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(choose(&conn->client_auth, client_auth_type));
}

int
s2n_connection_client_cert_used(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return conn->negotiated && conn->client_scheme != NULL;
}
