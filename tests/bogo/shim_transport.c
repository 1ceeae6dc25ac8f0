/*
 * The socket; the contract is in shim_transport.h.
 */
#include "tests/bogo/shim_transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libtls/state/connection.h"

static void
observe(struct transport *transport)
{
	const struct handshake *hs = transport->conn->hs;

	if (hs != NULL)
		transport->extended_master = hs->extended_master;
}

bool
transport_may(struct transport *transport, bool *allowed)
{
	if (transport->async && !*allowed) {
		errno = EAGAIN;
		return false;
	}
	*allowed = false;
	return true;
}

static int
receive(void *ctx, uint8_t *buf, uint32_t len)
{
	struct transport *transport = ctx;

	observe(transport);
	if (transport->paused) {
		transport->paused = false;
		errno = EAGAIN;
		return -1;
	}
	if (!transport_may(transport, &transport->may_read))
		return -1;
	len = transport->async ? 1 : len;
	return (int)recv(transport->fd, buf, len, 0);
}

static int
transmit(void *ctx, const uint8_t *buf, uint32_t len)
{
	struct transport *transport = ctx;

	if (!transport_may(transport, &transport->may_write))
		return -1;
	len = transport->async ? 1 : len;
	return (int)send(transport->fd, buf, len, MSG_NOSIGNAL);
}

static int
connect_to(int family, const struct sockaddr *address, socklen_t len)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0)
		return -1;
	if (connect(fd, address, len) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The runner listens on ::1 where there is IPv6. */
bool
transport_connect(struct transport *transport, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in four = { .sin_family = AF_INET,
		.sin_port = htons(port) };

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	transport->fd =
	    connect_to(AF_INET6, (struct sockaddr *)&six, sizeof six);
	if (transport->fd < 0)
		transport->fd =
		    connect_to(AF_INET, (struct sockaddr *)&four, sizeof four);
	return transport->fd >= 0;
}

bool
transport_attach(struct transport *transport, struct s2n_connection *conn)
{
	transport->conn = conn;
	return s2n_connection_set_recv_cb(conn, receive) == 0 &&
	       s2n_connection_set_send_cb(conn, transmit) == 0 &&
	       s2n_connection_set_recv_ctx(conn, transport) == 0 &&
	       s2n_connection_set_send_ctx(conn, transport) == 0;
}

bool
transport_allow(struct transport *transport, s2n_blocked_status blocked)
{
	bool *direction = blocked == S2N_BLOCKED_ON_READ
			      ? &transport->may_read
			      : &transport->may_write;

	if (!transport->async || *direction)
		return false;
	*direction = true;
	return true;
}

void
transport_close(struct transport *transport)
{
	char bytes[4096];

	shutdown(transport->fd, SHUT_WR);
	while (recv(transport->fd, bytes, sizeof bytes, 0) > 0)
		;
	close(transport->fd);
}
