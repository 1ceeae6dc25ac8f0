/*
 * keyedclient: a TLS client whose key only keyd has, by libkeyclient. It makes
 * one connection to 127.0.0.1, describes it on stdout, sends a line and waits
 * for an answer; and says how many signatures keyd gave for it.
 */
#include "tests/tools/tool.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "ipc/keyclient.h"

#define WAIT_MS 10000
#define DEADLINE_MS 5000
#define HELLO "hello\n"

struct options {
	const char *keyd, *chain, *ca, *policy;
	uint16_t port;
};

static const char usage[] =
    "usage: keyedclient --keyd socket --port n --cert chain.pem --ca ca.pem\n"
    "    [--policy name]\n"
    "Exit 0: verified, and there was an answer.\n";

static struct {
	struct event_base *base;
	struct event *readable, *writable;
	struct s2n_connection *conn;
	bool connected;
} client;

static void
parse(int argc, char **argv, struct options *options)
{
	static const struct option words[] = {
		{ "keyd", required_argument, NULL, 'k' },
		{ "port", required_argument, NULL, 'p' },
		{ "cert", required_argument, NULL, 'c' },
		{ "ca", required_argument, NULL, 'a' },
		{ "policy", required_argument, NULL, 'P' },
		{ NULL, 0, NULL, 0 },
	};
	int word;

	while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
		if (word == 'k')
			options->keyd = optarg;
		else if (word == 'p')
			options->port = (uint16_t)atoi(optarg);
		else if (word == 'c')
			options->chain = optarg;
		else if (word == 'a')
			options->ca = optarg;
		else if (word == 'P')
			options->policy = optarg;
		else
			goto bad;
	}
	if (optind == argc && options->keyd != NULL && options->port != 0 &&
	    options->chain != NULL && options->ca != NULL)
		return;
bad:
	fputs(usage, stderr);
	exit(2);
}

static struct s2n_cert_chain_and_key *
add_chain(struct keyclient *keys, struct s2n_config *config, const char *path)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	uint8_t spki[KEYCLIENT_SPKI_SIZE];
	size_t len;
	char *pem = tool_read(path, &len);

	if (s2n_cert_chain_and_key_load_public_pem_bytes(
		chain, (uint8_t *)pem, (uint32_t)len) != 0 ||
	    keyclient_spki(chain, spki) != 0 ||
	    s2n_config_add_cert_chain_and_key_to_store(config, chain) != 0 ||
	    keyclient_add(keys, config, chain, spki) != 0)
		tool_die(path);
	free(pem);
	return chain;
}

/* ---- the connection ---- */

static void
negotiate(void)
{
	s2n_blocked_status blocked;

	client.connected = s2n_negotiate(client.conn, &blocked) == S2N_SUCCESS;
	if (!client.connected &&
	    s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED) {
		if (blocked == S2N_BLOCKED_ON_WRITE)
			event_add(client.writable, NULL);
		return;
	}
	if (!client.connected)
		tool_describe_failure(client.conn);
	event_base_loopbreak(client.base);
}

static void
ready(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	negotiate();
}

/* Keyd has answered. */
static void
signed_or_not(struct s2n_connection *conn, void *ctx)
{
	(void)conn;
	(void)ctx;
	negotiate();
}

static void
handshake(struct s2n_config *config, int fd)
{
	const struct timeval patience = { WAIT_MS / 1000, 0 };

	client.conn = s2n_connection_new(S2N_CLIENT);
	if (client.conn == NULL ||
	    s2n_connection_set_config(client.conn, config) != 0 ||
	    s2n_connection_set_fd(client.conn, fd) != 0 ||
	    s2n_set_server_name(client.conn, "localhost") != 0)
		tool_die("connection");
	client.readable =
	    event_new(client.base, fd, EV_READ | EV_PERSIST, ready, NULL);
	client.writable = event_new(client.base, fd, EV_WRITE, ready, NULL);
	event_add(client.readable, NULL);
	event_base_loopexit(client.base, &patience);
	negotiate();
	/* Maybe it has failed already. */
	if (!event_base_got_break(client.base))
		event_base_dispatch(client.base);
	event_free(client.readable);
	event_free(client.writable);
}

/* A server of TLS 1.3 refuses a certificate only now. */
static bool
converse(int fd)
{
	s2n_blocked_status blocked;
	char answer[64];

	if (fcntl(fd, F_SETFL, 0) != 0)
		tool_die_errno("fcntl");
	if (tool_send(client.conn, HELLO, strlen(HELLO)) &&
	    s2n_recv(client.conn, answer, sizeof answer, &blocked) > 0)
		return true;
	tool_describe_failure(client.conn);
	return false;
}

int
main(int argc, char **argv)
{
	struct options options = { .policy = "test_all" };
	struct s2n_cert_chain_and_key *chain;
	struct keyclient_stats stats;
	struct s2n_config *config;
	struct keyclient *keys;
	s2n_blocked_status blocked;
	bool answered = false;
	int fd;

	parse(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN);
	if (s2n_init() != 0 || (client.base = event_base_new()) == NULL)
		tool_die("init");
	keys = keyclient_new(client.base, DEADLINE_MS, signed_or_not, NULL);
	if (keys == NULL || keyclient_connect(keys, options.keyd) != 0)
		tool_die_errno(options.keyd);
	config = tool_config(options.policy, NULL);
	if (s2n_config_set_verification_ca_location(config, options.ca, NULL) !=
	    0)
		tool_die(options.ca);
	chain = add_chain(keys, config, options.chain);
	fd = tool_connect(options.port);
	handshake(config, fd);
	if (client.connected) {
		tool_describe(client.conn);
		answered = converse(fd);
	}
	keyclient_stats(keys, &stats);
	printf("signed %llu\n", (unsigned long long)stats.signed_ok);
	if (answered && s2n_shutdown_send(client.conn, &blocked) == 0)
		puts("answered");
	keyclient_forget(keys, client.conn);
	s2n_connection_free(client.conn);
	tool_close(fd);
	keyclient_free(keys);
	s2n_config_free(config);
	s2n_cert_chain_and_key_free(chain);
	event_base_free(client.base);
	return s2n_cleanup_final() == 0 && answered ? 0 : 1;
}
