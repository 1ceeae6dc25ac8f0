/*
 * Early data, as an application sends, receives and allows it (Guide: Using
 * Early Data / 0RTT).
 */
#include "libtls/buffers.h"
#include "libtls/ending.h"
#include "libtls/handshake/early.h"

/* ---- how much ---- */

int
s2n_config_set_server_max_early_data_size(
    struct s2n_config *config, uint32_t max_early_data_size)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->max_early_data = max_early_data_size;
	return S2N_SUCCESS;
}

int
s2n_connection_set_server_max_early_data_size(
    struct s2n_connection *conn, uint32_t max_early_data_size)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->early.own_max = true;
	conn->early.max = max_early_data_size;
	return S2N_SUCCESS;
}

int
s2n_connection_set_server_early_data_context(
    struct s2n_connection *conn, const uint8_t *context, uint16_t context_size)
{
	if (conn == NULL || (context == NULL && context_size > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	writer_set(&conn->early.context, slice_of(context, context_size));
	return errors_report(conn->early.context.failed ? fail(ERR_NOMEM) : 0);
}

/* The key's that is agreed on, or the first that is offered; a server that has
 * none yet: what it allows. */
static uint32_t
most(const struct s2n_connection *conn)
{
	if (conn->psk != NULL)
		return conn->psk->early.max;
	if (is_server(conn))
		return conn->config != NULL ? connection_server_early_max(conn)
					    : 0;
	return conn->psks.count > 0 ? conn->psks.psks[0]->early.max : 0;
}

static uint64_t
left(const struct s2n_connection *conn)
{
	uint32_t max = most(conn);

	if (early_over(conn) || conn->early.used >= max)
		return 0;
	return max - conn->early.used;
}

int
s2n_connection_get_max_early_data_size(
    struct s2n_connection *conn, uint32_t *max_early_data_size)
{
	if (conn == NULL || max_early_data_size == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*max_early_data_size = most(conn);
	return S2N_SUCCESS;
}

int
s2n_connection_get_remaining_early_data_size(
    struct s2n_connection *conn, uint32_t *allowed_early_data_size)
{
	if (conn == NULL || allowed_early_data_size == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*allowed_early_data_size = (uint32_t)left(conn);
	return S2N_SUCCESS;
}

int
s2n_connection_get_early_data_status(
    struct s2n_connection *conn, s2n_early_data_status_t *status)
{
	if (conn == NULL || status == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	switch (conn->early.state) {
	case EARLY_UNKNOWN:
	case EARLY_REQUESTED:
	case EARLY_ACCEPTED:
		*status = S2N_EARLY_DATA_STATUS_OK;
		break;
	case EARLY_NOT_REQUESTED:
		*status = S2N_EARLY_DATA_STATUS_NOT_REQUESTED;
		break;
	case EARLY_REJECTED:
		*status = S2N_EARLY_DATA_STATUS_REJECTED;
		break;
	case EARLY_ENDED:
		*status = S2N_EARLY_DATA_STATUS_END;
		break;
	}
	return S2N_SUCCESS;
}

/* ---- of which key ---- */

static int
configure(struct s2n_psk *psk, uint32_t max, uint16_t number)
{
	const struct suite *suite = suite_find(number);

	if (suite == NULL)
		return fail(ERR_NO_COMMON_SUITE);
	if (suite->digest != psk->digest)
		return fail(ERR_INVALID_ARGUMENT);
	psk->early.max = max;
	psk->early.suite = suite;
	return 0;
}

int
s2n_psk_configure_early_data(struct s2n_psk *psk, uint32_t max_early_data_size,
    uint8_t cipher_suite_first_byte, uint8_t cipher_suite_second_byte)
{
	if (psk == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(configure(psk, max_early_data_size,
	    (uint16_t)(cipher_suite_first_byte << 8 |
		       cipher_suite_second_byte)));
}

int
s2n_psk_set_application_protocol(
    struct s2n_psk *psk, const uint8_t *application_protocol, uint8_t size)
{
	if (psk == NULL || (application_protocol == NULL && size > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	writer_set(&psk->early.protocol, slice_of(application_protocol, size));
	return errors_report(psk->early.protocol.failed ? fail(ERR_NOMEM) : 0);
}

int
s2n_psk_set_early_data_context(
    struct s2n_psk *psk, const uint8_t *context, uint16_t size)
{
	if (psk == NULL || (context == NULL && size > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	writer_set(&psk->early.context, slice_of(context, size));
	return errors_report(psk->early.context.failed ? fail(ERR_NOMEM) : 0);
}

/* ---- whether a server takes it ---- */

int
s2n_config_set_early_data_cb(struct s2n_config *config, s2n_early_data_cb cb)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->early_data = cb;
	return S2N_SUCCESS;
}

static int
answer(struct s2n_offered_early_data *early_data, bool accepted)
{
	if (early_data == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (early_data->answered)
		return fail(ERR_EARLY_DATA_STATE);
	early_data->accepted = accepted;
	early_data->answered = true;
	return 0;
}

int
s2n_offered_early_data_accept(struct s2n_offered_early_data *early_data)
{
	return errors_report(answer(early_data, true));
}

int
s2n_offered_early_data_reject(struct s2n_offered_early_data *early_data)
{
	return errors_report(answer(early_data, false));
}

int
s2n_offered_early_data_get_context_length(
    struct s2n_offered_early_data *early_data, uint16_t *context_len)
{
	if (early_data == NULL || context_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (early_data->conn->psk == NULL)
		return errors_report(fail(ERR_EARLY_DATA_STATE));
	*context_len = (uint16_t)early_data->conn->psk->early.context.len;
	return S2N_SUCCESS;
}

int
s2n_offered_early_data_get_context(struct s2n_offered_early_data *early_data,
    uint8_t *context, uint16_t max_len)
{
	const struct writer *own;

	if (early_data == NULL || context == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (early_data->conn->psk == NULL)
		return errors_report(fail(ERR_EARLY_DATA_STATE));
	own = &early_data->conn->psk->early.context;
	if (own->len > max_len)
		return errors_report(fail(ERR_INSUFFICIENT_MEM_SIZE));
	if (own->len > 0)
		memcpy(context, own->data, own->len);
	return S2N_SUCCESS;
}

/* ---- QUIC ---- */

/* RFC 9001 4.6.1: early data travels in packets, and TLS only offers and takes
 * it. A call without data, before the handshake, says that it is wanted. */
static int
want(struct s2n_connection *conn, size_t len)
{
	if (len > 0)
		return fail(ERR_UNSUPPORTED_WITH_QUIC);
	if (conn->hs != NULL || conn->negotiated)
		return fail(ERR_EARLY_DATA_NOT_ALLOWED);
	conn->early.wanted = true;
	return 0;
}

/* ---- sending ---- */

/* The handshake, as far as it goes without more early data, or without an end
 * of it: ERR_WANT_EARLY_DATA. */
static int
run(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
	int r;

	conn->early.wanted = conn->early.in_call = true;
	r = s2n_negotiate(conn, blocked) == S2N_SUCCESS ? 0
							: errors_last().code;
	conn->early.in_call = false;
	return r;
}

/* All of it into records and out; done: what is in records. */
static int
send_data(struct s2n_connection *conn, struct slice data, size_t *done)
{
	int r;

	if (data.len > left(conn))
		return fail(ERR_MAX_EARLY_DATA_SIZE);
	if ((r = record_write(
		 &conn->records, CONTENT_APPLICATION_DATA, data)) != 0)
		return r;
	conn->early.used += data.len;
	*done = data.len;
	return io_flush(&conn->records.io);
}

static int
send_early(struct s2n_connection *conn, struct slice data, size_t *done,
    s2n_blocked_status *blocked)
{
	int r;

	if (is_server(conn))
		return fail(ERR_CLIENT_MODE);
	if (connection_is_quic(conn))
		return want(conn, data.len);
	if (conn->negotiated)
		return fail(ERR_EARLY_DATA_NOT_ALLOWED);
	r = run(conn, blocked);
	if (r != ERR_WANT_EARLY_DATA)
		return r;
	*blocked = S2N_NOT_BLOCKED;
	/* What was refused, or never asked for, is not sent: the status says
	 * so. */
	if (early_over(conn))
		return 0;
	r = send_data(conn, data, done);
	if (errors_waiting(r))
		*blocked = S2N_BLOCKED_ON_WRITE;
	return r;
}

int
s2n_send_early_data(struct s2n_connection *conn, const uint8_t *data,
    ssize_t data_len, ssize_t *data_sent, s2n_blocked_status *blocked)
{
	size_t done = 0;
	int r;

	if (conn == NULL || data_sent == NULL || blocked == NULL ||
	    conn->config == NULL || (data == NULL && data_len > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*data_sent = 0;
	*blocked = S2N_NOT_BLOCKED;
	if (data_len < 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	r = send_early(conn, slice_of(data, (size_t)data_len), &done, blocked);
	*data_sent = (ssize_t)done;
	return errors_report(r);
}

/* ---- receiving ---- */

/* Some of what came, no more than is allowed in all. */
static int
take(struct s2n_connection *conn, uint8_t *data, size_t room, size_t *got)
{
	struct slice *plain = &conn->records.plain;
	size_t len = plain->len < room ? plain->len : room;

	if (plain->len > left(conn))
		return fail(ERR_MAX_EARLY_DATA_SIZE);
	memcpy(data, plain->data, len);
	*plain = slice_of(plain->data + len, plain->len - len);
	conn->early.used += len;
	*got += len;
	return 0;
}

/* Until there is no more of it, or no room, or the peer is waited for. */
static int
receive_early(struct s2n_connection *conn, uint8_t *data, size_t room,
    size_t *got, s2n_blocked_status *blocked)
{
	int r;

	if (!is_server(conn))
		return fail(ERR_SERVER_MODE);
	if (connection_is_quic(conn))
		return want(conn, room);
	if (conn->negotiated || early_over(conn))
		return 0;
	for (;;) {
		r = run(conn, blocked);
		if (early_over(conn) && (r == 0 || errors_waiting(r))) {
			*blocked = S2N_NOT_BLOCKED;
			return 0;
		}
		if (r != ERR_WANT_EARLY_DATA)
			return r;
		if (*got == room)
			return r; /* more is to be had at once */
		if ((r = take(conn, data + *got, room - *got, got)) != 0)
			return ending_judge(conn, r, blocked);
	}
}

int
s2n_recv_early_data(struct s2n_connection *conn, uint8_t *data,
    ssize_t max_data_len, ssize_t *data_received, s2n_blocked_status *blocked)
{
	size_t got = 0;
	int r;

	if (conn == NULL || data_received == NULL || blocked == NULL ||
	    conn->config == NULL || (data == NULL && max_data_len > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*data_received = 0;
	*blocked = S2N_NOT_BLOCKED;
	if (max_data_len < 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	r = receive_early(conn, data, (size_t)max_data_len, &got, blocked);
	*data_received = (ssize_t)got;
	return errors_report(r);
}
