/*
 * keyd/request.c: what a client may ask, and how everything else is answered.
 */
#include "keyd/request.h"

#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "tests/unit/unit.h"

/* Slots: what is granted, what has a key. */
enum { MINE = 3, OTHERS = 4, EMPTY = 5, NEITHER = 6, MUTE = 7 };
#define GRANTED (1u << MINE | 1u << EMPTY | 1u << MUTE)
#define BIT(type) (1u << KEYPROTO_##type)

static struct keystore *store;
static struct tickets *tickets;
static const uint8_t boot_id[16] = { 1, 2, 3 };
static const uint8_t hash[64] = { 9 };
static struct client client;
static uint8_t answer[KEYPROTO_PACKET_MAX];
static size_t answer_len;
static bool closes;
static struct keyproto_header got;
static struct slice body;

static void
load_key(uint16_t slot, uint32_t operations, EVP_PKEY *key)
{
	struct keyproto_keyfile file = { .slot = slot,
		.operations = operations };
	struct keyproto_keytold told;
	int fd = memfd_create("key", MFD_CLOEXEC);
	FILE *out = fdopen(dup(fd), "w");

	ck_assert_int_eq(
	    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(out);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(keystore_load(store, &file,
			     &(struct keysource){ fd, -1, -1 }, &told),
	    KEYPROTO_SERVED);
	close(fd);
	EVP_PKEY_free(key);
}

static void
load(uint16_t slot, uint32_t operations)
{
	load_key(slot, operations, EVP_EC_gen("P-256"));
}

/* Gives an answer to bytes as they are; got and body are what it says. */
static size_t
give(const void *bytes, size_t len, uint64_t waited_us)
{
	answer_len = request_dispatch(
	    &client, slice_of(bytes, len), waited_us, answer, &closes);
	got = (struct keyproto_header){ 0 };
	if (answer_len > 0) {
		/* An answer to a type that is not ours parses as that. */
		enum keyproto_status status =
		    keyproto_parse(slice_of(answer, answer_len), &got, &body);

		ck_assert(
		    status == KEYPROTO_OK || status == KEYPROTO_UNSUPPORTED);
		ck_assert_uint_eq(got.flags, KEYPROTO_ANSWER);
		ck_assert(got.status == KEYPROTO_OK || body.len == 0);
	}
	return answer_len;
}

/* A packet written by hand, so that nothing of it needs to be lawful. */
struct raw {
	uint32_t magic;
	uint8_t major, minor;
	uint16_t type;
	uint32_t len, flags;
	uint64_t id;
	uint32_t micros, status;
};

static size_t
put(uint8_t *to, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		to[i] = (uint8_t)(value >> 8 * i);
	return width;
}

static size_t
give_raw(const struct raw *raw, const void *payload, size_t len)
{
	static uint8_t packet[2 * KEYPROTO_PACKET_MAX];
	uint8_t *to = packet;

	to += put(to, raw->magic, 4);
	to += put(to, raw->major, 1);
	to += put(to, raw->minor, 1);
	to += put(to, raw->type, 2);
	to += put(to, raw->len, 4);
	to += put(to, raw->flags, 4);
	to += put(to, raw->id, 8);
	to += put(to, raw->micros, 4);
	to += put(to, raw->status, 4);
	if (len > 0)
		memcpy(to, payload, len);
	return give(packet, KEYPROTO_HEADER + len, 0);
}

#define MAGIC 0x314b5053u

static size_t
ask_raw(uint16_t type, const void *payload, size_t len)
{
	const struct raw raw = { .magic = MAGIC,
		.major = KEYPROTO_MAJOR,
		.type = type,
		.len = (uint32_t)len,
		.id = client.last_id + 1 };

	return give_raw(&raw, payload, len);
}

static uint32_t
hello(uint16_t least, uint16_t most)
{
	uint8_t payload[8] = { 0 };

	put(payload, least, 2);
	put(payload + 2, most, 2);
	ck_assert_uint_gt(ask_raw(KEYPROTO_HELLO, payload, 8), 0);
	return got.status;
}

struct ask {
	uint16_t slot, scheme;
	uint32_t generation;
	uint16_t hash;
	size_t len;
};
static const struct ask good = { MINE, 0x0403, 1, KEYPROTO_SHA256, 32 };

static size_t
sign_payload(const struct ask *ask, uint8_t *to)
{
	struct keyproto_sign sign = { .slot = ask->slot,
		.scheme = ask->scheme,
		.hash = ask->hash,
		.generation = ask->generation,
		.transcript = slice_of(hash, ask->len) };

	return keyproto_sign13_build(&sign, to, 128);
}

static uint32_t
sign(const struct ask *ask)
{
	uint8_t payload[128];

	ck_assert_uint_gt(
	    ask_raw(KEYPROTO_SIGN13, payload, sign_payload(ask, payload)), 0);
	return got.status;
}

static void
set_up(void)
{
	ck_assert_ptr_nonnull(tickets = tickets_new());
	ck_assert_ptr_nonnull(store = keystore_new(256));
	load(MINE, 1u << KEYPROTO_SIGN13);
	load(OTHERS, 1u << KEYPROTO_SIGN13);
	load(MUTE, 0);
	client = (struct client){ .keys = store,
		.tickets = tickets,
		.boot_id = boot_id,
		.grant = { .role = KEYPROTO_SERVER,
		    .slots = { GRANTED },
		    .client = "front" } };
	ck_assert_uint_eq(hello(KEYPROTO_MAJOR, KEYPROTO_MAJOR), KEYPROTO_OK);
}

static void
tear_down(void)
{
	keystore_free(store);
	tickets_free(tickets);
}

START_TEST(hello_is_answered_with_what_the_channel_is)
{
	struct keyproto_welcome welcome;

	client.greeted = false;
	ck_assert_uint_eq(hello(0, 0xffff), KEYPROTO_OK);
	ck_assert(!closes);
	ck_assert(keyproto_welcome_parse(body, &welcome));
	ck_assert_uint_eq(welcome.version, KEYPROTO_MAJOR);
	ck_assert_uint_eq(welcome.role, KEYPROTO_SERVER);
	ck_assert_uint_eq(welcome.credits, KEYPROTO_CREDITS);
	ck_assert_uint_eq(welcome.packet_max, KEYPROTO_PACKET_MAX);
	ck_assert_mem_eq(welcome.boot_id, boot_id, sizeof boot_id);
}
END_TEST

START_TEST(a_version_that_is_not_ours_closes)
{
	ck_assert_uint_eq(
	    hello(KEYPROTO_MAJOR + 1, KEYPROTO_MAJOR + 5), KEYPROTO_VERSION);
	ck_assert(closes);
	ck_assert_uint_eq(hello(0, KEYPROTO_MAJOR - 1), KEYPROTO_VERSION);
	ck_assert(closes);
	ck_assert_uint_eq(hello(2, 1), KEYPROTO_BADMSG);
	ck_assert(closes);
}
END_TEST

START_TEST(nothing_is_done_before_hello)
{
	static const uint16_t types[] = { KEYPROTO_KEYS, KEYPROTO_SIGN13,
		KEYPROTO_SIGN12, KEYPROTO_SIGN12CV, KEYPROTO_PREMASTER,
		KEYPROTO_TICKETKEYS, KEYPROTO_CANCEL, KEYPROTO_PING,
		KEYPROTO_STATS, 999 };
	static const size_t lengths[] = { 4, 44, 108, 100, 264, 8, 8, 0, 0, 0 };
	static const uint8_t zeros[264];

	for (size_t i = 0; i < COUNT(types); i++) {
		client.greeted = false;
		ck_assert_uint_gt(ask_raw(types[i], zeros, lengths[i]), 0);
		/* A type that nobody knows is answered so at any time. */
		ck_assert_uint_eq(got.status,
		    types[i] == 999 ? KEYPROTO_UNSUPPORTED : KEYPROTO_BADMSG);
		ck_assert(closes == (types[i] != 999));
		ck_assert(!client.greeted);
	}
	ck_assert_uint_eq(client.stats.signatures, 0);
}
END_TEST

START_TEST(keys_tells_of_granted_slots_that_have_a_key)
{
	static const uint8_t from[4];
	struct keyproto_keys keys;

	ck_assert_uint_gt(ask_raw(KEYPROTO_KEYS, from, 4), 0);
	ck_assert_uint_eq(got.status, KEYPROTO_OK);
	ck_assert(keyproto_keys_parse(body, &keys));
	ck_assert_uint_eq(keys.total, 2);
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_uint_eq(keys.key[0].slot, MINE);
	ck_assert_uint_eq(keys.key[1].slot, MUTE);
}
END_TEST

START_TEST(keys_from_any_index_stays_in_bounds)
{
	static const uint32_t from[] = { 1, 2, 255, 256, 0x7fffffff,
		0xffffffff };
	struct keyproto_keys keys;
	uint8_t payload[4];

	for (size_t i = 0; i < COUNT(from); i++) {
		put(payload, from[i], 4);
		ck_assert_uint_gt(ask_raw(KEYPROTO_KEYS, payload, 4), 0);
		ck_assert(keyproto_keys_parse(body, &keys));
		ck_assert_uint_eq(keys.total, 2);
		ck_assert_uint_eq(keys.count, from[i] == 1);
	}
}
END_TEST

START_TEST(a_granted_key_signs_and_is_counted)
{
	ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	ck_assert(!closes);
	ck_assert_uint_ge(body.len, 68);
	ck_assert_uint_le(body.len, 72);
	ck_assert_uint_eq(client.stats.signatures, 1);
}
END_TEST

static void
assert_last(uint16_t slot, uint16_t type, uint16_t scheme, uint16_t status)
{
	ck_assert_uint_eq(client.last.slot, slot);
	ck_assert_uint_eq(client.last.type, type);
	ck_assert_uint_eq(client.last.scheme, scheme);
	ck_assert_uint_eq(client.last.status, status);
}

/* No number that a client makes up becomes a row of its own. */
START_TEST(what_is_counted_is_what_there_is)
{
	struct ask asked = good;

	sign(&good);
	assert_last(MINE, KEYPROTO_SIGN13, 0x0403, KEYPROTO_OK);
	asked.scheme = 0x1234;
	sign(&asked);
	assert_last(MINE, KEYPROTO_SIGN13, 0, KEYPROTO_DENIED);
	asked.generation = 77;
	sign(&asked);
	assert_last(MINE, KEYPROTO_SIGN13, 0, KEYPROTO_STALE);
	asked.slot = 255;
	sign(&asked);
	assert_last(KEYPROTO_SLOTS, KEYPROTO_SIGN13, 0, KEYPROTO_NOKEY);
	ck_assert_uint_gt(ask_raw(4711, NULL, 0), 0);
	assert_last(KEYPROTO_SLOTS, 0, 0, KEYPROTO_UNSUPPORTED);
}
END_TEST

static const struct {
	const char *what;
	struct ask ask;
	uint32_t status;
} refusals[] = {
	{ "no key there", { EMPTY, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "another's key", { OTHERS, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "neither", { NEITHER, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "the last slot", { 255, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "beyond the last", { 256, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "a slot that wraps", { 256 + MINE, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "far beyond", { 65535, 0x0403, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_NOKEY },
	{ "an old generation", { MINE, 0x0403, 0, KEYPROTO_SHA256, 32 },
	    KEYPROTO_STALE },
	{ "a coming generation", { MINE, 0x0403, 2, KEYPROTO_SHA256, 32 },
	    KEYPROTO_STALE },
	{ "an operation that is not allowed",
	    { MUTE, 0x0403, 1, KEYPROTO_SHA256, 32 }, KEYPROTO_DENIED },
	{ "an unknown scheme", { MINE, 0xffff, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_DENIED },
	{ "no scheme", { MINE, 0, 1, KEYPROTO_SHA256, 32 }, KEYPROTO_DENIED },
	{ "a scheme of TLS 1.2", { MINE, 0x0401, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_DENIED },
	{ "another key's scheme", { MINE, 0x0804, 1, KEYPROTO_SHA256, 32 },
	    KEYPROTO_DENIED },
	{ "a hash that is not this long",
	    { MINE, 0x0403, 1, KEYPROTO_SHA384, 32 }, KEYPROTO_DENIED },
	{ "nor this", { MINE, 0x0403, 1, KEYPROTO_SHA256, 48 },
	    KEYPROTO_DENIED },
	{ "an unknown hash", { MINE, 0x0403, 1, 6, 48 }, KEYPROTO_DENIED },
	{ "no hash", { MINE, 0x0403, 1, 0, 32 }, KEYPROTO_DENIED },
};

START_TEST(what_may_not_be_signed_is_refused_and_the_channel_stays)
{
	ck_assert_msg(sign(&refusals[_i].ask) == refusals[_i].status, "%s: %s",
	    refusals[_i].what, keyproto_status_name(got.status));
	ck_assert_msg(!closes, "%s", refusals[_i].what);
	ck_assert_uint_eq(client.stats.refused, 1);
	ck_assert_uint_eq(client.stats.signatures, 0);
	ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
}
END_TEST

/* Byte for byte, whatever else is wrong with the request. */
START_TEST(not_yours_and_not_there_are_the_same_answer)
{
	static const struct ask variants[] = {
		{ 0, 0x0403, 1, KEYPROTO_SHA256, 32 },
		{ 0, 0x0403, 9, KEYPROTO_SHA256, 32 },
		{ 0, 0xffff, 1, KEYPROTO_SHA256, 32 },
		{ 0, 0x0403, 1, 7, 48 },
	};
	static const uint16_t slots[] = { OTHERS, NEITHER, EMPTY, 255, 256,
		65535 };
	uint8_t first[KEYPROTO_HEADER];

	for (size_t v = 0; v < COUNT(variants); v++)
		for (size_t s = 0; s < COUNT(slots); s++) {
			struct ask ask = variants[v];

			ask.slot = slots[s];
			client.last_id = 100;
			sign(&ask);
			ck_assert_uint_eq(answer_len, sizeof first);
			if (s == 0)
				memcpy(first, answer, sizeof first);
			ck_assert_mem_eq(answer, first, sizeof first);
		}
}
END_TEST

START_TEST(the_role_is_the_grants_and_not_the_clients)
{
	client.grant.role = KEYPROTO_CLIENT;
	ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	/* Signatures of another role differ in content: test_signer. */
	client.greeted = false;
	ck_assert_uint_eq(hello(1, 1), KEYPROTO_OK);
	ck_assert_uint_eq(client.grant.role, KEYPROTO_CLIENT);
}
END_TEST

/* ---- TLS 1.2 and older ---- */

static const uint8_t parameters[36] = { 3, 0, 29, 32, 9, 9, 9 };
static const uint8_t randoms[64] = { 1, 2, 3 };

static uint32_t
sign12(uint16_t slot, uint16_t scheme)
{
	const struct keyproto_sign sign = { .slot = slot,
		.scheme = scheme,
		.generation = 1,
		.client_random = slice_of(randoms, 32),
		.server_random = slice_of(randoms + 32, 32),
		.parameters = slice_of(parameters, sizeof parameters) };
	uint8_t payload[256];
	size_t len = keyproto_sign12_build(&sign, payload, sizeof payload);

	ck_assert_uint_gt(ask_raw(KEYPROTO_SIGN12, payload, len), 0);
	return got.status;
}

static uint32_t
sign12cv(uint16_t slot, uint16_t scheme, uint8_t minor)
{
	static const uint8_t types[] = { 1, 2, 11, 13, 14, 11, 16 };
	uint8_t messages[256] = { 0 }, payload[512], *at = messages;
	struct keyproto_sign sign = {
		.slot = slot, .scheme = scheme, .generation = 1
	};
	size_t len;

	for (size_t i = 0; i < COUNT(types); i++) {
		*at = types[i];
		if (types[i] <= 2) { /* a hello: version, random and more */
			at[3] = 40;
			at[4] = 3;
			at[5] = minor;
		}
		at += 4 + at[3];
	}
	sign.messages = slice_of(messages, (size_t)(at - messages));
	len = keyproto_sign12cv_build(&sign, payload, sizeof payload);
	ck_assert_uint_gt(ask_raw(KEYPROTO_SIGN12CV, payload, len), 0);
	return got.status;
}

static uint32_t
premaster(uint16_t slot, size_t ciphertext_len)
{
	static const uint8_t ciphertext[KEYPROTO_CIPHERTEXT_MAX] = { 1 };
	const struct keyproto_sign asked = { .slot = slot,
		.version = 0x0303,
		.generation = 1,
		.ciphertext = slice_of(ciphertext, ciphertext_len) };
	uint8_t payload[2048];
	size_t len = keyproto_premaster_build(&asked, payload, sizeof payload);

	ck_assert_uint_gt(ask_raw(KEYPROTO_PREMASTER, payload, len), 0);
	return got.status;
}

static const struct {
	uint32_t operations;
	bool sign13, sign12, sign10, premaster;
} permissions[] = {
	{ 0, false, false, false, false },
	{ BIT(SIGN13), true, false, false, false },
	{ BIT(SIGN12), false, true, false, false },
	{ BIT(SIGN10), false, false, true, false },
	{ BIT(PREMASTER), false, false, false, true },
	{ BIT(SIGN13) | BIT(SIGN12), true, true, false, false },
	{ BIT(SIGN12CV), false, false, false, false },
	{ BIT(SIGN13) | BIT(SIGN12) | BIT(SIGN10) | BIT(PREMASTER), true, true,
	    true, true },
};

/* What a key is for, in each operation and both roles of a channel. */
START_TEST(a_key_does_what_it_is_for_and_nothing_else)
{
#define EXPECT(allowed) ((allowed) ? KEYPROTO_OK : KEYPROTO_DENIED)
	const struct ask ask = { MINE, 0x0804, 1, KEYPROTO_SHA256, 32 };

	for (uint32_t role = KEYPROTO_SERVER; role <= KEYPROTO_CLIENT; role++) {
		bool server = role == KEYPROTO_SERVER;

		keystore_free(store);
		ck_assert_ptr_nonnull(store = keystore_new(256));
		load_key(MINE, permissions[_i].operations, EVP_RSA_gen(2048));
		client.keys = store;
		client.grant.role = role;
		ck_assert_uint_eq(sign(&ask), EXPECT(permissions[_i].sign13));
		ck_assert_uint_eq(sign12(MINE, 0x0401),
		    EXPECT(server && permissions[_i].sign12));
		ck_assert_uint_eq(sign12(MINE, 0x0804),
		    EXPECT(server && permissions[_i].sign12));
		ck_assert_uint_eq(sign12(MINE, 0x0201),
		    EXPECT(server && permissions[_i].sign10));
		ck_assert_uint_eq(sign12(MINE, 0xffff),
		    EXPECT(server && permissions[_i].sign10));
		ck_assert_uint_eq(sign12cv(MINE, 0x0401, 3),
		    EXPECT(!server && permissions[_i].sign12));
		ck_assert_uint_eq(sign12cv(MINE, 0xffff, 2),
		    EXPECT(!server && permissions[_i].sign10));
		ck_assert_uint_eq(premaster(MINE, 256),
		    EXPECT(server && permissions[_i].premaster));
		ck_assert_uint_eq(body.len, got.status == KEYPROTO_OK ? 48 : 0);
		ck_assert(!closes);
	}
}
END_TEST

START_TEST(a_premaster_secret_is_always_48_bytes)
{
	static const size_t lengths[] = { 1, 48, 255, 256, 257, 1024 };

	load_key(MINE, BIT(PREMASTER), EVP_RSA_gen(2048));
	for (size_t i = 0; i < COUNT(lengths); i++) {
		/* another generation than the helpers ask for: refused */
		ck_assert_uint_eq(premaster(MINE, lengths[i]), KEYPROTO_STALE);
	}
	load_key(EMPTY, BIT(PREMASTER), EVP_RSA_gen(2048));
	for (size_t i = 0; i < COUNT(lengths); i++) {
		ck_assert_uint_eq(premaster(EMPTY, lengths[i]), KEYPROTO_OK);
		ck_assert_uint_eq(body.len, 48);
		ck_assert_uint_eq(body.data[0], 3);
		ck_assert_uint_eq(body.data[1], 3);
	}
	ck_assert_uint_eq(client.stats.signatures, COUNT(lengths));
}
END_TEST

START_TEST(slots_of_others_are_not_there_for_older_versions_either)
{
	static const uint16_t slots[] = { OTHERS, NEITHER, EMPTY, 255, 256,
		256 + MINE, 65535 };

	for (size_t i = 0; i < COUNT(slots); i++) {
		client.grant.role = KEYPROTO_SERVER;
		ck_assert_uint_eq(sign12(slots[i], 0x0403), KEYPROTO_NOKEY);
		ck_assert_uint_eq(premaster(slots[i], 256), KEYPROTO_NOKEY);
		client.grant.role = KEYPROTO_CLIENT;
		ck_assert_uint_eq(
		    sign12cv(slots[i], 0x0403, 3), KEYPROTO_NOKEY);
	}
}
END_TEST

START_TEST(each_length_but_the_types_own_closes)
{
	static const struct {
		uint16_t type;
		size_t lawful[2];
	} types[] = {
		{ KEYPROTO_HELLO, { 8, 8 } },
		{ KEYPROTO_KEYS, { 4, 4 } },
		{ KEYPROTO_SIGN13, { 44, 60 } },
		{ KEYPROTO_CANCEL, { 8, 8 } },
		{ KEYPROTO_PING, { 0, 0 } },
		{ KEYPROTO_STATS, { 0, 0 } },
	};
	static const uint8_t bytes[KEYPROTO_PACKET_MAX + 1];

	for (size_t i = 0; i < COUNT(types); i++)
		for (size_t len = 0; len < 80; len++) {
			if (len == types[i].lawful[0] ||
			    len == types[i].lawful[1])
				continue;
			ck_assert_msg(ask_raw(types[i].type, bytes, len) == 0,
			    "type %u of %zu bytes", types[i].type, len);
			ck_assert(closes);
		}
	for (size_t i = 0; i < COUNT(types); i++)
		ck_assert_uint_eq(ask_raw(types[i].type, bytes,
				      KEYPROTO_PACKET_MAX - KEYPROTO_HEADER),
		    0);
	/* And those whose last part has no fixed length. */
	ck_assert_uint_eq(ask_raw(KEYPROTO_SIGN12, bytes, 8 + 64 + 35), 0);
	ck_assert_uint_eq(ask_raw(KEYPROTO_SIGN12, bytes, 8 + 64 + 3079), 0);
	ck_assert_uint_eq(ask_raw(KEYPROTO_SIGN12CV, bytes, 8), 0);
	ck_assert_uint_eq(ask_raw(KEYPROTO_SIGN12CV, bytes,
			      KEYPROTO_PACKET_MAX - KEYPROTO_HEADER + 1),
	    0);
	ck_assert_uint_eq(ask_raw(KEYPROTO_PREMASTER, bytes, 8), 0);
	ck_assert_uint_eq(ask_raw(KEYPROTO_PREMASTER, bytes, 8 + 1025), 0);
	ck_assert_uint_eq(client.stats.requests, 1);
}
END_TEST

START_TEST(a_hash_longer_than_its_packet_closes)
{
	uint8_t payload[128];
	size_t len = sign_payload(&good, payload);

	payload[10] = 33;
	ck_assert_uint_gt(ask_raw(KEYPROTO_SIGN13, payload, len), 0);
	ck_assert_uint_eq(got.status, KEYPROTO_BADMSG);
	ck_assert(closes);
	payload[10] = 31;
	ask_raw(KEYPROTO_SIGN13, payload, len);
	ck_assert(closes);
	payload[10] = payload[11] = 0xff;
	ask_raw(KEYPROTO_SIGN13, payload, len);
	ck_assert(closes);
	ck_assert_uint_eq(client.stats.signatures, 0);
}
END_TEST

static const struct {
	const char *what;
	struct raw raw;
} frames[] = {
	{ "magic", { 0x324b5053u, 1, 0, KEYPROTO_PING, 0, 0, 10, 0, 0 } },
	{ "length", { MAGIC, 1, 0, KEYPROTO_PING, 1, 0, 10, 0, 0 } },
	{ "long", { MAGIC, 1, 0, KEYPROTO_PING, 0xffffffff, 0, 10, 0, 0 } },
	{ "flag 2", { MAGIC, 1, 0, KEYPROTO_PING, 0, 2, 10, 0, 0 } },
	{ "flag 31", { MAGIC, 1, 0, KEYPROTO_PING, 0, 1u << 31, 10, 0, 0 } },
	{ "an answer", { MAGIC, 1, 0, KEYPROTO_PING, 0, 1, 10, 0, 0 } },
	{ "a refusal", { MAGIC, 1, 0, KEYPROTO_PING, 0, 1, 10, 0, 3 } },
	{ "a status", { MAGIC, 1, 0, KEYPROTO_PING, 0, 0, 10, 0, 3 } },
	{ "no status", { MAGIC, 1, 0, KEYPROTO_PING, 0, 0, 10, 0, 99 } },
	{ "id 0", { MAGIC, 1, 0, KEYPROTO_PING, 0, 0, 0, 0, 0 } },
	{ "the same id", { MAGIC, 1, 0, KEYPROTO_PING, 0, 0, 1, 0, 0 } },
};

START_TEST(a_broken_frame_closes_unanswered)
{
	/* setup's HELLO had id 1 */
	ck_assert_msg(
	    give_raw(&frames[_i].raw, "", 0) == 0, "%s", frames[_i].what);
	ck_assert(closes);
}
END_TEST

START_TEST(another_major_version_closes)
{
	const struct raw raw = { MAGIC, 2, 0, KEYPROTO_PING, 0, 0, 10, 0, 0 };

	give_raw(&raw, "", 0);
	ck_assert(closes);
}
END_TEST

START_TEST(ids_must_increase_and_may_skip)
{
	struct raw raw = { MAGIC, 1, 0, KEYPROTO_PING, 0, 0, 10, 0, 0 };

	ck_assert_uint_gt(give_raw(&raw, "", 0), 0);
	ck_assert_uint_eq(got.id, 10);
	ck_assert(!closes);
	raw.id = 9;
	ck_assert_uint_eq(give_raw(&raw, "", 0), 0);
	ck_assert(closes);
	raw.id = UINT64_MAX;
	ck_assert_uint_gt(give_raw(&raw, "", 0), 0);
	ck_assert(!closes);
	ck_assert_uint_eq(give_raw(&raw, "", 0), 0);
	raw.id = 0;
	ck_assert_uint_eq(give_raw(&raw, "", 0), 0);
}
END_TEST

/* Of all channels together, whoever was first. */
START_TEST(a_key_is_used_as_often_as_its_rate_says)
{
	struct client other = client;

	*keystore_rate(store, MINE) = rate_of(&(struct keyproto_rate){ 10, 3 });
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	ck_assert_uint_eq(sign(&good), KEYPROTO_RATE);
	ck_assert(!closes);
	ck_assert_uint_eq(body.len, 0);
	client = other;
	ck_assert_uint_eq(sign(&good), KEYPROTO_RATE);
	ck_assert_uint_eq(client.stats.refused, 1);
	client.now_ns += 100 * 1000 * 1000;
	ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	ck_assert_uint_eq(sign(&good), KEYPROTO_RATE);
}
END_TEST

/* Of all keys together; and a neighbour does not feel it. */
START_TEST(a_channel_signs_as_often_as_its_rate_says)
{
	struct client other = client;
	struct ask another = good;

	load(EMPTY, BIT(SIGN13));
	another.slot = EMPTY;
	client.rate = rate_of(&(struct keyproto_rate){ 10, 2 });
	ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	ck_assert_uint_eq(sign(&another), KEYPROTO_OK);
	ck_assert_uint_eq(sign(&another), KEYPROTO_RATE);
	ck_assert_uint_eq(sign(&good), KEYPROTO_RATE);
	client = other;
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
}
END_TEST

/* Else a client that is refused would use up the key for others. */
START_TEST(what_is_refused_is_counted_nowhere)
{
	struct client other = client;

	*keystore_rate(store, MINE) = rate_of(&(struct keyproto_rate){ 10, 4 });
	client.rate = rate_of(&(struct keyproto_rate){ 10, 1 });
	ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	for (int i = 0; i < 50; i++)
		ck_assert_uint_eq(sign(&good), KEYPROTO_RATE);
	client = other;
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(sign(&good), KEYPROTO_OK);
	ck_assert_uint_eq(sign(&good), KEYPROTO_RATE);
	/* What is not permitted at all is said before. */
	ck_assert_uint_eq(sign12(MINE, 0x0403), KEYPROTO_DENIED);
	ck_assert_uint_eq(sign12(OTHERS, 0x0403), KEYPROTO_NOKEY);
}
END_TEST

static uint32_t
ticketkeys(uint64_t epoch)
{
	uint8_t payload[8];
	size_t len = keyproto_long_build(epoch, payload, sizeof payload);

	ck_assert_uint_gt(ask_raw(KEYPROTO_TICKETKEYS, payload, len), 0);
	ck_assert(!closes);
	return got.status;
}

START_TEST(ticket_keys_are_a_servers_and_come_from_who_has_the_root)
{
	const struct keyproto_ticketroot times = { 3600, 14400 };
	struct keyproto_ticketkeys keys, others;

	ck_assert_uint_eq(ticketkeys(0), KEYPROTO_NOKEY);
	ck_assert_int_eq(
	    tickets_load(tickets, &times, -1, (uint64_t)time(NULL) - 3600),
	    KEYPROTO_OK);
	ck_assert_uint_eq(ticketkeys(0), KEYPROTO_OK);
	ck_assert(keyproto_ticketkeys_parse(body, &keys));
	ck_assert_uint_eq(keys.key[0].epoch, keys.current);
	ck_assert_uint_eq(ticketkeys(keys.current - 1), KEYPROTO_OK);
	ck_assert_uint_eq(ticketkeys(keys.current + 2), KEYPROTO_STALE);
	ck_assert_uint_eq(ticketkeys(1), KEYPROTO_STALE);
	ck_assert_uint_eq(ticketkeys(UINT64_MAX), KEYPROTO_STALE);
	/* Whose keys: the grant says it, not the request. */
	strcpy(client.grant.client, "other");
	ck_assert_uint_eq(ticketkeys(0), KEYPROTO_OK);
	ck_assert(keyproto_ticketkeys_parse(body, &others));
	ck_assert_mem_ne(keys.key[0].secret, others.key[0].secret,
	    sizeof keys.key[0].secret);
	client.grant.role = KEYPROTO_CLIENT;
	ck_assert_uint_eq(ticketkeys(0), KEYPROTO_DENIED);
}
END_TEST

/* ---- digests ---- */

static uint32_t
sign_digest(uint16_t slot, uint32_t generation)
{
	const struct keyproto_sign asked = { .slot = slot,
		.scheme = 0x0403,
		.generation = generation,
		.digest = slice_of(hash, 32) };
	uint8_t payload[128];
	size_t len = keyproto_signdigest_build(&asked, payload, sizeof payload);

	ck_assert_uint_gt(ask_raw(KEYPROTO_SIGNDIGEST, payload, len), 0);
	return got.status;
}

/* By the role of the channel and for the key: neither is enough. */
START_TEST(a_digest_is_signed_where_both_allow_it_and_nothing_else_is_then)
{
	static const uint32_t roles[] = { KEYPROTO_SERVER, KEYPROTO_CLIENT };
	struct keyproto_keyfile file = { .slot = MINE,
		.operations = keyproto_operation(KEYPROTO_SIGN13) |
			      keyproto_operation(KEYPROTO_SIGN12) |
			      keyproto_operation(KEYPROTO_SIGNDIGEST) };
	struct keyproto_keytold told;

	client.grant.role = KEYPROTO_DIGEST;
	ck_assert_uint_eq(sign_digest(MINE, 1), KEYPROTO_DENIED);
	ck_assert_int_eq(
	    keystore_put(store, &file, EVP_EC_gen("P-256"), 0, &told),
	    KEYPROTO_SERVED);
	for (size_t i = 0; i < COUNT(roles); i++) {
		client.grant.role = roles[i];
		ck_assert_uint_eq(sign_digest(MINE, 2), KEYPROTO_DENIED);
	}
	client.grant.role = KEYPROTO_DIGEST;
	/* It was read anew: another generation. */
	ck_assert_uint_eq(sign_digest(MINE, 1), KEYPROTO_STALE);
	ck_assert_uint_eq(sign_digest(MINE, 2), KEYPROTO_OK);
	ck_assert_uint_eq(client.last.type, KEYPROTO_SIGNDIGEST);
	ck_assert_uint_eq(client.last.scheme, 0x0403);
	ck_assert_uint_eq(
	    sign(&(struct ask){ MINE, 0x0403, 2, KEYPROTO_SHA256, 32 }),
	    KEYPROTO_DENIED);
	ck_assert_uint_eq(sign12(MINE, 0x0403), KEYPROTO_DENIED);
	ck_assert_uint_eq(sign12cv(MINE, 0x0403, 3), KEYPROTO_DENIED);
	ck_assert_uint_eq(premaster(MINE, 256), KEYPROTO_DENIED);
	ck_assert_uint_eq(sign_digest(OTHERS, 1), KEYPROTO_NOKEY);
}
END_TEST

START_TEST(what_only_masters_may_say_is_unsupported_here)
{
	static const struct {
		uint16_t type;
		size_t len;
	} types[] = { { KEYPROTO_NEWCHANNEL, 4 },
		{ KEYPROTO_NEWCLIENTCHANNEL, 4 }, { KEYPROTO_KEYFILE, 78 },
		{ KEYPROTO_RECORD, 208 }, { KEYPROTO_AUDIT, 68 },
		{ KEYPROTO_AUDITLOG, 8 }, { KEYPROTO_STATUS, 0 },
		{ KEYPROTO_GRANT, 76 + KEYPROTO_SLOTS / 8 },
		{ KEYPROTO_KEYCHANGED, 4 }, { KEYPROTO_GOAWAY, 4 },
		{ KEYPROTO_TICKETROOT, 8 }, { KEYPROTO_KEYPART, 4 },
		{ KEYPROTO_COUNTS, 4 }, { KEYPROTO_GENERATE, 4 },
		{ KEYPROTO_REQUEST, 4 } };
	static const uint8_t bytes[76 + KEYPROTO_SLOTS / 8] = { 1, 0, 0, 0, 255,
		255 };
	const struct keyproto_grant before = client.grant;

	for (size_t i = 0; i < COUNT(types); i++) {
		ck_assert_uint_gt(
		    ask_raw(types[i].type, bytes, types[i].len), 0);
		ck_assert_uint_eq(got.status, KEYPROTO_UNSUPPORTED);
		ck_assert(!closes);
	}
	ck_assert_mem_eq(&client.grant, &before, sizeof before);
	ck_assert_uint_eq(keystore_count(store), 3);
}
END_TEST

START_TEST(every_other_type_is_unsupported_whatever_it_brings)
{
	static const uint8_t bytes[512];

	for (unsigned type = 0; type <= 0xffff; type++) {
		if ((type > 0 && type <= KEYPROTO_STATS) ||
		    type == KEYPROTO_SIGNDIGEST ||
		    type == KEYPROTO_KEYCHANGED || type == KEYPROTO_GOAWAY ||
		    type == KEYPROTO_NEWCHANNEL ||
		    type == KEYPROTO_NEWCLIENTCHANNEL ||
		    type == KEYPROTO_KEYFILE || type == KEYPROTO_STATUS ||
		    type == KEYPROTO_GRANT || type == KEYPROTO_TICKETROOT ||
		    type == KEYPROTO_KEYPART || type == KEYPROTO_COUNTS ||
		    (type >= KEYPROTO_RECORD && type <= KEYPROTO_REQUEST))
			continue;
		ck_assert_msg(ask_raw((uint16_t)type, bytes, type % 512) > 0 &&
				  got.status == KEYPROTO_UNSUPPORTED && !closes,
		    "type %u", type);
	}
}
END_TEST

START_TEST(a_request_past_its_deadline_is_not_computed)
{
	struct keyproto_header header = { .type = KEYPROTO_SIGN13,
		.micros = 1000 };
	uint8_t payload[128], packet[256];
	struct slice request = slice_of(payload, sign_payload(&good, payload));
	static const struct {
		uint64_t waited;
		uint32_t micros, status;
	} cases[] = { { 1001, 1000, KEYPROTO_DEADLINE },
		{ 1000, 1000, KEYPROTO_OK }, { 0, 1, KEYPROTO_OK },
		{ UINT64_MAX, 0xffffffff, KEYPROTO_DEADLINE },
		{ UINT64_MAX, 0, KEYPROTO_OK } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t signatures = client.stats.signatures;

		header.micros = cases[i].micros;
		header.id = client.last_id + 1;
		ck_assert_uint_gt(
		    give(packet, keyproto_build(&header, request, packet, 256),
			cases[i].waited),
		    0);
		ck_assert_uint_eq(got.status, cases[i].status);
		ck_assert(!closes);
		ck_assert_uint_eq(client.stats.signatures - signatures,
		    cases[i].status == KEYPROTO_OK);
	}
	ck_assert_uint_eq(client.stats.expired, 2);
}
END_TEST

START_TEST(cancel_and_ping_and_stats_are_answered)
{
	struct keyproto_stats stats;
	static const uint8_t id[8] = { 5 };

	sign(&good);
	sign(&refusals[0].ask);
	ck_assert_uint_gt(ask_raw(KEYPROTO_CANCEL, id, 8), 0);
	ck_assert_uint_eq(got.status, KEYPROTO_OK);
	ck_assert_uint_gt(ask_raw(KEYPROTO_PING, id, 0), 0);
	ck_assert_uint_eq(got.status, KEYPROTO_OK);
	ck_assert_uint_gt(ask_raw(KEYPROTO_STATS, id, 0), 0);
	ck_assert(keyproto_stats_parse(body, &stats));
	ck_assert_uint_eq(stats.requests, 6);
	ck_assert_uint_eq(stats.signatures, 1);
	ck_assert_uint_eq(stats.refused, 1);
}
END_TEST

/* The same numbers each time: what fails can be run again. */
static uint32_t
next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

START_TEST(arbitrary_bytes_never_kill)
{
	static uint8_t packet[KEYPROTO_PACKET_MAX + 64];
	uint32_t state = (uint32_t)_i + 1;

	for (int round = 0; round < 20000; round++) {
		size_t len = next_number(&state) %
			     (round % 50 == 0 ? sizeof packet : 128);

		for (size_t i = 0; i < len; i++)
			packet[i] = (uint8_t)next_number(&state);
		give(packet, len, 0);
	}
	ck_assert_uint_eq(client.stats.signatures, 0);
}
END_TEST

/* Near misses get further than noise: one byte of a good request is changed. */
START_TEST(changed_requests_never_kill)
{
	struct keyproto_header header = { .type = KEYPROTO_SIGN13 };
	uint8_t payload[128], packet[256];
	struct slice request = slice_of(payload, sign_payload(&good, payload));
	size_t len;

	for (size_t at = 0; at < KEYPROTO_HEADER + 12; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			client.last_id = 0;
			header.id = 1u << 16;
			len = keyproto_build(&header, request, packet, 256);
			packet[at] ^= (uint8_t)(1u << bit);
			give(packet, len, 0);
		}
}
END_TEST

static Suite *
request_suite(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, hello_is_answered_with_what_the_channel_is);
	tcase_add_test(tcase, a_version_that_is_not_ours_closes);
	tcase_add_test(tcase, nothing_is_done_before_hello);
	tcase_add_test(tcase, keys_tells_of_granted_slots_that_have_a_key);
	tcase_add_test(tcase, keys_from_any_index_stays_in_bounds);
	tcase_add_test(tcase, a_granted_key_signs_and_is_counted);
	tcase_add_test(tcase, what_is_counted_is_what_there_is);
	tcase_add_loop_test(tcase,
	    what_may_not_be_signed_is_refused_and_the_channel_stays, 0,
	    (int)COUNT(refusals));
	tcase_add_test(tcase, not_yours_and_not_there_are_the_same_answer);
	tcase_add_test(tcase, the_role_is_the_grants_and_not_the_clients);
	tcase_add_loop_test(tcase, a_key_does_what_it_is_for_and_nothing_else,
	    0, (int)COUNT(permissions));
	tcase_add_test(tcase, a_premaster_secret_is_always_48_bytes);
	tcase_add_test(
	    tcase, slots_of_others_are_not_there_for_older_versions_either);
	tcase_add_test(tcase, each_length_but_the_types_own_closes);
	tcase_add_test(tcase, a_hash_longer_than_its_packet_closes);
	tcase_add_loop_test(
	    tcase, a_broken_frame_closes_unanswered, 0, (int)COUNT(frames));
	tcase_add_test(tcase, another_major_version_closes);
	tcase_add_test(tcase, ids_must_increase_and_may_skip);
	tcase_add_test(tcase, a_key_is_used_as_often_as_its_rate_says);
	tcase_add_test(tcase, a_channel_signs_as_often_as_its_rate_says);
	tcase_add_test(tcase, what_is_refused_is_counted_nowhere);
	tcase_add_test(
	    tcase, ticket_keys_are_a_servers_and_come_from_who_has_the_root);
	tcase_add_test(tcase,
	    a_digest_is_signed_where_both_allow_it_and_nothing_else_is_then);
	tcase_add_test(tcase, what_only_masters_may_say_is_unsupported_here);
	tcase_add_test(
	    tcase, every_other_type_is_unsupported_whatever_it_brings);
	tcase_add_test(tcase, a_request_past_its_deadline_is_not_computed);
	tcase_add_test(tcase, cancel_and_ping_and_stats_are_answered);
	tcase_add_loop_test(tcase, arbitrary_bytes_never_kill, 0, 3);
	tcase_add_test(tcase, changed_requests_never_kill);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(request_suite)
