/*
 * ipc/keyproto.c: golden packets, and every length and number that is refused.
 */
#include "ipc/keyproto.h"

#include <stdio.h>

#include "tests/unit/unit.h"

static uint8_t golden[KEYPROTO_PACKET_MAX];

/* The bytes of a golden packet; len 0 when the file has none of that name. */
static struct slice
golden_packet(const char *name)
{
	FILE *file = fopen("tests/golden/keyproto.txt", "r");
	char line[2 * KEYPROTO_PACKET_MAX], *hex;
	size_t len = 0;

	ck_assert_ptr_nonnull(file);
	while (len == 0 && fgets(line, sizeof line, file) != NULL) {
		if ((hex = strchr(line, ' ')) == NULL)
			continue;
		*hex++ = '\0';
		if (strcmp(line, name) != 0)
			continue;
		while (hex[0] != '\n' && hex[0] != '\0') {
			unsigned byte;

			ck_assert_int_eq(sscanf(hex, "%2x", &byte), 1);
			golden[len++] = (uint8_t)byte;
			hex += 2;
		}
	}
	fclose(file);
	ck_assert_msg(len > 0, "%s is not in the golden file", name);
	return slice_of(golden, len);
}

/* Each payload is parsed, built again, and must come out the same. */
#define ROUND(name, type)                                                      \
	static size_t round_##name(struct slice in, uint8_t *out, size_t room) \
	{                                                                      \
		static struct keyproto_##type value;                           \
                                                                               \
		if (!keyproto_##name##_parse(in, &value))                      \
			return 0;                                              \
		return keyproto_##name##_build(&value, out, room);             \
	}
ROUND(hello, hello)
ROUND(welcome, welcome)
ROUND(keys, keys)
ROUND(sign13, sign)
ROUND(sign12, sign)
ROUND(sign12cv, sign)
ROUND(premaster, sign)
ROUND(signdigest, sign)
ROUND(stats, stats)
ROUND(newchannel, newchannel)
ROUND(keyfile, keyfile)
ROUND(keypart, keypart)
ROUND(generate, generate)
ROUND(request, request)
ROUND(keytold, keytold)
ROUND(module, module)
ROUND(keytoken, keytoken)
ROUND(record, record)
ROUND(audit, audit)
ROUND(auditlog, auditlog)
ROUND(grant, grant)
ROUND(ticketkeys, ticketkeys)
ROUND(ticketroot, ticketroot)
ROUND(processes, processes)
ROUND(counts, counts)

static size_t
round_number(struct slice in, uint8_t *out, size_t room)
{
	uint32_t number;

	if (!keyproto_number_parse(in, &number))
		return 0;
	return keyproto_number_build(number, out, room);
}

static size_t
round_long(struct slice in, uint8_t *out, size_t room)
{
	uint64_t id;

	if (!keyproto_long_parse(in, &id))
		return 0;
	return keyproto_long_build(id, out, room);
}

static const struct {
	const char *name;
	enum keyproto_status parsed;
	uint16_t type;
	size_t (*round)(struct slice, uint8_t *, size_t);
	bool any_length; /* the payload is bytes of the peer's choice */
} packets[] = {
	{ "hello", KEYPROTO_OK, KEYPROTO_HELLO, round_hello, false },
	{ "welcome", KEYPROTO_OK, KEYPROTO_HELLO, round_welcome, false },
	{ "keys", KEYPROTO_OK, KEYPROTO_KEYS, round_number, false },
	{ "keys-answer", KEYPROTO_OK, KEYPROTO_KEYS, round_keys, false },
	{ "sign13", KEYPROTO_OK, KEYPROTO_SIGN13, round_sign13, false },
	{ "sign13-answer", KEYPROTO_OK, KEYPROTO_SIGN13, NULL, true },
	{ "sign13-refused", KEYPROTO_OK, KEYPROTO_SIGN13, NULL, false },
	{ "sign12", KEYPROTO_OK, KEYPROTO_SIGN12, round_sign12, true },
	{ "sign12-answer", KEYPROTO_OK, KEYPROTO_SIGN12, NULL, true },
	{ "sign12cv", KEYPROTO_OK, KEYPROTO_SIGN12CV, round_sign12cv, true },
	{ "premaster", KEYPROTO_OK, KEYPROTO_PREMASTER, round_premaster, true },
	{ "premaster-answer", KEYPROTO_OK, KEYPROTO_PREMASTER, NULL, false },
	{ "premaster-refused", KEYPROTO_OK, KEYPROTO_PREMASTER, NULL, false },
	{ "ticketkeys", KEYPROTO_OK, KEYPROTO_TICKETKEYS, round_long, false },
	{ "ticketkeys-answer", KEYPROTO_OK, KEYPROTO_TICKETKEYS,
	    round_ticketkeys, false },
	{ "ticketkeys-refused", KEYPROTO_OK, KEYPROTO_TICKETKEYS, NULL, false },
	{ "cancel", KEYPROTO_OK, KEYPROTO_CANCEL, round_long, false },
	{ "ping", KEYPROTO_OK, KEYPROTO_PING, NULL, false },
	{ "stats-answer", KEYPROTO_OK, KEYPROTO_STATS, round_stats, false },
	{ "keychanged", KEYPROTO_OK, KEYPROTO_KEYCHANGED, round_number, false },
	{ "goaway", KEYPROTO_OK, KEYPROTO_GOAWAY, round_number, false },
	{ "newchannel", KEYPROTO_OK, KEYPROTO_NEWCHANNEL, round_number, false },
	{ "newchannel-answer", KEYPROTO_OK, KEYPROTO_NEWCHANNEL,
	    round_newchannel, false },
	{ "newclientchannel", KEYPROTO_OK, KEYPROTO_NEWCLIENTCHANNEL,
	    round_number, false },
	{ "newclientchannel-answer", KEYPROTO_OK, KEYPROTO_NEWCLIENTCHANNEL,
	    round_newchannel, false },
	{ "keyfile", KEYPROTO_OK, KEYPROTO_KEYFILE, round_keyfile, false },
	{ "keyfile-answer", KEYPROTO_OK, KEYPROTO_KEYFILE, round_keytold,
	    false },
	{ "record", KEYPROTO_OK, KEYPROTO_RECORD, round_record, false },
	{ "audit", KEYPROTO_OK, KEYPROTO_AUDIT, round_audit, false },
	{ "auditlog", KEYPROTO_OK, KEYPROTO_AUDITLOG, round_auditlog, false },
	{ "signdigest", KEYPROTO_OK, KEYPROTO_SIGNDIGEST, round_signdigest,
	    true },
	{ "generate", KEYPROTO_OK, KEYPROTO_GENERATE, round_generate, false },
	{ "request", KEYPROTO_OK, KEYPROTO_REQUEST, round_request, true },
	{ "module", KEYPROTO_OK, KEYPROTO_MODULE, round_module, false },
	{ "keytoken", KEYPROTO_OK, KEYPROTO_KEYTOKEN, round_keytoken, false },
	{ "keypart", KEYPROTO_OK, KEYPROTO_KEYPART, round_keypart, false },
	{ "status-answer", KEYPROTO_OK, KEYPROTO_STATUS, round_processes,
	    false },
	{ "grant", KEYPROTO_OK, KEYPROTO_GRANT, round_grant, false },
	{ "counts", KEYPROTO_OK, KEYPROTO_COUNTS, round_number, false },
	{ "counts-answer", KEYPROTO_OK, KEYPROTO_COUNTS, round_counts, false },
	{ "ticketroot", KEYPROTO_OK, KEYPROTO_TICKETROOT, round_ticketroot,
	    false },
};

START_TEST(golden_packets_come_out_as_they_went_in)
{
	struct slice packet = golden_packet(packets[_i].name), payload;
	uint8_t body[KEYPROTO_PACKET_MAX], out[KEYPROTO_PACKET_MAX];
	struct keyproto_header header;
	size_t len;

	ck_assert_int_eq(
	    keyproto_parse(packet, &header, &payload), packets[_i].parsed);
	ck_assert_uint_eq(header.type, packets[_i].type);
	ck_assert_uint_eq(header.id, 7);
	ck_assert_uint_eq(header.micros, 250000);
	if (packets[_i].round != NULL) {
		len = packets[_i].round(payload, body, sizeof body);
		ck_assert_uint_eq(len, payload.len);
		payload = slice_of(body, len);
	}
	len = keyproto_build(&header, payload, out, sizeof out);
	ck_assert_uint_eq(len, packet.len);
	ck_assert_mem_eq(out, packet.data, len);
}
END_TEST

/* The packet cut or stretched to len, its length field telling the truth. */
static enum keyproto_status
parse_resized(struct slice packet, size_t len)
{
	uint8_t bytes[KEYPROTO_PACKET_MAX + 1] = { 0 };
	struct keyproto_header header;
	struct slice payload;

	memcpy(bytes, packet.data, len < packet.len ? len : packet.len);
	bytes[8] = (uint8_t)(len - KEYPROTO_HEADER);
	bytes[9] = (uint8_t)((len - KEYPROTO_HEADER) >> 8);
	return keyproto_parse(slice_of(bytes, len), &header, &payload);
}

START_TEST(a_payload_one_byte_off_is_refused)
{
	struct slice packet = golden_packet(packets[_i].name);

	if (packets[_i].parsed == KEYPROTO_OK && !packets[_i].any_length)
		ck_assert_int_eq(
		    parse_resized(packet, packet.len + 1), KEYPROTO_BADMSG);
	if (packet.len > KEYPROTO_HEADER && !packets[_i].any_length)
		ck_assert_int_eq(
		    parse_resized(packet, packet.len - 1), KEYPROTO_BADMSG);
}
END_TEST

START_TEST(a_packet_cut_anywhere_is_refused)
{
	struct slice packet = golden_packet(packets[_i].name), payload;
	struct keyproto_header header;

	for (size_t len = 0; len < packet.len; len++)
		ck_assert_int_eq(keyproto_parse(slice_of(packet.data, len),
				     &header, &payload),
		    KEYPROTO_BADMSG);
}
END_TEST

static const struct {
	const char *what;
	size_t at;
	uint8_t value;
	enum keyproto_status status;
} damages[] = {
	{ "other magic", 0, 'X', KEYPROTO_BADMSG },
	{ "other major version", 4, 2, KEYPROTO_VERSION },
	{ "newer minor version", 5, 9, KEYPROTO_OK },
	{ "unknown type", 6, 200, KEYPROTO_UNSUPPORTED },
	{ "length one too many", 8, 1, KEYPROTO_BADMSG },
	{ "length of four gigabytes", 11, 255, KEYPROTO_BADMSG },
	{ "unknown flag", 12, 2, KEYPROTO_BADMSG },
	{ "unknown high flag", 15, 128, KEYPROTO_BADMSG },
	{ "request with a status", 28, 3, KEYPROTO_BADMSG },
	{ "status out of range", 28, KEYPROTO_STATUS_COUNT, KEYPROTO_BADMSG },
};

START_TEST(a_damaged_header_gets_its_status)
{
	struct keyproto_header header;
	struct slice payload;

	golden_packet("ping");
	golden[damages[_i].at] = damages[_i].value;
	ck_assert_msg(keyproto_parse(slice_of(golden, KEYPROTO_HEADER), &header,
			  &payload) == damages[_i].status,
	    "%s", damages[_i].what);
}
END_TEST

START_TEST(counts_that_disagree_with_the_bytes_are_refused)
{
	static struct keyproto_keys keys;
	static struct keyproto_processes processes;
	static struct keyproto_counts counts;
	struct slice payload;

	payload = golden_packet("keys-answer");
	golden[KEYPROTO_HEADER + 4] = 2;
	ck_assert(!keyproto_keys_parse(
	    slice_of(golden + KEYPROTO_HEADER, payload.len - KEYPROTO_HEADER),
	    &keys));
	golden[KEYPROTO_HEADER + 7] = 255;
	ck_assert(!keyproto_keys_parse(
	    slice_of(golden + KEYPROTO_HEADER, payload.len - KEYPROTO_HEADER),
	    &keys));
	payload = golden_packet("status-answer");
	golden[KEYPROTO_HEADER] = KEYPROTO_STATUS_MAX + 1;
	ck_assert(!keyproto_processes_parse(
	    slice_of(golden + KEYPROTO_HEADER, payload.len - KEYPROTO_HEADER),
	    &processes));
	payload = golden_packet("counts-answer");
	payload =
	    slice_of(golden + KEYPROTO_HEADER, payload.len - KEYPROTO_HEADER);
	ck_assert(keyproto_counts_parse(payload, &counts));
	ck_assert_uint_eq(counts.row[0].count, 1ull << 33);
	golden[KEYPROTO_HEADER + 16 + 2 * 16 * 8 + 4] = 3;
	ck_assert(!keyproto_counts_parse(payload, &counts));
	golden[KEYPROTO_HEADER + 16 + 2 * 16 * 8 + 6] = 1;
	ck_assert(!keyproto_counts_parse(payload, &counts));
}
END_TEST

/* A client waits for these: nothing may come out negative. */
START_TEST(ticket_times_are_in_order)
{
	enum { BEGINS = 16, ENDS = 24, DIES = 32, KEY = 80 };
	struct slice packet = golden_packet("ticketkeys-answer");
	struct slice payload =
	    slice_of(golden + KEYPROTO_HEADER, packet.len - KEYPROTO_HEADER);
	struct keyproto_ticketkeys keys;
	uint8_t *times = golden + KEYPROTO_HEADER;

	ck_assert(keyproto_ticketkeys_parse(payload, &keys));
	for (size_t key = 0; key < 2; key++, times += KEY) {
		uint8_t saved[DIES + 8];

		memcpy(saved, times, sizeof saved);
		memcpy(times + ENDS, times + BEGINS, 8);
		ck_assert(!keyproto_ticketkeys_parse(payload, &keys));
		memcpy(times, saved, sizeof saved);
		memcpy(times + DIES, times + BEGINS, 8);
		ck_assert(!keyproto_ticketkeys_parse(payload, &keys));
		memcpy(times, saved, sizeof saved);
		memset(times + BEGINS, 0xff, 8);
		ck_assert(!keyproto_ticketkeys_parse(payload, &keys));
		memcpy(times, saved, sizeof saved);
		ck_assert(keyproto_ticketkeys_parse(payload, &keys));
	}
}
END_TEST

START_TEST(a_ticket_root_has_times_that_can_be)
{
	static const struct {
		uint32_t rotate, lifetime;
		bool good;
	} cases[] = { { 1, 1, true }, { 5400, 21600, true }, { 0, 0, false },
		{ 0, 1, false }, { 2, 1, false },
		{ UINT32_MAX, UINT32_MAX, true } };
	uint8_t bytes[8];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct keyproto_ticketroot root = { cases[i].rotate,
			cases[i].lifetime };
		size_t len = keyproto_ticketroot_build(&root, bytes, 8);

		ck_assert_uint_eq(len, 8);
		ck_assert(keyproto_ticketroot_parse(
			      slice_of(bytes, len), &root) == cases[i].good);
	}
}
END_TEST

START_TEST(keys_that_take_as_long_are_of_one_speed)
{
	static const struct {
		uint16_t algorithm;
		uint32_t bits;
		enum keyproto_speed speed;
	} keys[] = { { KEYPROTO_ED25519, 256, KEYPROTO_FAST },
		{ KEYPROTO_EC, 256, KEYPROTO_FAST },
		{ KEYPROTO_EC, 384, KEYPROTO_MEDIUM },
		{ KEYPROTO_EC, 521, KEYPROTO_MEDIUM },
		{ KEYPROTO_RSA, 2048, KEYPROTO_MEDIUM },
		{ KEYPROTO_RSA_PSS, 3072, KEYPROTO_MEDIUM },
		{ KEYPROTO_RSA, 3073, KEYPROTO_SLOW },
		{ KEYPROTO_RSA_PSS, 4096, KEYPROTO_SLOW },
		{ KEYPROTO_RSA, 8192, KEYPROTO_SLOW } };

	for (size_t i = 0; i < COUNT(keys); i++)
		ck_assert_int_eq(
		    keyproto_speed(keys[i].algorithm, keys[i].bits),
		    keys[i].speed);
}
END_TEST

/* The name is used as a string. */
START_TEST(a_grants_name_has_an_end)
{
	struct slice packet = golden_packet("grant");
	struct slice payload =
	    slice_of(golden + KEYPROTO_HEADER, packet.len - KEYPROTO_HEADER);
	struct keyproto_grant grant;

	ck_assert(keyproto_grant_parse(payload, &grant));
	ck_assert_str_eq(grant.client, "frontd");
	golden[packet.len - 1] = 'x';
	ck_assert(!keyproto_grant_parse(payload, &grant));
}
END_TEST

START_TEST(a_hash_length_that_lies_is_refused)
{
	struct slice packet = golden_packet("sign13");
	struct keyproto_sign sign;

	for (unsigned len = 0; len < 256; len++) {
		golden[KEYPROTO_HEADER + 10] = (uint8_t)len;
		ck_assert(
		    keyproto_sign13_parse(slice_of(golden + KEYPROTO_HEADER,
					      packet.len - KEYPROTO_HEADER),
			&sign) == (len == 32));
	}
}
END_TEST

/* The bytes of a peer's choice are the last of a payload, and bounded. */
static const struct {
	const char *name;
	size_t least, most;
} open_ended[] = {
	{ "sign12", 8 + 64 + 36, 8 + 64 + 3 * 1026 },
	{ "sign12cv", 9, KEYPROTO_PACKET_MAX - KEYPROTO_HEADER },
	{ "premaster", 9, 8 + 1024 },
	{ "signdigest", 8 + 28, 8 + 64 },
};

START_TEST(what_has_no_fixed_length_has_bounds)
{
	struct slice packet = golden_packet(open_ended[_i].name);
	enum keyproto_status wanted;

	for (size_t len = 0; len <= KEYPROTO_PACKET_MAX - KEYPROTO_HEADER + 1;
	     len++) {
		wanted =
		    len >= open_ended[_i].least && len <= open_ended[_i].most
			? KEYPROTO_OK
			: KEYPROTO_BADMSG;
		ck_assert_msg(
		    parse_resized(packet, KEYPROTO_HEADER + len) == wanted,
		    "%s of %zu bytes", open_ended[_i].name, len);
	}
}
END_TEST

START_TEST(randoms_have_32_bytes)
{
	static const uint8_t bytes[64];
	struct keyproto_sign sign = { .parameters = slice_of(bytes, 36) };
	uint8_t out[256];

	for (size_t len = 0; len <= sizeof bytes; len++) {
		sign.client_random = slice_of(bytes, len);
		sign.server_random = slice_of(bytes, 32);
		ck_assert((keyproto_sign12_build(&sign, out, sizeof out) !=
			      0) == (len == 32));
		sign.server_random = sign.client_random;
		sign.client_random = slice_of(bytes, 32);
		ck_assert((keyproto_sign12_build(&sign, out, sizeof out) !=
			      0) == (len == 32));
	}
}
END_TEST

START_TEST(schemes_with_sha1_are_an_operation_of_their_own)
{
	unsigned old = 0;

	for (unsigned scheme = 0; scheme <= 0xffff; scheme++)
		old += keyproto_sign_operation((uint16_t)scheme) ==
		       KEYPROTO_SIGN10;
	ck_assert_uint_eq(old, 3);
	ck_assert_uint_eq(keyproto_sign_operation(0x0201), KEYPROTO_SIGN10);
	ck_assert_uint_eq(keyproto_sign_operation(0x0203), KEYPROTO_SIGN10);
	ck_assert_uint_eq(keyproto_sign_operation(0xffff), KEYPROTO_SIGN10);
	ck_assert_uint_eq(keyproto_operation(KEYPROTO_SIGN13), 8);
	ck_assert_uint_eq(keyproto_operation(KEYPROTO_GRANT), 0);
}
END_TEST

START_TEST(nothing_is_built_into_too_little_room)
{
	struct keyproto_header header = { .type = KEYPROTO_PING };
	uint8_t out[KEYPROTO_HEADER];

	for (size_t room = 0; room < KEYPROTO_HEADER; room++)
		ck_assert_uint_eq(
		    keyproto_build(&header, NO_BYTES, out, room), 0);
	ck_assert_uint_eq(keyproto_build(&header, NO_BYTES, out, sizeof out),
	    KEYPROTO_HEADER);
}
END_TEST

static Suite *
keyproto_suite(void)
{
	Suite *suite = suite_create("keyproto");
	TCase *tcase = tcase_create("keyproto");
	int count = (int)COUNT(packets);

	tcase_add_loop_test(
	    tcase, golden_packets_come_out_as_they_went_in, 0, count);
	tcase_add_loop_test(tcase, a_payload_one_byte_off_is_refused, 0, count);
	tcase_add_loop_test(tcase, a_packet_cut_anywhere_is_refused, 0, count);
	tcase_add_loop_test(
	    tcase, a_damaged_header_gets_its_status, 0, (int)COUNT(damages));
	tcase_add_test(tcase, counts_that_disagree_with_the_bytes_are_refused);
	tcase_add_test(tcase, ticket_times_are_in_order);
	tcase_add_test(tcase, a_ticket_root_has_times_that_can_be);
	tcase_add_test(tcase, a_grants_name_has_an_end);
	tcase_add_test(tcase, keys_that_take_as_long_are_of_one_speed);
	tcase_add_test(tcase, a_hash_length_that_lies_is_refused);
	tcase_add_loop_test(tcase, what_has_no_fixed_length_has_bounds, 0,
	    (int)COUNT(open_ended));
	tcase_add_test(tcase, randoms_have_32_bytes);
	tcase_add_test(tcase, schemes_with_sha1_are_an_operation_of_their_own);
	tcase_add_test(tcase, nothing_is_built_into_too_little_room);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(keyproto_suite)
