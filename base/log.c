/*
 * Log lines; the contract is in log.h. Uses only calls that every sandbox
 * profile allows: clock_gettime (vDSO), getpid (remembered), write.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log_json.h"

#define SELDOM_MS 1000
#define TEXT_MAX 2048
/* Not more than PIPE_BUF: one write is one piece, in a pipe too. */
#define JSON_MAX 4096
#define ENVIRONMENT "SALLYPORT_LOG"

static const char *const level_names[] = { "error", "warn", "info", "debug" };

static const char *process = "?";
static enum log_level most_verbose = LOG_LEVEL_INFO;
static enum log_format written_as;
static long process_id;

void
log_set_format(enum log_format format)
{
	written_as = format;
}

enum log_format
log_format(void)
{
	return written_as;
}

const char *
log_environment(void)
{
	return written_as == LOG_FORMAT_JSON ? ENVIRONMENT "=json" : NULL;
}

void
log_open(const char *name, enum log_level most)
{
	const char *as = getenv(ENVIRONMENT);

	process = name;
	most_verbose = most;
	if (as != NULL && strcmp(as, "json") == 0)
		written_as = LOG_FORMAT_JSON;
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

/* Without localtime's file reads. */
const char *
log_time(const struct timespec *when, char out[LOG_TIME_ROOM])
{
	struct tm date;

	gmtime_r(&when->tv_sec, &date);
	snprintf(out, LOG_TIME_ROOM, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour,
	    date.tm_min, date.tm_sec, (int)(when->tv_nsec / 1000000 % 1000));
	return out;
}

void
log_event(enum log_level level, const char *event, const char *format, ...)
{
	static const char head[] =
	    "time=%s level=%s process=%s pid=%ld event=%s ";
	char text[TEXT_MAX], json[JSON_MAX], now_text[LOG_TIME_ROOM];
	const char *line = text;
	struct timespec now;
	size_t room = sizeof text - 1; /* the newline always fits */
	size_t begin, len;
	ssize_t written;
	va_list args;

	if (level > most_verbose)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	begin = used(snprintf(text, room, head, log_time(&now, now_text),
			 level_names[level], process, process_id, event),
	    room);
	va_start(args, format);
	len = begin + used(vsnprintf(text + begin, room - begin, format, args),
			  room - begin);
	va_end(args);
	if (written_as == LOG_FORMAT_JSON) {
		struct log_json object = log_json_begin(json, sizeof json);

		log_json_pairs(&object, head, slice_of(text, begin));
		log_json_pairs(
		    &object, format, slice_of(text + begin, len - begin));
		len = log_json_end(&object);
		line = json;
	} else {
		text[len++] = '\n';
	}
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

bool
log_seldom(struct log_seldom *seldom, uint64_t now_ms, unsigned *untold)
{
	if (now_ms < seldom->next_ms) {
		seldom->untold++;
		return false;
	}
	*untold = seldom->untold;
	*seldom = (struct log_seldom){ .next_ms = now_ms + SELDOM_MS };
	return true;
}
