/*
 * libtls/connection.c and transport.c: what is set on one connection in place
 * of its config, and its descriptors.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

START_TEST(a_connections_protocols_replace_its_configs)
{
	static const char *const client[] = { "b", "a" };
	struct peers peers;

	peers_open(&peers,
	    &(struct peers_spec){ .alpn_client = "x", .alpn_server = "x" });
	/* The server's order decides: by its config x, by its own a, then b. */
	ck_assert_int_eq(s2n_connection_append_protocol_preference(
			     peers.server, (const uint8_t *)"a", 1),
	    0);
	ck_assert_int_eq(s2n_connection_append_protocol_preference(
			     peers.server, (const uint8_t *)"b", 1),
	    0);
	ck_assert_int_eq(
	    s2n_connection_set_protocol_preferences(peers.client, client, 2),
	    0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_str_eq(s2n_get_application_protocol(peers.client), "a");
	ck_assert_str_eq(s2n_get_application_protocol(peers.server), "a");
	peers_close(&peers);
}
END_TEST

/* What cannot be taken leaves the list as it was. */
START_TEST(a_list_with_one_bad_protocol_is_not_taken)
{
	static char long_name[257];
	const char *const lists[][2] = { { "b", NULL }, { "b", "" },
		{ "b", long_name } };
	static const char *const reasons[] = { "S2N_ERR_NULL",
		"S2N_ERR_INVALID_APPLICATION_PROTOCOL",
		"S2N_ERR_INVALID_APPLICATION_PROTOCOL" };
	struct peers peers;

	memset(long_name, 'p', sizeof long_name - 1);
	peers_open(&peers,
	    &(struct peers_spec){ .alpn_client = "a", .alpn_server = "a" });
	ck_assert_int_eq(s2n_config_set_protocol_preferences(
			     peers.server_config, lists[_i], 2),
	    S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), reasons[_i]);
	ck_assert_int_eq(
	    s2n_config_set_protocol_preferences(peers.server_config, NULL, 1),
	    S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert(peers_negotiate(&peers));
	ck_assert_str_eq(s2n_get_application_protocol(peers.server), "a");
	peers_close(&peers);
}
END_TEST

/* Its length is a number of two bytes (RFC 7301 3.1). */
START_TEST(a_list_of_protocols_is_full_at_65535_bytes)
{
	uint8_t name[255] = "p";
	struct s2n_config *config = s2n_config_new();

	for (unsigned i = 0; i < 255; i++)
		ck_assert_int_eq(s2n_config_append_protocol_preference(
				     config, name, sizeof name),
		    0);
	ck_assert_int_eq(
	    s2n_config_append_protocol_preference(config, name, sizeof name),
	    S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno),
	    "S2N_ERR_INVALID_APPLICATION_PROTOCOL");
	ck_assert_int_eq(
	    s2n_config_append_protocol_preference(config, name, 254), 0);
	ck_assert_int_eq(s2n_config_append_protocol_preference(config, name, 1),
	    S2N_FAILURE);
	ck_assert_int_eq(s2n_config_free(config), 0);
}
END_TEST

static uint8_t
judge_host(const char *name, size_t len, void *ctx)
{
	const char *wanted = ctx;

	return len == strlen(wanted) && memcmp(name, wanted, len) == 0;
}

START_TEST(a_connections_word_on_host_names_replaces_its_configs)
{
	static char localhost[] = "localhost", other[] = "other";
	struct peers peers;

	/* The config's would say the contrary. */
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_config_set_verify_host_callback(
		peers.client_config, judge_host, _i == 0 ? localhost : other),
	    0);
	ck_assert_int_eq(s2n_connection_set_verify_host_callback(peers.client,
			     judge_host, _i == 0 ? other : localhost),
	    0);
	ck_assert(peers_negotiate(&peers) == (_i == 1));
	if (_i == 0)
		ck_assert_str_eq(s2n_strerror_name(peers.client_error),
		    "S2N_ERR_CERT_INVALID_HOSTNAME");
	peers_close(&peers);
}
END_TEST

/* ---- descriptors ---- */

START_TEST(each_direction_has_its_descriptor)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	int to[2], from[2], fd = -1;
	s2n_blocked_status blocked;
	struct peers peers;
	uint8_t byte;

	ck_assert_int_ne(s2n_connection_get_read_fd(conn, &fd), 0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_STATE");
	ck_assert_int_ne(s2n_connection_get_write_fd(conn, &fd), 0);
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, to), 0);
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, from), 0);
	ck_assert_int_eq(s2n_connection_set_read_fd(conn, from[0]), 0);
	ck_assert_int_eq(s2n_connection_set_write_fd(conn, to[0]), 0);
	ck_assert_int_eq(s2n_connection_get_read_fd(conn, &fd), 0);
	ck_assert_int_eq(fd, from[0]);
	ck_assert_int_eq(s2n_connection_get_write_fd(conn, &fd), 0);
	ck_assert_int_eq(fd, to[0]);

	ck_assert_int_eq(
	    s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING), 0);
	/* What is sent leaves by the one, and the other is read. */
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_connection_set_config(conn, peers.client_config), 0);
	ck_assert_int_ne(s2n_negotiate(conn, &blocked), 0);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(read(to[1], &byte, 1), 1);
	ck_assert_uint_eq(byte, 22); /* a handshake record */
	ck_assert_int_eq(write(from[1], "\x15\x03\x03\0\x02\x02\x28", 7), 7);
	ck_assert_int_ne(s2n_negotiate(conn, &blocked), 0);
	ck_assert_int_eq(s2n_connection_get_alert(conn), 40);
	s2n_connection_free(conn);
	peers_close(&peers);
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
	}
}
END_TEST

/* Two records that came at once: with read-ahead the second waits in ours. */
START_TEST(what_was_read_ahead_can_be_asked_for)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t byte;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_connection_set_recv_buffering(peers.server, _i == 1), 0);
	ck_assert(peers_negotiate(&peers));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(s2n_send(peers.client, "x", 1, &blocked), 1);
	ck_assert_uint_eq(s2n_peek_buffered(peers.server), 0);
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
	/* Header, one byte, its type, and the tag. */
	ck_assert_uint_eq(
	    s2n_peek_buffered(peers.server), _i == 1 ? 5 + 1 + 1 + 16 : 0);
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
	ck_assert_uint_eq(s2n_peek_buffered(peers.server), 0);
	ck_assert_int_ne(s2n_connection_set_recv_buffering(NULL, true), 0);
	peers_close(&peers);
}
END_TEST

/* ---- buffers for sending ---- */

/* With room for four, ten records leave in three writes instead of ten. */
START_TEST(records_are_gathered_before_a_write)
{
	enum { RECORD = 8087, RECORDS = 10 };
	static const uint8_t data[RECORDS * RECORD];
	struct peers peers;
	s2n_blocked_status blocked;
	size_t before;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_ne(
	    s2n_config_set_send_buffer_size(peers.server_config, 1033), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(s2n_config_set_send_buffer_size(peers.server_config,
			     _i == 1 ? 4 * (RECORD + 64) : 1034),
	    0);
	ck_assert(peers_negotiate(&peers));
	/* What a call may write before it would block: one record, or four. */
	peers.to_client.room = 1;
	before = peers.to_client.bytes.len;
	ck_assert_int_lt(
	    s2n_send(peers.server, data, sizeof data, &blocked), 1);
	ck_assert_uint_le(peers.to_client.bytes.len, before + 1);
	ck_assert_uint_eq(
	    peers.server->send_taken, _i == 1 ? 4 * RECORD : RECORD);
	peers_close(&peers);
}
END_TEST

static Suite *
connection_suite(void)
{
	Suite *suite = suite_create("connection");
	TCase *overrides = tcase_create("overrides");
	TCase *transport = tcase_create("transport");

	with_library(overrides);
	tcase_add_test(overrides, a_connections_protocols_replace_its_configs);
	tcase_add_loop_test(
	    overrides, a_list_with_one_bad_protocol_is_not_taken, 0, 3);
	tcase_add_test(overrides, a_list_of_protocols_is_full_at_65535_bytes);
	tcase_add_loop_test(overrides,
	    a_connections_word_on_host_names_replaces_its_configs, 0, 2);
	suite_add_tcase(suite, overrides);
	with_library(transport);
	tcase_add_test(transport, each_direction_has_its_descriptor);
	tcase_add_loop_test(
	    transport, what_was_read_ahead_can_be_asked_for, 0, 2);
	tcase_add_loop_test(
	    transport, records_are_gathered_before_a_write, 0, 2);
	suite_add_tcase(suite, transport);
	return suite;
}

UNIT_MAIN(connection_suite)
