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

int
s2n_config_get_client_auth_type(
    struct s2n_config *config, s2n_cert_auth_type *client_auth_type)
{
	if (config == NULL || client_auth_type == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*client_auth_type = config->client_auth.type;
	return S2N_SUCCESS;
}

int
s2n_connection_get_client_auth_type(
    struct s2n_connection *conn, s2n_cert_auth_type *client_auth_type)
{
	if (conn == NULL || conn->config == NULL || client_auth_type == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*client_auth_type = connection_client_auth(conn);
	return S2N_SUCCESS;
}

int
s2n_config_enable_cert_req_dss_legacy_compat(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->asks_for_dss = true;
	return S2N_SUCCESS;
}

static int
list_client_chain(struct s2n_connection *conn, struct slice *list)
{
	if (!is_server(conn))
		return fail(ERR_CLIENT_MODE);
	if (conn->peer_chain == NULL)
		return fail(ERR_NO_CERT_FOUND);
	return chain_list(conn->peer_chain, list);
}

int
s2n_connection_get_client_cert_chain(struct s2n_connection *conn,
    uint8_t **der_cert_chain_out, uint32_t *cert_chain_len)
{
	struct slice list;
	int r;

	if (conn == NULL || der_cert_chain_out == NULL ||
	    cert_chain_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((r = list_client_chain(conn, &list)) != 0)
		return errors_report(r);
	*der_cert_chain_out = conn->peer_chain->list;
	*cert_chain_len = (uint32_t)list.len;
	return S2N_SUCCESS;
}

int
s2n_connection_get_selected_client_cert_signature_algorithm(
    struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg)
{
	if (conn == NULL || chosen_alg == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*chosen_alg = conn->client_scheme != NULL
			  ? conn->client_scheme->algorithm
			  : S2N_TLS_SIGNATURE_ANONYMOUS;
	return S2N_SUCCESS;
}

int
s2n_connection_get_selected_client_cert_digest_algorithm(
    struct s2n_connection *conn, s2n_tls_hash_algorithm *chosen_alg)
{
	if (conn == NULL || chosen_alg == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*chosen_alg = conn->client_scheme != NULL ? conn->client_scheme->hash
						  : S2N_TLS_HASH_NONE;
	return S2N_SUCCESS;
}
