/*
 * What the chapters' programs share: a client and a server in one process over
 * a socket pair that does not block, files, and a check that says its line. A
 * stranger's code: the installed headers and the C library alone.
 */
#ifndef CHAPTERS_PAIR_H
#define CHAPTERS_PAIR_H

#include <errno.h>
#include <fcntl.h>
#include <s2n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Ends the program, with the line and the library's word, unless it holds. */
#define CHECK(holds)                                                           \
	((holds) ? (void)0                                                     \
		 : (fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__,     \
			#holds, s2n_strerror_debug(s2n_errno, "EN")),          \
		       exit(1)))

struct pair {
	struct s2n_connection *client, *server;
	int fds[2];
};

static inline char *
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = (char *)calloc(1, 65536);

	CHECK(file != NULL && text != NULL);
	CHECK(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

/* Two connections over a socket pair; not yet talking. */
static inline void
pair_open(struct pair *pair, struct s2n_config *client_config,
    struct s2n_config *server_config)
{
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair->fds) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(fcntl(pair->fds[i], F_SETFL, O_NONBLOCK) == 0);
	CHECK((pair->client = s2n_connection_new(S2N_CLIENT)) != NULL);
	CHECK((pair->server = s2n_connection_new(S2N_SERVER)) != NULL);
	CHECK(s2n_connection_set_config(pair->client, client_config) == 0);
	CHECK(s2n_connection_set_config(pair->server, server_config) == 0);
	CHECK(s2n_connection_set_fd(pair->client, pair->fds[0]) == 0);
	CHECK(s2n_connection_set_fd(pair->server, pair->fds[1]) == 0);
	CHECK(s2n_connection_set_blinding(
		  pair->client, S2N_SELF_SERVICE_BLINDING) == 0);
	CHECK(s2n_connection_set_blinding(
		  pair->server, S2N_SELF_SERVICE_BLINDING) == 0);
	CHECK(s2n_set_server_name(pair->client, "localhost") == 0);
}

/* One call: 1 when the handshake is done, 0 to come back, -1 when it failed. */
static inline int
pair_step(struct s2n_connection *conn)
{
	s2n_blocked_status blocked;

	if (s2n_negotiate(conn, &blocked) == S2N_SUCCESS)
		return 1;
	return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED ? 0 : -1;
}

/* Turns of both until both are done; false when one has failed. */
static inline bool
pair_negotiate(struct pair *pair)
{
	int client = 0, server = 0;

	while (client >= 0 && server >= 0 && !(client == 1 && server == 1)) {
		client = pair_step(pair->client);
		if (client >= 0)
			server = pair_step(pair->server);
	}
	return client == 1 && server == 1;
}

/* The text arrives whole. */
static inline void
pair_say(
    struct s2n_connection *from, struct s2n_connection *to, const char *text)
{
	ssize_t len = (ssize_t)strlen(text), got = 0, n;
	s2n_blocked_status blocked;
	char there[1024];

	CHECK(s2n_send(from, text, len, &blocked) == len);
	while (got < len) {
		n = s2n_recv(
		    to, there + got, (ssize_t)sizeof there - got, &blocked);
		CHECK(n > 0);
		got += n;
	}
	CHECK(memcmp(there, text, (size_t)len) == 0);
}

static inline void
pair_close(struct pair *pair)
{
	s2n_connection_free(pair->client);
	s2n_connection_free(pair->server);
	close(pair->fds[0]);
	close(pair->fds[1]);
}

#endif
