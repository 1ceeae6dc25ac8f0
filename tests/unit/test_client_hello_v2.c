/*
 * libtls/handshake/client_hello_v2.c: the ClientHello of SSL 2.0 (RFC 5246
 * E.2), which announces SSLv3 or higher. A client of ours whose hello is put
 * into that form goes the whole way, so that the transcript is right; and what
 * is malformed is refused.
 */
#include "libtls/handshake/client_hello_v2.h"

#include "libtls/registry/iana.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define HELLO_MAX 40000
#define FIXED_PART 9 /* before the suites */

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

#define RSA TLS_RSA_WITH_AES_128_CBC_SHA
#define RSA_GCM TLS_RSA_WITH_AES_128_GCM_SHA256
#define DHE TLS_DHE_RSA_WITH_AES_128_CBC_SHA
#define ECDHE TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}

/* ---- the whole way ---- */

struct form {
	uint16_t version; /* that it announces */
	uint8_t challenge_len, id_len;
	bool renegotiation; /* the suite that stands for the extension */
};

/* As RFC 5246 E.2 has it, with suites of SSL 2.0 around ours. */
static void
write_v2(struct writer *out, const struct form *form, uint16_t suite,
    const uint8_t *challenge)
{
	static const uint8_t old[] = { 1, 0, 0x80, 7, 0, 0xc0 };
	static const uint8_t last[] = { 6, 0, 0x40 };
	static const uint8_t id[16] = { 9 };

	writer_u8(out, 1);
	writer_u16(out, form->version);
	writer_u16(out, (uint16_t)(sizeof old + sizeof last + 3 +
				   (form->renegotiation ? 3 : 0)));
	writer_u16(out, form->id_len);
	writer_u16(out, form->challenge_len);
	writer_bytes(out, slice_of(old, sizeof old));
	writer_u24(out, suite);
	if (form->renegotiation)
		writer_u24(out, TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
	writer_bytes(out, slice_of(last, sizeof last));
	writer_bytes(out, slice_of(id, form->id_len));
	writer_bytes(out, slice_of(challenge, form->challenge_len));
	ck_assert(!out->failed);
}

/* The client has said it so: on the wire, in its transcript, as its random. */
static void
say_in_v2(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	const struct form *form = ctx;
	struct handshake *hs = conn->hs;
	struct writer *wire = &conn->records.io.out;
	uint8_t challenge[RANDOM_SIZE];
	uint8_t room[200];
	struct writer hello;
	struct slice body;

	if (step->message != CLIENT_HELLO)
		return;
	memcpy(challenge, hs->client_random, sizeof challenge);
	writer_init_fixed(&hello, room, sizeof room);
	write_v2(
	    &hello, form, *conn->config->preference->suites.numbers, challenge);
	ck_assert(writer_result(&hello, &body));
	writer_clear(&hs->flight);
	writer_u16(wire, (uint16_t)(0x8000 | body.len));
	writer_bytes(wire, body);
	writer_clear(&hs->transcript.held);
	writer_bytes(&hs->transcript.held, body);
	memset(hs->client_random, 0, RANDOM_SIZE);
	memcpy(hs->client_random + RANDOM_SIZE - form->challenge_len, challenge,
	    form->challenge_len);
	conn->client_hello_version = form->version;
}

static const struct {
	const char *what;
	struct form form;
	struct peers_spec spec;
} ways[] = {
	{ "TLS 1.2, RSA", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS12, .suite = RSA_GCM } },
	{ "TLS 1.2, DHE", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS12, .suite = DHE } },
	{ "TLS 1.2, ECDHE", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS12, .suite = ECDHE } },
	{ "TLS 1.1, RSA", { 0x0302, 32, 0, true },
	    { .version = S2N_TLS11, .suite = RSA } },
	{ "TLS 1.0, RSA", { 0x0301, 32, 0, true },
	    { .version = S2N_TLS10, .suite = RSA } },
	{ "TLS 1.0, ECDHE", { 0x0301, 32, 0, true },
	    { .version = S2N_TLS10, .suite = ECDHE } },
	{ "SSLv3, RSA", { 0x0300, 32, 0, true },
	    { .version = S2N_SSLv3, .suite = RSA } },
	{ "SSLv3, DHE", { 0x0300, 32, 0, true },
	    { .version = S2N_SSLv3, .suite = DHE } },
	{ "a challenge of 16", { 0x0303, 16, 0, true },
	    { .version = S2N_TLS12, .suite = RSA } },
	{ "a challenge of 31", { 0x0303, 31, 0, true },
	    { .version = S2N_TLS12, .suite = RSA } },
	{ "a session id", { 0x0301, 16, 16, true },
	    { .version = S2N_TLS10, .suite = RSA } },
	{ "no word of renegotiation", { 0x0303, 32, 0, false },
	    { .version = S2N_TLS12, .suite = RSA } },
	{ "a server of less", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS10, .suite = RSA, .client_most = S2N_TLS12 } },
	{ "a server of more", { 0x0301, 32, 0, true },
	    { .version = S2N_TLS10, .suite = RSA, .server_most = S2N_TLS12 } },
	/* RFC 5246 7.4.7.1: the premaster secret has the hello's version, be
	 * it one that nobody knows. */
	{ "TLS 1.3 as the version, RSA", { 0x0304, 32, 0, true },
	    { .version = S2N_TLS12, .suite = RSA } },
	{ "TLS 1.3 as the version, ECDHE", { 0x0304, 32, 0, true },
	    { .version = S2N_TLS12, .suite = ECDHE } },
	{ "a version of nobody, RSA", { 0x03ff, 32, 0, true },
	    { .version = S2N_TLS12, .suite = RSA } },
	{ "one byte at a time", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS12, .suite = RSA, .slow = true } },
	{ "a pending key", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS12, .suite = RSA, .pending_key = true } },
	{ "a client certificate", { 0x0303, 32, 0, true },
	    { .version = S2N_TLS12,
		.suite = ECDHE,
		.client_auth = S2N_CERT_AUTH_REQUIRED,
		.client_cert = true } },
	{ "a client certificate, TLS 1.0", { 0x0301, 32, 0, true },
	    { .version = S2N_TLS10,
		.suite = RSA,
		.client_auth = S2N_CERT_AUTH_REQUIRED,
		.client_cert = true } },
	{ "a client certificate, SSLv3", { 0x0300, 16, 16, true },
	    { .version = S2N_SSLv3,
		.suite = RSA,
		.client_auth = S2N_CERT_AUTH_REQUIRED,
		.client_cert = true } },
};

START_TEST(a_handshake_may_begin_with_it)
{
	struct form form = ways[_i].form;
	const struct detour detour = { .done = say_in_v2, .ctx = &form };
	struct peers_spec spec = ways[_i].spec;
	struct peers peers;

	spec.key = CERTS_RSA;
	peers_open(&peers, &spec);
	detour_take(peers.client, &detour);
	ck_assert_msg(peers_negotiate(&peers), "%s: client %s, server %s",
	    ways[_i].what, s2n_strerror_debug(peers.client_error, NULL),
	    s2n_strerror_debug(peers.server_error, NULL));
	ck_assert_int_eq(peers.to_server.bytes.data[0], 0x80);
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(peers.server),
	    spec.version);
	ck_assert_int_eq(
	    s2n_connection_get_client_hello_version(peers.server), S2N_SSLv2);
	ck_assert_int_eq(
	    peers.server->secure_renegotiation, form.renegotiation);
	ck_assert_int_eq(
	    peers.client->secure_renegotiation, form.renegotiation);
	ck_assert_int_eq(
	    s2n_connection_client_cert_used(peers.server), spec.client_cert);
	peers_transfer(peers.client, peers.server, 1000);
	peers_transfer(peers.server, peers.client, 1000);
	peers_close(&peers);
}
END_TEST

/* What an ordinary one says is told, but nothing above TLS 1.2. */
static void
say_version(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	const uint16_t *version = ctx;

	(void)conn;
	if (step->message != CLIENT_HELLO)
		return;
	out->data[start] = (uint8_t)(*version >> 8);
	out->data[start + 1] = (uint8_t)*version;
}

START_TEST(the_version_of_a_hello_is_told)
{
	static const struct {
		uint16_t said;
		int told;
		uint8_t version;
	} rows[] = {
		{ 0x0300, S2N_SSLv3, S2N_SSLv3 },
		{ 0x0301, S2N_TLS10, S2N_TLS10 },
		{ 0x0302, S2N_TLS11, S2N_TLS11 },
		{ 0x0303, S2N_TLS12, S2N_TLS12 },
		{ 0x0304, S2N_TLS12, S2N_TLS12 },
		{ 0x0309, S2N_TLS12, S2N_TLS12 },
		{ 0xffff, S2N_TLS12, S2N_TLS12 },
	};
	uint16_t said = rows[_i].said;
	const struct detour detour = { .built = say_version, .ctx = &said };
	const struct peers_spec spec = {
		.version = rows[_i].version, .suite = ECDHE, .key = CERTS_RSA
	};
	struct peers peers;

	peers_open(&peers, &spec);
	detour_take(peers.client, &detour);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_get_client_hello_version(peers.server),
	    rows[_i].told);
	peers_close(&peers);
}
END_TEST

/* ---- what is refused ---- */

#define CHALLENGE 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
/* The server has RSA_AES_128_CBC_SHA: 0, 0, 0x2f. */
/* clang-format off */
static const struct {
	const char *what;
	struct peers_spec spec;
	struct slice wire;
	enum alert alert; /* ALERT_NONE: the server answers */
} hellos[] = {
	{ "as it should be", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_NONE },
	{ "the suite behind ten others", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 37, 1, 3, 3, 0, 12, 0, 0, 0, 16, 1, 0, 0x2f, 0, 0x5a, 0x5a, 0, 0x6a, 0x6a, 0, 0, 0x2f, CHALLENGE), ALERT_NONE },
	{ "only suites of SSL 2.0", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 31, 1, 3, 3, 0, 6, 0, 0, 0, 16, 1, 0, 0x80, 7, 0, 0xc0, CHALLENGE), ALERT_HANDSHAKE_FAILURE },
	{ "our number among those of SSL 2.0", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0, 0, 0, 16, 1, 0, 0x2f, CHALLENGE), ALERT_HANDSHAKE_FAILURE },
	{ "no suite", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 25, 1, 3, 3, 0, 0, 0, 0, 0, 16, CHALLENGE), ALERT_DECODE_ERROR },
	{ "a suite of two bytes", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 27, 1, 3, 3, 0, 2, 0, 0, 0, 16, 0, 0x2f, CHALLENGE), ALERT_DECODE_ERROR },
	{ "a suite and a third", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 29, 1, 3, 3, 0, 4, 0, 0, 0, 16, 0, 0, 0x2f, 0, CHALLENGE), ALERT_DECODE_ERROR },
	{ "suites beyond the end", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 0x1e, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_DECODE_ERROR },
	{ "a session id beyond the end", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0xff, 0xff, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_DECODE_ERROR },
	{ "a challenge beyond the end", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0, 0, 0, 17, 0, 0, 0x2f, CHALLENGE), ALERT_DECODE_ERROR },
	{ "a byte behind the challenge", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 29, 1, 3, 3, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE, 17), ALERT_DECODE_ERROR },
	{ "a challenge of 15", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0, 1, 0, 15, 0, 0, 0x2f, CHALLENGE), ALERT_DECODE_ERROR },
	{ "no challenge", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0, 16, 0, 0, 0, 0, 0x2f, CHALLENGE), ALERT_DECODE_ERROR },
	{ "a challenge of 33", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 45, 1, 3, 3, 0, 3, 0, 0, 0, 33, 0, 0, 0x2f, CHALLENGE, CHALLENGE, 33), ALERT_DECODE_ERROR },
	{ "cut after the version", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 3, 1, 3, 3), ALERT_DECODE_ERROR },
	{ "cut in the lengths", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 8, 1, 3, 3, 0, 3, 0, 0, 0), ALERT_DECODE_ERROR },
	{ "a length of nothing", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 0, 1, 3, 3), ALERT_DECODE_ERROR },
	{ "SSL 2.0", { .version = S2N_SSLv3, .suite = RSA },
	    BYTES(0x80, 28, 1, 0, 2, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_UNEXPECTED_MESSAGE },
	{ "another message of SSL 2.0", { .version = S2N_SSLv3, .suite = RSA },
	    BYTES(0x80, 28, 2, 3, 3, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_UNEXPECTED_MESSAGE },
	{ "a header of three bytes", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x00, 28, 0, 1, 3, 3, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_UNEXPECTED_MESSAGE },
	{ "SSLv3 where it is too old", { .version = S2N_TLS10, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 0, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_PROTOCOL_VERSION },
	{ "TLS 1.1 where it is too old", { .version = S2N_TLS12, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 2, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f, CHALLENGE), ALERT_PROTOCOL_VERSION },
	{ "TLS 1.2 for TLS 1.3 only", { .version = S2N_TLS13, .suite = RSA },
	    BYTES(0x80, 28, 1, 3, 3, 0, 3, 0, 0, 0, 16, 0, 0x13, 1, CHALLENGE), ALERT_PROTOCOL_VERSION },
	/* RFC 7507 3 */
	{ "a fallback", { .version = S2N_TLS10, .suite = RSA, .server_most = S2N_TLS12 },
	    BYTES(0x80, 31, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 0, 0x56, 0, CHALLENGE), ALERT_INAPPROPRIATE_FALLBACK },
	{ "no fallback: it is the highest", { .version = S2N_TLS10, .suite = RSA },
	    BYTES(0x80, 31, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 0, 0x56, 0, CHALLENGE), ALERT_NONE },
};
/* clang-format on */

/* The alert that the server sent in the clear; ALERT_NONE: it goes on. */
static enum alert
answer_to(const struct peers_spec *spec, struct slice first, struct slice wire)
{
	struct peers_spec with_key = *spec;
	struct peers peers;
	s2n_blocked_status blocked;
	const uint8_t *answer;
	enum alert alert = ALERT_NONE;
	int r;

	with_key.key = CERTS_RSA;
	peers_open(&peers, &with_key);
	writer_bytes(&peers.to_server.bytes, first);
	writer_bytes(&peers.to_server.bytes, wire);
	r = s2n_negotiate(peers.server, &blocked);
	ck_assert_int_eq(r, -1);
	answer = peers.to_client.bytes.data;
	if (s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED) {
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
		ck_assert_uint_gt(peers.to_client.bytes.len, 100);
		ck_assert_int_eq(answer[0], CONTENT_HANDSHAKE);
		ck_assert_int_eq(answer[5], SERVER_HELLO);
	} else {
		ck_assert_int_eq(
		    s2n_error_get_type(s2n_errno), S2N_ERR_T_PROTO);
		ck_assert_uint_eq(peers.to_client.bytes.len, 7);
		ck_assert_int_eq(answer[0], CONTENT_ALERT);
		ck_assert_int_eq(answer[5], 2); /* fatal */
		alert = answer[6];
	}
	peers_close(&peers);
	return alert;
}

START_TEST(what_is_wrong_with_it_is_told)
{
	enum alert got = answer_to(&hellos[_i].spec, NO_BYTES, hellos[_i].wire);

	ck_assert_msg(got == hellos[_i].alert, "%s: alert %d instead of %d",
	    hellos[_i].what, got, hellos[_i].alert);
}
END_TEST

/* Every shorter one: the server waits, and does not read what is not there. */
START_TEST(half_of_it_is_waited_for)
{
	struct peers_spec spec = hellos[0].spec;
	struct slice wire = hellos[0].wire;
	s2n_blocked_status blocked;
	struct peers peers;

	spec.key = CERTS_RSA;
	peers_open(&peers, &spec);
	for (size_t i = 0; i < wire.len; i++) {
		ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
		ck_assert_int_eq(
		    s2n_error_get_type(s2n_errno), S2N_ERR_T_BLOCKED);
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
		ck_assert_uint_eq(peers.to_client.bytes.len, 0);
		writer_bytes(
		    &peers.to_server.bytes, slice_of(wire.data + i, 1));
	}
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_uint_gt(peers.to_client.bytes.len, 100);
	peers_close(&peers);
}
END_TEST

/* Many suites, of which the last is ours. */
static enum alert
answer_to_many(size_t suites)
{
	static const uint8_t challenge[RANDOM_SIZE] = { 1 };
	size_t len = FIXED_PART + 3 * suites + sizeof challenge;
	enum alert alert;
	struct writer wire;
	struct slice bytes;

	writer_init(&wire, HELLO_MAX);
	writer_u16(&wire, (uint16_t)(0x8000 | len));
	writer_u8(&wire, 1);
	writer_u16(&wire, 0x0303);
	writer_u16(&wire, (uint16_t)(3 * suites));
	writer_u16(&wire, 0);
	writer_u16(&wire, sizeof challenge);
	for (size_t i = 0; i + 1 < suites; i++)
		writer_u24(&wire, 0x5a5a);
	writer_u24(&wire, RSA);
	writer_bytes(&wire, slice_of(challenge, sizeof challenge));
	ck_assert(writer_result(&wire, &bytes));
	alert = answer_to(&hellos[0].spec, NO_BYTES, bytes);
	writer_free(&wire);
	return alert;
}

/* As long as a record may be; its header could tell of twice as much. */
START_TEST(a_long_one_is_taken_and_one_too_long_refused)
{
	ck_assert_int_eq(answer_to_many(5000), ALERT_NONE);
	ck_assert_int_eq(answer_to_many(10000), ALERT_RECORD_OVERFLOW);
}
END_TEST

/* It is for the beginning only. */
START_TEST(it_comes_first_or_not_at_all)
{
	static const uint8_t part[] = { 22, 3, 1, 0, 1, 1 };
	static const uint8_t wrong[] = { 0x80, 28, 1, 3, 3 };
	struct peers_spec spec = hellos[0].spec;
	struct peers peers;

	/* behind a part of another hello */
	ck_assert_int_eq(
	    answer_to(&spec, slice_of(part, sizeof part), hellos[0].wire),
	    ALERT_UNEXPECTED_MESSAGE);
	/* to a client */
	spec.key = CERTS_RSA;
	peers_open(&peers, &spec);
	writer_bytes(&peers.to_client.bytes, slice_of(wrong, sizeof wrong));
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_BAD_MESSAGE");
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.server), ALERT_UNEXPECTED_MESSAGE);
	peers_close(&peers);
}
END_TEST

/* One behind it that the server did not wait for. */
START_TEST(no_second_one_follows)
{
	static const uint8_t second[] = { 0x80, 28, 1, 3, 3, 0, 3, 0, 0, 0, 16,
		0, 0, 0x2f, CHALLENGE };
	const struct detour detour = { .done = say_in_v2,
		.ctx = &(struct form){ 0x0303, 32, 0, true } };
	struct peers_spec spec = hellos[0].spec;
	s2n_blocked_status blocked;
	struct peers peers;

	spec.key = CERTS_RSA;
	peers_open(&peers, &spec);
	detour_take(peers.client, &detour);
	ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	writer_bytes(&peers.to_server.bytes, slice_of(second, sizeof second));
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_BAD_MESSAGE");
	peers_close(&peers);
}
END_TEST

/* ---- the parser alone ---- */

START_TEST(the_challenge_stands_at_the_end_of_the_random)
{
	static const uint8_t body[] = { 1, 3, 1, 0, 6, 0, 2, 0, 16, 0, 0, 0x2f,
		7, 0, 0xc0, 8, 8, CHALLENGE };
	static const uint8_t challenge[] = { CHALLENGE };
	static const uint8_t zeros[16];
	struct reader in = reader_of(slice_of(body, sizeof body));
	struct hello hello = { 0 };
	struct writer suites;

	ck_assert_int_eq(client_hello_v2_parse(&in, &hello, &suites), 0);
	ck_assert_uint_eq(hello.legacy_version, 0x0301);
	ck_assert_mem_eq(hello.random, zeros, 16);
	ck_assert_mem_eq(hello.random + 16, challenge, 16);
	ck_assert_uint_eq(hello.session_id.len, 0);
	ck_assert_uint_eq(hello.extensions.len, 0);
	ck_assert_uint_eq(hello.suites.len, 2);
	ck_assert_mem_eq(hello.suites.data, "\x00\x2f", 2);
	ck_assert_uint_eq(hello.compression.len, 1);
	ck_assert_uint_eq(hello.compression.data[0], 0);
	writer_free(&suites);
}
END_TEST

static Suite *
client_hello_v2_suite(void)
{
	Suite *suite = suite_create("client_hello_v2");
	TCase *tcase = tcase_create("client_hello_v2");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(
	    tcase, a_handshake_may_begin_with_it, 0, (int)COUNT(ways));
	tcase_add_loop_test(tcase, the_version_of_a_hello_is_told, 0, 7);
	tcase_add_loop_test(
	    tcase, what_is_wrong_with_it_is_told, 0, (int)COUNT(hellos));
	tcase_add_test(tcase, half_of_it_is_waited_for);
	tcase_add_test(tcase, a_long_one_is_taken_and_one_too_long_refused);
	tcase_add_test(tcase, it_comes_first_or_not_at_all);
	tcase_add_test(tcase, no_second_one_follows);
	tcase_add_test(tcase, the_challenge_stands_at_the_end_of_the_random);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(client_hello_v2_suite)
