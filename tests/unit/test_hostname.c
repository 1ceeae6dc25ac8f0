/*
 * libtls/cert/hostname.c: which names match, which names a certificate has.
 */
#include "libtls/cert/hostname.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

/* A name with a NUL in it has its length; others are measured. */
static const struct {
	const char *what, *name, *expected;
	size_t len;
	int matches;
} match_cases[] = {
	{ "same", "www.example.com", "www.example.com", 0, 1 },
	{ "upper case in certificate", "WWW.Example.COM", "www.example.com", 0,
	    1 },
	{ "upper case expected", "www.example.com", "WWW.EXAMPLE.com", 0, 1 },
	{ "other name", "www.example.org", "www.example.com", 0, 0 },
	{ "prefix", "www.example.co", "www.example.com", 0, 0 },
	{ "longer", "www.example.com.evil", "www.example.com", 0, 0 },
	{ "parent", "example.com", "www.example.com", 0, 0 },
	{ "root's dot expected", "www.example.com", "www.example.com.", 0, 1 },
	{ "two dots expected", "www.example.com", "www.example.com..", 0, 0 },
	{ "root's dot in certificate", "www.example.com.", "www.example.com", 0,
	    0 },
	{ "nothing expected", "www.example.com", "", 0, 0 },
	{ "nothing is nothing", "", "", 0, 0 },
	{ "only a dot expected", "*.example.com", ".", 0, 0 },
	{ "empty name", "", "www.example.com", 0, 0 },
	{ "NUL and more", "www.example.com\0.evil", "www.example.com", 21, 0 },
	{ "NUL at end", "www.example.com\0", "www.example.com", 16, 0 },
	{ "NUL in front", "\0www.example.com", "www.example.com", 16, 0 },
	{ "NUL in wildcard", "*.example.com\0", "www.example.com", 14, 0 },
	{ "blank behind", "www.example.com ", "www.example.com", 0, 0 },
	{ "newline behind", "www.example.com\n", "www.example.com", 0, 0 },

	{ "wildcard", "*.example.com", "www.example.com", 0, 1 },
	{ "wildcard, case", "*.EXAMPLE.com", "www.example.COM", 0, 1 },
	{ "wildcard, root's dot", "*.example.com", "www.example.com.", 0, 1 },
	{ "wildcard for A-label", "*.example.com", "xn--bcher-kva.example.com",
	    0, 1 },
	{ "wildcard spans one label", "*.example.com", "a.b.example.com", 0,
	    0 },
	{ "wildcard needs a label", "*.example.com", "example.com", 0, 0 },
	{ "wildcard for an empty label", "*.example.com", ".example.com", 0,
	    0 },
	{ "wildcard for two empty labels", "*.example.com", "..example.com", 0,
	    0 },
	{ "wildcard below one label", "*.com", "example.com", 0, 0 },
	{ "wildcard below one label and dot", "*.com.", "example.com", 0, 0 },
	{ "wildcard below one label and dots", "*.com.", "example.com.", 0, 0 },
	{ "wildcard alone", "*", "localhost", 0, 0 },
	{ "wildcard alone, two labels", "*", "example.com", 0, 0 },
	{ "wildcard and a dot", "*.", "localhost.", 0, 0 },
	{ "wildcard with prefix", "w*.example.com", "www.example.com", 0, 0 },
	{ "wildcard with suffix", "*w.example.com", "www.example.com", 0, 0 },
	{ "wildcard in A-label", "xn--*.example.com", "xn--a.example.com", 0,
	    0 },
	{ "wildcard in second label", "www.*.com", "www.example.com", 0, 0 },
	{ "two wildcards", "*.*.com", "www.example.com", 0, 0 },
	{ "double wildcard", "**.example.com", "www.example.com", 0, 0 },
	{ "wildcard and empty label", "*..com", "www..com", 0, 0 },
	{ "wildcard below an empty name", "*.example..com", "a.example..com", 0,
	    0 },
	{ "wildcard for other domain", "*.example.org", "www.example.com", 0,
	    0 },
	{ "wildcard is no suffix", "*.ample.com", "www.example.com", 0, 0 },

	{ "address", "192.0.2.1", "192.0.2.1", 0, 1 },
	{ "other address", "192.0.2.2", "192.0.2.1", 0, 0 },
	{ "address prefix", "192.0.2.1", "192.0.2.11", 0, 0 },
	{ "wildcard for address", "*.0.2.1", "192.0.2.1", 0, 0 },
	{ "wildcard for address's end", "192.0.2.*", "192.0.2.1", 0, 0 },
	{ "IPv6", "2001:db8::1", "2001:db8::1", 0, 1 },
	{ "IPv6 written at length", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", 0,
	    1 },
	{ "IPv6 with IPv4 inside", "::ffff:192.0.2.1", "192.0.2.1", 0, 0 },
	{ "address with a dot behind", "192.0.2.1", "192.0.2.1.", 0, 0 },
};

START_TEST(a_name_matches_exactly_or_by_one_whole_label)
{
	char *expected = strdup(match_cases[_i].expected);
	size_t len = match_cases[_i].len;

	if (len == 0)
		len = strlen(match_cases[_i].name);
	ck_assert_msg(hostname_matches(match_cases[_i].name, len, expected) ==
			  match_cases[_i].matches,
	    "%s", match_cases[_i].what);
	free(expected);
}
END_TEST

START_TEST(without_an_expected_name_nothing_matches)
{
	char expected[] = "a.example";

	ck_assert_uint_eq(hostname_matches("a.example", 9, NULL), 0);
	ck_assert_uint_eq(hostname_matches(NULL, 0, expected), 0);
}
END_TEST

#define NO_SAN ""

/* DER of GeneralNames with the one DNS name "a.test\0.evil". */
#define NUL_NAME "DER:300e820c612e74657374002e6576696c"

static const struct {
	const char *what, *cn, *sans;
	struct certs_extension extension;
	const char *claimed, *served; /* each followed by a blank */
} name_cases[] = {
	{ "DNS SANs", "cn.test", "DNS:a.test,DNS:B.test", { 0 },
	    "a.test B.test ", "a.test B.test " },
	{ "CN without SAN", "cn.test", NO_SAN, { 0 }, "cn.test ", "cn.test " },
	{ "CN beside an address", "cn.test", "IP:192.0.2.1", { 0 },
	    "192.0.2.1 ", "cn.test " },
	{ "all kinds", "cn.test",
	    "DNS:a.test,IP:192.0.2.1,IP:2001:db8::1,URI:https://u.test/", { 0 },
	    "a.test 192.0.2.1 2001:db8::1 https://u.test/ ", "a.test " },
	{ "only a mail address", "cn.test", "email:a@b.test", { 0 }, " ",
	    "cn.test " },
	{ "no name at all", NULL, NO_SAN, { 0 }, " ", "" },
	{ "address in a DNS SAN", "cn.test", "DNS:192.0.2.1,DNS:a.test", { 0 },
	    "a.test ", "a.test " },
	{ "address in a URI SAN", "cn.test", "URI:192.0.2.1", { 0 }, " ",
	    "cn.test " },
	{ "address in the CN", "192.0.2.1", NO_SAN, { 0 }, " ", "" },
	{ "IPv6 in the CN", "2001:db8::1", NO_SAN, { 0 }, " ", "" },
	{ "NUL in a SAN", "cn.test", NO_SAN, { "subjectAltName", NUL_NAME },
	    " ", "" },
	{ "garbage for a SAN", "cn.test", NO_SAN,
	    { "subjectAltName", "DER:0500" }, " ", "cn.test " },
	{ "an empty SAN", "cn.test", NO_SAN, { "subjectAltName", "DER:3000" },
	    " ", "cn.test " },
	{ "an address of three bytes", "cn.test", NO_SAN,
	    { "subjectAltName", "DER:30058703c00002" }, " ", "cn.test " },
};

static bool
collect(void *arg, const char *name, size_t len)
{
	char *text = arg;

	ck_assert_uint_lt(strlen(text) + len, 200);
	strncat(text, name, len);
	strcat(text, " ");
	return false;
}

START_TEST(a_certificate_claims_its_sans_and_else_its_common_name)
{
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = name_cases[_i].cn,
		.sans = name_cases[_i].sans,
		.extensions = { name_cases[_i].extension } });
	char claimed[256] = "", served[256] = "";

	ck_assert(!hostname_each_claimed(cert->x509, collect, claimed));
	ck_assert(!hostname_each_served(cert->x509, collect, served));
	ck_assert_msg(strcmp(claimed, name_cases[_i].claimed) == 0,
	    "%s: claims \"%s\"", name_cases[_i].what, claimed);
	ck_assert_msg(strcmp(served, name_cases[_i].served) == 0,
	    "%s: serves \"%s\"", name_cases[_i].what, served);
	certs_free_all();
}
END_TEST

static bool
stop(void *arg, const char *name, size_t len)
{
	(void)name;
	(void)len;
	return ++*(int *)arg == 2;
}

START_TEST(a_walk_ends_where_the_visitor_says)
{
	const struct certs_cert *cert = certs_make(&(struct certs_spec){
	    .name = "cn.test", .sans = "DNS:a.test,DNS:b.test,DNS:c.test" });
	int count = 0;

	ck_assert(hostname_each_claimed(cert->x509, stop, &count));
	ck_assert_int_eq(count, 2);
	count = 0;
	ck_assert(hostname_each_served(cert->x509, stop, &count));
	ck_assert_int_eq(count, 2);
	certs_free_all();
}
END_TEST

START_TEST(an_address_in_a_common_name_is_given_out_where_no_san_is)
{
	static const struct {
		const char *cn, *sans;
		int count;
	} cases[] = { { "192.0.2.1", "", 1 }, { "2001:db8::1", "", 1 },
		{ "cn.test", "", 0 }, { "192.0.2.1", "DNS:a.test", 0 },
		{ "192.0.2.1", "email:a@b.test", 0 } };
	const struct certs_cert *cert = certs_make(&(struct certs_spec){
	    .name = cases[_i].cn, .sans = cases[_i].sans });
	int count = 0;

	ck_assert(!hostname_each_cn_address(cert->x509, stop, &count));
	ck_assert_int_eq(count, cases[_i].count);
	certs_free_all();
}
END_TEST

static Suite *
hostname_suite(void)
{
	Suite *suite = suite_create("hostname");
	TCase *tcase = tcase_create("hostname");

	tcase_add_loop_test(tcase, a_name_matches_exactly_or_by_one_whole_label,
	    0, (int)COUNT(match_cases));
	tcase_add_test(tcase, without_an_expected_name_nothing_matches);
	tcase_add_loop_test(tcase,
	    a_certificate_claims_its_sans_and_else_its_common_name, 0,
	    (int)COUNT(name_cases));
	tcase_add_test(tcase, a_walk_ends_where_the_visitor_says);
	tcase_add_loop_test(tcase,
	    an_address_in_a_common_name_is_given_out_where_no_san_is, 0, 5);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(hostname_suite)
