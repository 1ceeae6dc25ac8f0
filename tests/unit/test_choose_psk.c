/*
 * Which of a client's tickets a server takes when there are many, as no client
 * of ours sends them; and early data with them, within its limits.
 */
#include "libtls/handshake/message.h"
#include "libtls/session/psk.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define BLOB_MAX 400
#define LIMIT 1000

static struct {
	struct peers peers;
	uint8_t blob[BLOB_MAX];
	size_t blob_len;
} test;

static void
setup(void)
{
	uint8_t secret[32] = { 1 }, byte;
	s2n_blocked_status blocked;
	int len;

	ck_assert_int_eq(s2n_init(), 0);
	peers_open(&test.peers, &(struct peers_spec){ 0 });
	s2n_config_set_session_tickets_onoff(test.peers.server_config, 1);
	s2n_config_set_session_tickets_onoff(test.peers.client_config, 1);
	s2n_config_set_server_max_early_data_size(
	    test.peers.server_config, LIMIT);
	ck_assert_int_eq(
	    s2n_config_add_ticket_crypto_key(test.peers.server_config,
		(const uint8_t *)"key", 3, secret, sizeof secret, 0),
	    0);
	ck_assert(peers_negotiate(&test.peers));
	peers_transfer(test.peers.server, test.peers.client, 1);
	ck_assert_int_lt(s2n_recv(test.peers.client, &byte, 1, &blocked), 0);
	len = s2n_connection_get_session(
	    test.peers.client, test.blob, sizeof test.blob);
	ck_assert_int_gt(len, 0);
	test.blob_len = (size_t)len;
	peers_reconnect(&test.peers);
	ck_assert_int_eq(s2n_connection_set_session(
			     test.peers.client, test.blob, test.blob_len),
	    0);
}

static void
teardown(void)
{
	peers_close(&test.peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

/* The ticket is the last of so many; those before it do not open. */
static void
offer_behind(size_t count)
{
	struct psk_list *list = &test.peers.client->psks;
	struct s2n_psk *good = psk_copy(list->psks[0]), *bad;

	ck_assert_ptr_nonnull(good);
	psk_list_clear(list);
	for (size_t i = 0; i < count; i++) {
		bad = psk_copy(good);
		ck_assert_ptr_nonnull(bad);
		bad->identity.data[i] ^= 0x55;
		ck_assert_int_eq(psk_list_add(list, bad), 0);
	}
	ck_assert_int_eq(psk_list_add(list, good), 0);
}

static void
converse(void)
{
	ck_assert_msg(peers_negotiate(&test.peers), "client: %s, server: %s",
	    s2n_strerror_debug(test.peers.client_error, NULL),
	    s2n_strerror_debug(test.peers.server_error, NULL));
	peers_transfer(test.peers.client, test.peers.server, 100);
	peers_transfer(test.peers.server, test.peers.client, 100);
}

static s2n_early_data_status_t
status_of(struct s2n_connection *conn)
{
	s2n_early_data_status_t status;

	ck_assert_int_eq(
	    s2n_connection_get_early_data_status(conn, &status), 0);
	return status;
}

/* Each costs a decryption. */
START_TEST(no_more_than_three_tickets_are_tried)
{
	offer_behind((size_t)_i);
	converse();
	ck_assert_int_eq(
	    s2n_connection_is_session_resumed(test.peers.client), _i < 3);
	ck_assert_int_eq(
	    s2n_connection_is_session_resumed(test.peers.server), _i < 3);
}
END_TEST

/* RFC 8446 4.2.10: that of the first key, and of no other. */
START_TEST(early_data_is_the_first_tickets)
{
	offer_behind((size_t)_i);
	test.peers.early_left = PEERS_EARLY_MAX;
	test.peers.early_taken = true;
	converse();
	ck_assert_uint_eq(test.peers.early_got, _i == 0 ? PEERS_EARLY_MAX : 0);
	ck_assert_int_eq(status_of(test.peers.client),
	    _i == 0 ? S2N_EARLY_DATA_STATUS_END
		    : S2N_EARLY_DATA_STATUS_REJECTED);
	ck_assert_int_eq(
	    s2n_connection_is_session_resumed(test.peers.server), 1);
}
END_TEST

/* ---- long ones ---- */

/* What NewSessionTicket may hold, a ClientHello may not (RFC 8446 4.6.1). */
static const size_t lengths[] = { 1, 16000, 61440, 61441, 65500 };
#define LONGEST_USEFUL 61440

static int
set_long(size_t len)
{
	static uint8_t blob[70000];
	size_t ticket = (size_t)(test.blob[1] << 8 | test.blob[2]);
	size_t state = test.blob_len - 3 - ticket;

	blob[0] = test.blob[0];
	blob[1] = (uint8_t)(len >> 8);
	blob[2] = (uint8_t)len;
	memcpy(blob + 3 + len, test.blob + 3 + ticket, state);
	return s2n_connection_set_session(
	    test.peers.client, blob, 3 + len + state);
}

START_TEST(a_session_that_cannot_be_offered_is_none)
{
	int r;

	peers_reconnect(&test.peers);
	r = set_long(lengths[_i]);
	ck_assert_int_eq(r, lengths[_i] <= LONGEST_USEFUL ? 0 : -1);
	if (r < 0)
		ck_assert_str_eq(s2n_strerror_name(s2n_errno),
		    "S2N_ERR_INVALID_SERIALIZED_SESSION_STATE");
	converse();
	ck_assert_int_eq(
	    s2n_connection_is_session_resumed(test.peers.server), 0);
}
END_TEST

static void
give_ticket(size_t len)
{
	static const uint8_t zeros[UINT16_MAX];
	struct writer message;
	struct mark body;

	writer_init(&message, MESSAGE_HEADER + MESSAGE_MAX);
	writer_u8(&message, NEW_SESSION_TICKET);
	body = writer_open(&message, 3);
	writer_u32(&message, 3600);
	writer_u32(&message, 0);
	writer_vec8(&message, NO_BYTES);
	writer_vec16(&message, slice_of(zeros, len));
	writer_vec16(&message, NO_BYTES);
	writer_close(&message, body);
	ck_assert(!message.failed);
	ck_assert_int_eq(
	    record_write(&test.peers.server->records, CONTENT_HANDSHAKE,
		slice_of(message.data, message.len)),
	    0);
	writer_free(&message);
}

START_TEST(a_ticket_that_cannot_be_given_back_is_thrown_away)
{
	int before, after;

	converse();
	before = s2n_connection_get_session_length(test.peers.client);
	give_ticket(lengths[_i]);
	peers_transfer(test.peers.server, test.peers.client, 100);
	after = s2n_connection_get_session_length(test.peers.client);
	if (lengths[_i] <= LONGEST_USEFUL)
		ck_assert_int_gt(after, (int)lengths[_i]);
	else
		ck_assert_int_eq(after, before);
}
END_TEST

/* The application's note in the ticket, which may be what makes it long. */
START_TEST(a_context_that_fits_no_ticket_costs_the_ticket)
{
	static const struct {
		uint16_t len, tickets;
	} contexts[] = { { 0, 1 }, { 60000, 1 }, { 61300, 0 }, { 65535, 0 } };
	static uint8_t context[UINT16_MAX], blob[70000];
	uint16_t sent;
	int len;

	ck_assert_int_eq(s2n_connection_set_server_early_data_context(
			     test.peers.server, context, contexts[_i].len),
	    0);
	converse();
	ck_assert_int_eq(
	    s2n_connection_get_tickets_sent(test.peers.server, &sent), 0);
	ck_assert_uint_eq(sent, contexts[_i].tickets);
	len = s2n_connection_get_session(test.peers.client, blob, sizeof blob);
	peers_reconnect(&test.peers);
	ck_assert_int_eq(
	    s2n_connection_set_session(test.peers.client, blob, (size_t)len),
	    0);
	test.peers.early_left = PEERS_EARLY_MAX;
	test.peers.early_taken = true;
	converse();
	ck_assert_uint_eq(test.peers.early_got, PEERS_EARLY_MAX);
}
END_TEST

/* ---- more than the server said ---- */

/* A client that has its own idea of the limit, in records of a kilobyte. */
static void
send_early(size_t len)
{
	static const uint8_t data[1000];
	s2n_blocked_status blocked;
	ssize_t sent;

	test.peers.client->psks.psks[0]->early.max = UINT32_MAX;
	ck_assert_uint_eq(len % sizeof data, 0);
	for (size_t i = 0; i < len; i += sizeof data)
		ck_assert_int_eq(s2n_send_early_data(test.peers.client, data,
				     sizeof data, &sent, &blocked),
		    0);
}

/* Its handshake is over by then. */
static void
client_hears(enum alert alert)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	(void)!s2n_negotiate(test.peers.client, &blocked);
	ck_assert_int_lt(s2n_recv(test.peers.client, &byte, 1, &blocked), 0);
	ck_assert_int_eq(
	    s2n_connection_get_alert(test.peers.client), (int)alert);
}

START_TEST(what_is_taken_has_a_limit)
{
	s2n_blocked_status blocked;
	uint8_t data[4 * LIMIT];
	ssize_t got;

	send_early(2000);
	ck_assert_int_lt(s2n_recv_early_data(test.peers.server, data,
			     sizeof data, &got, &blocked),
	    0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_MAX_EARLY_DATA_SIZE");
	ck_assert_int_eq(got, LIMIT);
	client_hears(ALERT_UNEXPECTED_MESSAGE);
}
END_TEST

static const struct {
	const char *what;
	size_t len;
	bool skipped;
} amounts[] = {
	{ "as much as was allowed", LIMIT, true },
	{ "a record's worth", 16000, true },
	{ "more", 17000, false },
	{ "much more", 100000, false },
};

/* RFC 8446 4.2.10: skipped "up to the configured max_early_data_size"; we put
 * up with a record's worth in any case. */
START_TEST(what_is_skipped_has_a_limit)
{
	bool done;

	send_early(amounts[_i].len);
	done = peers_negotiate(&test.peers);
	ck_assert_msg(
	    done == amounts[_i].skipped, "%s: %d", amounts[_i].what, done);
	if (done) {
		ck_assert_int_eq(status_of(test.peers.server),
		    S2N_EARLY_DATA_STATUS_REJECTED);
		peers_transfer(test.peers.client, test.peers.server, 100);
		return;
	}
	client_hears(ALERT_BAD_RECORD_MAC);
}
END_TEST

static Suite *
choose_psk_suite(void)
{
	Suite *suite = suite_create("choose_psk");
	TCase *tcase = tcase_create("choose_psk");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, no_more_than_three_tickets_are_tried, 0, 5);
	tcase_add_loop_test(tcase, early_data_is_the_first_tickets, 0, 3);
	tcase_add_loop_test(tcase, a_session_that_cannot_be_offered_is_none, 0,
	    (int)COUNT(lengths));
	tcase_add_loop_test(tcase,
	    a_ticket_that_cannot_be_given_back_is_thrown_away, 0,
	    (int)COUNT(lengths));
	tcase_add_loop_test(
	    tcase, a_context_that_fits_no_ticket_costs_the_ticket, 0, 4);
	tcase_add_test(tcase, what_is_taken_has_a_limit);
	tcase_add_loop_test(
	    tcase, what_is_skipped_has_a_limit, 0, (int)COUNT(amounts));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(choose_psk_suite)
