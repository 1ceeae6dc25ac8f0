/*
 * The part that tlsserver and tlsclient share. They are test peers on blocking
 * sockets, so an error that is not the connection's ends the program.
 */
#include "tests/tools/tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILE_MAX (16 << 20)

void
tool_die(const char *what)
{
	fprintf(stderr, "%s: %s (%s)\n", what, s2n_strerror(s2n_errno, "EN"),
	    s2n_strerror_debug(s2n_errno, "EN"));
	exit(1);
}

void
tool_die_errno(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

char *
tool_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	char *text = malloc(FILE_MAX);

	if (file == NULL || text == NULL)
		tool_die_errno(path);
	*len = fread(text, 1, FILE_MAX - 1, file);
	if (ferror(file) || !feof(file))
		tool_die_errno(path);
	text[*len] = '\0';
	fclose(file);
	return text;
}

static void
add_protocols(struct s2n_config *config, const char *alpn)
{
	char *copy = strdup(alpn), *rest = copy, *name;

	if (copy == NULL)
		tool_die_errno("strdup");
	while ((name = strsep(&rest, ",")) != NULL)
		if (s2n_config_append_protocol_preference(config,
			(const uint8_t *)name, (uint8_t)strlen(name)) != 0)
			tool_die("ALPN");
	free(copy);
}

struct s2n_config *
tool_config(const char *policy, const char *alpn)
{
	struct s2n_config *config = s2n_config_new_minimal();

	if (config == NULL)
		tool_die("config");
	if (policy != NULL &&
	    s2n_config_set_cipher_preferences(config, policy) != 0)
		tool_die(policy);
	if (alpn != NULL)
		add_protocols(config, alpn);
	if (s2n_config_set_max_blinding_delay(config, 0) != 0)
		tool_die("blinding");
	return config;
}

struct s2n_cert_chain_and_key *
tool_pair(const char *chain, const char *key)
{
	struct s2n_cert_chain_and_key *pair = s2n_cert_chain_and_key_new();
	size_t len;
	char *chain_pem = tool_read(chain, &len);
	char *key_pem = tool_read(key, &len);

	if (pair == NULL ||
	    s2n_cert_chain_and_key_load_pem(pair, chain_pem, key_pem) != 0)
		tool_die(chain);
	free(chain_pem);
	free(key_pem);
	return pair;
}

static const char *
version_name(int version)
{
	switch (version) {
	case S2N_TLS13:
		return "TLSv1.3";
	case S2N_TLS12:
		return "TLSv1.2";
	case S2N_TLS11:
		return "TLSv1.1";
	case S2N_TLS10:
		return "TLSv1.0";
	case S2N_SSLv3:
		return "SSLv3";
	default:
		return "unknown";
	}
}

static const char *
or_none(const char *name)
{
	return name == NULL ? "-" : name;
}

void
tool_describe(struct s2n_connection *conn)
{
	const char *group = NULL, *scheme = NULL;

	if (s2n_connection_get_key_exchange_group(conn, &group) != 0)
		group = NULL;
	if (s2n_connection_get_signature_scheme(conn, &scheme) != 0)
		scheme = NULL;
	printf("version %s\n",
	    version_name(s2n_connection_get_actual_protocol_version(conn)));
	printf("suite %s\n", or_none(s2n_connection_get_cipher(conn)));
	printf("group %s\n", or_none(group));
	printf("scheme %s\n", or_none(scheme));
	printf("sni %s\n", or_none(s2n_get_server_name(conn)));
	printf("alpn %s\n", or_none(s2n_get_application_protocol(conn)));
	printf("resumed %s\n",
	    s2n_connection_is_session_resumed(conn) == 1 ? "yes" : "no");
	printf("handshake %s\n",
	    or_none(s2n_connection_get_handshake_type_name(conn)));
	fflush(stdout);
}

void
tool_describe_failure(struct s2n_connection *conn)
{
	int error = s2n_errno;

	printf("failed %s\n", s2n_strerror_name(error));
	if (s2n_error_get_type(error) == S2N_ERR_T_ALERT)
		printf("alert %d\n", s2n_connection_get_alert(conn));
	fflush(stdout);
}

bool
tool_send(struct s2n_connection *conn, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;
	s2n_blocked_status blocked;
	ssize_t sent;

	while (len > 0) {
		sent = s2n_send(conn, from, (ssize_t)len, &blocked);
		if (sent < 0)
			return false;
		from += sent;
		len -= (size_t)sent;
	}
	return true;
}

void
tool_close(int fd)
{
	char drop[4096];

	/* Closing with bytes unread resets, and then the peer may lose our
	 * alert. */
	if (shutdown(fd, SHUT_WR) == 0)
		while (read(fd, drop, sizeof drop) > 0)
			;
	close(fd);
}

int
tool_connect(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		tool_die_errno("connect");
	return fd;
}
