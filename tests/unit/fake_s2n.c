/*
 * The test double; see fake_s2n.h.
 */
#include "tests/unit/fake_s2n.h"

int
s2n_cert_chain_and_key_set_ctx(struct s2n_cert_chain_and_key *cert, void *ctx)
{
	cert->ctx = ctx;
	return S2N_SUCCESS;
}

void *
s2n_cert_chain_and_key_get_ctx(struct s2n_cert_chain_and_key *cert)
{
	return cert->ctx;
}

struct s2n_cert_chain_and_key *
s2n_connection_get_selected_cert(struct s2n_connection *conn)
{
	return conn->cert;
}

int
s2n_config_set_async_pkey_callback(
    struct s2n_config *config, s2n_async_pkey_fn fn)
{
	config->sign = fn;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_get_signature_scheme(
    struct s2n_async_pkey_op *op, uint16_t *scheme)
{
	if (op->binding.type == S2N_PKEY_BINDING_RSA_PREMASTER)
		return S2N_FAILURE;
	*scheme = 0x0403;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_get_binding(
    struct s2n_async_pkey_op *op, struct s2n_pkey_binding *binding)
{
	*binding = op->binding;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_set_output(
    struct s2n_async_pkey_op *op, const uint8_t *data, uint32_t len)
{
	if (len > sizeof op->output)
		return S2N_FAILURE;
	memcpy(op->output, data, len);
	op->output_len = len;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_set_error(struct s2n_async_pkey_op *op)
{
	op->failed = true;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_apply(
    struct s2n_async_pkey_op *op, struct s2n_connection *conn)
{
	(void)conn;
	op->applied = true;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_cancel(struct s2n_async_pkey_op *op)
{
	op->cancelled = true;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_free(struct s2n_async_pkey_op *op)
{
	op->freed = true;
	return S2N_SUCCESS;
}
