/*
 * libtls/cert/select.c: which chain serves a name. The chains are made up:
 * only kind, names and count are looked at.
 */
#include "libtls/cert/select.h"

#include <stdio.h>

#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

#define CHAIN(key_kind, ...)                                                   \
	{                                                                      \
		.count = 1, .kind = key_kind,                                  \
		.names = (char *[]){ __VA_ARGS__ },                            \
		.name_count = COUNT(((char *[]){ __VA_ARGS__ }))               \
	}

static char www[] = "www.example.com", star[] = "*.example.com",
	    mail[] = "mail.example.com", com[] = "*.com", sub[] = "*.b.c.d",
	    alone[] = "localhost", all[] = "*";

/* The first of each kind is its default. */
enum { DEFAULT_EC, DEFAULT_RSA, WWW_EC, STAR_RSA, STAR_EC, MAIL_PSS, CHAINS };

static struct s2n_cert_chain_and_key chains[CHAINS] = {
	[DEFAULT_EC] = CHAIN(KEY_ECDSA, alone),
	[DEFAULT_RSA] = CHAIN(KEY_RSA, alone, sub),
	[WWW_EC] = CHAIN(KEY_ECDSA, www, com),
	[STAR_RSA] = CHAIN(KEY_RSA, star),
	[STAR_EC] = CHAIN(KEY_ECDSA, star, all),
	[MAIL_PSS] = CHAIN(KEY_RSA_PSS, mail),
};

static struct cert_store *
store_of_all(void)
{
	struct cert_store *store = cert_store_new();

	for (size_t i = 0; i < CHAINS; i++)
		ck_assert_int_eq(cert_store_add(store, &chains[i],
				     CERT_OWNER_APPLICATION, NULL),
		    0);
	return store;
}

#define NONE -1

static const struct {
	const char *what, *name;
	s2n_cert_sni_match match;
	int rsa, ecdsa, pss; /* index or NONE */
} choice_cases[] = {
	{ "no name", "", S2N_SNI_NONE, DEFAULT_RSA, DEFAULT_EC, MAIL_PSS },
	{ "unknown name", "example.net", S2N_SNI_NO_MATCH, DEFAULT_RSA,
	    DEFAULT_EC, MAIL_PSS },
	{ "exact, no fall back", "www.example.com", S2N_SNI_EXACT_MATCH, NONE,
	    WWW_EC, NONE },
	{ "exact, other case", "WWW.Example.COM", S2N_SNI_EXACT_MATCH, NONE,
	    WWW_EC, NONE },
	{ "exact, root's dot", "www.example.com.", S2N_SNI_EXACT_MATCH, NONE,
	    WWW_EC, NONE },
	{ "two dots", "www.example.com..", S2N_SNI_NO_MATCH, DEFAULT_RSA,
	    DEFAULT_EC, MAIL_PSS },
	{ "wildcard, both kinds", "a.example.com", S2N_SNI_WILDCARD_MATCH,
	    STAR_RSA, STAR_EC, NONE },
	{ "wildcard, case, dot", "A.EXAMPLE.com.", S2N_SNI_WILDCARD_MATCH,
	    STAR_RSA, STAR_EC, NONE },
	{ "exact hides wildcard", "mail.example.com", S2N_SNI_EXACT_MATCH, NONE,
	    NONE, MAIL_PSS },
	{ "one label only", "a.b.example.com", S2N_SNI_NO_MATCH, DEFAULT_RSA,
	    DEFAULT_EC, MAIL_PSS },
	{ "no label", ".example.com", S2N_SNI_NO_MATCH, DEFAULT_RSA, DEFAULT_EC,
	    MAIL_PSS },
	{ "parent of wildcard", "example.com", S2N_SNI_WILDCARD_MATCH, NONE,
	    WWW_EC, NONE },
	{ "wildcard of three labels", "a.b.c.d", S2N_SNI_WILDCARD_MATCH,
	    DEFAULT_RSA, NONE, NONE },
	{ "both kinds, one name", "localhost", S2N_SNI_EXACT_MATCH, DEFAULT_RSA,
	    DEFAULT_EC, NONE },
	{ "lone wildcard is no match", "otherhost", S2N_SNI_NO_MATCH,
	    DEFAULT_RSA, DEFAULT_EC, MAIL_PSS },
	{ "only a dot", ".", S2N_SNI_NO_MATCH, DEFAULT_RSA, DEFAULT_EC,
	    MAIL_PSS },
};

static void
check(const char *what, const struct s2n_cert_chain_and_key *got, int index)
{
	ck_assert_msg(
	    got == (index == NONE ? NULL : &chains[index]), "%s", what);
}

START_TEST(a_name_is_looked_up_exactly_then_by_wildcard_then_by_default)
{
	struct cert_store *store = store_of_all();
	struct cert_choice choice;

	cert_store_choose(
	    store, slice_of_string(choice_cases[_i].name), &choice);
	ck_assert_msg(choice.match == choice_cases[_i].match, "%s: match %d",
	    choice_cases[_i].what, (int)choice.match);
	check(
	    choice_cases[_i].what, choice.chain[KEY_RSA], choice_cases[_i].rsa);
	check(choice_cases[_i].what, choice.chain[KEY_ECDSA],
	    choice_cases[_i].ecdsa);
	check(choice_cases[_i].what, choice.chain[KEY_RSA_PSS],
	    choice_cases[_i].pss);
	cert_store_free(store);
}
END_TEST

START_TEST(evil_names_get_the_defaults)
{
	struct cert_store *store = store_of_all();
	struct cert_choice choice;
	uint8_t name[70000];

	for (size_t len = 250; len < 260; len++) {
		memset(name, 'a', len);
		cert_store_choose(store, slice_of(name, len), &choice);
		ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	}
	memset(name, '.', sizeof name);
	cert_store_choose(store, slice_of(name, sizeof name), &choice);
	ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	cert_store_choose(store, slice_of(name, 255), &choice);
	ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	cert_store_choose(store, slice_of("www.example.com\0", 16), &choice);
	ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	cert_store_choose(
	    store, slice_of("www.example.com\0.evil", 21), &choice);
	ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	cert_store_free(store);
}
END_TEST

START_TEST(an_empty_store_has_nothing)
{
	struct cert_store *store = cert_store_new();
	struct cert_choice choice;

	cert_store_choose(store, slice_of_string("a.example"), &choice);
	ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	for (size_t i = 0; i < KEY_KINDS; i++)
		ck_assert_ptr_null(choice.chain[i]);
	ck_assert_uint_eq(cert_store_count(store), 0);
	ck_assert_uint_eq(cert_store_default_count(store), 0);
	ck_assert_int_eq(cert_store_owner(store), CERT_OWNER_NONE);
	ck_assert(!cert_store_lacks_key(store));
	cert_store_free(store);
	cert_store_free(NULL);
}
END_TEST

START_TEST(ten_thousand_names_are_all_found)
{
	enum { NAMES = 10000 };
	static struct s2n_cert_chain_and_key many[NAMES];
	static char text[NAMES][40];
	static char *names[NAMES];
	struct cert_store *store = cert_store_new();
	struct cert_choice choice;
	char ask[60];

	for (size_t i = 0; i < NAMES; i++) {
		snprintf(text[i], sizeof text[i],
		    i % 2 == 0 ? "host%zu.example" : "*.wild%zu.example", i);
		names[i] = text[i];
		many[i] = (struct s2n_cert_chain_and_key){ .count = 1,
			.kind = KEY_ECDSA,
			.names = &names[i],
			.name_count = 1 };
		ck_assert_int_eq(cert_store_add(store, &many[i],
				     CERT_OWNER_APPLICATION, NULL),
		    0);
	}
	ck_assert_uint_eq(cert_store_count(store), NAMES);
	ck_assert_uint_eq(cert_store_default_count(store), 1);
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(ask, sizeof ask,
		    i % 2 == 0 ? "Host%zu.Example" : "a.wild%zu.example", i);
		cert_store_choose(store, slice_of_string(ask), &choice);
		ck_assert_ptr_eq(choice.chain[KEY_ECDSA], &many[i]);
		snprintf(ask, sizeof ask, "b.host%zu.example", i);
		cert_store_choose(store, slice_of_string(ask), &choice);
		ck_assert_int_eq(choice.match, S2N_SNI_NO_MATCH);
	}
	cert_store_free(store);
}
END_TEST

START_TEST(a_chain_with_many_names_is_found_by_each)
{
	static char *names[3000];
	static char text[3000][20];
	struct s2n_cert_chain_and_key chain = { .count = 1,
		.kind = KEY_RSA,
		.names = names,
		.name_count = COUNT(names) };
	struct cert_store *store = cert_store_new();
	struct cert_choice choice;

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(text[i], sizeof text[i], "n%zu.example", i % 2900);
		names[i] = text[i];
	}
	ck_assert_int_eq(
	    cert_store_add(store, &chain, CERT_OWNER_APPLICATION, NULL), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		cert_store_choose(store, slice_of_string(text[i]), &choice);
		ck_assert_ptr_eq(choice.chain[KEY_RSA], &chain);
	}
	cert_store_free(store);
}
END_TEST

static int asked;

static struct s2n_cert_chain_and_key *
newest(struct s2n_cert_chain_and_key *first,
    struct s2n_cert_chain_and_key *second, uint8_t *name, uint32_t len)
{
	ck_assert(slice_equal(slice_of(name, len), slice_of_string(star)));
	ck_assert_ptr_ne(first, second);
	name[0] = 'x'; /* must not reach the index */
	asked++;
	return second;
}

static struct s2n_cert_chain_and_key *
nobody(struct s2n_cert_chain_and_key *first,
    struct s2n_cert_chain_and_key *second, uint8_t *name, uint32_t len)
{
	(void)first;
	(void)second;
	(void)name;
	(void)len;
	asked++;
	return NULL;
}

static const struct {
	const char *what;
	s2n_cert_tiebreak_callback callback;
	int calls, winner;
} tie_cases[] = {
	{ "no callback", NULL, 0, 0 },
	{ "newest wins", newest, 2, 2 },
	{ "callback without an opinion", nobody, 2, 0 },
};

START_TEST(ties_are_broken_by_the_callback_else_by_the_first)
{
	struct s2n_cert_chain_and_key same[3] = { CHAIN(KEY_RSA, star),
		CHAIN(KEY_RSA, star), CHAIN(KEY_RSA, star, star) };
	struct s2n_cert_chain_and_key unlike = CHAIN(KEY_ECDSA, star);
	struct cert_store *store = cert_store_new();
	struct cert_choice choice;

	ck_assert_int_eq(cert_store_add(store, &unlike, CERT_OWNER_APPLICATION,
			     tie_cases[_i].callback),
	    0);
	for (size_t i = 0; i < COUNT(same); i++)
		ck_assert_int_eq(
		    cert_store_add(store, &same[i], CERT_OWNER_APPLICATION,
			tie_cases[_i].callback),
		    0);
	cert_store_choose(store, slice_of_string("a.example.com"), &choice);
	ck_assert_msg(choice.chain[KEY_RSA] == &same[tie_cases[_i].winner],
	    "%s", tie_cases[_i].what);
	ck_assert_ptr_eq(choice.chain[KEY_ECDSA], &unlike);
	if (tie_cases[_i].callback == newest)
		ck_assert_int_eq(asked, tie_cases[_i].calls);
	cert_store_choose(store, NO_BYTES, &choice);
	ck_assert_ptr_eq(choice.chain[KEY_RSA], &same[0]);
	cert_store_free(store);
}
END_TEST

START_TEST(owners_do_not_mix)
{
	struct cert_store *store = store_of_all();
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_cert_chain_and_key *defaults[] = { &chains[0] };

	chain->count = 1;
	ck_assert_int_eq(cert_store_add(store, chain, CERT_OWNER_LIBRARY, NULL),
	    ERR_CERT_OWNERSHIP);
	ck_assert_uint_eq(cert_store_count(store), CHAINS);
	cert_store_free(store);

	store = cert_store_new();
	chain->count = 0;
	ck_assert_int_eq(cert_store_add(store, chain, CERT_OWNER_LIBRARY, NULL),
	    ERR_NO_CERT_FOUND);
	ck_assert_int_eq(cert_store_owner(store), CERT_OWNER_NONE);
	s2n_cert_chain_and_key_free(chain);

	chain = s2n_cert_chain_and_key_new();
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = "a.example" });
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(chain, cert->pem, cert->key_pem),
	    S2N_SUCCESS);
	ck_assert_int_eq(
	    cert_store_add(store, chain, CERT_OWNER_LIBRARY, NULL), 0);
	ck_assert_int_eq(cert_store_owner(store), CERT_OWNER_LIBRARY);
	ck_assert(!cert_store_lacks_key(store));
	ck_assert_int_eq(
	    cert_store_add(store, &chains[0], CERT_OWNER_APPLICATION, NULL),
	    ERR_CERT_OWNERSHIP);
	ck_assert_int_eq(
	    cert_store_set_defaults(store, defaults, 1), ERR_CERT_OWNERSHIP);
	cert_store_free(store); /* frees chain: valgrind would tell */
	certs_free_all();
}
END_TEST

static const struct {
	const char *what;
	int set[5];
	uint32_t count;
	int code;
} default_cases[] = {
	{ "one", { WWW_EC }, 1, 0 },
	{ "one a kind", { WWW_EC, STAR_RSA, MAIL_PSS }, 3, 0 },
	{ "none", { 0 }, 0, ERR_NUM_DEFAULT_CERTIFICATES },
	{ "too many", { WWW_EC, STAR_RSA, MAIL_PSS, STAR_EC, WWW_EC }, 5,
	    ERR_NUM_DEFAULT_CERTIFICATES },
	{ "two of a kind", { WWW_EC, STAR_EC }, 2, ERR_DEFAULTS_PER_TYPE },
	{ "NULL", { WWW_EC, NONE }, 2, ERR_NULL_ARGUMENT },
};

START_TEST(defaults_are_replaced_as_a_whole_or_not_at_all)
{
	struct cert_store *store = store_of_all();
	struct s2n_cert_chain_and_key *set[4];
	struct cert_choice choice;
	int code;

	for (size_t i = 0; i < COUNT(set); i++)
		set[i] = default_cases[_i].set[i] == NONE
			     ? NULL
			     : &chains[default_cases[_i].set[i]];
	code = cert_store_set_defaults(store, set, default_cases[_i].count);
	ck_assert_msg(
	    code == default_cases[_i].code, "%s", default_cases[_i].what);
	ck_assert_uint_eq(cert_store_default_count(store),
	    code == 0 ? default_cases[_i].count : 3);
	cert_store_choose(store, NO_BYTES, &choice);
	ck_assert_ptr_eq(choice.chain[KEY_ECDSA],
	    code == 0 ? &chains[WWW_EC] : &chains[DEFAULT_EC]);
	cert_store_free(store);
}
END_TEST

START_TEST(set_defaults_stay_when_chains_are_added)
{
	struct s2n_cert_chain_and_key *set[] = { &chains[WWW_EC] };
	struct cert_store *store = cert_store_new();

	ck_assert_int_eq(cert_store_set_defaults(store, set, 1), 0);
	ck_assert_int_eq(cert_store_owner(store), CERT_OWNER_APPLICATION);
	ck_assert(cert_store_lacks_key(store));
	ck_assert_int_eq(cert_store_add(store, &chains[STAR_RSA],
			     CERT_OWNER_APPLICATION, NULL),
	    0);
	ck_assert_uint_eq(cert_store_default_count(store), 1);
	cert_store_free(store);
}
END_TEST

static Suite *
select_suite(void)
{
	Suite *suite = suite_create("select");
	TCase *tcase = tcase_create("select");

	tcase_add_loop_test(tcase,
	    a_name_is_looked_up_exactly_then_by_wildcard_then_by_default, 0,
	    (int)COUNT(choice_cases));
	tcase_add_test(tcase, evil_names_get_the_defaults);
	tcase_add_test(tcase, an_empty_store_has_nothing);
	tcase_add_test(tcase, ten_thousand_names_are_all_found);
	tcase_add_test(tcase, a_chain_with_many_names_is_found_by_each);
	tcase_add_loop_test(tcase,
	    ties_are_broken_by_the_callback_else_by_the_first, 0,
	    (int)COUNT(tie_cases));
	tcase_add_test(tcase, owners_do_not_mix);
	tcase_add_loop_test(tcase,
	    defaults_are_replaced_as_a_whole_or_not_at_all, 0,
	    (int)COUNT(default_cases));
	tcase_add_test(tcase, set_defaults_stay_when_chains_are_added);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(select_suite)
