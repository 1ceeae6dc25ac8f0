/*
 * inmemory's server on libtls.
 */
#include "tests/bench/inmemory.h"

#include <stdlib.h>
#include <time.h>

#include <s2n.h>

struct server {
	struct s2n_connection *conn;
	struct s2n_async_pkey_op *op; /* waits to be done elsewhere */
	bool performed;
};

static struct s2n_config *config;
static struct s2n_cert_chain_and_key *chain;

static int
key_callback(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	struct server *server = s2n_connection_get_ctx(conn);

	server->op = op;
	return 0;
}

static bool
set_up(const struct bench_plan *plan)
{
	uint8_t name[16] = "bench", secret[32] = { 7 };

	config = s2n_config_new_minimal();
	chain = s2n_cert_chain_and_key_new();
	if (config == NULL || chain == NULL ||
	    s2n_cert_chain_and_key_load_pem(
		chain, bench_read(plan->chain), bench_read(plan->key)) != 0 ||
	    s2n_config_add_cert_chain_and_key_to_store(config, chain) != 0 ||
	    s2n_config_set_cipher_preferences(config, "default") != 0 ||
	    (plan->kind == BENCH_OFFLOADED &&
		s2n_config_set_async_pkey_callback(config, key_callback) !=
		    0) ||
	    (plan->kind == BENCH_RESUMED &&
		(s2n_config_set_session_tickets_onoff(config, 1) != 0 ||
		    s2n_config_add_ticket_crypto_key(config, name, sizeof name,
			secret, sizeof secret,
			(uint64_t)time(NULL) - 60) != 0)))
		bench_die("libtls");
	return true;
}

static void *
begin(struct lane *from, struct lane *to)
{
	struct server *server = calloc(1, sizeof *server);

	if (server == NULL ||
	    (server->conn = s2n_connection_new(S2N_SERVER)) == NULL ||
	    s2n_connection_set_config(server->conn, config) != 0 ||
	    s2n_connection_set_ctx(server->conn, server) != 0 ||
	    s2n_connection_set_blinding(
		server->conn, S2N_SELF_SERVICE_BLINDING) != 0 ||
	    s2n_connection_set_recv_buffering(server->conn, true) != 0 ||
	    s2n_connection_set_recv_cb(server->conn, lane_receive) != 0 ||
	    s2n_connection_set_recv_ctx(server->conn, from) != 0 ||
	    s2n_connection_set_send_cb(server->conn, lane_send) != 0 ||
	    s2n_connection_set_send_ctx(server->conn, to) != 0)
		bench_die("libtls");
	return server;
}

static bool
step(void *arg)
{
	struct server *server = arg;
	s2n_blocked_status blocked;

	if (server->op != NULL && server->performed) {
		if (s2n_async_pkey_op_apply(server->op, server->conn) != 0 ||
		    s2n_async_pkey_op_free(server->op) != 0)
			bench_die("the signature");
		server->op = NULL;
	}
	if (s2n_negotiate(server->conn, &blocked) == 0)
		return true;
	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		bench_die("libtls: the handshake");
	return false;
}

static void
elsewhere(void *arg)
{
	struct server *server = arg;

	if (server->op == NULL)
		return;
	if (s2n_async_pkey_op_perform(
		server->op, s2n_cert_chain_and_key_get_private_key(chain)) != 0)
		bench_die("the key");
	server->performed = true;
}

static void
end(void *arg)
{
	struct server *server = arg;

	s2n_connection_free(server->conn);
	free(server);
}

const struct bench_server bench_libtls = { "libtls", set_up, begin, step,
	elsewhere, end };
