/*
 * Text into a writer; the contract is in text.h.
 */
#include "admin/text.h"

#include <stdarg.h>
#include <stdio.h>

void
text_put(struct writer *out, const char *text)
{
	writer_bytes(out, slice_of_string(text));
}

void
text_format(struct writer *out, const char *format, ...)
{
	char text[256];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof text)
		writer_fail(out);
	else
		writer_bytes(out, slice_of(text, (size_t)len));
}

void
text_repeat(struct writer *out, char byte, size_t count)
{
	while (count-- > 0)
		writer_u8(out, (uint8_t)byte);
}
