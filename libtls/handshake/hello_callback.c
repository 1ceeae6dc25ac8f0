/*
 * The ClientHello callback; the contract is in hello_callback.h.
 */
#include "libtls/handshake/hello_callback.h"

int
hello_callback_run(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct handshake *hs = conn->hs;
	int result;

	if (hs->hello_callback == CALLBACK_RUNS)
		return fail(ERR_WANT_HELLO);
	if (hs->hello_callback == CALLBACK_DONE ||
	    config->hello_callback == NULL)
		return 0;
	hs->hello_callback = CALLBACK_RUNS;
	result = config->hello_callback(conn, config->hello_ctx);
	if (result < 0)
		return fail(ERR_CANCELLED);
	if (result > 0)
		(void)!s2n_connection_server_name_extension_used(conn);
	if (config->hello_mode == S2N_CLIENT_HELLO_CB_BLOCKING || result > 0)
		hs->hello_callback = CALLBACK_DONE;
	/* It may have said so from within. */
	return hs->hello_callback == CALLBACK_DONE ? 0 : fail(ERR_WANT_HELLO);
}

int
s2n_config_set_client_hello_cb(struct s2n_config *config,
    s2n_client_hello_fn client_hello_callback, void *ctx)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->hello_callback = client_hello_callback;
	config->hello_ctx = ctx;
	return S2N_SUCCESS;
}

int
s2n_config_set_client_hello_cb_mode(
    struct s2n_config *config, s2n_client_hello_cb_mode cb_mode)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (cb_mode != S2N_CLIENT_HELLO_CB_BLOCKING &&
	    cb_mode != S2N_CLIENT_HELLO_CB_NONBLOCKING)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->hello_mode = cb_mode;
	return S2N_SUCCESS;
}

int
s2n_client_hello_cb_done(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->hs == NULL || conn->hs->hello_callback != CALLBACK_RUNS)
		return errors_report(fail(ERR_INVALID_STATE));
	conn->hs->hello_callback = CALLBACK_DONE;
	return S2N_SUCCESS;
}

/* Only while the ClientHello is looked at; without a name there is no use. */
int
s2n_connection_server_name_extension_used(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->hs == NULL || conn->hs->hello_callback != CALLBACK_RUNS)
		return errors_report(fail(ERR_INVALID_STATE));
	conn->hs->acknowledge_name = conn->server_name != NULL;
	return S2N_SUCCESS;
}

int
s2n_client_server_name_used(struct s2n_connection *conn)
{
	return s2n_connection_server_name_extension_used(conn);
}
