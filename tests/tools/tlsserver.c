/*
 * tlsserver: a test server on the public interface of libtls, one connection at
 * a time on a blocking socket. It describes each connection on stdout and then
 * echoes, or answers one HTTP request. For tests only: it has no time limits.
 */
#include "tests/tools/tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/tools/cache.h"

#define PAIRS_MAX 8

struct options {
	const char *policy, *alpn, *dhparams, *clients, *staple;
	const char *chains[PAIRS_MAX], *keys[PAIRS_MAX];
	size_t chain_count, key_count;
	uint16_t port;
	long connections; /* to serve before it ends; 0: for ever */
	bool http, key_update, fragment, tickets, cache;
	bool optional, names; /* of client certificates */
	size_t bytes;         /* to echo before it closes; 0: all that come */
	char *body;           /* of the answer to an HTTP request */
	size_t body_len;
};

static const char usage[] =
    "usage: tlsserver --cert chain.pem --key key.pem [--cert ... --key ...]\n"
    "    [--port n] [--policy name] [--dhparams file] [--alpn a,b]\n"
    "    [--connections n] [--bytes n] [--http] [--body file] [--key-update]\n"
    "    [--client-ca ca.pem [--client-optional] [--name-authorities]]\n"
    "    [--accept-fragment] [--staple file] [--tickets] [--cache]\n"
    "It echoes; with --bytes so many, and is then the first to close.\n"
    "With --client-ca a client has to have a certificate from there, with\n"
    "--client-optional only if it has one; --name-authorities tells it so.\n"
    "Prints \"port n\" when it listens; port 0, the default, takes a free one.\n";

static char default_body[] = "hello from tlsserver\n";

static void
parse(int argc, char **argv, struct options *options)
{
	static const struct option words[] = {
		{ "cert", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "port", required_argument, NULL, 'p' },
		{ "policy", required_argument, NULL, 'P' },
		{ "dhparams", required_argument, NULL, 'd' },
		{ "alpn", required_argument, NULL, 'a' },
		{ "bytes", required_argument, NULL, 'B' },
		{ "connections", required_argument, NULL, 'n' },
		{ "http", no_argument, NULL, 'h' },
		{ "body", required_argument, NULL, 'b' },
		{ "key-update", no_argument, NULL, 'u' },
		{ "client-ca", required_argument, NULL, 'C' },
		{ "client-optional", no_argument, NULL, 'O' },
		{ "name-authorities", no_argument, NULL, 'N' },
		{ "accept-fragment", no_argument, NULL, 'F' },
		{ "staple", required_argument, NULL, 'o' },
		{ "tickets", no_argument, NULL, 't' },
		{ "cache", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	int word;

	while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
		if (word == 'c' && options->chain_count < PAIRS_MAX)
			options->chains[options->chain_count++] = optarg;
		else if (word == 'k' && options->key_count < PAIRS_MAX)
			options->keys[options->key_count++] = optarg;
		else if (word == 'p')
			options->port = (uint16_t)atoi(optarg);
		else if (word == 'P')
			options->policy = optarg;
		else if (word == 'd')
			options->dhparams = optarg;
		else if (word == 'B')
			options->bytes = (size_t)atol(optarg);
		else if (word == 'a')
			options->alpn = optarg;
		else if (word == 'n')
			options->connections = atol(optarg);
		else if (word == 'h')
			options->http = true;
		else if (word == 'b')
			options->body = tool_read(optarg, &options->body_len);
		else if (word == 'u')
			options->key_update = true;
		else if (word == 'C')
			options->clients = optarg;
		else if (word == 'O')
			options->optional = true;
		else if (word == 'N')
			options->names = true;
		else if (word == 'F')
			options->fragment = true;
		else if (word == 'o')
			options->staple = optarg;
		else if (word == 't')
			options->tickets = true;
		else if (word == 's')
			options->cache = true;
		else
			goto bad;
	}
	if (optind == argc && options->chain_count > 0 &&
	    options->chain_count == options->key_count)
		return;
bad:
	fputs(usage, stderr);
	exit(2);
}

static int
listen_on(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		tool_die_errno("listen");
	printf("port %u\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

/* Sends after a key update of our own, if that was asked for. */
static bool
answer(struct s2n_connection *conn, const struct options *options,
    const void *bytes, size_t len)
{
	if (options->key_update && s2n_connection_request_key_update(
				       conn, S2N_KEY_UPDATE_NOT_REQUESTED) != 0)
		return false;
	return tool_send(conn, bytes, len);
}

static bool
echo(struct s2n_connection *conn, const struct options *options)
{
	uint8_t bytes[16384];
	s2n_blocked_status blocked;
	size_t echoed = 0;
	ssize_t len;

	while ((len = s2n_recv(conn, bytes, sizeof bytes, &blocked)) > 0) {
		if (!answer(conn, options, bytes, (size_t)len))
			return false;
		echoed += (size_t)len;
		if (options->bytes != 0 && echoed >= options->bytes)
			return true;
	}
	return len == 0;
}

/* One request without a body; the connection ends after the answer. */
static bool
answer_http(struct s2n_connection *conn, const struct options *options)
{
	char request[8192], head[128];
	s2n_blocked_status blocked;
	size_t have = 0;
	ssize_t len;
	int n;

	do {
		len = s2n_recv(conn, request + have,
		    (ssize_t)(sizeof request - 1 - have), &blocked);
		if (len <= 0)
			return false;
		have += (size_t)len;
		request[have] = '\0';
	} while (strstr(request, "\r\n\r\n") == NULL);
	n = snprintf(head, sizeof head,
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    options->body_len);
	return answer(conn, options, head, (size_t)n) &&
	       answer(conn, options, options->body, options->body_len);
}

static void
serve(struct s2n_config *config, int fd, const struct options *options)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
	s2n_blocked_status blocked;
	bool done;

	if (conn == NULL || s2n_connection_set_config(conn, config) != 0 ||
	    s2n_connection_set_fd(conn, fd) != 0)
		tool_die("connection");
	if (s2n_negotiate(conn, &blocked) != 0) {
		tool_describe_failure(conn);
		goto out;
	}
	tool_describe(conn);
	done = options->http ? answer_http(conn, options) : echo(conn, options);
	if (done && s2n_shutdown(conn, &blocked) == 0)
		puts("closed");
	else
		tool_describe_failure(conn);
out:
	fflush(stdout);
	if (s2n_connection_free(conn) != 0)
		tool_die("free");
}

/* As the host name check is of no use with clients: any will do. */
static uint8_t
any_name(const char *name, size_t len, void *ctx)
{
	(void)name;
	(void)len;
	(void)ctx;
	return 1;
}

static void
ask_for_certificate(struct s2n_config *config, const struct options *options)
{
	s2n_cert_auth_type type =
	    options->optional ? S2N_CERT_AUTH_OPTIONAL : S2N_CERT_AUTH_REQUIRED;

	if (s2n_config_set_client_auth_type(config, type) != 0 ||
	    s2n_config_set_verification_ca_location(
		config, options->clients, NULL) != 0 ||
	    s2n_config_set_verify_host_callback(config, any_name, NULL) != 0)
		tool_die(options->clients);
	if (options->names &&
	    s2n_config_set_cert_authorities_from_trust_store(config) != 0)
		tool_die("authorities");
}

static void
add_dhparams(struct s2n_config *config, const char *path)
{
	size_t len;
	char *pem = tool_read(path, &len);

	if (s2n_config_add_dhparams(config, pem) != 0)
		tool_die(path);
	free(pem);
}

/* An OCSP response, to go along with the first chain. */
static void
staple(struct s2n_cert_chain_and_key *pair, const char *path)
{
	size_t len;
	char *response = tool_read(path, &len);

	if (s2n_cert_chain_and_key_set_ocsp_data(
		pair, (const uint8_t *)response, (uint32_t)len) != 0)
		tool_die(path);
	free(response);
}

/* Under a key that is nobody's secret: sessions end with the server's tests. */
static void
keep_sessions(struct s2n_config *config, const struct options *options)
{
	static const uint8_t name[] = "tlsserver";
	uint8_t key[32] = { 1 };

	if (options->cache)
		cache_use(config);
	if (options->tickets &&
	    s2n_config_set_session_tickets_onoff(config, 1) != 0)
		tool_die("tickets");
	if (s2n_config_add_ticket_crypto_key(
		config, name, sizeof name - 1, key, sizeof key, 0) != 0)
		tool_die("ticket key");
}

int
main(int argc, char **argv)
{
	struct options options = { .policy = "default_tls13",
		.body = default_body,
		.body_len = sizeof default_body - 1 };
	struct s2n_cert_chain_and_key *pairs[PAIRS_MAX];
	struct s2n_config *config;
	int listener, fd;
	long served = 0;
	size_t i;

	parse(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN);
	if (s2n_init() != 0)
		tool_die("init");
	config = tool_config(options.policy, options.alpn);
	if (options.dhparams != NULL)
		add_dhparams(config, options.dhparams);
	if (options.clients != NULL)
		ask_for_certificate(config, &options);
	if (options.tickets || options.cache)
		keep_sessions(config, &options);
	if (options.fragment &&
	    s2n_config_accept_max_fragment_length(config) != 0)
		tool_die("fragment");
	for (i = 0; i < options.chain_count; i++) {
		pairs[i] = tool_pair(options.chains[i], options.keys[i]);
		if (s2n_config_add_cert_chain_and_key_to_store(
			config, pairs[i]) != 0)
			tool_die(options.chains[i]);
	}
	if (options.staple != NULL)
		staple(pairs[0], options.staple);
	listener = listen_on(options.port);
	while (options.connections == 0 || served < options.connections) {
		if ((fd = accept(listener, NULL, NULL)) < 0)
			tool_die_errno("accept");
		printf("connection %ld\n", ++served);
		serve(config, fd, &options);
		tool_close(fd);
	}
	close(listener);
	if (s2n_config_free(config) != 0)
		tool_die("config");
	for (i = 0; i < options.chain_count; i++)
		s2n_cert_chain_and_key_free(pairs[i]);
	if (options.body != default_body)
		free(options.body);
	return s2n_cleanup_final() == 0 ? 0 : 1;
}
