/*
 * s2nd: the guide's example server (Guide: Examples), on the public interface
 * of libtls alone. Says of each connection what the handshake agreed on; then
 * talks with standard input and output, or answers one HTTP request.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "examples/peer.h"

struct server {
	struct common common;
	struct texts certs, keys;
	const char *ocsp, *ticket_key;
	long bench, early_data, connections;
	bool fips, mutual, negotiate_only, parallel, fragment, self_blinding;
	bool https;
};

/* clang-format off */
#define AT(member) offsetof(struct server, member)
static const struct word words[] = {
/*	  name                  letter kind   argument     place                     meaning */
	{ "alpn",               'a', TEXT,   "protocol",  AT(common.alpn),          "application protocols, most wanted first" },
	{ "ciphers",            'c', TEXT,   "policy",    AT(common.policy),        "security policy; default: default" },
	{ "enter-fips-mode",    0,   FLAG,   NULL,        AT(fips),                 "libcrypto's FIPS mode" },
	{ "cert",               0,   TEXTS,  "file",      AT(certs),                "PEM chain; can be given again" },
	{ "key",                0,   TEXTS,  "file",      AT(keys),                 "PEM key of the chain given before" },
	{ "mutualAuth",         'm', FLAG,   NULL,        AT(mutual),               "ask for a client certificate" },
	{ "negotiate",          'n', FLAG,   NULL,        AT(negotiate_only),       "end after the handshake" },
	{ "parallelize",        0,   FLAG,   NULL,        AT(parallel),             "a thread for each connection" },
	{ "prefer-low-latency", 0,   FLAG,   NULL,        AT(common.low_latency),   "small records" },
	{ "prefer-throughput",  0,   FLAG,   NULL,        AT(common.throughput),    "large records" },
	{ "enable-mfl",         0,   FLAG,   NULL,        AT(fragment),             "do as a client's max_fragment_length asks" },
	{ "ocsp",               0,   TEXT,   "file",      AT(ocsp),                 "DER OCSP response to staple to the first chain" },
	{ "self-service-blinding", 's', FLAG, NULL,       AT(self_blinding),        "no delay after an error (for tests)" },
	{ "ca-file",            't', TEXT,   "file",      AT(common.ca_file),       "trust anchors for client certificates" },
	{ "ca-dir",             'd', TEXT,   "folder",    AT(common.ca_dir),        "hashed folder of trust anchors" },
	{ "insecure",           'i', FLAG,   NULL,        AT(common.insecure),      "verify no certificate" },
	{ "stk-file",           0,   TEXT,   "file",      AT(ticket_key),           "session ticket key" },
	{ "no-session-ticket",  'T', FLAG,   NULL,        AT(common.no_tickets),    "no session tickets" },
	{ "corked-io",          'C', FLAG,   NULL,        AT(common.corked),        "cork the socket during a flight" },
	{ "non-blocking",       0,   FLAG,   NULL,        AT(common.non_blocking),  "non-blocking socket" },
	{ "https-server",       'w', FLAG,   NULL,        AT(https),                "answer an HTTP request with what was agreed on" },
	{ "https-bench",        'b', NUMBER, "bytes",     AT(bench),                "answer an HTTP request with so many bytes" },
	{ "key-log",            'L', TEXT,   "file",      AT(common.key_log),       "add the sessions' secrets to an NSS key log" },
	{ "psk",                'P', TEXTS,  "id,secret,hmac", AT(common.psks),          "external pre-shared key, the secret in hex" },
	{ "max-early-data",     'E', NUMBER, "bytes",     AT(early_data),           "early data allowed in tickets" },
	{ "npn",                'N', FLAG,   NULL,        AT(common.npn),           "next protocol negotiation with the --alpn protocols" },
	{ "buffered-send",      0,   NUMBER, "bytes",     AT(common.send_buffer),   "gather records before a write" },
	{ "max-conns",          'X', NUMBER, "n",         AT(connections),          "end after n connections" },
	{ .name = NULL }
};
/* clang-format on */

static const char synopsis[] = "s2nd [option ...] host port";

/* One connection's thread, or turn. */
struct turn {
	struct s2n_config *config;
	const struct server *server;
	int fd;
	long number;
};

/* Threads that still run, with --parallelize. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static long running;

/* ---- start ---- */

static void
enter_fips(void)
{
	s2n_fips_mode mode;

	if (OSSL_PROVIDER_load(NULL, "fips") == NULL ||
	    EVP_default_properties_enable_fips(NULL, 1) != 1) {
		fprintf(stderr,
		    "--enter-fips-mode: this libcrypto has no FIPS mode\n");
		exit(1);
	}
	if (s2n_init() != 0 || s2n_get_fips_mode(&mode) != 0 ||
	    mode != S2N_FIPS_MODE_ENABLED)
		peer_die("--enter-fips-mode");
}

/* Says "listening on PORT", which matters for port 0. */
static int
listen_on(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE };
	struct addrinfo *found;
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char number[8];
	int fd, on = 1, r = getaddrinfo(host, port, &hints, &found);

	if (r != 0) {
		fprintf(stderr, "%s: %s\n", host, gai_strerror(r));
		exit(1);
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		peer_die_errno("listen");
	freeaddrinfo(found);
	if (getnameinfo((struct sockaddr *)&address, size, NULL, 0, number,
		sizeof number, NI_NUMERICSERV) != 0)
		peer_die_errno("listen");
	printf("listening on %s\n", number);
	fflush(stdout);
	return fd;
}

/* A client's certificate is for no host. */
static uint8_t
any_name(const char *name, size_t len, void *ctx)
{
	(void)name;
	(void)len;
	(void)ctx;
	return 1;
}

static void
add_pairs(struct s2n_config *config, const struct server *server,
    struct s2n_cert_chain_and_key **pairs)
{
	uint32_t len;
	uint8_t *der;

	for (size_t i = 0; i < server->certs.count; i++) {
		pairs[i] =
		    peer_pair(server->certs.item[i], server->keys.item[i]);
		if (s2n_config_add_cert_chain_and_key_to_store(
			config, pairs[i]) != 0)
			peer_die(server->certs.item[i]);
	}
	if (server->ocsp == NULL)
		return;
	der = peer_read(server->ocsp, &len);
	if (s2n_cert_chain_and_key_set_ocsp_data(pairs[0], der, len) != 0)
		peer_die("--ocsp");
	free(der);
}

/* The file's bytes, which other servers have too, or a key for us alone. */
static void
add_ticket_key(struct s2n_config *config, const char *path)
{
	static const uint8_t name[] = "s2nd";
	uint8_t own[32], *key = own;
	uint32_t len = sizeof own;

	if (path != NULL)
		key = peer_read(path, &len);
	else if (RAND_bytes(own, sizeof own) != 1)
		peer_die_errno("random bytes");
	if (s2n_config_set_session_tickets_onoff(config, 1) != 0 ||
	    s2n_config_add_ticket_crypto_key(
		config, name, sizeof name - 1, key, len, 0) != 0)
		peer_die("--stk-file");
	if (key != own)
		free(key);
}

static struct s2n_config *
server_config(
    const struct server *server, struct s2n_cert_chain_and_key **pairs)
{
	struct s2n_config *config = peer_config(&server->common);

	add_pairs(config, server, pairs);
	if (server->fragment &&
	    s2n_config_accept_max_fragment_length(config) != 0)
		peer_die("--enable-mfl");
	if (!server->common.no_tickets)
		add_ticket_key(config, server->ticket_key);
	if (server->early_data > 0 &&
	    s2n_config_set_server_max_early_data_size(
		config, (uint32_t)server->early_data) != 0)
		peer_die("--max-early-data");
	if (server->mutual && (s2n_config_set_client_auth_type(
				   config, S2N_CERT_AUTH_REQUIRED) != 0 ||
				  s2n_config_set_verify_host_callback(
				      config, any_name, NULL) != 0))
		peer_die("--mutualAuth");
	return config;
}

/* ---- one connection ---- */

/* What came of an HTTP request, if that is what comes; a text. */
struct request {
	char text[8192];
	size_t len;
};

static bool
read_request(struct s2n_connection *conn, int fd, struct request *request)
{
	s2n_blocked_status blocked;
	size_t room;
	ssize_t len;

	while (strstr(request->text, "\r\n\r\n") == NULL) {
		room = sizeof request->text - 1 - request->len;
		if (room == 0)
			return true;
		len = s2n_recv(conn, request->text + request->len,
		    (ssize_t)room, &blocked);
		if (len < 0 && peer_await(fd, blocked))
			continue;
		if (len <= 0)
			return false;
		request->len += (size_t)len;
		request->text[request->len] = '\0';
	}
	return true;
}

/* One request without a body; the connection ends after the answer. */
static bool
answer(struct s2n_connection *conn, int fd, const struct server *server,
    struct request *request)
{
	static const uint8_t zeros[16384];
	char head[160], *page = NULL;
	size_t len = (size_t)server->bench;
	bool sent;

	if (!read_request(conn, fd, request))
		return false;
	if (server->bench == 0) {
		page = peer_description(conn);
		len = strlen(page);
	}
	snprintf(head, sizeof head,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	    "Connection: close\r\nContent-Length: %zu\r\n\r\n",
	    len);
	sent = peer_send(conn, fd, head, strlen(head)) &&
	       (page == NULL || peer_send(conn, fd, page, len));
	free(page);
	for (size_t part; sent && server->bench > 0 && len > 0; len -= part) {
		part = len < sizeof zeros ? len : sizeof zeros;
		sent = peer_send(conn, fd, zeros, part);
	}
	return sent;
}

/* What comes early, if anything, goes to stdout, and is where the request
 * begins. */
static bool
take_early_data(struct s2n_connection *conn, int fd, struct request *request)
{
	s2n_blocked_status blocked;
	uint8_t bytes[4096];
	ssize_t len;
	int r;

	do {
		r = s2n_recv_early_data(
		    conn, bytes, sizeof bytes, &len, &blocked);
		if (write(STDOUT_FILENO, bytes, (size_t)len) != len)
			peer_die_errno("standard output");
		if ((size_t)len < sizeof request->text - request->len) {
			memcpy(
			    request->text + request->len, bytes, (size_t)len);
			request->len += (size_t)len;
		}
		if (r != 0 && blocked != S2N_BLOCKED_ON_EARLY_DATA &&
		    !peer_await(fd, blocked))
			return false;
	} while (r != 0);
	return true;
}

static void
serve(const struct turn *turn)
{
	const struct server *server = turn->server;
	struct s2n_connection *conn = peer_connection(
	    S2N_SERVER, turn->config, &server->common, turn->fd);
	struct request request = { .len = 0 };
	char title[32];
	bool done = true;

	if (server->self_blinding &&
	    s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING) != 0)
		peer_die("--self-service-blinding");
	snprintf(title, sizeof title, "connection %ld", turn->number);
	if ((server->early_data > 0 &&
		!take_early_data(conn, turn->fd, &request)) ||
	    !peer_negotiate(conn, turn->fd)) {
		peer_describe_failure(conn, title);
		(void)peer_close(conn, turn->fd);
		return;
	}
	peer_describe(conn, title);
	if (server->https || server->bench > 0)
		done = answer(conn, turn->fd, server, &request);
	else if (!server->negotiate_only)
		done = peer_talk(conn, turn->fd, false, NULL, NULL);
	if (!done)
		peer_describe_failure(conn, title);
	(void)peer_close(conn, turn->fd);
}

static void *
thread(void *arg)
{
	serve(arg);
	free(arg);
	(void)s2n_cleanup();
	pthread_mutex_lock(&lock);
	running--;
	pthread_cond_signal(&ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void
serve_in_thread(const struct turn *turn)
{
	struct turn *copy = malloc(sizeof *copy);
	pthread_t id;

	if (copy != NULL)
		*copy = *turn;
	else
		peer_die_errno("memory");
	pthread_mutex_lock(&lock);
	running++;
	pthread_mutex_unlock(&lock);
	if (pthread_create(&id, NULL, thread, copy) != 0 ||
	    pthread_detach(id) != 0)
		peer_die_errno("thread");
}

static void
serve_all(int listener, struct s2n_config *config, const struct server *server)
{
	struct turn turn = { .config = config, .server = server };

	while (server->connections == 0 || turn.number < server->connections) {
		if ((turn.fd = accept(listener, NULL, NULL)) < 0)
			peer_die_errno("accept");
		turn.number++;
		if (server->parallel)
			serve_in_thread(&turn);
		else
			serve(&turn);
	}
	pthread_mutex_lock(&lock);
	while (running > 0)
		pthread_cond_wait(&ended, &lock);
	pthread_mutex_unlock(&lock);
}

int
main(int argc, char **argv)
{
	struct server server = { 0 };
	struct s2n_cert_chain_and_key *pairs[TEXTS_MAX] = { NULL };
	struct s2n_config *config;
	int first = words_parse(words, synopsis, &server, argc, argv), listener;

	if (argc - first != 2 || server.early_data > UINT32_MAX ||
	    (server.certs.count == 0 && server.common.psks.count == 0) ||
	    (server.certs.count == 0 && server.ocsp != NULL) ||
	    server.certs.count != server.keys.count)
		words_usage(words, synopsis);
	signal(SIGPIPE, SIG_IGN);
	if (server.fips)
		enter_fips();
	else if (s2n_init() != 0)
		peer_die("init");
	config = server_config(&server, pairs);
	listener = listen_on(argv[first], argv[first + 1]);
	serve_all(listener, config, &server);
	close(listener);
	if (s2n_config_free(config) != 0)
		peer_die("config");
	for (size_t i = 0; i < server.certs.count; i++)
		s2n_cert_chain_and_key_free(pairs[i]);
	return s2n_cleanup_final() == 0 ? 0 : 1;
}
