/*
 * frontd/options.c, frontd/option_terms.c: what frontd.conf's policies,
 * Diffie-Hellman parameters, OCSP responses and words about clients come to,
 * and what each error says.
 */
#include "frontd/options.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/clock.h"
#include "base/log.h"
#include "frontd/terms.h"
#include "tests/unit/responder.h"
#include "tests/unit/unit.h"

#define HOUR 3600

static char directory[64], file[96], said[4096];
static struct options options;
static const char *const made[] = { "frontd.conf", "ec.pem", "rsa.pem",
	"dh.pem", "dh-text.pem", "small.pem", "broken.pem", "unsound.pem",
	"empty.pem", "key.pem", "must.pem", "named.pem", "named-alone.pem",
	"plain.pem", "huge.pem", "good.der", "old.der", "young.der", "both.pem",
	"ca.pem", "ca2.pem", "broken-ca.pem", "huge-ca.pem", "live/b.pem",
	"live/a.pem", "live/r.pem", "live/s.pem", "live/x.pem", "live" };

static FILE *
open_file(const char *name)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	ck_assert_ptr_nonnull(out = fopen(path, "w"));
	return out;
}

static void
write_file(const char *name, const char *text)
{
	FILE *out = open_file(name);

	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static const char ffdhe2048[] =
    "-----BEGIN DH PARAMETERS-----\n"
    "MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz\n"
    "+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a\n"
    "87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7\n"
    "YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi\n"
    "7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD\n"
    "ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==\n"
    "-----END DH PARAMETERS-----\n";

/* Text around the parameters is no harm, and does not come along. */
static void
write_dh_with_text(void)
{
	FILE *out = open_file("dh-text.pem");

	fprintf(out, "    DH Parameters: (2048 bit)\n%stail\n", ffdhe2048);
	ck_assert_int_eq(fclose(out), 0);
}

/* 1024 bits; and an even number for a prime. */
static const char small[] =
    "-----BEGIN DH PARAMETERS-----\n"
    "MIGHAoGBAKjJ+L+8SzObkkhfyFpECERSnCpn3BpAt3jkiZUg6f0j43x30TbFCath\n"
    "vu7Ni3mwB0uwYaTJywAasL10dzVBfo6eelDVmm/dNpexPSuXGHnyyBhLDTQcAvmP\n"
    "dWdYeo09OtgLacAtYJ0cpgDXKC2/lE+P4JnYDCl3S1M9aiqxfSuXAgEC\n"
    "-----END DH PARAMETERS-----\n";

static const char unsound[] =
    "-----BEGIN DH PARAMETERS-----\n"
    "MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz\n"
    "+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a\n"
    "87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7\n"
    "YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi\n"
    "7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD\n"
    "ssbzSibBsu/6iGtCOGEoXJf//////////gIBAg==\n"
    "-----END DH PARAMETERS-----\n";

/* Of the certificate's own key, for so many seconds around now. */
static void
write_response(
    const char *name, const struct certs_cert *cert, int from, int to)
{
	int64_t now = (int64_t)clock_day();
	struct slice response = responder_make(&(struct responder_spec){
	    .subject = cert, .from = now + from, .to = now + to });
	FILE *out = open_file(name);

	ck_assert_uint_eq(
	    fwrite(response.data, 1, response.len, out), response.len);
	ck_assert_int_eq(fclose(out), 0);
	responder_free(response);
}

/* A CA; two, one with text around; one cut short; a certificate and its key. */
static void
write_certificates(const struct certs_cert *ec)
{
	const struct certs_cert *ca =
	    certs_make(&(struct certs_spec){ .name = "CA", .ca = true });
	const struct certs_cert *other =
	    certs_make(&(struct certs_spec){ .name = "Other CA", .ca = true });
	const struct certs_cert *named;
	FILE *out;

	named = certs_make(&(struct certs_spec){ .name = "named",
	    .issuer = ca,
	    .extensions = {
		{ "authorityInfoAccess", "OCSP;URI:http://named.test/" } } });
	write_file("named.pem", certs_join(named->pem, ca->pem));
	write_file("named-alone.pem", named->pem);
	write_file("plain.pem",
	    certs_join(certs_make(&(struct certs_spec){
				      .name = "plain", .issuer = ca })
			   ->pem,
		ca->pem));
	write_file("both.pem", certs_join(ec->pem, ec->key_pem));
	write_file("ca.pem", ca->pem);
	out = open_file("ca2.pem");
	fprintf(out, "Issuer: one\n%sIssuer: two\n%s", ca->pem, other->pem);
	ck_assert_int_eq(fclose(out), 0);
	write_file("broken-ca.pem",
	    certs_join(ca->pem, "-----BEGIN CERTIFICATE-----\nMIIB\n"
				"-----END CERTIFICATE-----\n"));
	out = open_file("huge-ca.pem");
	for (int i = 0; i < 140000; i++)
		fputc('\n', out);
	ck_assert_int_eq(fclose(out), 0);
}

static void
set_up(void)
{
	const struct certs_cert *ec;
	FILE *out;

	ck_assert_int_eq(s2n_init(), 0);
	strcpy(directory, "/tmp/frontd-options.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(file, sizeof file, "%s/frontd.conf", directory);
	ec = certs_make(&(struct certs_spec){ .name = "ec.test" });
	write_file("ec.pem", ec->pem);
	write_certificates(ec);
	write_file("must.pem",
	    certs_make(&(struct certs_spec){ .name = "must.test",
			   .extensions = { { "tlsfeature",
			       "status_request_v2, status_request" } } })
		->pem);
	write_response("good.der", ec, -HOUR, HOUR);
	write_response("old.der", ec, -HOUR, -1);
	write_response("young.der", ec, HOUR, 2 * HOUR);
	write_file("rsa.pem",
	    certs_make(
		&(struct certs_spec){ .name = "rsa.test", .key = CERTS_RSA })
		->pem);
	write_file("key.pem",
	    certs_make(&(struct certs_spec){ .name = "key.test" })->key_pem);
	write_file("dh.pem", ffdhe2048);
	write_dh_with_text();
	write_file("small.pem", small);
	write_file("unsound.pem", unsound);
	write_file("broken.pem", "-----BEGIN DH PARAMETERS-----\nAAAA\n"
				 "-----END DH PARAMETERS-----\n");
	write_file("empty.pem", "");
	out = open_file("huge.pem");
	for (int i = 0; i < 40000; i++)
		fputc('\n', out);
	ck_assert_int_eq(fclose(out), 0);
}

static void
tear_down(void)
{
	char path[128];

	options_free(&options);
	for (size_t i = 0; i < COUNT(made); i++) {
		snprintf(path, sizeof path, "%s/%s", directory, made[i]);
		remove(path);
	}
	ck_assert_int_eq(rmdir(directory), 0);
	certs_free_all();
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

/* Standard error goes to a file, from which what was said is taken. */
static bool
read_options(const char *words)
{
	FILE *heard = tmpfile();
	int saved = dup(STDERR_FILENO);
	ssize_t len;
	bool done;

	write_file("frontd.conf", words);
	ck_assert_ptr_nonnull(heard);
	fflush(stderr);
	dup2(fileno(heard), STDERR_FILENO);
	done = options_read(file, &options);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	len = pread(fileno(heard), said, sizeof said - 1, 0);
	ck_assert_int_ge(len, 0);
	said[len] = '\0';
	fclose(heard);
	return done;
}

/* Lines 1 to 4, 5 to 8 and 9 to 11, with a word in each. */
#define SITE(name, chain, word)                                                \
	"site \"" name "\" {\n chain = \"" chain "\"\n " word                  \
	"\n backend = \"127.0.0.1:1\" }\n"
#define FILE_WITH(listen, first, second)                                       \
	SITE("ec", "ec.pem", first)                                            \
	SITE("rsa", "rsa.pem", second)                                         \
	LISTEN(listen)
#define LISTEN(word)                                                           \
	"listen \"127.0.0.1:1\" {\n " word "\n default = \"ec\" }\n"

static const struct {
	const char *text;
	int line;
	const char *reason;
} errors[] = {
	{ FILE_WITH("", "policy = \"20229999\"", ""), 3,
	    "policy \"20229999\": there is no security policy of this name" },
	{ FILE_WITH("", "", "policy = \"\""), 7,
	    "policy \"\": there is no security policy of this name" },
	{ FILE_WITH("policy = \"none\"", "", ""), 10,
	    "policy \"none\": there is no security policy of this name" },
	/* No name is as long. */
	{ FILE_WITH("policy = \"0123456789012345678901234567890123456789"
		    "01234567890123456789012345678901234567890123456789\"",
	      "", ""),
	    10, "there is no security policy of this name" },
	{ FILE_WITH("policy = \"PQ-SIKE-TEST-TLS-1-0-2019-11\"", "", ""), 10,
	    "the security policy is no longer supported" },
	/* Nothing usable: no suite at all, none for the key, none but DHE. */
	{ FILE_WITH("", "", "policy = \"null\""), 7,
	    "policy \"null\" for site \"rsa\" at \"127.0.0.1:1\": no suite" },
	{ FILE_WITH("", "policy = \"20170210\"", ""), 3,
	    "policy \"20170210\" for site \"ec\" at \"127.0.0.1:1\": no suite" },
	{ FILE_WITH("policy = \"20170210\"", "", ""), 10,
	    "policy \"20170210\" for site \"ec\" at \"127.0.0.1:1\": no suite" },
	{ "log-format = yaml\n" FILE_WITH("", "", ""), 1,
	    "log-format is text or json, not \"yaml\"" },
	{ "worker { drain-timeout = 0s }\n" FILE_WITH("", "", ""), 1,
	    "drain-timeout is a time from 1ms to 24h" },
	{ "\nadmin-socket = \"\"\n" FILE_WITH("", "", ""), 2,
	    "admin-socket is missing" },
	{ "admin-readers = { root,\n nobody-of-this-name }\n" FILE_WITH(
	      "", "", ""),
	    2, "there is no account \"nobody-of-this-name\"" },
	{ "admin-readers = { 0, 1, 2, 3, 4, 5, 6, 7, 8 }\n" FILE_WITH(
	      "", "", ""),
	    1, "more than 8 accounts" },
	{ "worker {\n source-burst = 5 }\n" FILE_WITH("", "", ""), 2,
	    "source-burst is of a source-rate, and there is none" },
	{ "worker { source-rate = 0 }\n" FILE_WITH("", "", ""), 1,
	    "source-rate is a number from 1 to" },
	{ FILE_WITH("lifetime-timeout = never", "", ""), 10,
	    "lifetime-timeout is a time from 1ms to 24h" },
	{ SITE("ec", "ec.pem", "backends = { \"127.0.0.1:2\" }") LISTEN(""), 3,
	    "there is a backend already" },
	{ SITE("ec", "ec.pem", "balance = random") LISTEN(""), 3,
	    "balance is round-robin or least-connections, not \"random\"" },
	{ SITE("ec", "ec.pem", "connect-timeout = 0s") LISTEN(""), 3,
	    "connect-timeout is a time from" },
	{ "site \"ec\" {\n chain = \"ec.pem\"\n"
	  " backends = { \"127.0.0.1:2\", \"there:0\" } }\n" LISTEN(""),
	    3, "a backend is \"unix:/path\"" },
	{ "site \"ec\" {\n chain = \"ec.pem\"\n"
	  " backend = \"127.0.0.256:1\" }\n" LISTEN(""),
	    3, "a backend is \"unix:/path\"" },
	{ "site \"ec\" {\n chain = \"ec.pem\"\n"
	  " backend = \"not there:1\" }\n" LISTEN(""),
	    3, "a backend is \"unix:/path\"" },
	{ "site \"ec\" {\n chain = \"ec.pem\"\n"
	  " backend = \"not..there:1\" }\n" LISTEN(""),
	    3, "a backend is \"unix:/path\"" },
	{ "site \"ec\" {\n chain = \"ec.pem\"\n backend = \"there\" }\n" LISTEN(
	      ""),
	    3, "a backend is \"unix:/path\"" },
	{ "site \"ec\" {\n chain = \"ec.pem\"\n backends = {"
	  "\"[::1]:1\", \"[::1]:1\", \"[::1]:1\", \"[::1]:1\", \"[::1]:1\","
	  "\"[::1]:1\", \"[::1]:1\", \"[::1]:1\", \"[::1]:1\", \"[::1]:1\","
	  "\"[::1]:1\", \"[::1]:1\", \"[::1]:1\", \"[::1]:1\", \"[::1]:1\","
	  "\"[::1]:1\", \"[::1]:1\" } }\n" LISTEN(""),
	    3, "more than 16 backends" },
	{ SITE("ec", "ec.pem", "proxy-protocol = v3") LISTEN(""), 3,
	    "proxy-protocol is v1, v2 or none, not \"v3\"" },
	{ FILE_WITH("accept-proxy-from = { \"10.0.0.0/8\", \"10/8\" }", "", ""),
	    10, "a network is \"192.0.2.0/24\" or" },
	{ "access-log = perhaps\n" FILE_WITH("", "", ""), 1,
	    "invalid boolean value for option 'access-log'" },
	{ FILE_WITH("access-log = perhaps", "", ""), 10,
	    "invalid boolean value for option 'access-log'" },
	{ FILE_WITH("dh-params = \"absent.pem\"", "", ""), 10,
	    "absent.pem: No such file" },
	{ FILE_WITH("", "dh-params = \"absent.pem\"", ""), 3,
	    "absent.pem: No such file" },
	{ FILE_WITH("", "", "dh-params = \"empty.pem\""), 7,
	    "empty.pem: no Diffie-Hellman parameters in PEM" },
	{ FILE_WITH("", "", "dh-params = \"ec.pem\""), 7,
	    "ec.pem: no Diffie-Hellman parameters in PEM" },
	{ FILE_WITH("", "", "dh-params = \"key.pem\""), 7,
	    "key.pem: holds a private key" },
	{ FILE_WITH("", "", "dh-params = \"huge.pem\""), 7,
	    "huge.pem: larger than 32 KiB" },
	{ FILE_WITH("", "", "dh-params = \"broken.pem\""), 7,
	    "broken.pem: Diffie-Hellman parameters are not encoded as such" },
	{ FILE_WITH("", "", "dh-params = \"small.pem\""), 7,
	    "small.pem: Diffie-Hellman parameters have fewer than 2048" },
	{ FILE_WITH("", "", "dh-params = \"unsound.pem\""), 7,
	    "unsound.pem: Diffie-Hellman parameters are not sound" },
	{ FILE_WITH("", "", "dh-params = \"\""), 7, "dh-params is missing" },
	{ FILE_WITH("", "ocsp = \"\"", ""), 3, "ocsp is missing" },
	{ FILE_WITH("", "ocsp = fetch ocsp-responder = \"https://a/\"", ""), 3,
	    "ocsp-responder is \"http://name/path\", perhaps with a port, not "
	    "\"https://a/\"" },
	{ FILE_WITH(
	      "", "ocsp = \"good.der\"\n ocsp-responder = \"http://a/\"", ""),
	    4, "ocsp-responder goes with ocsp = fetch" },
	{ "nameservers = {\n \"127.0.0.1\", \"localhost\" }\n" FILE_WITH(
	      "", "", ""),
	    2, "a name server is an address, not \"localhost\"" },
	{ "nameservers = { \"127.0.0.1\", \"127.0.0.1\", \"::1\", \"::1\" "
	  "}\n" FILE_WITH("", "", ""),
	    1, "more than 3 nameservers" },
	{ FILE_WITH("", "ocsp = \"absent.der\"", ""), 3,
	    "absent.der: No such file" },
	{ FILE_WITH("", "ocsp = \"ec.pem\"", ""), 3,
	    "ec.pem: no OCSP response in DER" },
	{ FILE_WITH("", "ocsp = \"key.pem\"", ""), 3,
	    "key.pem: no OCSP response in DER" },
	{ FILE_WITH("", "ocsp = \"huge.pem\"", ""), 3,
	    "huge.pem: larger than 32000 bytes" },
	{ FILE_WITH("", "", "ocsp = \"good.der\""), 7,
	    "good.der: is of another certificate" },
	{ SITE("ec", "both.pem", "") LISTEN(""), 2,
	    "both.pem: holds a private key: keys belong to keyd alone" },
	{ SITE("ec", "huge-ca.pem", "") LISTEN(""), 2, "larger than 128 KiB" },
	{ FILE_WITH("", "client-ca = \"\"", ""), 3, "client-ca is missing" },
	{ FILE_WITH("client-ca = \"absent.pem\"", "", ""), 10,
	    "absent.pem: No such file" },
	{ FILE_WITH("", "client-ca = \"both.pem\"", ""), 3,
	    "both.pem: holds a private key: keys belong to keyd alone" },
	{ FILE_WITH("", "", "client-ca = \"huge-ca.pem\""), 7,
	    "huge-ca.pem: larger than 128 KiB" },
	{ FILE_WITH("", "", "client-ca = \"empty.pem\""), 7,
	    "empty.pem: no certificate in PEM" },
	{ FILE_WITH("", "", "client-ca = \"dh.pem\""), 7,
	    "dh.pem: no certificate in PEM" },
	{ FILE_WITH("", "", "client-ca = \"broken-ca.pem\""), 7,
	    "broken-ca.pem: " },
	{ FILE_WITH("", "client-auth = perhaps", ""), 3,
	    "client-auth is none, optional or require, not \"perhaps\"" },
	{ FILE_WITH("client-auth = require", "client-ca = \"ca.pem\"", ""), 10,
	    "client-auth \"require\" for site \"rsa\" at \"127.0.0.1:1\": "
	    "needs client-ca" },
	{ FILE_WITH("", "", "client-auth = optional"), 7,
	    "client-auth \"optional\" for site \"rsa\" at \"127.0.0.1:1\": "
	    "needs client-ca" },
};

START_TEST(every_error_names_file_and_line_and_reason)
{
	char place[128];

	ck_assert_msg(!read_options(errors[_i].text), "%s", errors[_i].text);
	snprintf(place, sizeof place, "%s:%d: ", file, errors[_i].line);
	ck_assert_msg(strncmp(said, place, strlen(place)) == 0,
	    "%s: not at line %d: %s", errors[_i].text, errors[_i].line, said);
	ck_assert_msg(strstr(said, errors[_i].reason) != NULL, "%s: said %s",
	    errors[_i].text, said);
	/* One line, whole. */
	ck_assert_msg(strchr(said, '\n') == said + strlen(said) - 1, "%s: %s",
	    errors[_i].text, said);
}
END_TEST

/* OpenSSL has ML-KEM since 3.5. */
START_TEST(a_policy_of_groups_that_libcrypto_lacks_is_refused)
{
	EVP_KEYMGMT *kem = EVP_KEYMGMT_fetch(NULL, "ML-KEM-1024", NULL);
	bool done = read_options(FILE_WITH("policy = \"cnsa_2\"", "", ""));

	EVP_KEYMGMT_free(kem);
	if (kem != NULL) {
		ck_assert_msg(done, "%s", said);
		return;
	}
	ck_assert(!done);
	ck_assert_msg(
	    strstr(said, ":10: policy \"cnsa_2\": libcrypto lacks") != NULL,
	    "%s", said);
}
END_TEST

static struct terms
terms_of_site(unsigned site)
{
	return terms_between(&options.listens[0].what.terms,
	    &options.sites[site]->what.terms, &options.client_cas);
}

START_TEST(the_site_goes_before_the_listener_each_word_for_itself)
{
	ck_assert_msg(read_options(FILE_WITH("", "", "")), "%s", said);
	ck_assert_str_eq(terms_of_site(0).policy, "default");
	ck_assert_str_eq(terms_of_site(0).dh, "");
	options_free(&options);

	ck_assert_msg(
	    read_options(FILE_WITH("policy = \"default_tls13\"",
		"dh-params = \"dh-text.pem\"", "policy = \"20170210\"")),
	    "%s", said);
	ck_assert_str_eq(terms_of_site(0).policy, "default_tls13");
	ck_assert_str_eq(terms_of_site(0).dh, ffdhe2048);
	ck_assert_str_eq(terms_of_site(1).policy, "20170210");
	ck_assert_str_eq(terms_of_site(1).dh, "");
	options_free(&options);

	ck_assert_msg(read_options(FILE_WITH("dh-params = \"dh.pem\"", "",
			  "policy = \"20190214\"")),
	    "%s", said);
	ck_assert_str_eq(terms_of_site(0).dh, ffdhe2048);
	ck_assert_str_eq(terms_of_site(1).dh, ffdhe2048);
	ck_assert_str_eq(terms_of_site(1).policy, "20190214");
}
END_TEST

static const struct {
	const char *text;
	bool first, second;
} log_words[] = {
	{ "", true, true },
	{ "access-log = off\n", false, true },
	{ "access-log = on\n", true, true },
};

START_TEST(an_access_log_is_written_unless_the_listener_or_the_file_says_no)
{
	char text[1024];

	snprintf(text, sizeof text, "%s%s%s", log_words[_i].text,
	    SITE("ec", "ec.pem", "") LISTEN(""),
	    "listen \"127.0.0.1:2\" { default = \"ec\" access-log = on }\n");
	ck_assert_msg(read_options(text), "%s", said);
	ck_assert(
	    (options.listens[0].what.access_log != 0) == log_words[_i].first);
	ck_assert(
	    (options.listens[1].what.access_log != 0) == log_words[_i].second);
	ck_assert_int_eq(options.log_format, LOG_FORMAT_TEXT);
}
END_TEST

START_TEST(readers_are_accounts_by_name_or_number)
{
	ck_assert_msg(read_options("admin-socket = \"a.sock\"\n"
				   "admin-readers = { root, 4711 }\n" FILE_WITH(
				       "", "", "")),
	    "%s", said);
	ck_assert_uint_eq(options.reader_count, 2);
	ck_assert_uint_eq(options.readers[0], 0);
	ck_assert_uint_eq(options.readers[1], 4711);
	ck_assert_str_eq(options.admin_socket + strlen(directory), "/a.sock");
}
END_TEST

START_TEST(sources_are_limited_as_said)
{
	const struct sources_limits *limits = &options.sources;

	ck_assert_msg(read_options(FILE_WITH("", "", "")), "%s", said);
	ck_assert_uint_eq(limits->connections, 0);
	ck_assert_uint_eq(limits->rate, 0);
	ck_assert_uint_eq(options.listens[0].what.lifetime_ms, 0);
	options_free(&options);
	ck_assert_msg(
	    read_options(
		"worker { source-connections = 7 source-rate = 20 }\n" FILE_WITH(
		    "lifetime-timeout = 2s", "", "")),
	    "%s", said);
	ck_assert_uint_eq(limits->connections, 7);
	ck_assert_uint_eq(limits->rate, 20);
	ck_assert_uint_eq(limits->burst, 20);
	ck_assert_uint_eq(options.listens[0].what.lifetime_ms, 2000);
	options_free(&options);
	ck_assert_msg(
	    read_options(
		"worker { source-rate = 20 source-burst = 3 }\n" FILE_WITH(
		    "", "", "")),
	    "%s", said);
	ck_assert_uint_eq(limits->burst, 3);
}
END_TEST

START_TEST(a_site_has_one_backend_or_several)
{
	const struct control_balance *balance;

	ck_assert_msg(
	    read_options(SITE("ec", "ec.pem",
		"") "site \"rsa\" { chain = \"rsa.pem\""
		    " backends = { \"127.0.0.1:2\", \"[::1]:3\", \"unix:/x\","
		    " \"127.0.0.1:5\" } balance = least-connections"
		    " connect-timeout = 2s backend-failures = 1 backend-down = 1m"
		    " backend-check = 5s proxy-protocol = v1 }\n" LISTEN("")),
	    "%s", said);
	balance = &options.sites[0]->balance;
	ck_assert_uint_eq(balance->count, 1);
	ck_assert_uint_eq(balance->least_connections, 0);
	ck_assert_uint_eq(balance->connect_ms, 5000);
	ck_assert_uint_eq(balance->check_ms, 0);
	ck_assert_uint_eq(options.sites[0]->what.backend_ms, 5500);
	balance = &options.sites[1]->balance;
	ck_assert_uint_eq(balance->count, 4);
	ck_assert_uint_eq(balance->least_connections, 1);
	ck_assert_uint_eq(balance->failures, 1);
	ck_assert_uint_eq(balance->down_ms, 60000);
	ck_assert_uint_eq(balance->check_ms, 5000);
	ck_assert_uint_eq(options.sites[1]->what.backend_ms, 6500);
	ck_assert_uint_eq(options.sites[1]->what.proxy, 1);
	ck_assert_uint_eq(options.sites[1]->backends[3].number, 3);
	ck_assert_int_eq(
	    options.sites[1]->backends[1].address.ss_family, AF_INET6);
}
END_TEST

START_TEST(a_backend_may_be_a_name)
{
	const struct option_name *name;

	ck_assert_msg(
	    read_options("site \"rsa\" { chain = \"rsa.pem\""
			 " backends = { \"127.0.0.1:2\", \"App-1.Example:80\","
			 " \"[::1]:3\", \"4th_host:81\" } }\n"
			 "listen \"127.0.0.1:1\" { default = \"rsa\" }\n"),
	    "%s", said);
	ck_assert(options.resolves);
	ck_assert_uint_eq(options.sites[0]->balance.count, 4);
	ck_assert_uint_eq(options.sites[0]->what.backend_ms, 15500);
	ck_assert_uint_eq(options.sites[0]->backends[1].address_len, 0);
	ck_assert_uint_ne(options.sites[0]->backends[2].address_len, 0);
	name = options.sites[0]->names;
	ck_assert_uint_eq(name->number, 3);
	ck_assert_uint_eq(name->port, 81);
	ck_assert_str_eq(name->host, "4th_host");
	name = name->next;
	ck_assert_uint_eq(name->number, 1);
	ck_assert_uint_eq(name->port, 80);
	ck_assert_str_eq(name->host, "app-1.example");
	ck_assert_ptr_null(name->next);
	ck_assert_msg(read_options(FILE_WITH("", "", "")), "%s", said);
	ck_assert(!options.resolves);
}
END_TEST

START_TEST(the_log_can_be_json)
{
	ck_assert_msg(read_options("log-format = json\n" FILE_WITH("", "", "")),
	    "%s", said);
	ck_assert_int_eq(options.log_format, LOG_FORMAT_JSON);
}
END_TEST

/* What the listener says, the first site, the second; and what that is. */
static const struct {
	const char *text;
	bool first, second;
} ticket_words[] = {
	{ FILE_WITH("", "", ""), true, true },
	{ FILE_WITH("tickets = false", "", ""), false, false },
	{ FILE_WITH("tickets = true", "", "tickets = false"), true, false },
	{ FILE_WITH("tickets = false", "tickets = true", ""), true, false },
	{ FILE_WITH("", "tickets = false", "tickets = true"), false, true },
};

START_TEST(tickets_are_given_unless_the_site_or_its_listener_says_no)
{
	struct terms_table table = { 0 };

	ck_assert_msg(read_options(ticket_words[_i].text), "%s", said);
	ck_assert(terms_of_site(0).tickets == ticket_words[_i].first);
	ck_assert(terms_of_site(1).tickets == ticket_words[_i].second);
	/* Another config, if they differ. */
	ck_assert_int_eq(terms_row(&table, terms_of_site(0)), 0);
	ck_assert_int_eq(terms_row(&table, terms_of_site(1)),
	    ticket_words[_i].first != ticket_words[_i].second);
	terms_table_free(&table);
}
END_TEST

/* For a listener and a site: what each says, and what comes of it. */
static const struct {
	const char *listen, *site;
	s2n_cert_auth_type auth;
	const char *ca; /* the file; NULL: none */
} client_cases[] = {
	{ "", "", S2N_CERT_AUTH_NONE, NULL },
	{ "client-ca = \"ca.pem\"", "", S2N_CERT_AUTH_REQUIRED, "ca.pem" },
	{ "", "client-ca = \"ca.pem\"", S2N_CERT_AUTH_REQUIRED, "ca.pem" },
	{ "client-ca = \"ca.pem\"", "client-ca = \"ca2.pem\"",
	    S2N_CERT_AUTH_REQUIRED, "ca2.pem" },
	{ "client-ca = \"ca.pem\"", "client-auth = optional",
	    S2N_CERT_AUTH_OPTIONAL, "ca.pem" },
	{ "client-ca = \"ca.pem\" client-auth = optional", "",
	    S2N_CERT_AUTH_OPTIONAL, "ca.pem" },
	{ "client-ca = \"ca.pem\" client-auth = optional",
	    "client-auth = require", S2N_CERT_AUTH_REQUIRED, "ca.pem" },
	{ "client-ca = \"ca.pem\" client-auth = optional",
	    "client-ca = \"ca2.pem\"", S2N_CERT_AUTH_OPTIONAL, "ca2.pem" },
	{ "client-ca = \"ca.pem\"", "client-auth = none", S2N_CERT_AUTH_NONE,
	    NULL },
	{ "client-auth = none", "client-ca = \"ca.pem\"", S2N_CERT_AUTH_NONE,
	    NULL },
	{ "client-auth = none", "client-ca = \"ca.pem\" client-auth = require",
	    S2N_CERT_AUTH_REQUIRED, "ca.pem" },
};

static void
assert_file_is(const char *name, const char *text)
{
	char path[128], expected[8192];
	FILE *in;
	size_t len;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	ck_assert_ptr_nonnull(in = fopen(path, "r"));
	len = fread(expected, 1, sizeof expected - 1, in);
	expected[len] = '\0';
	fclose(in);
	ck_assert_str_eq(text, expected);
}

START_TEST(clients_are_asked_as_the_site_and_else_the_listener_says)
{
	char text[1024];
	struct terms terms;

	snprintf(text, sizeof text, SITE("ec", "ec.pem", "%s") LISTEN("%s"),
	    client_cases[_i].site, client_cases[_i].listen);
	ck_assert_msg(read_options(text), "%s: %s", text, said);
	terms = terms_of_site(0);
	ck_assert_msg(terms.client_auth == client_cases[_i].auth, "%s", text);
	if (client_cases[_i].ca == NULL)
		ck_assert_str_eq(terms.client_ca, "");
	else
		assert_file_is(client_cases[_i].ca, terms.client_ca);
}
END_TEST

START_TEST(a_file_of_authorities_is_read_once)
{
	ck_assert_msg(read_options(FILE_WITH("client-ca = \"ca.pem\"",
			  "client-ca = \"ca2.pem\"", "client-ca = \"ca.pem\"")),
	    "%s", said);
	ck_assert_uint_eq(options.client_cas.count, 2);
	ck_assert_ptr_ne(
	    terms_of_site(0).client_ca, terms_of_site(1).client_ca);
	ck_assert_uint_eq(options.sites[1]->what.terms.client_ca,
	    options.listens[0].what.terms.client_ca);
}
END_TEST

/* As the master tells them: in parts, of the size that was said. */
START_TEST(authorities_are_told_in_parts_and_no_more_than_was_said)
{
	struct control_client_ca ca = { .number = 1, .size = 5 };
	struct control_part part = { .number = 1, .bytes = BYTES('a', 'b') };
	struct client_cas cas = { 0 };

	ck_assert(!client_ca_told_part(&cas, &part));
	ck_assert(client_ca_told(&cas, &ca));
	ck_assert_str_eq(client_ca_pem(&cas, 1), "");
	ck_assert(client_ca_told_part(&cas, &part));
	ck_assert(client_ca_told_part(&cas, &part));
	ck_assert(!client_ca_told_part(&cas, &part));
	part.bytes.len = 1;
	ck_assert(client_ca_told_part(&cas, &part));
	ck_assert_str_eq(client_ca_pem(&cas, 1), "ababa");
	ck_assert(!client_ca_told_part(&cas, &part));
	part.number = 0;
	ck_assert(!client_ca_told_part(&cas, &part));
	part.number = 2;
	ck_assert(!client_ca_told_part(&cas, &part));
	ca.number = 0;
	ck_assert(!client_ca_told(&cas, &ca));
	ca.number = CONTROL_CLIENT_CAS_MAX + 1;
	ck_assert(!client_ca_told(&cas, &ca));
	ca.number = 2;
	ca.size = PEM_FILE_MAX + 1;
	ck_assert(!client_ca_told(&cas, &ca));
	ck_assert_str_eq(client_ca_pem(&cas, 0), "");
	ck_assert_str_eq(client_ca_pem(&cas, 2), "");
	client_cas_free(&cas);
}
END_TEST

START_TEST(policies_that_permit_old_versions_are_noted_once)
{
	ck_assert_msg(read_options(FILE_WITH("policy = \"20240503\"", "",
			  "policy = \"20200207\"")),
	    "%s", said);
	ck_assert_uint_eq(options.old_count, 0);
	options_free(&options);

	/* The second listener changes nothing for its second site. */
	ck_assert_msg(read_options(FILE_WITH("policy = \"20240417\"", "",
			  "policy = \"20140601\"") "listen \"127.0.0.1:2\" "
						   "{ default = \"ec\" }\n"),
	    "%s", said);
	ck_assert_uint_eq(options.old_count, 2);
	ck_assert_str_eq(options.old[0].policy, "20240417");
	ck_assert_int_eq(options.old[0].least, S2N_TLS10);
	ck_assert_str_eq(options.old[1].policy, "20140601");
	ck_assert_int_eq(options.old[1].least, S2N_SSLv3);
}
END_TEST

static const struct {
	const char *text, *stale;
} responses[] = { { FILE_WITH("", "ocsp = \"good.der\"", ""), NULL },
	{ FILE_WITH("", "ocsp = \"old.der\"", ""), "expired" },
	{ FILE_WITH("", "ocsp = \"young.der\"", ""), "not-yet-valid" } };

START_TEST(a_response_is_served_in_its_time_only)
{
	const char *stale = responses[_i].stale;
	const struct option_site *site;

	ck_assert_msg(read_options(responses[_i].text), "%s", said);
	ck_assert_str_eq(said, "");
	site = options.sites[0];
	if (stale != NULL) {
		ck_assert_str_eq(site->stale, stale);
		ck_assert_ptr_null(site->staple.der);
	} else {
		ck_assert_ptr_null(site->stale);
		ck_assert(site->staple.len > 0);
		ck_assert_int_gt(site->staple.times.until, (time_t)clock_day());
	}
	ck_assert_ptr_null(site->fetch);
	ck_assert(!options.fetches);
	ck_assert_ptr_null(options.sites[1]->staple.der);
	ck_assert_ptr_null(options.sites[1]->stale);
}
END_TEST

/* What is in the chain, and what the file says. */
static const struct {
	const char *chain, *words;
	const char *host;  /* NULL: nothing is fetched ... */
	const char *stale; /* ... and why */
} fetches[] = {
	{ "named.pem", "", NULL, NULL },
	{ "named.pem", "ocsp = fetch", "named.test", NULL },
	{ "named.pem", "ocsp = \"fetch\"", "named.test", NULL },
	{ "named.pem", "ocsp-responder = \"http://told.test/\"", "told.test",
	    NULL },
	{ "named.pem", "ocsp = fetch ocsp-responder = \"http://told.test/\"",
	    "told.test", NULL },
	{ "named-alone.pem", "ocsp = fetch", NULL, "no-issuer" },
	{ "plain.pem", "ocsp = fetch", NULL, "no-responder" },
	{ "plain.pem", "ocsp-responder = \"http://told.test/\"", "told.test",
	    NULL },
};

START_TEST(a_response_is_fetched_where_there_is_a_responder)
{
	const struct option_site *site;
	char text[512];

	snprintf(text, sizeof text,
	    "site \"s\" { chain = \"%s\" backend = \"127.0.0.1:1\" %s }\n"
	    "listen \"127.0.0.1:2\" { default = \"s\" }\n",
	    fetches[_i].chain, fetches[_i].words);
	ck_assert_msg(read_options(text), "%s", said);
	site = options.sites[0];
	ck_assert(options.fetches == (fetches[_i].host != NULL));
	ck_assert((site->fetch != NULL) == options.fetches);
	if (site->fetch != NULL)
		ck_assert_str_eq(
		    control_text(site->fetch->host), fetches[_i].host);
	if (fetches[_i].stale != NULL)
		ck_assert_str_eq(site->stale, fetches[_i].stale);
	else
		ck_assert_ptr_null(site->stale);
	ck_assert_str_eq(options.ocsp_cache, "/var/lib/sallyport");
	ck_assert_uint_eq(options.nameserver_count, 0);
}
END_TEST

START_TEST(the_cache_is_a_path_and_name_servers_are_addresses)
{
	char path[sizeof directory + 8];

	ck_assert_msg(
	    read_options(
		"ocsp-cache = \"cache\"\n"
		"nameservers = { \"127.0.0.1\", \"[::1]:5353\" }\n" SITE("ec",
		    "ec.pem",
		    "") "listen \"127.0.0.1:2\" { default = \"ec\" }\n"),
	    "%s", said);
	snprintf(path, sizeof path, "%s/cache", directory);
	ck_assert_str_eq(options.ocsp_cache, path);
	ck_assert_uint_eq(options.nameserver_count, 2);
	ck_assert_int_eq(options.nameservers[1].address.ss_family, AF_INET6);
}
END_TEST

START_TEST(a_certificate_that_demands_a_response_is_noted)
{
	ck_assert_msg(read_options(SITE("must", "must.pem", "") SITE(
			  "ec", "ec.pem", "") "listen \"127.0.0.1:2\" "
					      "{ default = \"ec\" }\n"),
	    "%s", said);
	ck_assert_str_eq(options.sites[0]->stale, "missing");
	ck_assert_ptr_null(options.sites[1]->stale);
}
END_TEST

/* ---- directories ---- */

#define SITES(word)                                                            \
	"sites \"web\" {\n chains = \"live\"\n " word                          \
	"\n backend = \"127.0.0.1:1\" }\n"
#define LISTEN_AT(site) "listen \"127.0.0.1:1\" { default = \"" site "\" }\n"

static void
write_leaf(const char *name, const char *sans, enum certs_key key, int64_t to)
{
	write_file(name,
	    certs_make(&(struct certs_spec){
			   .name = "leaf", .sans = sans, .key = key, .to = to })
		->pem);
}

/* Two of ECDSA, and an RSA key's that has names of both. */
static void
make_live(void)
{
	char path[128];

	snprintf(path, sizeof path, "%s/live", directory);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	write_leaf("live/a.pem", "DNS:a.test,DNS:*.A.test,DNS:own.test",
	    CERTS_P256, 0);
	write_leaf("live/b.pem", "DNS:b.test", CERTS_P384, 0);
	write_leaf(
	    "live/r.pem", "DNS:A.TEST,IP:127.0.0.1,DNS:r.test", CERTS_RSA, 0);
}

static const struct {
	const char *what, *sans;
	enum certs_key key;
	int64_t to;
	const char *word;
	int line;
	const char *reason;
} live_errors[] = {
	{ "expired", "DNS:x.test", CERTS_P256, CERTS_NOW - 40000000, "", 2,
	    "live/x.pem: the certificate has expired" },
	{ "no host", "IP:127.0.0.1", CERTS_P256, 0, "", 2,
	    "live/x.pem: the certificate has no host name" },
	{ "one kind", "DNS:x.test,DNS:B.test", CERTS_P256, 0, "", 2,
	    "live/b.pem, with a key of the same kind" },
	{ "one kind, a star", "DNS:*.a.test", CERTS_P521, 0, "", 2,
	    "live/x.pem: the name \"*.a.test\" is also in " },
	{ "no suite", "DNS:x.test", CERTS_P256, 0, "policy = \"20170210\"", 3,
	    "policy \"20170210\" for site \"web/a\" at " },
	{ "a response", "DNS:x.test", CERTS_P256, 0, "ocsp = \"good.der\"", 3,
	    "ocsp of a directory's sites is fetch" },
	{ "names", "DNS:x.test", CERTS_P256, 0, "names = { \"x.test\" }", 3,
	    "no such option 'names'" },
	{ "no backend", "DNS:x.test", CERTS_P256, 0, "backends = { \"x\" }", 3,
	    "there is a backend already" },
};

START_TEST(errors_in_a_directory_name_the_file)
{
	char place[128], text[1024];

	make_live();
	write_leaf("live/x.pem", live_errors[_i].sans, live_errors[_i].key,
	    live_errors[_i].to);
	snprintf(text, sizeof text, SITES("%s") LISTEN_AT("web/a"),
	    live_errors[_i].word);
	ck_assert_msg(!read_options(text), "%s", live_errors[_i].what);
	snprintf(place, sizeof place, "%s:%d: ", file, live_errors[_i].line);
	ck_assert_msg(strncmp(said, place, strlen(place)) == 0, "%s: %s",
	    live_errors[_i].what, said);
	ck_assert_msg(strstr(said, live_errors[_i].reason) != NULL, "%s: %s",
	    live_errors[_i].what, said);
}
END_TEST

static void
check_site(unsigned number, const char *title, const char *names, size_t len,
    unsigned beside, unsigned backends)
{
	const struct option_site *site = options.sites[number];

	ck_assert_str_eq(site->title, title);
	ck_assert_uint_eq(site->what.site, number);
	ck_assert_msg(slice_equal(site->what.names, slice_of(names, len)),
	    "names of %s", title);
	ck_assert_uint_eq(site->what.beside, beside);
	ck_assert_uint_eq(site->what.backends, backends);
	ck_assert_uint_eq(site->balance.count, number == backends);
}

START_TEST(chains_of_a_directory_are_sites)
{
	make_live();
	ck_assert_msg(
	    read_options(SITES(
		"early-data = 9\n alpn = { \"x\" }") "site \"own\" { chain = \"live/a.pem\""
						     " names = { \"own.test\" } backend = \"[::1]:2\" }\n" LISTEN_AT(
							 "web/b")),
	    "%s", said);
	ck_assert_uint_eq(options.site_count, 4);
	check_site(0, "own", "\010own.test", 9, 0, 0);
	check_site(1, "web/a", "\006a.test\010*.A.test", 16, 1, 1);
	check_site(2, "web/b", "\006b.test", 7, 2, 1);
	check_site(3, "web/r", "\006A.TEST\006r.test", 14, 1, 1);
	ck_assert_uint_eq(options.listens[0].what.default_site, 2);
	ck_assert_str_eq(options.sites[1]->balance.title, "web");
	for (unsigned i = 1; i < 4; i++) {
		ck_assert_uint_eq(options.sites[i]->what.early_data, 9);
		ck_assert_uint_eq(options.sites[i]->what.terms.alpn.len, 2);
		ck_assert_uint_eq(options.sites[i]->line, 5);
	}
	ck_assert_ptr_null(options.unused);
}
END_TEST

/* The first to have a name is whom the others stand beside, if their keys are
 * of other kinds. */
START_TEST(sites_of_their_own_stand_side_by_side)
{
	static const unsigned beside[] = { 0, 1, 2, 1 };

	make_live();
	write_leaf("live/s.pem", "DNS:a.test,DNS:b.test", CERTS_P256, 0);
	ck_assert_msg(
	    read_options(
		"site \"r\" { chain = \"live/r.pem\" names = { \"r.test\" }"
		" backend = \"[::1]:2\" }\n"
		"site \"a\" { chain = \"live/a.pem\" names = { \"A.test\" }"
		" backend = \"[::1]:2\" }\n"
		"site \"s\" { chain = \"live/s.pem\" names = { \"a.test\","
		" \"b.test\" } backend = \"[::1]:2\" }\n"
		"site \"x\" { chain = \"live/r.pem\" names = { \"a.test\" }"
		" backend = \"[::1]:3\" }\n" LISTEN_AT("a")),
	    "%s", said);
	ck_assert_uint_eq(options.site_count, COUNT(beside));
	for (unsigned i = 0; i < COUNT(beside); i++) {
		ck_assert_uint_eq(options.sites[i]->what.beside, beside[i]);
		ck_assert_uint_eq(options.sites[i]->what.backends, i);
	}
}
END_TEST

START_TEST(a_chain_whose_names_are_others_is_none_of_a_directory)
{
	make_live();
	ck_assert_msg(
	    read_options(SITES("") "site \"own\" { chain = \"live/b.pem\" names"
				   " = { \"B.test\" } backend = "
				   "\"[::1]:2\" }\n" LISTEN_AT("own")),
	    "%s", said);
	ck_assert_uint_eq(options.site_count, 3);
	ck_assert_ptr_nonnull(options.unused);
	ck_assert_ptr_nonnull(
	    strstr(control_text(options.unused->file), "/live/b.pem"));
	ck_assert_ptr_null(options.unused->next);
}
END_TEST

START_TEST(no_site_is_called_as_sites_are)
{
	make_live();
	ck_assert(!read_options(
	    SITES("") "site \"web\" { chain = \"ec.pem\" backend = "
		      "\"[::1]:2\" }\n" LISTEN_AT("web")));
	ck_assert_ptr_nonnull(
	    strstr(said, "frontd.conf:2: there is a site \"web\" already"));
}
END_TEST

START_TEST(expired_chains_are_sites_where_that_is_said)
{
	make_live();
	write_leaf(
	    "live/x.pem", "DNS:x.test", CERTS_P256, CERTS_NOW - 40000000);
	ck_assert_msg(
	    read_options(SITES("allow-expired = true") LISTEN_AT("web/x")),
	    "%s", said);
	ck_assert_uint_eq(options.site_count, 4);
}
END_TEST

#define TERMS(name, parameters, auth)                                          \
	(struct terms)                                                         \
	{                                                                      \
		.policy = name, .dh = parameters, .tickets = true,             \
		.client_auth = auth,                                           \
		.client_ca = (auth) == S2N_CERT_AUTH_NONE ? "" : ca            \
	}

START_TEST(equal_terms_share_a_config)
{
	const char *ca =
	    certs_make(&(struct certs_spec){ .name = "CA", .ca = true })->pem;
	struct terms_table table = { 0 };
	const struct terms rows[] = { TERMS("default", "", S2N_CERT_AUTH_NONE),
		TERMS("20170210", "", S2N_CERT_AUTH_NONE),
		TERMS("default", ffdhe2048, S2N_CERT_AUTH_NONE),
		TERMS("default", "", S2N_CERT_AUTH_OPTIONAL),
		TERMS("default", "", S2N_CERT_AUTH_REQUIRED) };

	for (int i = 0; i < (int)COUNT(rows); i++)
		ck_assert_int_eq(terms_row(&table, rows[i]), i);
	for (int i = 0; i < (int)COUNT(rows); i++)
		ck_assert_int_eq(terms_row(&table, rows[i]), i);
	ck_assert_int_eq(
	    terms_row(&table, TERMS("x", "", S2N_CERT_AUTH_NONE)), -1);
	ck_assert_uint_eq(table.count, COUNT(rows));
	terms_table_free(&table);
}
END_TEST

static Suite *
options_suite(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, every_error_names_file_and_line_and_reason,
	    0, (int)COUNT(errors));
	tcase_add_test(
	    tcase, a_policy_of_groups_that_libcrypto_lacks_is_refused);
	tcase_add_test(
	    tcase, the_site_goes_before_the_listener_each_word_for_itself);
	tcase_add_loop_test(tcase,
	    an_access_log_is_written_unless_the_listener_or_the_file_says_no, 0,
	    (int)COUNT(log_words));
	tcase_add_test(tcase, readers_are_accounts_by_name_or_number);
	tcase_add_test(tcase, sources_are_limited_as_said);
	tcase_add_test(tcase, a_site_has_one_backend_or_several);
	tcase_add_test(tcase, a_backend_may_be_a_name);
	tcase_add_test(tcase, the_log_can_be_json);
	tcase_add_loop_test(tcase,
	    tickets_are_given_unless_the_site_or_its_listener_says_no, 0,
	    (int)COUNT(ticket_words));
	tcase_add_loop_test(tcase,
	    clients_are_asked_as_the_site_and_else_the_listener_says, 0,
	    (int)COUNT(client_cases));
	tcase_add_test(tcase, a_file_of_authorities_is_read_once);
	tcase_add_test(
	    tcase, authorities_are_told_in_parts_and_no_more_than_was_said);
	tcase_add_test(tcase, policies_that_permit_old_versions_are_noted_once);
	tcase_add_loop_test(tcase,
	    a_response_is_fetched_where_there_is_a_responder, 0,
	    (int)COUNT(fetches));
	tcase_add_test(
	    tcase, the_cache_is_a_path_and_name_servers_are_addresses);
	tcase_add_loop_test(tcase, a_response_is_served_in_its_time_only, 0,
	    (int)COUNT(responses));
	tcase_add_test(tcase, a_certificate_that_demands_a_response_is_noted);
	tcase_add_loop_test(tcase, errors_in_a_directory_name_the_file, 0,
	    (int)COUNT(live_errors));
	tcase_add_test(tcase, chains_of_a_directory_are_sites);
	tcase_add_test(tcase, sites_of_their_own_stand_side_by_side);
	tcase_add_test(
	    tcase, a_chain_whose_names_are_others_is_none_of_a_directory);
	tcase_add_test(tcase, no_site_is_called_as_sites_are);
	tcase_add_test(tcase, expired_chains_are_sites_where_that_is_said);
	tcase_add_test(tcase, equal_terms_share_a_config);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(options_suite)
