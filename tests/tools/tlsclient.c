/*
 * tlsclient: a test client on the public interface of libtls, one connection on
 * a blocking socket. It describes the connection on stdout, sends a text and
 * waits for an answer that contains what it was told to expect.
 */
#include "tests/tools/tool.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unstable/cert_authorities.h"

struct options {
	const char *policy, *alpn, *ca, *name, *send, *expect, *save, *file;
	const char *chain, *key; /* of its own */
	const char *staple;      /* an OCSP response to ask for */
	int fragment;            /* s2n_max_frag_len, or 0 */
	size_t bytes; /* to save before it closes; 0: all that come */
	uint16_t port;
	bool insecure, key_update, authorities;
};

static const char usage[] =
    "usage: tlsclient --port n (--ca ca.pem | --insecure) [--name host]\n"
    "    [--policy name] [--alpn a,b] [--send text] [--expect text]\n"
    "    [--send-file file] [--save file] [--bytes n] [--key-update]\n"
    "    [--cert chain.pem --key key.pem [--show-authorities]]\n"
    "    [--fragment code] [--staple file]\n"
    "With --staple it asks for an OCSP response, and says whether it was that\n"
    "of the file: \"staple same\", \"staple other\" or \"staple none\".\n"
    "Saves what comes; with --bytes so many, and is then the first to close.\n"
    "Connects to 127.0.0.1. Exit 0: verified, and the answer was as expected.\n";

static void
parse(int argc, char **argv, struct options *options)
{
	static const struct option words[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "ca", required_argument, NULL, 'c' },
		{ "insecure", no_argument, NULL, 'i' },
		{ "name", required_argument, NULL, 'n' },
		{ "policy", required_argument, NULL, 'P' },
		{ "alpn", required_argument, NULL, 'a' },
		{ "send", required_argument, NULL, 's' },
		{ "expect", required_argument, NULL, 'e' },
		{ "save", required_argument, NULL, 'S' },
		{ "send-file", required_argument, NULL, 'f' },
		{ "bytes", required_argument, NULL, 'B' },
		{ "cert", required_argument, NULL, 'C' },
		{ "key", required_argument, NULL, 'k' },
		{ "show-authorities", no_argument, NULL, 'A' },
		{ "fragment", required_argument, NULL, 'F' },
		{ "key-update", no_argument, NULL, 'u' },
		{ "staple", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int word;

	while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
		if (word == 'p')
			options->port = (uint16_t)atoi(optarg);
		else if (word == 'c')
			options->ca = optarg;
		else if (word == 'i')
			options->insecure = true;
		else if (word == 'n')
			options->name = optarg;
		else if (word == 'P')
			options->policy = optarg;
		else if (word == 'a')
			options->alpn = optarg;
		else if (word == 's')
			options->send = optarg;
		else if (word == 'e')
			options->expect = optarg;
		else if (word == 'S')
			options->save = optarg;
		else if (word == 'f')
			options->file = optarg;
		else if (word == 'B')
			options->bytes = (size_t)atol(optarg);
		else if (word == 'C')
			options->chain = optarg;
		else if (word == 'k')
			options->key = optarg;
		else if (word == 'A')
			options->authorities = true;
		else if (word == 'F')
			options->fragment = atoi(optarg);
		else if (word == 'u')
			options->key_update = true;
		else if (word == 'o')
			options->staple = optarg;
		else
			goto bad;
	}
	if (optind == argc && options->port != 0 &&
	    (options->chain == NULL) == (options->key == NULL) &&
	    (options->ca == NULL) == options->insecure)
		return;
bad:
	fputs(usage, stderr);
	exit(2);
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		tool_die_errno("connect");
	return fd;
}

/* Reads until the expected text has come; false when it never does. */
static bool
expect(struct s2n_connection *conn, const char *text)
{
	char answer[65536];
	s2n_blocked_status blocked;
	size_t have = 0;
	ssize_t len;

	while (have < sizeof answer - 1) {
		len = s2n_recv(conn, answer + have,
		    (ssize_t)(sizeof answer - 1 - have), &blocked);
		if (len <= 0)
			return false;
		have += (size_t)len;
		answer[have] = '\0';
		if (strstr(answer, text) != NULL)
			return true;
	}
	return false;
}

/* What comes goes into the file, up to the peer's close_notify or our measure.
 */
static bool
save(struct s2n_connection *conn, const struct options *options)
{
	FILE *file = fopen(options->save, "w");
	s2n_blocked_status blocked;
	char bytes[16384];
	size_t saved = 0;
	ssize_t len;

	if (file == NULL)
		tool_die_errno(options->save);
	while ((len = s2n_recv(conn, bytes, sizeof bytes, &blocked)) > 0) {
		if (fwrite(bytes, 1, (size_t)len, file) != (size_t)len)
			tool_die_errno(options->save);
		saved += (size_t)len;
		if (options->bytes != 0 && saved >= options->bytes)
			break;
	}
	if (fclose(file) != 0)
		tool_die_errno(options->save);
	return options->bytes == 0 ? len == 0 : saved == options->bytes;
}

static bool
send_file(struct s2n_connection *conn, const char *path)
{
	size_t len;
	char *text = tool_read(path, &len);
	bool sent = tool_send(conn, text, len);

	free(text);
	return sent;
}

static bool
converse(struct s2n_connection *conn, const struct options *options)
{
	if (options->key_update && s2n_connection_request_key_update(
				       conn, S2N_KEY_UPDATE_NOT_REQUESTED) != 0)
		return false;
	if (options->send != NULL &&
	    !(tool_send(conn, options->send, strlen(options->send)) &&
		tool_send(conn, "\n", 1)))
		return false;
	if (options->file != NULL && !send_file(conn, options->file))
		return false;
	if (options->expect != NULL && !expect(conn, options->expect))
		return false;
	return options->save == NULL || save(conn, options);
}

static void
describe_staple(struct s2n_connection *conn, const char *path)
{
	uint32_t len;
	const uint8_t *staple = s2n_connection_get_ocsp_response(conn, &len);
	size_t file_len;
	char *file = tool_read(path, &file_len);
	const char *which = "other";

	if (staple == NULL)
		which = "none";
	else if (len == file_len && memcmp(staple, file, len) == 0)
		which = "same";
	printf("staple %s\n", which);
	free(file);
}

/* What of a name can be read. */
static void
show_name(const uint8_t *name, size_t len)
{
	printf("authority ");
	for (size_t i = 0; i < len; i++)
		putchar(isprint(name[i]) ? name[i] : '.');
	putchar('\n');
}

/* Answers with the one certificate that there is. */
static int
on_request(struct s2n_connection *conn, void *ctx,
    struct s2n_certificate_request *request)
{
	struct s2n_certificate_authority_list *list =
	    s2n_certificate_request_get_ca_list(request);
	uint16_t len;
	uint8_t *name;

	(void)conn;
	if (!s2n_certificate_authority_list_has_next(list))
		puts("no authority");
	while (s2n_certificate_authority_list_has_next(list)) {
		if (s2n_certificate_authority_list_next(list, &name, &len) != 0)
			return S2N_FAILURE;
		show_name(name, len);
	}
	return s2n_certificate_request_set_certificate(request, ctx);
}

static int
run(struct s2n_config *config, const struct options *options)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	int fd = connect_to(options->port), status = 1;
	s2n_blocked_status blocked;

	if (conn == NULL || s2n_connection_set_config(conn, config) != 0 ||
	    s2n_connection_set_fd(conn, fd) != 0 ||
	    s2n_set_server_name(conn, options->name) != 0)
		tool_die("connection");
	if (s2n_negotiate(conn, &blocked) != 0) {
		tool_describe_failure(conn);
		goto out;
	}
	tool_describe(conn);
	if (options->staple != NULL)
		describe_staple(conn, options->staple);
	if (!converse(conn, options)) {
		tool_describe_failure(conn);
		goto out;
	}
	puts("answered");
	/* Peers differ in whether they answer a close_notify. */
	if (s2n_shutdown(conn, &blocked) == 0)
		puts("closed");
	status = 0;
out:
	if (s2n_connection_free(conn) != 0)
		tool_die("free");
	tool_close(fd);
	return status;
}

int
main(int argc, char **argv)
{
	struct options options = { .policy = "default_tls13",
		.name = "localhost" };
	struct s2n_cert_chain_and_key *pair = NULL;
	struct s2n_config *config;
	int status;

	parse(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN);
	if (s2n_init() != 0)
		tool_die("init");
	config = tool_config(options.policy, options.alpn);
	if (options.insecure ? s2n_config_disable_x509_verification(config) != 0
			     : s2n_config_set_verification_ca_location(
				   config, options.ca, NULL) != 0)
		tool_die("trust store");
	if (options.chain != NULL) {
		pair = tool_pair(options.chain, options.key);
		if (s2n_config_add_cert_chain_and_key_to_store(config, pair) !=
		    0)
			tool_die(options.chain);
		if (options.authorities && s2n_config_set_cert_request_callback(
					       config, on_request, pair) != 0)
			tool_die("request callback");
	}
	if (options.staple != NULL && s2n_config_set_status_request_type(
					  config, S2N_STATUS_REQUEST_OCSP) != 0)
		tool_die("staple");
	if (options.fragment != 0 &&
	    s2n_config_send_max_fragment_length(
		config, (s2n_max_frag_len)options.fragment) != 0)
		tool_die("fragment");
	status = run(config, &options);
	if (s2n_config_free(config) != 0)
		tool_die("config");
	if (pair != NULL)
		s2n_cert_chain_and_key_free(pair);
	return s2n_cleanup_final() == 0 ? status : 1;
}
