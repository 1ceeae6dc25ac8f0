/*
 * Log lines; the contract is in log.h. Uses only calls that every sandbox
 * profile allows: clock_gettime (vDSO), getpid (remembered), write.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *const level_names[] = { "error", "warn", "info", "debug" };

static const char *process = "?";
static enum log_level most_verbose = LOG_LEVEL_INFO;
static long process_id;

void
log_open(const char *name, enum log_level most)
{
	process = name;
	most_verbose = most;
	process_id = (long)getpid();
	/* libc reads its time zone once, UTC or not: before files are gone. */
	tzset();
}

/* snprintf's answer, held inside what is left of the line. */
static size_t
used(int printed, size_t room)
{
	if (printed < 0)
		return 0;
	return (size_t)printed < room ? (size_t)printed : room - 1;
}

/* UTC as RFC 3339 with milliseconds, without localtime's file reads. */
static size_t
stamp(char *out, size_t room)
{
	struct timespec now;
	struct tm date;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &date);
	return used(
	    snprintf(out, room, "time=%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ",
		date.tm_year + 1900, date.tm_mon + 1, date.tm_mday,
		date.tm_hour, date.tm_min, date.tm_sec, now.tv_nsec / 1000000),
	    room);
}

void
log_event(enum log_level level, const char *event, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	size_t room = sizeof line - 1; /* the newline always fits */
	size_t len;
	ssize_t written;
	va_list args;

	if (level > most_verbose)
		return;
	len = stamp(line, room);
	len += used(snprintf(line + len, room - len,
			" level=%s process=%s pid=%ld event=%s ",
			level_names[level], process, process_id, event),
	    room - len);
	va_start(args, format);
	len +=
	    used(vsnprintf(line + len, room - len, format, args), room - len);
	va_end(args);
	line[len++] = '\n';
	/* A log that cannot be written must not stop the service. */
	written = write(STDERR_FILENO, line, len);
	(void)written;
}

char *
log_escaped(struct slice bytes, char *out, size_t room)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t byte = bytes.data[i];
		bool plain = byte > ' ' && byte < 0x7f && byte != '"' &&
			     byte != '\\' && byte != '=';

		if (at + (plain ? 1 : 4) >= room)
			break;
		if (plain) {
			out[at++] = (char)byte;
			continue;
		}
		out[at++] = '\\';
		out[at++] = 'x';
		out[at++] = hex[byte >> 4];
		out[at++] = hex[byte & 15];
	}
	out[at] = '\0';
	return out;
}
