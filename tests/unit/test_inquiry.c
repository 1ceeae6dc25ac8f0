/*
 * frontd/inquiry.c: which responder is asked, and what; one URL a row.
 */
#include "frontd/inquiry.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })

static const struct certs_cert *ca, *leaf;
static struct inquiry fetch;

static void
set_up(void)
{
	ca = MAKE(.name = "CA", .ca = true);
	leaf = MAKE(.name = "leaf", .issuer = ca);
}

/* What is to be asked of a chain like this; NULL: all is well. */
static const char *
inquire(const char *pem, const char *url)
{
	struct site_chain chain = { .pem = {
					(char *)(uintptr_t)pem, strlen(pem) } };
	const char *reason;

	ck_assert_ptr_null(site_parse_chain(&chain));
	reason = inquiry_make(&chain, url, &fetch);
	X509_free(chain.leaf);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	return reason;
}

static const struct {
	const char *url, *host;
	uint16_t port;
	const char *target; /* what it begins with */
} urls[] = {
	{ "http://ocsp.example.org", "ocsp.example.org", 80, "/ME" },
	{ "http://ocsp.example.org/", "ocsp.example.org", 80, "/ME" },
	{ "HTTP://ocsp.example.org/a", "ocsp.example.org", 80, "/a/ME" },
	{ "http://127.0.0.1:2560/", "127.0.0.1", 2560, "/ME" },
	{ "http://[::1]:2560/a/", "::1", 2560, "/a/ME" },
	{ "http://[2001:db8::1]/", "2001:db8::1", 80, "/ME" },
	{ "http://ocsp.example.org/?a=b", "ocsp.example.org", 80, "/?a=b" },
	{ "http://ocsp.example.org?a=b", "ocsp.example.org", 80, "/?a=b" },
	{ "https://ocsp.example.org/", NULL, 0, NULL },
	{ "ldap://ocsp.example.org/", NULL, 0, NULL },
	{ "ocsp.example.org", NULL, 0, NULL },
	{ "", NULL, 0, NULL },
	{ "http://", NULL, 0, NULL },
	{ "http:///a", NULL, 0, NULL },
	{ "http://:80/a", NULL, 0, NULL },
	{ "http://me@ocsp.example.org/", NULL, 0, NULL },
	{ "http://ocsp.example.org:/", NULL, 0, NULL },
	{ "http://ocsp.example.org:0/", NULL, 0, NULL },
	{ "http://ocsp.example.org:65536/", NULL, 0, NULL },
	{ "http://ocsp.example.org:+80/", NULL, 0, NULL },
	{ "http://ocsp.example.org:80a/", NULL, 0, NULL },
	{ "http://[::1/", NULL, 0, NULL },
	{ "http://[::1]a/", NULL, 0, NULL },
	{ "http://[]/", NULL, 0, NULL },
	{ "http://::1/", NULL, 0, NULL },
	{ "http://[fe80::1%25eth0]/", NULL, 0, NULL },
	{ "http://ocsp.example.org/a b", NULL, 0, NULL },
	{ "http://ocsp.example.org/\r\nHost: b", NULL, 0, NULL },
	{ "http://ocsp.example.org/\xc3\xa4", NULL, 0, NULL },
	{ "http://ocsp.example.org/#a", NULL, 0, NULL },
};

START_TEST(a_responder_is_an_http_url)
{
	const char *reason =
	    inquire(certs_join(leaf->pem, ca->pem), urls[_i].url);

	if (urls[_i].host == NULL) {
		ck_assert_msg(reason != NULL && strcmp(reason, "url") == 0,
		    "%s: %s", urls[_i].url, reason);
		return;
	}
	ck_assert_msg(reason == NULL, "%s: %s", urls[_i].url, reason);
	ck_assert_str_eq(fetch.host, urls[_i].host);
	ck_assert_uint_eq(fetch.port, urls[_i].port);
	ck_assert_msg(strncmp(fetch.target, urls[_i].target,
			  strlen(urls[_i].target)) == 0,
	    "%s: %s", urls[_i].url, fetch.target);
	/* What has a query is no place to append to. */
	ck_assert((fetch.body_len > 0) == (strchr(urls[_i].url, '?') != NULL));
}
END_TEST

/* It asks for the leaf alone, without a nonce. */
static void
is_request(const uint8_t *der, int len)
{
	const uint8_t *at = der;
	OCSP_REQUEST *request = d2i_OCSP_REQUEST(NULL, &at, len);
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf->x509, ca->x509);

	ck_assert_ptr_nonnull(request);
	ck_assert(at == der + len);
	ck_assert_int_eq(OCSP_request_onereq_count(request), 1);
	ck_assert_int_eq(
	    OCSP_id_cmp(
		OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0)), id),
	    0);
	ck_assert_int_eq(OCSP_REQUEST_get_ext_count(request), 0);
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(request);
}

/* Undoes what a URL does to base64. */
static int
decode(const char *text, uint8_t *out)
{
	char plain[CONTROL_TARGET_MAX];
	size_t len = 0, padding = 0;
	unsigned code;

	for (; *text != '\0'; text++) {
		plain[len] = *text;
		if (*text == '%') {
			ck_assert_int_eq(sscanf(text + 1, "%2X", &code), 1);
			plain[len] = (char)code;
			text += 2;
		}
		padding += plain[len++] == '=';
	}
	return EVP_DecodeBlock(out, (const uint8_t *)plain, (int)len) -
	       (int)padding;
}

START_TEST(it_asks_for_the_leaf)
{
	const char *pem = certs_join(leaf->pem, ca->pem);
	uint8_t der[CONTROL_TARGET_MAX];

	ck_assert_ptr_null(inquire(pem, "http://a/"));
	ck_assert_uint_eq(fetch.body_len, 0);
	ck_assert_ptr_null(strpbrk(fetch.target + 1, "/+="));
	is_request(der, decode(fetch.target + 1, der));
	ck_assert_ptr_null(inquire(pem, "http://a/?"));
	is_request(fetch.body, fetch.body_len);
}
END_TEST

START_TEST(what_is_too_long_for_a_get_is_posted)
{
	const char *pem = certs_join(leaf->pem, ca->pem);
	char url[CONTROL_TARGET_MAX + 16] = "http://a/";
	static const char more[] = "xxxxxxxxxxx";
	size_t posted = 0;

	for (size_t len = strlen(url); len < sizeof url - sizeof more;
	     len += strlen(more)) {
		if (inquire(pem, url) != NULL)
			break;
		if (fetch.body_len > 0) {
			posted++;
			ck_assert_str_eq(fetch.target, url + 8);
		} else {
			ck_assert_uint_eq(posted, 0);
			ck_assert_uint_le(strlen(fetch.target) + 14, 255);
		}
		strcpy(url + len, more);
	}
	ck_assert_uint_gt(posted, 10);
	ck_assert_str_eq(inquire(pem, url), "url");
}
END_TEST

START_TEST(the_certificate_names_its_responder)
{
	const struct certs_cert *cert = MAKE(.name = "leaf", .issuer = ca,
	    .extensions = { { "authorityInfoAccess",
		"caIssuers;URI:http://not.example.org/,"
		"OCSP;URI:ldap://a.example.org/,"
		"OCSP;URI:https://b.example.org/,"
		"OCSP;URI:http://c.example.org/c,"
		"OCSP;URI:http://d.example.org/" } });
	const char *pem = certs_join(cert->pem, ca->pem);

	ck_assert_ptr_null(inquire(pem, NULL));
	ck_assert_str_eq(fetch.host, "c.example.org");
	ck_assert_int_eq(strncmp(fetch.target, "/c/", 3), 0);
	ck_assert_ptr_null(inquire(pem, "http://e.example.org/"));
	ck_assert_str_eq(fetch.host, "e.example.org");
	ck_assert_str_eq(
	    inquire(certs_join(leaf->pem, ca->pem), NULL), "no-responder");
	ck_assert_str_eq(inquire(cert->pem, NULL), "no-issuer");
}
END_TEST

static Suite *
inquiry_suite(void)
{
	Suite *suite = suite_create("inquiry");
	TCase *tcase = tcase_create("inquiry");

	tcase_add_checked_fixture(tcase, set_up, certs_free_all);
	tcase_add_loop_test(
	    tcase, a_responder_is_an_http_url, 0, (int)COUNT(urls));
	tcase_add_test(tcase, it_asks_for_the_leaf);
	tcase_add_test(tcase, what_is_too_long_for_a_get_is_posted);
	tcase_add_test(tcase, the_certificate_names_its_responder);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(inquiry_suite)
