/*
 * Complaints; the contract is in complain.h.
 */
#include "base/complain.h"

#include <stdio.h>

static struct writer *kept;

bool
complain_about(const char *format, va_list args)
{
	char line[4096];

	vsnprintf(line, sizeof line, format, args);
	fprintf(stderr, "%s\n", line);
	if (kept != NULL) {
		writer_bytes(kept, slice_of_string(line));
		writer_u8(kept, '\n');
	}
	return false;
}

bool
complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_about(format, args);
	va_end(args);
	return false;
}

void
complain_keep(struct writer *out)
{
	kept = out;
}
