/*
 * frontd/nameservers.c: what a resolv.conf(5) comes to.
 */
#include "frontd/nameservers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* "address port" */
static const char *
print(const struct nameserver *server)
{
	const struct sockaddr_in *v4 = (const void *)&server->address;
	const struct sockaddr_in6 *v6 = (const void *)&server->address;
	static char text[INET6_ADDRSTRLEN + 8];
	char host[INET6_ADDRSTRLEN];

	if (server->address.ss_family == AF_INET) {
		ck_assert_uint_eq(server->address_len, sizeof *v4);
		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
		snprintf(text, sizeof text, "%s %u", host, ntohs(v4->sin_port));
	} else {
		ck_assert_int_eq(server->address.ss_family, AF_INET6);
		ck_assert_uint_eq(server->address_len, sizeof *v6);
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
		snprintf(
		    text, sizeof text, "%s %u", host, ntohs(v6->sin6_port));
	}
	return text;
}

static const struct {
	const char *text, *is;
} words[] = {
	{ "192.0.2.1", "192.0.2.1 53" },
	{ "192.0.2.1:5353", "192.0.2.1 5353" },
	{ "2001:db8::1", "2001:db8::1 53" },
	{ "[2001:db8::1]:5353", "2001:db8::1 5353" },
	{ "::1", "::1 53" },
	{ "", NULL },
	{ "localhost", NULL },
	{ "192.0.2.1:0", NULL },
	{ "192.0.2", NULL },
	{ "fe80::1%eth0", NULL },
};

START_TEST(a_name_server_is_a_numeric_address)
{
	struct nameserver server;
	bool done = nameservers_parse(words[_i].text, &server);

	ck_assert_msg(done == (words[_i].is != NULL), "\"%s\"", words[_i].text);
	if (done)
		ck_assert_str_eq(print(&server), words[_i].is);
}
END_TEST

static size_t
read_text(const char *text, struct nameserver *out)
{
	char path[] = "/tmp/frontd-resolv.XXXXXX";
	int fd = mkstemp(path);
	size_t count;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	count = nameservers_read(path, out);
	unlink(path);
	return count;
}

START_TEST(name_servers_are_read_in_their_order)
{
	struct nameserver found[NAMESERVERS_MAX];

	ck_assert_uint_eq(read_text("# nameserver 192.0.2.9\n"
				    "search example.org\n"
				    "nameserver 192.0.2.1\n"
				    "nameserver\n"
				    "nameserver nonsense\n"
				    "\tnameserver\t2001:db8::1   # two\n"
				    "options edns0\n"
				    "nameserver 192.0.2.3\n"
				    "nameserver 192.0.2.4\n",
			      found),
	    3);
	ck_assert_str_eq(print(&found[0]), "192.0.2.1 53");
	ck_assert_str_eq(print(&found[1]), "2001:db8::1 53");
	ck_assert_str_eq(print(&found[2]), "192.0.2.3 53");
}
END_TEST

START_TEST(without_any_it_is_the_machine_itself)
{
	struct nameserver found[NAMESERVERS_MAX];

	ck_assert_uint_eq(read_text("", found), 1);
	ck_assert_str_eq(print(&found[0]), "127.0.0.1 53");
	ck_assert_uint_eq(nameservers_read("/nonexistent", found), 1);
	ck_assert_str_eq(print(&found[0]), "127.0.0.1 53");
}
END_TEST

static Suite *
nameservers_suite(void)
{
	Suite *suite = suite_create("nameservers");
	TCase *tcase = tcase_create("nameservers");

	tcase_add_loop_test(
	    tcase, a_name_server_is_a_numeric_address, 0, (int)COUNT(words));
	tcase_add_test(tcase, name_servers_are_read_in_their_order);
	tcase_add_test(tcase, without_any_it_is_the_machine_itself);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(nameservers_suite)
