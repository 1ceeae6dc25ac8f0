/*
 * One event, one line, key=value, to standard error. For the daemons only:
 * libtls never logs. Peer bytes go through log_escaped() first.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/slice.h"

enum log_level {
	LOG_LEVEL_ERROR, /* an operator must act */
	LOG_LEVEL_WARN,  /* we refused something */
	LOG_LEVEL_INFO,  /* start, stop, reload, counts */
	LOG_LEVEL_DEBUG
};

/* Names the process in every line; name is not copied. Default level: info. */
void log_open(const char *name, enum log_level most);

/*
 * Writes "time=... level=... process=... pid=... event=EVENT " and then the
 * formatted key=value text. One write(2) a line, so lines of processes that
 * share a descriptor never mix; a line longer than 1,024 bytes is cut.
 */
void log_event(enum log_level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The bytes as printable ASCII in out (always terminated): quote, backslash
 * and what is not printable become \xHH; cut to fit room. Returns out.
 */
char *log_escaped(struct slice bytes, char *out, size_t room);

#endif
