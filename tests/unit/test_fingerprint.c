/*
 * libtls/fingerprint.c, ja3.c and ja4.c: against the values that the authors of
 * JA3 and JA4 published, and against hand-made ones for what those leave out.
 */
#include "unstable/fingerprint.h"

#include "libtls/handshake/kept_hello.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define ROOM 8192
#define LIST_MAX 24

#define ck_error(call, failure, name)                                          \
	do {                                                                   \
		ck_assert((call) == (failure));                                \
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);          \
	} while (0)

/* ---- hellos from lists ---- */

/* Lists end with END; each extension is there if extensions has it. */
#define END 0xffff

struct recipe {
	uint16_t version;
	uint16_t suites[LIST_MAX], extensions[LIST_MAX], groups[LIST_MAX];
	uint16_t formats[4];
	uint16_t versions[8], algorithms[LIST_MAX];
	struct slice protocol;
};

static void
put_list(struct writer *out, const uint16_t *list, unsigned width)
{
	struct mark mark = writer_open(out, width);

	for (; *list != END; list++)
		writer_u16(out, *list);
	writer_close(out, mark);
}

static void
put_bytes(struct writer *out, const uint16_t *list)
{
	struct mark mark = writer_open(out, 1);

	for (; *list != END; list++)
		writer_u8(out, (uint8_t)*list);
	writer_close(out, mark);
}

static void
put_extension(struct writer *out, const struct recipe *recipe, uint16_t number)
{
	struct mark data, list;

	writer_u16(out, number);
	data = writer_open(out, 2);
	switch (number) {
	case 0:
		writer_vec16(out, slice_of("\0\0\3a.b", 6));
		break;
	case 10:
		put_list(out, recipe->groups, 2);
		break;
	case 11:
		put_bytes(out, recipe->formats);
		break;
	case 13:
		put_list(out, recipe->algorithms, 2);
		break;
	case 16:
		list = writer_open(out, 2);
		writer_vec8(out, recipe->protocol);
		writer_vec8(out, slice_of_string("http/1.1"));
		writer_close(out, list);
		break;
	case 43:
		put_list(out, recipe->versions, 1);
		break;
	}
	writer_close(out, data);
}

static struct s2n_client_hello *
cook(const struct recipe *recipe)
{
	static const uint8_t random[32];
	struct s2n_client_hello *ch;
	struct writer out;
	struct mark body, block;

	writer_init(&out, ROOM);
	writer_u8(&out, 1);
	body = writer_open(&out, 3);
	writer_u16(&out, recipe->version);
	writer_bytes(&out, slice_of(random, sizeof random));
	writer_u8(&out, 0);
	put_list(&out, recipe->suites, 2);
	writer_vec8(&out, slice_of(random, 1));
	block = writer_open(&out, 2);
	for (const uint16_t *at = recipe->extensions; *at != END; at++)
		put_extension(&out, recipe, *at);
	writer_close(&out, block);
	writer_close(&out, body);
	ck_assert(!out.failed);
	ch = s2n_client_hello_parse_message(out.data, (uint32_t)out.len);
	ck_assert_msg(ch != NULL, "%s", s2n_strerror_debug(s2n_errno, NULL));
	writer_free(&out);
	return ch;
}

#define H2                                                                     \
	{                                                                      \
		(const uint8_t *)"h2", 2                                       \
	}
#define NONE                                                                   \
	{                                                                      \
		END                                                            \
	}

static const struct {
	const char *what;
	s2n_fingerprint_type type;
	struct recipe recipe;
	const char *raw, *hash;
} cases[] = {
	/* README of github.com/salesforce/ja3 */
	{ "published JA3", S2N_FINGERPRINT_JA3,
	    { 769,
		{ 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4,
		    END },
		{ 0, 10, 11, END }, { 23, 24, 25, END }, { 0, END }, NONE, NONE,
		H2 },
	    "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
	    "ada70206e40642a3e4461f35503241d5" },
	{ "published JA3 without extensions", S2N_FINGERPRINT_JA3,
	    { 769, { 4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99, END }, NONE, NONE,
		NONE, NONE, NONE, H2 },
	    "769,4-5-10-9-100-98-3-6-19-18-99,,,",
	    "de350869b8c85de67a350c8d186f11e6" },
	/* the same as the first, RFC 8701 everywhere */
	{ "JA3 with GREASE", S2N_FINGERPRINT_JA3,
	    { 769,
		{ 0x0a0a, 47, 53, 5, 10, 49161, 0xdada, 49162, 49171, 49172, 50,
		    56, 19, 4, 0xfafa, END },
		{ 0x1a1a, 0, 10, 11, 0x2a2a, END },
		{ 0x3a3a, 23, 24, 25, 0x4a4a, END }, { 0, END }, NONE, NONE,
		H2 },
	    "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
	    "ada70206e40642a3e4461f35503241d5" },
	/* what only looks like GREASE; hash by md5sum */
	{ "JA3 with near GREASE", S2N_FINGERPRINT_JA3,
	    { 771, { 0x0a1a, 0x0b0b, END }, { 11, 0x0a0b, END }, NONE,
		{ 0, 1, 2, END }, NONE, NONE, H2 },
	    "771,2586-2827,11-2571,,0-1-2",
	    "cd28d0e2977d8313580d5a7bc8de961d" },
	/* technical_details/JA4.md of github.com/FoxIO-LLC/ja4 */
	{ "published JA4", S2N_FINGERPRINT_JA4,
	    { 0x0303,
		{ 0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c,
		    0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
		    0x002f, 0x0035, END },
		{ 0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017,
		    0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01,
		    0x000b, 0x000a, 0x0015, 0x2a2a, END },
		{ 29, END }, { 0, END }, { 0x7a7a, 0x0304, 0x0303, END },
		{ 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806,
		    0x0601, END },
		H2 },
	    "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
	    "t13d1516h2_8daaf6152771_e5627efa2ab1" },
	{ "JA4 of nothing", S2N_FINGERPRINT_JA4,
	    { 0x0301, { 0x0a0a, END }, NONE, NONE, NONE, NONE, NONE, H2 },
	    "t10i000000__", "t10i000000_000000000000_000000000000" },
	/* the rest by sha256sum | cut -c 1-12 */
	{ "JA4 without algorithms, over QUIC", S2N_FINGERPRINT_JA4,
	    { 0x0303, { 0x1302, 0x1301, END }, { 57, 16, 43, END }, NONE, NONE,
		{ 0x0304, END }, NONE, { (const uint8_t *)"h3", 2 } },
	    "q13i0203h3_1301,1302_002b,0039",
	    "q13i0203h3_62ed6f6ca7ad_c8abead0ac40" },
	{ "JA4 of an empty list of algorithms with GREASE", S2N_FINGERPRINT_JA4,
	    { 0x0300, { 5, END }, { 13, END }, NONE, NONE, NONE,
		{ 0x5a5a, END }, H2 },
	    "ts3i010100_0005_000d", "ts3i010100_1ed8eb363bcd_06540eb5c95f" },
	{ "JA4 with names only", S2N_FINGERPRINT_JA4,
	    { 0x0302, { 5, 5, END }, { 0, 16, END }, NONE, NONE, NONE, NONE,
		{ (const uint8_t *)"x", 1 } },
	    "t11d0202xx_0005,0005_", "t11d0202xx_59fb8c57fa98_000000000000" },
	{ "JA4 of a version of nobody", S2N_FINGERPRINT_JA4,
	    { 0x0399, { 5, END }, NONE, NONE, NONE, NONE, NONE, H2 },
	    "t00i010000_0005_", "t00i010000_1ed8eb363bcd_000000000000" },
	{ "JA4 of several and GREASE as versions", S2N_FINGERPRINT_JA4,
	    { 0x0303, { 5, END }, { 43, END }, NONE, NONE,
		{ 0xfafa, 0x0302, 0x0303, END }, NONE, H2 },
	    "t12i010100_0005_002b", "t12i010100_1ed8eb363bcd_b9a491fefe05" },
};

static struct s2n_fingerprint *
of(s2n_fingerprint_type type, struct s2n_client_hello *ch)
{
	struct s2n_fingerprint *fingerprint = s2n_fingerprint_new(type);

	ck_assert_ptr_nonnull(fingerprint);
	ck_assert_int_eq(s2n_fingerprint_set_client_hello(fingerprint, ch), 0);
	return fingerprint;
}

START_TEST(string_and_hash_are_as_published)
{
	struct s2n_client_hello *ch = cook(&cases[_i].recipe);
	struct s2n_fingerprint *fingerprint = of(cases[_i].type, ch);
	char out[ROOM] = { 0 };
	uint32_t size = 0, raw_size = 0;

	ck_error(s2n_fingerprint_get_raw_size(fingerprint, &raw_size), -1,
	    "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(
	    s2n_fingerprint_get_raw(fingerprint, ROOM, (uint8_t *)out, &size),
	    0);
	ck_assert_msg(
	    strcmp(out, cases[_i].raw) == 0, "%s: %s", cases[_i].what, out);
	ck_assert_uint_eq(size, strlen(cases[_i].raw));
	ck_assert_int_eq(
	    s2n_fingerprint_get_raw_size(fingerprint, &raw_size), 0);
	ck_assert_uint_eq(raw_size, size);
	memset(out, 0, sizeof out);
	ck_assert_int_eq(
	    s2n_fingerprint_get_hash(fingerprint, ROOM, (uint8_t *)out, &size),
	    0);
	ck_assert_msg(
	    strcmp(out, cases[_i].hash) == 0, "%s: %s", cases[_i].what, out);
	ck_assert_uint_eq(size, strlen(cases[_i].hash));
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}
END_TEST

/* By technical_details/JA4.md: characters, or ends of the hexadecimal form. */
static const struct {
	struct slice protocol;
	const char *told;
} protocols[] = {
	{ BYTES('h', '2'), "h2" },
	{ BYTES('h', 't', 't', 'p', '/', '1', '.', '1'), "h1" },
	{ BYTES('Z'), "ZZ" },
	{ { NULL, 0 }, "00" },
	{ BYTES(0xab), "ab" },
	{ BYTES(0xab, 0xcd), "ad" },
	{ BYTES(0x30, 0xab), "3b" },
	{ BYTES(0x30, 0x31, 0xab, 0xcd), "3d" },
	{ BYTES(0x30, 0xab, 0xcd, 0x31), "01" },
	{ BYTES('-', 'a'), "21" },
	{ BYTES('a', '@'), "60" },
};

START_TEST(the_protocol_is_told_by_its_ends)
{
	struct recipe recipe = { 0x0303, { 5, END }, { 16, END }, NONE, NONE,
		NONE, NONE, protocols[_i].protocol };
	struct s2n_client_hello *ch = cook(&recipe);
	struct s2n_fingerprint *fingerprint = of(S2N_FINGERPRINT_JA4, ch);
	char out[ROOM] = { 0 };
	uint32_t size = 0;

	ck_assert_int_eq(
	    s2n_fingerprint_get_raw(fingerprint, ROOM, (uint8_t *)out, &size),
	    0);
	ck_assert_int_eq(memcmp(out, "t12i0101", 8), 0);
	out[10] = '\0';
	ck_assert_str_eq(out + 8, protocols[_i].told);
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}
END_TEST

/* More than two digits tell; and the longest string there is. */
START_TEST(counts_end_at_99)
{
	static uint8_t message[65536 + 4] = { 1, 1, 0, 0, 3, 3 };
	struct s2n_client_hello *ch;
	struct s2n_fingerprint *fingerprint;
	static uint8_t out[1 << 19];
	uint32_t size = 0;
	size_t at = 4 + 2 + 32 + 1;

	message[at] = 0xff;
	message[at + 1] = 0xd8;
	at += 2 + 0xffd8;
	message[at] = 1;
	ck_assert_uint_eq(at + 2, sizeof message - 1);
	message[1] = 0;
	message[2] = message[3] = 0xff;
	ch = s2n_client_hello_parse_message(message, sizeof message - 1);
	ck_assert_msg(ch != NULL, "%s", s2n_strerror_debug(s2n_errno, NULL));
	fingerprint = of(S2N_FINGERPRINT_JA4, ch);
	ck_assert_int_eq(
	    s2n_fingerprint_get_raw(fingerprint, sizeof out, out, &size), 0);
	ck_assert_mem_eq(out, "t12i990000_0000,0000,", 21);
	ck_assert_uint_eq(size, 10 + 1 + 0xffd8 / 2 * 5 - 1 + 1);
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}
END_TEST

START_TEST(the_old_calls_give_bytes_and_string)
{
	static const uint8_t md5[] = { 0xad, 0xa7, 0x02, 0x06, 0xe4, 0x06, 0x42,
		0xa3, 0xe4, 0x46, 0x1f, 0x35, 0x50, 0x32, 0x41, 0xd5 };
	struct s2n_client_hello *ch = cook(&cases[0].recipe);
	uint8_t out[ROOM];
	uint32_t size = 0, string = 0;
	uint32_t len = (uint32_t)strlen(cases[0].raw);

	ck_assert_int_eq(s2n_client_hello_get_fingerprint_hash(
			     ch, S2N_FINGERPRINT_JA3, 16, out, &size, &string),
	    0);
	ck_assert_uint_eq(size, 16);
	ck_assert_mem_eq(out, md5, 16);
	ck_assert_uint_eq(string, len);
	ck_assert_int_eq(s2n_client_hello_get_fingerprint_string(
			     ch, S2N_FINGERPRINT_JA3, len, out, &size),
	    0);
	ck_assert_uint_eq(size, len);
	ck_assert_mem_eq(out, cases[0].raw, len);
	ck_error(s2n_client_hello_get_fingerprint_hash(
		     ch, S2N_FINGERPRINT_JA3, 15, out, &size, &string),
	    -1, "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_error(s2n_client_hello_get_fingerprint_string(
		     ch, S2N_FINGERPRINT_JA3, len - 1, out, &size),
	    -1, "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_error(s2n_client_hello_get_fingerprint_hash(
		     ch, S2N_FINGERPRINT_JA4, 99, out, &size, &string),
	    -1, "S2N_ERR_INVALID_ARGUMENT");
	ck_error(s2n_client_hello_get_fingerprint_string(
		     ch, S2N_FINGERPRINT_JA4, ROOM, out, &size),
	    -1, "S2N_ERR_INVALID_ARGUMENT");
	ck_error(s2n_client_hello_get_fingerprint_hash(
		     NULL, S2N_FINGERPRINT_JA3, 16, out, &size, &string),
	    -1, "S2N_ERR_NULL");
	ck_error(s2n_client_hello_get_fingerprint_hash(
		     ch, S2N_FINGERPRINT_JA3, 16, NULL, &size, &string),
	    -1, "S2N_ERR_NULL");
	ck_error(s2n_client_hello_get_fingerprint_hash(
		     ch, S2N_FINGERPRINT_JA3, 16, out, NULL, &string),
	    -1, "S2N_ERR_NULL");
	ck_error(s2n_client_hello_get_fingerprint_hash(
		     ch, S2N_FINGERPRINT_JA3, 16, out, &size, NULL),
	    -1, "S2N_ERR_NULL");
	ck_error(s2n_client_hello_get_fingerprint_string(
		     NULL, S2N_FINGERPRINT_JA3, ROOM, out, &size),
	    -1, "S2N_ERR_NULL");
	ck_error(s2n_client_hello_get_fingerprint_string(
		     ch, S2N_FINGERPRINT_JA3, ROOM, NULL, &size),
	    -1, "S2N_ERR_NULL");
	ck_error(s2n_client_hello_get_fingerprint_string(
		     ch, S2N_FINGERPRINT_JA3, ROOM, out, NULL),
	    -1, "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}
END_TEST

START_TEST(one_calculator_serves_many)
{
	struct s2n_client_hello *first = cook(&cases[0].recipe);
	struct s2n_client_hello *second = cook(&cases[1].recipe);
	struct s2n_fingerprint *fingerprint = of(S2N_FINGERPRINT_JA3, first);
	uint8_t out[33] = { 0 };
	uint32_t size = 0;

	ck_assert_int_eq(
	    s2n_fingerprint_get_hash(fingerprint, 32, out, &size), 0);
	ck_assert_str_eq((char *)out, cases[0].hash);
	ck_assert_int_eq(
	    s2n_fingerprint_set_client_hello(fingerprint, second), 0);
	ck_error(s2n_fingerprint_get_raw_size(fingerprint, &size), -1,
	    "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(
	    s2n_fingerprint_get_hash(fingerprint, 32, out, &size), 0);
	ck_assert_str_eq((char *)out, cases[1].hash);
	ck_assert_int_eq(s2n_fingerprint_get_raw_size(fingerprint, &size), 0);
	ck_assert_uint_eq(size, strlen(cases[1].raw));
	ck_assert_int_eq(s2n_fingerprint_wipe(fingerprint), 0);
	ck_error(s2n_fingerprint_get_raw_size(fingerprint, &size), -1,
	    "S2N_ERR_INVALID_STATE");
	ck_error(s2n_fingerprint_get_hash(fingerprint, 32, out, &size), -1,
	    "S2N_ERR_INVALID_STATE");
	ck_error(s2n_fingerprint_get_raw(fingerprint, 32, out, &size), -1,
	    "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_ptr_null(fingerprint);
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_fingerprint_free(NULL), 0);
	ck_assert_int_eq(s2n_client_hello_free(&first), 0);
	ck_assert_int_eq(s2n_client_hello_free(&second), 0);
}
END_TEST

/* Those of our own connections, as long as they have their bytes. */
START_TEST(a_connection_s_hello_has_one)
{
	struct peers peers;
	struct s2n_fingerprint *fingerprint;
	struct s2n_client_hello *ch;
	uint8_t out[ROOM] = { 0 };
	uint32_t size = 0;

	peers_open(&peers, &(struct peers_spec){ .alpn_client = "h2" });
	ck_assert(peers_negotiate(&peers));
	ch = s2n_connection_get_client_hello(peers.server);
	fingerprint = of(S2N_FINGERPRINT_JA4, ch);
	ck_assert_int_eq(
	    s2n_fingerprint_get_hash(fingerprint, ROOM, out, &size), 0);
	ck_assert_int_eq(memcmp(out, "t13d", 4), 0);
	ck_assert_int_eq(memcmp(out + 8, "h2_", 3), 0);
	ck_assert_int_eq(s2n_connection_free_handshake(peers.server), 0);
	ck_error(s2n_fingerprint_get_hash(fingerprint, ROOM, out, &size), -1,
	    "S2N_ERR_INVALID_STATE");
	/* RFC 5246 E.2 */
	ch->v2 = true;
	ck_error(s2n_fingerprint_set_client_hello(fingerprint, ch), -1,
	    "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED");
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	peers_close(&peers);
}
END_TEST

/* clang-format off */
static const struct {
	const char *what;
	s2n_fingerprint_type type;
	struct slice extension; /* the only one */
} malformed[] = {
	{ "half a group", S2N_FINGERPRINT_JA3, BYTES(0, 10, 0, 3, 0, 1, 0) },
	{ "empty groups", S2N_FINGERPRINT_JA3, BYTES(0, 10, 0, 0) },
	{ "formats beyond the end", S2N_FINGERPRINT_JA3, BYTES(0, 11, 0, 2, 2, 0) },
	{ "half a version", S2N_FINGERPRINT_JA4, BYTES(0, 43, 0, 2, 1, 3) },
	{ "versions beyond the end", S2N_FINGERPRINT_JA4, BYTES(0, 43, 0, 2, 4, 3) },
	{ "half an algorithm", S2N_FINGERPRINT_JA4, BYTES(0, 13, 0, 3, 0, 1, 4) },
	{ "protocols beyond the end", S2N_FINGERPRINT_JA4, BYTES(0, 16, 0, 2, 0, 9) },
};
/* clang-format on */

START_TEST(malformed_lists_have_none)
{
	static const uint8_t front[] = { 0, 0, 2, 0, 5, 1, 0 };
	static const uint8_t random[34] = { 3, 3 };
	struct s2n_client_hello *ch;
	struct s2n_fingerprint *fingerprint;
	struct writer out;
	struct mark body;
	uint8_t text[ROOM];
	uint32_t size;

	writer_init(&out, ROOM);
	writer_u8(&out, 1);
	body = writer_open(&out, 3);
	writer_bytes(&out, slice_of(random, sizeof random));
	writer_bytes(&out, slice_of(front, sizeof front));
	writer_vec16(&out, malformed[_i].extension);
	writer_close(&out, body);
	ch = s2n_client_hello_parse_message(out.data, (uint32_t)out.len);
	ck_assert_ptr_nonnull(ch);
	fingerprint = of(malformed[_i].type, ch);
	ck_error(s2n_fingerprint_get_hash(fingerprint, ROOM, text, &size), -1,
	    "S2N_ERR_BAD_MESSAGE");
	ck_error(s2n_fingerprint_get_raw(fingerprint, ROOM, text, &size), -1,
	    "S2N_ERR_BAD_MESSAGE");
	writer_free(&out);
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}
END_TEST

START_TEST(wrong_uses_are_refused)
{
	struct s2n_client_hello *ch = cook(&cases[0].recipe);
	struct s2n_fingerprint *fingerprint = of(S2N_FINGERPRINT_JA3, ch);
	struct s2n_fingerprint *ja4 = of(S2N_FINGERPRINT_JA4, ch);
	uint8_t out[ROOM];
	uint32_t size = 0;

	ck_error(s2n_fingerprint_new((s2n_fingerprint_type)2), NULL,
	    "S2N_ERR_INVALID_ARGUMENT");
	ck_error(s2n_fingerprint_new((s2n_fingerprint_type)-1), NULL,
	    "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(s2n_fingerprint_get_hash_size(fingerprint, &size), 0);
	ck_assert_uint_eq(size, 32);
	ck_assert_int_eq(s2n_fingerprint_get_hash_size(ja4, &size), 0);
	ck_assert_uint_eq(size, 36);
	ck_error(s2n_fingerprint_get_hash(fingerprint, 31, out, &size), -1,
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_error(s2n_fingerprint_get_hash(ja4, 35, out, &size), -1,
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_error(s2n_fingerprint_get_raw(fingerprint,
		     (uint32_t)strlen(cases[0].raw) - 1, out, &size),
	    -1, "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_error(s2n_fingerprint_wipe(NULL), -1, "S2N_ERR_NULL");
	ck_error(
	    s2n_fingerprint_set_client_hello(NULL, ch), -1, "S2N_ERR_NULL");
	ck_error(
	    s2n_fingerprint_set_client_hello(ja4, NULL), -1, "S2N_ERR_NULL");
	ck_error(
	    s2n_fingerprint_get_hash_size(NULL, &size), -1, "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_hash_size(ja4, NULL), -1, "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_raw_size(NULL, &size), -1, "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_raw_size(ja4, NULL), -1, "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_hash(NULL, ROOM, out, &size), -1,
	    "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_hash(ja4, ROOM, NULL, &size), -1,
	    "S2N_ERR_NULL");
	ck_error(
	    s2n_fingerprint_get_hash(ja4, ROOM, out, NULL), -1, "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_raw(NULL, ROOM, out, &size), -1,
	    "S2N_ERR_NULL");
	ck_error(s2n_fingerprint_get_raw(ja4, ROOM, NULL, &size), -1,
	    "S2N_ERR_NULL");
	ck_error(
	    s2n_fingerprint_get_raw(ja4, ROOM, out, NULL), -1, "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_fingerprint_free(&ja4), 0);
	ck_assert_int_eq(s2n_client_hello_free(&ch), 0);
}
END_TEST

static Suite *
fingerprint_suite(void)
{
	Suite *suite = suite_create("fingerprint");
	TCase *tcase = tcase_create("fingerprint");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, string_and_hash_are_as_published, 0, (int)COUNT(cases));
	tcase_add_loop_test(
	    tcase, the_protocol_is_told_by_its_ends, 0, (int)COUNT(protocols));
	tcase_add_test(tcase, counts_end_at_99);
	tcase_add_test(tcase, the_old_calls_give_bytes_and_string);
	tcase_add_test(tcase, one_calculator_serves_many);
	tcase_add_test(tcase, a_connection_s_hello_has_one);
	tcase_add_loop_test(
	    tcase, malformed_lists_have_none, 0, (int)COUNT(malformed));
	tcase_add_test(tcase, wrong_uses_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(fingerprint_suite)
