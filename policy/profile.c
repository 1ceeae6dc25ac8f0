/*
 * A profile as text, and a look into its list of calls. What the rules mean is
 * in seccomp.c, what they are in profiles.c.
 */
#include "policy/profile.h"

#include <inttypes.h>
#include <stdlib.h>

const struct call *
profile_call(const struct profile *profile, int number)
{
	for (size_t i = 0; i < profile->call_count; i++)
		if (profile->calls[i].number == number)
			return &profile->calls[i];
	return NULL;
}

static void
print_call(const struct call *call, FILE *out)
{
	static const char *const words[] = { [RULE_CLEAR] = "without",
		[RULE_BELOW] = "below",
		[RULE_EQUAL] = "is" };

	fprintf(out, "    %s", call->name);
	if (call->rule == RULE_REFUSED)
		fprintf(out, " (refused)");
	else if (call->rule != RULE_NONE)
		fprintf(out, " (argument %u %s %#" PRIx64 ")", call->argument,
		    words[call->rule], call->operand);
	fputc('\n', out);
}

static int
by_name(const void *a, const void *b)
{
	const struct call *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

static void
print_calls(const struct profile *profile, FILE *out)
{
	const struct call **sorted =
	    calloc(profile->call_count, sizeof *sorted);

	if (sorted == NULL)
		abort();
	for (size_t i = 0; i < profile->call_count; i++)
		sorted[i] = &profile->calls[i];
	qsort(sorted, profile->call_count, sizeof *sorted, by_name);
	for (size_t i = 0; i < profile->call_count; i++)
		print_call(sorted[i], out);
	free(sorted);
}

static size_t
count_allowed(const struct profile *profile)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->call_count; i++)
		count += profile->calls[i].rule != RULE_REFUSED;
	return count;
}

void
profile_print(const struct profile *profile, FILE *out)
{
	fprintf(out, "%s\n", profile->name);
	if (profile->user != NULL)
		fprintf(out, "  account %s, else %u\n", profile->user,
		    profile->uid);
	fprintf(out, "  flags%s%s%s%s%s\n", profile->master ? " master" : "",
	    profile->empty_root ? " empty-root" : "",
	    profile->empty_network ? " empty-network" : "",
	    profile->lock_memory ? " lock-memory" : "",
	    profile->no_files ? " no-files" : "");
	if (profile->max_files != 0)
		fprintf(out, "  files %u\n", profile->max_files);
	fprintf(out, "  calls %zu\n", count_allowed(profile));
	print_calls(profile, out);
}
