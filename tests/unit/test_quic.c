/*
 * QUIC's handshakes (RFC 9001), client against server: what is sent under
 * which keys, what both are told, what neither does, and every error by the
 * alert that QUIC is to tell.
 */
#include <stdio.h>

#include "libtls/core/errors.h"
#include "libtls/state/connection.h"
#include "tests/unit/lanes.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/ktls.h"

#define BLOB_MAX 400

/* Not with one that fails. */
static const struct lanes plain = { .refused = -1 };

/* ---- sessions ---- */

static struct {
	uint8_t blob[BLOB_MAX];
	int blob_len; /* 0: new clients have none */
	bool early;   /* both want early data */
} session;

static void
configure(struct lanes *pair, uint32_t early_max)
{
	struct s2n_config *server = pair->peers.server_config;
	uint8_t key[32] = { 1 };

	ck_assert_int_eq(s2n_config_set_session_tickets_onoff(server, 1), 0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(pair->peers.client_config, 1),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_server_max_early_data_size(server, early_max), 0);
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(server,
			     (const uint8_t *)"key", 3, key, sizeof key, 0),
	    0);
}

/* What the newest ticket gave, for new clients. */
static void
keep(struct lanes *pair)
{
	s2n_blocked_status blocked;

	while (s2n_recv_quic_post_handshake_message(
		   pair->client.conn, &blocked) != 0)
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	session.blob_len = s2n_connection_get_session(
	    pair->client.conn, session.blob, sizeof session.blob);
	ck_assert_int_gt(session.blob_len, 0);
}

static void
want_early(struct lanes *pair)
{
	s2n_blocked_status blocked;
	ssize_t done;

	ck_assert_int_eq(
	    s2n_send_early_data(pair->client.conn, NULL, 0, &done, &blocked),
	    0);
	ck_assert_int_eq(
	    s2n_recv_early_data(pair->server.conn, NULL, 0, &done, &blocked),
	    0);
}

static void
resume(struct lanes *pair)
{
	ck_assert_int_eq(s2n_connection_enable_quic(pair->client.conn), 0);
	ck_assert_int_eq(s2n_connection_enable_quic(pair->server.conn), 0);
	if (session.blob_len > 0)
		ck_assert_int_eq(s2n_connection_set_session(pair->client.conn,
				     session.blob, (size_t)session.blob_len),
		    0);
	if (session.early)
		want_early(pair);
}

/* ---- every way ---- */

static const struct walk {
	const char *what;
	struct peers_spec spec;
	bool resumes;
	uint32_t early_max; /* not 0: both want early data */
	s2n_early_data_status_t early;
	const char *client, *server;
} walks[] = {
	{ "full", { 0 }, false, 0, S2N_EARLY_DATA_STATUS_NOT_REQUESTED,
	    "I1 ch sh ca sa ex H20", "I2 ch sh H8 H11 H15 H20 ca sa ex A4" },
	{ "client certificate",
	    { .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true },
	    false, 0, S2N_EARLY_DATA_STATUS_NOT_REQUESTED,
	    "I1 ch sh ca sa ex H11 H15 H20",
	    "I2 ch sh H8 H13 H11 H15 H20 ca sa ex" },
	{ "retry", { .retry = true }, false, 0,
	    S2N_EARLY_DATA_STATUS_NOT_REQUESTED, "I1 I1 ch sh ca sa ex H20",
	    "I2 I2 ch sh H8 H11 H15 H20 ca sa ex A4" },
	{ "resumed", { 0 }, true, 0, S2N_EARLY_DATA_STATUS_NOT_REQUESTED,
	    "I1 ch sh ca sa ex H20", "I2 ch sh H8 H20 ca sa ex A4" },
	{ "retry, resumed", { .retry = true }, true, 0,
	    S2N_EARLY_DATA_STATUS_NOT_REQUESTED, "I1 I1 ch sh ca sa ex H20",
	    "I2 I2 ch sh H8 H20 ca sa ex A4" },
	/* RFC 9001 8.3: without EndOfEarlyData. */
	{ "resumed, early data", { 0 }, true, 1, S2N_EARLY_DATA_STATUS_END,
	    "I1 ce ch sh ca sa ex H20", "ce I2 ch sh H8 H20 ca sa ex A4" },
	{ "retry, resumed, early data", { .retry = true }, true, 1,
	    S2N_EARLY_DATA_STATUS_REJECTED, "I1 ce I1 ch sh ca sa ex H20",
	    "I2 I2 ch sh H8 H20 ca sa ex A4" },
};

static void
compare_secrets(const struct lanes *pair)
{
	for (size_t i = 0; i < COUNT(pair->client.secrets); i++) {
		if (pair->server.secrets[i].len == 0)
			continue; /* early, and refused */
		ck_assert_uint_eq(
		    pair->client.secrets[i].len, pair->server.secrets[i].len);
		ck_assert_mem_eq(pair->client.secrets[i].secret,
		    pair->server.secrets[i].secret,
		    pair->server.secrets[i].len);
	}
}

static void
check_parameters(struct s2n_connection *conn, const char *expected)
{
	const uint8_t *data;
	uint16_t len;

	ck_assert_int_eq(
	    s2n_connection_get_quic_transport_parameters(conn, &data, &len), 0);
	ck_assert_uint_eq(len, strlen(expected));
	ck_assert_mem_eq(data, expected, len);
}

static void
check(struct lanes *pair, const struct walk *walk)
{
	s2n_early_data_status_t status;

	ck_assert_msg(strcmp(pair->client.trace, walk->client) == 0,
	    "%s: client %s", walk->what, pair->client.trace);
	ck_assert_msg(strcmp(pair->server.trace, walk->server) == 0,
	    "%s: server %s", walk->what, pair->server.trace);
	compare_secrets(pair);
	check_parameters(pair->client.conn, "the server's parameters");
	check_parameters(pair->server.conn, "the client's parameters");
	ck_assert(s2n_connection_is_quic_enabled(pair->client.conn));
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(pair->server.conn),
	    S2N_TLS13);
	ck_assert_int_eq(s2n_connection_is_session_resumed(pair->server.conn),
	    walk->resumes);
	ck_assert_int_eq(
	    s2n_connection_get_early_data_status(pair->client.conn, &status),
	    0);
	ck_assert_int_eq(status, walk->early);
	ck_assert_int_eq(
	    s2n_connection_get_early_data_status(pair->server.conn, &status),
	    0);
	ck_assert_int_eq(status, walk->early);
	ck_assert_str_eq(s2n_get_application_protocol(pair->client.conn), "h3");
}

/* Each: plainly, bytewise, with pending keys, with both. */
START_TEST(messages_and_secrets_come_in_their_order)
{
	const struct walk *walk = &walks[_i / 4];
	struct peers_spec spec = walk->spec;
	struct lanes *pair, with = plain;

	with.slow = _i % 2 == 1;
	spec.pending_key = _i % 4 >= 2;
	spec.alpn_client = spec.alpn_server = "h3";
	with.prepare = resume;
	memset(&session, 0, sizeof session);
	pair = lanes_open(&spec, with);
	configure(pair, walk->early_max);
	if (walk->resumes) {
		ck_assert(lanes_negotiate(pair));
		keep(pair);
		session.early = walk->early_max > 0;
		lanes_reconnect(pair);
	}
	ck_assert_msg(lanes_negotiate(pair), "%s: client %s, server %s",
	    walk->what, s2n_strerror_name(pair->peers.client_error),
	    s2n_strerror_name(pair->peers.server_error));
	check(pair, walk);
	lanes_close(pair);
}
END_TEST

/* ---- what is refused ---- */

static void
put(struct writer *message, size_t at, const void *bytes, size_t len)
{
	ck_assert_uint_le(at + len, message->len);
	memcpy(message->data + at, bytes, len);
}

/* Where an extension's number stands, with the length behind it. */
static size_t
extension_at(const struct writer *message, uint8_t number, uint8_t len)
{
	const uint8_t wanted[] = { 0, number, 0, len };

	for (size_t i = 0; i + sizeof wanted <= message->len; i++)
		if (memcmp(message->data + i, wanted, sizeof wanted) == 0)
			return i;
	ck_abort_msg("no extension %u", number);
	return 0;
}

#define PARAMETERS 57
#define PARAMETERS_LEN 23
#define CLIENT_HELLO_SESSION_ID (4 + 2 + 32)

static void
no_client_parameters(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	static const uint8_t unknown[] = { 0xfe, 0xfe };

	(void)pair;
	if (sender == S2N_CLIENT && m->data[0] == CLIENT_HELLO)
		put(m, extension_at(m, PARAMETERS, PARAMETERS_LEN), unknown, 2);
}

static void
no_server_parameters(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	static const uint8_t empty[] = { ENCRYPTED_EXTENSIONS, 0, 0, 2, 0, 0 };

	(void)pair;
	(void)sender;
	if (m->data[0] == ENCRYPTED_EXTENSIONS)
		writer_set(m, slice_of(empty, sizeof empty));
}

static void
compatible_hello(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	static uint8_t rest[4096];
	size_t len = m->len - CLIENT_HELLO_SESSION_ID - 1;

	(void)pair;
	if (sender != S2N_CLIENT || m->data[0] != CLIENT_HELLO)
		return;
	ck_assert_uint_le(len, sizeof rest);
	ck_assert_uint_eq(m->data[CLIENT_HELLO_SESSION_ID], 0);
	memcpy(rest, m->data + CLIENT_HELLO_SESSION_ID + 1, len);
	writer_truncate(m, CLIENT_HELLO_SESSION_ID);
	writer_vec8(m, slice_of(rest, 32));
	writer_bytes(m, slice_of(rest, len));
	m->data[2] = (uint8_t)((m->len - 4) >> 8);
	m->data[3] = (uint8_t)(m->len - 4);
}

static void
compatible_answer(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	if (m->data[0] != SERVER_HELLO)
		return;
	m->data[0] = CLIENT_HELLO;
	compatible_hello(
	    pair, sender == S2N_SERVER ? S2N_CLIENT : S2N_SERVER, m);
	m->data[0] = SERVER_HELLO;
}

static void
older_hello(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	static const uint8_t tls12[] = { 2, 3, 3 };

	(void)pair;
	if (sender == S2N_CLIENT && m->data[0] == CLIENT_HELLO)
		put(m, extension_at(m, 43, 3) + 4, tls12, sizeof tls12);
}

static void
early_end(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	static const uint8_t end[] = { END_OF_EARLY_DATA, 0, 0, 0 };

	(void)pair;
	if (sender == S2N_CLIENT && m->data[0] == FINISHED)
		writer_set(m, slice_of(end, sizeof end));
}

static void
wrong_finished(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	(void)pair;
	if (sender == S2N_SERVER && m->data[0] == FINISHED)
		m->data[4] ^= 1;
}

static void
trailing_byte(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	(void)pair;
	(void)sender;
	if (m->data[0] != ENCRYPTED_EXTENSIONS)
		return;
	m->data[3]++;
	writer_u8(m, 0);
}

/* Longer than any may be; of it no more than that comes. */
static void
endless(struct lanes *pair, s2n_mode sender, struct writer *m)
{
	static const uint8_t header[] = { CLIENT_HELLO, 1, 0, 1 };

	(void)pair;
	(void)sender;
	if (m->data[0] != CLIENT_HELLO)
		return;
	writer_set(m, slice_of(header, sizeof header));
	for (size_t i = 0; i < 0x10001; i++)
		writer_u8(m, 0);
}

static const struct wrong {
	const char *what;
	void (*edit)(struct lanes *, s2n_mode, struct writer *);
	const char *alpn_client, *alpn_server;
	s2n_mode finds;
	const char *error;
	uint8_t alert;
} wrongs[] = {
	{ "client without transport parameters", no_client_parameters, NULL,
	    NULL, S2N_SERVER, "S2N_ERR_MISSING_EXTENSION", 109 },
	{ "server without transport parameters", no_server_parameters, NULL,
	    NULL, S2N_CLIENT, "S2N_ERR_MISSING_EXTENSION", 109 },
	{ "a session id", compatible_hello, NULL, NULL, S2N_SERVER,
	    "S2N_ERR_BAD_MESSAGE", 47 },
	{ "a session id in the answer", compatible_answer, NULL, NULL,
	    S2N_CLIENT, "S2N_ERR_BAD_MESSAGE", 47 },
	{ "TLS 1.2", older_hello, NULL, NULL, S2N_SERVER,
	    "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED", 70 },
	{ "no protocol in common", NULL, "h3", "h4", S2N_SERVER,
	    "S2N_ERR_NO_APPLICATION_PROTOCOL", 120 },
	{ "a client without ALPN", NULL, NULL, "h3", S2N_SERVER,
	    "S2N_ERR_NO_APPLICATION_PROTOCOL", 120 },
	{ "a server without ALPN", NULL, "h3", NULL, S2N_CLIENT,
	    "S2N_ERR_NO_APPLICATION_PROTOCOL", 120 },
	{ "EndOfEarlyData", early_end, NULL, NULL, S2N_SERVER,
	    "S2N_ERR_BAD_MESSAGE", 10 },
	{ "a wrong Finished", wrong_finished, NULL, NULL, S2N_CLIENT,
	    "S2N_ERR_BAD_MESSAGE", 51 },
	{ "a trailing byte", trailing_byte, NULL, NULL, S2N_CLIENT,
	    "S2N_ERR_BAD_MESSAGE", 50 },
	{ "a message too long", endless, NULL, NULL, S2N_SERVER,
	    "S2N_ERR_BAD_MESSAGE", 47 },
};

/* The alert at once, while the failure is this thread's last. */
static void
check_error(int error, const char *name, uint8_t alert, const char *what)
{
	uint8_t found = 255;

	ck_assert_msg(strcmp(s2n_strerror_name(error), name) == 0, "%s: %s",
	    what, s2n_strerror_debug(error, NULL));
	ck_assert_msg(s2n_error_get_alert(error, &found) == 0, "%s", what);
	ck_assert_msg(found == alert, "%s: %u", what, found);
}

static size_t
sent(const struct lane_end *end)
{
	size_t len = 0;

	for (size_t i = 0; i < LEVELS; i++)
		len += end->lanes[i].bytes.len;
	return len;
}

/* One end alone, as often as it takes; true when it has failed. */
static bool
fails(struct lane_end *end, s2n_blocked_status *blocked)
{
	for (int i = 0; i < 4; i++)
		if (s2n_negotiate(end->conn, blocked) != 0 &&
		    s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
			return true;
	return false;
}

START_TEST(what_is_wrong_is_told_by_an_alert_that_is_not_sent)
{
	const struct wrong *wrong = &wrongs[_i];
	struct peers_spec spec = { .alpn_client = wrong->alpn_client,
		.alpn_server = wrong->alpn_server };
	struct lanes *pair, with = plain;
	struct lane_end *finds, *other;
	s2n_blocked_status blocked;
	size_t before;

	with.edit = wrong->edit;
	pair = lanes_open(&spec, with);
	finds = wrong->finds == S2N_SERVER ? &pair->server : &pair->client;
	other = finds->other;
	for (int i = 0; i < 4; i++) {
		ck_assert_msg(!fails(other, &blocked), "%s", wrong->what);
		before = sent(finds);
		if (fails(finds, &blocked))
			break;
	}
	check_error(s2n_errno, wrong->error, wrong->alert, wrong->what);
	ck_assert_int_eq(s2n_shutdown(finds->conn, &blocked) == 0 ||
			     s2n_connection_get_delay(finds->conn) > 0,
	    true);
	ck_assert_uint_eq(sent(finds), before);
	lanes_close(pair);
}
END_TEST

START_TEST(a_policy_without_tls13_serves_no_quic)
{
	struct lanes *pair =
	    lanes_open(&(struct peers_spec){ .client_policy = "20170210",
			   .server_policy = "20170210" },
		plain);
	struct lane_end *ends[] = { &pair->client, &pair->server };
	s2n_blocked_status blocked;

	for (size_t i = 0; i < COUNT(ends); i++) {
		ck_assert_int_ne(s2n_negotiate(ends[i]->conn, &blocked), 0);
		check_error(s2n_errno, "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED",
		    70, "policy");
		ck_assert_uint_eq(sent(ends[i]), 0);
	}
	lanes_close(pair);
}
END_TEST

/* ---- messages after the handshake ---- */

#define NEW_TICKET_OF(max0, max3)                                              \
	BYTES(NEW_SESSION_TICKET, 0, 0, 23, 0, 0, 1, 0, 1, 2, 3, 4, 1, 0, 0,   \
	    1, 9, 0, 8, 0, 42, 0, 4, max0, 0xff, 0xff, max3)

static const struct {
	const char *what;
	struct slice message;
	s2n_mode gets;
	const char *error; /* NULL: it is fine */
	uint8_t alert;
} afterwards[] = {
	{ "a ticket", NEW_TICKET_OF(0xff, 0xff), S2N_CLIENT, NULL, 0 },
	/* RFC 9001 4.6.1 */
	{ "a ticket for so many bytes", NEW_TICKET_OF(0, 0xff), S2N_CLIENT,
	    "S2N_ERR_BAD_MESSAGE", 47 },
	{ "a ticket for a byte less", NEW_TICKET_OF(0xff, 0xfe), S2N_CLIENT,
	    "S2N_ERR_BAD_MESSAGE", 47 },
	{ "a ticket to a server", NEW_TICKET_OF(0xff, 0xff), S2N_SERVER,
	    "S2N_ERR_BAD_MESSAGE", 10 },
	/* 6 */
	{ "KeyUpdate", BYTES(KEY_UPDATE, 0, 0, 1, 0), S2N_CLIENT,
	    "S2N_ERR_BAD_MESSAGE", 10 },
	{ "KeyUpdate to a server", BYTES(KEY_UPDATE, 0, 0, 1, 1), S2N_SERVER,
	    "S2N_ERR_BAD_MESSAGE", 10 },
	/* 4.4 */
	{ "CertificateRequest",
	    BYTES(CERTIFICATE_REQUEST, 0, 0, 11, 0, 0, 8, 0, 13, 0, 4, 0, 2, 4,
		3),
	    S2N_CLIENT, "S2N_ERR_BAD_MESSAGE", 10 },
	{ "a ticket cut short", BYTES(NEW_SESSION_TICKET, 0, 0, 4, 0, 0, 1, 0),
	    S2N_CLIENT, "S2N_ERR_BAD_MESSAGE", 50 },
	{ "a message too long", BYTES(NEW_SESSION_TICKET, 1, 0, 1), S2N_CLIENT,
	    "S2N_ERR_BAD_MESSAGE", 47 },
};

START_TEST(after_the_handshake_only_tickets_come)
{
	struct lanes *pair, with = plain;
	struct lane_end *gets;
	s2n_blocked_status blocked;
	int r;

	with.slow = _i % 2 == 1;
	pair = lanes_open(&(struct peers_spec){ 0 }, with);
	configure(pair, 0);
	ck_assert_int_eq(
	    s2n_recv_quic_post_handshake_message(pair->client.conn, &blocked),
	    -1);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
	ck_assert(lanes_negotiate(pair));
	/* The server's own. */
	while (s2n_recv_quic_post_handshake_message(
		   pair->client.conn, &blocked) != 0)
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(
	    s2n_recv_quic_post_handshake_message(pair->client.conn, &blocked),
	    -1);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);

	gets = afterwards[_i / 2].gets == S2N_CLIENT ? &pair->client
						     : &pair->server;
	lanes_send(gets->other, afterwards[_i / 2].message);
	while ((r = s2n_recv_quic_post_handshake_message(
		    gets->conn, &blocked)) != 0 &&
	       s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
		;
	if (afterwards[_i / 2].error == NULL) {
		ck_assert_msg(r == 0, "%s", afterwards[_i / 2].what);
	} else {
		check_error(s2n_errno, afterwards[_i / 2].error,
		    afterwards[_i / 2].alert, afterwards[_i / 2].what);
		ck_assert_int_ne(
		    s2n_recv_quic_post_handshake_message(gets->conn, &blocked),
		    0);
		ck_assert_int_eq(
		    s2n_error_get_type(s2n_errno), S2N_ERR_T_CLOSED);
	}
	lanes_close(pair);
}
END_TEST

static int
count(struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	(void)conn;
	(void)ticket;
	++*(unsigned *)ctx;
	return 0;
}

START_TEST(one_call_takes_one_ticket_however_many_come)
{
	struct lanes *pair = lanes_open(&(struct peers_spec){ 0 }, plain);
	s2n_blocked_status blocked;
	unsigned tickets = 0;

	configure(pair, 0);
	ck_assert_int_eq(s2n_config_set_session_ticket_cb(
			     pair->peers.client_config, count, &tickets),
	    0);
	ck_assert_int_eq(
	    s2n_connection_add_new_tickets_to_send(pair->server.conn, 255), 0);
	ck_assert(lanes_negotiate(pair));
	/* Also those of later, which no data takes along. */
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(s2n_connection_add_new_tickets_to_send(
				     pair->server.conn, 255),
		    0);
		ck_assert_int_eq(s2n_flush(pair->server.conn, &blocked), 0);
	}
	for (unsigned i = 1; i <= 4 * 255 + 1; i++) {
		ck_assert_msg(s2n_recv_quic_post_handshake_message(
				  pair->client.conn, &blocked) == 0,
		    "%u: %s", i, s2n_strerror_debug(s2n_errno, NULL));
		ck_assert_uint_eq(tickets, i);
	}
	ck_assert_int_ne(
	    s2n_recv_quic_post_handshake_message(pair->client.conn, &blocked),
	    0);
	lanes_close(pair);
}
END_TEST

/* ---- what an application does ---- */

START_TEST(a_config_asks_for_quic_too)
{
	struct lanes with = plain, *pair;
	struct s2n_config *config;

	with.prepare = resume; /* enables the connections', too */
	memset(&session, 0, sizeof session);
	pair = lanes_open(&(struct peers_spec){ 0 }, with);
	s2n_connection_wipe(pair->client.conn);
	config = pair->peers.client_config;
	ck_assert(!s2n_connection_is_quic_enabled(pair->client.conn));
	ck_assert(!s2n_connection_is_quic_enabled(NULL));
	ck_assert_int_eq(s2n_config_enable_quic(config), 0);
	ck_assert(s2n_connection_is_quic_enabled(pair->client.conn));
	lanes_close(pair);
}
END_TEST

static void
by_config(struct lanes *pair)
{
	s2n_config_enable_quic(pair->peers.client_config);
	s2n_config_enable_quic(pair->peers.server_config);
}

START_TEST(connections_of_its_config_are_quics)
{
	struct lanes with = plain, *pair;

	with.prepare = by_config;
	pair = lanes_open(&(struct peers_spec){ 0 }, with);
	ck_assert(lanes_negotiate(pair));
	ck_assert_str_eq(pair->client.trace, "I1 ch sh ca sa ex H20");
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_out(pair->client.conn),
	    sent(&pair->client));
	lanes_close(pair);
}
END_TEST

static void
read_ahead(struct lanes *pair)
{
	ck_assert_int_eq(
	    s2n_connection_set_recv_buffering(pair->client.conn, true), 0);
	by_config(pair);
}

START_TEST(who_reads_ahead_has_no_quic)
{
	struct lanes with = plain, *pair;
	s2n_blocked_status blocked;

	with.prepare = read_ahead;
	pair = lanes_open(&(struct peers_spec){ 0 }, with);
	ck_assert_int_ne(s2n_negotiate(pair->client.conn, &blocked), 0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_STATE");
	ck_assert_uint_eq(sent(&pair->client), 0);
	lanes_close(pair);
}
END_TEST

static void
must_refuse(bool refused, const char *name, const char *what)
{
	ck_assert_msg(refused, "%s", what);
	ck_assert_msg(strcmp(s2n_strerror_name(s2n_errno), name) == 0, "%s: %s",
	    what, s2n_strerror_name(s2n_errno));
}

START_TEST(what_quic_does_itself_is_refused)
{
	static const char quic[] = "S2N_ERR_UNSUPPORTED_WITH_QUIC";
	struct lanes *pair = lanes_open(&(struct peers_spec){ 0 }, plain);
	struct s2n_connection *conn = pair->client.conn;
	s2n_blocked_status blocked;
	uint8_t data[4] = { 0 };
	ssize_t done;
	size_t before;

	must_refuse(s2n_send_early_data(conn, data, 1, &done, &blocked) != 0,
	    quic, "early data sent");
	must_refuse(s2n_recv_early_data(
			pair->server.conn, data, 1, &done, &blocked) != 0,
	    quic, "early data received");
	must_refuse(s2n_connection_set_recv_buffering(conn, true) != 0,
	    "S2N_ERR_INVALID_STATE", "read ahead");
	ck_assert_int_eq(s2n_connection_set_recv_buffering(conn, false), 0);
	ck_assert(lanes_negotiate(pair));
	before = sent(&pair->client);
	must_refuse(s2n_send(conn, data, 4, &blocked) < 0, quic, "send");
	must_refuse(s2n_send(conn, data, 0, &blocked) < 0, quic, "send 0");
	must_refuse(s2n_recv(conn, data, 4, &blocked) < 0, quic, "recv");
	must_refuse(s2n_connection_request_key_update(
			conn, S2N_KEY_UPDATE_NOT_REQUESTED) != 0,
	    quic, "key update");
	must_refuse(s2n_send_early_data(conn, NULL, 0, &done, &blocked) != 0,
	    "S2N_ERR_EARLY_DATA_NOT_ALLOWED", "early data wanted late");
	must_refuse(s2n_connection_enable_quic(conn) != 0,
	    "S2N_ERR_INVALID_STATE", "enabled late");
	must_refuse(s2n_connection_ktls_enable_send(conn) != 0,
	    "S2N_ERR_KTLS_UNSUPPORTED_CONN", "the kernel");
	ck_assert_int_eq(s2n_config_set_serialization_version(
			     pair->peers.client_config, S2N_SERIALIZED_CONN_V1),
	    0);
	must_refuse(s2n_connection_serialize(conn, data, 4) != 0,
	    "S2N_ERR_INVALID_STATE", "serialized");
	/* None of it has ended anything, and the end is silent. */
	ck_assert_int_eq(s2n_shutdown(conn, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown_send(conn, &blocked), 0);
	ck_assert_uint_eq(sent(&pair->client), before);
	lanes_close(pair);
}
END_TEST

/* Each secret that the server is told. */
START_TEST(who_refuses_a_secret_has_no_handshake)
{
	struct lanes with = plain, *pair;

	with.refused = _i;
	pair = lanes_open(&(struct peers_spec){ 0 }, with);
	ck_assert(!lanes_negotiate(pair));
	ck_assert_str_eq(
	    s2n_strerror_name(pair->peers.server_error), "S2N_ERR_CANCELLED");
	lanes_close(pair);
}
END_TEST

/* A message of several parts, joined. */
START_TEST(parameters_may_be_long)
{
	static uint8_t longest[60000];
	struct lanes with = plain, *pair;
	const uint8_t *data;
	uint16_t len;

	with.slow = _i == 1;
	pair = lanes_open(&(struct peers_spec){ 0 }, with);
	memset(longest, 0x5a, sizeof longest);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    s2n_connection_set_quic_transport_parameters(
			i == 0 ? pair->client.conn : pair->server.conn, longest,
			sizeof longest),
		    0);
	ck_assert(lanes_negotiate(pair));
	ck_assert_int_eq(s2n_connection_get_quic_transport_parameters(
			     pair->client.conn, &data, &len),
	    0);
	ck_assert_uint_eq(len, sizeof longest);
	ck_assert_mem_eq(data, longest, len);
	lanes_close(pair);
}
END_TEST

START_TEST(parameters_may_be_empty_and_are_none_at_first)
{
	struct lanes *pair = lanes_open(&(struct peers_spec){ 0 }, plain);
	const uint8_t *data = (const uint8_t *)"";
	uint16_t len = 9;

	ck_assert_int_eq(s2n_connection_get_quic_transport_parameters(
			     pair->server.conn, &data, &len),
	    0);
	ck_assert_ptr_null(data);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(s2n_connection_set_quic_transport_parameters(
			     pair->client.conn, NULL, 0),
	    0);
	ck_assert(lanes_negotiate(pair));
	ck_assert_int_eq(s2n_connection_get_quic_transport_parameters(
			     pair->server.conn, &data, &len),
	    0);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(len, 0);
	lanes_close(pair);
}
END_TEST

/* ---- without QUIC ---- */

START_TEST(without_quic_nothing_of_it_is_there)
{
	s2n_blocked_status blocked;
	struct peers peers;
	struct lane_end end = { 0 };

	peers_open(&peers, &(struct peers_spec){ 0 });
	must_refuse(s2n_connection_set_quic_transport_parameters(
			peers.client, NULL, 1) != 0,
	    "S2N_ERR_NULL", "parameters");
	must_refuse(
	    s2n_connection_set_secret_callback(peers.client, NULL, &end) != 0,
	    "S2N_ERR_NULL", "callback");
	ck_assert_int_eq(
	    s2n_connection_set_recv_buffering(peers.client, true), 0);
	must_refuse(s2n_connection_enable_quic(peers.client) != 0,
	    "S2N_ERR_INVALID_STATE", "after read ahead");
	ck_assert(peers_negotiate(&peers));
	must_refuse(
	    s2n_recv_quic_post_handshake_message(peers.client, &blocked) != 0,
	    "S2N_ERR_INVALID_STATE", "receiving");
	ck_assert(!s2n_connection_is_quic_enabled(peers.client));
	peers_transfer(peers.client, peers.server, 10);
	peers_close(&peers);
}
END_TEST

/* "A fatal unsupported_extension alert MUST be sent". */
START_TEST(transport_parameters_over_tcp_are_refused)
{
	struct lanes *pair = lanes_open(&(struct peers_spec){ 0 }, plain);
	const struct lane *lane = &pair->client.lanes[LEVEL_INITIAL];
	s2n_blocked_status blocked;
	struct peers tcp;

	ck_assert_int_ne(s2n_negotiate(pair->client.conn, &blocked), 0);
	peers_open(&tcp, &(struct peers_spec){ 0 });
	writer_u8(&tcp.to_server.bytes, CONTENT_HANDSHAKE);
	writer_u16(&tcp.to_server.bytes, 0x0301);
	writer_vec16(
	    &tcp.to_server.bytes, slice_of(lane->bytes.data, lane->bytes.len));
	ck_assert_int_ne(s2n_negotiate(tcp.server, &blocked), 0);
	check_error(s2n_errno, "S2N_ERR_UNSUPPORTED_EXTENSION", 110, "TCP");
	ck_assert_uint_eq(tcp.to_client.bytes.data[0], CONTENT_ALERT);
	ck_assert_uint_eq(tcp.to_client.bytes.data[6], 110);
	peers_close(&tcp);
	lanes_close(pair);
}
END_TEST

static Suite *
quic_suite(void)
{
	Suite *suite = suite_create("quic");
	TCase *tcase = tcase_create("quic");

	with_library(tcase);
	tcase_add_loop_test(tcase, messages_and_secrets_come_in_their_order, 0,
	    4 * (int)COUNT(walks));
	tcase_add_loop_test(tcase,
	    what_is_wrong_is_told_by_an_alert_that_is_not_sent, 0,
	    (int)COUNT(wrongs));
	tcase_add_test(tcase, a_policy_without_tls13_serves_no_quic);
	tcase_add_loop_test(tcase, after_the_handshake_only_tickets_come, 0,
	    2 * (int)COUNT(afterwards));
	tcase_add_test(tcase, one_call_takes_one_ticket_however_many_come);
	tcase_add_test(tcase, a_config_asks_for_quic_too);
	tcase_add_test(tcase, connections_of_its_config_are_quics);
	tcase_add_test(tcase, who_reads_ahead_has_no_quic);
	tcase_add_test(tcase, what_quic_does_itself_is_refused);
	tcase_add_loop_test(tcase, who_refuses_a_secret_has_no_handshake,
	    S2N_CLIENT_HANDSHAKE_TRAFFIC_SECRET, S2N_EXPORTER_SECRET + 1);
	tcase_add_loop_test(tcase, parameters_may_be_long, 0, 2);
	tcase_add_test(tcase, parameters_may_be_empty_and_are_none_at_first);
	tcase_add_test(tcase, without_quic_nothing_of_it_is_there);
	tcase_add_test(tcase, transport_parameters_over_tcp_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(quic_suite)
