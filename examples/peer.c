/*
 * The part that s2nc and s2nd share; the contract is in peer.h.
 */
#include "examples/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <unstable/npn.h>

#define FILE_MAX (16u << 20)
#define LINGER_MS 1000

void
peer_die(const char *what)
{
	fprintf(stderr, "%s: %s (%s)\n", what, s2n_strerror(s2n_errno, "EN"),
	    s2n_strerror_debug(s2n_errno, "EN"));
	exit(1);
}

void
peer_die_errno(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

uint8_t *
peer_read(const char *path, uint32_t *len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(FILE_MAX);

	if (file == NULL || bytes == NULL)
		peer_die_errno(path);
	*len = (uint32_t)fread(bytes, 1, FILE_MAX - 1, file);
	if (ferror(file) || !feof(file))
		peer_die_errno(path);
	bytes[*len] = '\0';
	fclose(file);
	return bytes;
}

struct s2n_cert_chain_and_key *
peer_pair(const char *chain, const char *key)
{
	struct s2n_cert_chain_and_key *pair = s2n_cert_chain_and_key_new();
	uint32_t chain_len, key_len;
	uint8_t *chain_pem = peer_read(chain, &chain_len),
		*key_pem = peer_read(key, &key_len);

	if (pair == NULL || s2n_cert_chain_and_key_load_pem_bytes(pair,
				chain_pem, chain_len, key_pem, key_len) != 0)
		peer_die(chain);
	free(chain_pem);
	free(key_pem);
	return pair;
}

/* ---- config and connection ---- */

static void
add_protocols(struct s2n_config *config, const char *alpn)
{
	char *copy = strdup(alpn), *rest = copy, *name;

	if (copy == NULL)
		peer_die_errno("strdup");
	while ((name = strsep(&rest, ",")) != NULL)
		if (strlen(name) > UINT8_MAX ||
		    s2n_config_append_protocol_preference(config,
			(const uint8_t *)name, (uint8_t)strlen(name)) != 0)
			peer_die("--alpn");
	free(copy);
}

/* One line a secret, in a file that is only added to. */
static int
log_key(void *ctx, struct s2n_connection *conn, uint8_t *line, size_t len)
{
	(void)conn;
	fprintf(ctx, "%.*s\n", (int)len, (const char *)line);
	return fflush(ctx);
}

static void
set_trust(struct s2n_config *config, const struct common *common)
{
	int r;

	if (common->insecure)
		r = s2n_config_disable_x509_verification(config);
	else if (common->ca_file != NULL || common->ca_dir != NULL)
		r = s2n_config_set_verification_ca_location(
		    config, common->ca_file, common->ca_dir);
	else
		r = s2n_config_load_system_certs(config);
	if (r != 0)
		peer_die("trust store");
}

static void
set_key_log(struct s2n_config *config, const char *path)
{
	FILE *file = fopen(path, "a");

	if (file == NULL)
		peer_die_errno(path);
	if (s2n_config_set_key_log_cb(config, log_key, file) != 0)
		peer_die("--key-log");
}

struct s2n_config *
peer_config(const struct common *common)
{
	struct s2n_config *config = s2n_config_new_minimal();

	if (config == NULL)
		peer_die("config");
	if (s2n_config_set_cipher_preferences(config,
		common->policy != NULL ? common->policy : "default") != 0)
		peer_die("--ciphers");
	set_trust(config, common);
	if (common->alpn != NULL)
		add_protocols(config, common->alpn);
	if (common->npn && s2n_config_set_npn(config, true) != 0)
		peer_die("--npn");
	if (common->send_buffer != 0 && s2n_config_set_send_buffer_size(config,
					    (uint32_t)common->send_buffer) != 0)
		peer_die("--buffered-send");
	if (common->key_log != NULL)
		set_key_log(config, common->key_log);
	return config;
}

/* The bytes that hex digits stand for; 0 when they are none or do not fit. */
static uint16_t
from_hex(const char *hex, uint8_t *bytes, size_t room)
{
	size_t len = strlen(hex) / 2;
	unsigned byte;

	if (strlen(hex) % 2 != 0 || len > room ||
	    strspn(hex, "0123456789abcdefABCDEF") != strlen(hex))
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return 0;
		bytes[i] = (uint8_t)byte;
	}
	return (uint16_t)len;
}

/* "identity,secret,hmac"; without the last SHA256. */
static void
add_psk(struct s2n_connection *conn, const char *text)
{
	struct s2n_psk *psk = s2n_external_psk_new();
	char *copy = strdup(text), *rest = copy;
	const char *identity, *secret, *hmac;
	uint8_t bytes[256];
	uint16_t len;

	if (psk == NULL || copy == NULL)
		peer_die_errno("--psk");
	identity = strsep(&rest, ",");
	secret = strsep(&rest, ",");
	hmac = rest != NULL ? rest : "SHA256";
	len = secret != NULL ? from_hex(secret, bytes, sizeof bytes) : 0;
	if (len == 0 || strlen(identity) > UINT16_MAX ||
	    (strcmp(hmac, "SHA256") != 0 && strcmp(hmac, "SHA384") != 0)) {
		fprintf(stderr, "--psk: %s: not identity,secret,hmac\n", text);
		exit(2);
	}
	if (s2n_psk_set_identity(psk, (const uint8_t *)identity,
		(uint16_t)strlen(identity)) != 0 ||
	    s2n_psk_set_secret(psk, bytes, len) != 0 ||
	    s2n_psk_set_hmac(psk, strcmp(hmac, "SHA384") == 0
				      ? S2N_PSK_HMAC_SHA384
				      : S2N_PSK_HMAC_SHA256) != 0 ||
	    s2n_connection_append_psk(conn, psk) != 0 ||
	    s2n_psk_free(&psk) != 0)
		peer_die("--psk");
	free(copy);
}

static void
add_psks(struct s2n_connection *conn, const struct texts *psks)
{
	if (psks->count > 0 &&
	    s2n_connection_set_psk_mode(conn, S2N_PSK_MODE_EXTERNAL) != 0)
		peer_die("--psk");
	for (size_t i = 0; i < psks->count; i++)
		add_psk(conn, psks->item[i]);
}

struct s2n_connection *
peer_connection(s2n_mode mode, struct s2n_config *config,
    const struct common *common, int fd)
{
	struct s2n_connection *conn = s2n_connection_new(mode);

	if (conn == NULL || s2n_connection_set_config(conn, config) != 0 ||
	    s2n_connection_set_fd(conn, fd) != 0)
		peer_die("connection");
	if (common->corked && s2n_connection_use_corked_io(conn) != 0)
		peer_die("--corked-io");
	if (common->low_latency && s2n_connection_prefer_low_latency(conn) != 0)
		peer_die("--prefer-low-latency");
	if (common->throughput && s2n_connection_prefer_throughput(conn) != 0)
		peer_die("--prefer-throughput");
	add_psks(conn, &common->psks);
	if (common->non_blocking && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		peer_die_errno("--non-blocking");
	return conn;
}

/* ---- one connection ---- */

bool
peer_await(int fd, s2n_blocked_status blocked)
{
	struct pollfd one = { .fd = fd,
		.events = blocked == S2N_BLOCKED_ON_WRITE ? POLLOUT : POLLIN };

	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		return false;
	return poll(&one, 1, -1) > 0 || errno == EINTR;
}

bool
peer_negotiate(struct s2n_connection *conn, int fd)
{
	s2n_blocked_status blocked;

	while (s2n_negotiate(conn, &blocked) != 0)
		if (!peer_await(fd, blocked))
			return false;
	return true;
}

bool
peer_send(struct s2n_connection *conn, int fd, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;
	s2n_blocked_status blocked;
	ssize_t sent;

	while (len > 0) {
		sent = s2n_send(conn, from, (ssize_t)len, &blocked);
		if (sent < 0) {
			if (!peer_await(fd, blocked))
				return false;
			continue;
		}
		from += sent;
		len -= (size_t)sent;
	}
	return true;
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
	return name == NULL ? "none" : name;
}

/* One of the application's: sessions have their own line. */
static bool
has_psk(struct s2n_connection *conn)
{
	uint16_t len;

	return s2n_connection_get_negotiated_psk_identity_length(conn, &len) ==
		   0 &&
	       len > 0 && s2n_connection_is_session_resumed(conn) != 1;
}

static const char *
early_data(struct s2n_connection *conn)
{
	s2n_early_data_status_t status;

	if (s2n_connection_get_early_data_status(conn, &status) != 0)
		return "none";
	if (status == S2N_EARLY_DATA_STATUS_END)
		return "taken";
	return status == S2N_EARLY_DATA_STATUS_REJECTED ? "refused" : "none";
}

static void
write_description(FILE *out, struct s2n_connection *conn)
{
	const char *group = NULL, *scheme = NULL;
	uint32_t len;

	if (s2n_connection_get_key_exchange_group(conn, &group) != 0)
		group = NULL;
	if (s2n_connection_get_signature_scheme(conn, &scheme) != 0)
		scheme = NULL;
	fprintf(out, "version: %s\n",
	    version_name(s2n_connection_get_actual_protocol_version(conn)));
	fprintf(out, "suite: %s\n", or_none(s2n_connection_get_cipher(conn)));
	fprintf(out, "group: %s\n", or_none(group));
	fprintf(out, "scheme: %s\n", or_none(scheme));
	fprintf(out, "server name: %s\n", or_none(s2n_get_server_name(conn)));
	fprintf(out, "application protocol: %s\n",
	    or_none(s2n_get_application_protocol(conn)));
	fprintf(out, "resumed: %s\n",
	    s2n_connection_is_session_resumed(conn) == 1 ? "yes" : "no");
	fprintf(out, "pre-shared key: %s\n", has_psk(conn) ? "yes" : "no");
	fprintf(out, "early data: %s\n", early_data(conn));
	fprintf(out, "client certificate: %s\n",
	    s2n_connection_client_cert_used(conn) == 1 ? "yes" : "no");
	fprintf(out, "stapled: %s\n",
	    s2n_connection_get_mode(conn) == S2N_CLIENT &&
		    s2n_connection_get_ocsp_response(conn, &len) != NULL
		? "yes"
		: "no");
	fprintf(out, "handshake: %s\n",
	    or_none(s2n_connection_get_handshake_type_name(conn)));
}

char *
peer_description(struct s2n_connection *conn)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		peer_die_errno("memory");
	write_description(out, conn);
	if (fclose(out) != 0)
		peer_die_errno("memory");
	return text;
}

void
peer_describe(struct s2n_connection *conn, const char *title)
{
	char *text = peer_description(conn);

	printf("%s\n%s", title, text);
	fflush(stdout);
	free(text);
}

void
peer_describe_failure(struct s2n_connection *conn, const char *title)
{
	int error = s2n_errno;

	fprintf(stderr, "%s: %s (%s)\n", title, s2n_strerror(error, "EN"),
	    s2n_strerror_name(error));
	if (s2n_error_get_type(error) == S2N_ERR_T_ALERT)
		fprintf(stderr, "alert: %d\n", s2n_connection_get_alert(conn));
}

/* Closing with bytes unread would reset, and take our last words with it. */
static void
close_socket(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };
	char drop[4096];

	if (shutdown(fd, SHUT_WR) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		while (poll(&one, 1, LINGER_MS) == 1 &&
		       read(fd, drop, sizeof drop) > 0)
			;
	close(fd);
}

bool
peer_close(struct s2n_connection *conn, int fd)
{
	s2n_blocked_status blocked;
	bool closed = true;

	while (closed && s2n_shutdown(conn, &blocked) != 0)
		closed = peer_await(fd, blocked);
	if (s2n_connection_free(conn) != 0)
		peer_die("free");
	close_socket(fd);
	return closed;
}

/* ---- standard input and output ---- */

enum moved { MOVED, WAITING, ENDED, FAILED };

static enum moved
take(struct s2n_connection *conn)
{
	uint8_t bytes[16384];
	s2n_blocked_status blocked;
	ssize_t len = s2n_recv(conn, bytes, sizeof bytes, &blocked);

	if (len == 0)
		return ENDED;
	if (len < 0)
		return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED
			   ? WAITING
			   : FAILED;
	if (write(STDOUT_FILENO, bytes, (size_t)len) != len)
		peer_die_errno("standard output");
	return MOVED;
}

static enum moved
give(struct s2n_connection *conn, int fd)
{
	uint8_t bytes[16384];
	ssize_t len = read(STDIN_FILENO, bytes, sizeof bytes);

	if (len == 0)
		return ENDED;
	if (len < 0)
		peer_die_errno("standard input");
	return peer_send(conn, fd, bytes, (size_t)len) ? MOVED : FAILED;
}

bool
peer_talk(struct s2n_connection *conn, int fd, bool until_input_ends,
    bool (*turn)(struct s2n_connection *, int fd, void *ctx), void *ctx)
{
	struct pollfd both[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN } };
	enum moved moved;

	/* Of what makes it readable there may be nothing for us: a ticket. */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		peer_die_errno("socket");
	for (;;) {
		/* What is decrypted already makes no socket readable. */
		if (s2n_peek(conn) == 0 && poll(both, 2, -1) < 0 &&
		    errno != EINTR)
			peer_die_errno("poll");
		if (s2n_peek(conn) > 0 || both[0].revents != 0) {
			moved = take(conn);
			if (turn != NULL && !turn(conn, fd, ctx))
				return false;
			if (moved == ENDED || moved == FAILED)
				return moved == ENDED;
		}
		if (both[1].revents == 0)
			continue;
		if ((moved = give(conn, fd)) == FAILED)
			return false;
		if (moved != ENDED)
			continue;
		if (until_input_ends)
			return true;
		both[1].fd = -1;
		both[1].revents = 0;
	}
}
