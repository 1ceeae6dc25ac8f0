/*
 * Configuration files; the contract is in conf.h.
 */
#include "base/conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/complain.h"

#define DURATION_MAX_MS (24 * 3600 * 1000L)
#define COUNT_MAX 1000000
#define TEXT_MAX (64 * 1024 * 1024)

/* Of the text, without what read_text() puts behind it. */
static long last_line;
/* What is read: a section that is there by default has no name of a file. */
static const char *read_path;
/* The word behind the text was met, and no section was open. */
static bool ended;

/* Every complaint: file, line where there is one, reason. */
static void __attribute__((format(printf, 3, 0)))
say(const cfg_t *cfg, long line, const char *format, va_list args)
{
	char reason[2048];

	if (cfg == NULL || read_path == NULL) {
		complain_about(format, args);
		return;
	}
	vsnprintf(reason, sizeof reason, format, args);
	complain("%s:%ld: %s",
	    cfg->filename != NULL ? cfg->filename : read_path,
	    line < last_line ? line : last_line, reason);
}

/* libconfuse's own complaints: it is at the line that it means. */
static void __attribute__((format(printf, 2, 0)))
parser_says(cfg_t *cfg, const char *format, va_list args)
{
	say(cfg, cfg != NULL ? cfg->line : 0, format, args);
}

bool
conf_refuse(cfg_t *cfg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	parser_says(cfg, format, args);
	va_end(args);
	return false;
}

/* The line is kept as the option's comment. */
int
conf_note_line(cfg_t *cfg, cfg_opt_t *option)
{
	char line[16];

	snprintf(line, sizeof line, "%d", cfg->line);
	cfg_opt_setcomment(option, line);
	return 0;
}

bool
conf_refuse_option(cfg_t *cfg, const char *option, const char *format, ...)
{
	const char *line = cfg_opt_getcomment(cfg_getopt(cfg, option));
	va_list args;

	va_start(args, format);
	say(cfg, line != NULL ? strtol(line, NULL, 10) : cfg->line, format,
	    args);
	va_end(args);
	return false;
}

int
conf_end(cfg_t *cfg, cfg_opt_t *option, int argc, const char **argv)
{
	(void)option;
	(void)argc;
	(void)argv;
	ended = strcmp(cfg->name, "root") == 0;
	if (ended)
		return 0;
	conf_refuse(cfg, "the file ends before %s does", cfg->name);
	return -1;
}

static size_t
count_lines(const char *text, size_t len)
{
	size_t lines = len == 0 || text[len - 1] != '\n';

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

/* To be freed, with the word for conf_end() behind it; NULL and errno. */
static char *
read_text(const char *path)
{
	static const char end[] = "\n" CONF_END_OF_FILE "()\n";
	FILE *file = fopen(path, "re");
	char *text = malloc(TEXT_MAX + sizeof end);
	size_t len = 0;
	bool whole = false;

	if (file != NULL && text != NULL) {
		len = fread(text, 1, TEXT_MAX, file);
		whole = !ferror(file) && len < TEXT_MAX;
		if (len == TEXT_MAX)
			errno = EFBIG;
	}
	if (file != NULL)
		fclose(file);
	if (!whole) {
		free(text);
		return NULL;
	}
	last_line = (long)count_lines(text, len);
	memcpy(text + len, end, sizeof end);
	return text;
}

bool
conf_read(cfg_t *cfg, const char *path)
{
	char *text = read_text(path);
	FILE *file = NULL;
	int r = CFG_FILE_ERROR;

	cfg_set_error_function(cfg, parser_says);
	read_path = path;
	if (text == NULL || (cfg->filename = strdup(path)) == NULL ||
	    (file = fmemopen(text, strlen(text), "r")) == NULL) {
		complain("%s: %s", path, strerror(errno));
	} else {
		ended = false;
		r = cfg_parse_fp(cfg, file);
	}
	if (file != NULL)
		fclose(file);
	free(text);
	if (r == CFG_SUCCESS && !ended)
		return conf_refuse(cfg, "the file ends inside a comment");
	return r == CFG_SUCCESS; /* else parser_says() has said it */
}

bool
conf_text(
    cfg_t *cfg, const char *what, const char *value, char *out, size_t room)
{
	if (value == NULL || value[0] == '\0')
		return conf_refuse(cfg, "%s is missing", what);
	if (strlen(value) >= room)
		return conf_refuse(
		    cfg, "%s is longer than %zu bytes", what, room - 1);
	strcpy(out, value);
	return true;
}

bool
conf_path(
    cfg_t *cfg, const char *what, const char *value, char *out, size_t room)
{
	const char *slash = strrchr(cfg->filename, '/');
	int directory = 0, len;

	if (value == NULL || value[0] == '\0')
		return conf_refuse(cfg, "%s is missing", what);
	if (slash != NULL && value[0] != '/')
		directory = (int)(slash - cfg->filename + 1);
	len = snprintf(out, room, "%.*s%s", directory, cfg->filename, value);
	if (len < 0 || (size_t)len >= room)
		return conf_refuse(cfg, "%s: the path is too long", what);
	return true;
}

/* The number that value begins with; *end is what follows, NULL for none. */
static long
take_number(const char *value, char **end)
{
	long number;

	errno = 0;
	number = strtol(value, end, 10);
	if (*end == value || errno != 0)
		*end = NULL;
	return number;
}

int
conf_duration(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	static const struct {
		const char *suffix;
		long ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 } };
	char *end;
	long number = take_number(value, &end);

	for (size_t i = 0; end != NULL && i < COUNT(units); i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		if (number < 1 || number > DURATION_MAX_MS / units[i].ms)
			break;
		*(long *)result = number * units[i].ms;
		return 0;
	}
	cfg_error(cfg, "%s is a time from 1ms to 24h, as in 10s, not \"%s\"",
	    cfg_opt_name(opt), value);
	return -1;
}

int
conf_count(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	char *end;
	long number = take_number(value, &end);

	if (end != NULL && *end == '\0' && number >= 1 && number <= COUNT_MAX) {
		*(long *)result = number;
		return 0;
	}
	cfg_error(cfg, "%s is a number from 1 to %d, not \"%s\"",
	    cfg_opt_name(opt), COUNT_MAX, value);
	return -1;
}

int
conf_log_format(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	(void)opt;
	if (strcmp(value, "text") != 0 && strcmp(value, "json") != 0) {
		cfg_error(cfg, "log-format is text or json, not \"%s\"", value);
		return -1;
	}
	*(long *)result =
	    strcmp(value, "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_TEXT;
	return 0;
}

int
conf_sandbox(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	(void)option;
	*(long *)result = strcmp(value, "require") != 0;
	if (*(long *)result == 0 || strcmp(value, "best-effort") == 0)
		return 0;
	cfg_error(cfg, "sandbox is require or best-effort, not \"%s\"", value);
	return -1;
}
