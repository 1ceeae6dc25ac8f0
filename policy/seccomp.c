/*
 * The system call filter: what the profile names is allowed, every other call
 * that this libseccomp knows ends the process (forbidden.c), and numbers that
 * it does not know get ENOSYS, so that a newer libc finds its way back to older
 * calls. Calls by another architecture's numbers are killed at once.
 */
#include <errno.h>
#include <stdlib.h>

#include <seccomp.h>

#include "policy/profile.h"

/* How each rule is met and how it is broken. */
static const struct {
	enum scmp_compare met, broken;
} compare[RULE_REFUSED + 1] = {
	/* RULE_NONE and RULE_REFUSED compare nothing. */
	[RULE_CLEAR] = { SCMP_CMP_MASKED_EQ, SCMP_CMP_MASKED_EQ },
	[RULE_BELOW] = { SCMP_CMP_LT, SCMP_CMP_GE },
	[RULE_EQUAL] = { SCMP_CMP_EQ, SCMP_CMP_NE },
};

/* A sanitizer's runtime, in tests only, dies of what malloc lives with. */
#ifdef __SANITIZE_ADDRESS__
#define REFUSED SCMP_ACT_ALLOW
#else
#define REFUSED SCMP_ACT_ERRNO(ENOMEM)
#endif

static int
add(scmp_filter_ctx filter, uint32_t action, const struct call *call,
    struct scmp_arg_cmp condition)
{
	return seccomp_rule_add_array(
	    filter, action, call->number, call->rule != RULE_NONE, &condition);
}

static int
allow(scmp_filter_ctx filter, const struct call *call)
{
	const struct scmp_arg_cmp met = { call->argument,
		compare[call->rule].met, call->operand, 0 };

	if (call->number < 0)
		return 0; /* not a call of this architecture */
	/* malloc lives with that, and would not with a trap. */
	if (call->rule == RULE_REFUSED)
		return seccomp_rule_add(filter, REFUSED, call->number, 0);
	return add(filter, SCMP_ACT_ALLOW, call, met);
}

/* A call allowed on a condition is forbidden when the condition is not met. */
static int
forbid_unless_met(scmp_filter_ctx filter, const struct call *call)
{
	struct scmp_arg_cmp broken = { call->argument,
		compare[call->rule].broken, call->operand, 0 };
	int r = 0;

	if (call->number < 0 || call->rule == RULE_NONE ||
	    call->rule == RULE_REFUSED)
		return 0;
	if (call->rule != RULE_CLEAR)
		return add(filter, SCMP_ACT_TRAP, call, broken);
	/* One rule a bit: libseccomp has no "any of these". */
	for (uint64_t bit = 1; r == 0 && bit != 0; bit <<= 1) {
		if ((call->operand & bit) == 0)
			continue;
		broken.datum_a = broken.datum_b = bit;
		r = add(filter, SCMP_ACT_TRAP, call, broken);
	}
	return r;
}

static int
forbid(scmp_filter_ctx filter, const struct profile *profile, int number)
{
	if (number == FORBIDDEN_END)
		return seccomp_rule_add(
		    filter, SCMP_ACT_KILL_PROCESS, number, 0);
	if (profile_call(profile, number) != NULL)
		return 0;
	return seccomp_rule_add(filter, SCMP_ACT_TRAP, number, 0);
}

static int
add_rules(scmp_filter_ctx filter, const struct profile *profile)
{
	char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && i < profile->call_count; i++)
		if ((r = allow(filter, &profile->calls[i])) == 0)
			r = forbid_unless_met(filter, &profile->calls[i]);
	for (int number = 0; r == 0 && number < FORBIDDEN_NUMBERS; number++) {
		name =
		    seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
		if (name != NULL) {
			forbidden_name(number, name);
			r = forbid(filter, profile, number);
		}
		free(name);
	}
	return r;
}

/* A tree, not a list: hundreds of rules would be a list to walk. */
static int
set_attributes(scmp_filter_ctx filter)
{
	int r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);

	if (r == 0)
		r = seccomp_attr_set(
		    filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* The kernel's own record, as a kill would leave it. */
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	return r;
}

int
seccomp_enter(const struct profile *profile)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int r;

	if (filter == NULL)
		return ENOMEM;
	if ((r = set_attributes(filter)) == 0 &&
	    (r = add_rules(filter, profile)) == 0 &&
	    (r = forbidden_watch(profile)) == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return -r;
}

char *
seccomp_name(long number)
{
	if (number < 0 || number >= FORBIDDEN_NUMBERS)
		return NULL;
	return seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);
}
