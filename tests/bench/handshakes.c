/*
 * handshakes: does a number of TLS handshakes with a server on 127.0.0.1, full
 * ones or resumptions of one session, several at a time on one thread, and says
 * how many it did. After each it
 * sends close_notify and waits until the server has closed, so that all of the
 * server's work lies inside the run. It verifies the server's handshake
 * signature but not its chain: what the client spends is not measured.
 */
#include <s2n.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 64
#define SESSION_MAX 4096
#define TICKET_TRIES 50

struct client {
	struct s2n_connection *conn;
	int fd;
	bool closing; /* close_notify is out; waiting for the server */
};

static struct {
	struct s2n_config *config;
	int epoll;
	uint16_t port;
	long wanted, started, done, failed;
	bool described;
	/* What is resumed; without it handshakes are full. */
	uint8_t session[SESSION_MAX];
	size_t session_len;
} run;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "handshakes: %s: %s, %s\n", what, strerror(errno),
	    s2n_strerror_debug(s2n_errno, "EN"));
	exit(1);
}

static void
client_start(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct client *client = calloc(1, sizeof *client);
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };

	address.sin_port = htons(run.port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (client == NULL)
		die("memory");
	client->fd =
	    socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || (connect(client->fd, (struct sockaddr *)&address,
				   sizeof address) != 0 &&
				  errno != EINPROGRESS))
		die("connect");
	client->conn = s2n_connection_new(S2N_CLIENT);
	if (client->conn == NULL ||
	    s2n_connection_set_config(client->conn, run.config) != 0 ||
	    s2n_set_server_name(client->conn, "localhost") != 0 ||
	    s2n_connection_set_blinding(
		client->conn, S2N_SELF_SERVICE_BLINDING) != 0 ||
	    s2n_connection_set_fd(client->conn, client->fd) != 0)
		die("connection");
	if (run.session_len > 0 && s2n_connection_set_session(client->conn,
				       run.session, run.session_len) != 0)
		die("session");
	event.data.ptr = client;
	if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		die("epoll");
	run.started++;
}

static void
client_end(struct client *client)
{
	s2n_connection_free(client->conn);
	close(client->fd);
	free(client);
	if (run.started < run.wanted)
		client_start();
}

/* Once a run: what all of its handshakes agree on. */
static void
describe(struct s2n_connection *conn)
{
	const char *group = "?", *scheme = "?";

	if (run.described)
		return;
	run.described = true;
	(void)s2n_connection_get_key_exchange_group(conn, &group);
	(void)s2n_connection_get_signature_scheme(conn, &scheme);
	printf("parameters %d %s %s %s\n",
	    s2n_connection_get_actual_protocol_version(conn),
	    s2n_connection_get_cipher(conn), group, scheme);
}

static void
client_failed(struct client *client)
{
	if (run.failed++ == 0)
		fprintf(stderr, "handshakes: %s, errno %s\n",
		    s2n_strerror_debug(s2n_errno, "EN"), strerror(errno));
	client_end(client);
}

static void
client_step(struct client *client)
{
	s2n_blocked_status blocked;
	char drop[4096];
	ssize_t len;

	if (!client->closing) {
		if (s2n_negotiate(client->conn, &blocked) != 0) {
			if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
				client_failed(client);
			return;
		}
		describe(client->conn);
		if (s2n_connection_is_session_resumed(client->conn) !=
		    (run.session_len > 0)) {
			fputs("handshakes: not as told to\n", stderr);
			exit(1);
		}
		/* Two dozen bytes always fit an empty socket buffer. */
		if (s2n_shutdown_send(client->conn, &blocked) != 0 ||
		    shutdown(client->fd, SHUT_WR) != 0) {
			client_failed(client);
			return;
		}
		client->closing = true;
	}
	while ((len = read(client->fd, drop, sizeof drop)) > 0)
		;
	if (len < 0 && errno == EAGAIN)
		return;
	run.done++;
	client_end(client);
}

static void
set_up(char **argv)
{
	run.port = (uint16_t)atoi(argv[1]);
	run.wanted = atol(argv[2]);
	signal(SIGPIPE, SIG_IGN);
	if (s2n_init() != 0 || (run.config = s2n_config_new_minimal()) == NULL)
		die("init");
	if (s2n_config_set_cipher_preferences(run.config, argv[4]) != 0 ||
	    s2n_config_disable_x509_verification(run.config) != 0)
		die("config");
	if ((run.epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		die("epoll");
}

static int
keep(struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	(void)conn;
	(void)ctx;
	return s2n_session_ticket_get_data_len(ticket, &run.session_len) == 0 &&
		       s2n_session_ticket_get_data(
			   ticket, sizeof run.session, run.session) == 0
		   ? 0
		   : -1;
}

/* One handshake, blocking, and what comes after it until there is a ticket. */
static void
make_session(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct timeval limit = { 0, 100000 };
	s2n_blocked_status blocked;
	char byte;

	address.sin_port = htons(run.port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (s2n_config_set_session_tickets_onoff(run.config, 1) != 0 ||
	    s2n_config_set_session_ticket_cb(run.config, keep, NULL) != 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    s2n_connection_set_config(conn, run.config) != 0 ||
	    s2n_set_server_name(conn, "localhost") != 0 ||
	    s2n_connection_set_fd(conn, fd) != 0 ||
	    s2n_negotiate(conn, &blocked) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
		die("the first handshake");
	for (int i = 0; i < TICKET_TRIES && run.session_len == 0; i++)
		if (s2n_recv(conn, &byte, 1, &blocked) == 0)
			break;
	if (run.session_len == 0)
		die("no ticket came");
	s2n_connection_free(conn);
	close(fd);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	int n, i;

	if (argc != 5 && (argc != 6 || strcmp(argv[5], "resumed") != 0)) {
		fputs(
		    "usage: handshakes port count at-a-time policy [resumed]\n",
		    stderr);
		return 2;
	}
	set_up(argv);
	if (argc == 6)
		make_session();
	for (n = atoi(argv[3]); n > 0 && run.started < run.wanted; n--)
		client_start();
	while (run.done + run.failed < run.wanted) {
		n = epoll_wait(run.epoll, events, EVENTS, 5000);
		if (n == 0)
			die("nothing happened for 5 seconds");
		for (i = 0; i < n; i++)
			client_step(events[i].data.ptr);
	}
	printf("done %ld failed %ld\n", run.done, run.failed);
	return run.failed == 0 ? 0 : 1;
}
