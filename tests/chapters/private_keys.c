/* Guide: Private Key Operation Related Calls: synchronous, in another thread,
 * and by a module that has the key. */
#include "pair.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>

static struct s2n_async_pkey_op *pending;
static struct s2n_cert_chain_and_key *chain;
static EVP_PKEY *module_key;

static int
at_once(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	s2n_cert_private_key *key = s2n_cert_chain_and_key_get_private_key(
	    s2n_connection_get_selected_cert(conn));

	CHECK(s2n_async_pkey_op_perform(op, key) == 0);
	CHECK(s2n_async_pkey_op_apply(op, conn) == 0);
	return s2n_async_pkey_op_free(op);
}

static int
later(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	(void)conn;
	CHECK(pending == NULL);
	pending = op;
	return S2N_SUCCESS;
}

static int
never(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	(void)conn;
	CHECK(s2n_async_pkey_op_free(op) == 0);
	return S2N_FAILURE;
}

static void *
perform(void *op)
{
	CHECK(s2n_async_pkey_op_perform((struct s2n_async_pkey_op *)op,
		  s2n_cert_chain_and_key_get_private_key(chain)) == 0);
	return NULL;
}

/* The digest goes out, a signature comes back. */
static void
offload(struct s2n_async_pkey_op *op)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(module_key, NULL);
	s2n_async_pkey_op_type type;
	uint8_t digest[64], signature[256];
	size_t len = sizeof signature;
	uint32_t size;

	CHECK(s2n_async_pkey_op_get_op_type(op, &type) == 0);
	CHECK(type == S2N_ASYNC_SIGN);
	CHECK(s2n_async_pkey_op_get_input_size(op, &size) == 0);
	CHECK(size <= sizeof digest);
	CHECK(s2n_async_pkey_op_get_input(op, digest, sizeof digest) == 0);
	CHECK(EVP_PKEY_sign_init(ctx) == 1 &&
	      EVP_PKEY_sign(ctx, signature, &len, digest, size) == 1);
	CHECK(s2n_async_pkey_op_set_output(op, signature, (uint32_t)len) == 0);
	EVP_PKEY_CTX_free(ctx);
}

/* The handshake waits for the operation; how it is done is told by thread. */
static void
wait_and_finish(struct pair *pair, bool in_thread)
{
	s2n_blocked_status blocked;
	pthread_t id;

	CHECK(pair_step(pair->client) == 0);
	CHECK(s2n_negotiate(pair->server, &blocked) < 0);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED);
	CHECK(blocked == S2N_BLOCKED_ON_APPLICATION_INPUT && pending != NULL);
	if (in_thread) {
		CHECK(pthread_create(&id, NULL, perform, pending) == 0);
		/* A call with the connection alone is safe meanwhile. */
		CHECK(s2n_negotiate(pair->server, &blocked) < 0);
		CHECK(pthread_join(id, NULL) == 0);
	} else {
		offload(pending);
	}
	CHECK(s2n_async_pkey_op_apply(pending, pair->server) == 0);
	CHECK(s2n_async_pkey_op_free(pending) == 0);
	pending = NULL;
	CHECK(pair_negotiate(pair));
}

int
main(int argc, char **argv)
{
	struct s2n_config *client, *server;
	struct pair pair;
	FILE *file;
	char *cert;

	CHECK(argc == 3 && s2n_init() == 0);
	cert = read_file(argv[1]);
	CHECK((file = fopen(argv[2], "r")) != NULL);
	CHECK(
	    (module_key = PEM_read_PrivateKey(file, NULL, NULL, NULL)) != NULL);
	fclose(file);
	CHECK((client = s2n_config_new_minimal()) != NULL);
	CHECK(s2n_config_add_pem_to_trust_store(client, cert) == 0);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	chain = s2n_cert_chain_and_key_new();
	CHECK(s2n_cert_chain_and_key_load_pem(
		  chain, cert, read_file(argv[2])) == 0);
	CHECK(s2n_config_add_cert_chain_and_key_to_store(server, chain) == 0);

	CHECK(s2n_config_set_async_pkey_callback(server, at_once) == 0);
	pair_open(&pair, client, server);
	CHECK(pair_negotiate(&pair));
	pair_close(&pair);

	CHECK(s2n_config_set_async_pkey_callback(server, later) == 0);
	for (int i = 0; i < 2; i++) {
		pair_open(&pair, client, server);
		wait_and_finish(&pair, i == 0);
		pair_close(&pair);
	}

	/* Checked when it is applied, and refused if it is wrong. */
	CHECK(s2n_config_set_async_pkey_validation_mode(
		  server, S2N_ASYNC_PKEY_VALIDATION_STRICT) == 0);
	pair_open(&pair, client, server);
	CHECK(pair_step(pair.client) == 0 && pair_step(pair.server) == 0);
	CHECK(s2n_async_pkey_op_set_output(
		  pending, (const uint8_t *)"wrong", 5) == 0);
	CHECK(s2n_async_pkey_op_apply(pending, pair.server) < 0);
	CHECK(s2n_async_pkey_op_free(pending) == 0);
	CHECK(!pair_negotiate(&pair));
	pair_close(&pair);

	CHECK(s2n_config_set_async_pkey_callback(server, never) == 0);
	pair_open(&pair, client, server);
	CHECK(pair_step(pair.client) == 0 && pair_step(pair.server) == -1);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_INTERNAL);
	pair_close(&pair);
	s2n_config_free(client);
	s2n_config_free(server);
	s2n_cert_chain_and_key_free(chain);
	EVP_PKEY_free(module_key);
	puts("ok");
	return 0;
}
