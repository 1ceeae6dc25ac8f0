/*
 * frontd/lookup.c: which site has a name; one table of sites, a name a row.
 */
#include "frontd/lookup.h"
#include "frontd/names.h"

#include <stdio.h>

#include "tests/unit/unit.h"

static struct lookup lookup;

/* The names, of which there are at most two a site; they stay to the end. */
static void
add(uint16_t site, const char *first, const char *second)
{
	uint8_t *list = malloc(128);
	size_t len = 0;

	ck_assert_ptr_nonnull(list);
	ck_assert(names_append(list, 128, &len, first));
	if (second != NULL)
		ck_assert(names_append(list, 128, &len, second));
	ck_assert(lookup_add(&lookup, slice_of(list, len), site));
}

static void
set_up(void)
{
	lookup = (struct lookup){ 0 };
	add(0, "www.example.org", "example.org");
	add(1, "*.example.org", NULL);
	add(2, "WWW.Example.ORG", "mail.example.org");
	add(3, "*.b.example.org", "*.example.org");
	add(4, "z.example.com", "example.co");
	lookup_sort(&lookup);
}

static const struct {
	const char *name;
	int site;
} names[] = {
	{ "www.example.org", 0 },
	{ "wWw.eXample.org", 0 },
	{ "www.example.org.", 0 },
	{ "example.org", 0 },
	{ "mail.example.org", 2 },
	{ "ftp.example.org", 1 },
	{ "ftp.example.org.", 1 },
	{ "a.ftp.example.org", LOOKUP_NONE },
	{ "a.b.example.org", 3 },
	{ "b.example.org", 1 },
	{ "z.example.com", 4 },
	{ "y.example.com", LOOKUP_NONE },
	{ "example.co", 4 },
	{ "example.c", LOOKUP_NONE },
	{ "example.com", LOOKUP_NONE },
	{ ".example.org", LOOKUP_NONE },
	{ "", LOOKUP_NONE },
	{ ".", LOOKUP_NONE },
	{ "a.", LOOKUP_NONE },
	{ "a..", LOOKUP_NONE },
	{ "localhost", LOOKUP_NONE },
};

START_TEST(a_name_is_the_first_sites_that_has_it_or_a_wildcards)
{
	ck_assert_msg(lookup_find(&lookup, names[_i].name) == names[_i].site,
	    "%s: %d", names[_i].name, lookup_find(&lookup, names[_i].name));
}
END_TEST

START_TEST(a_name_of_any_length_is_looked_for)
{
	char name[600];

	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	ck_assert_int_eq(lookup_find(&lookup, name), LOOKUP_NONE);
	name[1] = '.';
	ck_assert_int_eq(lookup_find(&lookup, name), LOOKUP_NONE);
}
END_TEST

START_TEST(an_owner_has_the_characters)
{
	ck_assert_int_eq(
	    lookup_owner(&lookup, slice_of_string("*.EXAMPLE.org")), 1);
	ck_assert_int_eq(
	    lookup_owner(&lookup, slice_of_string("a.example.org")),
	    LOOKUP_NONE);
}
END_TEST

START_TEST(each_of_many_is_found)
{
	char text[64];

	for (unsigned i = 5; i < 3000; i++) {
		snprintf(text, sizeof text, "site-%u.example.net", i);
		add((uint16_t)i, text, NULL);
	}
	lookup_sort(&lookup);
	for (unsigned i = 5; i < 3000; i++) {
		snprintf(text, sizeof text, "Site-%u.example.net", i);
		ck_assert_int_eq(lookup_find(&lookup, text), (int)i);
	}
	ck_assert_int_eq(
	    lookup_find(&lookup, "site-4.example.net"), LOOKUP_NONE);
}
END_TEST

START_TEST(without_names_none_is_found)
{
	struct lookup none = { 0 };

	lookup_sort(&none);
	ck_assert_int_eq(lookup_find(&none, "a.example.org"), LOOKUP_NONE);
	ck_assert(lookup_add(&none, NO_BYTES, 1));
	ck_assert_int_eq(lookup_find(&none, "a"), LOOKUP_NONE);
	lookup_free(&none);
}
END_TEST

static Suite *
lookup_suite(void)
{
	Suite *suite = suite_create("lookup");
	TCase *tcase = tcase_create("names");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase,
	    a_name_is_the_first_sites_that_has_it_or_a_wildcards, 0,
	    COUNT(names));
	tcase_add_test(tcase, a_name_of_any_length_is_looked_for);
	tcase_add_test(tcase, an_owner_has_the_characters);
	tcase_add_test(tcase, each_of_many_is_found);
	tcase_add_test(tcase, without_names_none_is_found);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(lookup_suite)
