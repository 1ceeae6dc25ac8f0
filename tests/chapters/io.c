/* Guide: I/O functions: sending in parts, vectors, peeking, own callbacks,
 * blocking descriptors, shutdown. */
#include "pair.h"

#include <pthread.h>

static unsigned calls;

static int
own_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	calls++;
	return (int)write(*(int *)ctx, buf, len < 100 ? len : 100);
}

static int
own_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	calls++;
	return (int)read(*(int *)ctx, buf, len < 100 ? len : 100);
}

/* The guide's loops, over one connection whose buffers fill up. */
static void
send_in_parts(struct pair *pair)
{
	static char data[2000000], there[2000000];
	struct iovec parts[2] = { { data, 700000 },
		{ data + 700000, 1300000 } };
	s2n_blocked_status blocked;
	ssize_t sent = 0, got = 0, n;
	bool was_blocked = false;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)(i * 7 % 251);
	while (got < (ssize_t)sizeof data) {
		if (sent < (ssize_t)sizeof data) {
			n = s2n_sendv_with_offset(
			    pair->client, parts, 2, sent, &blocked);
			CHECK(n >= 0 || s2n_error_get_type(s2n_errno) ==
					    S2N_ERR_T_BLOCKED);
			was_blocked = was_blocked || n < (ssize_t)sizeof data;
			sent += n > 0 ? n : 0;
		}
		n = s2n_recv(pair->server, there + got,
		    (ssize_t)sizeof there - got, &blocked);
		CHECK(n > 0 ||
		      s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
		got += n > 0 ? n : 0;
	}
	CHECK(was_blocked && memcmp(data, there, sizeof data) == 0);
}

static void
peek(struct pair *pair)
{
	struct iovec text = { (void *)(uintptr_t) "some text", 9 };
	s2n_blocked_status blocked;
	char there[16];

	CHECK(s2n_sendv(pair->server, &text, 1, &blocked) == 9);
	CHECK(s2n_peek(pair->client) == 0);
	CHECK(s2n_recv(pair->client, there, 4, &blocked) == 4);
	CHECK(s2n_peek(pair->client) == 5 && blocked != S2N_NOT_BLOCKED);
	CHECK(s2n_recv(pair->client, there + 4, 12, &blocked) == 5);
	CHECK(
	    s2n_peek(pair->client) == 0 && memcmp(there, "some text", 9) == 0);
}

/* Both sides of a shutdown: one begins and waits, the other answers. */
static void
end(struct pair *pair)
{
	s2n_blocked_status blocked;
	char byte;

	CHECK(s2n_shutdown_send(pair->server, &blocked) == 0);
	CHECK(s2n_recv(pair->client, &byte, 1, &blocked) == 0);
	CHECK(s2n_recv(pair->client, &byte, 1, &blocked) == 0);
	CHECK(s2n_shutdown(pair->client, &blocked) == 0);
	CHECK(s2n_shutdown(pair->server, &blocked) == 0);
	CHECK(s2n_send(pair->client, "x", 1, &blocked) < 0);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED);
}

/* A blocking server in a thread: each call returns when it is complete. */
static void *
serve(void *arg)
{
	struct pair *pair = (struct pair *)arg;
	s2n_blocked_status blocked;
	char text[16];

	CHECK(s2n_negotiate(pair->server, &blocked) == 0);
	CHECK(s2n_recv(pair->server, text, sizeof text, &blocked) == 5);
	CHECK(s2n_send(pair->server, text, 5, &blocked) == 5);
	CHECK(s2n_shutdown(pair->server, &blocked) == 0);
	return NULL;
}

static void
blocking(struct s2n_config *client, struct s2n_config *server)
{
	s2n_blocked_status blocked;
	struct pair pair;
	pthread_t id;
	char text[16];

	pair_open(&pair, client, server);
	for (int i = 0; i < 2; i++)
		CHECK(fcntl(pair.fds[i], F_SETFL, 0) == 0);
	CHECK(pthread_create(&id, NULL, serve, &pair) == 0);
	CHECK(s2n_negotiate(pair.client, &blocked) == 0);
	CHECK(s2n_send(pair.client, "hello", 5, &blocked) == 5);
	CHECK(s2n_recv(pair.client, text, sizeof text, &blocked) == 5);
	CHECK(s2n_shutdown(pair.client, &blocked) == 0);
	CHECK(pthread_join(id, NULL) == 0);
	pair_close(&pair);
}

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	struct pair pair;

	CHECK(argc == 3 && s2n_init() == 0);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_add_cert_chain_and_key(
		  server, read_file(argv[1]), read_file(argv[2])) == 0);
	CHECK(
	    s2n_config_add_pem_to_trust_store(client, read_file(argv[1])) == 0);

	for (int own = 0; own < 2; own++) {
		pair_open(&pair, client, server);
		if (own) {
			CHECK(s2n_connection_set_send_cb(
				  pair.client, own_send) == 0);
			CHECK(s2n_connection_set_send_ctx(
				  pair.client, &pair.fds[0]) == 0);
			CHECK(s2n_connection_set_recv_cb(
				  pair.client, own_recv) == 0);
			CHECK(s2n_connection_set_recv_ctx(
				  pair.client, &pair.fds[0]) == 0);
		}
		CHECK(pair_negotiate(&pair));
		send_in_parts(&pair);
		peek(&pair);
		end(&pair);
		pair_close(&pair);
		CHECK((calls > 20000) == own);
	}
	blocking(client, server);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
