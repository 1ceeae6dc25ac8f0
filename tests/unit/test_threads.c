/*
 * One config, many threads: connections each in one of them, handshakes in full
 * and resumed, data both ways; while another thread adds ticket keys, and
 * private-key operations and verifications are done by yet others. Says little
 * by itself: make check-tsan runs it under ThreadSanitizer.
 */
#include <pthread.h>

#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/async_offload.h"

#define THREADS 4
#define ROUNDS 6

/* A thread's own: connections, pipes, the last session. */
struct worker {
	pthread_t id;
	struct peers peers; /* whose configs all have */
	uint8_t session[512];
	int session_len;
	unsigned full, resumed;
	bool failed;
};

static void
keep_session(struct worker *worker)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	(void)!s2n_recv(worker->peers.client, &byte, 1, &blocked);
	worker->session_len = s2n_connection_get_session(
	    worker->peers.client, worker->session, sizeof worker->session);
}

static void
end(struct worker *worker)
{
	s2n_connection_free(worker->peers.client);
	s2n_connection_free(worker->peers.server);
	writer_free(&worker->peers.to_client.bytes);
	writer_free(&worker->peers.to_server.bytes);
	worker->peers.client = worker->peers.server = NULL;
}

static void *
converse(void *arg)
{
	struct worker *worker = arg;
	struct peers *peers = &worker->peers;

	for (int i = 0; i < ROUNDS && !worker->failed; i++) {
		peers_reconnect(peers);
		if (worker->session_len > 0)
			(void)!s2n_connection_set_session(peers->client,
			    worker->session, (size_t)worker->session_len);
		worker->failed = !peers_negotiate(peers);
		if (worker->failed)
			break;
		peers_transfer(peers->client, peers->server, 20000);
		peers_transfer(peers->server, peers->client, 20000);
		if (s2n_connection_is_session_resumed(peers->client) == 1)
			worker->resumed++;
		else
			worker->full++;
		keep_session(worker);
		/* An error is the thread's own. */
		worker->failed = s2n_connection_get_alert(peers->client) >= 0 ||
				 strcmp(s2n_strerror_name(s2n_errno),
				     "S2N_ERR_NO_ALERT") != 0;
	}
	end(worker);
	return NULL;
}

static void
share(struct worker *worker, const struct peers *peers)
{
	*worker = (struct worker){ 0 };
	worker->peers.client_config = peers->client_config;
	worker->peers.server_config = peers->server_config;
}

static void
run_all(struct worker workers[THREADS], struct peers *peers)
{
	for (int i = 0; i < THREADS; i++) {
		share(&workers[i], peers);
		ck_assert_int_eq(
		    pthread_create(&workers[i].id, NULL, converse, &workers[i]),
		    0);
	}
}

static void
join_all(struct worker workers[THREADS])
{
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(workers[i].id, NULL), 0);
		ck_assert_msg(!workers[i].failed, "thread %d failed", i);
	}
}

/* clang-format off */
static const struct peers_spec specs[] = {
	{ .key = CERTS_P256 },
	{ .key = CERTS_P256, .alpn_client = "h2", .alpn_server = "h2", .staples = true,
	    .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true },
	{ .version = S2N_TLS12, .suite = 0xc02f, .key = CERTS_RSA },
};
/* clang-format on */

START_TEST(threads_share_a_config)
{
	struct worker workers[THREADS];
	struct peers peers;

	peers_open(&peers, &specs[_i]);
	run_all(workers, &peers);
	join_all(workers);
	for (int i = 0; i < THREADS; i++)
		ck_assert_uint_eq(workers[i].full, ROUNDS);
	peers_close(&peers);
}
END_TEST

/* Keys come and go while the others seal and open tickets. */
START_TEST(ticket_keys_are_added_meanwhile)
{
	struct worker workers[THREADS];
	struct peers peers;
	uint8_t key[32] = { 1 }, name[2] = { 'k', 0 };

	peers_open(&peers, &specs[_i]);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers.client_config, 1), 0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers.server_config, 1), 0);
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(
			     peers.server_config, name, 2, key, 32, 0),
	    0);
	run_all(workers, &peers);
	for (uint8_t i = 1; i < 20; i++) {
		name[1] = key[1] = i;
		ck_assert_int_eq(s2n_config_add_ticket_crypto_key(
				     peers.server_config, name, 2, key, 32, 0),
		    0);
	}
	join_all(workers);
	for (int i = 0; i < THREADS; i++)
		ck_assert_uint_eq(workers[i].resumed, ROUNDS - 1);
	peers_close(&peers);
}
END_TEST

/* ---- work done by other threads ---- */

static void *
perform_verification(void *op)
{
	return s2n_async_offload_op_perform(op) == 0 ? op : NULL;
}

static int
verify_elsewhere(
    struct s2n_connection *conn, struct s2n_async_offload_op *op, void *ctx)
{
	pthread_t id;

	(void)conn;
	(void)ctx;
	/* It may well go on after this has returned. */
	return pthread_create(&id, NULL, perform_verification, op) == 0 &&
		       pthread_detach(id) == 0
		   ? 0
		   : -1;
}

START_TEST(verifications_are_done_elsewhere)
{
	struct worker workers[THREADS];
	struct peers peers;

	peers_open(&peers, &specs[1]);
	ck_assert_int_eq(
	    s2n_config_set_async_offload_callback(peers.client_config,
		S2N_ASYNC_OFFLOAD_ALLOW_ALL, verify_elsewhere, NULL),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_async_offload_callback(peers.server_config,
		S2N_ASYNC_OFFLOAD_ALLOW_ALL, verify_elsewhere, NULL),
	    0);
	run_all(workers, &peers);
	join_all(workers);
	peers_close(&peers);
}
END_TEST

/* The key is one for all threads, too. */
static void *
perform_signature(void *arg)
{
	struct s2n_async_pkey_op **pending = arg;
	struct s2n_async_pkey_op *op = pending[0];

	return s2n_async_pkey_op_perform(
		   op, (s2n_cert_private_key *)(void *)pending[1]) == 0
		   ? arg
		   : NULL;
}

static int
sign_elsewhere(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	s2n_cert_private_key *key = s2n_cert_chain_and_key_get_private_key(
	    s2n_connection_get_selected_cert(conn));
	struct s2n_async_pkey_op *arg[2] = { op, (void *)key };
	void *done = NULL;
	pthread_t id;

	if (pthread_create(&id, NULL, perform_signature, arg) != 0 ||
	    pthread_join(id, &done) != 0 || done == NULL ||
	    s2n_async_pkey_op_apply(op, conn) != 0)
		return -1;
	return s2n_async_pkey_op_free(op);
}

START_TEST(signatures_are_made_elsewhere)
{
	struct worker workers[THREADS];
	struct peers peers;

	peers_open(&peers, &specs[_i]);
	ck_assert_int_eq(s2n_config_set_async_pkey_callback(
			     peers.server_config, sign_elsewhere),
	    0);
	run_all(workers, &peers);
	join_all(workers);
	peers_close(&peers);
}
END_TEST

static Suite *
threads_suite(void)
{
	Suite *suite = suite_create("threads");
	TCase *tcase = tcase_create("threads");

	with_library(tcase);
	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, threads_share_a_config, 0, COUNT(specs));
	tcase_add_test(tcase, verifications_are_done_elsewhere);
	tcase_add_loop_test(tcase, ticket_keys_are_added_meanwhile, 0, 1);
	tcase_add_loop_test(
	    tcase, signatures_are_made_elsewhere, 0, COUNT(specs));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(threads_suite)
