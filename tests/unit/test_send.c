/*
 * libtls/send.c: what is taken when the transport takes less, offsets, sizes of
 * records, and key updates (RFC 8446 4.6.3).
 */
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

static struct peers peers;

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
}

static void
teardown(void)
{
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static uint8_t data[50000], got[sizeof data];

static void
fill(void)
{
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 13 + i / 251);
}

/* What the client can read now, appended to got. */
static size_t
drain(size_t have)
{
	s2n_blocked_status blocked;
	ssize_t n;

	while (have < sizeof got &&
	       (n = s2n_recv(peers.client, got + have,
		    (ssize_t)(sizeof got - have), &blocked)) > 0)
		have += (size_t)n;
	return have;
}

static void
assert_error(ssize_t result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

START_TEST(an_offset_goes_on_where_a_partial_write_ended)
{
	static const size_t rooms[] = { 1, 100, 3000, 8000 };
	const struct iovec bufs[] = { { data, 1 }, { data, 0 },
		{ data + 1, 9000 }, { data + 9001, 1 },
		{ data + 9002, sizeof data - 9002 } };
	s2n_blocked_status blocked;
	size_t done = 0, have = 0;
	unsigned waits = 0;
	ssize_t n;

	fill();
	peers.to_client.room = rooms[_i];
	while (done < sizeof data) {
		n = s2n_sendv_with_offset(
		    peers.server, bufs, COUNT(bufs), (ssize_t)done, &blocked);
		if (n < 0) {
			ck_assert_int_eq(
			    s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
			ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
			waits++;
		}
		done += n > 0 ? (size_t)n : 0;
		ck_assert_uint_le(done, sizeof data);
		have = drain(have);
	}
	ck_assert_uint_gt(waits, 0);
	ck_assert_uint_eq(drain(have), sizeof data);
	ck_assert_mem_eq(got, data, sizeof data);
}
END_TEST

START_TEST(what_was_taken_cannot_be_taken_back)
{
	s2n_blocked_status blocked;
	size_t done = 0;
	ssize_t n;

	fill();
	peers.to_client.room = 10;
	n = s2n_send(peers.server, data, 5000, &blocked);
	assert_error(n, "S2N_ERR_IO_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
	assert_error(
	    s2n_send(peers.server, data, 4999, &blocked), "S2N_ERR_SEND_SIZE");
	/* The mistake has cost nothing. */
	peers.to_client.room = 0;
	n = s2n_send(peers.server, data, 5000, &blocked);
	ck_assert_int_eq(n, 5000);
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
	ck_assert_uint_eq(drain(done), 5000);
	ck_assert_mem_eq(got, data, 5000);
}
END_TEST

START_TEST(nothing_sends_nothing)
{
	const struct iovec none[] = { { data, 0 }, { data, 0 } };
	size_t before = peers.to_client.bytes.len;
	s2n_blocked_status blocked;

	ck_assert_int_eq(s2n_send(peers.server, data, 0, &blocked), 0);
	ck_assert_int_eq(s2n_sendv(peers.server, none, 2, &blocked), 0);
	ck_assert_int_eq(s2n_sendv(peers.server, NULL, 0, &blocked), 0);
	ck_assert_uint_eq(peers.to_client.bytes.len, before);
}
END_TEST

START_TEST(wrong_arguments_leave_the_connection_alone)
{
	const struct iovec one = { data, 10 };
	s2n_blocked_status blocked;

	assert_error(s2n_send(NULL, data, 1, &blocked), "S2N_ERR_NULL");
	assert_error(s2n_send(peers.server, data, 1, NULL), "S2N_ERR_NULL");
	assert_error(s2n_send(peers.server, data, -1, &blocked),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(
	    s2n_sendv(peers.server, NULL, 1, &blocked), "S2N_ERR_NULL");
	assert_error(s2n_sendv_with_offset(peers.server, &one, 1, 11, &blocked),
	    "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(
	    s2n_sendv_with_offset(peers.server, &one, 1, 10, &blocked), 0);
	peers_transfer(peers.server, peers.client, 100);
}
END_TEST

START_TEST(before_the_handshake_nothing_is_sent)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
	s2n_blocked_status blocked;

	ck_assert_int_eq(
	    s2n_connection_set_config(conn, peers.server_config), 0);
	assert_error(s2n_send(conn, data, 1, &blocked),
	    "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
	s2n_connection_free(conn);
}
END_TEST

/* The longest record that went to the client since a place on the wire. */
static size_t
longest_record(size_t since)
{
	struct reader in =
	    reader_of(slice_of(peers.to_client.bytes.data + since,
		peers.to_client.bytes.len - since));
	size_t longest = 0, len;

	while (reader_more(&in)) {
		reader_u24(&in);
		len = reader_vec16(&in).len;
		longest = len > longest ? len : longest;
	}
	ck_assert(reader_done(&in));
	return longest;
}

START_TEST(records_are_as_long_as_was_asked_for)
{
	size_t since = peers.to_client.bytes.len;

	ck_assert_int_eq(s2n_connection_prefer_low_latency(peers.server), 0);
	peers_transfer(peers.server, peers.client, 40000);
	ck_assert_uint_le(longest_record(since), 1500);
	since = peers.to_client.bytes.len;
	ck_assert_int_eq(s2n_connection_prefer_throughput(peers.server), 0);
	peers_transfer(peers.server, peers.client, 40000);
	ck_assert_uint_eq(longest_record(since), 16384 + 17);
}
END_TEST

/* ---- key updates ---- */

/* A KeyUpdate of the client's that s2n_connection_request_key_update cannot
 * make: one that asks for an answer. */
static void
update_and_ask(uint8_t request)
{
	const uint8_t message[] = { 24, 0, 0, 1, request };
	struct record_layer *records = &peers.client->records;

	ck_assert_int_eq(record_write(records, CONTENT_HANDSHAKE,
			     slice_of(message, sizeof message)),
	    0);
	ck_assert_int_eq(protection_update13(&records->out), 0);
	ck_assert_int_eq(io_flush(&records->io), 0);
}

/* Nothing for the application: only the updates are taken. */
static int
server_takes_updates(void)
{
	s2n_blocked_status blocked;
	uint8_t one;

	ck_assert_int_eq(
	    s2n_recv(peers.server, &one, 1, &blocked), S2N_FAILURE);
	return s2n_error_get_type(s2n_errno);
}

START_TEST(our_update_changes_our_keys_at_the_next_send)
{
	uint8_t old[DIGEST_MAX];

	for (int i = 0; i < 40; i++) {
		memcpy(old, peers.server->records.in.secret, 32);
		ck_assert_int_eq(s2n_connection_request_key_update(peers.client,
				     S2N_KEY_UPDATE_NOT_REQUESTED),
		    0);
		ck_assert_mem_eq(old, peers.client->records.out.secret, 32);
		peers_transfer(peers.client, peers.server, 10);
		ck_assert_mem_ne(old, peers.server->records.in.secret, 32);
		ck_assert_mem_eq(peers.server->records.in.secret,
		    peers.client->records.out.secret, 32);
		peers_transfer(peers.server, peers.client, 10);
	}
	ck_assert_uint_eq(peers.server->records.out.sequence, 40);
	assert_error(s2n_connection_request_key_update(
			 peers.client, S2N_KEY_UPDATE_REQUESTED),
	    "S2N_ERR_INVALID_ARGUMENT");
}
END_TEST

START_TEST(many_requests_are_answered_by_one_update)
{
	uint8_t old[DIGEST_MAX];

	memcpy(old, peers.server->records.out.secret, 32);
	for (int i = 0; i < 10; i++)
		update_and_ask(1);
	ck_assert_int_eq(server_takes_updates(), S2N_ERR_T_BLOCKED);
	ck_assert_mem_eq(old, peers.server->records.out.secret, 32);
	peers_transfer(peers.server, peers.client, 10);
	ck_assert_mem_ne(old, peers.client->records.in.secret, 32);
	/* The update and the data, and after it data only. */
	ck_assert_uint_eq(peers.server->records.out.sequence, 1);
	peers_transfer(peers.server, peers.client, 10);
	ck_assert_uint_eq(peers.server->records.out.sequence, 2);
	/* The answer asked for nothing. */
	ck_assert(!peers.client->update_due);
}
END_TEST

START_TEST(a_flood_of_updates_ends_the_connection)
{
	s2n_blocked_status blocked;
	uint8_t one;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 32; i++)
			update_and_ask((uint8_t)(i % 2));
		ck_assert_int_eq(server_takes_updates(), S2N_ERR_T_BLOCKED);
		/* Data in between makes them legal again. */
		peers_transfer(peers.client, peers.server, 1);
	}
	for (int i = 0; i < 33; i++)
		update_and_ask(1);
	ck_assert_int_eq(server_takes_updates(), S2N_ERR_T_PROTO);
	ck_assert_int_eq(
	    s2n_recv(peers.client, &one, 1, &blocked), S2N_FAILURE);
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_UNEXPECTED_MESSAGE);
}
END_TEST

/* RFC 8446 5.5 */
START_TEST(worn_keys_are_updated_without_being_asked)
{
	uint64_t limit = peers.server->records.out.key.aead->record_limit;
	uint8_t old[DIGEST_MAX];

	memcpy(old, peers.server->records.out.secret, 32);
	peers.server->records.out.sequence = limit - 1;
	peers.client->records.in.sequence = limit - 1;
	peers_transfer(peers.server, peers.client, 10);
	ck_assert_mem_eq(old, peers.server->records.out.secret, 32);
	peers_transfer(peers.server, peers.client, 10);
	ck_assert_mem_ne(old, peers.server->records.out.secret, 32);
	ck_assert_uint_eq(peers.server->records.out.sequence, 1);
}
END_TEST

START_TEST(an_update_survives_a_slow_transport)
{
	peers.to_server = (struct pipe){ .bytes = peers.to_server.bytes,
		.taken = peers.to_server.taken,
		.step = 1,
		.hiccup = true };
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(s2n_connection_request_key_update(peers.client,
				     S2N_KEY_UPDATE_NOT_REQUESTED),
		    0);
		peers_transfer(peers.client, peers.server, 500);
	}
}
END_TEST

static Suite *
send_suite(void)
{
	Suite *suite = suite_create("send");
	TCase *tcase = tcase_create("send");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(
	    tcase, an_offset_goes_on_where_a_partial_write_ended, 0, 4);
	tcase_add_test(tcase, what_was_taken_cannot_be_taken_back);
	tcase_add_test(tcase, nothing_sends_nothing);
	tcase_add_test(tcase, wrong_arguments_leave_the_connection_alone);
	tcase_add_test(tcase, before_the_handshake_nothing_is_sent);
	tcase_add_test(tcase, records_are_as_long_as_was_asked_for);
	tcase_add_test(tcase, our_update_changes_our_keys_at_the_next_send);
	tcase_add_test(tcase, many_requests_are_answered_by_one_update);
	tcase_add_test(tcase, a_flood_of_updates_ends_the_connection);
	tcase_add_test(tcase, worn_keys_are_updated_without_being_asked);
	tcase_add_test(tcase, an_update_survives_a_slow_transport);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(send_suite)
