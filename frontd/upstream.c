/*
 * Connections to backends; the contract is in upstream.h.
 */
#include "frontd/upstream.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libtls/s2n.h"

struct s2n_config *
upstream_config(const char *authorities, struct s2n_cert_chain_and_key *own)
{
	struct s2n_config *config = s2n_config_new_minimal();

	if (config != NULL &&
	    s2n_config_set_cipher_preferences(config, "default") ==
		S2N_SUCCESS &&
	    s2n_config_add_pem_to_trust_store(config, authorities) ==
		S2N_SUCCESS &&
	    (own == NULL || s2n_config_add_cert_chain_and_key_to_store(
				config, own) == S2N_SUCCESS))
		return config;
	s2n_config_free(config);
	return NULL;
}

bool
upstream_secure(struct upstream *backend, struct s2n_config *config,
    const char *name, const char *protocol, void *ctx)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);

	if (conn != NULL &&
	    s2n_connection_set_config(conn, config) == S2N_SUCCESS &&
	    s2n_connection_set_fd(conn, backend->fd) == S2N_SUCCESS &&
	    s2n_set_server_name(conn, name) == S2N_SUCCESS &&
	    s2n_connection_set_ctx(conn, ctx) == S2N_SUCCESS &&
	    s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING) ==
		S2N_SUCCESS &&
	    s2n_connection_prefer_throughput(conn) == S2N_SUCCESS &&
	    (protocol == NULL ||
		s2n_connection_append_protocol_preference(conn,
		    (const uint8_t *)protocol,
		    (uint8_t)strlen(protocol)) == S2N_SUCCESS)) {
		backend->conn = conn;
		return true;
	}
	if (conn != NULL)
		s2n_connection_free(conn);
	return false;
}

static enum upstream_wait
wait_of(s2n_blocked_status blocked)
{
	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		return UPSTREAM_FAILED;
	if (blocked == S2N_BLOCKED_ON_APPLICATION_INPUT)
		return UPSTREAM_KEY;
	return blocked == S2N_BLOCKED_ON_WRITE ? UPSTREAM_WRITABLE
					       : UPSTREAM_READABLE;
}

static enum upstream_wait
wait_of_socket(enum upstream_wait wanted)
{
	return errno == EAGAIN || errno == EINTR ? wanted : UPSTREAM_FAILED;
}

int
upstream_negotiate(struct upstream *backend, enum upstream_wait *wait)
{
	s2n_blocked_status blocked;

	if (backend->conn == NULL)
		return 0;
	if (s2n_negotiate(backend->conn, &blocked) != S2N_SUCCESS) {
		*wait = wait_of(blocked);
		return -1;
	}
	s2n_connection_free_handshake(backend->conn);
	return 0;
}

ssize_t
upstream_receive(struct upstream *backend, uint8_t *out, size_t room,
    enum upstream_wait *wait)
{
	s2n_blocked_status blocked;
	ssize_t got;

	if (backend->conn != NULL) {
		got = s2n_recv(backend->conn, out, (ssize_t)room, &blocked);
		if (got < 0)
			*wait = wait_of(blocked);
		return got;
	}
	if (backend->drained) {
		*wait = UPSTREAM_READABLE;
		return -1;
	}
	if ((got = recv(backend->fd, out, room, MSG_DONTWAIT)) < 0)
		*wait = wait_of_socket(UPSTREAM_READABLE);
	/* Told the end, many are at theirs at once: that is looked at. */
	if (!backend->finished)
		backend->drained = got > 0 ? (size_t)got < room : got < 0;
	return got;
}

ssize_t
upstream_send(
    struct upstream *backend, struct slice bytes, enum upstream_wait *wait)
{
	s2n_blocked_status blocked;
	ssize_t sent;

	if (backend->conn != NULL) {
		sent = s2n_send(
		    backend->conn, bytes.data, (ssize_t)bytes.len, &blocked);
		if (sent < 0)
			*wait = wait_of(blocked);
		return sent;
	}
	sent = send(
	    backend->fd, bytes.data, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		*wait = wait_of_socket(UPSTREAM_WRITABLE);
	return sent;
}

int
upstream_finish(struct upstream *backend, enum upstream_wait *wait)
{
	s2n_blocked_status blocked;

	if (backend->conn == NULL) {
		shutdown(backend->fd, SHUT_WR);
		backend->finished = true;
		backend->drained = false;
		return 0;
	}
	if (s2n_shutdown_send(backend->conn, &blocked) == S2N_SUCCESS)
		return 0;
	*wait = wait_of(blocked);
	return -1;
}

void
upstream_rest(struct upstream *backend)
{
	if (backend->conn != NULL)
		(void)!s2n_connection_release_buffers(backend->conn);
}

const char *
upstream_error(const struct upstream *backend)
{
	return backend->conn != NULL ? s2n_strerror(s2n_errno, NULL)
				     : strerror(errno);
}

void
upstream_close(struct upstream *backend)
{
	if (backend->conn != NULL)
		s2n_connection_free(backend->conn);
	if (backend->fd >= 0)
		close(backend->fd);
	*backend = (struct upstream){ .fd = -1 };
}
