/*
 * OCSP stapling and certificate transparency, as far as configs and connections
 * have a part in them (Guide: OCSP Stapling, Certificate Transparency).
 */
#include "libtls/state/connection.h"

int
s2n_config_set_status_request_type(
    struct s2n_config *config, s2n_status_request_type type)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (type != S2N_STATUS_REQUEST_NONE && type != S2N_STATUS_REQUEST_OCSP)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->asks_ocsp = type == S2N_STATUS_REQUEST_OCSP;
	if (!config->asks_ocsp)
		config->asks_ocsp_by_ca = false;
	return S2N_SUCCESS;
}

int
s2n_config_set_check_stapled_ocsp_response(
    struct s2n_config *config, uint8_t check_ocsp)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->check_ocsp = check_ocsp != 0;
	return S2N_SUCCESS;
}

int
s2n_config_set_ct_support_level(
    struct s2n_config *config, s2n_ct_support_level level)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (level != S2N_CT_SUPPORT_NONE && level != S2N_CT_SUPPORT_REQUEST)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->asks_scts = level == S2N_CT_SUPPORT_REQUEST;
	return S2N_SUCCESS;
}

/* The one pair that the config owns. */
static int
find_owned(const struct s2n_config *config, struct s2n_cert_chain_and_key **out)
{
	struct cert_choice choice = { 0 };

	if (cert_store_owner(config->certs) == CERT_OWNER_APPLICATION)
		return fail(ERR_CERT_OWNERSHIP);
	cert_store_choose(config->certs, NO_BYTES, &choice);
	for (size_t i = 0; i < COUNT(choice.chain); i++) {
		if (choice.chain[i] == NULL)
			continue;
		*out = choice.chain[i];
		return 0;
	}
	return fail(ERR_UPDATING_EXTENSION);
}

int
s2n_config_set_extension_data(struct s2n_config *config,
    s2n_tls_extension_type type, const uint8_t *data, uint32_t length)
{
	struct s2n_cert_chain_and_key *chain = NULL;
	int r;

	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((r = find_owned(config, &chain)) != 0)
		return errors_report(r);
	switch ((int)type) {
	case S2N_EXTENSION_OCSP_STAPLING:
		return s2n_cert_chain_and_key_set_ocsp_data(
		    chain, data, length);
	case S2N_EXTENSION_CERTIFICATE_TRANSPARENCY:
		return s2n_cert_chain_and_key_set_sct_list(chain, data, length);
	}
	return errors_report(fail(ERR_UNRECOGNIZED_EXTENSION));
}

static const uint8_t *
hand_out(const struct staple *staple, uint32_t *length)
{
	*length = (uint32_t)staple->len;
	return staple->data;
}

const uint8_t *
s2n_connection_get_ocsp_response(struct s2n_connection *conn, uint32_t *length)
{
	if (conn != NULL && length != NULL)
		return hand_out(&conn->ocsp, length);
	return errors_none(fail(ERR_NULL_ARGUMENT));
}

const uint8_t *
s2n_connection_get_sct_list(struct s2n_connection *conn, uint32_t *length)
{
	if (conn != NULL && length != NULL)
		return hand_out(&conn->scts, length);
	return errors_none(fail(ERR_NULL_ARGUMENT));
}

int
s2n_connection_is_ocsp_stapled(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return conn->ocsp_stapled ? 1 : 0;
}
