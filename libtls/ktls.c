/*
 * Handing a connection's records to the kernel (unstable/ktls.h).
 */
#include "unstable/ktls.h"

#include <errno.h>
#include <sys/sendfile.h>

#include <openssl/crypto.h>

#include "libtls/crypto/hkdf.h"
#include "libtls/handshake/schedule12.h"
#include "libtls/record/kernel.h"
#include "libtls/record/protect12.h"
#include "libtls/state/connection.h"

static bool
is_gcm(const struct suite *suite)
{
	return suite->aead == &aead_aes128_gcm ||
	       suite->aead == &aead_aes256_gcm;
}

/* Of either direction; side's own follows. */
static int
judge(const struct s2n_connection *conn)
{
	if (conn->config == NULL || !conn->negotiated)
		return fail(ERR_HANDSHAKE_NOT_COMPLETE);
	if (conn->failed)
		return fail(ERR_CLOSED);
	if (conn->config->renegotiate != NULL)
		return fail(ERR_KTLS_RENEG);
	if (conn->quic.on || conn->version < S2N_TLS12 ||
	    !is_gcm(conn->suite) ||
	    (conn->version >= S2N_TLS13 && !conn->config->ktls_tls13))
		return fail(ERR_KTLS_CONNECTION);
	return 0;
}

static int
judge_send(const struct s2n_connection *conn)
{
	const struct record_layer *records = &conn->records;

	if (records->io.write_fd < 0)
		return fail(ERR_KTLS_MANAGED_IO);
	if (conn->write_closed)
		return fail(ERR_CLOSED);
	/* A key update that was asked for is still to be sent. */
	return io_flushed(&records->io) && !conn->update_due
		   ? 0
		   : fail(ERR_NEEDS_DRAINING);
}

static int
judge_recv(const struct s2n_connection *conn)
{
	const struct record_layer *records = &conn->records;

	if (records->io.read_fd < 0)
		return fail(ERR_KTLS_MANAGED_IO);
	if (conn->read_closed)
		return fail(ERR_CLOSED);
	return records->plain.len == 0 && conn->inbox.joined.len == 0 &&
		       conn->inbox.arrived == END_OF_PATH &&
		       io_buffered(&records->io) == 0
		   ? 0
		   : fail(ERR_NEEDS_DRAINING);
}

/* ---- keys, as they were before they went into libcrypto ---- */

static int
derive12(const struct s2n_connection *conn, s2n_mode sender, uint8_t *key)
{
	uint8_t block[KEY_BLOCK_MAX];
	size_t len = protection12_block_size(conn->suite, conn->version);
	size_t size = conn->suite->aead->key_size;
	struct terms terms = {
		.version = conn->version,
		.digest = conn->suite->digest,
		.client_random = conn->randoms[S2N_CLIENT],
		.server_random = conn->randoms[S2N_SERVER],
	};
	int r;

	if (len > sizeof block)
		return fail(ERR_SAFETY);
	/* RFC 5246 6.3: an AEAD has no MAC keys, so that the client's key is
	 * first. */
	if ((r = schedule12_key_block(&terms, conn->master, block, len)) == 0)
		memcpy(key, block + (sender == S2N_SERVER ? size : 0), size);
	OPENSSL_cleanse(block, sizeof block);
	return r;
}

static int
derive(const struct s2n_connection *conn, const struct protection *p,
    s2n_mode sender, uint8_t key[AEAD_KEY_MAX])
{
	if (conn->version < S2N_TLS13)
		return derive12(conn, sender, key);
	return hkdf_expand_label(p->digest, p->secret, "key", NO_BYTES, key,
	    conn->suite->aead->key_size);
}

static int
hand_over(struct s2n_connection *conn, enum kernel_side side, int fd,
    struct protection *p, s2n_mode sender)
{
	uint8_t key[AEAD_KEY_MAX];
	int r;

	if ((r = kernel_attach(fd)) != 0)
		return r;
	if ((r = derive(conn, p, sender, key)) == 0)
		r = kernel_set_key(fd, side, conn->version, conn->suite->aead,
		    key, p->iv, p->sequence);
	OPENSSL_cleanse(key, sizeof key);
	if (r == 0)
		protection_wipe(p); /* it is the kernel's alone now */
	return r;
}

static int
enable_send(struct s2n_connection *conn)
{
	struct record_layer *records;
	int r;

	if (conn == NULL)
		return fail(ERR_NULL_ARGUMENT);
	records = &conn->records;
	if (records->io.kernel_sends)
		return 0;
	if ((r = judge(conn)) != 0 || (r = judge_send(conn)) != 0 ||
	    (r = hand_over(conn, KERNEL_SENDS, records->io.write_fd,
		 &records->out, conn->mode)) != 0)
		return r;
	records->io.kernel_sends = true;
	records->writes = &framing_kernel;
	records->io.limited = conn->version >= S2N_TLS13;
	return 0;
}

int
s2n_connection_ktls_enable_send(struct s2n_connection *conn)
{
	return errors_report(enable_send(conn));
}

static int
enable_recv(struct s2n_connection *conn)
{
	struct record_layer *records;
	int r;

	if (conn == NULL)
		return fail(ERR_NULL_ARGUMENT);
	records = &conn->records;
	if (records->io.kernel_receives)
		return 0;
	if ((r = judge(conn)) != 0 || (r = judge_recv(conn)) != 0 ||
	    (r = hand_over(conn, KERNEL_RECEIVES, records->io.read_fd,
		 &records->in, is_server(conn) ? S2N_CLIENT : S2N_SERVER)) != 0)
		return r;
	records->io.kernel_receives = true;
	records->reads = &framing_kernel;
	return 0;
}

int
s2n_connection_ktls_enable_recv(struct s2n_connection *conn)
{
	return errors_report(enable_recv(conn));
}

int
s2n_config_ktls_enable_unsafe_tls13(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->ktls_tls13 = true;
	return S2N_SUCCESS;
}

/* ---- files ---- */

static int
send_file(struct s2n_connection *conn, int fd, off_t offset, size_t count,
    size_t *written)
{
	struct io *io = &conn->records.io;
	ssize_t sent;
	int r;

	*written = 0;
	if (!io->kernel_sends)
		return fail(ERR_KTLS_CONNECTION);
	if (conn->write_closed)
		return fail(ERR_CLOSED);
	if ((r = io_flush(io)) != 0)
		return r;
	if ((r = io_kernel_limit(io, count)) != 0)
		return r;
	do
		sent = sendfile(io->write_fd, fd, &offset, count);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK
			   ? fail(ERR_WANT_WRITE)
			   : fail(ERR_IO);
	io->kernel_sent += (size_t)sent;
	*written = (size_t)sent;
	return 0;
}

int
s2n_sendfile(struct s2n_connection *conn, int fd, off_t offset, size_t count,
    size_t *bytes_written, s2n_blocked_status *blocked)
{
	int r;

	if (conn == NULL || bytes_written == NULL || blocked == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->in_send)
		return errors_report(fail(ERR_REENTRANCY));
	conn->in_send = true;
	r = send_file(conn, fd, offset, count, bytes_written);
	*blocked = S2N_NOT_BLOCKED;
	if (errors_waiting(r))
		*blocked = S2N_BLOCKED_ON_WRITE;
	conn->in_send = false;
	return errors_report(r);
}
