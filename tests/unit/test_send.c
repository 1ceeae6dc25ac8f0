/*
 * libtls/send.c: what is taken when the transport takes less, offsets, sizes of
 * records, and key updates (RFC 8446 4.6.3).
 */
#include <stdio.h>

#include "libtls/crypto/library.h"
#include "libtls/registry/iana.h"
#include "libtls/registry/suite.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define SECOND 1000000000ull

static struct peers peers;

static void
init(void)
{
	ck_assert_int_eq(s2n_init(), 0);
}

static void
cleanup(void)
{
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static void
setup(void)
{
	init();
	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
}

static void
teardown(void)
{
	peers_close(&peers);
	cleanup();
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

/* ---- sizes of records ---- */

/* The length fields of the records that went to the client since a place on the
 * wire, up to SIZES_MAX. */
#define SIZES_MAX 64
struct sizes {
	size_t count, of[SIZES_MAX];
};

static struct sizes
sizes_since(const struct pipe *pipe, size_t since)
{
	struct reader in = reader_of(
	    slice_of(pipe->bytes.data + since, pipe->bytes.len - since));
	struct sizes sizes = { 0 };

	while (reader_more(&in)) {
		ck_assert_uint_lt(sizes.count, SIZES_MAX);
		reader_u24(&in);
		sizes.of[sizes.count++] = reader_vec16(&in).len;
	}
	ck_assert(reader_done(&in));
	return sizes;
}

/*
 * Length fields of full records: by default (8087 bytes of plaintext), for
 * throughput (16384), for low latency (1435), and in dynamic sizing the largest
 * that with its header has 1400 bytes; and what plaintext that one has.
 */
static const struct {
	const char *what;
	uint8_t version;
	uint16_t suite;
	enum certs_key key;
	size_t standard, throughput, latency, small, small_text;
} protections[] = {
	{ "TLS 1.3, GCM", S2N_TLS13, TLS_AES_128_GCM_SHA256, CERTS_P256, 8104,
	    16401, 1452, 1395, 1378 },
	{ "TLS 1.3, ChaCha20", S2N_TLS13, TLS_CHACHA20_POLY1305_SHA256,
	    CERTS_P256, 8104, 16401, 1452, 1395, 1378 },
	{ "TLS 1.2, GCM", S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	    CERTS_P256, 8111, 16408, 1459, 1395, 1371 },
	{ "TLS 1.2, ChaCha20", S2N_TLS12,
	    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, CERTS_P256, 8103,
	    16400, 1451, 1395, 1379 },
	{ "TLS 1.2, CBC, SHA-1", S2N_TLS12,
	    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, CERTS_P256, 8128, 16432, 1472,
	    1392, 1355 },
	{ "TLS 1.2, CBC, SHA-256", S2N_TLS12,
	    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, CERTS_P256, 8144, 16448,
	    1488, 1392, 1343 },
	{ "TLS 1.2, CBC, SHA-384", S2N_TLS12,
	    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, CERTS_P256, 8160, 16464,
	    1504, 1392, 1327 },
	{ "TLS 1.1, 3DES", S2N_TLS11, TLS_RSA_WITH_3DES_EDE_CBC_SHA, CERTS_RSA,
	    8120, 16416, 1464, 1392, 1363 },
	{ "TLS 1.0, CBC", S2N_TLS10, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	    CERTS_P256, 8112, 16416, 1456, 1392, 1371 },
	{ "SSLv3, CBC", S2N_SSLv3, TLS_RSA_WITH_AES_256_CBC_SHA, CERTS_RSA,
	    8112, 16416, 1456, 1392, 1371 },
	{ "TLS 1.0, RC4, MD5", S2N_TLS10, TLS_RSA_WITH_RC4_128_MD5, CERTS_RSA,
	    8103, 16400, 1451, 1395, 1379 },
};

static struct peers sized;
static uint64_t now;

static int
read_now(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	*nanoseconds = now;
	return 0;
}

/* A pair with a clock of ours; false where libcrypto has no RC4. */
static bool
open_sized(int row)
{
	struct peers_spec spec = { .version = protections[row].version,
		.suite = protections[row].suite,
		.key = protections[row].key };

	library_load_legacy();
	if (!suite_available(suite_find(spec.suite))) {
		ck_assert_uint_eq(spec.suite, TLS_RSA_WITH_RC4_128_MD5);
		printf(
		    "note: libcrypto has no RC4: its sizes were not tried\n");
		return false;
	}
	peers_open(&sized, &spec);
	now = 1000 * SECOND;
	ck_assert_int_eq(
	    s2n_config_set_monotonic_clock(sized.server_config, read_now, NULL),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_monotonic_clock(sized.client_config, read_now, NULL),
	    0);
	return true;
}

static bool
negotiate_sized(int row)
{
	if (!open_sized(row))
		return false;
	ck_assert_msg(peers_negotiate(&sized), "%s", protections[row].what);
	return true;
}

/* What the server's next len bytes become. */
static struct sizes
sizes_of(size_t len)
{
	size_t since = sized.to_client.bytes.len;

	peers_transfer(sized.server, sized.client, len);
	return sizes_since(&sized.to_client, since);
}

START_TEST(full_records_have_the_length_that_was_asked_for)
{
	size_t throughput = RECORD_PLAINTEXT_MAX;
	struct sizes sizes;

	if (!negotiate_sized(_i))
		return;
	sizes = sizes_of(2 * 8087 + 1);
	ck_assert_uint_eq(sizes.count, 3);
	ck_assert_uint_eq(sizes.of[0], protections[_i].standard);
	ck_assert_uint_eq(sizes.of[1], protections[_i].standard);
	ck_assert_int_eq(s2n_connection_prefer_throughput(sized.server), 0);
	sizes = sizes_of(2 * throughput + 1);
	ck_assert_uint_eq(sizes.count, 3);
	ck_assert_uint_eq(sizes.of[1], protections[_i].throughput);
	ck_assert_int_eq(s2n_connection_prefer_low_latency(sized.server), 0);
	sizes = sizes_of(2 * 1435 + 1);
	ck_assert_uint_eq(sizes.count, 3);
	ck_assert_uint_eq(sizes.of[1], protections[_i].latency);
	peers_close(&sized);
}
END_TEST

/* So many small records and then others; the last may be anything. */
static void
assert_grows(struct sizes sizes, int row, size_t small, size_t then)
{
	size_t want;

	ck_assert_uint_gt(sizes.count, small + 1);
	for (size_t i = 0; i + 1 < sizes.count; i++) {
		want = i < small ? protections[row].small : then;
		ck_assert_msg(sizes.of[i] == want, "%s: %zu of %zu: %zu",
		    protections[row].what, i, sizes.count, sizes.of[i]);
	}
}

/* Guide: "The connection will send the first resize_threshold bytes in records
 * small enough to fit in a single standard 1500 byte ethernet frame. Whenever
 * timeout_threshold seconds pass without sending data, the connection will
 * revert to this behavior". */
START_TEST(records_grow_when_enough_was_sent_and_shrink_after_a_pause)
{
	size_t text = protections[_i].small_text;
	size_t standard = protections[_i].standard;

	if (!negotiate_sized(_i))
		return;
	ck_assert_int_eq(s2n_connection_set_dynamic_record_threshold(
			     sized.server, (uint32_t)(3 * text), 5),
	    0);
	assert_grows(sizes_of(30000), _i, 3, standard);
	now += 5 * SECOND;
	assert_grows(sizes_of(30000), _i, 0, standard);
	now += 5 * SECOND + 1;
	assert_grows(sizes_of(30000), _i, 3, standard);
	/* One byte more needs one record more. */
	ck_assert_int_eq(s2n_connection_set_dynamic_record_threshold(
			     sized.server, (uint32_t)(3 * text + 1), 5),
	    0);
	now += 6 * SECOND;
	assert_grows(sizes_of(30000), _i, 4, standard);
	ck_assert_int_eq(s2n_connection_prefer_throughput(sized.server), 0);
	now += 6 * SECOND;
	assert_grows(sizes_of(60000), _i, 4, protections[_i].throughput);
	/* Those of low latency are larger as well. */
	ck_assert_int_eq(s2n_connection_prefer_low_latency(sized.server), 0);
	now += 6 * SECOND;
	assert_grows(sizes_of(30000), _i, 4, protections[_i].latency);
	peers_close(&sized);
}
END_TEST

START_TEST(the_lesser_of_small_and_agreed_is_sent)
{
	static const size_t agreed[] = { 512, 1024, 2048, 4096 };
	size_t text = protections[_i].small_text;

	if (!open_sized(_i))
		return;
	s2n_config_accept_max_fragment_length(sized.server_config);
	for (int code = 1; code <= 4; code++) {
		size_t most = agreed[code - 1];
		struct sizes sizes;

		s2n_config_send_max_fragment_length(
		    sized.client_config, (s2n_max_frag_len)code);
		peers_reconnect(&sized);
		ck_assert(peers_negotiate(&sized));
		ck_assert_int_eq(s2n_connection_set_dynamic_record_threshold(
				     sized.server, (uint32_t)(2 * text), 5),
		    0);
		/* Two small ones and two others, or four of what was agreed. */
		sizes = sizes_of(most < text ? 4 * most : 2 * (text + most));
		ck_assert_msg(sizes.count == 4, "%s, %zu: %zu",
		    protections[_i].what, most, sizes.count);
		if (most > text)
			ck_assert_uint_eq(sizes.of[0], protections[_i].small);
		else
			ck_assert_uint_lt(sizes.of[0], protections[_i].small);
		ck_assert_uint_eq(sizes.of[0], sizes.of[1]);
		ck_assert_uint_eq(sizes.of[2], sizes.of[3]);
		ck_assert((sizes.of[1] == sizes.of[2]) == (most < text));
	}
	peers_close(&sized);
}
END_TEST

/* What a client sends is small, too, also where it splits. */
START_TEST(a_clients_records_fit_as_well)
{
	struct sizes sizes;
	size_t since;

	if (!negotiate_sized(_i))
		return;
	ck_assert_int_eq(
	    s2n_connection_set_dynamic_record_threshold(sized.client, 20000, 1),
	    0);
	since = sized.to_server.bytes.len;
	peers_transfer(sized.client, sized.server, 20000);
	sizes = sizes_since(&sized.to_server, since);
	ck_assert_uint_ge(sizes.count, 20000 / protections[_i].small_text);
	for (size_t i = 0; i < sizes.count; i++)
		ck_assert_uint_le(sizes.of[i], protections[_i].small);
	peers_close(&sized);
}
END_TEST

START_TEST(dynamic_sizes_have_a_largest_threshold_and_need_no_timeout)
{
	ck_assert(negotiate_sized(0));
	assert_error(s2n_connection_set_dynamic_record_threshold(NULL, 1, 1),
	    "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_set_dynamic_record_threshold(
			     sized.server, 8 << 20, 1),
	    0);
	assert_error(s2n_connection_set_dynamic_record_threshold(
			 sized.server, (8 << 20) + 1, 1),
	    "S2N_ERR_INVALID_DYNAMIC_THRESHOLD");
	ck_assert_int_eq(
	    s2n_connection_set_dynamic_record_threshold(sized.server, 1, 0), 0);
	assert_grows(sizes_of(30000), 0, 1, protections[0].standard);
	now += 100000 * SECOND;
	assert_grows(sizes_of(30000), 0, 0, protections[0].standard);
	/* And off again. */
	ck_assert_int_eq(
	    s2n_connection_set_dynamic_record_threshold(sized.server, 0, 1), 0);
	now += 100000 * SECOND;
	assert_grows(sizes_of(30000), 0, 0, protections[0].standard);
	peers_close(&sized);
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
	TCase *tcase = tcase_create("send"), *sizes = tcase_create("sizes");
	int rows = (int)COUNT(protections);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, an_offset_goes_on_where_a_partial_write_ended, 0, 4);
	tcase_add_test(tcase, what_was_taken_cannot_be_taken_back);
	tcase_add_test(tcase, nothing_sends_nothing);
	tcase_add_test(tcase, wrong_arguments_leave_the_connection_alone);
	tcase_add_test(tcase, before_the_handshake_nothing_is_sent);
	tcase_add_test(tcase, our_update_changes_our_keys_at_the_next_send);
	tcase_add_test(tcase, many_requests_are_answered_by_one_update);
	tcase_add_test(tcase, a_flood_of_updates_ends_the_connection);
	tcase_add_test(tcase, worn_keys_are_updated_without_being_asked);
	tcase_add_test(tcase, an_update_survives_a_slow_transport);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(sizes, init, cleanup);
	tcase_add_loop_test(
	    sizes, full_records_have_the_length_that_was_asked_for, 0, rows);
	tcase_add_loop_test(sizes,
	    records_grow_when_enough_was_sent_and_shrink_after_a_pause, 0,
	    rows);
	tcase_add_loop_test(
	    sizes, the_lesser_of_small_and_agreed_is_sent, 0, rows);
	tcase_add_loop_test(sizes, a_clients_records_fit_as_well, 0, rows);
	tcase_add_test(
	    sizes, dynamic_sizes_have_a_largest_threshold_and_need_no_timeout);
	suite_add_tcase(suite, sizes);
	return suite;
}

UNIT_MAIN(send_suite)
