/*
 * Renegotiation as a client (unstable/renegotiate.h). What a HelloRequest is
 * answered is in handshake/post.c.
 */
#include "libtls/unstable/renegotiate.h"

#include "libtls/core/memory.h"
#include "libtls/ending.h"
#include "libtls/handshake/handshake.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/review.h"

const s2n_blocked_status S2N_BLOCKED_ON_APPLICATION_DATA =
    S2N_BLOCKED_ON_EARLY_DATA;

int
s2n_config_set_renegotiate_request_cb(struct s2n_config *config,
    s2n_renegotiate_request_cb callback, void *context)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	/* What a renegotiation needs of the handshake is not serialized. */
	if (callback != NULL &&
	    config->serialization != S2N_SERIALIZED_CONN_NONE)
		return errors_report(fail(ERR_INVALID_STATE));
	config->renegotiate = callback;
	config->renegotiate_ctx = context;
	return S2N_SUCCESS;
}

/* What the handshake before agreed on, but for the version and the keys. */
static void
forget(struct s2n_connection *conn)
{
	handshake_end(conn);
	s2n_cert_chain_and_key_free(conn->peer_chain);
	review_end(conn);
	conn->peer_chain = conn->own_chain = NULL;
	staple_clear(&conn->ocsp);
	staple_clear(&conn->scts);
	conn->ocsp_stapled = false;
	memory_free(conn->protocol);
	conn->protocol = NULL;
	conn->group = NULL;
	conn->server_scheme = conn->client_scheme = NULL;
	conn->client_asked = false;
	conn->negotiated = false;
}

static int
wipe(struct s2n_connection *conn)
{
	if (conn == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (is_server(conn))
		return fail(ERR_SERVER_MODE);
	if (!conn->negotiated || conn->failed || conn->read_closed ||
	    conn->version >= S2N_TLS13 || !conn->secure_renegotiation ||
	    message_boundary(conn) != 0)
		return fail(ERR_INVALID_STATE);
	forget(conn);
	conn->renegotiating = true;
	return 0;
}

int
s2n_renegotiate_wipe(struct s2n_connection *conn)
{
	return errors_report(wipe(conn));
}

/* Hands out what stopped the handshake. */
static size_t
take_data(struct s2n_connection *conn, uint8_t *out, size_t room)
{
	struct slice *plain = &conn->records.plain;
	size_t len = plain->len < room ? plain->len : room;

	if (len > 0)
		memcpy(out, plain->data, len);
	*plain = slice_of(plain->data + len, plain->len - len);
	return len;
}

int
s2n_renegotiate(struct s2n_connection *conn, uint8_t *app_data_buf,
    ssize_t app_data_buf_size, ssize_t *app_data_size,
    s2n_blocked_status *blocked)
{
	int r;

	if (conn == NULL || app_data_buf == NULL || app_data_size == NULL ||
	    blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*app_data_size = 0;
	if (app_data_buf_size < 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	if (!conn->renegotiating)
		return errors_report(fail(ERR_INVALID_STATE));
	r = s2n_negotiate(conn, blocked);
	if (r != S2N_SUCCESS && *blocked == S2N_BLOCKED_ON_APPLICATION_DATA)
		*app_data_size = (ssize_t)take_data(
		    conn, app_data_buf, (size_t)app_data_buf_size);
	return r;
}
