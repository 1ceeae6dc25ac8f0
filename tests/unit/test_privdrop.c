/*
 * policy/privdrop.c: whose account it is. What comes of entering it is seen
 * from outside in test_policy.c.
 */
#include <pwd.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/profile.h"
#include "policy/profiles.h"
#include "tests/unit/confined.h"
#include "tests/unit/unit.h"

static const struct {
	const char *what, *user;
	bool profiles_own; /* number */
} users[] = {
	{ "no wish", NULL, true },
	{ "an account", "nobody", false },
	{ "no account", "no-such-account-anywhere", true },
	{ "root", "root", true },
	{ "nothing", "", true },
	{ "a whole line", "nobody:x", true },
	{ "half a name", "nobod", true },
	{ "a number", "0", true },
};

START_TEST(an_account_is_the_one_asked_for_and_never_root)
{
	const struct profile *profile = &frontd_page_profile;
	struct passwd *entry =
	    users[_i].profiles_own ? NULL : getpwnam(users[_i].user);
	struct account account = { 0, 0 };

	privdrop_resolve(profile, users[_i].user, &account);
	if (entry == NULL) {
		ck_assert_msg(
		    account.uid == profile->uid && account.gid == profile->uid,
		    "%s: %u:%u", users[_i].what, account.uid, account.gid);
	} else {
		ck_assert_msg(account.uid == entry->pw_uid &&
				  account.gid == entry->pw_gid,
		    "%s: %u:%u", users[_i].what, account.uid, account.gid);
	}
}
END_TEST

START_TEST(no_profile_ends_with_uid_or_gid_0)
{
	struct account account;

	for (size_t i = 0; profiles_at(i) != NULL; i++) {
		if (profiles_at(i)->master)
			continue;
		privdrop_resolve(profiles_at(i), NULL, &account);
		ck_assert_uint_ne(account.uid, 0);
		ck_assert_uint_ne(account.gid, 0);
	}
}
END_TEST

static int
drop_and_come_back(pid_t unused)
{
	const struct account account = { 61009, 61009 };
	struct outcome outcome = privdrop_enter(&account);

	(void)unused;
	if (outcome.level != LEVEL_FULL)
		return 10 + (int)outcome.level;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 1;
	return getuid() == 61009 && getegid() == 61009 ? 0 : 2;
}

START_TEST(there_is_no_way_back_to_root)
{
	if (!confined_possible(AS_ROOT) || !confined_possible(AS_NOBODY))
		return;
	ck_assert_int_eq(confined_forked(drop_and_come_back, 0), 0);
}
END_TEST

static Suite *
privdrop_suite(void)
{
	Suite *suite = suite_create("privdrop");
	TCase *tcase = tcase_create("privdrop");

	tcase_add_loop_test(tcase,
	    an_account_is_the_one_asked_for_and_never_root, 0,
	    (int)COUNT(users));
	tcase_add_test(tcase, no_profile_ends_with_uid_or_gid_0);
	tcase_add_test(tcase, there_is_no_way_back_to_root);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(privdrop_suite)
