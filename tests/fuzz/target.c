/*
 * How a target is run; the table is in targets.c.
 */
#include "tests/fuzz/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "libtls/s2n.h"
#include "tests/fuzz/chance.h"

static const struct target *running;

const struct target *
target_find(const char *name)
{
	for (size_t i = 0; i < target_count; i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

void
target_prepare(void)
{
	chance_install();
	must_hold(s2n_init() == S2N_SUCCESS, "s2n_init");
}

void
target_run(const struct target *target, struct slice input)
{
	static const struct target *set_up;
	struct reader in = reader_of(input);

	running = target;
	if (set_up != target && target->set_up != NULL) {
		chance_restart();
		target->set_up();
	}
	set_up = target;
	chance_restart();
	target->run(&in);
}

void
target_broken(
    const char *file, int line, const char *condition, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "\n%s:%d: %s: does not hold: %s: ", file, line,
	    running != NULL ? running->name : "preparing", condition);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}
