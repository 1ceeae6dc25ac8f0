/*
 * libtls/record: protection against every protected record of RFC 8448, in
 * both directions; framing and its limits.
 */
#include "libtls/record/record.h"

#include <errno.h>

#include "libtls/crypto/library.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
}

static void
stop(void)
{
	vectors_free();
	library_cleanup();
}

/* Bytes to be read, or written. */
struct wire {
	uint8_t bytes[1 << 17];
	size_t len, taken;
};

static struct wire wire;

static int
wire_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	size_t have = wire.len - wire.taken;

	(void)ctx;
	if (have == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (len > have)
		len = (uint32_t)have;
	memcpy(buf, wire.bytes + wire.taken, len);
	wire.taken += len;
	return (int)len;
}

static int
wire_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	(void)ctx;
	ck_assert_uint_le(wire.len + len, sizeof wire.bytes);
	memcpy(wire.bytes + wire.len, buf, len);
	wire.len += len;
	return (int)len;
}

static void
wire_put(struct slice bytes)
{
	wire_send(NULL, bytes.data, (uint32_t)bytes.len);
}

/* A layer in the middle of a connection: both directions have this secret. */
static void
open_layer(struct record_layer *layer, const struct aead *aead,
    const struct digest *digest, const uint8_t *secret)
{
	wire.len = wire.taken = 0;
	record_init(layer);
	layer->io.recv = wire_recv;
	layer->io.send = wire_send;
	layer->fragment_max = RECORD_PLAINTEXT_MAX;
	if (secret == NULL)
		return;
	ck_assert_int_eq(
	    protection_set13(&layer->in, aead, digest, AEAD_OPENS, secret), 0);
	ck_assert_int_eq(
	    protection_set13(&layer->out, aead, digest, AEAD_SEALS, secret), 0);
}

#define SERVER_HS "s_hs_traffic"
#define CLIENT_HS "c_hs_traffic"
#define SERVER_AP "s_ap_traffic"
#define CLIENT_AP "c_ap_traffic"

/* Every protected record of the traces; number: how many went before. */
static const struct {
	const char *section, *side, *secret, *content, *record;
	enum content_type type;
	uint64_t number;
} traces[] = {
	{ "3", "server", SERVER_HS, "server_flight_plaintext",
	    "server_flight_record", CONTENT_HANDSHAKE, 0 },
	{ "3", "client", CLIENT_HS, "client_finished", "client_finished_record",
	    CONTENT_HANDSHAKE, 0 },
	{ "3", "server", SERVER_AP, "new_session_ticket",
	    "new_session_ticket_record", CONTENT_HANDSHAKE, 0 },
	{ "3", "client", CLIENT_AP, "application_data_client",
	    "application_data_client_record", CONTENT_APPLICATION_DATA, 0 },
	{ "3", "server", SERVER_AP, "application_data_server",
	    "application_data_server_record", CONTENT_APPLICATION_DATA, 1 },
	{ "3", "client", CLIENT_AP, "alert_client", "alert_client_record",
	    CONTENT_ALERT, 1 },
	{ "3", "server", SERVER_AP, "alert_server", "alert_server_record",
	    CONTENT_ALERT, 2 },
	{ "4", "client", "c_early_traffic", "early_application_data_client",
	    "early_application_data_client_record", CONTENT_APPLICATION_DATA,
	    0 },
	{ "4", "client", "c_early_traffic", "end_of_early_data",
	    "end_of_early_data_record", CONTENT_HANDSHAKE, 1 },
	{ "4", "server", SERVER_HS, "server_flight_plaintext",
	    "server_flight_record", CONTENT_HANDSHAKE, 0 },
	{ "4", "client", CLIENT_HS, "client_finished", "client_finished_record",
	    CONTENT_HANDSHAKE, 0 },
	{ "4", "client", CLIENT_AP, "application_data_client",
	    "application_data_client_record", CONTENT_APPLICATION_DATA, 0 },
	{ "4", "server", SERVER_AP, "application_data_server",
	    "application_data_server_record", CONTENT_APPLICATION_DATA, 0 },
	{ "4", "client", CLIENT_AP, "alert_client", "alert_client_record",
	    CONTENT_ALERT, 1 },
	{ "4", "server", SERVER_AP, "alert_server", "alert_server_record",
	    CONTENT_ALERT, 1 },
	{ "5", "server", SERVER_HS, "server_flight_plaintext",
	    "server_flight_record", CONTENT_HANDSHAKE, 0 },
	{ "5", "client", CLIENT_HS, "client_finished", "client_finished_record",
	    CONTENT_HANDSHAKE, 0 },
	{ "5", "client", CLIENT_AP, "alert_client", "alert_client_record",
	    CONTENT_ALERT, 0 },
	{ "5", "server", SERVER_AP, "alert_server", "alert_server_record",
	    CONTENT_ALERT, 0 },
	{ "6", "server", SERVER_HS, "server_flight_plaintext",
	    "server_flight_record", CONTENT_HANDSHAKE, 0 },
	{ "6", "client", CLIENT_HS, "client_flight_plaintext",
	    "client_flight_record", CONTENT_HANDSHAKE, 0 },
	{ "6", "client", CLIENT_AP, "alert_client", "alert_client_record",
	    CONTENT_ALERT, 0 },
	{ "6", "server", SERVER_AP, "alert_server", "alert_server_record",
	    CONTENT_ALERT, 0 },
	{ "7", "server", SERVER_HS, "server_flight_plaintext",
	    "server_flight_record", CONTENT_HANDSHAKE, 0 },
	{ "7", "client", CLIENT_HS, "client_finished", "client_finished_record",
	    CONTENT_HANDSHAKE, 0 },
	{ "7", "client", CLIENT_AP, "alert_client", "alert_client_record",
	    CONTENT_ALERT, 0 },
	{ "7", "server", SERVER_AP, "alert_server", "alert_server_record",
	    CONTENT_ALERT, 0 },
};

static void
open_trace(struct record_layer *layer, size_t i)
{
	struct slice secret =
	    vectors_find(traces[i].section, "both", traces[i].secret);

	open_layer(layer, &aead_aes128_gcm, &digest_sha256, secret.data);
	layer->in.sequence = layer->out.sequence = traces[i].number;
}

START_TEST(what_we_seal_is_the_traces_record)
{
	struct slice content = vectors_find(
	    traces[_i].section, traces[_i].side, traces[_i].content);
	struct slice want = vectors_find(
	    traces[_i].section, traces[_i].side, traces[_i].record);
	struct record_layer layer;

	open_trace(&layer, (size_t)_i);
	ck_assert_int_eq(record_write(&layer, traces[_i].type, content), 0);
	ck_assert_int_eq(io_flush(&layer.io), 0);
	ck_assert_msg(slice_equal(slice_of(wire.bytes, wire.len), want),
	    "section %s, %s", traces[_i].section, traces[_i].record);
	record_free(&layer);
}
END_TEST

START_TEST(what_we_open_is_the_traces_content)
{
	struct slice content = vectors_find(
	    traces[_i].section, traces[_i].side, traces[_i].content);
	struct record_layer layer;

	open_trace(&layer, (size_t)_i);
	wire_put(vectors_find(
	    traces[_i].section, traces[_i].side, traces[_i].record));
	ck_assert_int_eq(record_read(&layer), 0);
	ck_assert_int_eq(layer.type, traces[_i].type);
	ck_assert_msg(slice_equal(layer.plain, content), "section %s, %s",
	    traces[_i].section, traces[_i].record);
	record_free(&layer);
}
END_TEST

/* Each bit of a record, header included, is under the tag. */
START_TEST(no_bit_of_a_record_may_change)
{
	struct slice record =
	    vectors_find("3", "client", "alert_client_record");
	struct record_layer layer;
	int r;

	open_trace(&layer, 5);
	wire_put(record);
	wire.bytes[(size_t)_i / 8] ^= (uint8_t)(1 << _i % 8);
	r = record_read(&layer);
	ck_assert_int_ne(r, 0);
	ck_assert_uint_eq(layer.plain.len, 0);
	if (_i >= 8 * RECORD_HEADER)
		ck_assert_int_eq(r, ERR_DECRYPT);
	record_free(&layer);
}
END_TEST

static const struct {
	const char *what;
	const struct aead *aead;
	const struct digest *digest;
} suites[] = {
	{ "AES-128-GCM", &aead_aes128_gcm, &digest_sha256 },
	{ "AES-256-GCM", &aead_aes256_gcm, &digest_sha384 },
	{ "ChaCha20-Poly1305", &aead_chacha20_poly1305, &digest_sha256 },
};

static void
carry(struct record_layer *layer, size_t len, const char *what)
{
	static uint8_t sent[40000], got[sizeof sent];
	size_t in = 0;

	for (size_t i = 0; i < len; i++)
		sent[i] = (uint8_t)(i * 7 + len);
	wire.len = wire.taken = 0;
	ck_assert_int_eq(
	    record_write(layer, CONTENT_APPLICATION_DATA, slice_of(sent, len)),
	    0);
	ck_assert_int_eq(io_flush(&layer->io), 0);
	while (in < len) {
		ck_assert_msg(record_read(layer) == 0, "%s", what);
		memcpy(got + in, layer->plain.data, layer->plain.len);
		in += layer->plain.len;
		layer->plain = NO_BYTES;
	}
	ck_assert_uint_eq(in, len);
	ck_assert_mem_eq(sent, got, len);
}

START_TEST(every_suite_carries_any_length_over_an_update)
{
	static const size_t lengths[] = { 1, 15, 16, 17, 16383, 16384, 16385,
		40000 };
	static const uint8_t secret[DIGEST_MAX] = { 1, 2, 3 };
	struct record_layer layer;

	open_layer(&layer, suites[_i].aead, suites[_i].digest, secret);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		carry(&layer, lengths[i], suites[_i].what);
		ck_assert_int_eq(protection_update13(&layer.in), 0);
		ck_assert_int_eq(protection_update13(&layer.out), 0);
		ck_assert_uint_eq(layer.in.sequence, 0);
	}
	record_free(&layer);
}
END_TEST

/* Seals content, type and padding as they are given: for what record_write
 * would never send. */
static void
put_sealed(struct record_layer *layer, const uint8_t *inner, size_t len)
{
	uint8_t nonce[AEAD_NONCE] = { 0 };
	static uint8_t record[20000];
	struct slice plain = slice_of(inner, len);
	size_t body = len + AEAD_TAG;

	memcpy(nonce, layer->out.iv, AEAD_NONCE);
	for (unsigned i = 0; i < 8; i++)
		nonce[AEAD_NONCE - 1 - i] ^=
		    (uint8_t)(layer->out.sequence >> 8 * i);
	record[0] = CONTENT_APPLICATION_DATA;
	record[1] = record[2] = 3;
	record[3] = (uint8_t)(body >> 8);
	record[4] = (uint8_t)body;
	ck_assert_int_eq(aead_seal(&layer->out.key, nonce, slice_of(record, 5),
			     &plain, 1, record + 5),
	    0);
	layer->out.sequence++;
	wire_put(slice_of(record, 5 + body));
}

/* content bytes of one value, a type, padding: what comes of reading them */
static const struct {
	const char *what;
	size_t content;
	uint8_t type;
	size_t padding;
	int r;
} inners[] = {
	{ "no padding", 5, CONTENT_APPLICATION_DATA, 0, 0 },
	{ "one byte of padding", 5, CONTENT_APPLICATION_DATA, 1, 0 },
	{ "padded to the limit", 5, CONTENT_APPLICATION_DATA, 16379, 0 },
	{ "a padded alert", 2, CONTENT_ALERT, 100, 0 },
	{ "a full record", 16384, CONTENT_APPLICATION_DATA, 0, 0 },
	{ "padded over the limit", 5, CONTENT_APPLICATION_DATA, 16380,
	    ERR_INNER_TOO_LONG },
	{ "one byte too much", 16385, CONTENT_APPLICATION_DATA, 0,
	    ERR_INNER_TOO_LONG },
	{ "nothing but zeroes", 0, 0, 100, ERR_BAD_MESSAGE },
	{ "not one byte", 0, 0, 0, ERR_BAD_MESSAGE },
	{ "empty data", 0, CONTENT_APPLICATION_DATA, 9, ERR_WANT_READ },
	{ "an empty handshake record", 0, CONTENT_HANDSHAKE, 0,
	    ERR_BAD_MESSAGE },
	{ "an empty padded handshake record", 0, CONTENT_HANDSHAKE, 7,
	    ERR_BAD_MESSAGE },
	{ "an empty alert", 0, CONTENT_ALERT, 0, ERR_BAD_MESSAGE },
	{ "a protected ChangeCipherSpec", 1, CONTENT_CHANGE_CIPHER_SPEC, 0,
	    ERR_BAD_MESSAGE },
	{ "an unknown type", 1, 24, 0, ERR_BAD_MESSAGE },
};

START_TEST(inner_plaintexts_are_judged)
{
	static const uint8_t secret[DIGEST_MAX] = { 9 };
	static uint8_t inner[20000];
	struct record_layer layer;
	size_t len = inners[_i].content;

	open_layer(&layer, &aead_aes128_gcm, &digest_sha256, secret);
	layer.drops_ccs = true;
	layer.takes_data = true;
	memset(inner, 1, len);
	if (inners[_i].type != 0)
		inner[len++] = inners[_i].type;
	memset(inner + len, 0, inners[_i].padding);
	put_sealed(&layer, inner, len + inners[_i].padding);
	ck_assert_msg(
	    record_read(&layer) == inners[_i].r, "%s", inners[_i].what);
	if (inners[_i].r == 0) {
		ck_assert_int_eq(layer.type, inners[_i].type);
		ck_assert_msg(layer.plain.len == inners[_i].content, "%s",
		    inners[_i].what);
	} else {
		ck_assert_uint_eq(layer.plain.len, 0);
	}
	record_free(&layer);
}
END_TEST

/* The 5 bytes of a header, with or without keys, and what comes of them. */
static const struct {
	const char *what;
	struct slice bytes;
	bool keys, drops_ccs;
	int r;
} headers[] = {
	{ "a type of nobody", BYTES(19, 3, 3, 0, 1, 0), false, true,
	    ERR_BAD_MESSAGE },
	{ "HTTP", BYTES('G', 'E', 'T', ' ', '/', ' '), false, true,
	    ERR_BAD_MESSAGE },
	{ "version 2", BYTES(22, 2, 0, 0, 1, 0), false, true, ERR_VERSION },
	{ "any minor version", BYTES(21, 3, 9, 0, 1, 0), false, true, 0 },
	{ "over the limit", BYTES(22, 3, 3, 0x40, 1), false, true,
	    ERR_RECORD_TOO_LONG },
	{ "at the limit", BYTES(22, 3, 3, 0x40, 0), false, true,
	    ERR_WANT_READ },
	{ "over the limit of protected ones", BYTES(23, 3, 3, 0x41, 1), true,
	    true, ERR_RECORD_TOO_LONG },
	{ "at the limit of protected ones", BYTES(23, 3, 3, 0x41, 0), true,
	    true, ERR_WANT_READ },
	{ "too short for a tag", BYTES(23, 3, 3, 0, 1, 9), true, true,
	    ERR_DECRYPT },
	{ "a plain handshake record under keys", BYTES(22, 3, 3, 0, 1, 9), true,
	    true, ERR_BAD_MESSAGE },
	{ "a plain alert under keys", BYTES(21, 3, 3, 0, 2, 2, 40), true, true,
	    ERR_BAD_MESSAGE },
	{ "an empty plain handshake record", BYTES(22, 3, 3, 0, 0), false, true,
	    ERR_BAD_MESSAGE },
	{ "empty data before there may be any", BYTES(23, 3, 3, 0, 0), false,
	    true, ERR_BAD_MESSAGE },
	{ "ChangeCipherSpec dropped", BYTES(20, 3, 3, 0, 1, 1), true, true,
	    ERR_WANT_READ },
	{ "ChangeCipherSpec of 2", BYTES(20, 3, 3, 0, 1, 2), true, true,
	    ERR_BAD_MESSAGE },
	{ "ChangeCipherSpec of two bytes", BYTES(20, 3, 3, 0, 2, 1, 1), true,
	    true, ERR_BAD_MESSAGE },
	{ "an empty ChangeCipherSpec", BYTES(20, 3, 3, 0, 0), true, true,
	    ERR_BAD_MESSAGE },
	{ "ChangeCipherSpec out of time", BYTES(20, 3, 3, 0, 1, 1), true, false,
	    ERR_BAD_MESSAGE },
};

START_TEST(headers_are_judged)
{
	static const uint8_t secret[DIGEST_MAX] = { 9 };
	struct record_layer layer;

	open_layer(&layer, &aead_aes128_gcm, &digest_sha256,
	    headers[_i].keys ? secret : NULL);
	layer.drops_ccs = headers[_i].drops_ccs;
	wire_put(headers[_i].bytes);
	ck_assert_msg(
	    record_read(&layer) == headers[_i].r, "%s", headers[_i].what);
	record_free(&layer);
}
END_TEST

START_TEST(records_that_carry_nothing_are_not_taken_for_ever)
{
	static const uint8_t ccs[] = { 20, 3, 3, 0, 1, 1 };
	struct record_layer layer;

	open_layer(&layer, NULL, NULL, NULL);
	layer.drops_ccs = true;
	for (int i = 0; i < RECORD_EMPTY_MAX; i++)
		wire_put(slice_of(ccs, sizeof ccs));
	ck_assert_int_eq(record_read(&layer), ERR_WANT_READ);
	wire_put(slice_of(ccs, sizeof ccs));
	ck_assert_int_eq(record_read(&layer), ERR_BAD_MESSAGE);
	record_free(&layer);
}
END_TEST

/* Two records of 30 bytes that no key of ours opens, then a message. */
static const struct {
	const char *what;
	bool keys;
	uint16_t room;
	int r;
} skips[] = {
	{ "room for both", true, 60, 0 },
	{ "room for one", true, 59, ERR_DECRYPT },
	{ "none is awaited", true, 0, ERR_DECRYPT },
	{ "after a retry", false, 60, 0 },
};

START_TEST(early_data_is_skipped)
{
	static const uint8_t secret[DIGEST_MAX] = { 9 };
	static const uint8_t early[35] = { 23, 3, 3, 0, 30, 1 };
	struct record_layer layer;

	open_layer(&layer, &aead_aes128_gcm, &digest_sha256,
	    skips[_i].keys ? secret : NULL);
	layer.early_data = skips[_i].room;
	wire_put(slice_of(early, sizeof early));
	wire_put(slice_of(early, sizeof early));
	ck_assert_int_eq(record_write(&layer, CONTENT_HANDSHAKE,
			     slice_of(secret, sizeof secret)),
	    0);
	ck_assert_int_eq(io_flush(&layer.io), 0);
	ck_assert_msg(record_read(&layer) == skips[_i].r, "%s", skips[_i].what);
	if (skips[_i].r == 0) {
		ck_assert_int_eq(layer.type, CONTENT_HANDSHAKE);
		ck_assert_uint_eq(layer.plain.len, sizeof secret);
		/* That ended it. */
		layer.plain = NO_BYTES;
		ck_assert_uint_eq(layer.early_data, 0);
		wire_put(slice_of(early, sizeof early));
		ck_assert_int_eq(
		    record_read(&layer), skips[_i].keys ? ERR_DECRYPT : 0);
	}
	record_free(&layer);
}
END_TEST

START_TEST(sequence_numbers_do_not_wrap)
{
	static const uint8_t secret[DIGEST_MAX] = { 9 };
	struct record_layer layer;

	open_layer(&layer, &aead_aes128_gcm, &digest_sha256, secret);
	layer.out.sequence = UINT64_MAX;
	ck_assert(protection_worn(&layer.out));
	ck_assert_int_eq(record_write(&layer, CONTENT_ALERT, slice_of("\1", 2)),
	    ERR_RECORD_LIMIT);
	ck_assert(io_flushed(&layer.io));
	record_free(&layer);
}
END_TEST

static Suite *
record_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, what_we_seal_is_the_traces_record, 0, (int)COUNT(traces));
	tcase_add_loop_test(
	    tcase, what_we_open_is_the_traces_content, 0, (int)COUNT(traces));
	tcase_add_loop_test(tcase, no_bit_of_a_record_may_change, 0, 24 * 8);
	tcase_add_loop_test(tcase,
	    every_suite_carries_any_length_over_an_update, 0,
	    (int)COUNT(suites));
	tcase_add_loop_test(
	    tcase, inner_plaintexts_are_judged, 0, (int)COUNT(inners));
	tcase_add_loop_test(tcase, headers_are_judged, 0, (int)COUNT(headers));
	tcase_add_test(
	    tcase, records_that_carry_nothing_are_not_taken_for_ever);
	tcase_add_loop_test(tcase, early_data_is_skipped, 0, (int)COUNT(skips));
	tcase_add_test(tcase, sequence_numbers_do_not_wrap);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(record_suite)
