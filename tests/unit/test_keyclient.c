/*
 * ipc/keyclient.c against a signer that the test plays and a library double.
 */
#include "ipc/keyclient.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "ipc/channel.h"
#include "ipc/keyproto.h"
#include "tests/unit/fake_s2n.h"
#include "tests/unit/unit.h"

static const uint8_t spki[KEYCLIENT_SPKI_SIZE] = { 9, 8, 7 };
static struct event_base *base;
static struct keyclient *client;
static struct channel *signer;
static struct s2n_config config;
static struct s2n_cert_chain_and_key cert;
static struct s2n_connection conns[2];
static struct s2n_async_pkey_op ops[2];
static struct keyproto_header header;
static struct keyclient_stats stats;
static struct slice asked; /* of the last packet */
static int resumed;
static int told;
static uint32_t operations;

/* As the library gives them; what is in them is the signer's business. */
static const uint8_t bytes[KEYPROTO_PACKET_MAX] = { 1, 2, 3 };
#define TLS13(len)                                                             \
	(struct s2n_pkey_binding)                                              \
	{                                                                      \
		.type = S2N_PKEY_BINDING_TLS13_SERVER,                         \
		.transcript_hash = bytes, .transcript_hash_length = (len)      \
	}

static void
resume(struct s2n_connection *conn, void *ctx)
{
	(void)conn;
	(void)ctx;
	resumed++;
}

static void
turn(void)
{
	for (int i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* The next packet must be of this type. */
static void
expect(uint16_t type)
{
	static uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;

	ck_assert_int_eq(
	    channel_receive(signer, packet, sizeof packet, &len, NULL),
	    CHANNEL_PACKET);
	ck_assert_int_eq(keyproto_parse(slice_of(packet, len), &header, &asked),
	    KEYPROTO_OK);
	ck_assert_uint_eq(header.type, type);
}

static void
answer(uint16_t type, uint64_t id, uint32_t status, struct slice payload)
{
	struct keyproto_header out = { .type = type,
		.flags = KEYPROTO_ANSWER,
		.id = id,
		.status = status };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(&out, payload, packet, sizeof packet);

	ck_assert_uint_gt(len, 0);
	ck_assert(channel_send(signer, slice_of(packet, len), -1));
	ck_assert_int_eq(channel_flush(signer), CHANNEL_EMPTY);
	turn();
}

static void
note_told(void *ctx)
{
	ck_assert_ptr_null(ctx);
	told++;
}

/* A new signer, of whose keys nothing is known yet. */
static void
attach_untold(void)
{
	int fds[2];

	ck_assert_int_eq(channel_pair(fds), 0);
	signer = channel_new(fds[1], 8);
	ck_assert_int_eq(keyclient_attach(client, fds[0]), 0);
	turn();
	expect(KEYPROTO_HELLO);
	expect(KEYPROTO_KEYS);
}

/* Answers KEYS with so many of all there are, of which the key is the last. */
static void
tell_keys(uint32_t count, uint32_t total, bool last)
{
	static struct keyproto_keys keys;
	static uint8_t payload[KEYPROTO_PACKET_MAX];
	struct keyproto_key *key = &keys.key[count - 1];
	size_t len;

	memset(&keys, 0, sizeof keys);
	keys.count = count;
	keys.total = total;
	if (last) {
		memcpy(key->spki, spki, sizeof spki);
		key->slot = 5;
		key->generation = 9;
		key->operations = operations;
	}
	len = keyproto_keys_build(&keys, payload, sizeof payload);
	answer(KEYPROTO_KEYS, header.id, KEYPROTO_OK, slice_of(payload, len));
}

/* A new signer that announces the key. */
static void
attach(void)
{
	attach_untold();
	tell_keys(1, 1, true);
}

static void
set_up(void)
{
	memset(ops, 0, sizeof ops);
	ops[0].binding = ops[1].binding = TLS13(32);
	conns[0].cert = conns[1].cert = &cert;
	base = event_base_new();
	client = keyclient_new(base, 60000, resume, NULL);
	ck_assert_ptr_nonnull(client);
	ck_assert_int_eq(keyclient_add(client, &config, &cert, spki), 0);
}

static void
tear_down(void)
{
	keyclient_free(client);
	channel_free(signer);
	event_base_free(base);
}

static void
sign(int which)
{
	ck_assert_int_eq(config.sign(&conns[which], &ops[which]), S2N_SUCCESS);
}

START_TEST(answers_are_matched_by_id_in_any_order)
{
	uint64_t first;

	attach();
	sign(0);
	sign(1);
	turn();
	expect(KEYPROTO_SIGN13);
	first = header.id;
	expect(KEYPROTO_SIGN13);
	answer(KEYPROTO_SIGN13, header.id, KEYPROTO_OK, slice_of("B", 1));
	ck_assert(ops[1].applied && !ops[0].applied);
	answer(KEYPROTO_SIGN13, first, KEYPROTO_OK, slice_of("A", 1));
	ck_assert(ops[0].applied && ops[0].freed && !ops[0].failed);
	ck_assert_int_eq(ops[0].output[0], 'A');
	ck_assert_int_eq(ops[1].output[0], 'B');
	ck_assert_int_eq(resumed, 2);
}
END_TEST

START_TEST(a_request_waits_until_a_signer_has_its_key)
{
	sign(0);
	turn();
	attach();
	expect(KEYPROTO_SIGN13);
	answer(KEYPROTO_SIGN13, header.id, KEYPROTO_OK, slice_of("A", 1));
	ck_assert(ops[0].applied && !ops[0].failed);
}
END_TEST

/* A page is no list: only when the last has come it is known what there is. */
START_TEST(keys_are_asked_for_page_by_page)
{
	uint32_t from;

	keyclient_when_told(client, note_told);
	sign(0);
	attach_untold();
	for (uint32_t had = 64; had <= 128; had += 64) {
		tell_keys(64, 129, false);
		expect(KEYPROTO_KEYS);
		ck_assert(keyproto_number_parse(asked, &from));
		ck_assert_uint_eq(from, had);
		ck_assert_int_eq(told, 0);
	}
	tell_keys(1, 129, true);
	ck_assert_int_eq(told, 1);
	expect(KEYPROTO_SIGN13);
	keyclient_stats(client, &stats);
	ck_assert_uint_eq(stats.keys_known, 129);
}
END_TEST

/* What changes while a list comes may be missed by it. */
START_TEST(a_change_while_keys_come_is_asked_for_after_them)
{
	const struct keyproto_header changed = { .type = KEYPROTO_KEYCHANGED };
	uint8_t packet[KEYPROTO_HEADER + 4], payload[4] = { 1 };
	uint64_t first;
	uint32_t from;
	size_t len = keyproto_build(
	    &changed, slice_of(payload, 4), packet, sizeof packet);

	attach_untold();
	first = header.id;
	ck_assert(channel_send(signer, slice_of(packet, len), -1));
	ck_assert_int_eq(channel_flush(signer), CHANNEL_EMPTY);
	turn();
	tell_keys(64, 65, false);
	expect(KEYPROTO_KEYS);
	ck_assert_uint_eq(header.id, first + 1);
	tell_keys(1, 65, true);
	expect(KEYPROTO_KEYS);
	ck_assert(keyproto_number_parse(asked, &from));
	ck_assert_uint_eq(from, 0);
	sign(0);
	turn();
	expect(KEYPROTO_SIGN13);
}
END_TEST

START_TEST(a_dead_signers_requests_are_tried_once_more)
{
	attach();
	sign(0);
	turn();
	channel_free(signer);
	turn();
	ck_assert(!ops[0].applied);
	attach();
	expect(KEYPROTO_SIGN13);
	channel_free(signer);
	signer = NULL;
	turn();
	ck_assert(ops[0].applied && ops[0].failed && ops[0].freed);
	keyclient_stats(client, &stats);
	ck_assert_uint_eq(stats.retried, 1);
	ck_assert_uint_eq(stats.pending, 0);
	ck_assert_uint_eq(stats.channels, 0);
}
END_TEST

START_TEST(a_refusal_fails_the_operation)
{
	attach();
	sign(0);
	turn();
	expect(KEYPROTO_SIGN13);
	answer(KEYPROTO_SIGN13, header.id, KEYPROTO_DENIED, NO_BYTES);
	ck_assert(ops[0].failed && ops[0].applied);
	ck_assert_int_eq(resumed, 1);
}
END_TEST

START_TEST(a_forgotten_connection_is_cancelled_and_not_resumed)
{
	uint64_t id;

	attach();
	sign(0);
	turn();
	expect(KEYPROTO_SIGN13);
	id = header.id;
	keyclient_forget(client, &conns[0]);
	ck_assert(ops[0].cancelled && ops[0].freed && !ops[0].applied);
	turn();
	expect(KEYPROTO_CANCEL);
	answer(KEYPROTO_SIGN13, id, KEYPROTO_OK, slice_of("A", 1));
	ck_assert_int_eq(resumed, 0);
}
END_TEST

START_TEST(a_deadline_fails_what_is_parked)
{
	keyclient_free(client);
	client = keyclient_new(base, 1, resume, NULL);
	ck_assert_int_eq(keyclient_add(client, &config, &cert, spki), 0);
	sign(0);
	/* Returns when the only event, the deadline, has run. */
	event_base_loop(base, EVLOOP_ONCE);
	ck_assert(ops[0].failed && ops[0].applied);
	keyclient_stats(client, &stats);
	ck_assert_uint_eq(stats.expired, 1);
}
END_TEST

START_TEST(a_key_exchange_is_asked_for_by_its_parts)
{
	struct keyproto_sign request;

	attach();
	ops[0].binding = (struct s2n_pkey_binding){
		.type = S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE,
		.client_random = bytes,
		.server_random = bytes + 1,
		.parameters = bytes + 2,
		.parameters_length = 69,
	};
	sign(0);
	turn();
	expect(KEYPROTO_SIGN12);
	ck_assert(keyproto_sign12_parse(asked, &request));
	ck_assert_uint_eq(request.slot, 5);
	ck_assert_uint_eq(request.generation, 9);
	ck_assert_uint_eq(request.scheme, 0x0403);
	ck_assert_mem_eq(request.client_random.data, bytes, 32);
	ck_assert_mem_eq(request.server_random.data, bytes + 1, 32);
	ck_assert_uint_eq(request.parameters.len, 69);
	ck_assert_mem_eq(request.parameters.data, bytes + 2, 69);
	answer(KEYPROTO_SIGN12, header.id, KEYPROTO_OK, slice_of("A", 1));
	ck_assert(ops[0].applied && !ops[0].failed);
	ck_assert_int_eq(ops[0].output[0], 'A');
}
END_TEST

START_TEST(a_clients_messages_are_passed_whole)
{
	struct keyproto_sign request;

	attach();
	ops[0].binding = (struct s2n_pkey_binding){
		.type = S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY,
		.messages = bytes,
		.messages_length = KEYPROTO_MESSAGES_MAX,
	};
	ck_assert_int_eq(config.sign(&conns[0], &ops[0]), S2N_SUCCESS);
	turn();
	expect(KEYPROTO_SIGN12CV);
	ck_assert(keyproto_sign12cv_parse(asked, &request));
	ck_assert_uint_eq(request.scheme, 0x0403);
	ck_assert_uint_eq(request.messages.len, KEYPROTO_MESSAGES_MAX);
	ck_assert_mem_eq(request.messages.data, bytes, KEYPROTO_MESSAGES_MAX);
	answer(KEYPROTO_SIGN12CV, header.id, KEYPROTO_OK, slice_of("A", 1));
	ck_assert(ops[0].applied && !ops[0].failed);
}
END_TEST

START_TEST(a_premaster_secret_comes_back_as_output)
{
	static const uint8_t secret[48] = { 3, 3, 7 };
	struct keyproto_sign premaster;

	attach();
	ops[0].binding = (struct s2n_pkey_binding){
		.type = S2N_PKEY_BINDING_RSA_PREMASTER,
		.client_version = 0x0301,
		.ciphertext = bytes,
		.ciphertext_length = 300,
	};
	sign(0);
	turn();
	expect(KEYPROTO_PREMASTER);
	ck_assert(keyproto_premaster_parse(asked, &premaster));
	ck_assert_uint_eq(premaster.slot, 5);
	ck_assert_uint_eq(premaster.version, 0x0301);
	ck_assert_uint_eq(premaster.ciphertext.len, 300);
	ck_assert_mem_eq(premaster.ciphertext.data, bytes, 300);
	answer(KEYPROTO_PREMASTER, header.id, KEYPROTO_OK,
	    slice_of(secret, sizeof secret));
	ck_assert(ops[0].applied && !ops[0].failed);
	ck_assert_uint_eq(ops[0].output_len, 48);
	ck_assert_mem_eq(ops[0].output, secret, 48);
}
END_TEST

static const struct {
	const char *what;
	struct s2n_pkey_binding binding;
} unsendable[] = {
	{ "a hash of no suite", { .type = S2N_PKEY_BINDING_TLS13_SERVER,
				    .transcript_hash = bytes,
				    .transcript_hash_length = 20 } },
	{ "no parts", { .type = S2N_PKEY_BINDING_NONE } },
	{ "a type to come", { .type = 6 } },
	{ "parameters of no group",
	    { .type = S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE,
		.client_random = bytes,
		.server_random = bytes,
		.parameters = bytes,
		.parameters_length = KEYPROTO_PARAMETERS_MAX + 1 } },
	{ "messages of no packet",
	    { .type = S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY,
		.messages = bytes,
		.messages_length = KEYPROTO_MESSAGES_MAX + 1 } },
	{ "a ciphertext of no key",
	    { .type = S2N_PKEY_BINDING_RSA_PREMASTER,
		.ciphertext = bytes,
		.ciphertext_length = KEYPROTO_CIPHERTEXT_MAX + 1 } },
};

START_TEST(what_keyd_does_not_do_is_not_sent)
{
	attach();
	ops[0].binding = unsendable[_i].binding;
	ck_assert_msg(config.sign(&conns[0], &ops[0]) == S2N_FAILURE, "%s",
	    unsendable[_i].what);
	ck_assert(ops[0].freed);
	keyclient_stats(client, &stats);
	ck_assert_uint_eq(stats.pending, 0);
}
END_TEST

START_TEST(what_a_key_may_not_do_is_told)
{
	const uint8_t other[KEYCLIENT_SPKI_SIZE] = { 1 };
	const uint32_t all = S2N_PKEY_NEED_TLS13 | S2N_PKEY_NEED_TLS12 |
			     S2N_PKEY_NEED_SHA1 | S2N_PKEY_NEED_PREMASTER;
	static const struct {
		uint32_t bit, need;
	} rows[] = { { 1u << KEYPROTO_SIGN13, S2N_PKEY_NEED_TLS13 },
		{ 1u << KEYPROTO_SIGN12, S2N_PKEY_NEED_TLS12 },
		{ 1u << KEYPROTO_SIGN10, S2N_PKEY_NEED_SHA1 },
		{ 1u << KEYPROTO_PREMASTER, S2N_PKEY_NEED_PREMASTER } };
	uint32_t lacks = 77;

	keyclient_when_told(client, note_told);
	ck_assert(!keyclient_lacks(client, spki, all, &lacks));
	operations = rows[_i].bit;
	attach();
	ck_assert_int_eq(told, 1);
	ck_assert(!keyclient_lacks(client, other, all, &lacks));
	ck_assert_uint_eq(lacks, 77);
	ck_assert(keyclient_lacks(client, spki, all, &lacks));
	ck_assert_uint_eq(lacks, all & ~rows[_i].need);
	ck_assert(keyclient_lacks(client, spki, rows[_i].need, &lacks));
	ck_assert_uint_eq(lacks, 0);
	operations = 0;
}
END_TEST

/* ---- ticket keys ---- */

static struct keyclient_ticket_key given[8];
static size_t given_count;

static void
note_ticket(const struct keyclient_ticket_key *key, void *ctx)
{
	ck_assert_ptr_null(ctx);
	ck_assert_uint_lt(given_count, COUNT(given));
	given[given_count++] = *key;
}

/* Keys of epochs of so many seconds; epoch 10 began at begins. */
static void
answer_tickets(uint64_t epoch, uint64_t begins, uint64_t rotate)
{
	struct keyproto_ticketkeys keys = { .current = 10 };
	uint8_t payload[256];
	size_t len;

	for (size_t i = 0; i < KEYPROTO_TICKETS; i++) {
		struct keyproto_ticket *key = &keys.key[i];

		key->epoch = epoch + i;
		key->begins = begins + key->epoch * rotate - 10 * rotate;
		key->ends = key->begins + rotate;
		key->dies = key->begins + 4 * rotate;
		memset(key->name, (int)key->epoch, sizeof key->name);
		memset(key->secret, (int)key->epoch + 100, sizeof key->secret);
	}
	len = keyproto_ticketkeys_build(&keys, payload, sizeof payload);
	answer(KEYPROTO_TICKETKEYS, header.id, KEYPROTO_OK,
	    slice_of(payload, len));
}

static void
expect_epoch(uint64_t wanted)
{
	uint64_t epoch;

	expect(KEYPROTO_TICKETKEYS);
	ck_assert(keyproto_long_parse(asked, &epoch));
	ck_assert_uint_eq(epoch, wanted);
}

static void
expect_nothing(void)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;

	turn();
	ck_assert_int_eq(
	    channel_receive(signer, packet, sizeof packet, &len, NULL),
	    CHANNEL_EMPTY);
}

START_TEST(ticket_keys_are_asked_for_until_none_is_left)
{
	uint64_t now = (uint64_t)time(NULL);

	attach();
	expect_nothing(); /* nobody wants them */
	keyclient_ticket_keys(client, note_ticket);
	turn();
	expect_epoch(0);
	answer_tickets(10, now - 5, 1000);
	ck_assert_uint_eq(given_count, 2);
	expect_epoch(9);
	answer_tickets(9, now - 5, 1000);
	expect_epoch(8);
	answer(KEYPROTO_TICKETKEYS, header.id, KEYPROTO_STALE, NO_BYTES);
	expect_nothing();
	ck_assert_uint_eq(given_count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(given[i].name[15], 11 - i);
		ck_assert_uint_eq(given[i].secret[31], 111 - i);
		ck_assert_uint_eq(given[i].begins, now - 5 + 1000 - i * 1000);
		ck_assert_uint_eq(given[i].ends, given[i].begins + 1000);
		ck_assert_uint_eq(given[i].dies, given[i].begins + 4000);
	}
	/* A channel to who takes a dead one's place: from the beginning. */
	channel_free(signer);
	turn();
	attach();
	expect_epoch(0);
}
END_TEST

/* seconds: when the epoch that keyd has told of begins, from now. */
static const struct {
	const char *what;
	int64_t seconds;
	uint64_t rotate;
} clocks[] = {
	{ "an epoch is about to end", -3, 4 },
	{ "it has ended", -4, 4 },
	{ "the clock went on over several", -100, 4 },
	{ "it was set back", 100000, 4 },
	{ "epochs are short", 0, 1 },
};

START_TEST(ticket_keys_are_asked_for_when_the_clock_says_so)
{
	uint64_t now = (uint64_t)time(NULL);

	keyclient_ticket_keys(client, note_ticket);
	attach();
	expect_epoch(0);
	answer_tickets(
	    10, now + (uint64_t)clocks[_i].seconds, clocks[_i].rotate);
	expect_epoch(9);
	answer(KEYPROTO_TICKETKEYS, header.id, KEYPROTO_STALE, NO_BYTES);
	/* The clock is looked at once a second; once is not always enough. */
	for (int i = 0; i < 5; i++) {
		uint8_t byte;

		event_base_loop(base, EVLOOP_ONCE);
		if (recv(channel_fd(signer), &byte, 1,
			MSG_PEEK | MSG_DONTWAIT) > 0)
			break;
	}
	expect_epoch(0);
}
END_TEST

START_TEST(who_has_no_ticket_keys_signs_all_the_same)
{
	static const uint32_t refusals[] = { KEYPROTO_NOKEY, KEYPROTO_DENIED,
		KEYPROTO_UNSUPPORTED, KEYPROTO_STALE, KEYPROTO_INTERNAL };

	for (size_t i = 0; i < COUNT(refusals); i++) {
		keyclient_ticket_keys(client, note_ticket);
		if (i == 0)
			attach();
		turn();
		expect_epoch(0);
		answer(KEYPROTO_TICKETKEYS, header.id, refusals[i], NO_BYTES);
		expect_nothing();
	}
	ck_assert_uint_eq(given_count, 0);
	sign(0);
	turn();
	expect(KEYPROTO_SIGN13);
}
END_TEST

/* A keyd that goes on for ever is asked no more after some time. */
START_TEST(the_past_has_an_end)
{
	uint64_t now = (uint64_t)time(NULL), before = 10;
	unsigned asked_for = 0;

	keyclient_ticket_keys(client, note_ticket);
	attach();
	expect_epoch(0);
	for (; asked_for < 100; asked_for++) {
		uint8_t byte;

		given_count = 0;
		answer_tickets(before, now, 1000);
		if (recv(channel_fd(signer), &byte, 1,
			MSG_PEEK | MSG_DONTWAIT) <= 0)
			break;
		expect(KEYPROTO_TICKETKEYS);
		before = 8;
	}
	ck_assert_uint_eq(asked_for, 64);
}
END_TEST

START_TEST(ticket_keys_that_make_no_sense_close_the_channel)
{
	static const uint8_t zeros[168];

	keyclient_ticket_keys(client, note_ticket);
	attach();
	expect_epoch(0);
	answer(KEYPROTO_TICKETKEYS, header.id, KEYPROTO_OK,
	    slice_of(zeros, sizeof zeros));
	keyclient_stats(client, &stats);
	ck_assert_uint_eq(stats.channels, 0);
	ck_assert_uint_eq(given_count, 0);
}
END_TEST

static Suite *
keyclient_suite(void)
{
	Suite *suite = suite_create("keyclient");
	TCase *tcase = tcase_create("keyclient");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, answers_are_matched_by_id_in_any_order);
	tcase_add_test(tcase, a_request_waits_until_a_signer_has_its_key);
	tcase_add_test(tcase, keys_are_asked_for_page_by_page);
	tcase_add_test(tcase, a_change_while_keys_come_is_asked_for_after_them);
	tcase_add_test(tcase, a_dead_signers_requests_are_tried_once_more);
	tcase_add_test(tcase, a_refusal_fails_the_operation);
	tcase_add_test(
	    tcase, a_forgotten_connection_is_cancelled_and_not_resumed);
	tcase_add_test(tcase, a_deadline_fails_what_is_parked);
	tcase_add_test(tcase, a_key_exchange_is_asked_for_by_its_parts);
	tcase_add_test(tcase, a_clients_messages_are_passed_whole);
	tcase_add_test(tcase, a_premaster_secret_comes_back_as_output);
	tcase_add_loop_test(tcase, what_keyd_does_not_do_is_not_sent, 0,
	    (int)COUNT(unsendable));
	tcase_add_loop_test(tcase, what_a_key_may_not_do_is_told, 0, 4);
	tcase_add_test(tcase, ticket_keys_are_asked_for_until_none_is_left);
	tcase_add_loop_test(tcase,
	    ticket_keys_are_asked_for_when_the_clock_says_so, 0,
	    (int)COUNT(clocks));
	tcase_add_test(tcase, who_has_no_ticket_keys_signs_all_the_same);
	tcase_add_test(tcase, the_past_has_an_end);
	tcase_add_test(tcase, ticket_keys_that_make_no_sense_close_the_channel);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(keyclient_suite)
