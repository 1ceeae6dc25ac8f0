/*
 * policy/profiles.c and profile.c: what stands in the tables.
 */
#include "policy/profile.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "policy/profiles.h"
#include "tests/unit/unit.h"

#define GOLDEN "tests/golden/profiles.txt"

static char *
print_all(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; profiles_at(i) != NULL; i++)
		profile_print(profiles_at(i), out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

START_TEST(every_profile_is_what_the_golden_file_says)
{
	char *text = print_all(), *got = text, *line = NULL;
	size_t room = 0;
	FILE *golden = fopen(GOLDEN, "r");
	int number = 0;

	ck_assert_ptr_nonnull(golden);
	for (; getline(&line, &room, golden) > 0; got += strlen(line)) {
		number++;
		ck_assert_msg(strncmp(got, line, strlen(line)) == 0,
		    GOLDEN ":%d: wanted %s got %.80s", number, line, got);
	}
	ck_assert_str_eq(got, "");
	ck_assert_int_gt(number, 0);
	fclose(golden);
	free(line);
	free(text);
}
END_TEST

/* Two rows for one call would add up to the laxer. */
START_TEST(no_call_stands_twice_in_a_profile)
{
	const struct profile *profile = profiles_at((size_t)_i);

	for (size_t i = 0; i < profile->call_count; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(strcmp(profile->calls[i].name,
					  profile->calls[j].name) != 0,
			    "%s: %s", profile->name, profile->calls[i].name);
}
END_TEST

static const struct {
	const char *what;
	int number;
} never[] = {
	{ "execve", SYS_execve },
	{ "execveat", SYS_execveat },
	{ "clone", SYS_clone },
	{ "clone3", SYS_clone3 },
	{ "openat", SYS_openat },
	{ "openat2", SYS_openat2 },
	{ "ptrace", SYS_ptrace },
	{ "process_vm_readv", SYS_process_vm_readv },
	{ "prctl", SYS_prctl },
	{ "seccomp", SYS_seccomp },
	{ "rt_sigaction", SYS_rt_sigaction },
	{ "rt_sigprocmask", SYS_rt_sigprocmask },
	{ "sigaltstack", SYS_sigaltstack },
	{ "unshare", SYS_unshare },
	{ "setns", SYS_setns },
	{ "mount", SYS_mount },
	{ "bpf", SYS_bpf },
	{ "kill", SYS_kill },
	{ "io_uring_setup", SYS_io_uring_setup },
	{ "pidfd_getfd", SYS_pidfd_getfd },
	{ "memfd_create", SYS_memfd_create },
	{ "personality", SYS_personality },
};

START_TEST(no_child_may_make_a_file_a_process_or_a_namespace)
{
	for (size_t i = 0; profiles_at(i) != NULL; i++)
		/* A token's library may open its files. */
		if (!profiles_at(i)->master &&
		    (profiles_at(i) != &keyd_p11_profile ||
			never[_i].number != SYS_openat))
			ck_assert_msg(profile_call(profiles_at(i),
					  never[_i].number) == NULL,
			    "%s: %s", profiles_at(i)->name, never[_i].what);
}
END_TEST

START_TEST(no_child_may_make_memory_executable)
{
	static const int makers[] = { SYS_mmap, SYS_mprotect };
	const struct call *call;

	for (size_t i = 0; profiles_at(i) != NULL; i++) {
		for (size_t j = 0; j < COUNT(makers); j++) {
			call = profile_call(profiles_at(i), makers[j]);
			if (call == NULL || profiles_at(i)->master ||
			    call->rule == RULE_REFUSED)
				continue;
			ck_assert_int_eq(call->rule, RULE_CLEAR);
			ck_assert_uint_eq(call->argument, 2);
			ck_assert_uint_eq(call->operand, PROT_EXEC);
		}
		if (!profiles_at(i)->master)
			ck_assert_ptr_null(
			    profile_call(profiles_at(i), SYS_pkey_mprotect));
	}
}
END_TEST

/* DESIGN 2: of all processes the one that holds keys may do the least. */
START_TEST(a_signer_has_at_most_fourteen_calls)
{
	/* Two of them are refused. */
	ck_assert_uint_le(keyd_signer_profile.call_count, 14 + 2);
	for (size_t i = 0; profiles_at(i) != NULL; i++)
		ck_assert_uint_ge(
		    profiles_at(i)->call_count, keyd_signer_profile.call_count);
}
END_TEST

START_TEST(no_two_processes_share_an_account)
{
	const struct profile *one, *other;

	for (size_t i = 0; (one = profiles_at(i)) != NULL; i++) {
		ck_assert(one->master || one->uid != 0);
		for (size_t j = 0; j < i; j++) {
			other = profiles_at(j);
			ck_assert_str_ne(one->name, other->name);
			if (!one->master && !other->master)
				ck_assert_uint_ne(one->uid, other->uid);
		}
	}
}
END_TEST

static Suite *
profile_suite(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = tcase_create("profile");
	int profiles = 0;

	while (profiles_at((size_t)profiles) != NULL)
		profiles++;
	tcase_add_test(tcase, every_profile_is_what_the_golden_file_says);
	tcase_add_loop_test(
	    tcase, no_call_stands_twice_in_a_profile, 0, profiles);
	tcase_add_loop_test(tcase,
	    no_child_may_make_a_file_a_process_or_a_namespace, 0,
	    (int)COUNT(never));
	tcase_add_test(tcase, no_child_may_make_memory_executable);
	tcase_add_test(tcase, a_signer_has_at_most_fourteen_calls);
	tcase_add_test(tcase, no_two_processes_share_an_account);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(profile_suite)
