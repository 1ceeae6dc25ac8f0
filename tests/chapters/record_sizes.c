/* Guide: Record sizes, by the length of the records that arrive. */
#include "pair.h"

#include <sys/uio.h>

static unsigned most; /* bytes of a record's content */

/* Reads in place of the library, and looks at the headers: the library asks for
 * five bytes of header and then for the rest. */
static int
count(void *ctx, uint8_t *buf, uint32_t len)
{
	ssize_t n = read(*(int *)ctx, buf, len);

	if (n == 5 && len == 5 && (unsigned)(buf[3] << 8 | buf[4]) > most)
		most = (unsigned)(buf[3] << 8 | buf[4]);
	return (int)n;
}

/* Sends much; gives the longest record that it came in. */
static unsigned
longest(struct pair *pair)
{
	static uint8_t data[60000], there[60000];
	s2n_blocked_status blocked;
	ssize_t sent = 0, got = 0, n;

	most = 0;
	while (got < (ssize_t)sizeof data) {
		n = s2n_send(pair->server, data + sent,
		    (ssize_t)sizeof data - sent, &blocked);
		CHECK(n >= 0 ||
		      s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
		sent += n > 0 ? n : 0;
		n = s2n_recv(pair->client, there + got,
		    (ssize_t)sizeof there - got, &blocked);
		CHECK(n >= 0 ||
		      s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
		got += n > 0 ? n : 0;
	}
	return most;
}

static void
start(struct pair *pair, struct s2n_config *client, struct s2n_config *server)
{
	pair_open(pair, client, server);
	CHECK(s2n_connection_set_recv_ctx(pair->client, &pair->fds[0]) == 0);
	CHECK(s2n_connection_set_recv_cb(pair->client, count) == 0);
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

	start(&pair, client, server);
	CHECK(pair_negotiate(&pair));
	CHECK(longest(&pair) < 8200);
	CHECK(s2n_connection_prefer_throughput(pair.server) == 0);
	CHECK(longest(&pair) > 16000);
	CHECK(s2n_connection_prefer_low_latency(pair.server) == 0);
	CHECK(longest(&pair) <= 1500 - 40);
	/* Small ones first, then as large as before. */
	CHECK(s2n_connection_prefer_throughput(pair.server) == 0);
	CHECK(s2n_connection_set_dynamic_record_threshold(
		  pair.server, 100000, 1) == 0);
	CHECK(longest(&pair) <= 1500 - 40);
	CHECK(longest(&pair) > 16000);
	pair_close(&pair);

	/* What the client asks for overrides what the server prefers. */
	CHECK(s2n_config_send_max_fragment_length(
		  client, S2N_TLS_MAX_FRAG_LEN_1024) == 0);
	CHECK(s2n_config_accept_max_fragment_length(server) == 0);
	start(&pair, client, server);
	CHECK(s2n_connection_prefer_throughput(pair.server) == 0);
	CHECK(pair_negotiate(&pair));
	CHECK(longest(&pair) < 1024 + 64);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	puts("ok");
	return 0;
}
