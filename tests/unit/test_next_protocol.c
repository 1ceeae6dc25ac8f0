/*
 * libtls/handshake/next_protocol.c and libtls/extension/next_protocols.c: NPN,
 * where ALPN agreed on nothing.
 */
#include "libtls/core/memory.h"
#include "libtls/extension/rows.h"
#include "libtls/handshake/messages.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/npn.h"

#define ALPN 16
#define ALERT_DECODE 50

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

static void
told(struct peers *peers, const char *protocol, bool by_npn)
{
	struct s2n_connection *conns[] = { peers->client, peers->server };

	for (size_t i = 0; i < 2; i++) {
		if (protocol == NULL)
			ck_assert_ptr_null(
			    s2n_get_application_protocol(conns[i]));
		else
			ck_assert_pstr_eq(
			    s2n_get_application_protocol(conns[i]), protocol);
		ck_assert_int_eq(
		    strstr(s2n_connection_get_handshake_type_name(conns[i]),
			"WITH_NPN") != NULL,
		    by_npn);
	}
}

/* clang-format off */
#define RSA_CBC 0x002f
#define ECDHE 0xc02f
static const struct {
	const char *what;
	struct peers_spec spec;
	const char *protocol;
	bool by_npn;
} ways[] = {
	{ "nothing in common: the client's", { .version = S2N_TLS12, .suite = ECDHE, .npn = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, "h2", true },
	{ "TLS 1.1", { .version = S2N_TLS11, .suite = RSA_CBC, .npn = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, "h2", true },
	{ "TLS 1.0", { .version = S2N_TLS10, .suite = RSA_CBC, .npn = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, "h2", true },
	{ "not in SSLv3", { .version = S2N_SSLv3, .suite = RSA_CBC, .npn = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, NULL, false },
	{ "a server without protocols", { .version = S2N_TLS12, .suite = ECDHE, .npn = true, .alpn_client = "h2" }, "h2", true },
	{ "a client without protocols", { .version = S2N_TLS12, .suite = ECDHE, .npn = true, .alpn_server = "h2" }, NULL, false },
	{ "ALPN goes before it", { .version = S2N_TLS12, .suite = ECDHE, .npn = true, .alpn_client = "h2", .alpn_server = "h2" }, "h2", false },
	{ "neither does it", { .version = S2N_TLS12, .suite = ECDHE, .alpn_client = "h2", .alpn_server = "http/1.1" }, NULL, false },
	{ "not in TLS 1.3", { .npn = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, NULL, false },
	{ "one byte at a time", { .version = S2N_TLS12, .suite = ECDHE, .npn = true, .slow = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, "h2", true },
	{ "with a client certificate", { .version = S2N_TLS12, .suite = ECDHE, .npn = true, .pending_key = true, .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true, .alpn_client = "h2", .alpn_server = "http/1.1" }, "h2", true },
};
/* clang-format on */

START_TEST(it_decides_where_alpn_does_not)
{
	struct peers_spec spec = ways[_i].spec;
	struct peers peers;

	spec.key = CERTS_RSA;
	peers_open(&peers, &spec);
	ck_assert_msg(peers_negotiate(&peers), "%s: client %s, server %s",
	    ways[_i].what, s2n_strerror_debug(peers.client_error, NULL),
	    s2n_strerror_debug(peers.server_error, NULL));
	told(&peers, ways[_i].protocol, ways[_i].by_npn);
	peers_transfer(peers.client, peers.server, 100);
	peers_transfer(peers.server, peers.client, 100);
	peers_close(&peers);
}
END_TEST

static void
open_npn(struct peers *peers)
{
	peers_open(peers, &(struct peers_spec){ .version = S2N_TLS12,
			      .suite = ECDHE,
			      .key = CERTS_RSA,
			      .npn = true,
			      .alpn_client = "h2",
			      .alpn_server = "http/1.1" });
}

START_TEST(one_side_alone_does_nothing)
{
	struct peers peers;

	open_npn(&peers);
	ck_assert_int_eq(
	    s2n_config_set_npn(
		_i == 0 ? peers.server_config : peers.client_config, false),
	    0);
	ck_assert(peers_negotiate(&peers));
	told(&peers, NULL, false);
	peers_close(&peers);
}
END_TEST

/* The client's ALPN gets a number of nobody: an old client has none. */
static void
hide_alpn(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	struct reader in =
	    reader_of(slice_of(out->data + start, out->len - start));
	struct slice extensions;
	uint8_t *number;

	(void)conn;
	(void)ctx;
	if (step->message != CLIENT_HELLO)
		return;
	reader_bytes(&in, 2 + RANDOM_SIZE);
	reader_vec8(&in);
	reader_vec16(&in);
	reader_vec8(&in);
	extensions = reader_vec16(&in);
	ck_assert(reader_done(&in));
	for (in = reader_of(extensions); reader_more(&in); reader_vec16(&in)) {
		number = out->data + (in.rest.data - out->data);
		if (reader_u16(&in) == ALPN)
			number[0] = number[1] = 0x7a;
	}
}

START_TEST(the_server_s_favourite_is_taken)
{
	static const char *const servers[] = { "spdy/1", "b", "a" };
	static const char *const clients[] = { "x", "a", "b" };
	const struct detour detour = { .built = hide_alpn };
	struct peers peers;

	open_npn(&peers);
	ck_assert_int_eq(s2n_config_set_protocol_preferences(
			     peers.server_config, servers, 3),
	    0);
	ck_assert_int_eq(s2n_config_set_protocol_preferences(
			     peers.client_config, clients, 3),
	    0);
	detour_take(peers.client, &detour);
	ck_assert(peers_negotiate(&peers));
	told(&peers, "b", true);
	peers_close(&peers);
}
END_TEST

/* What becomes of the client's message. */
static void
replace(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	const struct slice *body = ctx;

	(void)conn;
	if (step->message != NEXT_PROTOCOL)
		return;
	/* "h2", and padding so that all is 32 bytes */
	ck_assert_uint_eq(out->len - start, 32);
	ck_assert_mem_eq(out->data + start, "\2h2\x1c\0\0\0", 7);
	writer_truncate(out, start);
	writer_bytes(out, *body);
}

#define P8 0, 0, 0, 0, 0, 0, 0, 0
#define P24 P8, P8, P8

static const struct {
	const char *what;
	struct slice body;
	const char *protocol; /* NULL: refused, unless it is empty */
	bool taken;
} messages[] = {
	{ "as it should be", BYTES(2, 'h', '2', 28, P24, 0, 0, 0, 0), "h2",
	    true },
	{ "another protocol", BYTES(1, 'x', 29, P24, 0, 0, 0, 0, 0), "x",
	    true },
	{ "none", BYTES(0, 30, P24, 0, 0, 0, 0, 0, 0), NULL, true },
	{ "nothing", BYTES(0), NULL, false },
	{ "no padding", BYTES(2, 'h', '2'), NULL, false },
	{ "too little padding", BYTES(2, 'h', '2', 27, P24, 0, 0, 0), NULL,
	    false },
	{ "too much padding", BYTES(2, 'h', '2', 60, P24, P24, P8, 0, 0, 0, 0),
	    NULL, false },
	{ "a byte behind it", BYTES(2, 'h', '2', 28, P24, P8), NULL, false },
};

START_TEST(the_message_is_looked_at)
{
	struct slice body = messages[_i].body;
	const struct detour detour = { .built = replace, .ctx = &body };
	struct peers peers;

	open_npn(&peers);
	detour_take(peers.client, &detour);
	ck_assert_msg(peers_negotiate(&peers) == messages[_i].taken, "%s",
	    messages[_i].what);
	if (!messages[_i].taken) {
		ck_assert_str_eq(s2n_strerror_name(peers.server_error),
		    "S2N_ERR_BAD_MESSAGE");
		ck_assert_int_eq(
		    s2n_connection_get_alert(peers.client), ALERT_DECODE);
	} else if (messages[_i].protocol != NULL)
		ck_assert_str_eq(s2n_get_application_protocol(peers.server),
		    messages[_i].protocol);
	else
		ck_assert_ptr_null(s2n_get_application_protocol(peers.server));
	peers_close(&peers);
}
END_TEST

/* A server's answer, as the client's parser sees it. */
static const struct {
	const char *what;
	struct slice data;
	bool alpn;
	int r;
	const char *protocol;
} answers[] = {
	{ "ours", BYTES(1, 'x', 2, 'h', '2'), false, 0, "h2" },
	{ "not ours", BYTES(1, 'x'), false, 0, "h2" },
	{ "with ALPN", BYTES(2, 'h', '2'), true, ERR_ILLEGAL_PARAMETER, NULL },
	{ "an empty one", BYTES(2, 'h', '2', 0), false, ERR_DECODE, NULL },
	{ "beyond the end", BYTES(2, 'h', '2', 2, 'h'), false, ERR_DECODE,
	    NULL },
};

START_TEST(the_answer_is_looked_at)
{
	struct peers peers;
	struct reader in = reader_of(answers[_i].data);
	s2n_blocked_status blocked;

	open_npn(&peers);
	ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	if (answers[_i].alpn)
		peers.client->protocol = memory_copy(slice_of_string("h2"));
	ck_assert_msg(next_protocols_parse(peers.client, IN_SERVER_HELLO12,
			  &in) == answers[_i].r,
	    "%s", answers[_i].what);
	if (answers[_i].protocol != NULL)
		ck_assert_str_eq(peers.client->protocol, answers[_i].protocol);
	peers_close(&peers);
}
END_TEST

START_TEST(nothing_is_refused)
{
	ck_assert_int_eq(s2n_config_set_npn(NULL, true), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
}
END_TEST

static Suite *
next_protocol_suite(void)
{
	Suite *suite = suite_create("next_protocol");
	TCase *tcase = tcase_create("next_protocol");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(
	    tcase, it_decides_where_alpn_does_not, 0, (int)COUNT(ways));
	tcase_add_loop_test(tcase, one_side_alone_does_nothing, 0, 2);
	tcase_add_test(tcase, the_server_s_favourite_is_taken);
	tcase_add_loop_test(tcase, the_message_is_looked_at, 0, 8);
	tcase_add_loop_test(tcase, the_answer_is_looked_at, 0, 5);
	tcase_add_test(tcase, nothing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(next_protocol_suite)
