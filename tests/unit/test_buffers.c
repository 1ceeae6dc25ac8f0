/*
 * libtls/buffers.c: idle connections without buffers, busy ones with all they
 * need.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define IDLE_MAX 2048

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

static bool
empty(const struct s2n_connection *conn)
{
	const struct io *io = &conn->records.io;

	return io->in == NULL && io->in_room == 0 && io->out.data == NULL;
}

/* clang-format off */
static const struct peers_spec specs[] = {
	{ 0 },
	{ .slow = true },
	{ .retry = true },
	{ .pending_key = true },
	{ .slow = true, .pending_key = true },
	/* The message that waits for the key is in the buffer. */
	{ .version = S2N_TLS12, .suite = TLS_RSA_WITH_AES_128_GCM_SHA256, .key = CERTS_RSA, .pending_key = true },
	{ .version = S2N_TLS12, .suite = TLS_RSA_WITH_AES_128_CBC_SHA, .key = CERTS_RSA, .pending_key = true, .slow = true },
};
/* clang-format on */

START_TEST(dynamic_buffers_are_there_only_while_used)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t byte;

	peers_open(&peers, &specs[_i]);
	ck_assert_int_eq(
	    s2n_connection_set_dynamic_buffers(peers.server, true), 0);
	ck_assert_int_eq(
	    s2n_connection_set_dynamic_buffers(peers.client, true), 0);
	ck_assert(peers_negotiate(&peers));
	peers_transfer(peers.client, peers.server, 50000);
	peers_transfer(peers.server, peers.client, 50000);
	ck_assert(empty(peers.server));
	ck_assert(empty(peers.client));
	if (!specs[_i].slow) {
		/* half of a record is taken */
		ck_assert_int_eq(s2n_send(peers.client, "ab", 2, &blocked), 2);
		ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
		ck_assert(!empty(peers.server));
		ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
		ck_assert_uint_eq(byte, 'b');
		ck_assert(empty(peers.server));
	}
	/* and off again */
	ck_assert_int_eq(
	    s2n_connection_set_dynamic_buffers(peers.server, false), 0);
	peers_transfer(peers.client, peers.server, 10);
	ck_assert(!empty(peers.server));
	peers_close(&peers);
}
END_TEST

static int
keep_op(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	*(struct s2n_async_pkey_op **)s2n_connection_get_ctx(conn) = op;
	return 0;
}

/* A message that waits for its key is unprocessed, and stays what it was. */
START_TEST(a_pending_message_is_not_given_up)
{
	struct peers peers;
	struct s2n_async_pkey_op *op = NULL;
	s2n_blocked_status blocked;

	peers_open(&peers, &(struct peers_spec){ .version = S2N_TLS12,
			       .suite = TLS_RSA_WITH_AES_128_GCM_SHA256,
			       .key = CERTS_RSA });
	ck_assert_int_eq(
	    s2n_config_set_async_pkey_callback(peers.server_config, keep_op),
	    0);
	ck_assert_int_eq(s2n_connection_set_ctx(peers.server, &op), 0);
	for (int i = 0; i < 100 && op == NULL; i++) {
		ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
		ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	}
	ck_assert_ptr_nonnull(op);
	ck_assert_int_eq(s2n_connection_release_buffers(peers.server), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno),
	    "S2N_ERR_STUFFER_HAS_UNPROCESSED_DATA");
	ck_assert_int_eq(
	    s2n_async_pkey_op_perform(
		op, s2n_cert_chain_and_key_get_private_key(
			s2n_connection_get_selected_cert(peers.server))),
	    0);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, peers.server), 0);
	ck_assert_int_eq(s2n_async_pkey_op_free(op), 0);
	ck_assert(peers_negotiate(&peers));
	peers_close(&peers);
}
END_TEST

START_TEST(bytes_that_wait_are_not_given_up)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t bytes[8];

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_release_buffers(peers.server), 0);
	ck_assert(empty(peers.server));
	/* half a record came */
	ck_assert_int_eq(s2n_send(peers.client, "ab", 2, &blocked), 2);
	peers.to_server.bytes.len -= 3;
	ck_assert_int_eq(s2n_recv(peers.server, bytes, 8, &blocked), -1);
	ck_assert_int_eq(s2n_connection_release_buffers(peers.server), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno),
	    "S2N_ERR_STUFFER_HAS_UNPROCESSED_DATA");
	peers.to_server.bytes.len += 3;
	ck_assert_int_eq(s2n_recv(peers.server, bytes, 8, &blocked), 2);
	/* a record waits to be written */
	peers.to_client.room = 1;
	peers.to_client.taken = peers.to_client.bytes.len - 1;
	ck_assert_int_eq(s2n_send(peers.server, "ab", 2, &blocked), -1);
	ck_assert_int_eq(s2n_connection_release_buffers(peers.server), -1);
	peers.to_client.room = 0;
	ck_assert_int_eq(s2n_send(peers.server, "ab", 2, &blocked), 2);
	ck_assert_int_eq(s2n_connection_release_buffers(peers.server), 0);
	peers_close(&peers);
}
END_TEST

/* DESIGN.md: what a connection without its buffers costs, ours of it. */
START_TEST(an_idle_connection_is_small)
{
	struct peers peers;
	size_t size = sizeof *peers.server;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_free_handshake(peers.server), 0);
	ck_assert_int_eq(s2n_connection_release_buffers(peers.server), 0);
	ck_assert_ptr_null(peers.server->hs);
	ck_assert(empty(peers.server));
	ck_assert_ptr_null(peers.server->inbox.joined.data);
	ck_assert_uint_le(size, IDLE_MAX);
	peers_close(&peers);
}
END_TEST

START_TEST(nothing_is_refused)
{
	ck_assert_int_eq(s2n_connection_release_buffers(NULL), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_set_dynamic_buffers(NULL, true), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_free_handshake(NULL), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
}
END_TEST

static Suite *
buffers_suite(void)
{
	Suite *suite = suite_create("buffers");
	TCase *tcase = tcase_create("buffers");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(tcase, dynamic_buffers_are_there_only_while_used, 0,
	    (int)COUNT(specs));
	tcase_add_test(tcase, a_pending_message_is_not_given_up);
	tcase_add_test(tcase, bytes_that_wait_are_not_given_up);
	tcase_add_test(tcase, an_idle_connection_is_small);
	tcase_add_test(tcase, nothing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(buffers_suite)
