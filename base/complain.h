/*
 * What is wrong with a configuration, as whoever wrote it is told: lines on
 * standard error, "file:line: reason" as a rule, and while somebody waits for
 * the outcome (a reload that was asked for) kept for them, too.
 */
#ifndef BASE_COMPLAIN_H
#define BASE_COMPLAIN_H

#include <stdarg.h>

#include "base/writer.h"

/* One line, without its end; cut at 4,095 bytes. Always false. */
bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool complain_about(const char *format, va_list)
    __attribute__((format(printf, 1, 0)));

/* From now on each line is written there as well, with its end; NULL: no more.
 * The writer stays the caller's. */
void complain_keep(struct writer *);

#endif
