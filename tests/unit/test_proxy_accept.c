/*
 * frontd/proxy_accept.c: headers in pieces of any size, what they say, what is
 * malformed, and which networks have whom.
 */
#include "frontd/proxy_accept.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define TEXT(text) text, sizeof text - 1

/* What comes, in all; the ends as text; ours too. NULL: refused. */
static const struct {
	const char *what, *bytes;
	size_t len;
	const char *peer, *local;
} headers[] = {
	{ "IPv4, version 1",
	    TEXT("PROXY TCP4 192.0.2.1 192.0.2.2 4660 443\r\n"),
	    "192.0.2.1:4660", "192.0.2.2:443" },
	{ "the shortest", TEXT("PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\n"),
	    "1.1.1.1:1", "1.1.1.1:1" },
	{ "IPv6, version 1", TEXT("PROXY TCP6 2001:db8::1 :: 65535 0\r\n"),
	    "2001:db8::1:65535", ":::0" },
	{ "the shortest IPv6", TEXT("PROXY TCP6 :: :: 1 1\r\n"), ":::1",
	    ":::1" },
	{ "unknown", TEXT("PROXY UNKNOWN\r\n"), "-", "-" },
	{ "unknown with more", TEXT("PROXY UNKNOWN ffff::1 what ever\r\n"), "-",
	    "-" },
	{ "another family", TEXT("PROXY TCP5 1.1.1.1 1.1.1.1 1 1\r\n"), NULL,
	    NULL },
	{ "not an address", TEXT("PROXY TCP4 1.1.1 1.1.1.1 10 1\r\n"), NULL,
	    NULL },
	{ "IPv6 as IPv4", TEXT("PROXY TCP4 2001:db8::1 ::1 10 100\r\n"), NULL,
	    NULL },
	{ "a port too many", TEXT("PROXY TCP4 1.1.1.1 1.1.1.1 1 65536\r\n"),
	    NULL, NULL },
	{ "a port that is none", TEXT("PROXY TCP4 1.1.1.1 1.1.1.1 1 +1\r\n"),
	    NULL, NULL },
	{ "two spaces", TEXT("PROXY TCP4 1.1.1.1  1.1.1.1 1 1\r\n"), NULL,
	    NULL },
	{ "a word more", TEXT("PROXY TCP4 1.1.1.1 1.1.1.1 1 1 1\r\n"), NULL,
	    NULL },
	{ "a word too few", TEXT("PROXY TCP4 100.100.100.100 1.1.1.1 11\r\n"),
	    NULL, NULL },
	{ "no CR", TEXT("PROXY TCP4 1.1.1.1 1.1.1.1 1 11\n"), NULL, NULL },
	{ "without an end",
	    TEXT("PROXY UNKNOWN 0123456789012345678901234567890123456789"
		 "012345678901234567890123456789012345678901234567890123"),
	    NULL, NULL },
	{ "IPv4, version 2",
	    TEXT(SIGNATURE "\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\x12\x34\x01"
			   "\xbb"),
	    "192.0.2.1:4660", "192.0.2.2:443" },
	{ "with something behind the addresses",
	    TEXT(SIGNATURE "\x21\x11\0\x10\xc0\0\2\1\xc0\0\2\2\x12\x34\x01"
			   "\xbb\4\0\1x"),
	    "192.0.2.1:4660", "192.0.2.2:443" },
	{ "IPv6, version 2",
	    TEXT(SIGNATURE "\x21\x21\0\x24\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0"
			   "\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\2"),
	    "2001:db8::1:1", ":::2" },
	{ "the proxy's own", TEXT(SIGNATURE "\x20\x00\0\0"), "-", "-" },
	{ "a family without addresses", TEXT(SIGNATURE "\x21\x00\0\0"), "-",
	    "-" },
	{ "addresses cut short",
	    TEXT(SIGNATURE "\x21\x11\0\x0b\xc0\0\2\1\xc0\0\2\2\x12\x34\x01"),
	    NULL, NULL },
	{ "version 3", TEXT(SIGNATURE "\x31\x11\0\0"), NULL, NULL },
	{ "longer than we take", TEXT(SIGNATURE "\x21\x11\x08\0"), NULL, NULL },
	{ "a ClientHello",
	    TEXT("\x16\3\1\2\0\1\0\1\xfc\3\3\0\0\0\0\0\0\0\0\0\0\0"), NULL,
	    NULL },
	{ "HTTP", TEXT("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), NULL, NULL },
};

static const char *
text_of(const struct sockaddr_storage *end, char *out, size_t room)
{
	const struct sockaddr_in *v4 = (const void *)end;
	const struct sockaddr_in6 *v6 = (const void *)end;
	char host[INET6_ADDRSTRLEN];

	if (end->ss_family == 0)
		return "-";
	if (end->ss_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
	snprintf(out, room, "%s:%u", host,
	    ntohs(end->ss_family == AF_INET ? v4->sin_port : v6->sin6_port));
	return out;
}

/* As a session reads it, in pieces of at most so many bytes; behind the header
 * there is something that is not of it. */
static enum proxy_accept
read_header(const char *bytes, size_t len, size_t piece, size_t *taken)
{
	static const char behind[] = "\x16\3\1";
	char all[256] = { 0 };
	enum proxy_accept state;
	size_t want;

	memcpy(all, bytes, len);
	memcpy(all + len, behind, sizeof behind);
	*taken = 0;
	while ((state = proxy_accept_look(slice_of(all, *taken), &want)) ==
	       PROXY_ACCEPT_MORE) {
		ck_assert_uint_gt(want, 0);
		*taken += want < piece ? want : piece;
		ck_assert_uint_le(*taken, PROXY_ACCEPT_MAX);
		if (*taken > len)
			return PROXY_ACCEPT_BAD; /* it does not end */
	}
	return state;
}

START_TEST(a_header_is_taken_whole_and_nothing_behind_it)
{
	struct sockaddr_storage peer, local;
	char from[80], to[80];
	enum proxy_accept state;
	size_t taken;
	bool good;

	for (size_t piece = 1; piece < 60; piece++) {
		state = read_header(
		    headers[_i].bytes, headers[_i].len, piece, &taken);
		ck_assert_uint_le(taken, headers[_i].len + 16);
		good = state == PROXY_ACCEPT_WHOLE &&
		       proxy_accept_take(
			   slice_of(headers[_i].bytes, taken), &peer, &local);
		ck_assert_msg(
		    good == (headers[_i].peer != NULL), "%s", headers[_i].what);
		if (!good)
			continue;
		ck_assert_msg(taken == headers[_i].len, "%s", headers[_i].what);
		ck_assert_str_eq(
		    text_of(&peer, from, sizeof from), headers[_i].peer);
		ck_assert_str_eq(
		    text_of(&local, to, sizeof to), headers[_i].local);
	}
}
END_TEST

/* From a socket, a byte at a time, and the proxy's end after it. */
START_TEST(a_socket_is_read_to_the_headers_end)
{
	static const char behind[] = "\x16\3\1";
	const char *bytes = headers[_i].bytes;
	struct proxy_coming coming = { 0 };
	enum proxy_accept state = PROXY_ACCEPT_MORE;
	int pair[2];
	char left[sizeof behind];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	for (size_t i = 0; i < headers[_i].len; i++) {
		ck_assert_int_eq(state, PROXY_ACCEPT_MORE);
		ck_assert_int_eq(send(pair[0], bytes + i, 1, 0), 1);
		if (i + 1 == headers[_i].len)
			ck_assert_int_eq(
			    send(pair[0], behind, sizeof behind, 0),
			    sizeof behind);
		state = proxy_accept_read(&coming, pair[1]);
		if (state == PROXY_ACCEPT_BAD)
			break;
	}
	if (headers[_i].peer != NULL) {
		ck_assert_int_eq(state, PROXY_ACCEPT_WHOLE);
		ck_assert_uint_eq(coming.len, headers[_i].len);
		ck_assert_int_eq(
		    recv(pair[1], left, sizeof left, 0), sizeof behind);
		ck_assert_mem_eq(left, behind, sizeof behind);
	}
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(a_proxy_that_is_gone_has_sent_no_header)
{
	struct proxy_coming coming = { 0 };
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(send(pair[0], "PROXY TCP4 ", 11, 0), 11);
	close(pair[0]);
	ck_assert_int_eq(
	    proxy_accept_read(&coming, pair[1]), PROXY_ACCEPT_GONE);
	close(pair[1]);
}
END_TEST

static const struct {
	const char *network, *address;
	bool has;
} networks[] = {
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.128/25", "192.0.2.128", true },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.0", false },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "::1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "::1", "::1", true },
	{ "::/0", "192.0.2.1", false },
};

START_TEST(a_network_has_those_who_share_its_bits)
{
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *v4 = (void *)&address;
	struct sockaddr_in6 *v6 = (void *)&address;
	struct control_network network;

	ck_assert(proxy_network_parse(networks[_i].network, &network));
	if (inet_pton(AF_INET, networks[_i].address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
	} else {
		inet_pton(AF_INET6, networks[_i].address, &v6->sin6_addr);
		v6->sin6_family = AF_INET6;
	}
	ck_assert_msg(proxy_network_has(&network, &address) == networks[_i].has,
	    "%s and %s", networks[_i].network, networks[_i].address);
}
END_TEST

static const char *const nonsense[] = { "", "/", "/8", "192.0.2.0/", "here",
	"192.0.2.0/33", "::/129", "192.0.2.0/-1", "192.0.2.0/8x", "192.0.2/24",
	"192.0.2.0/24/24", "::1%lo" };

START_TEST(what_is_no_network_is_refused)
{
	struct control_network network;

	ck_assert_msg(
	    !proxy_network_parse(nonsense[_i], &network), "%s", nonsense[_i]);
}
END_TEST

static Suite *
proxy_accept_suite(void)
{
	Suite *suite = suite_create("proxy_accept");
	TCase *tcase = tcase_create("proxy_accept");

	tcase_add_loop_test(tcase,
	    a_header_is_taken_whole_and_nothing_behind_it, 0,
	    (int)COUNT(headers));
	tcase_add_loop_test(
	    tcase, a_socket_is_read_to_the_headers_end, 0, (int)COUNT(headers));
	tcase_add_test(tcase, a_proxy_that_is_gone_has_sent_no_header);
	tcase_add_loop_test(tcase, a_network_has_those_who_share_its_bits, 0,
	    (int)COUNT(networks));
	tcase_add_loop_test(
	    tcase, what_is_no_network_is_refused, 0, (int)COUNT(nonsense));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(proxy_accept_suite)
