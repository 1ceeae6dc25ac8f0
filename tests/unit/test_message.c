/*
 * libtls/handshake/message.c: a handshake message may be cut into records at
 * every place, and flights joined, in every version; but nothing comes between
 * its parts, and none of it lies on both sides of a change of keys.
 */
#include "libtls/handshake/message.h"

#include "libtls/registry/iana.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define MESSAGES_MAX 20
#define EDGE 8
#define STRIDE 6

/* A client certificate is asked for: no sequence has more messages. */
#define WAY(number, cipher)                                                    \
	.version = number, .suite = cipher,                                    \
	.client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true
#define SUITE TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA

static const struct {
	const char *what;
	struct peers_spec spec;
} versions[] = {
	{ "TLS 1.3", { WAY(0, 0) } },
	{ "TLS 1.3, retry", { WAY(0, 0), .retry = true } },
	{ "TLS 1.2", { WAY(S2N_TLS12, SUITE) } },
	{ "TLS 1.1", { WAY(S2N_TLS11, SUITE) } },
	{ "TLS 1.0", { WAY(S2N_TLS10, SUITE) } },
	{ "SSLv3", { WAY(S2N_SSLv3, SUITE) } },
};
#define OLDER 2 /* of them is the first below TLS 1.3 */

/* ---- cutting ---- */

/* The messages of a handshake as they are sent, and where one is cut. */
struct cutter {
	struct peers *peers;
	size_t count;
	size_t lengths[MESSAGES_MAX];
	bool alone;       /* each message has its own record */
	bool cuts;        /* or only this, in two records: */
	size_t which, at; /* at: bytes of it in the first */
	/* What stands on the wire between the two. */
	struct slice between;
};

static void
put(struct s2n_connection *conn, const uint8_t *bytes, size_t len)
{
	struct slice part = slice_of(bytes, len);

	if (len > 0)
		ck_assert_int_eq(record_write_slices(&conn->records,
				     CONTENT_HANDSHAKE, &part, 1),
		    0);
}

/* At its end: what the last message is, of all that wait. */
static size_t
last_length(const struct writer *flight)
{
	size_t at = 0, len = 0;

	while (at < flight->len) {
		const uint8_t *header = flight->data + at;

		len = MESSAGE_HEADER + ((size_t)header[1] << 16 |
					   (size_t)header[2] << 8 | header[3]);
		at += len;
	}
	ck_assert_uint_eq(at, flight->len);
	return len;
}

static void
cut(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	struct writer *flight = &conn->hs->flight;
	struct cutter *cutter = ctx;
	size_t len, at;

	if (step->sender != conn->mode || step->message == CHANGE_CIPHER_SPEC)
		return;
	len = last_length(flight);
	ck_assert_uint_lt(cutter->count, MESSAGES_MAX);
	cutter->lengths[cutter->count] = len;
	if (cutter->cuts && cutter->which == cutter->count) {
		at = cutter->at < len ? cutter->at : len;
		at += flight->len - len;
		put(conn, flight->data, at);
		writer_bytes(&conn->records.io.out, cutter->between);
		put(conn, flight->data + at, flight->len - at);
		writer_clear(flight);
	} else if (cutter->alone) {
		ck_assert_int_eq(message_flush(conn), 0);
	}
	cutter->count++;
}

/* Both sides' messages are counted together, as they are sent. */
static void
take(struct peers *peers, struct cutter *cutter)
{
	const struct detour detour = { .done = cut, .ctx = cutter };

	cutter->count = 0;
	cutter->peers = peers;
	detour_take(peers->client, &detour);
	detour_take(peers->server, &detour);
}

/* Both get through; a further pair of the same peers. */
static void
cut_through(size_t version, struct peers *peers, struct cutter *cutter)
{
	peers_reconnect(peers);
	take(peers, cutter);
	ck_assert_msg(peers_negotiate(peers),
	    "%s, message %zu, %zu: client %s, server %s",
	    versions[version].what, cutter->which, cutter->at,
	    s2n_strerror_debug(peers->client_error, NULL),
	    s2n_strerror_debug(peers->server_error, NULL));
	peers_transfer(peers->client, peers->server, 10);
	peers_transfer(peers->server, peers->client, 10);
}

/* Every place in TLS 1.2; elsewhere fewer in the middle, for the time. */
static size_t
next_place(size_t version, size_t at, size_t len)
{
	bool inside = at >= EDGE && at + EDGE < len;

	return inside && versions[version].spec.version != S2N_TLS12
		   ? at + STRIDE
		   : at + 1;
}

START_TEST(a_message_may_be_cut_at_every_place)
{
	struct cutter cutter = { 0 };
	size_t lengths[MESSAGES_MAX], count;
	struct peers peers;

	peers_open(&peers, &versions[_i].spec);
	cut_through((size_t)_i, &peers, &cutter);
	memcpy(lengths, cutter.lengths, sizeof lengths);
	count = cutter.count;
	ck_assert_uint_ge(count, 10);
	cutter.cuts = true;
	for (size_t i = 0; i < count; i++) {
		cutter.which = i;
		for (cutter.at = 0; cutter.at <= lengths[i];
		     cutter.at = next_place((size_t)_i, cutter.at, lengths[i]))
			cut_through((size_t)_i, &peers, &cutter);
	}
	peers_close(&peers);
}
END_TEST

START_TEST(each_message_may_have_a_record)
{
	struct cutter cutter = { .alone = true };
	struct peers peers;

	peers_open(&peers, &versions[_i].spec);
	cut_through((size_t)_i, &peers, &cutter);
	peers_close(&peers);
}
END_TEST

/* Records of a type that went one way, and the handshake's bytes in them. */
static size_t
count_records(const struct pipe *pipe, uint8_t type, size_t *longest)
{
	struct reader in =
	    reader_of(slice_of(pipe->bytes.data, pipe->bytes.len));
	struct slice fragment;
	size_t count = 0;
	bool wanted;

	*longest = 0;
	while (reader_more(&in)) {
		wanted = reader_u8(&in) == type;
		reader_u16(&in);
		fragment = reader_vec16(&in);
		count += wanted ? 1 : 0;
		if (wanted && fragment.len > *longest)
			*longest = fragment.len;
	}
	ck_assert(reader_done(&in));
	return count;
}

START_TEST(a_record_may_hold_one_byte)
{
	struct cutter cutter = { 0 };
	struct peers peers;
	size_t longest, count;

	peers_open(&peers, &versions[_i].spec);
	peers.client->records.fragment_max = 1;
	peers.server->records.fragment_max = 1;
	take(&peers, &cutter);
	ck_assert_msg(peers_negotiate(&peers), "%s: client %s, server %s",
	    versions[_i].what, s2n_strerror_debug(peers.client_error, NULL),
	    s2n_strerror_debug(peers.server_error, NULL));
	/* A ClientHello at least was in the clear. */
	count = count_records(&peers.to_server, CONTENT_HANDSHAKE, &longest);
	ck_assert_uint_ge(count, cutter.lengths[0]);
	peers_transfer(peers.client, peers.server, 100);
	peers_transfer(peers.server, peers.client, 100);
	peers_close(&peers);
}
END_TEST

/* All of a flight up to the change of keys, and no record more. */
START_TEST(a_flight_is_one_record)
{
	struct cutter cutter = { 0 };
	struct peers peers;
	size_t longest;

	peers_open(&peers, &versions[_i].spec);
	take(&peers, &cutter);
	ck_assert(peers_negotiate(&peers));
	/* hello; certificate, key exchange, proof; Finished */
	ck_assert_uint_eq(
	    count_records(&peers.to_server, CONTENT_HANDSHAKE, &longest), 3);
	ck_assert_uint_eq(
	    longest, cutter.lengths[6] + cutter.lengths[7] + cutter.lengths[8]);
	/* hello up to done; Finished */
	ck_assert_uint_eq(
	    count_records(&peers.to_client, CONTENT_HANDSHAKE, &longest), 2);
	ck_assert_uint_eq(longest, cutter.lengths[1] + cutter.lengths[2] +
				       cutter.lengths[3] + cutter.lengths[4] +
				       cutter.lengths[5]);
	peers_close(&peers);
}
END_TEST

/* ---- what comes between the parts of a message ---- */

/* As they are sent: ClientHello, five of the server, three of the client. */
#define SERVERS_FIRST 1
#define CLIENTS_SECOND 6
#define KEYS_CHANGE 9

/*
 * RFC 5246 6.2.1 lets a message be cut, 7.1 has ChangeCipherSpec between whole
 * messages. Up to the own ChangeCipherSpec of the sender; what comes then is
 * under keys.
 */
static void
change_within(size_t version, struct peers *peers, size_t which, size_t at)
{
	static const uint8_t wires[][6] = {
		[S2N_SSLv3 - S2N_SSLv3] = { 20, 3, 0, 0, 1, 1 },
		[S2N_TLS10 - S2N_SSLv3] = { 20, 3, 1, 0, 1, 1 },
		[S2N_TLS11 - S2N_SSLv3] = { 20, 3, 2, 0, 1, 1 },
		[S2N_TLS12 - S2N_SSLv3] = { 20, 3, 3, 0, 1, 1 },
	};
	struct cutter cutter = {
		.cuts = true,
		.which = which,
		.at = at,
		.between = slice_of(
		    wires[versions[version].spec.version - S2N_SSLv3], 6),
	};
	bool servers = which >= SERVERS_FIRST && which < CLIENTS_SECOND;
	int alert;

	peers_reconnect(peers);
	take(peers, &cutter);
	ck_assert(!peers_negotiate(peers));
	alert =
	    s2n_connection_get_alert(servers ? peers->server : peers->client);
	ck_assert_msg(alert == ALERT_UNEXPECTED_MESSAGE,
	    "%s: message %zu at %zu: alert %d", versions[version].what, which,
	    at, alert);
}

START_TEST(a_change_of_keys_does_not_come_within_a_message)
{
	struct cutter cutter = { 0 };
	struct peers peers;

	peers_open(&peers, &versions[_i].spec);
	cut_through((size_t)_i, &peers, &cutter);
	for (size_t which = 0; which < KEYS_CHANGE; which++)
		for (size_t at = 1; at < cutter.lengths[which];
		     at += at < EDGE ? 1 : STRIDE)
			change_within((size_t)_i, &peers, which, at);
	peers_close(&peers);
}
END_TEST

/* RFC 8446 5: "at any time after the first ClientHello", so there too. */
START_TEST(tls13_drops_a_change_within_a_message)
{
	static const uint8_t wire[] = { 20, 3, 3, 0, 1, 1 };
	struct cutter cutter = { 0 };
	struct peers peers;

	peers_open(&peers, &versions[0].spec);
	cut_through(0, &peers, &cutter);
	cutter.cuts = true;
	cutter.at = 3;
	cutter.between = slice_of(wire, sizeof wire);
	for (cutter.which = 1; cutter.which < 10; cutter.which++)
		cut_through(0, &peers, &cutter);
	peers_close(&peers);
}
END_TEST

#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}
#define CH CLIENT_HELLO, S2N_CLIENT
#define SH SERVER_HELLO, S2N_SERVER
#define SCT CERTIFICATE, S2N_SERVER
#define SKX SERVER_KEY_EXCHANGE, S2N_SERVER
#define CR CERTIFICATE_REQUEST, S2N_SERVER
#define SHD SERVER_HELLO_DONE, S2N_SERVER
#define CCT CERTIFICATE, S2N_CLIENT
#define CKX CLIENT_KEY_EXCHANGE, S2N_CLIENT
#define CCV CERTIFICATE_VERIFY, S2N_CLIENT
#define CCC CHANGE_CIPHER_SPEC, S2N_CLIENT
#define CF FINISHED, S2N_CLIENT
#define SCC CHANGE_CIPHER_SPEC, S2N_SERVER
#define SF FINISHED, S2N_SERVER
#define CCS 20
#define ALERT 21
#define HANDSHAKE 22
#define DATA 23

/* In every version below TLS 1.3. */
/* clang-format off */
static const struct crook crooks[] = {
/* other records within a message */
	{ "data within a message",               SCT, BROKEN, DATA, BYTES(11, 0), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data within a header",                SHD, BROKEN, DATA, BYTES(14), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data within a client's message",      CKX, BROKEN, DATA, BYTES(16, 0, 0, 66, 65, 4), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data within Finished",                SF, BROKEN, DATA, BYTES(20, 0), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data within a client's Finished",     CF, BROKEN, DATA, BYTES(20, 0), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an alert within a message",           SKX, BROKEN, ALERT, BYTES(12, 0), BYTES(1, 90), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an alert within a client's message",  CCV, BROKEN, ALERT, BYTES(15, 0), BYTES(1, 90), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an alert within Finished",            CF, BROKEN, ALERT, BYTES(20), BYTES(1, 90), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a change within Finished",            CF, BROKEN, CCS, BYTES(20, 0), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a change within a server's Finished", SF, BROKEN, CCS, BYTES(20, 0), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
/* on both sides of a change of keys: the client's */
	{ "a byte of Finished before it",        CCV, BEHIND, 0, BYTES(20), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a header of Finished before it",      CCV, BEHIND, 0, BYTES(20, 0, 0, 12), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "all but a byte before it",            CCV, BEHIND, 0, BYTES(20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "Finished before it",                  CCV, BEHIND, 0, BYTES(20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "the same in a record of its own",     CCC, RECORD, HANDSHAKE, BYTES(20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "half in a record of its own",         CCC, RECORD, HANDSHAKE, BYTES(20, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* the server's */
	{ "a byte of Finished long before",      SHD, BEHIND, 0, BYTES(20), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "Finished long before",                SHD, BEHIND, 0, BYTES(20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's Finished before it",       SCC, RECORD, HANDSHAKE, BYTES(20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "half in a server's record",           SCC, RECORD, HANDSHAKE, BYTES(20, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* messages that nobody waits for */
	{ "a message behind ClientHello",        CH, BEHIND, 0, BYTES(20, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a part of one behind ClientHello",    CH, BEHIND, 0, BYTES(16), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "HelloRequest behind ServerHelloDone", SHD, BEHIND, 0, BYTES(0, 0, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "HelloRequest between the messages",   SKX, RECORD, HANDSHAKE, BYTES(0, 0, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "HelloRequest before the change",      SCC, RECORD, HANDSHAKE, BYTES(0, 0, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "HelloRequest after the change",       SF, RECORD, HANDSHAKE, BYTES(0, 0, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "HelloRequest behind Finished",        SF, BEHIND, 0, BYTES(0, 0, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "HelloRequest with a body",            SKX, RECORD, HANDSHAKE, BYTES(0, 0, 0, 1, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "HelloRequest of a client",            CKX, RECORD, HANDSHAKE, BYTES(0, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "what is no message behind Finished",  SF, BEHIND, 0, BYTES(99, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "another Finished behind Finished",    CF, BEHIND, 0, BYTES(20, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* records */
	{ "an empty handshake record",           CKX, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's empty handshake record",   SCT, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an empty one under keys",             CF, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's under keys",               SF, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an empty change",                     CCC, RECORD, CCS, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a change of two bytes",               CCC, RECORD, CCS, BYTES(1, 1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a change that is none",               CCC, RECORD, CCS, BYTES(2), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a server's change of two bytes",      SCC, RECORD, CCS, BYTES(1, 1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a server's change that is none",      SCC, RECORD, CCS, BYTES(0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a second change, under keys",         CF, RECORD, CCS, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's second change",            SF, RECORD, CCS, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a message of 16 MiB",                 CKX, RECORD, HANDSHAKE, BYTES(16, 0xff, 0xff, 0xff), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a server's message of 16 MiB",        SCT, RECORD, HANDSHAKE, BYTES(11, 0xff, 0xff, 0xff), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a message of 16 MiB in pieces",       CF, BROKEN, HANDSHAKE, BYTES(20, 0xff, 0xff), BYTES(0xff), ALERT_ILLEGAL_PARAMETER, 0 },
};
/* clang-format on */

START_TEST(a_message_lies_on_one_side_of_a_change_of_keys)
{
	struct crook crook = crooks[(size_t)_i % COUNT(crooks)];
	const struct peers_spec *spec =
	    &versions[OLDER + (size_t)_i / COUNT(crooks)].spec;

	/* RFC 6101 5.4.2 has no other for it. */
	if (spec->version == S2N_SSLv3 && crook.alert == ALERT_DECODE_ERROR)
		crook.alert = ALERT_HANDSHAKE_FAILURE;
	crooked_run_between(&crook, spec);
}
END_TEST

static Suite *
message_suite(void)
{
	Suite *suite = suite_create("message");
	TCase *tcase = tcase_create("message");

	with_library(tcase);
	tcase_add_loop_test(tcase, a_message_may_be_cut_at_every_place, 0,
	    (int)COUNT(versions));
	tcase_add_loop_test(
	    tcase, each_message_may_have_a_record, 0, (int)COUNT(versions));
	tcase_add_loop_test(
	    tcase, a_record_may_hold_one_byte, 0, (int)COUNT(versions));
	tcase_add_loop_test(
	    tcase, a_flight_is_one_record, OLDER, (int)COUNT(versions));
	tcase_add_loop_test(tcase,
	    a_change_of_keys_does_not_come_within_a_message, OLDER,
	    (int)COUNT(versions));
	tcase_add_test(tcase, tls13_drops_a_change_within_a_message);
	tcase_add_loop_test(tcase,
	    a_message_lies_on_one_side_of_a_change_of_keys, 0,
	    (int)(COUNT(crooks) * (COUNT(versions) - OLDER)));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(message_suite)
