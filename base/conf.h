/*
 * What the two masters' configuration files have in common: libconfuse's
 * syntax, complaints that name file and line, and the usual kinds of values.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <confuse.h>

#include "base/slice.h"

/* Parses the file. False after a message on standard error. */
must_check bool conf_read(cfg_t *, const char *path);

/* Prints "file:line: reason" on standard error; always false. */
bool conf_refuse(cfg_t *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Copies a text of 1 to room - 1 bytes; what names it in the complaint. */
must_check bool conf_text(
    cfg_t *, const char *what, const char *value, char *out, size_t room);
/* Copies a path, made relative to the directory of the configuration file. */
must_check bool conf_path(
    cfg_t *, const char *what, const char *value, char *out, size_t room);

/*
 * Callbacks of CFG_INT_CB: a duration ("250ms", "10s", "5m", "1h") of 1 ms to
 * 24 h as milliseconds; a count of 1 to 1,000,000.
 */
int conf_duration(cfg_t *, cfg_opt_t *, const char *value, void *result);
int conf_count(cfg_t *, cfg_opt_t *, const char *value, void *result);

#endif
