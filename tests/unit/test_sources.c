/*
 * frontd/sources.c: who is one source, what is too much, and that memory has an
 * end while nobody with connections is forgotten.
 */
#include "frontd/sources.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "tests/unit/unit.h"

#define SECOND 1000000

static struct sources *sources;
static sources_place place;

static void
tear_down(void)
{
	sources_free(sources);
	sources = NULL;
}

static struct sockaddr_storage
address(const char *text)
{
	struct sockaddr_storage out = { 0 };
	struct sockaddr_in *v4 = (void *)&out;
	struct sockaddr_in6 *v6 = (void *)&out;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
		v6->sin6_family = AF_INET6;
	}
	return out;
}

static enum sources_verdict
come(const char *text, uint64_t now_us)
{
	struct sockaddr_storage from = address(text);

	return sources_come(sources, &from, now_us, &place);
}

static void
make(struct sources_limits limits, uint32_t connections)
{
	sources = sources_new(&limits, connections);
	ck_assert_ptr_nonnull(sources);
}

START_TEST(without_limits_there_is_nothing_to_keep)
{
	ck_assert_ptr_null(sources_new(&(struct sources_limits){ 0 }, 100));
	ck_assert_int_eq(errno, 0);
	ck_assert_int_eq(come("192.0.2.1", 0), SOURCES_TAKEN);
	ck_assert_uint_eq(place, SOURCES_NOWHERE);
	sources_go(NULL, place);
}
END_TEST

static const struct {
	const char *what, *a, *b;
	bool same;
} pairs[] = {
	{ "the same IPv4 address", "192.0.2.1", "192.0.2.1", true },
	{ "another IPv4 address", "192.0.2.1", "192.0.2.2", false },
	{ "one IPv6 network", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
	{ "another IPv6 network", "2001:db8:1:2::1", "2001:db8:1:3::1", false },
	/* The bytes of both networks are the same. */
	{ "IPv4 is not IPv6", "0.0.0.0", "::1", false },
};

START_TEST(a_source_is_an_address_or_a_network)
{
	make((struct sources_limits){ .connections = 1 }, 10);
	ck_assert_int_eq(come(pairs[_i].a, 0), SOURCES_TAKEN);
	ck_assert_msg(come(pairs[_i].b, 0) ==
			  (pairs[_i].same ? SOURCES_TOO_MANY : SOURCES_TAKEN),
	    "%s", pairs[_i].what);
}
END_TEST

START_TEST(who_goes_makes_room)
{
	sources_place first;

	make((struct sources_limits){ .connections = 2 }, 10);
	ck_assert_int_eq(come("192.0.2.1", 0), SOURCES_TAKEN);
	first = place;
	ck_assert_int_eq(come("192.0.2.1", 0), SOURCES_TAKEN);
	ck_assert_int_eq(come("192.0.2.1", 0), SOURCES_TOO_MANY);
	ck_assert_uint_eq(place, SOURCES_NOWHERE);
	sources_go(sources, first);
	ck_assert_int_eq(come("192.0.2.1", 0), SOURCES_TAKEN);
	ck_assert_int_eq(come("192.0.2.1", 0), SOURCES_TOO_MANY);
}
END_TEST

START_TEST(a_rate_has_its_burst_and_comes_back)
{
	uint64_t now = 5 * (uint64_t)SECOND;

	make((struct sources_limits){ .rate = 10, .burst = 3 }, 10);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(come("192.0.2.1", now), SOURCES_TAKEN);
	ck_assert_int_eq(come("192.0.2.1", now), SOURCES_TOO_FAST);
	ck_assert_int_eq(come("192.0.2.2", now), SOURCES_TAKEN);
	ck_assert_int_eq(
	    come("192.0.2.1", now + SECOND / 10 - 1), SOURCES_TOO_FAST);
	ck_assert_int_eq(come("192.0.2.1", now + SECOND / 10), SOURCES_TAKEN);
	ck_assert_int_eq(
	    come("192.0.2.1", now + SECOND / 10), SOURCES_TOO_FAST);
	/* Never more than the burst, however long it was quiet. */
	now += 100 * (uint64_t)SECOND;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(come("192.0.2.1", now), SOURCES_TAKEN);
	ck_assert_int_eq(come("192.0.2.1", now), SOURCES_TOO_FAST);
}
END_TEST

/* More sources than there is room for: those with connections stay known. */
START_TEST(a_flood_of_sources_makes_nobody_forgotten_who_is_connected)
{
	enum { CONNECTED = 64 };
	static sources_place places[CONNECTED];
	struct sockaddr_storage from = address("10.0.0.0");
	struct sockaddr_in *v4 = (void *)&from;

	make((struct sources_limits){ .connections = 1, .rate = 1000 },
	    CONNECTED);
	for (uint32_t i = 0; i < CONNECTED; i++) {
		v4->sin_addr.s_addr = htonl(0x0a000000 + i);
		ck_assert_int_eq(
		    sources_come(sources, &from, 0, &places[i]), SOURCES_TAKEN);
	}
	for (uint32_t i = 0; i < 100000; i++) {
		v4->sin_addr.s_addr = htonl(0x0b000000 + i);
		ck_assert_int_eq(
		    sources_come(sources, &from, 0, &place), SOURCES_TAKEN);
		sources_go(sources, place);
	}
	for (uint32_t i = 0; i < CONNECTED; i++) {
		v4->sin_addr.s_addr = htonl(0x0a000000 + i);
		if (places[i] != SOURCES_NOWHERE)
			ck_assert_int_eq(
			    sources_come(sources, &from, 0, &place),
			    SOURCES_TOO_MANY);
		sources_go(sources, places[i]);
	}
}
END_TEST

static Suite *
sources_suite(void)
{
	Suite *suite = suite_create("sources");
	TCase *tcase = tcase_create("sources");

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_test(tcase, without_limits_there_is_nothing_to_keep);
	tcase_add_loop_test(
	    tcase, a_source_is_an_address_or_a_network, 0, (int)COUNT(pairs));
	tcase_add_test(tcase, who_goes_makes_room);
	tcase_add_test(tcase, a_rate_has_its_burst_and_comes_back);
	tcase_add_test(
	    tcase, a_flood_of_sources_makes_nobody_forgotten_who_is_connected);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(sources_suite)
