/*
 * One event, one line, key=value or a JSON object, to standard error. For the
 * daemons only: libtls never logs. Peer bytes go through log_escaped() first.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <time.h>

#include "base/slice.h"

enum log_level {
	LOG_LEVEL_ERROR, /* an operator must act */
	LOG_LEVEL_WARN,  /* we refused something */
	LOG_LEVEL_INFO,  /* start, stop, reload, counts */
	LOG_LEVEL_DEBUG
};

enum log_format {
	LOG_FORMAT_TEXT, /* key=value */
	LOG_FORMAT_JSON
};

/*
 * Names the process in every line; name is not copied. Default level: info. A
 * child whose environment has what log_environment() told its parent logs as
 * that one does, until it says otherwise.
 */
void log_open(const char *name, enum log_level most);
void log_set_format(enum log_format);
enum log_format log_format(void);
/* "NAME=value" for a child's environment; NULL: it needs none. */
const char *log_environment(void);

/*
 * Writes "time=... level=... process=... pid=... event=EVENT " and then the
 * formatted key=value text; or one JSON object with the same keys, where those
 * are numbers that the format has as KEY=%d, %u and the like, and all others
 * are strings. One write(2) a line, so lines of processes that share a
 * descriptor never mix; the text of a line is cut at 2,048 bytes.
 */
void log_event(enum log_level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * For what strangers can bring about as often as they like: told at most once a
 * second. True: now; untold is how many were not, since the last that was.
 */
struct log_seldom {
	uint64_t next_ms; /* when the next may be told */
	unsigned untold;
};
must_check bool log_seldom(
    struct log_seldom *, uint64_t now_ms, unsigned *untold);

/*
 * The bytes as printable ASCII in out (always terminated): quote, backslash
 * and what is not printable become \xHH; cut to fit room. Returns out.
 */
char *log_escaped(struct slice bytes, char *out, size_t room);

/* UTC as RFC 3339 with milliseconds: what begins each line. */
#define LOG_TIME_ROOM 96
const char *log_time(const struct timespec *, char out[LOG_TIME_ROOM]);

#endif
