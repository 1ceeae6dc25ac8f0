/*
 * A client that is asked to renegotiate (unstable/renegotiate.h), for scripts
 * with a server that can: says what it was asked and what became of it.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <unstable/renegotiate.h>

#include "tests/tools/tool.h"

#define WAIT_MS 5000

static const char usage[] =
    "usage: tlsrenegotiate port ca.pem policy ignore|reject|accept text\n"
    "Reads until text has come. Exit 0: it came.\n";

struct answer {
	s2n_renegotiate_response response;
	bool asked;
};

static int
asked(struct s2n_connection *conn, void *context,
    s2n_renegotiate_response *response)
{
	struct answer *answer = context;

	(void)conn;
	puts("asked");
	answer->asked = true;
	*response = answer->response;
	return 0;
}

/* Waits for what the library waits for; dies when it does not come. */
static void
await(int fd, s2n_blocked_status blocked)
{
	struct pollfd one = { .fd = fd,
		.events = blocked == S2N_BLOCKED_ON_WRITE ? POLLOUT : POLLIN };

	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		tool_die("connection");
	if (poll(&one, 1, WAIT_MS) != 1) {
		puts("nothing came");
		exit(1);
	}
}

/* Adds what came to text; true when it holds what is wanted. */
static bool
gather(
    char *text, size_t room, const char *part, size_t len, const char *wanted)
{
	size_t have = strlen(text);

	if (len >= room - have)
		len = room - have - 1;
	memcpy(text + have, part, len);
	text[have + len] = '\0';
	return strstr(text, wanted) != NULL;
}

/* The new handshake; data that comes in between is text, too. */
static bool
renegotiate(struct s2n_connection *conn, int fd, char *text, size_t room,
    const char *wanted)
{
	s2n_blocked_status blocked;
	uint8_t data[256];
	ssize_t len;
	bool came = false;

	if (s2n_renegotiate_wipe(conn) != 0)
		tool_die("wipe");
	while (s2n_renegotiate(conn, data, sizeof data, &len, &blocked) != 0) {
		if (blocked == S2N_BLOCKED_ON_APPLICATION_DATA) {
			puts("data in between");
			if (strcmp(s2n_strerror_name(s2n_errno),
				"S2N_ERR_APP_DATA_BLOCKED") != 0)
				tool_die("data in between");
			came = gather(text, room, (char *)data, (size_t)len,
				   wanted) ||
			       came;
			continue;
		}
		await(fd, blocked);
	}
	puts("renegotiated");
	return came;
}

static int
converse(struct s2n_connection *conn, int fd, struct answer *answer,
    const char *wanted)
{
	static char text[65536];
	char data[4096];
	s2n_blocked_status blocked;
	ssize_t len;

	for (;;) {
		len = s2n_recv(conn, data, sizeof data, &blocked);
		if (len > 0 &&
		    gather(text, sizeof text, data, (size_t)len, wanted))
			return 0;
		if (answer->asked &&
		    answer->response == S2N_RENEGOTIATE_ACCEPT) {
			answer->asked = false;
			if (renegotiate(conn, fd, text, sizeof text, wanted))
				return 0;
		} else if (len == 0) {
			return 1;
		} else if (len < 0) {
			await(fd, blocked);
		}
	}
}

static bool
parse(const char *word, struct answer *answer)
{
	static const char *const words[] = { "ignore", "reject", "accept" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		answer->response = (s2n_renegotiate_response)i;
		return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	struct answer answer = { 0 };
	struct s2n_config *config;
	struct s2n_connection *conn;
	s2n_blocked_status blocked;
	int fd, status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 6 || !parse(argv[4], &answer)) {
		fputs(usage, stderr);
		return 2;
	}
	if (s2n_init() != 0)
		tool_die("init");
	config = tool_config(argv[3], NULL);
	if (s2n_config_set_verification_ca_location(config, argv[2], NULL) !=
		0 ||
	    s2n_config_set_renegotiate_request_cb(config, asked, &answer) != 0)
		tool_die("config");
	fd = tool_connect((uint16_t)atoi(argv[1]));
	conn = s2n_connection_new(S2N_CLIENT);
	if (conn == NULL || s2n_connection_set_config(conn, config) != 0 ||
	    s2n_connection_set_fd(conn, fd) != 0 ||
	    s2n_set_server_name(conn, "localhost") != 0)
		tool_die("connection");
	while (s2n_negotiate(conn, &blocked) != 0)
		await(fd, blocked);
	puts("negotiated");
	status = converse(conn, fd, &answer, argv[5]);
	s2n_connection_free(conn);
	s2n_config_free(config);
	close(fd);
	return s2n_cleanup_final() == 0 ? status : 1;
}
