/*
 * Stack traces; the contract is in stacktrace.h and s2n.h.
 */
#include "libtls/core/stacktrace.h"

/* WITHOUT_BACKTRACE, of CPPFLAGS, is a platform that has none. */
#if __has_include(<execinfo.h>) && !defined WITHOUT_BACKTRACE
#include <execinfo.h>
#define HAVE_BACKTRACE 1
#else
#define HAVE_BACKTRACE 0
#endif
#include <stdatomic.h>
#include <stdlib.h>

#include "libtls/core/errors.h"
#include "libtls/s2n.h"

#define VARIABLE "S2N_PRINT_STACKTRACE"

static atomic_bool enabled;

static __thread struct {
	void *frames[STACKTRACE_MAX];
	int count;
	char **texts; /* of them; made when they are asked for */
} kept;

static void
forget(void)
{
	free(kept.texts);
	kept.texts = NULL;
	kept.count = 0;
}

void
stacktrace_note(void)
{
	if (!atomic_load_explicit(&enabled, memory_order_relaxed))
		return;
	forget();
#if HAVE_BACKTRACE
	kept.count = backtrace(kept.frames, STACKTRACE_MAX);
#endif
}

void
stacktrace_init(void)
{
	const char *wish = getenv(VARIABLE);

	if (wish != NULL && *wish != '\0' && strcmp(wish, "0") != 0)
		atomic_store(&enabled, true);
}

bool
s2n_stack_traces_enabled(void)
{
	return atomic_load(&enabled);
}

int
s2n_stack_traces_enabled_set(bool newval)
{
	atomic_store(&enabled, newval);
	return S2N_SUCCESS;
}

#if HAVE_BACKTRACE

static int
make_texts(void)
{
	if (kept.texts != NULL || kept.count == 0)
		return 0;
	kept.texts = backtrace_symbols(kept.frames, kept.count);
	return kept.texts != NULL ? 0 : fail(ERR_NOMEM);
}

static int
have_backtrace(void)
{
	return 0;
}

#else

static int
make_texts(void)
{
	return 0;
}

static int
have_backtrace(void)
{
	return fail(ERR_UNIMPLEMENTED);
}

#endif

int
s2n_calculate_stacktrace(void)
{
	int r;

	if (!s2n_stack_traces_enabled())
		return S2N_SUCCESS;
	if ((r = have_backtrace()) != 0)
		return errors_report(r);
	stacktrace_note();
	return S2N_SUCCESS;
}

static int
print(FILE *out)
{
	int r;

	if (out == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (!s2n_stack_traces_enabled()) {
		fputs("no stack trace: set " VARIABLE
		      "=1 in the environment to have them\n",
		    out);
		return 0;
	}
	if ((r = have_backtrace()) != 0 || (r = make_texts()) != 0)
		return r;
	fputs("Stacktrace is:\n", out);
	for (int i = 0; i < kept.count; i++)
		fprintf(out, "%s\n", kept.texts[i]);
	return ferror(out) != 0 ? fail(ERR_IO) : 0;
}

int
s2n_print_stacktrace(FILE *fptr)
{
	return errors_report(print(fptr));
}

int
s2n_free_stacktrace(void)
{
	forget();
	return errors_report(have_backtrace());
}

static int
get(struct s2n_stacktrace *trace)
{
	int r;

	if (trace == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if ((r = make_texts()) != 0)
		return r;
	*trace = (struct s2n_stacktrace){ kept.texts, kept.count };
	return 0;
}

int
s2n_get_stacktrace(struct s2n_stacktrace *trace)
{
	return errors_report(get(trace));
}
