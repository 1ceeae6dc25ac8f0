/*
 * frontd/proxy.c: the header as the specification draws it, and what a liar
 * may send in its place.
 */
#include "frontd/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/unit/unit.h"

#define SIGNATURE                                                              \
	0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
/* Command, family, the length of the rest. */
#define START(command, family, len) SIGNATURE, command, family, 0, len

static const struct proxy_info told = { .version = "TLSv1.3",
	.cipher = "TLS_AES_128_GCM_SHA256",
	.scheme = "ecdsa_secp256r1_sha256",
	.group = "x25519",
	.name = "localhost",
	.alpn = "h2",
	.policy = "default" };

static uint8_t buffer[PROXY_HEADER_MAX];

static void
make_ends(struct sockaddr_storage ends[2], const char *peer, const char *local)
{
	const char *text[2] = { peer, local };

	memset(ends, 0, 2 * sizeof *ends);
	for (int i = 0; i < 2 && peer != NULL; i++) {
		struct sockaddr_in *v4 = (void *)&ends[i];
		struct sockaddr_in6 *v6 = (void *)&ends[i];

		if (inet_pton(AF_INET, text[i], &v4->sin_addr) == 1) {
			v4->sin_family = AF_INET;
			v4->sin_port = htons((uint16_t)(0x1234 + i));
			continue;
		}
		ck_assert_int_eq(
		    inet_pton(AF_INET6, text[i], &v6->sin6_addr), 1);
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)(0x1234 + i));
	}
}

static struct slice
written(const struct proxy_info *info, const char *peer, const char *local)
{
	struct sockaddr_storage ends[2];
	struct writer out;

	make_ends(ends, peer, local);
	writer_init_fixed(&out, buffer, sizeof buffer);
	proxy_write(&out, info, &ends[0], &ends[1]);
	ck_assert(!out.failed);
	return slice_of(buffer, out.len);
}

START_TEST(a_header_has_the_bytes_that_the_specification_draws)
{
	static const uint8_t golden[] = { START(0x21, 0x11, 50), 192, 0, 2, 1,
		192, 0, 2, 2, 0x12, 0x34, 0x12, 0x35, 0x01, 0, 2, 'h', '2',
		0x20, 0, 30, 0x01, 0, 0, 0, 1, 0x21, 0, 7, 'T', 'L', 'S', 'v',
		'1', '.', '3', 0x23, 0, 5, 'S', 'U', 'I', 'T', 'E', 0x24, 0, 4,
		's', 'i', 'g', 'n' };
	struct proxy_info info = { .version = "TLSv1.3",
		.cipher = "SUITE",
		.scheme = "sign",
		.alpn = "h2" };
	struct slice header = written(&info, "192.0.2.1", "192.0.2.2");

	ck_assert_uint_eq(header.len, sizeof golden);
	ck_assert_mem_eq(header.data, golden, sizeof golden);
	ck_assert_uint_eq(proxy_length(header.data), header.len);
}
END_TEST

static const struct {
	const char *peer, *local, *line;
} lines[] = {
	{ "192.0.2.1", "192.0.2.2",
	    "PROXY TCP4 192.0.2.1 192.0.2.2 4660 4661\r\n" },
	{ "2001:db8::1", "2001:db8::2",
	    "PROXY TCP6 2001:db8::1 2001:db8::2 4660 4661\r\n" },
	{ NULL, NULL, "PROXY UNKNOWN\r\n" },
};

START_TEST(a_header_of_version_1_is_a_line)
{
	struct sockaddr_storage ends[2];
	struct writer out;

	make_ends(ends, lines[_i].peer, lines[_i].local);
	writer_init_fixed(&out, buffer, PROXY_LINE_MAX);
	proxy_write_v1(&out, &ends[0], &ends[1]);
	ck_assert(!out.failed);
	ck_assert(slice_equal(
	    slice_of(buffer, out.len), slice_of_string(lines[_i].line)));
}
END_TEST

static const char *const families[][2] = { { "192.0.2.1", "192.0.2.2" },
	{ "2001:db8::1", "2001:db8::2" }, { NULL, NULL } };

START_TEST(what_is_written_is_read_back)
{
	struct slice header = written(&told, families[_i][0], families[_i][1]);
	struct proxy_info info;

	ck_assert(proxy_parse(header, &info));
	ck_assert_str_eq(info.version, told.version);
	ck_assert_str_eq(info.cipher, told.cipher);
	ck_assert_str_eq(info.scheme, told.scheme);
	ck_assert_str_eq(info.group, told.group);
	ck_assert_str_eq(info.name, told.name);
	ck_assert_str_eq(info.alpn, told.alpn);
	ck_assert_str_eq(info.policy, told.policy);
}
END_TEST

START_TEST(the_longest_names_fit_in_a_header)
{
	struct proxy_info info = told, back;

	memset(info.name, 'n', PROXY_TEXT_MAX - 1);
	memset(info.alpn, 'a', PROXY_TEXT_MAX - 1);
	ck_assert(
	    proxy_parse(written(&info, "2001:db8::1", "2001:db8::2"), &back));
	ck_assert_str_eq(back.name, info.name);
	ck_assert_str_eq(back.alpn, info.alpn);
}
END_TEST

START_TEST(a_text_is_cut_to_fit_and_none_is_empty)
{
	char text[PROXY_TEXT_MAX], much[2 * PROXY_TEXT_MAX];

	memset(much, 'x', sizeof much);
	much[sizeof much - 1] = '\0';
	proxy_set(text, much);
	ck_assert_uint_eq(strlen(text), PROXY_TEXT_MAX - 1);
	proxy_set(text, NULL);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_header_cut_anywhere_is_refused)
{
	struct slice header = written(&told, "192.0.2.1", "192.0.2.2");

	for (size_t len = 0; len < header.len; len++) {
		uint8_t *cut = malloc(len + 1); /* the end, for the sanitizer */
		struct proxy_info info = told;

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, header.data, len);
		ck_assert(!proxy_parse(slice_of(cut, len), &info));
		ck_assert_str_eq(info.name, "");
		/* The same with a length that agrees: cut inside a TLV, or
		 * well formed by accident and then only shorter. */
		if (len >= PROXY_FIXED) {
			cut[14] = (uint8_t)((len - PROXY_FIXED) >> 8);
			cut[15] = (uint8_t)(len - PROXY_FIXED);
			(void)!proxy_parse(slice_of(cut, len), &info);
		}
		free(cut);
	}
}
END_TEST

static const struct {
	const char *what;
	struct slice header;
	bool taken;
	const char *name, *version;
} cases[] = {
	/* clang-format off */
	{ "no address, no TLV", BYTES(START(0x21, 0, 0)), true, "", "" },
	{ "a health check, its block ignored", BYTES(START(0x20, 0x99, 4), 2, 0, 9, 9), true, "", "" },
	{ "an unknown TLV is passed over", BYTES(START(0x21, 0, 9), 0xee, 0, 1, 'x', 0x02, 0, 2, 'o', 'k'), true, "ok", "" },
	{ "an empty TLV is passed over", BYTES(START(0x21, 0, 8), 0x04, 0, 0, 0x02, 0, 2, 'o', 'k'), true, "ok", "" },
	{ "an empty name is no name", BYTES(START(0x21, 0, 3), 0x02, 0, 0), true, "", "" },
	{ "the TLS version stands in the TLS block", BYTES(START(0x21, 0, 12), 0x20, 0, 9, 1, 0, 0, 0, 1, 0x21, 0, 1, 'v'), true, "", "v" },
	{ "a TLS version outside of it is nobody's word", BYTES(START(0x21, 0, 4), 0x21, 0, 1, 'v'), true, "", "" },
	{ "a TLS block in a TLS block is not looked into",
	    BYTES(START(0x21, 0, 20), 0x20, 0, 17, 1, 0, 0, 0, 1, 0x20, 0, 9, 1, 0, 0, 0, 1, 0x21, 0, 1, 'v'), true, "", "" },
	{ "version 1", BYTES(START(0x11, 0, 0)), false, "", "" },
	{ "an unknown command", BYTES(START(0x22, 0, 0)), false, "", "" },
	{ "an unknown family", BYTES(START(0x21, 0x41, 0)), false, "", "" },
	{ "addresses cut short", BYTES(START(0x21, 0x11, 4), 1, 2, 3, 4), false, "", "" },
	{ "the length tells more than there is", BYTES(START(0x21, 0, 9)), false, "", "" },
	{ "the length tells less than there is", BYTES(START(0x21, 0, 0), 0x02, 0, 1, 'x'), false, "", "" },
	{ "a TLV reaches past the end", BYTES(START(0x21, 0, 4), 0x02, 0xff, 0xff, 'x'), false, "", "" },
	{ "a good name before a bad TLV", BYTES(START(0x21, 0, 8), 0x02, 0, 1, 'x', 0xe0, 0, 2, 'y'), false, "", "" },
	{ "a byte after the last TLV", BYTES(START(0x21, 0, 5), 0x02, 0, 1, 'x', 0), false, "", "" },
	{ "a TLS block too short for its flags", BYTES(START(0x21, 0, 4), 0x20, 0, 1, 1), false, "", "" },
	{ "an inner TLV reaches past its block", BYTES(START(0x21, 0, 12), 0x20, 0, 9, 1, 0, 0, 0, 1, 0x21, 0, 9, 'v'), false, "", "" },
	{ "a name that hides behind a zero", BYTES(START(0x21, 0, 6), 0x02, 0, 3, 'a', 0, 'b'), false, "", "" },
	{ "an HTTP request", BYTES('G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P', '/', '1', '.', '1', 13, 10), false, "", "" },
	/* clang-format on */
};

START_TEST(only_well_formed_headers_are_taken)
{
	struct proxy_info info = told;

	ck_assert_msg(proxy_parse(cases[_i].header, &info) == cases[_i].taken,
	    "%s", cases[_i].what);
	ck_assert_msg(
	    strcmp(info.name, cases[_i].name) == 0, "%s", cases[_i].what);
	ck_assert_msg(
	    strcmp(info.version, cases[_i].version) == 0, "%s", cases[_i].what);
	ck_assert_msg(info.group[0] == '\0', "%s", cases[_i].what);
}
END_TEST

START_TEST(any_length_that_can_be_told_is_one)
{
	uint8_t fixed[PROXY_FIXED] = { START(0x21, 0, 0) };

	fixed[14] = fixed[15] = 0xff;
	ck_assert_uint_eq(proxy_length(fixed), PROXY_HEADER_MAX);
	fixed[0] ^= 1;
	ck_assert_uint_eq(proxy_length(fixed), 0);
}
END_TEST

/* ---- the client's certificate ---- */

START_TEST(a_client_certificate_is_told_as_the_specification_draws)
{
	static const uint8_t golden[] = { START(0x21, 0, 31), 0x20, 0, 28, 0x07,
		0, 0, 0, 0, 0x21, 0, 7, 'T', 'L', 'S', 'v', '1', '.', '3', 0x22,
		0, 3, 'B', 'o', 'b', 0x28, 0, 4, 0x30, 2, 5, 0 };
	struct proxy_info info = { .version = "TLSv1.3",
		.verified = true,
		.common_name = "Bob",
		.certificate = BYTES(0x30, 2, 5, 0) };
	struct slice header = written(&info, NULL, NULL);
	struct proxy_info back;

	ck_assert_uint_eq(header.len, sizeof golden);
	ck_assert_mem_eq(header.data, golden, sizeof golden);
	ck_assert(proxy_parse(header, &back));
	ck_assert(back.verified);
	ck_assert_str_eq(back.common_name, "Bob");
	ck_assert(slice_equal(back.certificate, info.certificate));
	ck_assert(proxy_parse(written(&told, NULL, NULL), &back));
	ck_assert(!back.verified);
	ck_assert_str_eq(back.common_name, "");
	ck_assert_uint_eq(back.certificate.len, 0);
}
END_TEST

static const struct {
	const char *what;
	struct slice header;
	bool verified;
} verified_cases[] = {
	/* clang-format off */
	{ "over this connection", BYTES(START(0x21, 0, 8), 0x20, 0, 5, 3, 0, 0, 0, 0), true },
	{ "in its session", BYTES(START(0x21, 0, 8), 0x20, 0, 5, 5, 0, 0, 0, 0), true },
	{ "a certificate that was not verified", BYTES(START(0x21, 0, 8), 0x20, 0, 5, 7, 0, 0, 0, 1), false },
	{ "no certificate", BYTES(START(0x21, 0, 8), 0x20, 0, 5, 1, 0, 0, 0, 0), false },
	{ "no TLS block", BYTES(START(0x21, 0, 0)), false },
	/* clang-format on */
};

START_TEST(only_a_certificate_that_was_verified_is_one)
{
	struct proxy_info info = { .verified = true };

	ck_assert(proxy_parse(verified_cases[_i].header, &info));
	ck_assert_msg(info.verified == verified_cases[_i].verified, "%s",
	    verified_cases[_i].what);
}
END_TEST

START_TEST(a_certificate_that_does_not_fit_fails_the_header)
{
	static uint8_t der[65535];
	struct proxy_info info = told;
	struct sockaddr_storage nobody = { .ss_family = AF_UNSPEC };
	struct writer out;

	info.verified = true;
	info.certificate = slice_of(der, 65000);
	writer_init_fixed(&out, buffer, sizeof buffer);
	proxy_write(&out, &info, &nobody, &nobody);
	ck_assert(!out.failed);
	info.certificate = slice_of(der, sizeof der);
	writer_init_fixed(&out, buffer, sizeof buffer);
	proxy_write(&out, &info, &nobody, &nobody);
	ck_assert(out.failed);
}
END_TEST

START_TEST(a_text_too_long_for_its_field_is_refused)
{
	struct proxy_info info;
	struct writer out;

	writer_init_fixed(&out, buffer, sizeof buffer);
	writer_bytes(&out, (struct slice)BYTES(START(0x21, 0, 0), 0x02,
			       PROXY_TEXT_MAX >> 8, PROXY_TEXT_MAX & 0xff));
	memset(writer_reserve(&out, PROXY_TEXT_MAX), 'n', PROXY_TEXT_MAX);
	buffer[14] = (uint8_t)((out.len - PROXY_FIXED) >> 8);
	buffer[15] = (uint8_t)(out.len - PROXY_FIXED);
	ck_assert(!proxy_parse(slice_of(buffer, out.len), &info));
	ck_assert_str_eq(info.name, "");
}
END_TEST

static Suite *
proxy_suite(void)
{
	Suite *suite = suite_create("proxy");
	TCase *tcase = tcase_create("proxy");

	tcase_add_loop_test(
	    tcase, a_header_of_version_1_is_a_line, 0, (int)COUNT(lines));
	tcase_add_test(
	    tcase, a_header_has_the_bytes_that_the_specification_draws);
	tcase_add_loop_test(
	    tcase, what_is_written_is_read_back, 0, COUNT(families));
	tcase_add_test(tcase, the_longest_names_fit_in_a_header);
	tcase_add_test(tcase, a_text_is_cut_to_fit_and_none_is_empty);
	tcase_add_test(tcase, a_header_cut_anywhere_is_refused);
	tcase_add_loop_test(
	    tcase, only_well_formed_headers_are_taken, 0, COUNT(cases));
	tcase_add_test(tcase, any_length_that_can_be_told_is_one);
	tcase_add_test(
	    tcase, a_client_certificate_is_told_as_the_specification_draws);
	tcase_add_loop_test(tcase, only_a_certificate_that_was_verified_is_one,
	    0, COUNT(verified_cases));
	tcase_add_test(tcase, a_certificate_that_does_not_fit_fails_the_header);
	tcase_add_test(tcase, a_text_too_long_for_its_field_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(proxy_suite)
