/*
 * libtls/hello_info.c and libtls/handshake/kept_hello.c: what an application is
 * told of a ClientHello, held against the bytes that it was made of.
 */
#include "libtls/handshake/kept_hello.h"

#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define HEADER 4
#define RECORD 5
#define ROOM 4096

#define ck_error(call, failure, name)                                          \
	do {                                                                   \
		ck_assert((call) == (failure));                                \
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);          \
	} while (0)

/* ---- one by hand ---- */

/* clang-format off */
#define RANDOM 0xa0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 0xa1
#define NAME 0, 0, 0, 8, 0, 6, 0, 0, 3, 'a', '.', 'b'
#define GROUPS 0, 10, 0, 6, 0, 4, 0, 29, 0, 23
#define UNKNOWN 0x44, 0x69, 0, 2, 7, 7
static const uint8_t by_hand[] = { 1, 0, 0, 76,
	3, 3, RANDOM, 3, 's', 'i', 'd', 0, 4, 0x13, 1, 0xc0, 0x2b, 1, 0,
	0, 28, NAME, GROUPS, UNKNOWN };
/* clang-format on */

static struct s2n_client_hello *
parsed(void)
{
	struct s2n_client_hello *ch =
	    s2n_client_hello_parse_message(by_hand, sizeof by_hand);

	ck_assert_msg(ch != NULL, "%s", s2n_strerror_debug(s2n_errno, NULL));
	return ch;
}

static void
done(struct s2n_client_hello *ch)
{
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
	ck_assert_ptr_null(ch);
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}

START_TEST(the_message_has_no_header_and_no_random)
{
	struct s2n_client_hello *ch = parsed();
	uint8_t out[ROOM], expected[sizeof by_hand - HEADER];

	memcpy(expected, by_hand + HEADER, sizeof expected);
	memset(expected + 2, 0, 32);
	ck_assert_int_eq(
	    s2n_client_hello_get_raw_message_length(ch), sizeof expected);
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, sizeof out),
	    sizeof expected);
	ck_assert_mem_eq(out, expected, sizeof expected);
	/* no more than there is room for */
	memset(out, 0xee, sizeof out);
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, 3), 3);
	ck_assert_mem_eq(out, "\x03\x03\x00\xee", 4);
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, 0), 0);
	done(ch);
}
END_TEST

START_TEST(lists_are_copied_as_far_as_they_fit)
{
	static const uint8_t extensions[] = { NAME, GROUPS, UNKNOWN };
	struct s2n_client_hello *ch = parsed();
	uint8_t out[ROOM] = { 0 };
	uint32_t len = 0;

	ck_assert_int_eq(s2n_client_hello_get_cipher_suites_length(ch), 4);
	ck_assert_int_eq(
	    s2n_client_hello_get_cipher_suites(ch, out, sizeof out), 4);
	ck_assert_mem_eq(out, "\x13\x01\xc0\x2b", 5);
	ck_assert_int_eq(s2n_client_hello_get_cipher_suites(ch, out, 2), 2);
	ck_assert_int_eq(s2n_client_hello_get_extensions_length(ch), 28);
	ck_assert_int_eq(
	    s2n_client_hello_get_extensions(ch, out, sizeof out), 28);
	ck_assert_mem_eq(out, extensions, sizeof extensions);
	ck_assert_int_eq(s2n_client_hello_get_extensions(ch, out, 27), 27);
	ck_assert_int_eq(s2n_client_hello_get_session_id_length(ch, &len), 0);
	ck_assert_uint_eq(len, 3);
	ck_assert_int_eq(
	    s2n_client_hello_get_session_id(ch, out, &len, sizeof out), 0);
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(out, "sid", 3);
	memset(out, 0xee, 3);
	ck_assert_int_eq(s2n_client_hello_get_session_id(ch, out, &len, 2), 0);
	ck_assert_uint_eq(len, 2);
	ck_assert_mem_eq(out, "si\xee", 3);
	done(ch);
}
END_TEST

START_TEST(an_extension_is_found_by_its_number)
{
	struct s2n_client_hello *ch = parsed();
	uint8_t out[ROOM];
	bool exists = false;

	ck_assert_int_eq(s2n_client_hello_get_extension_length(
			     ch, S2N_EXTENSION_SUPPORTED_GROUPS),
	    6);
	ck_assert_int_eq(s2n_client_hello_get_extension_by_id(ch,
			     S2N_EXTENSION_SUPPORTED_GROUPS, out, sizeof out),
	    6);
	ck_assert_mem_eq(out, "\x00\x04\x00\x1d\x00\x17", 6);
	ck_assert_int_eq(s2n_client_hello_get_extension_by_id(
			     ch, S2N_EXTENSION_SUPPORTED_GROUPS, out, 5),
	    5);
	ck_assert_int_eq(
	    s2n_client_hello_get_extension_length(ch, S2N_EXTENSION_ALPN), 0);
	/* there, but nothing that the library knows */
	ck_assert_int_eq(s2n_client_hello_get_extension_by_id(
			     ch, (s2n_tls_extension_type)0x4469, out, ROOM),
	    0);
	ck_assert_int_eq(
	    s2n_client_hello_has_extension(ch, 0x4469, &exists), 0);
	ck_assert(exists);
	ck_assert_int_eq(s2n_client_hello_has_extension(ch, 16, &exists), 0);
	ck_assert(!exists);
	ck_assert_int_eq(s2n_client_hello_has_extension(ch, 0, &exists), 0);
	ck_assert(exists);
	done(ch);
}
END_TEST

START_TEST(values_come_whole_or_not_at_all)
{
	static const uint8_t random[] = { RANDOM };
	struct s2n_client_hello *ch = parsed();
	uint8_t out[ROOM];
	uint32_t len = 9;
	uint16_t groups[3] = { 0 }, count = 0;
	uint8_t version = 0;

	ck_assert_int_eq(
	    s2n_client_hello_get_compression_methods_length(ch, &len), 0);
	ck_assert_uint_eq(len, 1);
	ck_error(s2n_client_hello_get_compression_methods(ch, out, 0, &len), -1,
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_int_eq(
	    s2n_client_hello_get_compression_methods(ch, out, 1, &len), 0);
	ck_assert_uint_eq(out[0], 0);
	ck_error(s2n_client_hello_get_random(ch, out, 31), -1,
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_int_eq(s2n_client_hello_get_random(ch, out, 32), 0);
	ck_assert_mem_eq(out, random, 32);
	ck_assert_int_eq(
	    s2n_client_hello_get_supported_groups(ch, groups, 3, &count), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(groups[0], 29);
	ck_assert_uint_eq(groups[1], 23);
	ck_error(s2n_client_hello_get_supported_groups(ch, groups, 1, &count),
	    -1, "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_int_eq(
	    s2n_client_hello_get_server_name_length(ch, &count), 0);
	ck_assert_uint_eq(count, 3);
	ck_error(s2n_client_hello_get_server_name(ch, out, 2, &count), -1,
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_int_eq(
	    s2n_client_hello_get_server_name(ch, out, 3, &count), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert_mem_eq(out, "a.b", 3);
	ck_assert_int_eq(
	    s2n_client_hello_get_legacy_protocol_version(ch, &version), 0);
	ck_assert_int_eq(version, S2N_TLS12);
	ck_error(s2n_client_hello_get_legacy_record_version(ch, &version), -1,
	    "S2N_ERR_INVALID_ARGUMENT");
	done(ch);
}
END_TEST

/* By what its body is; the two bytes after the random are id and suites. */
#define BODY(...) 3, 3, RANDOM, 0, 0, 2, 0x13, 1, 1, 0, __VA_ARGS__

/* clang-format off */
static const struct {
	const char *what;
	struct slice body;
	const char *groups, *name; /* errors' names */
} odd[] = {
	{ "no extensions block", BYTES(3, 3, RANDOM, 0, 0, 2, 0x13, 1, 1, 0),
	    "S2N_ERR_EXTENSION_NOT_RECEIVED", "S2N_ERR_EXTENSION_NOT_RECEIVED" },
	{ "no extension", BYTES(BODY(0, 0)),
	    "S2N_ERR_EXTENSION_NOT_RECEIVED", "S2N_ERR_EXTENSION_NOT_RECEIVED" },
	{ "empty ones", BYTES(BODY(0, 8, 0, 0, 0, 0, 0, 10, 0, 0)),
	    "S2N_ERR_INVALID_PARSED_EXTENSIONS", "S2N_ERR_INVALID_PARSED_EXTENSIONS" },
	{ "a group and a half", BYTES(BODY(0, 9, 0, 10, 0, 5, 0, 3, 0, 29, 0)),
	    "S2N_ERR_INVALID_PARSED_EXTENSIONS", "S2N_ERR_EXTENSION_NOT_RECEIVED" },
	{ "a byte behind the groups", BYTES(BODY(0, 9, 0, 10, 0, 5, 0, 2, 0, 29, 0)),
	    "S2N_ERR_INVALID_PARSED_EXTENSIONS", "S2N_ERR_EXTENSION_NOT_RECEIVED" },
	{ "a name of another type", BYTES(BODY(0, 11, 0, 0, 0, 7, 0, 5, 1, 0, 2, 'a', 'b')),
	    "S2N_ERR_EXTENSION_NOT_RECEIVED", "S2N_ERR_INVALID_PARSED_EXTENSIONS" },
	{ "a name beyond the end", BYTES(BODY(0, 11, 0, 0, 0, 7, 0, 5, 0, 0, 3, 'a', 'b')),
	    "S2N_ERR_EXTENSION_NOT_RECEIVED", "S2N_ERR_INVALID_PARSED_EXTENSIONS" },
};
/* clang-format on */

static struct s2n_client_hello *
parse_body(struct slice body)
{
	struct s2n_client_hello *ch;
	struct writer message;

	writer_init(&message, ROOM);
	writer_u8(&message, 1);
	writer_vec24(&message, body);
	ck_assert(!message.failed);
	ch =
	    s2n_client_hello_parse_message(message.data, (uint32_t)message.len);
	writer_free(&message);
	return ch;
}

START_TEST(what_is_missing_or_malformed_is_told)
{
	struct s2n_client_hello *ch = parse_body(odd[_i].body);
	uint16_t groups[9], count = 9;
	uint8_t name[9];

	ck_assert_msg(ch != NULL, "%s: %s", odd[_i].what,
	    s2n_strerror_debug(s2n_errno, NULL));
	ck_error(s2n_client_hello_get_supported_groups(ch, groups, 9, &count),
	    -1, odd[_i].groups);
	ck_error(s2n_client_hello_get_server_name_length(ch, &count), -1,
	    odd[_i].name);
	ck_error(s2n_client_hello_get_server_name(ch, name, 9, &count), -1,
	    odd[_i].name);
	ck_assert_uint_eq(count, 0);
	done(ch);
}
END_TEST

/* clang-format off */
static const struct {
	const char *what;
	struct slice message;
	const char *error;
} bad[] = {
	{ "nothing", BYTES(0), "S2N_ERR_BAD_MESSAGE" },
	{ "an empty body", BYTES(1, 0, 0, 0), "S2N_ERR_BAD_MESSAGE" },
	{ "another message", BYTES(2, 0, 0, 43, BODY(0, 0)), "S2N_ERR_BAD_MESSAGE" },
	{ "a length too short", BYTES(1, 0, 0, 42, BODY(0, 0)), "S2N_ERR_BAD_MESSAGE" },
	{ "a length too long", BYTES(1, 0, 0, 44, BODY(0, 0)), "S2N_ERR_BAD_MESSAGE" },
	{ "one suite byte", BYTES(1, 0, 0, 40, 3, 3, RANDOM, 0, 0, 1, 1, 1, 0), "S2N_ERR_BAD_MESSAGE" },
	{ "half an extension", BYTES(1, 0, 0, 46, BODY(0, 3, 0, 5, 0)), "S2N_ERR_BAD_MESSAGE" },
	{ "an extension beyond the end", BYTES(1, 0, 0, 47, BODY(0, 4, 0, 5, 0, 1)), "S2N_ERR_BAD_MESSAGE" },
	{ "an extension twice", BYTES(1, 0, 0, 51, BODY(0, 8, 0x44, 0x69, 0, 0, 0x44, 0x69, 0, 0)), "S2N_ERR_DUPLICATE_EXTENSION" },
};
/* clang-format on */

START_TEST(what_is_no_client_hello_is_refused)
{
	struct slice message = bad[_i].message;

	ck_error(
	    s2n_client_hello_parse_message(message.data, (uint32_t)message.len),
	    NULL, bad[_i].error);
}
END_TEST

/* Every cut of a good one is refused, and read no further. */
START_TEST(no_part_of_one_is_taken_for_it)
{
	for (uint32_t len = 0; len < sizeof by_hand; len++) {
		uint8_t *part = malloc(len + 1);

		memcpy(part, by_hand, len);
		ck_error(s2n_client_hello_parse_message(part, len), NULL,
		    "S2N_ERR_BAD_MESSAGE");
		free(part);
	}
}
END_TEST

/* ---- those of connections ---- */

/* The client's first record: one message, as long as it is short. */
static void
compare_with_wire(struct peers *peers, struct s2n_client_hello *ch)
{
	const uint8_t *wire = peers->to_server.bytes.data;
	size_t len = (size_t)(wire[3] << 8 | wire[4]) - HEADER;
	uint8_t out[ROOM], expected[ROOM];
	uint8_t version = 0;

	ck_assert_int_eq(
	    s2n_client_hello_get_raw_message_length(ch), (ssize_t)len);
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, sizeof out),
	    (ssize_t)len);
	memcpy(expected, wire + RECORD + HEADER, len);
	ck_assert_int_eq(s2n_client_hello_get_random(ch, out + len, 32), 0);
	ck_assert_mem_eq(out + len, expected + 2, 32);
	memset(expected + 2, 0, 32);
	ck_assert_mem_eq(out, expected, len);
	ck_assert_int_eq(
	    s2n_client_hello_get_legacy_record_version(ch, &version), 0);
	ck_assert_int_eq(version, S2N_TLS10);
}

static const struct peers_spec specs[] = {
	{ .alpn_client = "h2" },
	{ .slow = true },
	{ .version = S2N_TLS12, .suite = 0xc02f, .key = CERTS_RSA },
};

START_TEST(a_server_keeps_it_and_a_client_has_none)
{
	struct peers peers;
	struct s2n_client_hello *ch;
	uint16_t len = 0;
	char name[64] = { 0 };

	peers_open(&peers, &specs[_i]);
	ck_assert_ptr_null(s2n_connection_get_client_hello(peers.server));
	ck_assert(peers_negotiate(&peers));
	ck_assert_ptr_null(s2n_connection_get_client_hello(peers.client));
	ch = s2n_connection_get_client_hello(peers.server);
	ck_assert_ptr_nonnull(ch);
	compare_with_wire(&peers, ch);
	ck_assert_int_eq(s2n_client_hello_get_server_name(
			     ch, (uint8_t *)name, sizeof name, &len),
	    0);
	ck_assert_str_eq(name, "localhost");
	ck_error(s2n_client_hello_free(&ch), -1, "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_ptr_nonnull(ch);
	peers_close(&peers);
}
END_TEST

START_TEST(it_ends_with_the_handshake_if_that_is_freed)
{
	struct peers peers;
	struct s2n_client_hello *ch;
	uint8_t out[ROOM];
	uint32_t len = 9;
	bool exists = true;

	peers_open(&peers, &specs[0]);
	ck_assert(peers_negotiate(&peers));
	ch = s2n_connection_get_client_hello(peers.server);
	ck_assert_int_eq(s2n_connection_free_handshake(peers.server), 0);
	ck_assert_ptr_null(peers.server->hello->body);
	ck_assert_ptr_eq(s2n_connection_get_client_hello(peers.server), ch);
	ck_assert_int_eq(s2n_client_hello_get_raw_message_length(ch), 0);
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, ROOM), 0);
	ck_assert_int_eq(s2n_client_hello_get_cipher_suites_length(ch), 0);
	ck_assert_int_eq(s2n_client_hello_get_extensions_length(ch), 0);
	ck_assert_int_eq(s2n_client_hello_get_session_id_length(ch, &len), 0);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(s2n_client_hello_has_extension(ch, 0, &exists), 0);
	ck_assert(!exists);
	/* again does no harm, and the connection goes on */
	ck_assert_int_eq(s2n_connection_free_handshake(peers.server), 0);
	peers_transfer(peers.client, peers.server, 100);
	ck_assert_int_eq(s2n_connection_wipe(peers.server), 0);
	ck_assert_ptr_null(s2n_connection_get_client_hello(peers.server));
	peers_close(&peers);
}
END_TEST

static struct s2n_client_hello *in_callback;

static int
look(struct s2n_connection *conn, void *ctx)
{
	(void)ctx;
	in_callback = s2n_connection_get_client_hello(conn);
	ck_assert_ptr_nonnull(in_callback);
	ck_assert_int_gt(
	    s2n_client_hello_get_raw_message_length(in_callback), 0);
	return 0;
}

/* Seen in the callback, and while it is not done; the same handle after. */
START_TEST(the_callback_has_it)
{
	struct peers peers;
	s2n_blocked_status blocked;
	const uint8_t *body;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb(peers.server_config, look, NULL), 0);
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb_mode(
		peers.server_config, S2N_CLIENT_HELLO_CB_NONBLOCKING),
	    0);
	ck_assert_int_eq(s2n_negotiate(peers.client, &blocked), -1);
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_APPLICATION_INPUT);
	body = in_callback->body;
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_ptr_eq(in_callback->body, body);
	compare_with_wire(&peers, in_callback);
	ck_assert_int_eq(s2n_client_hello_cb_done(peers.server), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_ptr_eq(
	    s2n_connection_get_client_hello(peers.server), in_callback);
	peers_close(&peers);
}
END_TEST

/* The callback saw the first; the second has another share, and maybe more. */
START_TEST(after_a_retry_it_is_the_second)
{
	struct peers peers;
	struct s2n_client_hello *ch;
	const uint8_t *wire;
	size_t first, second;
	uint8_t out[ROOM];

	peers_open(&peers, &(struct peers_spec){ .retry = true });
	ck_assert(peers_negotiate(&peers));
	ch = s2n_connection_get_client_hello(peers.server);
	wire = peers.to_server.bytes.data;
	first = (size_t)(wire[3] << 8 | wire[4]);
	wire += RECORD + first;
	if (wire[0] == CONTENT_CHANGE_CIPHER_SPEC)
		wire += RECORD + 1;
	ck_assert_int_eq(wire[RECORD], CLIENT_HELLO);
	second = (size_t)(wire[3] << 8 | wire[4]) - HEADER;
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, sizeof out),
	    (ssize_t)second);
	ck_assert_mem_eq(out + 34, wire + RECORD + HEADER + 34, second - 34);
	ck_assert_mem_ne(out + 34,
	    peers.to_server.bytes.data + RECORD + HEADER + 34, second - 34);
	peers_close(&peers);
}
END_TEST

/* RFC 5246 E.2 */
START_TEST(an_old_one_is_told_as_it_is)
{
	static const uint8_t wire[] = { 0x80, 37, 1, 3, 1, 0, 9, 0, 3, 0, 16, 1,
		0, 0x80, 0, 0, 0x2f, 0, 0, 0x35, 's', 'i', 'd', 1, 2, 3, 4, 5,
		6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	static const uint8_t zeros[16];
	struct peers peers;
	struct s2n_client_hello *ch;
	s2n_blocked_status blocked;
	uint8_t out[ROOM], version = 0;
	uint32_t len = 9;

	peers_open(&peers,
	    &(struct peers_spec){
		.version = S2N_TLS10, .suite = 0x2f, .key = CERTS_RSA });
	writer_bytes(&peers.to_server.bytes, slice_of(wire, sizeof wire));
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ch = s2n_connection_get_client_hello(peers.server);
	ck_assert_ptr_nonnull(ch);
	ck_assert_int_eq(s2n_client_hello_get_raw_message(ch, out, ROOM), 34);
	ck_assert_mem_eq(out, wire + 5, 34);
	ck_assert_int_eq(s2n_client_hello_get_raw_message_length(ch), 34);
	ck_assert_int_eq(s2n_client_hello_get_cipher_suites(ch, out, ROOM), 9);
	ck_assert_mem_eq(out, wire + 11, 9);
	ck_assert_int_eq(
	    s2n_client_hello_get_session_id(ch, out, &len, ROOM), 0);
	ck_assert_uint_eq(len, 3);
	ck_assert_int_eq(s2n_client_hello_get_random(ch, out, 32), 0);
	ck_assert_mem_eq(out, zeros, 16);
	ck_assert_mem_eq(out + 16, wire + 23, 16);
	ck_assert_int_eq(s2n_client_hello_get_extensions_length(ch), 0);
	ck_assert_int_eq(
	    s2n_client_hello_get_compression_methods_length(ch, &len), 0);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(
	    s2n_client_hello_get_legacy_protocol_version(ch, &version), 0);
	ck_assert_int_eq(version, S2N_TLS10);
	ck_assert_int_eq(
	    s2n_client_hello_get_legacy_record_version(ch, &version), 0);
	ck_assert_int_eq(version, S2N_SSLv2);
	peers_close(&peers);
}
END_TEST

START_TEST(nothing_is_refused)
{
	struct s2n_client_hello *ch = parsed();
	uint8_t out[40];
	uint16_t number;
	uint32_t len;
	bool is;
	const char *null = "S2N_ERR_NULL";

	ck_error(s2n_connection_get_client_hello(NULL), NULL, null);
	ck_error(s2n_client_hello_parse_message(NULL, 4), NULL, null);
	ck_error(s2n_client_hello_free(NULL), -1, null);
#define BOTH(call_without, call_with)                                          \
	ck_error(call_without, -1, null);                                      \
	ck_error(call_with, -1, null)
	ck_error(s2n_client_hello_get_raw_message_length(NULL), -1, null);
	ck_error(s2n_client_hello_get_cipher_suites_length(NULL), -1, null);
	ck_error(s2n_client_hello_get_extensions_length(NULL), -1, null);
	ck_error(
	    s2n_client_hello_get_extension_length(NULL, S2N_EXTENSION_ALPN), -1,
	    null);
	BOTH(s2n_client_hello_get_raw_message(NULL, out, 1),
	    s2n_client_hello_get_raw_message(ch, NULL, 1));
	BOTH(s2n_client_hello_get_cipher_suites(NULL, out, 1),
	    s2n_client_hello_get_cipher_suites(ch, NULL, 1));
	BOTH(s2n_client_hello_get_extensions(NULL, out, 1),
	    s2n_client_hello_get_extensions(ch, NULL, 1));
	BOTH(s2n_client_hello_get_extension_by_id(
		 NULL, S2N_EXTENSION_ALPN, out, 1),
	    s2n_client_hello_get_extension_by_id(
		ch, S2N_EXTENSION_ALPN, NULL, 1));
	BOTH(s2n_client_hello_has_extension(NULL, 0, &is),
	    s2n_client_hello_has_extension(ch, 0, NULL));
	BOTH(s2n_client_hello_get_session_id_length(NULL, &len),
	    s2n_client_hello_get_session_id_length(ch, NULL));
	BOTH(s2n_client_hello_get_session_id(NULL, out, &len, 1),
	    s2n_client_hello_get_session_id(ch, NULL, &len, 1));
	ck_error(s2n_client_hello_get_session_id(ch, out, NULL, 1), -1, null);
	BOTH(s2n_client_hello_get_compression_methods_length(NULL, &len),
	    s2n_client_hello_get_compression_methods_length(ch, NULL));
	BOTH(s2n_client_hello_get_compression_methods(NULL, out, 1, &len),
	    s2n_client_hello_get_compression_methods(ch, NULL, 1, &len));
	ck_error(s2n_client_hello_get_compression_methods(ch, out, 1, NULL), -1,
	    null);
	BOTH(s2n_client_hello_get_legacy_protocol_version(NULL, out),
	    s2n_client_hello_get_legacy_protocol_version(ch, NULL));
	BOTH(s2n_client_hello_get_legacy_record_version(NULL, out),
	    s2n_client_hello_get_legacy_record_version(ch, NULL));
	BOTH(s2n_client_hello_get_random(NULL, out, 32),
	    s2n_client_hello_get_random(ch, NULL, 32));
	BOTH(s2n_client_hello_get_supported_groups(NULL, &number, 1, &number),
	    s2n_client_hello_get_supported_groups(ch, NULL, 1, &number));
	ck_error(s2n_client_hello_get_supported_groups(ch, &number, 1, NULL),
	    -1, null);
	BOTH(s2n_client_hello_get_server_name_length(NULL, &number),
	    s2n_client_hello_get_server_name_length(ch, NULL));
	BOTH(s2n_client_hello_get_server_name(NULL, out, 9, &number),
	    s2n_client_hello_get_server_name(ch, NULL, 9, &number));
	ck_error(s2n_client_hello_get_server_name(ch, out, 9, NULL), -1, null);
#undef BOTH
	done(ch);
}
END_TEST

static Suite *
hello_info_suite(void)
{
	Suite *suite = suite_create("hello_info");
	TCase *tcase = tcase_create("hello_info");

	with_library(tcase);
	tcase_add_test(tcase, the_message_has_no_header_and_no_random);
	tcase_add_test(tcase, lists_are_copied_as_far_as_they_fit);
	tcase_add_test(tcase, an_extension_is_found_by_its_number);
	tcase_add_test(tcase, values_come_whole_or_not_at_all);
	tcase_add_loop_test(
	    tcase, what_is_missing_or_malformed_is_told, 0, (int)COUNT(odd));
	tcase_add_loop_test(
	    tcase, what_is_no_client_hello_is_refused, 0, (int)COUNT(bad));
	tcase_add_test(tcase, no_part_of_one_is_taken_for_it);
	tcase_add_loop_test(tcase, a_server_keeps_it_and_a_client_has_none, 0,
	    (int)COUNT(specs));
	tcase_add_test(tcase, it_ends_with_the_handshake_if_that_is_freed);
	tcase_add_test(tcase, the_callback_has_it);
	tcase_add_test(tcase, after_a_retry_it_is_the_second);
	tcase_add_test(tcase, an_old_one_is_told_as_it_is);
	tcase_add_test(tcase, nothing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(hello_info_suite)
