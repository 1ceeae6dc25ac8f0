/*
 * Configuration files; the contract is in conf.h.
 */
#include "base/conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DURATION_MAX_MS (24 * 3600 * 1000L)
#define COUNT_MAX 1000000

/* Every complaint: file, line where there is one, reason. */
static void __attribute__((format(printf, 2, 0)))
complain(cfg_t *cfg, const char *format, va_list args)
{
	if (cfg != NULL && cfg->filename != NULL)
		fprintf(stderr, "%s:%d: ", cfg->filename, cfg->line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

bool
conf_refuse(cfg_t *cfg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(cfg, format, args);
	va_end(args);
	return false;
}

bool
conf_read(cfg_t *cfg, const char *path)
{
	cfg_set_error_function(cfg, complain);
	switch (cfg_parse(cfg, path)) {
	case CFG_SUCCESS:
		return true;
	case CFG_FILE_ERROR:
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	default:
		return false; /* complain() has said it */
	}
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
