/*
 * Where a connection's bytes come from and go to, and how they are cut into
 * records (Guide: I/O functions, Record sizes).
 */
#include "libtls/state/connection.h"

/* Plaintext bytes in a record: one Ethernet packet, or all that RFC 8446
 * allows. */
#define LOW_LATENCY_FRAGMENT 1435
#define THRESHOLD_MAX (8u * 1024 * 1024)

int
s2n_connection_set_read_fd(struct s2n_connection *conn, int readfd)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	io_set_read_fd(&conn->records.io, readfd);
	return S2N_SUCCESS;
}

int
s2n_connection_set_write_fd(struct s2n_connection *conn, int writefd)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	io_set_write_fd(&conn->records.io, writefd);
	return S2N_SUCCESS;
}

int
s2n_connection_set_fd(struct s2n_connection *conn, int fd)
{
	if (s2n_connection_set_read_fd(conn, fd) != S2N_SUCCESS)
		return S2N_FAILURE;
	return s2n_connection_set_write_fd(conn, fd);
}

/* ERR_INVALID_STATE when the application brought callbacks of its own. */
static int
get_fd(const struct s2n_connection *conn, int managed, int *fd)
{
	if (conn == NULL || fd == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (managed < 0)
		return fail(ERR_INVALID_STATE);
	*fd = managed;
	return 0;
}

int
s2n_connection_get_read_fd(struct s2n_connection *conn, int *readfd)
{
	return errors_report(
	    get_fd(conn, conn != NULL ? conn->records.io.read_fd : -1, readfd));
}

int
s2n_connection_get_write_fd(struct s2n_connection *conn, int *writefd)
{
	return errors_report(get_fd(
	    conn, conn != NULL ? conn->records.io.write_fd : -1, writefd));
}

int
s2n_connection_set_recv_ctx(struct s2n_connection *conn, void *ctx)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->records.io.recv_ctx = ctx;
	return S2N_SUCCESS;
}

int
s2n_connection_set_send_ctx(struct s2n_connection *conn, void *ctx)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->records.io.send_ctx = ctx;
	return S2N_SUCCESS;
}

int
s2n_connection_set_recv_cb(struct s2n_connection *conn, s2n_recv_fn *recv)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->records.io.recv = recv;
	conn->records.io.read_fd = -1;
	return S2N_SUCCESS;
}

int
s2n_connection_set_send_cb(struct s2n_connection *conn, s2n_send_fn *send)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->records.io.send = send;
	conn->records.io.write_fd = -1;
	return S2N_SUCCESS;
}

int
s2n_connection_set_recv_buffering(struct s2n_connection *conn, bool enabled)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (enabled && connection_is_quic(conn))
		return errors_report(fail(ERR_INVALID_STATE));
	conn->records.io.read_ahead = enabled;
	return S2N_SUCCESS;
}

int
s2n_connection_use_corked_io(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->records.io.write_fd < 0)
		return errors_report(fail(ERR_CORK_UNMANAGED));
	conn->corks = true;
	return S2N_SUCCESS;
}

uint32_t
s2n_peek_buffered(struct s2n_connection *conn)
{
	return conn != NULL ? (uint32_t)io_buffered(&conn->records.io) : 0;
}

int
s2n_connection_prefer_throughput(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->records.fragment_max = RECORD_PLAINTEXT_MAX;
	return S2N_SUCCESS;
}

int
s2n_connection_prefer_low_latency(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->records.fragment_max = LOW_LATENCY_FRAGMENT;
	return S2N_SUCCESS;
}

int
s2n_connection_set_dynamic_record_threshold(struct s2n_connection *conn,
    uint32_t resize_threshold, uint16_t timeout_threshold)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (resize_threshold > THRESHOLD_MAX)
		return errors_report(fail(ERR_INVALID_DYNAMIC_THRESHOLD));
	conn->resize_threshold = resize_threshold;
	conn->resize_timeout = timeout_threshold;
	return S2N_SUCCESS;
}

uint64_t
s2n_connection_get_wire_bytes_in(struct s2n_connection *conn)
{
	if (conn == NULL || conn->records.io.kernel_receives)
		return 0; /* the kernel counts none for us */
	return conn->records.io.bytes_in;
}

uint64_t
s2n_connection_get_wire_bytes_out(struct s2n_connection *conn)
{
	if (conn == NULL || conn->records.io.kernel_sends)
		return 0;
	return conn->records.io.bytes_out;
}
