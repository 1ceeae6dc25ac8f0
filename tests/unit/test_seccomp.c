/*
 * policy/seccomp.c and forbidden.c: for every profile, every call that it does
 * not name ends the process, and the process says which it was.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/profile.h"
#include "policy/profiles.h"
#include "tests/unit/confined.h"
#include "tests/unit/unit.h"

#define SURVIVED 7

static int
profile_total(void)
{
	int total = 0;

	while (profiles_at((size_t)total) != NULL)
		total++;
	return total;
}

/* Arguments that no call does anything with. */
static int
call_number(long number)
{
	errno = 0;
	syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
	return errno == ENOSYS ? SURVIVED : 1;
}

static void
assert_died_of(const struct confined *child, const struct profile *profile,
    const char *call, long number)
{
	char words[128];

	ck_assert_msg(
	    WIFSIGNALED(child->status) && WTERMSIG(child->status) == SIGSYS,
	    "%s: %s: status %x: %s", profile->name, call, child->status,
	    child->said);
	snprintf(words, sizeof words,
	    "level=error process=%s pid=%d event=forbidden-call call=%s "
	    "number=%ld\n",
	    profile->name, (int)child->pid, call, number);
	ck_assert_str_eq(child->said, words);
}

START_TEST(every_call_that_a_profile_does_not_name_ends_it)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child = { 0 };
	int tried = 0;
	char *name;

	for (int number = 0; number < FORBIDDEN_NUMBERS; number++) {
		name = seccomp_name(number);
		if (name != NULL && number != FORBIDDEN_END &&
		    profile_call(profile, number) == NULL) {
			confined_filter(&child, profile, call_number, number);
			assert_died_of(&child, profile, name, number);
			tried++;
		}
		free(name);
	}
	ck_assert_int_gt(tried, 200);
}
END_TEST

START_TEST(the_call_that_ends_is_forbidden_to_all)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child = { 0 };

	confined_filter(&child, profile, call_number, FORBIDDEN_END);
	ck_assert_int_eq(WTERMSIG(child.status), SIGSYS);
	ck_assert_str_eq(child.said, "");
}
END_TEST

START_TEST(a_number_from_the_future_is_answered_with_enosys)
{
	static const long numbers[] = { 9999, 1023, 1024, 0x3fffffff };
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child = { 0 };

	for (size_t i = 0; i < COUNT(numbers); i++) {
		confined_filter(&child, profile, call_number, numbers[i]);
		ck_assert_msg(WIFEXITED(child.status) &&
				  WEXITSTATUS(child.status) == SURVIVED,
		    "%s: %ld: status %x: %s", profile->name, numbers[i],
		    child.status, child.said);
	}
}
END_TEST

#ifdef __x86_64__
/* The x32 numbers reach the same calls by another name. */
static int
call_x32(long number)
{
	return call_number(number | 0x40000000);
}

/* So do those of 32 bits: 20 is getpid, which every profile has. */
static int
call_ia32(long number)
{
	long answer;

	__asm__ volatile("int $0x80" : "=a"(answer) : "a"(number) : "memory");
	return answer > 0 ? 1 : SURVIVED;
}

#ifdef __SANITIZE_ADDRESS__
/* The fault is to end the child as it would end a daemon. */
const char *__asan_default_options(void)
    __attribute__((visibility("default"))); /* the run time looks for it */

const char *
__asan_default_options(void)
{
	return "handle_segv=0";
}
#endif

START_TEST(another_architectures_numbers_are_killed)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child = { 0 };

	confined_filter(&child, profile, call_x32, SYS_getpid);
	ck_assert_int_eq(WTERMSIG(child.status), SIGSYS);
	confined_filter(&child, profile, call_ia32, 20);
	/* A kernel without ia32 faults instead. */
	ck_assert(WTERMSIG(child.status) == SIGSYS ||
		  WTERMSIG(child.status) == SIGSEGV);
}
END_TEST
#endif

/* Makes a call with one argument set and all others harmless. */
static const struct call *ruled;

static int
call_with(long value)
{
	long arguments[6] = { -1, -1, -1, -1, -1, -1 };

	arguments[ruled->argument] = value;
	syscall(ruled->number, arguments[0], arguments[1], arguments[2],
	    arguments[3], arguments[4], arguments[5]);
	return SURVIVED;
}

static void
assert_broken(const struct profile *profile, uint64_t value)
{
	struct confined child = { 0 };

	confined_filter(&child, profile, call_with, (long)value);
	assert_died_of(&child, profile, ruled->name, ruled->number);
}

static void
assert_met(const struct profile *profile, uint64_t value)
{
	struct confined child = { 0 };

	confined_filter(&child, profile, call_with, (long)value);
	ck_assert_msg(
	    WIFEXITED(child.status) && WEXITSTATUS(child.status) == SURVIVED,
	    "%s: %s: %s", profile->name, ruled->name, child.said);
}

static void
assert_rule(const struct profile *profile)
{
	uint64_t operand = ruled->operand;

	switch (ruled->rule) {
	case RULE_NONE:
	case RULE_REFUSED: /* by a test of its own */
		break;
	case RULE_CLEAR:
		for (unsigned bit = 0; bit < 64; bit++)
			if ((operand >> bit & 1) != 0)
				assert_broken(profile, 1ull << bit);
		assert_broken(profile, UINT64_MAX);
		assert_met(profile, 0);
		assert_met(profile, ~operand & 7);
		break;
	case RULE_BELOW:
		assert_met(profile, 0);
		assert_met(profile, operand - 1);
		assert_broken(profile, operand);
		assert_broken(profile, UINT64_MAX);
		/* The kernel looks at half of it only. */
		assert_broken(profile, 1ull << 32);
		break;
	case RULE_EQUAL:
		assert_met(profile, operand);
		assert_broken(profile, operand - 1);
		assert_broken(profile, operand + 1);
		assert_broken(profile, 1ull << 32 | operand);
		break;
	}
}

START_TEST(a_call_is_made_within_its_rule_only)
{
	const struct profile *profile = profiles_at((size_t)_i);
	int rules = 0;

	for (size_t i = 0; i < profile->call_count; i++) {
		ruled = &profile->calls[i];
		if (ruled->rule != RULE_NONE)
			rules++;
		assert_rule(profile);
	}
	ck_assert(rules > 0 || profile->master);
}
END_TEST

static int
call_refused(long number)
{
	errno = 0;
	return syscall(number, 0L, 4096L, 3L, 34L, -1L, 0L) == -1 &&
		       errno == ENOMEM
		   ? SURVIVED
		   : 1;
}

/* malloc has to live with it: nothing is executed, and nobody ends. */
START_TEST(a_refused_call_is_answered_with_enomem)
{
	static const long refused[] = { SYS_brk, SYS_mmap };
	struct confined child = { 0 };

	for (size_t i = 0; i < COUNT(refused); i++) {
		const struct call *call =
		    profile_call(&keyd_signer_profile, (int)refused[i]);

		ck_assert_ptr_nonnull(call);
		ck_assert_int_eq(call->rule, RULE_REFUSED);
#ifdef __SANITIZE_ADDRESS__
		puts("note: AddressSanitizer needs mmap: not seen refused");
		continue;
#endif
		confined_filter(
		    &child, &keyd_signer_profile, call_refused, refused[i]);
		ck_assert_msg(WIFEXITED(child.status) &&
				  WEXITSTATUS(child.status) == SURVIVED,
		    "%s: status %x: %s", call->name, child.status, child.said);
	}
}
END_TEST

/* Memory is mapped and protected by nothing that a signer has left. */
START_TEST(a_signer_maps_no_memory_and_has_few_calls)
{
	static const int mapping[] = { SYS_munmap, SYS_mremap, SYS_mprotect,
		SYS_pkey_mprotect, SYS_remap_file_pages, SYS_shmat, SYS_madvise,
		SYS_memfd_create, SYS_memfd_secret };
	size_t allowed = 0;

	for (size_t i = 0; i < COUNT(mapping); i++)
		ck_assert_ptr_null(
		    profile_call(&keyd_signer_profile, mapping[i]));
	for (size_t i = 0; i < keyd_signer_profile.call_count; i++)
		allowed += keyd_signer_profile.calls[i].rule != RULE_REFUSED;
	ck_assert_uint_le(allowed, 14);
}
END_TEST

/* As mprotect and mmap are really used by shell code. */
static int
make_code(long how)
{
	void *page;

	page = mmap(NULL, 4096,
	    how == 0 ? PROT_READ | PROT_WRITE | PROT_EXEC
		     : PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || how == 0)
		return 1;
	return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ? 2 : 3;
}

START_TEST(no_child_makes_code)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child = { 0 };

	if (profile->master)
		return; /* its children's loader does */
	confined_filter(&child, profile, make_code, 0);
	if (profile_call(profile, SYS_mmap)->rule == RULE_REFUSED)
		ck_assert_int_eq(child.status, 1 << 8);
	else
		assert_died_of(&child, profile, "mmap", SYS_mmap);
	if (profile_call(profile, SYS_mmap)->rule == RULE_REFUSED)
		return; /* it has no page to begin with */
	confined_filter(&child, profile, make_code, 1);
	assert_died_of(&child, profile, "mprotect", SYS_mprotect);
}
END_TEST

/* SIGSYS is blocked, as in the handler: the kernel ends the process. */
START_TEST(a_second_forbidden_call_in_the_handler_is_the_end)
{
	struct confined child = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	confined_filter(
	    &child, &frontd_worker_profile, call_number, SYS_socket);
	ck_assert_int_eq(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	ck_assert_int_eq(WTERMSIG(child.status), SIGSYS);
	ck_assert_str_eq(child.said, "");
}
END_TEST

static int
call_silently(long number)
{
	close(STDERR_FILENO);
	return call_number(number);
}

START_TEST(nobody_to_hear_the_last_words_saves_nobody)
{
	struct confined child = { 0 };

	confined_filter(&child, &keyd_signer_profile, call_silently, SYS_fork);
	ck_assert_int_eq(WTERMSIG(child.status), SIGSYS);
}
END_TEST

START_TEST(death_names_the_call)
{
	struct confined child = { 0 };

	confined_filter(&child, &keyd_signer_profile, call_number, SYS_socket);
	ck_assert_str_eq(policy_death(child.status, SYS_socket), "socket");
	ck_assert_str_eq(
	    policy_death(child.status, -1), "forbidden system call");
	ck_assert_str_eq(
	    policy_death(child.status, 9999), "forbidden system call");
	ck_assert_ptr_null(policy_death(0, SYS_socket));
	ck_assert_ptr_null(policy_death(SIGKILL, SYS_socket));
	ck_assert_ptr_null(policy_death(SIGSYS << 8, SYS_socket));
}
END_TEST

static Suite *
seccomp_suite(void)
{
	Suite *suite = suite_create("seccomp");
	TCase *tcase = tcase_create("seccomp");
	int profiles = profile_total();

	tcase_add_loop_test(tcase,
	    every_call_that_a_profile_does_not_name_ends_it, 0, profiles);
	tcase_add_loop_test(
	    tcase, the_call_that_ends_is_forbidden_to_all, 0, profiles);
	tcase_add_loop_test(tcase,
	    a_number_from_the_future_is_answered_with_enosys, 0, profiles);
#ifdef __x86_64__
	tcase_add_loop_test(
	    tcase, another_architectures_numbers_are_killed, 0, profiles);
#endif
	tcase_add_loop_test(
	    tcase, a_call_is_made_within_its_rule_only, 0, profiles);
	tcase_add_test(tcase, a_refused_call_is_answered_with_enomem);
	tcase_add_test(tcase, a_signer_maps_no_memory_and_has_few_calls);
	tcase_add_loop_test(tcase, no_child_makes_code, 0, profiles);
	tcase_add_test(
	    tcase, a_second_forbidden_call_in_the_handler_is_the_end);
	tcase_add_test(tcase, nobody_to_hear_the_last_words_saves_nobody);
	tcase_add_test(tcase, death_names_the_call);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(seccomp_suite)
