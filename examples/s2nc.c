/*
 * s2nc: the guide's example client (Guide: Examples), on the public interface
 * of libtls alone. Says what the handshake agreed on; sends a file or standard
 * input, if told so, and prints what comes.
 */
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <unstable/renegotiate.h>

#include "examples/peer.h"

#define SESSION_MAX 65536

struct client {
	struct common common;
	const char *name, *fragment, *cert, *key, *file, *renegotiation;
	const char *ticket_in, *ticket_out, *early_data;
	long threshold, timeout;
	bool echo, status, reconnect;
	/* Of a renegotiation. */
	s2n_renegotiate_response response;
	bool asked;
	/* The last session that came. */
	uint8_t session[SESSION_MAX];
	size_t session_len;
};

/* clang-format off */
#define AT(member) offsetof(struct client, member)
static const struct word words[] = {
/*	  name                 letter kind    argument     place                     meaning */
	{ "alpn",               'a', TEXT,   "a,b",       AT(common.alpn),          "application protocols, most wanted first" },
	{ "ciphers",            'c', TEXT,   "policy",    AT(common.policy),        "security policy; default: default" },
	{ "echo",               'e', FLAG,   NULL,        AT(echo),                 "send standard input after the handshake, print what comes" },
	{ "send-file",          0,   TEXT,   "file",      AT(file),                 "send a file after the handshake" },
	{ "name",               'n', TEXT,   "name",      AT(name),                 "server name; default: the host" },
	{ "status",             's', FLAG,   NULL,        AT(status),               "ask for a stapled OCSP response" },
	{ "mfl",                'm', TEXT,   "bytes",     AT(fragment),             "ask for records of 512, 1024, 2048 or 4096 bytes" },
	{ "ca-file",            'f', TEXT,   "file",      AT(common.ca_file),       "trust anchors" },
	{ "ca-dir",             'd', TEXT,   "folder",    AT(common.ca_dir),        "hashed folder of trust anchors" },
	{ "insecure",           'i', FLAG,   NULL,        AT(common.insecure),      "verify no certificate" },
	{ "cert",               'l', TEXT,   "file",      AT(cert),                 "client certificate, PEM" },
	{ "key",                'k', TEXT,   "file",      AT(key),                  "its key, PEM" },
	{ "reconnect",          'r', FLAG,   NULL,        AT(reconnect),            "connect again, resuming" },
	{ "no-session-ticket",  'T', FLAG,   NULL,        AT(common.no_tickets),    "no session tickets" },
	{ "ticket-out",         0,   TEXT,   "file",      AT(ticket_out),           "save the session" },
	{ "ticket-in",          0,   TEXT,   "file",      AT(ticket_in),            "resume a saved session" },
	{ "dynamic",            'D', NUMBER, "bytes",     AT(threshold),            "small records until so many bytes were sent" },
	{ "timeout",            't', NUMBER, "seconds",   AT(timeout),              "and again after such a pause" },
	{ "corked-io",          'C', FLAG,   NULL,        AT(common.corked),        "cork the socket during a flight" },
	{ "non-blocking",       'B', FLAG,   NULL,        AT(common.non_blocking),  "non-blocking socket" },
	{ "key-log",            'L', TEXT,   "file",      AT(common.key_log),       "add the session's secrets to an NSS key log" },
	{ "psk",                'P', TEXTS,  "id,secret,hmac", AT(common.psks),          "external pre-shared key, the secret in hex" },
	{ "early-data",         'E', TEXT,   "file",      AT(early_data),           "send as early data when resuming" },
	{ "renegotiation",      0,   TEXT,   "accept|reject", AT(renegotiation),        "answer to a server that asks for a new handshake" },
	{ "npn",                0,   FLAG,   NULL,        AT(common.npn),           "next protocol negotiation with the --alpn protocols" },
	{ "buffered-send",      0,   NUMBER, "bytes",     AT(common.send_buffer),   "gather records before a write" },
	{ "prefer-low-latency", 0,   FLAG,   NULL,        AT(common.low_latency),   "small records" },
	{ "prefer-throughput",  0,   FLAG,   NULL,        AT(common.throughput),    "large records" },
	{ .name = NULL }
};
/* clang-format on */

static const char synopsis[] = "s2nc [option ...] host [port]";

static int
connect_to(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *one;
	int fd = -1, r = getaddrinfo(host, port, &hints, &all);

	if (r != 0) {
		fprintf(stderr, "%s: %s\n", host, gai_strerror(r));
		exit(1);
	}
	for (one = all; one != NULL && fd < 0; one = one->ai_next) {
		fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 &&
		    connect(fd, one->ai_addr, one->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);
	if (fd < 0)
		peer_die_errno(host);
	return fd;
}

/* ---- options ---- */

static s2n_max_frag_len
fragment_code(const char *bytes)
{
	static const char *const lengths[] = { "512", "1024", "2048", "4096" };

	for (unsigned i = 0; i < 4; i++)
		if (strcmp(bytes, lengths[i]) == 0)
			return (s2n_max_frag_len)(S2N_TLS_MAX_FRAG_LEN_512 + i);
	words_usage(words, synopsis);
}

static int
asked(struct s2n_connection *conn, void *ctx, s2n_renegotiate_response *answer)
{
	struct client *client = ctx;

	(void)conn;
	puts("the server asks for a renegotiation");
	fflush(stdout);
	client->asked = true;
	*answer = client->response;
	return 0;
}

static void
set_renegotiation(struct s2n_config *config, struct client *client)
{
	if (strcmp(client->renegotiation, "accept") == 0)
		client->response = S2N_RENEGOTIATE_ACCEPT;
	else if (strcmp(client->renegotiation, "reject") == 0)
		client->response = S2N_RENEGOTIATE_REJECT;
	else
		words_usage(words, synopsis);
	/* A blocking s2n_recv would not come back with the request alone. */
	client->common.non_blocking = true;
	if (s2n_config_set_renegotiate_request_cb(config, asked, client) != 0)
		peer_die("--renegotiation");
}

/* ---- sessions ---- */

static int
keep_ticket(
    struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	struct client *client = ctx;
	size_t len;

	(void)conn;
	if (s2n_session_ticket_get_data_len(ticket, &len) != 0 ||
	    s2n_session_ticket_get_data(
		ticket, sizeof client->session, client->session) != 0)
		return -1;
	client->session_len = len;
	return 0;
}

/* Below TLS 1.3 a session may have an id and no ticket. */
static void
keep_session(struct s2n_connection *conn, struct client *client)
{
	int len;

	if (s2n_connection_get_actual_protocol_version(conn) >= S2N_TLS13)
		return;
	len = s2n_connection_get_session(
	    conn, client->session, sizeof client->session);
	if (len > 0)
		client->session_len = (size_t)len;
}

static void
set_session(struct s2n_connection *conn, struct client *client)
{
	if (client->session_len > 0 &&
	    s2n_connection_set_session(
		conn, client->session, client->session_len) != 0)
		peer_describe_failure(conn, "session");
}

static void
load_session(struct client *client)
{
	uint32_t len;
	uint8_t *bytes = peer_read(client->ticket_in, &len);

	if (len > sizeof client->session)
		words_usage(words, synopsis);
	memcpy(client->session, bytes, len);
	client->session_len = len;
	free(bytes);
}

static void
save_session(const struct client *client)
{
	FILE *file = fopen(client->ticket_out, "wb");

	if (file == NULL ||
	    fwrite(client->session, 1, client->session_len, file) !=
		client->session_len ||
	    fclose(file) != 0)
		peer_die_errno(client->ticket_out);
}

static struct s2n_config *
client_config(struct client *client, struct s2n_cert_chain_and_key *pair)
{
	struct s2n_config *config = peer_config(&client->common);

	if (client->fragment != NULL &&
	    s2n_config_send_max_fragment_length(
		config, fragment_code(client->fragment)) != 0)
		peer_die("--mfl");
	if (s2n_config_set_status_request_type(
		config, client->status ? S2N_STATUS_REQUEST_OCSP
				       : S2N_STATUS_REQUEST_NONE) != 0)
		peer_die("--status");
	if (client->renegotiation != NULL)
		set_renegotiation(config, client);
	if (!client->common.no_tickets &&
	    (s2n_config_set_session_tickets_onoff(config, 1) != 0 ||
		s2n_config_set_session_ticket_cb(config, keep_ticket, client) !=
		    0))
		peer_die("tickets");
	if (pair != NULL &&
	    s2n_config_add_cert_chain_and_key_to_store(config, pair) != 0)
		peer_die("--cert");
	return config;
}

/* ---- the connection ---- */

/* Between reads: the new handshake that the server asked for and got. */
static bool
renegotiate(struct s2n_connection *conn, int fd, void *ctx)
{
	struct client *client = ctx;
	s2n_blocked_status blocked;
	uint8_t data[4096];
	ssize_t len;

	if (!client->asked || client->response != S2N_RENEGOTIATE_ACCEPT)
		return true;
	client->asked = false;
	if (s2n_renegotiate_wipe(conn) != 0)
		return false;
	while (s2n_renegotiate(conn, data, sizeof data, &len, &blocked) != 0) {
		if (blocked == S2N_BLOCKED_ON_APPLICATION_DATA)
			fwrite(data, 1, (size_t)len, stdout);
		else if (!peer_await(fd, blocked))
			return false;
	}
	peer_describe(conn, "renegotiated");
	return true;
}

/* What the server takes with the first message. Refused or not, it goes on; a
 * failure is told by the handshake. */
static void
send_early_data(struct s2n_connection *conn, int fd, const char *path)
{
	s2n_blocked_status blocked;
	uint32_t len;
	uint8_t *bytes = peer_read(path, &len), *from = bytes;
	ssize_t rest = len, sent;

	while (s2n_send_early_data(conn, from, rest, &sent, &blocked) != 0) {
		from += sent;
		rest -= sent;
		if (!peer_await(fd, blocked))
			break;
	}
	free(bytes);
}

static bool
converse(struct s2n_connection *conn, int fd, struct client *client)
{
	uint8_t *bytes;
	uint32_t len;
	bool done;

	if (client->file != NULL) {
		bytes = peer_read(client->file, &len);
		done = peer_send(conn, fd, bytes, len);
		free(bytes);
		if (!done)
			return false;
	}
	return !client->echo || peer_talk(conn, fd, true, renegotiate, client);
}

static int
run(struct s2n_config *config, struct client *client, const char *host,
    const char *port)
{
	int fd = connect_to(host, port), status = 1;
	struct s2n_connection *conn =
	    peer_connection(S2N_CLIENT, config, &client->common, fd);

	if (s2n_set_server_name(
		conn, client->name != NULL ? client->name : host) != 0)
		peer_die("--name");
	if (client->threshold != 0 &&
	    s2n_connection_set_dynamic_record_threshold(conn,
		(uint32_t)client->threshold, (uint16_t)client->timeout) != 0)
		peer_die("--dynamic");
	set_session(conn, client);
	if (client->early_data != NULL && client->session_len > 0)
		send_early_data(conn, fd, client->early_data);
	if (!peer_negotiate(conn, fd)) {
		peer_describe_failure(conn, "handshake");
	} else {
		peer_describe(conn, "connected");
		keep_session(conn, client);
		if (converse(conn, fd, client))
			status = 0;
		else
			peer_describe_failure(conn, "connection");
	}
	if (!peer_close(conn, fd) && status == 0)
		puts("the peer ended without close_notify");
	return status;
}

int
main(int argc, char **argv)
{
	static struct client client;
	struct s2n_cert_chain_and_key *pair = NULL;
	const char *port;
	struct s2n_config *config;
	int first = words_parse(words, synopsis, &client, argc, argv), status;

	if (argc - first < 1 || argc - first > 2 ||
	    (client.cert == NULL) != (client.key == NULL) ||
	    client.threshold > UINT32_MAX || client.timeout > UINT16_MAX)
		words_usage(words, synopsis);
	signal(SIGPIPE, SIG_IGN);
	if (s2n_init() != 0)
		peer_die("init");
	if (client.cert != NULL)
		pair = peer_pair(client.cert, client.key);
	config = client_config(&client, pair);
	if (client.ticket_in != NULL)
		load_session(&client);
	port = argc - first == 2 ? argv[first + 1] : "443";
	status = run(config, &client, argv[first], port);
	if (status == 0 && client.reconnect)
		status = run(config, &client, argv[first], port);
	if (status == 0 && client.ticket_out != NULL)
		save_session(&client);
	if (s2n_config_free(config) != 0)
		peer_die("config");
	s2n_cert_chain_and_key_free(pair);
	return s2n_cleanup_final() == 0 ? status : 1;
}
