/*
 * What QUIC asks of TLS (RFC 9001 4.1); the contract is in bindings.h. The
 * messages themselves are made and taken by s2n_negotiate.
 */
#include "libtls/bindings.h"
#include "libtls/buffers.h"
#include "libtls/core/memory.h"
#include "libtls/ending.h"
#include "libtls/handshake/post.h"

int
s2n_config_enable_quic(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->quic = true;
	return S2N_SUCCESS;
}

int
s2n_connection_enable_quic(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->hs != NULL || conn->negotiated || conn->records.io.read_ahead)
		return errors_report(fail(ERR_INVALID_STATE));
	conn->quic.on = true;
	return S2N_SUCCESS;
}

bool
s2n_connection_is_quic_enabled(struct s2n_connection *conn)
{
	return conn != NULL && connection_is_quic(conn);
}

static int
set_parameters(struct quic *quic, struct slice parameters)
{
	uint8_t *copy = memory_copy(parameters);

	if (copy == NULL)
		return fail(memory_lack());
	memory_free(quic->own);
	quic->own = copy;
	quic->own_len = (uint16_t)parameters.len;
	return 0;
}

int
s2n_connection_set_quic_transport_parameters(
    struct s2n_connection *conn, const uint8_t *data_buffer, uint16_t data_len)
{
	if (conn == NULL || (data_buffer == NULL && data_len > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    set_parameters(&conn->quic, slice_of(data_buffer, data_len)));
}

int
s2n_connection_get_quic_transport_parameters(struct s2n_connection *conn,
    const uint8_t **data_buffer, uint16_t *data_len)
{
	if (conn == NULL || data_buffer == NULL || data_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*data_buffer = conn->quic.peer;
	*data_len = conn->quic.peer_len;
	return S2N_SUCCESS;
}

int
s2n_connection_set_secret_callback(
    struct s2n_connection *conn, s2n_secret_cb cb_func, void *ctx)
{
	if (conn == NULL || cb_func == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->quic.secret = cb_func;
	conn->quic.secret_ctx = ctx;
	return S2N_SUCCESS;
}

static int
receive(struct s2n_connection *conn)
{
	if (!conn->quic.on)
		return fail(ERR_INVALID_STATE);
	if (conn->failed || conn->read_closed)
		return fail(ERR_CLOSED);
	if (!conn->negotiated)
		return fail(ERR_HANDSHAKE_NOT_COMPLETE);
	return post_receive_bare(conn);
}

int
s2n_recv_quic_post_handshake_message(
    struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	int r;

	if (conn == NULL || blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->in_recv)
		return errors_report(fail(ERR_REENTRANCY));
	*blocked = S2N_NOT_BLOCKED;
	conn->in_recv = true;
	r = receive(conn);
	if (r != 0 && errors_type(r) != S2N_ERR_T_USAGE)
		r = ending_judge(conn, r, blocked);
	buffers_rest(conn);
	conn->in_recv = false;
	return errors_report(r);
}
