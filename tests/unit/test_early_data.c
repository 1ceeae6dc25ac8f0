/*
 * Early data, client of libtls against server of libtls: taken, refused for
 * every reason there is, limited, asked about, replayed; with every kind of
 * waiting.
 */
#include "libtls/handshake/handshake.h"
#include "libtls/registry/iana.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define BLOB_MAX 400
#define SECOND 1000000000u
#define NOW (1790000000u * (uint64_t)SECOND)
#define LIMIT 1000
#define TURNS 100000

static struct {
	struct peers peers;
	uint64_t server_now, client_now;
	uint8_t blob[BLOB_MAX];
	int blob_len;
	/* What became of a conversation: */
	uint8_t got[4 * LIMIT];
	size_t sent, got_len;
	bool refused; /* by an error on either side */
	/* What the callback does: 1 accepts, -1 rejects, 0 later, then as told
	 */
	int word, later;
	struct s2n_offered_early_data *offered;
	unsigned asked;
} test;

static int
read_clock(void *ctx, uint64_t *now)
{
	*now = *(const uint64_t *)ctx;
	return 0;
}

static void
open_peers(const struct peers_spec *spec)
{
	uint8_t key[32] = { 1 };

	memset(&test, 0, sizeof test);
	peers_open(&test.peers, spec);
	test.server_now = test.client_now = NOW;
	ck_assert_int_eq(s2n_config_set_wall_clock(test.peers.server_config,
			     read_clock, &test.server_now),
	    0);
	ck_assert_int_eq(s2n_config_set_wall_clock(test.peers.client_config,
			     read_clock, &test.client_now),
	    0);
	ck_assert_int_eq(
	    s2n_config_disable_x509_time_verification(test.peers.client_config),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(test.peers.server_config, 1),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(test.peers.client_config, 1),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_ticket_crypto_key(test.peers.server_config,
		(const uint8_t *)"key", 3, key, sizeof key, NOW / SECOND),
	    0);
	ck_assert_int_eq(s2n_config_set_server_max_early_data_size(
			     test.peers.server_config, LIMIT),
	    0);
}

/* Whether it is still to be repeated; fails the conversation otherwise. */
static bool
waits(void)
{
	if (s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
		return true;
	test.refused = true;
	return false;
}

/* One more turn of the client; true when it is done. */
static bool
client_turn(const uint8_t *data, size_t len, bool *early)
{
	s2n_blocked_status blocked;
	ssize_t done = 0;
	int r;

	if (!*early)
		return s2n_negotiate(test.peers.client, &blocked) == 0 ||
		       !waits();
	r = s2n_send_early_data(test.peers.client, data + test.sent,
	    (ssize_t)(len - test.sent), &done, &blocked);
	test.sent += (size_t)done;
	*early = r != 0;
	return r != 0 && !waits();
}

static bool
server_turn(bool *early, size_t room)
{
	s2n_blocked_status blocked;
	ssize_t done = 0;
	int r;

	if (test.offered != NULL && test.later != 0) {
		ck_assert_int_eq(
		    test.later > 0
			? s2n_offered_early_data_accept(test.offered)
			: s2n_offered_early_data_reject(test.offered),
		    0);
		test.offered = NULL;
	}
	if (!*early)
		return s2n_negotiate(test.peers.server, &blocked) == 0 ||
		       !waits();
	r = s2n_recv_early_data(test.peers.server, test.got + test.got_len,
	    (ssize_t)room, &done, &blocked);
	test.got_len += (size_t)done;
	*early = r != 0;
	return r != 0 && !waits();
}

static const uint8_t *
some_data(void)
{
	static uint8_t data[4 * LIMIT];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + 1);
	return data;
}

/* Sends so much, receives by room bytes at a time; then application data. */
static void
converse(size_t len, size_t room)
{
	bool client_early = len > 0, server_early = room > 0;
	bool client = false, server = false;

	test.sent = test.got_len = 0;
	test.refused = false;
	for (int i = 0; i < TURNS && !(client && server); i++) {
		if (!client)
			client = client_turn(some_data(), len, &client_early);
		if (!server)
			server = server_turn(&server_early, room);
		if (test.refused)
			break;
	}
	ck_assert_msg(test.refused || (client && server), "still running");
	ck_assert_mem_eq(test.got, some_data(), test.got_len);
	if (test.refused)
		return;
	peers_transfer(test.peers.client, test.peers.server, 100);
	peers_transfer(test.peers.server, test.peers.client, 100);
}

static void
keep_session(void)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	ck_assert_int_lt(s2n_recv(test.peers.client, &byte, 1, &blocked), 0);
	test.blob_len = s2n_connection_get_session(
	    test.peers.client, test.blob, sizeof test.blob);
	ck_assert_int_gt(test.blob_len, 0);
}

static void
again(void)
{
	peers_reconnect(&test.peers);
	ck_assert_int_eq(s2n_connection_set_session(test.peers.client,
			     test.blob, (size_t)test.blob_len),
	    0);
}

static void
first_connection(const struct peers_spec *spec)
{
	open_peers(spec);
	converse(0, 0);
	ck_assert(!test.refused);
	keep_session();
}

static s2n_early_data_status_t
status_of(struct s2n_connection *conn)
{
	s2n_early_data_status_t status;

	ck_assert_int_eq(
	    s2n_connection_get_early_data_status(conn, &status), 0);
	return status;
}

static void
check_taken(size_t len)
{
	ck_assert(!test.refused);
	ck_assert_uint_eq(test.sent, len);
	ck_assert_uint_eq(test.got_len, len);
	ck_assert_int_eq(
	    status_of(test.peers.client), S2N_EARLY_DATA_STATUS_END);
	ck_assert_int_eq(
	    status_of(test.peers.server), S2N_EARLY_DATA_STATUS_END);
	ck_assert_ptr_nonnull(
	    strstr(s2n_connection_get_handshake_type_name(test.peers.client),
		"WITH_EARLY_DATA"));
}

/* What was sent is lost, and the connection goes on. */
static void
check_refused(void)
{
	ck_assert(!test.refused);
	ck_assert_uint_eq(test.got_len, 0);
	ck_assert_int_eq(
	    status_of(test.peers.client), S2N_EARLY_DATA_STATUS_REJECTED);
	ck_assert_int_eq(
	    status_of(test.peers.server), S2N_EARLY_DATA_STATUS_REJECTED);
}

START_TEST(it_is_taken)
{
	static const struct {
		size_t len, room;
		const char *alpn;
		int blob;
		bool slow;
	} rows[] = {
		{ 1, 4000, NULL, 200, false },
		{ LIMIT, 4000, NULL, 200, false },
		{ LIMIT, 1, NULL, 200, false },
		{ LIMIT, 333, "h2", 204, true },
		{ 10, 10, NULL, 200, true },
	};
	struct peers_spec spec = { 0 };
	uint32_t size;

	spec.alpn_client = spec.alpn_server = rows[_i].alpn;
	spec.slow = rows[_i].slow;
	first_connection(&spec);
	ck_assert_int_eq(test.blob_len, rows[_i].blob);
	/* Never without resumption, more than once with it. */
	ck_assert_int_eq(
	    status_of(test.peers.client), S2N_EARLY_DATA_STATUS_NOT_REQUESTED);
	for (int round = 0; round < 3; round++) {
		again();
		ck_assert_int_eq(s2n_connection_get_max_early_data_size(
				     test.peers.client, &size),
		    0);
		ck_assert_uint_eq(size, LIMIT);
		converse(rows[_i].len, rows[_i].room);
		check_taken(rows[_i].len);
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(test.peers.client), 1);
		keep_session();
	}
	peers_close(&test.peers);
}
END_TEST

static void
other_alpn(void)
{
	const char *protocol = "http/1.1";

	s2n_connection_set_protocol_preferences(
	    test.peers.server, &protocol, 1);
	s2n_connection_append_protocol_preference(
	    test.peers.client, (const uint8_t *)"h2", 2);
	s2n_connection_append_protocol_preference(
	    test.peers.client, (const uint8_t *)protocol, 8);
}

static void
no_more_allowed(void)
{
	s2n_connection_set_server_max_early_data_size(test.peers.server, 0);
}

static void
too_old(void)
{
	test.server_now += 11 * (uint64_t)SECOND;
}

static void
too_young(void)
{
	test.client_now += 11 * (uint64_t)SECOND;
}

/* Or the ticket is another machine's whose clock is ahead: the age that the
 * client tells would be right for as long as that lasts. */
static void
clock_set_back(void)
{
	test.server_now -= 11 * (uint64_t)SECOND;
}

/* Of the same hash. */
static void
other_suite(void)
{
	static struct preference chacha20;
	static const uint16_t suites[] = { TLS_CHACHA20_POLY1305_SHA256 };

	chacha20 = *test.peers.server_config->preference;
	chacha20.suites.numbers = suites;
	chacha20.suites.count = 1;
	test.peers.server->preference_override = &chacha20;
}

static void
retry(void)
{
	static struct preference other;

	other = *test.peers.server_config->preference;
	other.groups.numbers++;
	other.groups.count--;
	test.peers.server->preference_override = &other;
}

static int
say(struct s2n_connection *conn, struct s2n_offered_early_data *offered)
{
	uint16_t len;

	ck_assert_ptr_eq(conn, test.peers.server);
	test.asked++;
	ck_assert_int_eq(
	    s2n_offered_early_data_get_context_length(offered, &len), 0);
	if (test.word == 0)
		test.offered = offered;
	else
		ck_assert_int_eq(test.word > 0
				     ? s2n_offered_early_data_accept(offered)
				     : s2n_offered_early_data_reject(offered),
		    0);
	return 0;
}

static void
the_application_says_no(void)
{
	s2n_config_set_early_data_cb(test.peers.server_config, say);
	test.word = -1;
}

static void
the_application_says_no_later(void)
{
	s2n_config_set_early_data_cb(test.peers.server_config, say);
	test.later = -1;
}

static void
key_is_gone(void)
{
	test.server_now += 16 * 3600 * (uint64_t)SECOND;
	test.client_now = test.server_now;
}

START_TEST(it_is_refused)
{
	static void (*const reasons[])(void) = { other_alpn, no_more_allowed,
		too_old, too_young, clock_set_back, other_suite, retry,
		the_application_says_no, the_application_says_no_later,
		key_is_gone };
	struct peers_spec spec = { .alpn_client = "h2",
		.alpn_server = "h2",
		.client_policy = "default_tls13" };

	spec.slow = _i % 2 == 1;
	first_connection(&spec);
	again();
	reasons[_i / 2]();
	converse(LIMIT, 100);
	check_refused();
	peers_close(&test.peers);
}
END_TEST

/* Clocks that differ, and a server's that was set back a little. */
START_TEST(its_age_may_be_wrong_by_ten_seconds)
{
	static const struct {
		int server, client;
	} seconds[] = { { 60, 50 }, { 60, 70 }, { 60, 60 }, { -10, 0 },
		{ -5, 5 } };

	first_connection(&(struct peers_spec){ 0 });
	test.server_now += (uint64_t)seconds[_i].server * SECOND;
	test.client_now += (uint64_t)seconds[_i].client * SECOND;
	again();
	converse(LIMIT, 100);
	check_taken(LIMIT);
	peers_close(&test.peers);
}
END_TEST

/* A server that never calls for it takes none. */
START_TEST(nobody_asked_for_it)
{
	first_connection(&(struct peers_spec){ 0 });
	again();
	converse(LIMIT, 0);
	check_refused();
	peers_close(&test.peers);
}
END_TEST

START_TEST(without_permission_none_is_offered)
{
	open_peers(&(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_config_set_server_max_early_data_size(
			     test.peers.server_config, 0),
	    0);
	converse(100, 100); /* no session at all */
	ck_assert(!test.refused);
	ck_assert_uint_eq(test.sent, 0);
	keep_session();
	ck_assert_int_eq(test.blob_len, 194);
	again();
	converse(100, 100);
	ck_assert(!test.refused);
	ck_assert_uint_eq(test.sent, 0);
	ck_assert_int_eq(
	    status_of(test.peers.server), S2N_EARLY_DATA_STATUS_NOT_REQUESTED);
	peers_close(&test.peers);
}
END_TEST

START_TEST(no_more_than_is_allowed)
{
	s2n_blocked_status blocked;
	ssize_t done;
	uint32_t size;

	first_connection(&(struct peers_spec){ 0 });
	again();
	ck_assert_int_lt(s2n_send_early_data(test.peers.client, some_data(),
			     LIMIT + 1, &done, &blocked),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_MAX_EARLY_DATA_SIZE");
	ck_assert_int_eq(done, 0);
	ck_assert_int_eq(s2n_send_early_data(test.peers.client, some_data(),
			     LIMIT - 1, &done, &blocked),
	    0);
	ck_assert_int_eq(s2n_connection_get_remaining_early_data_size(
			     test.peers.client, &size),
	    0);
	ck_assert_uint_eq(size, 1);
	/* A client that does not keep to it: the server sees. */
	test.peers.client->early.used = 0;
	ck_assert_int_eq(s2n_send_early_data(test.peers.client,
			     some_data() + LIMIT - 1, 2, &done, &blocked),
	    0);
	ck_assert_int_lt(s2n_recv_early_data(test.peers.server, test.got,
			     sizeof test.got, &done, &blocked),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_MAX_EARLY_DATA_SIZE");
	ck_assert_int_eq(done, LIMIT - 1);
	peers_close(&test.peers);
}
END_TEST

START_TEST(the_application_decides)
{
	static const uint8_t context[] = "what the ticket was for";
	uint8_t copy[sizeof context];
	s2n_blocked_status blocked;
	ssize_t done;
	uint16_t len;

	open_peers(&(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_connection_set_server_early_data_context(
			     test.peers.server, context, sizeof context),
	    0);
	converse(0, 0);
	keep_session();
	s2n_config_set_early_data_cb(test.peers.server_config, say);
	test.word = 1;
	again();
	converse(LIMIT, 100);
	check_taken(LIMIT);
	ck_assert_uint_eq(test.asked, 1);
	/* Later. */
	test.word = 0;
	test.asked = 0;
	again();
	ck_assert_int_eq(s2n_send_early_data(test.peers.client, some_data(), 10,
			     &done, &blocked),
	    0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_lt(s2n_recv_early_data(test.peers.server,
				     test.got, 100, &done, &blocked),
		    0);
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_APPLICATION_INPUT);
		ck_assert_uint_eq(test.asked, 1);
	}
	ck_assert_int_eq(
	    s2n_offered_early_data_get_context_length(test.offered, &len), 0);
	ck_assert_uint_eq(len, sizeof context);
	ck_assert_int_lt(s2n_offered_early_data_get_context(
			     test.offered, copy, sizeof copy - 1),
	    0);
	ck_assert_int_eq(
	    s2n_offered_early_data_get_context(test.offered, copy, sizeof copy),
	    0);
	ck_assert_mem_eq(copy, context, sizeof context);
	ck_assert_int_eq(s2n_offered_early_data_accept(test.offered), 0);
	ck_assert_int_lt(s2n_offered_early_data_reject(test.offered), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_EARLY_DATA_STATE");
	ck_assert_int_lt(s2n_recv_early_data(
			     test.peers.server, test.got, 100, &done, &blocked),
	    0);
	ck_assert_int_eq(done, 10);
	peers_close(&test.peers);
}
END_TEST

START_TEST(calls_of_the_wrong_side)
{
	s2n_blocked_status blocked;
	ssize_t done;

	first_connection(&(struct peers_spec){ 0 });
	ck_assert_int_lt(s2n_send_early_data(test.peers.client, some_data(), 1,
			     &done, &blocked),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_EARLY_DATA_NOT_ALLOWED");
	again();
	ck_assert_int_lt(s2n_send_early_data(test.peers.server, some_data(), 1,
			     &done, &blocked),
	    0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_CLIENT_MODE");
	ck_assert_int_lt(s2n_recv_early_data(
			     test.peers.client, test.got, 1, &done, &blocked),
	    0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_SERVER_MODE");
	converse(5, 5);
	check_taken(5);
	peers_close(&test.peers);
}
END_TEST

/* A server of TLS 1.2 cannot tell early data from an attack (RFC 8446 D.3). */
START_TEST(an_older_server_ends_it)
{
	struct preference old;

	first_connection(&(struct peers_spec){
	    .client_policy = "default", .server_policy = "default" });
	again();
	old = *test.peers.server_config->preference;
	old.max_version = S2N_TLS12;
	test.peers.server->preference_override = &old;
	converse(LIMIT, 100);
	ck_assert(test.refused);
	peers_close(&test.peers);
}
END_TEST

static Suite *
early_data_suite(void)
{
	Suite *suite = suite_create("early data");
	TCase *tcase = tcase_create("early data");

	with_library(tcase);
	tcase_add_loop_test(tcase, it_is_taken, 0, 5);
	tcase_add_loop_test(tcase, it_is_refused, 0, 20);
	tcase_add_loop_test(tcase, its_age_may_be_wrong_by_ten_seconds, 0, 5);
	tcase_add_test(tcase, nobody_asked_for_it);
	tcase_add_test(tcase, without_permission_none_is_offered);
	tcase_add_test(tcase, no_more_than_is_allowed);
	tcase_add_test(tcase, the_application_decides);
	tcase_add_test(tcase, calls_of_the_wrong_side);
	tcase_add_test(tcase, an_older_server_ends_it);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(early_data_suite)
