/*
 * The few functions that bindings link; the contract is in bindings.h.
 */
#include "libtls/bindings.h"

#include "libtls/ending.h"
#include "libtls/handshake/new_ticket.h"

static int
add_chain(struct s2n_config *config, struct slice pem)
{
	struct s2n_cert_chain_and_key *chain;
	int r;

	/* As s2n_config_add_cert_chain_and_key: once. */
	if (cert_store_owner(config->certs) != CERT_OWNER_NONE)
		return fail(ERR_CERT_OWNERSHIP);
	if ((chain = s2n_cert_chain_and_key_new()) == NULL)
		return fail(ERR_NOMEM);
	if ((r = chain_load(chain, pem, NULL)) == 0 &&
	    (r = validate_own(chain, config->preference)) == 0)
		r = cert_store_add(
		    config->certs, chain, CERT_OWNER_LIBRARY, config->tiebreak);
	if (r != 0)
		s2n_cert_chain_and_key_free(chain);
	return r;
}

int
s2n_config_add_cert_chain(struct s2n_config *config, uint8_t *cert_chain_pem,
    uint32_t cert_chain_pem_size)
{
	if (config == NULL || cert_chain_pem == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    add_chain(config, slice_of(cert_chain_pem, cert_chain_pem_size)));
}

int
s2n_connection_get_config(
    struct s2n_connection *conn, struct s2n_config **config)
{
	if (conn == NULL || config == NULL || conn->config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*config = conn->config;
	return S2N_SUCCESS;
}

int
s2n_flush(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	int r = 0;

	if (conn == NULL || blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	/* Of QUIC no data takes them along. */
	if (conn->quic.on && conn->negotiated && !conn->write_closed)
		r = new_ticket_write(conn);
	if (r == 0)
		r = io_flush(&conn->records.io);
	return errors_report(ending_judge(conn, r, blocked));
}

int
s2n_enable_tls13(void)
{
	return S2N_SUCCESS;
}

int
s2n_error_get_alert(int error, uint8_t *alert)
{
	enum alert found = errors_alert_of_value(error);

	if (alert == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (found == ALERT_NONE)
		return errors_report(fail(ERR_NO_ALERT));
	*alert = (uint8_t)found;
	return S2N_SUCCESS;
}

int
s2n_connection_are_session_tickets_enabled(
    struct s2n_connection *conn, bool *enabled)
{
	if (conn == NULL || enabled == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*enabled = conn->config != NULL && conn->config->tickets;
	return S2N_SUCCESS;
}
