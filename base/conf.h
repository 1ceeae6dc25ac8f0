/*
 * What the two masters' configuration files have in common: libconfuse's
 * syntax, complaints that name file and line, and the usual kinds of values.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <confuse.h>

#include "base/log.h"

/*
 * Instead of CFG_END(), in every section: libconfuse takes the end of the file
 * for the end of all sections that are open, so conf_read() puts a word behind
 * the text that is only lawful outside of them.
 */
#define CONF_END_OF_FILE "end-of-file"
#define CONF_END() CFG_FUNC(CONF_END_OF_FILE, conf_end), CFG_END()
int conf_end(cfg_t *, cfg_opt_t *, int argc, const char **argv);
/* Flags of named sections: of two with one name libconfuse would make one. */
#define CONF_NAMED (CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)

/* Parses the file. False after a message on standard error. The path is
 * remembered for complaints, until the next is read. */
must_check bool conf_read(cfg_t *, const char *path);

/* Prints "file:line: reason" on standard error; always false. */
bool conf_refuse(cfg_t *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The same for what an option says. After parsing libconfuse knows only where
 * the section ended; an option has its own line when conf_note_line() is its
 * validation function.
 */
bool conf_refuse_option(cfg_t *, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int conf_note_line(cfg_t *, cfg_opt_t *);

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

/* "require" or "best-effort" as 0 or 1, which is enum strictness of policy/. */
int conf_sandbox(cfg_t *, cfg_opt_t *, const char *value, void *result);
/* "text" or "json" as enum log_format, of both daemons; text if not said. */
#define CONF_LOG_FORMAT()                                                      \
	CFG_INT_CB("log-format", LOG_FORMAT_TEXT, CFGF_NONE, conf_log_format)
int conf_log_format(cfg_t *, cfg_opt_t *, const char *value, void *result);

#endif
