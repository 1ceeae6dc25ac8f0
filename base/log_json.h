/*
 * The text of a log line, key=value or key="value with spaces", as a JSON
 * object. For base/log alone.
 */
#ifndef BASE_LOG_JSON_H
#define BASE_LOG_JSON_H

#include "base/slice.h"

struct log_json {
	char *out;
	size_t room, len;
};

/* out is the caller's, as long as the object is written. */
struct log_json log_json_begin(char *out, size_t room);
/*
 * Appends what the text has, made of this format: a key that the format has
 * as KEY=%d, %u or the like is a number. All bytes are ASCII afterwards, others
 * \\xHH as log_escaped() writes them; what does not fit is left out.
 */
void log_json_pairs(struct log_json *, const char *format, struct slice text);
/* Closes the object and its line. The bytes in out. */
size_t log_json_end(struct log_json *);

#endif
