/*
 * frontd/page.c: what is shown, and that no value can be more than a value.
 */
#include "frontd/page.h"

#include <sched.h>

#include <openssl/evp.h>

#include "frontd/page_text.h"
#include "tests/unit/unit.h"

static const struct keyproto_process ordinary[] = {
	{ "keyd-signer", 812, 61001, 2, CLONE_NEWNET | CLONE_NEWUSER, 1,
	    { 0 } },
	{ "frontd-worker", 816, 61002, 2, CLONE_NEWNET, 0, { 0 } },
	{ "frontd", 815, 0, 0, 0, 0, { 0 } },
};
static const struct proxy_info ordinary_tls = { .version = "TLSv1.3",
	.cipher = "TLS_AES_128_GCM_SHA256",
	.scheme = "ecdsa_secp256r1_sha256",
	.group = "x25519",
	.name = "localhost",
	.alpn = "http/1.1",
	.policy = "default_tls13" };
static const struct proxy_info no_tls;

static char text[PAGE_MAX + 1];

static const char *
render(void (*put)(struct writer *, const struct page_facts *),
    const struct proxy_info *tls, const struct keyproto_process *processes,
    size_t count)
{
	const struct page_facts facts = { tls, processes, count };
	struct writer out;
	struct slice all;

	writer_init(&out, PAGE_MAX);
	put(&out, &facts);
	ck_assert_msg(
	    writer_result(&out, &all), "an unknown mark, or too long");
	memcpy(text, all.data, all.len);
	text[all.len] = '\0';
	ck_assert_uint_eq(strlen(text), all.len);
	writer_free(&out);
	return text;
}

static size_t
times(const char *in, const char *what)
{
	size_t count = 0;

	for (; (in = strstr(in, what)) != NULL; in += strlen(what))
		count++;
	return count;
}

#define HAS(page, what) ck_assert_msg(strstr(page, what) != NULL, "%s", what)
#define LACKS(page, what) ck_assert_msg(strstr(page, what) == NULL, "%s", what)

START_TEST(every_fact_is_on_the_page)
{
	const char *page =
	    render(page_html, &ordinary_tls, ordinary, COUNT(ordinary));
	static const char *const shown[] = { "<dd>TLSv1.3</dd>",
		"<dd>TLS_AES_128_GCM_SHA256</dd>", "<dd>x25519</dd>",
		"<dd>ecdsa_secp256r1_sha256</dd>", "<dd>localhost</dd>",
		"<dd>http/1.1</dd>", "<dd>default_tls13</dd>", ">812<",
		">61001<", ">2 filter<", ">net user<", "1 key<", ">0 none<" };

	for (size_t i = 0; i < COUNT(shown); i++)
		HAS(page, shown[i]);
}
END_TEST

/* As openssl names them. */
static const struct {
	const char *cipher, *given;
} given[] = {
	{ "TLS_AES_128_GCM_SHA256", "signatures only" },
	{ "ECDHE-RSA-AES128-GCM-SHA256", "signatures only" },
	{ "DHE-RSA-AES128-SHA", "signatures only" },
	{ "AES128-SHA", "premaster secrets only" },
	{ "DES-CBC3-SHA", "premaster secrets only" },
	{ "", "signatures only" },
};

START_TEST(what_the_signer_gave_follows_from_the_suite)
{
	struct proxy_info tls = ordinary_tls;
	const char *page;
	char hop[64], caption[64];

	proxy_set(tls.cipher, given[_i].cipher);
	snprintf(hop, sizeof hop, "<span>%s</span>", given[_i].given);
	snprintf(caption, sizeof caption, "keyd-signer, which gives %s.",
	    given[_i].given);
	page = render(page_html, &tls, ordinary, COUNT(ordinary));
	HAS(page, hop);
	HAS(page, caption);
}
END_TEST

START_TEST(only_the_process_that_holds_the_key_is_marked)
{
	const char *page =
	    render(page_html, &ordinary_tls, ordinary, COUNT(ordinary));

	ck_assert_uint_eq(times(page, " class=\"held\""), 1);
	HAS(page, " class=\"held\"><th scope=\"row\" role=\"rowheader\">"
		  "keyd-signer</th>");
	HAS(page, "<code>frontd-worker</code>, the process facing you, holds "
		  "<strong>none</strong>.");
}
END_TEST

START_TEST(a_front_that_holds_a_key_is_not_praised)
{
	static const struct keyproto_process bad[] = {
		{ "frontd-worker", 1, 1, 2, 0, 0, { 0 } },
		{ "frontd-worker", 2, 1, 2, 0, 1, { 0 } },
	};
	const char *page = render(page_html, &no_tls, bad, COUNT(bad));

	LACKS(page, "<strong>none</strong>");
	HAS(page, "it must not");
}
END_TEST

START_TEST(no_processes_and_no_tls_make_a_page_too)
{
	const char *page = render(page_html, &no_tls, NULL, 0);

	HAS(page, "No process has been reported yet.");
	LACKS(page, "<strong>none</strong>");
	ck_assert_uint_eq(
	    times(page, "<dd><span class=\"unknown\">-</span></dd>"), 7);
}
END_TEST

static const struct {
	const char *what, *value, *html, *json;
} hostile[] = {
	{ "a tag", "<script>alert(1)</script>",
	    "&#60;script&#62;alert(1)&#60;/script&#62;",
	    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e" },
	{ "quotes", "\"'", "&#34;&#39;", "\"\\u0022'\"" },
	{ "an entity", "&lt;", "&#38;lt;", "\"\\u0026lt;\"" },
	{ "a backslash", "\\u0041", "\\u0041", "\"\\u005cu0041\"" },
	{ "bytes that are not UTF-8", "\xff\xc0\x80", "\\xff\\xc0\\x80",
	    "\"\\u00ff\\u00c0\\u0080\"" },
	{ "text turned around", "\xe2\x80\xae", "\\xe2\\x80\\xae",
	    "\"\\u00e2\\u0080\\u00ae\"" },
	{ "controls", "\r\n\x1b\x7f", "\\x0d\\x0a\\x1b\\x7f",
	    "\"\\u000d\\u000a\\u001b\\u007f\"" },
	{ "a mark", "{style}", "<dd>{style}</dd>", "\"{style}\"" },
};

START_TEST(a_hostile_value_stays_a_value)
{
	const char *value = hostile[_i].value;
	struct keyproto_process process = { .pid = 1 };
	struct proxy_info tls;
	const char *page;

	proxy_set(tls.version, value);
	proxy_set(tls.cipher, value);
	proxy_set(tls.scheme, value);
	proxy_set(tls.group, value);
	proxy_set(tls.name, value);
	proxy_set(tls.alpn, value);
	strncpy(process.name, value, sizeof process.name - 1);

	page = render(page_html, &tls, &process, 1);
	ck_assert_msg(
	    times(page, hostile[_i].html) >= 6, "%s", hostile[_i].what);
	LACKS(page, "<script");
	ck_assert_uint_eq(times(page, "<style"), 2);
	ck_assert_uint_eq(times(page, page_text_style), 1);
	for (const char *c = page; *c != '\0'; c++)
		ck_assert_msg(*c == '\n' || (*c >= 0x20 && *c < 0x7f), "%s",
		    hostile[_i].what);

	page = render(page_json, &tls, &process, 1);
	ck_assert_msg(
	    times(page, hostile[_i].json) >= 6, "%s", hostile[_i].what);
	LACKS(page, "<");
}
END_TEST

START_TEST(the_longest_page_fits)
{
	struct keyproto_process many[KEYPROTO_STATUS_MAX];
	struct proxy_info tls;
	const char *page;

	memset(&tls, '"', sizeof tls);
	tls.version[PROXY_TEXT_MAX - 1] = tls.cipher[PROXY_TEXT_MAX - 1] =
	    tls.scheme[PROXY_TEXT_MAX - 1] = tls.group[PROXY_TEXT_MAX - 1] =
		tls.name[PROXY_TEXT_MAX - 1] = tls.alpn[PROXY_TEXT_MAX - 1] =
		    tls.policy[PROXY_TEXT_MAX - 1] = '\0';
	memset(many, 0xff, sizeof many);
	for (size_t i = 0; i < COUNT(many); i++)
		many[i].name[KEYPROTO_NAME - 1] = '\0';
	page = render(page_html, &tls, many, COUNT(many));
	ck_assert_uint_eq(times(page, ">4294967295 unknown<"), COUNT(many));
	HAS(page, "4294967295 keys<");
	page = render(page_json, &tls, many, COUNT(many));
	ck_assert_uint_eq(times(page, "\"keys\":4294967295"), COUNT(many));
}
END_TEST

START_TEST(json_has_the_same_facts)
{
	const char *page =
	    render(page_json, &ordinary_tls, ordinary, COUNT(ordinary));

	ck_assert_str_eq(page,
	    "{\"connection\":{\"version\":\"TLSv1.3\","
	    "\"cipher\":\"TLS_AES_128_GCM_SHA256\",\"group\":\"x25519\","
	    "\"scheme\":\"ecdsa_secp256r1_sha256\",\"name\":\"localhost\","
	    "\"alpn\":\"http/1.1\",\"policy\":\"default_tls13\"},\"processes\":[\n"
	    "{\"name\":\"keyd-signer\",\"pid\":812,\"uid\":61001,\"seccomp\":2,"
	    "\"namespaces\":[\"net\",\"user\"],\"keys\":1},\n"
	    "{\"name\":\"frontd-worker\",\"pid\":816,\"uid\":61002,"
	    "\"seccomp\":2,\"namespaces\":[\"net\"],\"keys\":0},\n"
	    "{\"name\":\"frontd\",\"pid\":815,\"uid\":0,\"seccomp\":0,"
	    "\"namespaces\":[],\"keys\":0}]}\n");
	ck_assert_str_eq(render(page_json, &no_tls, NULL, 0),
	    "{\"connection\":{\"version\":null,\"cipher\":null,\"group\":null,"
	    "\"scheme\":null,\"name\":null,\"alpn\":null,\"policy\":null},\"processes\":[]}\n");
}
END_TEST

START_TEST(the_policy_allows_the_style_sheets_that_are_sent_and_no_more)
{
	const char *page = render(page_html, &no_tls, NULL, 0);
	char policy[PAGE_POLICY_MAX], base64[64];
	uint8_t digest[32];
	size_t sheets = 0;

	ck_assert(page_policy(policy));
	for (const char *at = page; (at = strstr(at, "<style")) != NULL;) {
		const char *start = strchr(at, '>') + 1;

		at = strstr(start, "</style>");
		ck_assert_ptr_nonnull(at);
		ck_assert_int_eq(EVP_Digest(start, (size_t)(at - start), digest,
				     NULL, EVP_sha256(), NULL),
		    1);
		EVP_EncodeBlock((unsigned char *)base64, digest, sizeof digest);
		HAS(policy, base64);
		sheets++;
	}
	ck_assert_uint_eq(times(policy, "'sha256-"), sheets);
	HAS(policy, "default-src 'none'");
	HAS(policy, "frame-ancestors 'none'");
	LACKS(policy, "unsafe");
	LACKS(page, " style=");
	LACKS(page, "<script");
	LACKS(page, "src=");
}
END_TEST

static Suite *
page_suite(void)
{
	Suite *suite = suite_create("page");
	TCase *tcase = tcase_create("page");

	tcase_add_test(tcase, every_fact_is_on_the_page);
	tcase_add_loop_test(tcase, what_the_signer_gave_follows_from_the_suite,
	    0, (int)COUNT(given));
	tcase_add_test(tcase, only_the_process_that_holds_the_key_is_marked);
	tcase_add_test(tcase, a_front_that_holds_a_key_is_not_praised);
	tcase_add_test(tcase, no_processes_and_no_tls_make_a_page_too);
	tcase_add_loop_test(
	    tcase, a_hostile_value_stays_a_value, 0, COUNT(hostile));
	tcase_add_test(tcase, the_longest_page_fits);
	tcase_add_test(tcase, json_has_the_same_facts);
	tcase_add_test(tcase,
	    the_policy_allows_the_style_sheets_that_are_sent_and_no_more);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(page_suite)
